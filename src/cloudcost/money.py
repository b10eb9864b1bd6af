"""Exact dollars and the one rounding rule.

An amount is a rational number of US dollars until it becomes a line of a bill; there it is rounded once, half to
even, to 1e-10 USD, and totals are sums of rounded lines. Floats never carry money. Formatting for people lives
here too, since it must never show a small amount as nothing.
"""

from __future__ import annotations

from decimal import MAX_EMAX, MAX_PREC, MIN_EMIN, Context, Decimal, localcontext
from fractions import Fraction

LINE_PLACES = 10
"""Decimal places that a line's amount is rounded to (USD)."""

_UNBOUNDED = Context(prec=MAX_PREC, Emin=MIN_EMIN, Emax=MAX_EMAX)
"""For operations whose exact result has no more digits than their operands; nothing is ever rounded in it."""


def round_half_even(value: Fraction, places: int = LINE_PLACES) -> Decimal:
    """Return `value` rounded to `places` decimals, half to even, exactly.

    Parameters
    ----------
    value : Fraction
        Any rational number. [USD or a quantity]
    places : int
        Decimal places that are kept. [count]

    Returns
    -------
    Decimal
        With exactly `places` decimals.

    Notes
    -----
    Integer arithmetic only: ``Decimal(numerator) / Decimal(denominator)`` would round to 28 digits first and break
    ``f(a) + f(b) == f(a + b)``.

    Examples
    --------
    >>> round_half_even(Fraction(1, 8), 2)
    Decimal('0.12')
    >>> round_half_even(Fraction(3, 8), 2)
    Decimal('0.38')
    """
    return round_ratio(value.numerator, value.denominator, places)


def round_ratio(numerator: int, denominator: int, places: int = LINE_PLACES) -> Decimal:
    """Return ``numerator / denominator`` rounded to `places` decimals, half to even, exactly.

    `round_half_even` without the Fraction: what a sweep of many lines calls.

    Examples
    --------
    >>> round_ratio(2, 16, 2)
    Decimal('0.12')
    """
    quotient, remainder = divmod(numerator * 10**places, denominator)
    twice = 2 * remainder
    if twice > denominator or (twice == denominator and quotient % 2):
        quotient += 1
    return scaled_decimal(quotient, places)


def half_even(numerator: int, denominator: int) -> int:
    """Return a ratio rounded to a whole number, half to even.

    Examples
    --------
    >>> half_even(5, 2), half_even(7, 2), half_even(-1, 3)
    (2, 4, 0)
    """
    quotient, remainder = divmod(numerator, denominator)
    twice = 2 * remainder
    if twice > denominator or (twice == denominator and quotient % 2):
        quotient += 1
    return quotient


def scaled_decimal(integer: int, places: int) -> Decimal:
    """Return ``integer * 10**-places`` as a Decimal, exactly, whatever the precision of the context.

    Examples
    --------
    >>> scaled_decimal(-1250, 2)
    Decimal('-12.50')
    """
    return Decimal(integer).scaleb(-places, _UNBOUNDED)


def scaled_integer(value: Decimal, places: int) -> int:
    """Return ``value * 10**places`` of a decimal with at most so many places, whatever the precision of the context.

    Examples
    --------
    >>> scaled_integer(Decimal("-12.50"), 2)
    -1250
    """
    return int(value.scaleb(places, _UNBOUNDED))


def exact_sum(amounts: list[Decimal] | tuple[Decimal, ...]) -> Decimal:
    """Return the exact sum of decimals, whatever the precision of the context.

    Examples
    --------
    >>> exact_sum([Decimal("0.1"), Decimal("0.2")])
    Decimal('0.3')
    """
    if not amounts:
        return Decimal(0)
    with localcontext() as context:
        context.prec = 200
        return sum(amounts, Decimal(0))


def known_decimal(value: Decimal | None) -> str | None:
    """Return a decimal as `decimal_string` does; None where it is not known.

    Examples
    --------
    >>> known_decimal(Decimal("1.50")), known_decimal(None)
    ('1.5', None)
    """
    return None if value is None else decimal_string(value)


def decimal_string(value: Decimal | Fraction | int, places: int = LINE_PLACES) -> str:
    """Return a plain decimal string: no exponent, no trailing zeros, at most `places` decimals for a Fraction.

    Examples
    --------
    >>> decimal_string(Decimal("0.0230"))
    '0.023'
    >>> decimal_string(Fraction(1, 3), 4)
    '0.3333'
    >>> decimal_string(Decimal("1E+3"))
    '1000'
    """
    if isinstance(value, Fraction):
        value = round_half_even(value, places)
    text = format(value, "f") if isinstance(value, Decimal) else str(value)
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text


def format_usd(amount: Decimal | Fraction | int) -> str:
    """Return an amount as people write it, with cents; an amount under a cent keeps two significant digits.

    Examples
    --------
    >>> format_usd(Decimal("1215"))
    '1,215.00'
    >>> format_usd(Decimal("0.0000648"))
    '0.000065'
    >>> format_usd(Decimal("-0.5"))
    '-0.50'
    >>> format_usd(Decimal("0.005"))
    '0.0050'
    """
    exact = Fraction(amount)
    magnitude = abs(exact)
    sign = "-" if exact < 0 else ""
    if magnitude == 0 or magnitude > Fraction(1, 200):
        return f"{sign}{round_half_even(magnitude, 2):,f}"
    places = 2
    while magnitude * 10**places < 10 and places < 40:
        places += 1
    return f"{sign}{round_half_even(magnitude, places):f}"
