"""What is to be said of the days that prices are known for: carried back from a later day, or seen long ago.

The lines of a bill carry the dates of their prices; these sentences are the same for every verb that prices.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from cloudcost.domain.lines import LineItem
from cloudcost.domain.prices import STATED_IN
from cloudcost.pricing.lookup import price_day
from cloudcost.units import BillingMonth

OLD_MONTHS = 18
"""Age from which a price is called old. [months]"""
_SHOWN = 4
"""Usage types that a warning names. [count]"""


def dating_warnings(lines: Iterable[LineItem], *, on: date, pinned: bool = False) -> tuple[str, ...]:
    """Return a sentence for prices that were carried back, and one for prices that are old.

    Parameters
    ----------
    lines : iterable of LineItem
        Of one bill or of several; a price that stands on many lines counts once.
    on : date
        The day whose prices are asked for; a line of another month stands for the first day of that.
    pinned : bool
        Every line takes the prices of `on`, whatever its month.
    """
    priced = _priced(lines)
    warnings = (_carried(priced), _old(priced, on, pinned=pinned))
    return tuple(warning for warning in warnings if warning)


def carried_warning(lines: Iterable[LineItem]) -> str:
    """Return a sentence for prices that were carried back alone; empty where none was."""
    return _carried(_priced(lines))


def _priced(lines: Iterable[LineItem]) -> list[LineItem]:
    return [line for line in lines if line.as_of is not None and line.source != STATED_IN]


def _carried(lines: Sequence[LineItem]) -> str:
    """Return what is said of prices that are taken for a day before the first one known."""
    first = {
        (line.service, line.region, line.usage_type): line.carried_from
        for line in lines
        if line.carried_from is not None
    }
    if not first:
        return ""
    days = sorted(day for day in first.values() if day is not None)
    span = f"{days[0]}" if days[0] == days[-1] else f"{days[0]} to {days[-1]}"
    if len(first) == 1:
        what = "1 of the prices used is not known for the time asked; it is the first one known"
    else:
        what = f"{len(first)} of the prices used are not known for the time asked; each is the first one known"
    return f"{what}, of {span}: {_names(first)}"


def _old(lines: Sequence[LineItem], on: date, *, pinned: bool) -> str:
    """Return what is said of prices that nobody has seen for a long time before the day that they stand for."""
    limits: dict[date, date] = {}
    old = {}
    for line in lines:
        day = on if pinned else price_day(line.month, on)
        if day not in limits:
            limits[day] = _months_before(day, OLD_MONTHS)
        seen = line.last_seen
        if seen is not None and seen < limits[day]:
            old[line.service, line.region, line.usage_type] = seen
    if not old:
        return ""
    verb = "is" if len(old) == 1 else "are"
    return (
        f"{len(old)} of the prices used {verb} over {OLD_MONTHS} months old, "
        f"the oldest of {min(old.values())}: {_names(old)}"
    )


def _names(keys: Iterable[tuple[str, str, str]]) -> str:
    names = sorted({usage_type for _, _, usage_type in keys})
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more


def _months_before(day: date, months: int) -> date:
    return BillingMonth.of(day).later(-months).first_day.replace(day=min(day.day, 28))
