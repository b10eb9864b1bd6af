"""What every row of a price book keeps, shipped or the user's own: the tests of the shipped tables ask the same."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator
from datetime import date
from itertools import pairwise

from cloudcost.domain.prices import GRADES, Price, PriceKey

OLDEST = date(2006, 3, 14)
"""The day on which S3 opened: no price is older."""
UNITS = frozenset(
    {
        "GB-Mo", "GB", "Requests", "Hrs", "IOPS-Mo", "GiBps-Mo", "Objects", "Tag-Mo", "Months", "Keys-Mo", "CU", "unit",
        "vCPU-Hours", "Secrets", "Metrics", "Jobs", "IOs", "Alarms", "kWh", "Certificates", "Mo", "Dashboards",
        "Events", "Queries", "Images", "Zones", "Addresses", "Notifications",
    }
)  # fmt: skip
"""All units that a quantity may have."""


def row_faults(prices: Iterable[Price], *, sources: Container[str], newest: date) -> Iterator[str]:
    """Yield what is wrong with the rows of a book, a line each.

    Parameters
    ----------
    prices : iterable of Price
    sources : container of str
        Keys of the sources that a row may name.
    newest : date
        No row was seen later.
    """
    periods: dict[PriceKey, list[Price]] = defaultdict(list)
    for price in prices:
        label = f"{price.key}, seen {price.as_of}"
        yield from (f"{label}: {fault}" for fault in _faults(price, sources, newest))
        periods[price.key].append(price)
    for key, rows in periods.items():
        beginnings = [(price.first_day, price.as_of) for price in rows]
        if len(set(beginnings)) < len(beginnings):
            yield f"{key}: two rows begin on one day and were seen on one day"


def _faults(price: Price, sources: Container[str], newest: date) -> Iterator[str]:
    for tier in price.tiers:
        if tier.unit_price_usd < 0:
            yield "a negative price"
        if tier.unit_price_usd == 0 and not price.note:
            yield "a price of zero without a reason"
    if price.tiers[0].from_quantity != 0 or any(low.up_to != high.from_quantity for low, high in pairwise(price.tiers)):
        yield "tiers that do not rise from 0 without a gap"
    if price.tiers[-1].up_to is not None and not price.note:
        yield "tiers that end without a reason"
    if price.unit not in UNITS:
        yield f"an unknown unit, {price.unit}"
    if price.grade not in GRADES:
        yield f"an unknown grade, {price.grade}"
    if price.source not in sources:
        yield f"an unknown source, {price.source}"
    if not OLDEST <= price.as_of <= newest:
        yield f"a day before {OLDEST} or after the book's, {price.as_of}"
    if price.valid_until is not None and price.valid_until <= price.first_day:
        yield f"an end before its beginning, {price.valid_until}"
