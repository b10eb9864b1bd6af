"""The cost of a line on a basis, and the exact sums of lines that everything else is made of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from cloudcost.errors import InputError
from cloudcost.frozen import dataclass
from cloudcost.money import exact_sum, round_half_even
from cloudcost.results.explanation import CauseItem

if TYPE_CHECKING:
    from cloudcost.bills.causes import CauseOfLine
    from cloudcost.domain.bills import BillLine
    from cloudcost.results.explanation import CostBasis

PRICE_PLACES = 12
"""Decimals of a price: the finest of the price lists, USD 0.0000000167 for a GB-second, has 10. [count]"""


_STATED = re.compile(r"(?:\$|USD) ?(?P<price>\d+(?:\.\d+)?) per (?:(?P<pack>\d[\d,]*) )?", re.IGNORECASE)
"""A price in a description, and the units that it is for where they are not one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CostedLine:
    """A line with its cause and its cost.

    Parameters
    ----------
    line : BillLine
    cause : CauseOfLine
    usd : Decimal
        On the basis that was asked for.
    """

    line: BillLine
    cause: CauseOfLine
    usd: Decimal


def cost_of(line: BillLine, basis: CostBasis) -> Decimal:
    """Return what a line costs; where it has no cost of its own on a basis, what was billed."""
    stated = {"unblended": line.billed_usd, "amortized": line.amortized_usd, "net": line.net_usd}[basis]
    return line.billed_usd if stated is None else stated


def check_basis(lines: Sequence[BillLine], basis: CostBasis, files: Sequence[str]) -> None:
    """Raise InputError where no line has a cost on the basis."""
    if basis == "unblended" or not lines:
        return
    if all((line.amortized_usd if basis == "amortized" else line.net_usd) is None for line in lines):
        raise InputError(
            f"{', '.join(files) or 'the bill'}:--cost: no line has this cost, {basis!r}, "
            "ask for unblended, or have the report made with it"
        )


def item_key(each: CostedLine) -> tuple[str, ...]:
    """Return what lines have in common that are summed into one item."""
    line = each.line
    name = line.usage_type or line.description
    return (each.cause.part, line.service, line.region, name, line.operation, line.unit)


def items_of(lines: Sequence[CostedLine]) -> tuple[CauseItem, ...]:
    """Return the lines of a cause summed by their names, the dearest first."""
    groups: dict[tuple[str, ...], list[CostedLine]] = {}
    for each in lines:
        groups.setdefault(item_key(each), []).append(each)
    found = [_item(key, group) for key, group in groups.items()]
    return tuple(sorted(found, key=lambda item: (-item.usd, item.usage_type, item.region, item.operation, item.unit)))


def _item(key: tuple[str, ...], lines: Sequence[CostedLine]) -> CauseItem:
    part, service, region, name, operation, unit = key
    quantity = total_quantity(lines)
    usd = total_usd(lines)
    first = min(lines, key=lambda each: (each.line.file, each.line.line))
    return CauseItem(
        part=part,
        service=service,
        region=region,
        usage_type=name,
        operation=operation,
        unit=unit,
        quantity=quantity,
        usd=usd,
        unit_price_usd=_price(lines, quantity, usd),
        lines=sum(each.line.count for each in lines),
        place=f"{first.line.file}:{first.line.line}",
    )


def _price(lines: Sequence[CostedLine], quantity: Decimal | None, usd: Decimal) -> Decimal | None:
    """Return the price of a unit: the exact quotient, else the one in the description where it gives the amount."""
    if not quantity:
        return None
    exact = Fraction(usd) / Fraction(quantity)
    price = round_half_even(exact, PRICE_PLACES)
    if Fraction(price) == exact:
        return price
    stated = {_stated_price(each.line.description) for each in lines}
    only = stated.pop() if len(stated) == 1 else None
    if only is None:
        return None
    places = max(-min(int(each.usd.as_tuple().exponent) for each in lines), 0)
    slack = Fraction(len(lines), 10**places)  # each line is rounded, up or down as the report does
    return round_half_even(only, PRICE_PLACES) if abs(only * Fraction(quantity) - Fraction(usd)) <= slack else None


def _stated_price(description: str) -> Fraction | None:
    """Return the price that a description states: "$0.005 per 1,000 PUT ... requests" is 0.000005."""
    found = _STATED.search(description)
    if found is None:
        return None
    return Fraction(found["price"]) / int((found["pack"] or "1").replace(",", ""))


def total_usd(lines: Iterable[CostedLine]) -> Decimal:
    """Return the exact cost of lines. [USD]"""
    return exact_sum([each.usd for each in lines])


def total_quantity(lines: Iterable[CostedLine]) -> Decimal | None:
    """Return the exact quantity of lines, or None where one of them has none."""
    quantities = [each.line.quantity for each in lines]
    known = [quantity for quantity in quantities if quantity is not None]
    return exact_sum(known) if len(known) == len(quantities) else None


def is_timed(line: BillLine) -> bool:
    """Return whether a line is of a day or less, so that it tells when something ran."""
    if line.begin is None or line.end is None:
        return False
    return 0 < (line.end - line.begin).total_seconds() <= 86_400
