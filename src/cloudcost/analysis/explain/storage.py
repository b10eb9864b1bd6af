"""What is kept in a bucket: what the bill tells of its size, and between which amounts its parts lie."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from cloudcost.analysis.explain.costs import is_timed, total_usd
from cloudcost.analysis.explain.told import Told
from cloudcost.bills.quantities import canonical_unit
from cloudcost.figures import figure
from cloudcost.money import exact_sum, format_usd, round_half_even
from cloudcost.results.explanation import SharedCost
from cloudcost.units import month_hours

if TYPE_CHECKING:
    from cloudcost.analysis.explain.costs import CostedLine
    from cloudcost.units import BillingMonth

_PARTS = ("live objects", "old versions", "unfinished uploads")
_NOTHING = Decimal(0)


def storage(lines: Sequence[CostedLine], live_bytes: int | None = None) -> Told:
    """Return what a bill tells of storage.

    Parameters
    ----------
    lines : sequence of CostedLine
    live_bytes : int or None
        Of the live objects, as a scan or an inventory has them. [bytes]
    """
    usd = total_usd(lines)
    sentences = _by_day(lines)
    if usd <= 0:
        return Told(sentences=sentences)
    if live_bytes is None:
        split = tuple(SharedCost(name=name, low_usd=_NOTHING, high_usd=usd) for name in _PARTS)
        said = f"each of the three is between 0.00 and {format_usd(usd)} USD: one usage type, which no line parts"
        return Told(sentences=(*sentences, said), split=split)
    return _split(lines, usd, live_bytes, sentences)


def _split(lines: Sequence[CostedLine], usd: Decimal, live_bytes: int, sentences: tuple[str, ...]) -> Told:
    """Return storage parted by the size of the live objects."""
    sizes = _gib_hours(lines)
    hours = _hours(lines)
    if sizes is None or not hours or sizes <= 0 or hours <= 0:
        return Told(sentences=(*sentences, "the bill states no size over a time, so that --live parts nothing"))
    live = min(Fraction(live_bytes, 1 << 30) * hours / sizes, Fraction(1))
    live_usd = round_half_even(Fraction(usd) * live)
    rest = usd - live_usd
    said = (
        f"{figure(live_bytes / 2**30)} GiB of live objects through the time of the bill are {format_usd(live_usd)} "
        f"USD of it; the rest, {format_usd(rest)} USD, is old versions and unfinished uploads"
    )
    split = (
        SharedCost(name="live objects", low_usd=live_usd, high_usd=live_usd),
        SharedCost(name="old versions", low_usd=_NOTHING, high_usd=rest),
        SharedCost(name="unfinished uploads", low_usd=_NOTHING, high_usd=rest),
    )
    return Told(sentences=(*sentences, said), split=split, saved_usd=rest, saved_by="old versions and unfinished parts")


def _gib_hours(lines: Sequence[CostedLine]) -> Fraction | None:
    """Return what was kept, or None where a line's size cannot be told. [GiB-hours]"""
    if any(each.line.quantity is None or canonical_unit(each.line.unit) != "GB-Mo" for each in lines):
        return None
    by_month: dict[BillingMonth | None, list[Decimal]] = {}
    for each in lines:
        by_month.setdefault(each.line.month, []).append(each.line.quantity or _NOTHING)
    return sum((Fraction(exact_sum(amounts)) * month_hours(month) for month, amounts in by_month.items()), Fraction(0))


def _hours(lines: Sequence[CostedLine]) -> Fraction | None:
    begins = [each.line.begin for each in lines if each.line.begin is not None]
    ends = [each.line.end for each in lines if each.line.end is not None]
    if begins and ends:
        return Fraction(int((max(ends) - min(begins)).total_seconds()), 3600)
    months = {each.line.month for each in lines}
    known = [month.hours for month in months if month is not None]
    return Fraction(sum(known)) if known and len(known) == len(months) else None


def _by_day(lines: Sequence[CostedLine]) -> tuple[str, ...]:
    """Return how what is kept grew from the first day to the last, where lines are of a day or less."""
    sizes = _gib_hours(lines)
    if sizes is None or sizes <= 0:
        return ()
    if not all(is_timed(each.line) for each in lines):
        hours = _hours(lines)
        return (
            (f"{figure(float(sizes / hours))} GiB on average over {figure(float(hours))} h",)
            if hours and hours > 0
            else ()
        )
    by_day = gib_by_day(lines)
    first, last = min(by_day), max(by_day)
    if first == last:
        return (f"{figure(float(by_day[first]))} GiB on {first}",)
    grown = by_day[last] > by_day[first] * Fraction(3, 2)
    why = ": it grew, as it does with new data or with each overwrite of a versioned bucket" if grown else ""
    return (f"{figure(float(by_day[first]))} GiB on {first}, {figure(float(by_day[last]))} GiB on {last}{why}",)


def gib_by_day(lines: Sequence[CostedLine]) -> dict[date, Fraction]:
    """Return what was kept on each day, on average over the hours of it that the bill covers. [GiB]"""
    by_day: dict[date, list[CostedLine]] = {}
    for each in lines:
        if each.line.begin is not None:
            by_day.setdefault(each.line.begin.date(), []).append(each)
    found = {}
    for day, group in by_day.items():
        spans = {(each.line.begin, each.line.end) for each in group}
        seconds = sum(
            int((end - begin).total_seconds()) for begin, end in spans if begin is not None and end is not None
        )
        found[day] = (_gib_hours(group) or Fraction(0)) * 3600 / seconds
    return found
