"""Bytes, GiB, hours, billing months and billing rules: the conversions that a bill rests on.

Quantities on their way from a project to a bill are integers in base units: bytes, byte-hours, requests, seconds,
joules. A price list states other units (GB-Mo, GB, Hrs, kWh); `to_priced_unit` is the one bridge between the two and
it is exact.

References
----------
.. [1] AWS, "Amazon S3 pricing": storage is measured in binary gigabytes, 1 GB = 2**30 bytes. Read 2026-11-22.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from math import ceil, isfinite

from cloudcost.frozen import dataclass

GIB = 2**30
"""Bytes in a GiB, which is the "GB" of an S3, EBS or transfer bill [1]."""
GB = 10**9
"""Bytes in a GB as people and project files write it."""
HOURS_PER_MONTH = 730
"""Hours of a month when no calendar is given: 8,760 / 12."""
JOULES_PER_KWH = 3_600_000
MAX_BYTES = 2**60
"""The largest size that is accepted: 1 EiB."""

_SIZE_UNITS = {
    "B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12, "PB": 10**15,
    "KIB": 2**10, "MIB": 2**20, "GIB": 2**30, "TIB": 2**40, "PIB": 2**50, "EIB": 2**60,
}  # fmt: skip
_DURATION_UNITS = {
    "s": 1, "second": 1, "min": 60, "minute": 60, "h": 3600, "hour": 3600, "d": 86400, "day": 86400,
    "week": 604800, "month": HOURS_PER_MONTH * 3600, "year": 8760 * 3600,
}  # fmt: skip


@dataclass(frozen=True, slots=True, order=True)
class BillingMonth:
    """A calendar month of a bill.

    Examples
    --------
    >>> BillingMonth(2024, 2).hours
    696
    >>> str(BillingMonth.parse("2026-11"))
    '2026-11'
    """

    year: int
    month: int

    def __post_init__(self) -> None:
        if not (1 <= self.month <= 12 and 1970 <= self.year <= 9998):
            raise ValueError(f"no such month: {self.year}-{self.month:02d}")

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"

    @classmethod
    def parse(cls, text: str) -> BillingMonth:
        """Return the month written as ``YYYY-MM``; raise ValueError for anything else."""
        match = re.fullmatch(r"(\d{4})-(\d{2})", text)
        if match is None:
            raise ValueError(f"a month is written YYYY-MM, not {text!r}")
        return cls(int(match[1]), int(match[2]))

    @classmethod
    def of(cls, day: date) -> BillingMonth:
        """Return the month that `day` lies in."""
        return cls(day.year, day.month)

    @property
    def first_day(self) -> date:
        """The first day of the month."""
        return date(self.year, self.month, 1)

    @property
    def next(self) -> BillingMonth:
        """The month after this one."""
        return self.later(1)

    def later(self, months: int) -> BillingMonth:
        """Return the month so many months after this one, or before it where negative.

        Examples
        --------
        >>> str(BillingMonth(2026, 11).later(3)), str(BillingMonth(2026, 1).later(-1))
        ('2027-02', '2025-12')
        """
        index = self.year * 12 + self.month - 1 + months
        return BillingMonth(index // 12, index % 12 + 1)

    @property
    def hours(self) -> int:
        """Hours of this calendar month, in UTC: 672, 696, 720 or 744."""
        return 24 * (self.next.first_day - self.first_day).days

    @property
    def start(self) -> datetime:
        """The first instant of the month, UTC."""
        return datetime(self.year, self.month, 1, tzinfo=UTC)


def month_hours(month: BillingMonth | None) -> int:
    """Return the hours that a GB-month of `month` divides by; 730 without a calendar. [hours]"""
    return HOURS_PER_MONTH if month is None else month.hours


@dataclass(frozen=True, slots=True, kw_only=True)
class BillingRule:
    """How running time becomes billed seconds; which service has which is in `cloudcost.catalog.billing_rules`.

    Parameters
    ----------
    granularity_seconds : int
        Time is rounded up to a multiple of this. [s]
    minimum_seconds : int
        The least that one start is billed. [s]
    """

    granularity_seconds: int = 1
    minimum_seconds: int = 0

    def billed_seconds(self, seconds: float | Fraction) -> int:
        """Return the billed seconds of one start that ran for `seconds`: the only gate from float to integer.

        Raises
        ------
        ValueError
            For a negative, infinite or NaN time.

        Examples
        --------
        >>> of_ec2, started_hours = BillingRule(minimum_seconds=60), BillingRule(granularity_seconds=3600)
        >>> of_ec2.billed_seconds(12.3), of_ec2.billed_seconds(61.2), started_hours.billed_seconds(3601)
        (60, 62, 7200)
        """
        if not isfinite(seconds) or seconds < 0:
            raise ValueError(f"a running time is finite and not negative, not {seconds}")
        granularity, started = self.granularity_seconds, started_seconds(seconds)
        if not started:
            return 0
        rounded = -(-started // granularity) * granularity
        return max(rounded, self.minimum_seconds)


NOISE_PLACES = 6
"""Decimals of a second that are looked at: below a microsecond is the noise of float sums, never a started second."""


def started_seconds(seconds: float | Fraction) -> int:
    """Return a time in whole seconds, the last one as soon as it has started. [s]

    Examples
    --------
    1.1 h are 3,960 s, which floats make 3,960.0000000000005:

    >>> started_seconds(1.1 * 3600), started_seconds(3960.1)
    (3960, 3961)
    """
    return ceil(round(seconds, NOISE_PLACES) if isinstance(seconds, float) else seconds)


@lru_cache(maxsize=1024)
def parse_size(text: str) -> int:
    """Return the bytes of a size such as ``"48 GB"`` (10**9 each) or ``"1.5 GiB"`` (2**30 each). [bytes]

    Raises
    ------
    ValueError
        For anything that is not a number and a unit, a fraction of a byte, a negative size or more than 1 EiB.

    Examples
    --------
    >>> parse_size("48 GB"), parse_size("1.5 GiB")
    (48000000000, 1610612736)
    """
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?(?:[eE]\+?\d{1,3})?)\s*([A-Za-z]+)\s*", text)
    if match is None or match[2].upper() not in _SIZE_UNITS:
        raise ValueError(f"a size is a number and one of B, KB, MB, GB, TB, KiB, MiB, GiB, TiB, not {text!r}")
    numerator, denominator = Decimal(match[1]).as_integer_ratio()
    size = -(-numerator * _SIZE_UNITS[match[2].upper()] // denominator)
    if size > MAX_BYTES:
        raise ValueError(f"a size is at most 1 EiB, not {text!r}")
    return size


def parse_duration(text: str) -> int:
    """Return the seconds of a duration such as ``"4 days"``, ``"90 min"`` or ``"2 weeks"``. [s]

    A month without a calendar is 730 h, a year 8,760 h.

    Raises
    ------
    ValueError
        For anything that is not a positive number and a unit of time, or over 100 years.

    Examples
    --------
    >>> parse_duration("4 days"), parse_duration("1.5 h")
    (345600, 5400)
    """
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([a-z]+?)s?\s*", text.lower())
    name = "" if match is None else match[2] or "s"
    if match is None or name not in _DURATION_UNITS:
        raise ValueError(f"a duration is a number and one of minutes, hours, days, weeks, months, not {text!r}")
    seconds = ceil(Fraction(match[1]) * _DURATION_UNITS[name])
    if not 0 < seconds <= 100 * 8760 * 3600:
        raise ValueError(f"a duration is over 0 and at most 100 years, not {text!r}")
    return seconds


_BASE_TO_PRICED = {
    ("byte-hours", "GB-Mo"), ("bytes", "GB"), ("seconds", "Hrs"), ("joules", "kWh"), ("requests", "Requests"),
    ("object-hours", "Objects"), ("micro-units", "CU"), ("micro-requests", "Requests"), ("microseconds", "Hrs"),
    ("microjoules", "kWh"),
}  # fmt: skip


SHARE_UNIT = "micro-unit-seconds"
"""A millionth of whatever a price counts, held for a second of a calendar month: of all such seconds in a month a
million make one of the price's unit. For what is priced by the month, and for what is counted by the month."""
BY_MONTH = frozenset(["byte-hours", "object-hours", SHARE_UNIT])
"""Base units whose price depends on the length of the calendar month."""


def to_priced_unit(
    quantity: Fraction | int, unit: str, priced_unit: str, month: BillingMonth | None = None
) -> Fraction:
    """Return a quantity in the unit that its price is stated in, exactly.

    Parameters
    ----------
    quantity : Fraction or int
        [unit]
    unit : str
        A base unit (byte-hours, object-hours, bytes, seconds, joules, requests, millionths of the last three,
        micro-units of Colab, `SHARE_UNIT` of any price), or already `priced_unit`.
    priced_unit : str
        The price's unit.
    month : BillingMonth, optional
        For GB-Mo: the calendar month; 730 h without one.

    Raises
    ------
    ValueError
        When the units do not measure the same thing.

    Notes
    -----
    GB-Mo = byte-hours / 2**30 / hours of the month (AWS S3 FAQ, read 2026-11-22).

    Examples
    --------
    The S3 FAQ's example, 42,259,901,212,262,400 byte-hours in March:

    >>> to_priced_unit(42_259_901_212_262_400, "byte-hours", "GB-Mo", BillingMonth(2026, 3))
    Fraction(52900, 1)
    """
    if unit == priced_unit:
        return Fraction(quantity)
    if (unit, priced_unit) not in _BASE_TO_PRICED and unit != SHARE_UNIT:
        raise ValueError(f"{unit!r} cannot be priced per {priced_unit!r}")
    return Fraction(quantity) / units_per_priced(unit, month)


def units_per_priced(unit: str, month: BillingMonth | None = None) -> int:
    """Return how many base units make one priced unit, e.g. 3,600 seconds an hour. [base unit per priced unit]

    Examples
    --------
    >>> units_per_priced("seconds"), units_per_priced("joules")
    (3600, 3600000)
    """
    match unit:
        case "byte-hours":
            return GIB * month_hours(month)
        case "object-hours":
            return month_hours(month)
        case "micro-unit-seconds":
            return 1_000_000 * 3600 * month_hours(month)
        case "bytes":
            return GIB
        case "seconds":
            return 3600
        case "joules":
            return JOULES_PER_KWH
        case "microseconds":
            return 3600 * 1_000_000
        case "microjoules":
            return JOULES_PER_KWH * 1_000_000
        case "micro-units" | "micro-requests":
            return 1_000_000
        case "requests":
            return 1
        case _:
            raise ValueError(f"{unit!r} is no base unit")
