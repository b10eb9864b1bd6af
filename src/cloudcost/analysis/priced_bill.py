"""A bill held against list prices, line by line: the bill's own where it has them, the price book's as the check.

Tiers belong to the payer, over all its accounts: where a bill's own unit prices are those of a tier, its lines are
priced at that tier, else the quantities of a month are pooled from the first tier on. A list price is the on-demand one
but for spot capacity; what a commitment covered is so held against what it would have cost without.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple, cast

from cloudcost.bills.quantities import canonical_unit
from cloudcost.catalog.books.usage_types import SPOT_TYPES, canonical_key
from cloudcost.domain.lines import LineItem, TierSlice
from cloudcost.domain.prices import PriceKey
from cloudcost.domain.usage import Usage
from cloudcost.errors import CatalogError, InputError
from cloudcost.money import decimal_string, exact_sum, round_half_even
from cloudcost.pricing.bill.lines import price_usage
from cloudcost.pricing.lookup import find_price, price_day
from cloudcost.results.priced_bill import HALF_A_CENT, USE, BilledGroup, ListedBy, PricedBill, PricedBillLine
from cloudcost.units import BillingMonth, to_priced_unit

if TYPE_CHECKING:
    from cloudcost.catalog.books.book import PriceBook
    from cloudcost.domain.bills import BillLine, Charge, ReadBill
    from cloudcost.results.explanation import CostBasis

QUANTITY_PLACES = 6
"""Decimals of a quantity that is told in words."""


class _Key(NamedTuple):
    service: str
    region: str
    usage_type: str
    operation: str
    purchase: str
    unit: str
    charge: Charge
    month: BillingMonth | None


def price_bill(
    bill: ReadBill, book: PriceBook, *, on: date, cost_basis: CostBasis = "unblended", by: str = ""
) -> PricedBill:
    """Return a bill beside its list prices.

    Parameters
    ----------
    bill : ReadBill
    book : PriceBook
    on : date
        The day whose prices hold for lines without a month.
    cost_basis : {"unblended", "amortized", "net"}
    by : str
        What to group lines by: month, service, usage-type, account or ``tag:NAME``; empty for no groups.

    Raises
    ------
    InputError
        Where the bill does not have that cost, or that tag.
    """
    cost = _cost_of(bill, cost_basis)
    _require_tag(bill, by)
    gathered: dict[_Key, list[BillLine]] = {}
    for line in bill.lines:
        gathered.setdefault(_key(line), []).append(line)
    priced = {key: _booked(key, lines, book, on) for key, lines in gathered.items()}
    _pool(priced, gathered, book, on)
    lines = [_line(key, gathered[key], priced[key], cost) for key in gathered]
    ranked = sorted(lines, key=_rank)
    return PricedBill(
        lines=tuple(ranked),
        cost_basis=cost_basis,
        currency=bill.currency,
        unread=bill.unread,
        period=bill.period,
        by=by,
        groups=_groups(gathered, dict(zip(gathered, lines, strict=True)), cost, by) if by else (),
    )


def _rank(line: PricedBillLine) -> tuple[bool, Decimal, Decimal]:
    """Return what the larger difference comes first by, then the dearer line."""
    return line.list_usd is None, -abs(line.difference_usd or Decimal(0)), -abs(line.billed_usd)


def _cost_of(bill: ReadBill, cost_basis: CostBasis) -> Callable[[BillLine], Decimal]:
    """Return how a line's cost is read; a line without the chosen one has none of it where others do."""
    if cost_basis == "unblended":
        return lambda line: line.billed_usd
    name = f"{cost_basis}_usd"
    if all(getattr(line, name) is None for line in bill.lines):
        raise InputError(f"{', '.join(bill.files) or 'bill'}: no {cost_basis} cost, use --cost unblended")
    return lambda line: cast("Decimal | None", getattr(line, name)) or Decimal(0)


def _key(line: BillLine) -> _Key:
    kind = line.usage_type.partition(":")[0]
    purchase = "spot" if kind in SPOT_TYPES.values() or line.purchase == "spot" else "on-demand"
    usage_type, purchase = canonical_key(line.usage_type, purchase)
    unit = canonical_unit(line.unit)
    return _Key(line.service, line.region, usage_type, line.operation, purchase, unit, line.charge, line.month)


class _Booked(NamedTuple):
    """What the price book says of a line: its item, or why there is none."""

    usage: Usage | None
    item: LineItem | None
    why: str


def _booked(key: _Key, lines: Sequence[BillLine], book: PriceBook, on: date) -> _Booked:
    """Return the usage of lines that the book can price, or what keeps it from it."""
    if key.charge not in USE:
        return _Booked(None, None, "no list price applies")
    if not key.usage_type or not key.region:
        return _Booked(None, None, f"the bill has no {'region' if key.usage_type else 'usage type'}")
    quantities = [line.quantity for line in lines]
    if any(quantity is None for quantity in quantities):
        return _implied(key, lines, book, on)
    quantity = exact_sum([each for each in quantities if each is not None])
    if quantity < 0:
        return _Booked(None, None, "a negative quantity takes back what was billed")
    usage = Usage(
        service=key.service, region=key.region, usage_type=key.usage_type, operation=key.operation,
        purchase=key.purchase, month=key.month, quantity=quantity, unit=key.unit,
    )  # fmt: skip
    try:
        price = find_price(book, usage.key, price_day(usage.month, on)).price
        to_priced_unit(1, usage.unit, price.unit, usage.month)
    except CatalogError as error:
        return _Booked(None, None, str(error).splitlines()[0])
    except ValueError:
        return _Booked(None, None, f"billed per {key.unit}, listed per {price.unit}")
    return _Booked(usage, None, "")


def _implied(key: _Key, lines: Sequence[BillLine], book: PriceBook, on: date) -> _Booked:
    """Return the quantity that costs of dollars alone imply: one where one price holds, else a range, in words."""
    unknown = "the bill has no quantity"
    billed = Fraction(exact_sum([_listed(line) for line in lines]))
    price_key = PriceKey(key.service, key.region, key.usage_type, key.operation, key.purchase)
    try:
        price = find_price(book, price_key, price_day(key.month, on)).price
    except CatalogError as error:
        return _Booked(None, None, f"{unknown}, and there is {str(error).splitlines()[0]}")
    rates = [Fraction(tier.unit_price_usd) for tier in price.tiers if tier.unit_price_usd]
    if not rates or billed < 0 or price.pack is not None:
        return _Booked(None, None, unknown)
    least, most = (round_half_even(billed / rate, QUANTITY_PLACES) for rate in (max(rates), min(rates)))
    if len(price.tiers) > 1:
        said = f"{unknown}: {decimal_string(least)} to {decimal_string(most)} {price.unit}, by the tier"
        return _Booked(None, None, said)
    usage = Usage(
        service=key.service, region=key.region, usage_type=key.usage_type, operation=key.operation,
        purchase=key.purchase, month=key.month, quantity=billed / rates[0], unit=price.unit,
    )  # fmt: skip
    [item] = price_usage([usage], book, on=on)
    return _Booked(None, item, f"{unknown}: at the list price it is {decimal_string(least)} {price.unit}")


def _pool(priced: dict[_Key, _Booked], gathered: dict[_Key, list[BillLine]], book: PriceBook, on: date) -> None:
    """Price what has a price: a month's quantities pooled over all lines, or at the tiers that were billed."""
    usable = {key: booked.usage for key, booked in priced.items() if booked.usage is not None}
    pooled = {(item.key, item.month): item for item in price_usage(usable.values(), book, on=on)}
    for key, usage in usable.items():
        item = pooled[usage.key, usage.month]
        quantity = to_priced_unit(Fraction(usage.quantity), usage.unit, item.unit, usage.month)
        part = item if quantity == item.quantity else _scaled(item, quantity / item.quantity)
        billed = _at_billed_tiers(part, gathered[key], book, price_day(usage.month, on))
        priced[key] = _Booked(usage, billed or part, "at the tiers that were billed" if billed else "")


def _scaled(item: LineItem, share: Fraction) -> LineItem:
    """Return the part of a line that some of its use is."""
    tiers = tuple(replace(tier, quantity=tier.quantity * share) for tier in item.tiers)
    exact = item.exact_usd * share
    return replace(
        item, quantity=item.quantity * share, tiers=tiers, exact_usd=exact, amount_usd=round_half_even(exact)
    )


def _at_billed_tiers(item: LineItem, lines: Sequence[BillLine], book: PriceBook, day: date) -> LineItem | None:
    """Return the line with each of its parts at the tier whose price the bill shows; None where pooling explains it."""
    price = find_price(book, item.key, day).price
    if len(price.tiers) == 1:
        return None
    listed = exact_sum([_listed(line) for line in lines])
    if abs(Fraction(listed) - item.exact_usd) <= sum((Fraction(_noise(_listed(line))) for line in lines), Fraction(0)):
        return None
    quantities: dict[int, Fraction] = {}
    for line in lines:
        quantity = to_priced_unit(Fraction(line.quantity or 0), canonical_unit(line.unit), price.unit, item.month)
        found = [
            position
            for position, tier in enumerate(price.tiers)
            if abs(quantity * Fraction(tier.unit_price_usd) - Fraction(_listed(line)))
            <= Fraction(_noise(_listed(line)))
        ]
        if not found:
            return None
        quantities[found[0]] = quantities.get(found[0], Fraction(0)) + quantity
    slices = tuple(
        TierSlice(
            from_quantity=price.tiers[position].from_quantity,
            up_to=price.tiers[position].up_to,
            quantity=quantity,
            unit_price_usd=price.tiers[position].unit_price_usd,
        )
        for position, quantity in sorted(quantities.items())
    )
    exact = sum((each.exact_usd for each in slices), Fraction(0))
    return replace(item, tiers=slices, exact_usd=exact, amount_usd=round_half_even(exact))


def _listed(line: BillLine) -> Decimal:
    """Return what the bill itself says of a line's list price, else what it was billed. [USD]"""
    return line.billed_usd if line.list_usd is None else line.list_usd


def _noise(amount: Decimal) -> Decimal:
    """Return half of an amount's last digit, a cent's at most, or a millionth of it. [USD]"""
    exponent = amount.as_tuple().exponent
    digit = Decimal(5).scaleb(exponent - 1) if isinstance(exponent, int) else Decimal(0)
    return max(min(digit, HALF_A_CENT), abs(amount) / 1_000_000)


def _line(key: _Key, lines: Sequence[BillLine], booked: _Booked, cost: Callable[[BillLine], Decimal]) -> PricedBillLine:
    quantities = [line.quantity for line in lines]
    own = [line.list_usd for line in lines] if key.charge in USE else [None]
    listed: Decimal | None = None
    by: ListedBy = "nobody"
    if all(each is not None for each in own):
        listed, by = exact_sum([each for each in own if each is not None]), "bill"
    elif booked.item is not None:
        listed, by = booked.item.amount_usd, "implied" if None in quantities else "book"
    known = [each for each in quantities if each is not None]
    return PricedBillLine(
        service=key.service, region=key.region, usage_type=key.usage_type or lines[0].description,
        operation=key.operation, purchase=key.purchase, unit=key.unit, charge=key.charge, month=key.month,
        quantity=exact_sum(known) if len(known) == len(quantities) else None,
        billed_usd=exact_sum([cost(line) for line in lines]), list_usd=listed, listed_by=by, book=booked.item,
        why=booked.why, count=sum(line.count for line in lines),
    )  # fmt: skip


def _groups(
    gathered: dict[_Key, list[BillLine]],
    priced: dict[_Key, PricedBillLine],
    cost: Callable[[BillLine], Decimal],
    by: str,
) -> tuple[BilledGroup, ...]:
    """Return the groups; a line's list price is shared by quantity among those that its use lies in."""
    sums: dict[str, tuple[list[Decimal], list[Fraction], list[Decimal]]] = {}
    for key, lines in gathered.items():
        whole = priced[key]
        for line in lines:
            billed, listed, held = sums.setdefault(_group_of(line, by), ([], [], []))
            billed.append(cost(line))
            if whole.list_usd is None:
                continue
            held.append(cost(line))
            if whole.listed_by in ("bill", "implied"):
                listed.append(Fraction(_listed(line)))
            else:
                share = Fraction(line.quantity or 0) / Fraction(whole.quantity) if whole.quantity else Fraction(0)
                listed.append(Fraction(whole.list_usd) * share)
    groups = [
        BilledGroup(
            name=name,
            billed_usd=exact_sum(billed),
            list_usd=(at_list := round_half_even(sum(listed, Fraction(0)))),
            difference_usd=exact_sum([*held, -at_list]),
        )
        for name, (billed, listed, held) in sums.items()
    ]
    return tuple(sorted(groups, key=lambda each: each.name if by == "month" else (-each.billed_usd, each.name)))


_GROUPED: dict[str, Callable[[BillLine], str]] = {
    "month": lambda line: "" if line.month is None else str(line.month),
    "service": lambda line: line.service,
    "usage-type": lambda line: line.usage_type or line.description,
    "account": lambda line: line.account,
}
"""What lines are grouped by, beside tags."""
GROUPS = tuple(_GROUPED)
"""The names of what lines can be grouped by, beside ``tag:NAME``."""


def _group_of(line: BillLine, by: str) -> str:
    grouped = _GROUPED.get(by)
    if grouped is not None:
        return grouped(line)
    tags = dict(line.tags)
    return next((tags[key] for key in _tag_keys(by) if key in tags), "")


def _tag_keys(by: str) -> tuple[str, ...]:
    """Return the names under which a bill may have a tag: AWS puts ``user:`` before those that users gave."""
    name = by.removeprefix("tag:")
    return (name, f"user:{name}", f"user_{name}")


def _require_tag(bill: ReadBill, by: str) -> None:
    """Refuse a tag that no line has."""
    there = {key for line in bill.lines for key, _ in line.tags}
    if by.startswith("tag:") and not there & {*_tag_keys(by)}:
        names = ", ".join(sorted(there)[:10]) or "none"
        raise InputError(f"{', '.join(bill.files) or 'bill'}: no line has the tag, {by!r}, there is {names}")
