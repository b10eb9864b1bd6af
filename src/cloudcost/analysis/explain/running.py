"""What costs by the hour: did it run all the time, now and then, or can the bill not tell?

Lines of an hour or a day tell it by day: 24 h of each day is a machine that nobody stopped. A line of a whole month
tells its hours alone: as many as there are in its time, it was left on or worked, and the bill cannot tell which.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import ROUND_CEILING, Decimal
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

from cloudcost.analysis.explain.costs import is_timed, total_usd
from cloudcost.analysis.explain.told import Told, few, hours_words
from cloudcost.bills.quantities import canonical_unit
from cloudcost.figures import counted
from cloudcost.frozen import dataclass
from cloudcost.money import exact_sum, format_usd, round_half_even

if TYPE_CHECKING:
    from cloudcost.analysis.explain.costs import CostedLine
    from cloudcost.catalog.causes import Cause
    from cloudcost.results.explanation import Running

_FULL = Decimal("0.98")
"""Of a day or a month, for it to count as whole: a start-up or a report's rounding takes minutes. [1]"""
_MONTHS = (672, 696, 720, 744)
"""Hours that a calendar month has. [h]"""
_UNDATED = "the bill does not say when: left on, or used, cannot tell"
_LEAST_DAYS = 2
"""Whole days one after another before something counts as left on. [count]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Machine:
    """Hours of one thing, or of all things of one name where the bill does not part them.

    Parameters
    ----------
    name : str
    hours, usd : Decimal
    running : Running
    sentence : str
    is_whole : bool
        Whether it ran all the time that the bill covers.
    is_undated : bool
        Whether the bill tells its hours and nothing of when they were.
    """

    name: str
    hours: Decimal
    usd: Decimal
    running: Running
    sentence: str
    is_whole: bool
    is_undated: bool


def running(cause: Cause, lines: Sequence[CostedLine]) -> Told:
    """Return what the hours of a cause tell."""
    machines = sorted(_machines(lines), key=lambda each: (-each.usd, each.name))
    if not machines:
        return Told()
    kinds = {each.running for each in machines if each.usd}
    whole = exact_sum([each.usd for each in machines if each.is_whole])
    saved, by = _saving(cause, whole)
    return Told(
        sentences=_sentences(machines),
        running=machines[0].running if len(kinds) != 1 else kinds.pop(),
        saved_usd=saved,
        saved_by=by,
    )


def jobs(lines: Sequence[CostedLine]) -> Told:
    """Return the hours of what ends by itself."""
    hours = exact_sum([each.hours for each in _machines(lines)])
    days = {each.line.begin.date() for each in lines if is_timed(each.line) and each.line.begin is not None}
    if not hours:
        return Told()
    when = f" on {counted(len(days), 'day')} ({_span(sorted(days))})" if days else ""
    return Told(sentences=(f"{hours_words(hours)} machine-hours{when}",))


def _sentences(machines: Sequence[_Machine]) -> tuple[str, ...]:
    """Return a sentence for each machine, one for all of which the bill tells the hours alone."""
    told = [f"{each.name}: {each.sentence}" for each in machines if not each.is_undated]
    undated = [each for each in machines if each.is_undated]
    if len(undated) == 1:
        told.append(f"{undated[0].name}: {undated[0].sentence}")
    elif undated:
        hours = hours_words(exact_sum([each.hours for each in undated]))
        told.append(f"{len(undated)} kinds of machine, {hours} h together; {_UNDATED}")
    return few(told, "of them")


def _saving(cause: Cause, whole_usd: Decimal) -> tuple[Decimal | None, str]:
    if cause.saving != "outside" or whole_usd <= 0:
        return None, ""
    idle = 24 - cause.hours_a_day
    saved = round_half_even(Fraction(whole_usd) * idle / 24)
    return saved, f"stopped for {idle} of 24 h: {idle}/24 of {format_usd(whole_usd)}"


def _machines(lines: Sequence[CostedLine]) -> list[_Machine]:
    groups: dict[tuple[str, ...], list[CostedLine]] = {}
    for each in lines:
        line = each.line
        if line.quantity is None or line.quantity <= 0 or canonical_unit(line.unit) != "Hrs":
            continue
        key = (line.account, line.region, line.usage_type or line.description, line.resource)
        groups.setdefault(key, []).append(each)
    return [_machine(key, group) for key, group in groups.items()]


def _machine(key: tuple[str, ...], lines: Sequence[CostedLine]) -> _Machine:
    _, region, name, resource = key
    said = resource.rpartition("/")[2] or name
    shown = f"{name} {said}" if said != name else name
    if region:
        shown = f"{shown} in {region}"
    hours = exact_sum([each.line.quantity for each in lines if each.line.quantity is not None])
    kind: Running | Literal["whole"]
    if all(is_timed(each.line) for each in lines):
        kind, sentence = _by_day(lines)
    else:
        kind, sentence = _by_month(lines, hours)
    return _Machine(
        name=shown,
        hours=hours,
        usd=total_usd(lines),
        running="cannot tell" if kind == "whole" else kind,
        sentence=sentence,
        is_whole=kind in ("left on", "whole"),
        is_undated=sentence.endswith(_UNDATED),
    )


def _by_day(lines: Sequence[CostedLine]) -> tuple[Running, str]:
    """Return what hours by day tell."""
    by_day: dict[date, Decimal] = {}
    for each in lines:
        if each.line.begin is not None and each.line.quantity is not None:
            day = each.line.begin.date()
            by_day[day] = by_day.get(day, Decimal(0)) + each.line.quantity
    days = sorted(by_day)
    machines = max(int((max(by_day.values()) / 24).to_integral_value(ROUND_CEILING)), 1)
    full = [day for day in days if by_day[day] >= 24 * machines * _FULL]
    each_day = f"{24 * machines} h" if machines > 1 else "24 h"
    as_many = f", as many as {machines} machines" if machines > 1 else ""
    span = _span(full)
    inside = days[1:-1] if len(days) > len(full) else days
    if len(full) >= _LEAST_DAYS and all(day in full for day in inside) and _is_row(days):
        rest = "" if len(full) == len(days) else f", and less on {counted(len(days) - len(full), 'day')} at the ends"
        return "left on", f"{each_day} of each of {len(full)} days ({span}){as_many}{rest}: left on"
    mean = hours_words(exact_sum(list(by_day.values())) / len(days))
    return "on and off", f"{mean} h a day on {counted(len(days), 'day')} ({_span(days)}): on and off"


def _is_row(days: Sequence[date]) -> bool:
    return all(later - day == timedelta(days=1) for day, later in pairwise(days))


def _span(days: Sequence[date]) -> str:
    if not days:
        return ""
    return str(days[0]) if len(days) == 1 else f"{days[0]} to {days[-1]}"


def _by_month(lines: Sequence[CostedLine], hours: Decimal) -> tuple[Running | Literal["whole"], str]:
    """Return what the hours of a whole month tell."""
    there = _hours_there(lines)
    shown = hours_words(hours)
    if there is None:
        near = next((each for each in _MONTHS if each * _FULL <= hours <= each), None)
        if near is None:
            return "cannot tell", f"{shown} h; {_UNDATED}"
        return "whole", f"{shown} h, all hours of a month of {near // 24} days: left on, or used, cannot tell"
    if hours > there:
        least = int((hours / there).to_integral_value(ROUND_CEILING))
        return "cannot tell", f"{shown} h in {there} h, so {least} or more of them: left on, or used, cannot tell"
    if hours >= there * _FULL:
        return "whole", f"{shown} of {there} h: left on, or used, cannot tell"
    return "cannot tell", f"{shown} of {there} h; {_UNDATED}"


def _hours_there(lines: Sequence[CostedLine]) -> int | None:
    """Return the hours in the time of lines that are of no day, or None where none has a time."""
    begins = [each.line.begin for each in lines if each.line.begin is not None]
    ends = [each.line.end for each in lines if each.line.end is not None]
    if begins and ends and max(ends) > min(begins):
        return round((max(ends) - min(begins)).total_seconds() / 3600) or None
    months = {each.line.month for each in lines}
    known = [month.hours for month in months if month is not None]
    return sum(known) if known and len(known) == len(months) else None
