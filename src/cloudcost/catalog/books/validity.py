"""Which of several rows of one key counts on a day, and how a price is carried to a day before it is known.

A row is known from its first day: the one on which its price began (a launch, a change), else the one on which it was
first seen. Of a usage month only the month counts, so a row that begins within the month serves it where no other
does. Before that the first row known is carried back: its grade becomes ``assumed``, its note says so, and who must
not carry far asks `carry_fault`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from cloudcost.catalog.books.launches import Launch, is_before, launch_of
from cloudcost.domain.prices import Price

MOST_MONTHS_CARRIED = 12
"""Beyond this a price seen once says little: the shortest time between two cuts of one price in the book. [months]"""


def holds(price: Price, on: date) -> bool:
    """Return whether a row is known to hold on a day."""
    return price.first_day <= on and (price.valid_until is None or on < price.valid_until)


def known_on(prices: Sequence[Price], on: date) -> tuple[Price, ...]:
    """Return the rows that hold on a day; where none does, those that begin later in the day's month."""
    exact = tuple(price for price in prices if holds(price, on))
    if exact:
        return exact
    return tuple(
        price
        for price in prices
        if price.first_day.replace(day=1) <= on and (price.valid_until is None or on < price.valid_until)
    )


def with_carried(
    current: Sequence[Price], prices: Sequence[Price], on: date, *, otherwise: Sequence[Price] = ()
) -> tuple[Price, ...]:
    """Return the rows of a day with, for each operation that has none, its first later row carried back.

    Parameters
    ----------
    current : sequence of Price
        What is known on the day.
    prices : sequence of Price
        All rows of the key.
    on : date
    otherwise : sequence of Price
        Prices carried back by a rule; they count where no row is first known on an earlier day.
    """
    served = {price.operation for price in current}
    first: dict[str, Price] = {}
    for price in prices:
        if price.first_day > on and price.operation not in served:
            known = first.get(price.operation)
            if known is None or price.first_day < known.first_day:
                first[price.operation] = price
    carried = tuple(carried_back(price, on) for price in first.values())
    ruled = [price for price in otherwise if price.carried_from is not None]
    if not current and ruled and (not carried or _start(ruled) < _start(carried)):
        return tuple(ruled)
    return (*current, *carried)


def _start(prices: Sequence[Price]) -> date:
    return min(price.carried_from for price in prices if price.carried_from is not None)


def carried_back(price: Price, on: date, *, launch: Launch | None = None) -> Price:
    """Return a price as it is used on a day before its first one."""
    if launch is not None:
        first, past = launch.day, f"{launch.name} began on {launch.day}"
    else:
        first = price.first_day
        past = "" if price.valid_from is None else f"its price began on {price.valid_from}"
    why = f"no price is known for {on:%Y-%m}, that of {first:%Y-%m}, {past or 'the first seen'}, is carried back"
    return replace(
        price,
        grade="assumed",
        carried_from=first,
        carried_past=past,
        note=f"{why}; {price.note}" if price.note else why,
    )


def before_launch(price: Price, on: date) -> Price:
    """Return the price, carried back where the day lies before the machine, the region or the service began."""
    launch = launch_of(price.service, price.region, price.usage_type)
    if launch is None or not is_before(launch, on) or price.carried_past:
        return price
    return carried_back(price, on, launch=launch)


def carry_fault(price: Price, on: date) -> str:
    """Return why a price may not stand for a day before it is known; empty where it may.

    Notes
    -----
    Nothing is carried past a known launch or change, and nothing more than 12 months.
    """
    first = price.carried_from
    if first is None:
        return ""
    months = (first.year - on.year) * 12 + first.month - on.month
    return too_early(price, on) if price.carried_past or months > MOST_MONTHS_CARRIED else ""


def launch_fault(price: Price, on: date) -> str:
    """Return that a price stands for a day before what it pays for began; empty where that had, or is not known."""
    launch = launch_of(price.service, price.region, price.usage_type)
    if launch is None or not is_before(launch, on):
        return ""
    return too_early(carried_back(price, on, launch=launch), on)


def too_early(price: Price, on: date) -> str:
    """Return the message for a price that may not be carried back to a day."""
    why = price.carried_past or f"the first one known is of {price.carried_from}"
    return f"no price for {price.key} on {on}; {why}, price a later day"


def latest(prices: Sequence[Price], on: date) -> Price:
    """Return the price first seen last up to a day; where all were seen later (spot), the one seen first."""
    seen = [price for price in prices if price.first_day <= on]
    if seen:
        return max(seen, key=lambda price: (price.first_day, price.as_of))
    return min(prices, key=lambda price: price.first_day)
