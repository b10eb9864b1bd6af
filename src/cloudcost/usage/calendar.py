"""Calendar time as billing months: how long something exists in each, and how what runs do is spread over them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from cloudcost.domain.project import Project
from cloudcost.frozen import dataclass
from cloudcost.units import BillingMonth


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of time ``[start, end)``, UTC.

    Examples
    --------
    >>> window = Window(datetime(2026, 11, 29, tzinfo=UTC), datetime(2026, 12, 3, tzinfo=UTC))
    >>> [(str(month), seconds // 3600) for month, seconds in window.by_month()]
    [('2026-11', 48), ('2026-12', 48)]

    Notes
    -----
    Months are counted once per window and remembered: metering asks for the same few windows over and over.
    """

    start: datetime
    end: datetime

    @property
    def seconds(self) -> int:
        """Length. [s]"""
        return (self.end - self.start) // _SECOND

    def by_month(self) -> tuple[tuple[BillingMonth, int], ...]:
        """Return each billing month that the window touches, with the seconds of it that lie inside. [s]"""
        return _by_month(self.start, self.end)


_SECOND = timedelta(seconds=1)


@lru_cache(maxsize=4096)
def _by_month(start: datetime, end: datetime) -> tuple[tuple[BillingMonth, int], ...]:
    months: list[tuple[BillingMonth, int]] = []
    month = BillingMonth.of(start.date())
    while start < end:
        finish = min(end, month.next.start)
        months.append((month, (finish - start) // _SECOND))
        start, month = finish, month.next
    return tuple(months)


def project_window(project: Project) -> Window:
    """Return the project's own time: from the start of its first day, as long as its duration says."""
    return window_of(project.start, project.duration_seconds)


@lru_cache(maxsize=4096)
def window_of(start: date, duration_seconds: int) -> Window:
    """Return the time from 00:00 UTC of a day, so many seconds long. [s]"""
    begin = datetime(start.year, start.month, start.day, tzinfo=UTC)
    return Window(begin, begin + timedelta(seconds=duration_seconds))


def kept_window(project: Project) -> Window:
    """Return the time from the project's end until what is kept is deleted: `keep_months` calendar months later."""
    return _kept(project.start, project.duration_seconds, project.keep_months)


@lru_cache(maxsize=4096)
def _kept(start: date, duration_seconds: int, keep_months: int) -> Window:
    end = window_of(start, duration_seconds).end
    return Window(end, add_months(end, keep_months))


def add_months(moment: datetime, months: int) -> datetime:
    """Return the same day and hour so many calendar months later; the month's last day where there is no such day.

    Examples
    --------
    >>> add_months(datetime(2026, 11, 30, tzinfo=UTC), 3).date().isoformat()
    '2027-02-28'
    """
    target = BillingMonth.of(moment.date()).later(months)
    last_day = target.hours // 24
    return moment.replace(year=target.year, month=target.month, day=min(moment.day, last_day))


def split(quantity: int, window: Window) -> list[tuple[BillingMonth, int]]:
    """Spread a whole number evenly over the window's months; the parts are whole and sum to it.

    Notes
    -----
    Cumulative shares are rounded down, so a part never differs from its exact share by one unit or more.

    Examples
    --------
    >>> window = Window(datetime(2026, 11, 29, tzinfo=UTC), datetime(2026, 12, 2, tzinfo=UTC))
    >>> [part for _, part in split(10, window)]
    [6, 4]
    """
    months = window.by_month()
    if len(months) == 1:
        return [(months[0][0], quantity)]
    if not quantity:
        return [(month, 0) for month, _ in months]
    total = window.seconds
    parts: list[tuple[BillingMonth, int]] = []
    elapsed = given = 0
    for month, seconds in months:
        elapsed += seconds
        reached = quantity * elapsed // total
        parts.append((month, reached - given))
        given = reached
    return parts
