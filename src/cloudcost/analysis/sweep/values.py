"""What a swept key is to take: a list, a stepped range, or a stretch that random samples are drawn from.

``16,32,64`` is a list; values are written as in the project file, words without quotes. ``1:100:5`` steps from 1 by 5
as far as 100. ``0.1..0.6`` is drawn evenly, ``log:1..1000`` evenly in the logarithm. Numbers may have a unit:
``10 GB..100 GB``, ``2:10:2 days``.
"""

from __future__ import annotations

import re
import tomllib
from decimal import Decimal
from math import exp, log

from cloudcost.analysis.sweep.keys import SweptKey
from cloudcost.errors import InputError
from cloudcost.frozen import dataclass

MOST_VALUES = 1_000_000
"""Values that one key may take in a grid. [count]"""
DIGITS = 6
"""Significant digits of a number that is drawn: enough to differ, few enough to read."""
_NUMBER = r"[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?"
_UNIT = r"\s*([A-Za-z]+)?\s*"
_STEPS = re.compile(rf"\s*({_NUMBER}){_UNIT}:\s*({_NUMBER}){_UNIT}(?::\s*({_NUMBER}){_UNIT})?")
_STRETCH = re.compile(rf"\s*(log:)?\s*({_NUMBER}){_UNIT}\.\.\s*({_NUMBER}){_UNIT}")
_WHOLE = frozenset({"int", "count", "size"})
"""Forms of keys whose numbers without a unit are whole."""


@dataclass(frozen=True, slots=True)
class Listed:
    """Values one by one, each as TOML has it, and as the column shows it."""

    values: tuple[object, ...]
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A stretch ``[low, high]`` that values are drawn from.

    Parameters
    ----------
    low, high : float
        [unit]
    logarithmic, whole : bool
    unit : str
        Written behind the number; empty where there is none.
    """

    low: float
    high: float
    logarithmic: bool
    whole: bool
    unit: str = ""

    def at(self, share: float) -> int | Decimal | str:
        """Return the value that a share in ``[0, 1)`` of the stretch falls on.

        Examples
        --------
        >>> Drawn(1, 3, False, True).at(0.5), Drawn(1, 100, True, False).at(0.5), Drawn(1, 2, False, False, "GB").at(0)
        (2, Decimal('10'), '1 GB')
        """
        if self.whole and not self.logarithmic:
            return int(self.low) + int(share * (int(self.high) - int(self.low) + 1))
        if self.logarithmic:
            number = exp(log(self.low) + share * (log(self.high) - log(self.low)))
        else:
            number = self.low + share * (self.high - self.low)
        if self.whole:
            return round(number)
        short = f"{Decimal(f'{number:.{DIGITS}g}'):f}"
        return f"{short} {self.unit}" if self.unit else Decimal(short)


Values = Listed | Drawn


def parse_values(text: str, key: SweptKey, *, sampled: bool) -> Values:
    """Return the values that a text states for a key.

    Parameters
    ----------
    text : str
        What stands behind the ``=``.
    key : SweptKey
    sampled : bool
        Whether projects are drawn at random, so that stretches may be.

    Raises
    ------
    InputError
        When the text states no values, too many, or a stretch for a grid.
    """
    stretch = _STRETCH.fullmatch(text)
    if stretch is not None:
        return _stretch(stretch, text, key, sampled=sampled)
    if text.startswith("log:"):
        raise _fault(key, "not a stretch", text, "write log:1..1000")
    values: list[object] = []
    cells: list[str] = []
    for token in _split(text):
        steps = _STEPS.fullmatch(token)
        if steps is not None and key.form != "text":
            for value in _steps(steps, token, key):
                values.append(value)
                cells.append(str(value))
            continue
        value, cell = _value(token)
        if not cell:
            raise _fault(key, "an empty value", text, f"write --over {key.text}=VALUE,VALUE")
        values.append(value)
        cells.append(cell)
    return Listed(tuple(values), tuple(cells))


def _fault(key: SweptKey, what: str, text: str, remedy: str) -> InputError:
    return InputError(f'--over:{key.text}: {what}, "{text}", {remedy}')


def _split(text: str) -> list[str]:
    """Return the parts between commas that lie outside quotes and brackets."""
    parts = [""]
    depth, quote = 0, ""
    for char in text:
        if quote:
            quote = "" if char == quote else quote
        elif char in "\"'":
            quote = char
        else:
            depth += (char in "[{") - (char in "]}")
        if char == "," and not depth and not quote:
            parts.append("")
        else:
            parts[-1] += char
    return [part.strip() for part in parts]


def _value(token: str) -> tuple[object, str]:
    """Return a token as TOML has it; what is not TOML is a text without quotes."""
    if "\n" not in token:
        try:
            value: object = tomllib.loads(f"value = {token}", parse_float=Decimal)["value"]
        except (tomllib.TOMLDecodeError, ValueError, ArithmeticError, RecursionError):
            return token, token
        return value, value if isinstance(value, str) else token
    return token, token


def _steps(match: re.Match[str], text: str, key: SweptKey) -> list[object]:
    low_text, low_unit, high_text, high_unit, step_text, step_unit = match.groups()
    unit = _one_unit(key, text, low_unit, high_unit, step_unit)
    low, high, step = Decimal(low_text), Decimal(high_text), Decimal(step_text or 1)
    if step <= 0 or high < low:
        raise _fault(key, "not a range", text, "write low:high:step with low <= high and a step over 0")
    count = int((high - low) / step) + 1
    if count > MOST_VALUES:
        raise _fault(key, f"{count} values", text, f"at most {MOST_VALUES}: take a larger step")
    numbers = [low + index * step for index in range(count)]
    if unit:
        return [f"{number:f} {unit}" for number in numbers]
    return [int(number) if number == number.to_integral_value() else number for number in numbers]


def _stretch(match: re.Match[str], text: str, key: SweptKey, *, sampled: bool) -> Drawn:
    scale, low_text, low_unit, high_text, high_unit = match.groups()
    if not sampled:
        raise _fault(key, "a stretch has no steps", text, "add --sample N, or write low:high:step")
    unit = _one_unit(key, text, low_unit, high_unit)
    low, high = float(low_text), float(high_text)
    if not low <= high or abs(low) > 1e300 or abs(high) > 1e300:
        raise _fault(key, "not a stretch", text, "write low..high with low <= high")
    if scale and low <= 0:
        raise _fault(key, "a logarithm needs numbers over 0", text, "write log:1..1000")
    if key.form not in {*_WHOLE, "float", "usd", "duration"}:
        raise _fault(key, "not a number that can be drawn", text, "list the values")
    whole = key.form in _WHOLE and not unit
    if whole and not (low.is_integer() and high.is_integer()):
        raise _fault(key, "not whole numbers", text, "write e.g. 1..100")
    return Drawn(low, high, bool(scale), whole, unit)


def _one_unit(key: SweptKey, text: str, *units: str | None) -> str:
    """Return the unit that the last number has and no other contradicts."""
    named = [unit for unit in units if unit]
    if len(set(named)) > 1:
        raise _fault(key, "several units", text, f"write all numbers in {named[-1]}")
    return named[0] if named else ""
