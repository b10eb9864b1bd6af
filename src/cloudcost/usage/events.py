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
from cloudcost.domain.usage import Span
from cloudcost.units import BillingMonth
from cloudcost.usage.calendar import Window, window_of

Passes = Sequence[int | Fraction]
"""Readings of the whole data set per run of each training: whole, or as many as are expected. [count]"""


class Readings(NamedTuple):
    """How often the whole data set is read.

    Parameters
    ----------
    evenly : int
        Whatever runs there are, evenly over the project. [count]
    at_start : int
        The same at the project's start. [count]
    per_run : Passes
        By a run of each training. [count]
    """

    evenly: int = 0
    at_start: int = 0
    per_run: Passes = ()


class StayInMonth(NamedTuple):
    """A stretch of the project within one billing month, during which the data set lies in one class."""

    month: BillingMonth
    storage_class: str
    span: Span


def months(project: Project) -> tuple[StayInMonth, ...]:
    """Return the project's time by billing month; the class is left empty."""
    return _months(project.start, project.duration_seconds)


@lru_cache(maxsize=1024)
def _months(start: date, duration_seconds: int) -> tuple[StayInMonth, ...]:
    window = window_of(start, duration_seconds)
    return stays_in_months((("", window),), window)


@lru_cache(maxsize=1024)
def stays_in_months(stays: tuple[tuple[str, Window], ...], whole: Window) -> tuple[StayInMonth, ...]:
    """Return stays in storage classes, in order of time, cut where a billing month ends.

    Parameters
    ----------
    whole : Window
        The project's own time.
    """
    parts: list[StayInMonth] = []
    for storage_class, window in stays:
        begin = _offset(whole.start, window.start)
        for month, seconds in window.by_month():
            parts.append(StayInMonth(month, storage_class, Span(begin, begin + seconds, whole.seconds)))
            begin += seconds
    return tuple(parts)


def _offset(start: datetime, moment: datetime) -> int:
    return (moment - start) // timedelta(seconds=1)


def per_pass(each: int, passes: Passes) -> list[int]:
    """Return what the readings of one run of each training come to, to the nearest unit. [unit]

    Examples
    --------
    >>> per_pass(1001, [2, Fraction(7, 2)])
    [2002, 3504]
    """
    return [each * count if isinstance(count, int) else round(each * count) for count in passes]
