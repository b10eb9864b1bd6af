"""Quantities as people read them: sizes, times and plain numbers, without exponents and never a small one as nothing.

Money has `cloudcost.money.format_usd`; exact decimal strings for programs are made elsewhere.
"""

from __future__ import annotations

from decimal import Decimal
from math import floor, isfinite, log10

_SIZES = ((10**18, "EB"), (10**15, "PB"), (10**12, "TB"), (10**9, "GB"), (10**6, "MB"), (10**3, "kB"))
GB = 10**9
"""[bytes]"""
_TIMES = ((86400, "days"), (3600, "h"), (60, "min"))
MOST_DECIMALS = 12
"""Digits after the point; what is smaller still is told as less than that. [count]"""


def figure(value: float | Decimal, digits: int = 3) -> str:
    """Return a number with so many figures that count, whole ones and large ones in full, without an exponent.

    Examples
    --------
    >>> figure(0.6123), figure(12.0), figure(1234.5), figure(0.00000505), figure(2.5e9)
    ('0.612', '12', '1,234', '0.00000505', '2,500,000,000')
    >>> figure(30.4167), figure(99.96), figure(1e-300)
    ('30.4', '100', 'under 0.000000000001')
    """
    value = float(value)
    if value == 0 or not isfinite(value):
        return f"{value:g}"
    places = digits - 1 - floor(log10(abs(value)))
    if places > MOST_DECIMALS + digits:
        return f"under {10.0**-MOST_DECIMALS:.{MOST_DECIMALS}f}"
    text = f"{value:,.{max(places, 0)}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def size_words(size_bytes: float | Decimal) -> str:
    """Return a size in the largest unit of which it is one or more, from 1 GB = 10**9 bytes on with one decimal.

    Examples
    --------
    >>> size_words(6_600_000_000), size_words(300_000), size_words(165), size_words(1)
    ('6.6 GB', '300 kB', '165 bytes', '1 byte')
    """
    for scale, name in _SIZES:
        if size_bytes >= scale * (1 - 5e-4):
            count = float(size_bytes) / scale
            return f"{count:,.1f} {name}" if scale >= GB else f"{figure(count)} {name}"
    return f"{figure(float(size_bytes))} byte{'' if size_bytes == 1 else 's'}"


def time_words(seconds: float) -> str:
    """Return a time in the largest unit of which it is one or more.

    Examples
    --------
    >>> time_words(345_600), time_words(2_628_000), time_words(86_400), time_words(5_400), time_words(1)
    ('4 days', '30.4 days', '1 day', '1.5 h', '1 s')
    """
    for scale, name in _TIMES:
        if seconds >= scale:
            count = figure(seconds / scale)
            return f"{count} {'day' if count == '1' and name == 'days' else name}"
    return f"{figure(seconds)} s"


def counted(count: int, noun: str) -> str:
    """Return a count with its noun, which takes an s where there is not one.

    Examples
    --------
    >>> counted(1, "run"), counted(12_000, "run"), counted(0, "line")
    ('1 run', '12,000 runs', '0 lines')
    """
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
