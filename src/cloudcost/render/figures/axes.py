"""Axes of figures: where they end, where their ticks stand, and how numbers on them are written."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, floor, log10

from cloudcost.figures import figure
from cloudcost.frozen import dataclass

MARKS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def mark_of(index: int) -> str:
    """Return the letter that stands for the option at an index: A, B, ... Z, AA, AB ...

    Examples
    --------
    >>> mark_of(0), mark_of(25), mark_of(26)
    ('A', 'Z', 'AA')
    """
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = MARKS[rest] + letters
    return letters


def nice_ceiling(value: float) -> float:
    """Return the least round number that is not under `value` and whose quarters are round too.

    Examples
    --------
    >>> nice_ceiling(132), nice_ceiling(0.031), nice_ceiling(0)
    (160.0, 0.032, 1.0)
    """
    if value <= 0:
        return 1.0
    power = floor(log10(value))
    for step in (1, 1.2, 1.6, 2, 2.4, 3.2, 4, 5, 6, 8, 10):
        end = step * 10.0**power
        if end >= value * (1 - 1e-12):
            return float(f"{end:.12g}")
    return 10.0 ** (power + 1)


def bar_end(totals: Sequence[float]) -> float:
    """Return where the scale of bars ends: at the largest, or, where that dwarfs all others, a little past the next.

    Examples
    --------
    >>> bar_end([3, 22, 143, 1283]) < 200, bar_end([3, 22, 80])
    (True, 80)
    """
    ordered = sorted(totals)
    if len(ordered) > 2 and ordered[-1] > 4 * ordered[-2] > 0:
        return ordered[-2] * 1.2
    return ordered[-1] if ordered and ordered[-1] > 0 else 1


def short(value: float) -> str:
    """Return a number as an axis shows it.

    Examples
    --------
    >>> short(2500), short(0.25), short(1e6)
    ('2,500', '0.25', '1,000,000')
    """
    return f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else figure(value)


@dataclass(frozen=True, slots=True)
class Axis:
    """A linear or logarithmic axis from a value range to a range of pixels."""

    low: float
    high: float
    start: float
    end: float
    log: bool = False

    def at(self, value: float) -> float:
        """Return where a value lies. [px]"""
        if self.log:
            share = log10(value / self.low) / log10(self.high / self.low)
        else:
            share = (value - self.low) / (self.high - self.low)
        return self.start + share * (self.end - self.start)

    def ticks(self) -> list[float]:
        """Return the values that bear a number: quarters of a linear axis, 1, 2 and 5 of short logarithmic ones."""
        if not self.log:
            return [self.low + (self.high - self.low) * quarter / 4 for quarter in range(5)]
        decades = range(floor(log10(self.low)), ceil(log10(self.high)) + 1)
        steps = (1,) if len(decades) > 4 else (1, 3) if len(decades) > 3 else (1, 2, 5)
        values = [step * 10.0**decade for decade in decades for step in steps]
        return [value for value in values if self.low * 0.999 <= value <= self.high * 1.001]


def round_ticks(low: float, high: float, most: int = 6) -> list[float]:
    """Return round values from `low` to `high`, at most so many of them: steps of 1, 2 or 5 times a power of ten.

    Examples
    --------
    >>> round_ticks(0, 87), round_ticks(-0.3, 1.1, 4)
    ([0.0, 20.0, 40.0, 60.0, 80.0], [0.0, 0.5, 1.0])
    """
    if high <= low:
        return [low]
    rough = (high - low) / most
    power = 10.0 ** floor(log10(rough))
    step = next(each * power for each in (1, 2, 5, 10) if each * power >= rough * (1 - 1e-9))
    first = ceil(low / step - 1e-9)
    return [float(f"{k * step:.12g}") + 0.0 for k in range(first, floor(high / step + 1e-9) + 1)]


def log_or_linear(values: Sequence[float], start: float, end: float) -> Axis:
    """Return an axis for points: logarithmic where they span a factor of eight to ten million, else from zero."""
    low, high = min(values), max(values)
    if low > 0 and 8 < high / low < 1e7:
        return Axis(10 ** (log10(low) - 0.12), 10 ** (log10(high) + 0.12), start, end, log=True)
    return Axis(0.0, nice_ceiling(high), start, end)


def spread(positions: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Return positions moved apart to at least `gap`, in their order, within bounds where they fit.

    Examples
    --------
    >>> spread([10, 11, 50], 12, 0, 100)
    [10, 22, 50]
    """
    order = sorted(range(len(positions)), key=lambda index: positions[index])
    moved = list(positions)
    last = low - gap
    for index in order:
        moved[index] = last = max(moved[index], last + gap)
    last = high + gap
    for index in reversed(order):
        moved[index] = last = min(moved[index], last - gap)
    return moved
