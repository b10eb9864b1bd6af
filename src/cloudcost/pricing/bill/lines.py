"""A bill's first question: its lines as they are printed, at given numbers of runs.

One rounding per line: the amount is the rounded exact sum of its slices; a total is the exact sum of amounts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from cloudcost.domain.lines import LineItem, TierSlice
from cloudcost.domain.prices import Grade
from cloudcost.domain.usage import Usage
from cloudcost.figures import figure
from cloudcost.money import exact_sum, round_half_even, round_ratio
from cloudcost.pricing.bill.prices import prices_of
from cloudcost.pricing.bill.rows import NONE, Line, Pool, Rows, Share, compile_rows
from cloudcost.pricing.tiers import tier_slices
from cloudcost.units import BillingMonth

if TYPE_CHECKING:
    from cloudcost.catalog.books.book import PriceBook

_Sliced = tuple[list[TierSlice], list[str]]
"""What of a line lies in which tiers, and what is said of it."""


def price_usage(
    usages: Iterable[Usage], book: PriceBook, *, on: date, free_tier: bool = False, quotas: bool = False
) -> tuple[LineItem, ...]:
    """Return the priced lines of metered usage.

    Parameters
    ----------
    usages : iterable of Usage
        Quantities in a base unit or in the unit of their price.
    book : PriceBook
    on : date
        The day whose prices hold for rows without a month and for the month of that day; other months are priced by
        what held on their first day.
    free_tier : bool
        Whether the monthly allowance of traffic to the internet is taken off, once per account and month.
    quotas : bool
        Whether the other permanent quotas of an account are taken off as well (20,000 KMS requests a month ...).

    Returns
    -------
    tuple of LineItem
        One per service, region, usage type, operation, month and purchase, in order of first appearance.

    Raises
    ------
    PriceNotFoundError, UnknownRegionError
        When prices are missing; the message has a line for each.
    ValueError
        For a negative or not finite quantity, or a unit that does not fit the price.

    Examples
    --------
    100 h of a 0.526 USD machine:

    >>> from cloudcost.catalog.books.book import load_book
    >>> usage = Usage(
    ...     service="AmazonEC2", region="us-east-1", usage_type="BoxUsage:g4dn.xlarge", quantity=360_000, unit="seconds"
    ... )
    >>> [line] = price_usage([usage], load_book(), on=date(2026, 11, 22))
    >>> line.amount_usd
    Decimal('52.6000000000')
    """
    rows = compile_rows(usages, prices_of(book, on, free_tier=free_tier, quotas=quotas))
    return tuple(item for _, item in lines_of(rows, ()))


def total_usd(lines: Sequence[LineItem]) -> Decimal:
    """Return the exact sum of the lines' amounts. [USD]"""
    return exact_sum([line.amount_usd for line in lines])


def unmetered_line(
    service: str,
    usage_type: str,
    slices: tuple[TierSlice, ...],
    unit: str,
    why: str,
    *,
    source: tuple[Grade, str, date],
    month: BillingMonth | None = None,
) -> LineItem:
    """Return a line that no row of usage makes; `source` says how good its price is, where it is from, seen when."""
    exact = sum((piece.exact_usd for piece in slices), NONE)
    grade, name, as_of = source
    return LineItem(
        service=service,
        usage_type=usage_type,
        operation="",
        region="",
        month=month,
        purchase="",
        quantity=sum((piece.quantity for piece in slices), NONE),
        unit=unit,
        tiers=slices,
        exact_usd=exact,
        amount_usd=round_half_even(exact),
        grade=grade,
        source=name,
        as_of=as_of,
        why=why,
    )


def lines_of(rows: Rows, runs: Sequence[int]) -> list[tuple[Line, LineItem]]:
    """Return the lines at so many runs of each training, in order of first appearance."""
    pooled = _pooled(rows.pools, runs)
    if rows.sure:
        return [(line, _item(line, runs, pooled)) for line in rows.lines]
    found = []
    for line in rows.lines:
        held = line.held(runs)
        if held:
            found.append((held[0][0], line))
    found.sort(key=lambda pair: pair[0])
    return [(line, _item(line, runs, pooled)) for _, line in found]


def _pooled(pools: Sequence[Pool], runs: Sequence[int]) -> dict[Line, _Sliced]:
    """Return the slices of every line that is in a pool, and what the pool says of it."""
    left: dict[object, Fraction] = {}
    sliced: dict[Line, _Sliced] = {}
    for pool in pools:
        if pool.free is None:
            shares, _ = pool.shares(runs, NONE)
        else:
            shares, rest = pool.shares(runs, left.get(pool.free.account, pool.free.quantity))
            left[pool.free.account] = rest
        for line, share in shares:
            slices, said = sliced.setdefault(line, ([], []))
            slices += _slices(pool, share)
            said += [text for text in _said(pool, share) if text not in said]
    return {
        line: (_merged(slices) if line.parts else slices, said) for line, (slices, said) in sliced.items()
    }  # fmt: skip


def _slices(pool: Pool, share: Share) -> list[TierSlice]:
    slices: list[TierSlice] = []
    if pool.free is not None and share.free:
        up_to = pool.free.up_to
        slices.append(
            TierSlice(from_quantity=Decimal(0), up_to=up_to, quantity=share.free, unit_price_usd=Decimal(0))
        )  # fmt: skip
    if share.paid or not slices:
        slices.extend(tier_slices(pool.schedule, share.start, share.paid))
    return slices


def _said(pool: Pool, share: Share) -> list[str]:
    said = []
    if share.used != share.paid:
        said.append(f"sold in packs of {pool.schedule.pack}: {figure(float(share.used + share.free), 6)} used")
    if pool.free is not None and share.free:
        said.append(pool.free.reason)
    return said


def _merged(slices: list[TierSlice]) -> list[TierSlice]:
    """Return the slices of rows without a month, each a pool of its own, those of one tier as one."""
    merged: dict[tuple[Decimal, Decimal | None, Decimal], Fraction] = {}
    for piece in slices:
        bounds = (piece.from_quantity, piece.up_to, piece.unit_price_usd)
        merged[bounds] = merged.get(bounds, NONE) + piece.quantity
    pieces = [
        TierSlice(from_quantity=bounds[0], up_to=bounds[1], quantity=quantity, unit_price_usd=bounds[2])
        for bounds, quantity in merged.items()
    ]
    kept = [piece for piece in pieces if piece.quantity] or pieces[:1]
    return sorted(kept, key=lambda piece: (piece.from_quantity, piece.unit_price_usd))


def _item(line: Line, runs: Sequence[int], pooled: dict[Line, _Sliced]) -> LineItem:
    """Return a line at a flat price, or of its share of pools: the sum of its slices, rounded once."""
    reasons = [why for why in dict.fromkeys([row.why for _, row in line.held(runs)]) if why]
    if not line.place.flat:
        slices, said = pooled[line]
        quantity = sum((piece.quantity for piece in slices), NONE)
        exact = sum((piece.exact_usd for piece in slices), NONE)
        return _priced(line, quantity, slices, exact, round_half_even(exact), [*reasons, *said])
    schedule = line.place.found.schedule
    numerator = line.numerator(runs)
    quantity = Fraction(numerator, line.denominator)
    numerator, denominator = numerator * schedule.rates[0], line.denominator * schedule.rate_scale
    [tier] = schedule.tiers
    piece = TierSlice(
        from_quantity=tier.from_quantity, up_to=None, quantity=quantity, unit_price_usd=tier.unit_price_usd
    )
    exact = Fraction(numerator, denominator)
    return _priced(line, quantity, [piece], exact, round_ratio(numerator, denominator), reasons)


def _priced(
    line: Line, quantity: Fraction, slices: list[TierSlice], exact: Fraction, amount: Decimal, reasons: list[str]
) -> LineItem:
    row, price = line.row, line.place.found.price
    free = not exact and not slices[-1].unit_price_usd
    free |= not price.tiers[0].unit_price_usd and any(piece.quantity for piece in slices[:1])
    if price.note and (free or price.discount or price.carried_from is not None) and price.note not in reasons:
        reasons = [*reasons, price.note]
    return LineItem(
        service=row.service,
        usage_type=row.usage_type,
        operation=row.operation,
        region=row.region,
        month=row.month,
        purchase=price.purchase,
        quantity=quantity,
        unit=price.unit,
        tiers=tuple(slices),
        exact_usd=exact,
        amount_usd=amount,
        grade=price.grade,
        source=price.source,
        as_of=price.as_of,
        confirmed_on=price.confirmed_on,
        carried_from=price.carried_from,
        why="; ".join(reasons),
    )
