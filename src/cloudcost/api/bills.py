"""Usage and bills from Python: priced, held against list prices, explained."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from cloudcost.analysis.priced_bill import GROUPS
from cloudcost.analysis.priced_bill import price_bill as price_lines
from cloudcost.api.asked import text_of, usd_of
from cloudcost.api.days import today_or
from cloudcost.api.projects import path_of
from cloudcost.bills.read import read_bill
from cloudcost.catalog.books.book import PriceBook, load_book
from cloudcost.catalog.near import did_you_mean
from cloudcost.domain.bills import ReadBill
from cloudcost.domain.usage import Usage
from cloudcost.errors import InputError, repeated
from cloudcost.pricing.bill.lines import price_usage as price_rows

if TYPE_CHECKING:
    from cloudcost.domain.lines import LineItem
    from cloudcost.results.candidates import Candidates
    from cloudcost.results.explanation import CostBasis, Explanation
    from cloudcost.results.priced_bill import PricedBill


def price_usage(
    usages: Iterable[Usage],
    book: PriceBook | None = None,
    *,
    on: date | str | None = None,
    free_tier: bool = False,
    quotas: bool = False,
) -> tuple[LineItem, ...]:
    """Return the priced lines of metered usage.

    Parameters
    ----------
    usages : iterable of Usage
        Quantities in a base unit or in the unit of their price.
    book : PriceBook, optional
        The newest shipped one unless given.
    on : date or str, optional
        The day whose prices hold for rows without a month and for the month of that day; other months are priced by
        what held on their first day. The clock's day unless given.
    free_tier : bool
        Whether the monthly allowance of traffic to the internet is taken off, once per account and month.
    quotas : bool
        Whether the other permanent quotas of an account are taken off as well (20,000 KMS requests a month ...).

    Raises
    ------
    PriceNotFoundError, UnknownRegionError
        When prices are missing; the message has a line for each.
    ValueError
        For a negative or not finite quantity, or a unit that does not fit the price.

    Examples
    --------
    100 h of a 0.526 USD machine:

    >>> usage = Usage(
    ...     service="AmazonEC2", region="us-east-1", usage_type="BoxUsage:g4dn.xlarge", quantity=360_000, unit="seconds"
    ... )
    >>> [line] = price_usage([usage], on="2026-11-22")
    >>> line.amount_usd
    Decimal('52.6000000000')
    """
    prices = load_book() if book is None else book
    rows = list(usages) if isinstance(usages, Iterable) else [usages]
    for row in rows:
        if not isinstance(row, Usage):
            raise InputError(f"price_usage:usages: no usage, {repeated(row)}, give values of cloudcost.Usage")
    return price_rows(rows, prices, on=today_or(on, name="on"), free_tier=free_tier, quotas=quotas)


def price_bill(
    bill: ReadBill | str | Path | Iterable[str | Path],
    book: PriceBook | None = None,
    *,
    on: date | str | None = None,
    cost: CostBasis = "unblended",
    by: str = "",
) -> PricedBill:
    r"""Return a bill beside its list prices, the largest difference first, as ``cloudcost price BILL`` does.

    Parameters
    ----------
    bill : str, Path, or iterable of them
        Files that are one bill together; or a bill that was read before.
    book : PriceBook, optional
        The newest shipped one unless given.
    on : date or str, optional
        The day whose prices hold for lines without a month; the clock's unless given.
    cost : {"unblended", "amortized", "net"}
        Which cost of a line counts.
    by : str
        What to group lines by: month, service, usage-type, account or ``tag:NAME``; empty for no groups.

    Raises
    ------
    InputError
        When a file cannot be read, or the bill has no such cost or tag.

    Examples
    --------
    Ten hours of a 0.526 USD machine were billed at 5.00 USD; the list price is 5.26:

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder, "bill.csv")
    ...     _ = file.write_text("service,region,usage_type,quantity,unit,cost\n"
    ...                         "AmazonEC2,us-east-1,BoxUsage:g4dn.xlarge,10,Hrs,5.00\n")
    ...     priced = price_bill(file, on="2026-11-22")
    >>> float(priced.billed_usd), float(priced.list_usd)
    (5.0, 5.26)
    """
    by = text_of(by, "price_bill:by", "month")
    if by and by not in GROUPS and not (by.startswith("tag:") and len(by) > len("tag:")):
        near = did_you_mean(by, GROUPS, otherwise=f"use one of {', '.join(GROUPS)} or tag:NAME")
        raise InputError(f"price_bill:by: nothing to group by, {repeated(by)}, {near}")
    prices, basis = load_book() if book is None else book, _basis(cost)
    return price_lines(_bill(bill), prices, on=today_or(on, name="on"), cost_basis=basis, by=by)


def explain(
    bill: ReadBill | str | Path | Iterable[str | Path],
    *,
    cost: CostBasis = "unblended",
    live_bytes: int | None = None,
    today: date | str | None = None,
) -> Explanation:
    r"""Return where the money of a bill went, as ``cloudcost explain BILL`` does.

    Parameters
    ----------
    bill : str, Path, or iterable of them
        Files that are one bill together; or a bill that was read before.
    cost : {"unblended", "amortized", "net"}
        Which cost of a line counts.
    live_bytes : int, optional
        Of the live objects in the buckets: parts what is kept from old versions. [bytes]
    today : date or str, optional
        A month that is not over then is open; the clock's day unless given.

    Raises
    ------
    InputError
        When a file cannot be read, or no line has a cost on the basis.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder, "bill.csv")
    ...     _ = file.write_text("service,region,usage_type,quantity,unit,cost\n"
    ...                         "AmazonEC2,us-east-1,BoxUsage:g4dn.xlarge,10,Hrs,5.00\n"
    ...                         "AmazonS3,us-east-1,TimedStorage-ByteHrs,100,GB-Mo,2.30\n")
    ...     found = explain(file, today="2026-11-22")
    >>> float(found.billed_usd) == 5.00 + 2.30 == float(sum(cause.usd for cause in found.causes))
    True
    """
    from cloudcost.analysis.explain.bill import explain_bill

    basis = _basis(cost)
    return explain_bill(_bill(bill), today=today_or(today), basis=basis, live_bytes=live_bytes)


def explain_amount(
    usd: Decimal | float | str, days: Decimal | float | str, facts: str = "", *, today: date | str | None = None
) -> Candidates:
    """Return what could have made an amount, with no bill at hand, as ``cloudcost explain --amount`` does.

    Parameters
    ----------
    usd : Decimal, number or str
        As it was billed. [USD]
    days : Decimal, number or str
        In which it was made. [days]
    facts : str
        What is remembered: ``"dataset=48GiB, images=60000, users=5"``.
    today : date or str, optional
        The day that is taken where the facts state none; the clock's unless given.

    Raises
    ------
    InputError
        When a figure is not over 0, or a fact cannot be read.

    Examples
    --------
    75 USD are 15 million PUT requests at 5 USD a million:

    >>> found = explain_amount(75, 4, today="2026-11-22")
    >>> found.amount_usd, len(found.candidates) > 20
    (Decimal('75'), True)
    """
    from cloudcost.analysis.explain.amounts.explain import explain_amount as explain_usd
    from cloudcost.analysis.explain.amounts.facts import parse_facts

    amount, time = usd_of(usd, "usd"), usd_of(days, "days")
    if not amount or not time or amount > 10**9 or time > 366:
        given = f"{repeated(usd)} in {repeated(days)}"
        raise InputError(f"explain_amount: usd over 0 and up to 1,000,000,000 in up to 366 days, not {given}")
    return explain_usd(amount, time, parse_facts(facts, today=today_or(today)))


def _bill(given: ReadBill | str | Path | Iterable[str | Path]) -> ReadBill:
    if isinstance(given, ReadBill):
        return given
    several = list(given) if isinstance(given, Iterable) and not isinstance(given, str) else [given]
    return read_bill([path_of(each, "bill") for each in several])


def _basis(name: CostBasis) -> CostBasis:
    from typing import get_args

    from cloudcost.results.explanation import CostBasis as Known

    known = get_args(Known)
    if not isinstance(name, str) or name not in known:
        near = did_you_mean(str(name), known, otherwise=f"it is one of {', '.join(known)}")
        raise InputError(f"cost: no cost of a bill, {repeated(name)}, {near}")
    return name
