"""What differs between two answers: options by name, lines by what they bill, months taken together."""

from __future__ import annotations

from decimal import Decimal

from cloudcost.results.difference import (
    Because,
    Change,
    Difference,
    LineChange,
    OptionChange,
    Side,
    SideLine,
    SideOption,
)

_SHARE = Decimal("1e-6")
"""Amounts are rounded to 1e-10 USD, so that the price of a unit is told apart from this share on. [1]"""


def difference(before: Side, after: Side) -> Difference:
    """Return what differs between two answers.

    Lines are the same one where service, region, usage type, operation, purchase and unit agree. A line is changed by
    its quantity, by its price (the amount of a unit), or by both.
    """
    old, new = ({each.name: each for each in side.options} for side in (before, after))
    names = [*new, *(name for name in old if name not in new)]
    return Difference(
        before=before, after=after, options=tuple(_option(name, old.get(name), new.get(name)) for name in names)
    )


def _option(name: str, before: SideOption | None, after: SideOption | None) -> OptionChange:
    old = {} if before is None else {each.key: each for each in before.lines}
    new = {} if after is None else {each.key: each for each in after.lines}
    lines = [_line(old.get(key), new.get(key)) for key in dict.fromkeys([*new, *old])]
    other = sorted((each for each in lines if each.change != "same"), key=lambda each: -abs(each.difference_usd))
    change = _change(before, after)
    if change == "changed" and before is not None and after is not None and not other:
        alike = (before.feasible, before.total_usd, before.hours) == (after.feasible, after.total_usd, after.hours)
        change = "same" if alike else "changed"
    return OptionChange(
        name=name, change=change, before=before, after=after, lines=tuple(other), same=len(lines) - len(other)
    )


def _change(before: object, after: object) -> Change:
    return "added" if before is None else "removed" if after is None else "changed"


def _line(before: SideLine | None, after: SideLine | None) -> LineChange:
    change, because = _change(before, after), _because(before, after)
    if change == "changed" and not because:
        change = "same"
    return LineChange(change=change, because=because, before=before, after=after)


def _because(before: SideLine | None, after: SideLine | None) -> Because:
    """Return what of a line is other; quantity and price are apart by cross-multiplying, which divides nothing."""
    if before is None or after is None:
        return ""
    quantity = before.quantity != after.quantity
    price = before.amount_usd != after.amount_usd
    if quantity and price and before.quantity and after.quantity:
        each_before, each_after = before.amount_usd * after.quantity, after.amount_usd * before.quantity
        price = abs(each_before - each_after) > _SHARE * max(abs(each_before), abs(each_after))
    if quantity and price:
        return "quantity and price"
    return "quantity" if quantity else "price" if price else ""
