"""Quantities and units as bills write them: exact decimals, and the many spellings of one unit."""

from __future__ import annotations

import re
from decimal import Decimal
from types import MappingProxyType

from cloudcost.units import GIB, MAX_BYTES

UNIT_ALIASES = MappingProxyType(
    {
        "GB-Mo": (
            "gb-mo",
            "gb-month",
            "gb-months",
            "gbmo",
            "gb-mo.",
            "gbmonth",
            "gb month",
            "gb months",
            "gib-month",
            "gb/month",
        ),
        "GB": ("gb", "gib", "gigabyte", "gigabytes"),
        "Hrs": ("hrs", "hr", "h", "hour", "hours", "instance-hours", "dsu-hours"),
        "Requests": ("requests", "request", "api requests", "api calls", "count", "snapshotapiunits"),
        "kWh": ("kwh",),
        "Keys-Mo": ("keys-mo", "keys", "key", "key-months"),
        "Secrets": ("secrets", "secret", "secret-months"),
        "Alarms": ("alarms", "alarm"),
        "Metrics": ("metrics", "metric"),
        "Objects": ("objects", "object", "objs"),
        "IOs": ("ios", "io"),
        "IOPS-Mo": ("iops-mo", "iops-month", "iops-months"),
        "GiBps-Mo": ("gibps-mo", "gibps-month"),
        "Tag-Mo": ("tag-mo", "tags"),
        "Jobs": ("jobs", "job"),
        "Events": ("events", "event"),
        "CU": ("cu", "compute units"),
        "Months": ("months", "month"),
        "vCPU-Hours": ("vcpu-hours", "vcpu-hrs", "vcpu-hour"),
        "byte-hours": ("byte-hours", "byte-hour", "bytehrs", "byte-hrs", "bytehours"),
        "bytes": ("bytes", "byte", "b"),
        "seconds": ("seconds", "second", "secs", "sec", "s"),
        "joules": ("joules", "joule", "j"),
    }
)
"""Spellings that are taken for a unit, in any case. A "GB" on a bill is 2**30 bytes, so GiB is the same unit."""

_CANONICAL = {alias: unit for unit, aliases in UNIT_ALIASES.items() for alias in aliases}

_LIMITS = {
    "bytes": MAX_BYTES,
    "GB": MAX_BYTES // GIB,
    "GB-Mo": MAX_BYTES // GIB,
    "byte-hours": MAX_BYTES * 744,
}
_LIMIT = 10**15
"""More than any account meters of anything else in a month."""


def canonical_unit(text: str) -> str:
    """Return the unit that a spelling stands for; what is not known comes back as it is.

    Examples
    --------
    >>> canonical_unit("GB-Month"), canonical_unit("Hours"), canonical_unit("IOPS-Mo")
    ('GB-Mo', 'Hrs', 'IOPS-Mo')
    """
    return _CANONICAL.get(text.strip().lower(), text.strip())


def known_unit(unit: str) -> bool:
    """Return whether the spelling is one of a well-known unit."""
    return unit in UNIT_ALIASES


def parse_quantity(text: str, unit: str = "") -> Decimal:
    """Return an exact, finite quantity that is not negative.

    Parameters
    ----------
    text : str
        ``1234.5``, ``1.2e3``; without thousands separators.
    unit : str
        Bytes in any form are limited to 1 EiB (a month), everything else to 10**15.

    Raises
    ------
    ValueError
        The rest of a sentence that begins with "quantity": what, value, remedy.

    Examples
    --------
    >>> parse_quantity("0.096", "GB-Mo")
    Decimal('0.096')
    """
    plain = text.strip()
    if re.fullmatch(r"[+-]?\d{1,3}([,'_ \u00a0]\d{3})+(\.\d+)?", plain):
        raise ValueError(f"has thousands separators, {plain!r}, write plain digits")
    if re.fullmatch(r"[+-]?\d+,\d+", plain):
        raise ValueError(f"has a decimal comma, {plain!r}, write a point")
    if re.fullmatch(r"[+-]?(nan|inf|infinity)", plain, re.IGNORECASE):
        raise ValueError(f"is not finite, {plain!r}, write a number")
    if len(plain) > 100 or not re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?", plain, re.ASCII):
        raise ValueError(f"is not a number, {plain[:60]!r}, write plain digits with a decimal point")
    value = Decimal(plain)
    if value < 0:
        raise ValueError(f"is negative, {plain!r}, meters count up from 0")
    limit = _LIMITS.get(unit, _LIMIT)
    if value > limit:
        most = "1 EiB" if unit in _LIMITS else "10^15"
        raise ValueError(f"is too large, {plain!r}, at most {most} is accepted")
    return abs(value)
