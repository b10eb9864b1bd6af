"""Usage -> the lines of a bill: where quantities meet prices, exactly.

Rows of one service, region, usage type, operation, month and purchase become one line, in order of first appearance.
Tiers are shared (a *pool*) by all rows that one price row prices in one region and month; traffic to the internet
thus pools over all services. Lines of a pool take its tiers in order of service, usage type and operation, so that
the order of the rows does not matter. A row without a month is a pool of its own, from the first tier on.

One rounding per line: the amount is the rounded exact sum of its slices; a total is the exact sum of amounts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from math import gcd
from typing import TYPE_CHECKING

from cloudcost.domain.lines import LineItem, TierSlice
from cloudcost.domain.usage import Usage
from cloudcost.errors import CatalogError, PriceNotFoundError
from cloudcost.figures import figure
from cloudcost.money import exact_sum, round_half_even, round_ratio
from cloudcost.pricing.free import FreeShare, free_shares, has_quota, is_free_in_part, is_metered_out
from cloudcost.pricing.lookup import Found, find_price, price_day
from cloudcost.pricing.tiers import packed, ratio_of, tier_slices
from cloudcost.units import BY_MONTH, BillingMonth, to_priced_unit

if TYPE_CHECKING:
    from cloudcost.catalog.book import PriceBook

_Key = tuple[str, str, str, str, int, str]
"""Service, region, usage type, operation, month as a count of months (0 without one: cheap to hash), purchase."""


class Group:
    """What is gathered for one line: its first row, its price, and the quantity so far (mutable, internal)."""

    __slots__ = ("denominator", "found", "numerator", "parts", "reasons", "usage")

    def __init__(self, usage: Usage, found: Found) -> None:
        self.usage = usage
        self.found = found
        self.numerator = 0
        self.denominator = 1
        self.parts: list[Fraction] = []
        self.reasons: list[str] = []

    def add(self, usage: Usage) -> None:
        """Add a row's quantity, converted to the priced unit."""
        numerator, denominator = ratio_of(usage.quantity)
        priced_unit = self.found.price.unit
        if usage.unit != priced_unit:
            month = usage.month if usage.unit in BY_MONTH else None
            denominator *= _units_per(usage.unit, priced_unit, month)
        if usage.month is None and (not self.found.schedule.flat or is_free_in_part(usage, self.found)):
            self.parts.append(Fraction(numerator, denominator))
        if denominator == self.denominator or not self.numerator:
            self.numerator += numerator
            self.denominator = denominator
        else:
            common = gcd(denominator, self.denominator)
            scale = denominator // common
            self.numerator = self.numerator * scale + numerator * (self.denominator // common)
            self.denominator *= scale
        if usage.why and usage.why not in self.reasons:
            self.reasons.append(usage.why)


@lru_cache(maxsize=4096)
def _units_per(unit: str, priced_unit: str, month: BillingMonth | None) -> int:
    return to_priced_unit(1, unit, priced_unit, month).denominator


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
        Whether the monthly allowance of traffic to the internet is taken off, once per account and month (see
        `cloudcost.pricing.free`).
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

    >>> from cloudcost.catalog.book import load_book
    >>> usage = Usage(
    ...     service="AmazonEC2", region="us-east-1", usage_type="BoxUsage:g4dn.xlarge", quantity=360_000, unit="seconds"
    ... )
    >>> [line] = price_usage([usage], load_book(), on=date(2026, 11, 22))
    >>> line.amount_usd
    Decimal('52.6000000000')
    """
    groups: dict[_Key, Group] = {}
    missing: dict[_Key, CatalogError] = {}
    for usage in usages:
        month = usage.month
        index = 0 if month is None else month.year * 12 + month.month
        key = (usage.service, usage.region, usage.usage_type, usage.operation, index, usage.purchase)
        group = groups.get(key)
        if group is None:
            if key in missing:
                continue
            try:
                found = find_price(
                    book,
                    usage.service,
                    usage.region,
                    usage.usage_type,
                    usage.operation,
                    usage.purchase,
                    price_day(month, on),
                )
            except CatalogError as error:
                missing[key] = error
                continue
            group = _open_group(groups, key, usage, found)
        group.add(usage)
    if missing:
        _raise_together(list(missing.values()))
    rows = tuple(dict.fromkeys(groups.values()))
    free = [row for row in rows if (free_tier and is_metered_out(row.usage)) or (quotas and has_quota(row.found))]
    return _lines(rows, frozenset(free), on=on)


def total_usd(lines: Sequence[LineItem]) -> Decimal:
    """Return the exact sum of the lines' amounts. [USD]"""
    return exact_sum([line.amount_usd for line in lines])


def _open_group(groups: dict[_Key, Group], key: _Key, usage: Usage, found: Found) -> Group:
    """Return the group of a key, known under the purchase that the price has (a spot usage type implies spot)."""
    purchase = found.price.purchase
    if purchase != usage.purchase:
        true_key = (*key[:5], purchase)
        group = groups.get(true_key) or Group(usage, found)
        groups[true_key] = groups[key] = group
        return group
    group = groups[key] = Group(usage, found)
    return group


def _raise_together(errors: list[CatalogError]) -> None:
    """Raise one error that says all; of its own type where there is only one."""
    if len(errors) == 1:
        raise errors[0]
    raise PriceNotFoundError("\n".join(dict.fromkeys(str(error) for error in errors)))


def _lines(groups: tuple[Group, ...], free: frozenset[Group], *, on: date) -> tuple[LineItem, ...]:
    """Return the lines of the groups, of which some are free in part: flat prices at once, the others by pool."""
    pooled = [group for group in groups if not group.found.schedule.flat or group in free]
    slices = _pool_slices(pooled, free, on=on) if pooled else {}
    return tuple(_tiered_line(group, *slices[group]) if group in slices else _flat_line(group) for group in groups)


def _flat_line(group: Group) -> LineItem:
    """Return the line of a price without tiers: one multiplication."""
    schedule = group.found.schedule
    quantity = Fraction(group.numerator, group.denominator)
    numerator = schedule.rates[0] * group.numerator
    denominator = schedule.rate_scale * group.denominator
    tier = schedule.tiers[0]
    one = TierSlice(from_quantity=tier.from_quantity, up_to=None, quantity=quantity, unit_price_usd=tier.unit_price_usd)
    exact = Fraction(numerator, denominator)
    return _line(group, quantity, (one,), exact, round_ratio(numerator, denominator), group.reasons)


def _tiered_line(group: Group, slices: tuple[TierSlice, ...], reasons: list[str]) -> LineItem:
    """Return the line of a share of a pool: the sum of its slices, rounded once."""
    quantity = sum((part.quantity for part in slices), Fraction(0))
    exact = sum((part.exact_usd for part in slices), Fraction(0))
    return _line(group, quantity, slices, exact, round_half_even(exact), reasons)


def _line(
    group: Group,
    quantity: Fraction,
    slices: tuple[TierSlice, ...],
    exact: Fraction,
    amount: Decimal,
    reasons: list[str],
) -> LineItem:
    usage = group.usage
    price = group.found.price
    free = not exact and not slices[-1].unit_price_usd
    free |= not price.tiers[0].unit_price_usd and any(piece.quantity for piece in slices[:1])
    if price.note and (free or price.carried_from is not None) and price.note not in reasons:
        reasons = [*reasons, price.note]
    return LineItem(
        service=usage.service,
        usage_type=usage.usage_type,
        operation=usage.operation,
        region=usage.region,
        month=usage.month,
        purchase=price.purchase,
        quantity=quantity,
        unit=price.unit,
        tiers=slices,
        exact_usd=exact,
        amount_usd=amount,
        grade=price.grade,
        source=price.source,
        as_of=price.as_of,
        confirmed_on=price.confirmed_on,
        carried_from=price.carried_from,
        why="; ".join(reasons),
    )


def _pool_slices(
    groups: list[Group], free: frozenset[Group], *, on: date
) -> dict[Group, tuple[tuple[TierSlice, ...], list[str]]]:
    """Return each group's slices and reasons, after sharing the tiers of each pool among its groups."""
    pools: dict[tuple[str, BillingMonth, tuple[str, str, str, str]], list[Group]] = {}
    result: dict[Group, tuple[tuple[TierSlice, ...], list[str]]] = {}
    for group in groups:
        month = group.usage.month
        if month is None:
            result[group] = _alone(group, free=group in free, on=on)
        else:
            pools.setdefault((group.usage.region, month, group.found.key), []).append(group)
    eligible = [members for members in pools.values() if members[0] in free]
    shares = {eligible[index][0]: share for index, share in free_shares(eligible, on=on).items()}
    for members in pools.values():
        share = shares.get(members[0])
        members.sort(key=_order)
        result.update(_share(members, share))
    return result


def _order(group: Group) -> tuple[str, str, str, str]:
    usage = group.usage
    return usage.service, usage.usage_type, usage.operation, usage.purchase


def _share(members: list[Group], free: FreeShare | None) -> dict[Group, tuple[tuple[TierSlice, ...], list[str]]]:
    """Hand the tiers of one pool to its members in order, the free part first; whole packs go to the last one."""
    schedule = members[0].found.schedule
    quantities = [Fraction(group.numerator, group.denominator) for group in members]
    left = free.quantity if free is not None else Fraction(0)
    start = Fraction(0)
    result = {}
    for position, (group, quantity) in enumerate(zip(members, quantities, strict=True)):
        given = min(left, quantity)
        left -= given
        paid = quantity - given
        reasons = list(group.reasons)
        if schedule.pack is not None and position + 1 == len(members):
            whole = packed(schedule, start + paid) - start
            if whole != paid:
                reasons.append(f"sold in packs of {schedule.pack}: {figure(float(quantity), 6)} used")
            paid = whole
        slices: list[TierSlice] = []
        if free is not None and given:
            slices.append(free.slice_of(given))
            reasons.append(free.reason)
        if paid or not slices:
            slices.extend(tier_slices(schedule, start, paid))
        start += paid
        result[group] = (tuple(slices), reasons)
    return result


def _alone(group: Group, *, free: bool, on: date) -> tuple[tuple[TierSlice, ...], list[str]]:
    """Return the merged slices of rows without a month, each a pool of its own."""
    merged: dict[tuple[Decimal, Decimal | None, Decimal], Fraction] = {}
    reasons = list(group.reasons)
    for part in group.parts or [Fraction(group.numerator, group.denominator)]:
        single = Group(group.usage, group.found)
        single.numerator, single.denominator = part.numerator, part.denominator
        slices, own = _share([single], free_shares([[single]], on=on).get(0) if free else None)[single]
        reasons.extend(reason for reason in own if reason not in reasons)
        for piece in slices:
            bounds = (piece.from_quantity, piece.up_to, piece.unit_price_usd)
            merged[bounds] = merged.get(bounds, Fraction(0)) + piece.quantity
    pieces = tuple(
        TierSlice(from_quantity=bounds[0], up_to=bounds[1], quantity=quantity, unit_price_usd=bounds[2])
        for bounds, quantity in merged.items()
    )
    kept = tuple(piece for piece in pieces if piece.quantity) or pieces[:1]
    return tuple(sorted(kept, key=lambda piece: (piece.from_quantity, piece.unit_price_usd))), reasons
