"""What happens at a moment, whole: an upload, a download, a run's reading of the data set.

Event k of n happens at ``k/n`` of the project's time, the first at its start. So it lies in one billing month and reads
the class that the data set lies in at that moment: what is free in a month is taken once for each, never in parts.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from cloudcost.domain.project import Project
from cloudcost.domain.usage import RunUsage, Span
from cloudcost.units import BillingMonth
from cloudcost.usage.calendar import Window, project_window, window_of
from cloudcost.usage.s3.storage import Stay, read_stays

Passes = Sequence[int | Fraction]
"""Readings of the whole data set per run of each training: whole, or as many as are expected. [count]"""
_MILLIONTHS = {"requests": ("micro-requests", 1_000_000)}
"""Units that an expected number of events is counted in, finer than the events' own, and how many make one of it."""


class StayInMonth(NamedTuple):
    """A stretch of the project within one billing month, during which the data set lies in one class."""

    month: BillingMonth
    storage_class: str
    span: Span


def months(project: Project) -> tuple[StayInMonth, ...]:
    """Return the project's time by billing month; the class is left empty."""
    return _months(project.start, project.duration_seconds)


def class_stays(project: Project) -> tuple[StayInMonth, ...]:
    """Return the project's time by billing month and by the class that the newest upload lies in."""
    return _stays_in_months(read_stays(project), project_window(project))


@lru_cache(maxsize=1024)
def _months(start: date, duration_seconds: int) -> tuple[StayInMonth, ...]:
    window = window_of(start, duration_seconds)
    return _stays_in_months((Stay("", window),), window)


@lru_cache(maxsize=1024)
def _stays_in_months(stays: tuple[Stay, ...], window: Window) -> tuple[StayInMonth, ...]:
    stays_in_months: list[StayInMonth] = []
    for stay in stays:
        begin = _offset(window.start, stay.window.start)
        for month, seconds in stay.window.by_month():
            stays_in_months.append(StayInMonth(month, stay.storage_class, Span(begin, begin + seconds, window.seconds)))
            begin += seconds
    return tuple(stays_in_months)


def _offset(start: datetime, moment: datetime) -> int:
    return (moment - start) // timedelta(seconds=1)


def happen(
    project: Project,
    region: str,
    usage_type: str,
    *,
    unit: str,
    each: int = 0,
    events: int = 0,
    at_start: int = 0,
    per_run: Sequence[int] = (),
    stays_in_months: Sequence[StayInMonth] | None = None,
    why: str,
    service: str = "AmazonS3",
    operation: str = "",
) -> list[RunUsage]:
    """Return the usage of events by billing month; months without any are left out.

    Parameters
    ----------
    each : int
        Of one event that does not depend on the runs. [unit]
    events : int
        Such events, spread evenly over the project. [count]
    at_start : int
        Such events at the project's start. [count]
    per_run : sequence of int
        Per run of each training; runs begin evenly over the project. [unit]
    stays_in_months : sequence of StayInMonth, optional
        The stretches of the project that count; all of it by months without.
    """
    depends = any(per_run)
    usages: list[RunUsage] = []
    for month, _, span in months(project) if stays_in_months is None else stays_in_months:
        fixed = each * (span.count(events) + (at_start if span.begin == 0 else 0))
        if fixed or depends:
            usages.append(
                RunUsage(
                    service=service,
                    region=region,
                    usage_type=usage_type,
                    operation=operation,
                    month=month,
                    unit=unit,
                    fixed=fixed,
                    per_run=tuple(per_run) if depends else (),
                    span=None if not depends or span.end - span.begin == span.whole else span,
                    why=why,
                )
            )
    return usages


def happen_by_pass(
    project: Project,
    region: str,
    usage_type: str,
    *,
    unit: str,
    each: int,
    passes: Passes,
    events: int = 0,
    at_start: int = 0,
    stays_in_months: Sequence[StayInMonth] | None = None,
    why: str,
    service: str = "AmazonS3",
) -> list[RunUsage]:
    """Return the usage of readings of the data set, as `happen` does.

    Parameters
    ----------
    each : int
        Of one reading. [unit]
    passes : Passes
        Readings per run of each training. [count]

    Notes
    -----
    An expected number of readings is no whole one: 3.5 a run are 10.5 over three runs. What it comes to stays affine in
    the runs: a run's bytes are rounded to one byte, and its requests are counted in millionths.
    """
    if all(isinstance(count, int) or count.denominator == 1 for count in passes):
        finer, scale = unit, 1
    else:
        finer, scale = _MILLIONTHS.get(unit, (unit, 1))
    return happen(
        project,
        region,
        usage_type,
        unit=finer,
        each=each * scale,
        events=events,
        at_start=at_start,
        per_run=per_pass(each * scale, passes),
        stays_in_months=stays_in_months,
        why=why,
        service=service,
    )


def per_pass(each: int, passes: Passes) -> list[int]:
    """Return what the readings of one run of each training come to, to the nearest unit. [unit]

    Examples
    --------
    >>> per_pass(1001, [2, Fraction(7, 2)])
    [2002, 3504]
    """
    return [each * count if isinstance(count, int) else round(each * count) for count in passes]
