"""The day that an answer is of: stated, or of SOURCE_DATE_EPOCH, or of the clock."""

from __future__ import annotations

from datetime import date, datetime

from cloudcost.errors import InputError, repeated
from cloudcost.files.clock import VARIABLE, clock_day
from cloudcost.project.checks.limits import FIRST_DAY, LAST_DAY


def today_or(day: date | str | None, *, name: str = "today") -> date:
    """Return the day that is stated, else that of SOURCE_DATE_EPOCH, else the clock's (UTC).

    Parameters
    ----------
    day : date or str, optional
        A text is written ``YYYY-MM-DD``.
    name : str
        Of the argument, for messages.

    Raises
    ------
    InputError
        When it is no day, or one before there were prices; when SOURCE_DATE_EPOCH is not a whole number of seconds.

    Examples
    --------
    >>> today_or("2026-11-22")
    datetime.date(2026, 11, 22)
    """
    stated = day_or_none(day, name=name)
    if stated is not None:
        return stated
    found = clock_day()
    if not FIRST_DAY <= found <= LAST_DAY:
        raise InputError(f"environment:{VARIABLE}: not between {FIRST_DAY} and {LAST_DAY}, {found}, use --today")
    return found


def day_or_none(day: date | str | None, *, name: str) -> date | None:
    """Return a day as a date, whatever it is written as; None where none is stated.

    Raises
    ------
    InputError
        When it is no day, or one before there were prices.

    Examples
    --------
    >>> day_or_none(datetime(2026, 11, 22, 18, 30), name="as_of"), day_or_none(None, name="as_of")
    (datetime.date(2026, 11, 22), None)
    """
    if isinstance(day, datetime):  # a date too, that no date can be held against
        day = day.date()
    if isinstance(day, str):
        written = day
        try:
            day = date.fromisoformat(written)
        except ValueError:
            raise InputError(f"{name}: no day, {written[:40]!r}, write YYYY-MM-DD") from None
    if day is None:
        return None
    if not isinstance(day, date) or day != day:  # pandas' NaT is a date and equals nothing
        raise InputError(f"{name}: no day, {repeated(day)}, give a date, or a text YYYY-MM-DD")
    if not FIRST_DAY <= day <= LAST_DAY:
        raise InputError(f"{name}: not between {FIRST_DAY} and {LAST_DAY}, {day}, give another day")
    return day
