"""Exact piecewise linear functions of a whole number n, and what a bill does with them: sums, the least of two.

Constants and slopes are whole numbers over one denominator, so that a sum of thousands of pieces reduces no fraction.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from fractions import Fraction
from itertools import pairwise
from math import lcm

from cloudcost.frozen import dataclass
from cloudcost.pricing.tiers import Schedule, cost_ratio

Piece = tuple[int, Fraction, Fraction]
"""First n, constant, slope: the value is ``constant + slope * n`` up to the next piece. [count, USD, USD per n]"""


@dataclass(frozen=True, slots=True)
class Curve:
    """A function of whole n in ``[first, last]``, in pieces ``(constant + slope * n) / scale``.

    Parameters
    ----------
    starts : tuple of int
        First n of each piece, rising. [count]
    constants, slopes : tuple of int
        [USD x scale], [USD per n x scale]
    scale : int
        [1]
    last : int
        [count]
    """

    starts: tuple[int, ...]
    constants: tuple[int, ...]
    slopes: tuple[int, ...]
    scale: int
    last: int

    @classmethod
    def of(cls, pieces: Iterable[Piece], last: int) -> Curve:
        """Return the curve of these pieces.

        Examples
        --------
        >>> Curve.of([(1, Fraction(1, 2), Fraction(3)), (5, Fraction(0), Fraction(7, 2))], 9).at(5)
        Fraction(35, 2)
        """
        starts, constants, slopes = zip(*pieces, strict=True)
        scale = lcm(*{number.denominator for number in (*constants, *slopes)})
        return cls(starts, _whole(constants, scale), _whole(slopes, scale), scale, last)

    @classmethod
    def straight(cls, first: int, last: int, constant: Fraction, slope: Fraction = Fraction(0)) -> Curve:
        """Return a curve of one piece. [count, count, USD, USD per n]"""
        return cls.of([(first, constant, slope)], last)

    @property
    def first(self) -> int:
        """The least n. [count]"""
        return self.starts[0]

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """The pieces as fractions.

        Examples
        --------
        >>> Curve.straight(1, 9, Fraction(1, 2)).pieces
        ((1, Fraction(1, 2), Fraction(0, 1)),)
        """
        scale = self.scale
        return tuple(
            (start, Fraction(constant, scale), Fraction(slope, scale))
            for start, constant, slope in zip(self.starts, self.constants, self.slopes, strict=True)
        )

    def at(self, n: int) -> Fraction:
        """Return the value at n. [USD]"""
        index = bisect_right(self.starts, n) - 1
        return Fraction(self.constants[index] + self.slopes[index] * n, self.scale)


def _whole(numbers: Iterable[Fraction], scale: int) -> tuple[int, ...]:
    return tuple([number.numerator * (scale // number.denominator) for number in numbers])


def combine(curves: Sequence[tuple[Fraction | int, Curve]], *, first: int, last: int) -> Curve:
    """Return a weighted sum of curves over the same range."""
    scale = lcm(*{weight.denominator * curve.scale for weight, curve in curves})
    changes: dict[int, tuple[int, int]] = {first: (0, 0)}
    for weight, curve in curves:
        times = weight.numerator * (scale // (weight.denominator * curve.scale))
        constant = slope = 0
        for start, next_constant, next_slope in zip(curve.starts, curve.constants, curve.slopes, strict=True):
            moved, turned = (next_constant - constant) * times, (next_slope - slope) * times
            constant, slope = next_constant, next_slope
            at = start if start > first else first
            held = changes.get(at)
            changes[at] = (moved, turned) if held is None else (held[0] + moved, held[1] + turned)
    starts, constants, slopes = [first], [], []
    constant, slope = changes.pop(first)
    constants.append(constant)
    slopes.append(slope)
    for start in sorted(changes):
        moved, turned = changes[start]
        if moved or turned:
            constant += moved
            slope += turned
            starts.append(start)
            constants.append(constant)
            slopes.append(slope)
    return Curve(tuple(starts), tuple(constants), tuple(slopes), scale, last)


def at_most(curve: Curve, limit: Fraction) -> Curve:
    """Return ``min(curve, limit)``: what of a bill credits can pay."""
    scale = lcm(curve.scale, limit.denominator)
    times, most = scale // curve.scale, limit.numerator * (scale // limit.denominator)
    starts, constants, slopes = [], [], []
    ends = [start - 1 for start in curve.starts[1:]] + [curve.last]
    for start, end, constant, slope in zip(curve.starts, ends, curve.constants, curve.slopes, strict=True):
        level, rise = constant * times, slope * times
        cuts = [start]
        if rise:
            after = (most - level) // rise + 1
            if start < after <= end:
                cuts.append(after)
        for cut in cuts:
            below = level + rise * cut <= most
            starts.append(cut)
            constants.append(level if below else most)
            slopes.append(rise if below else 0)
    return Curve(tuple(starts), tuple(constants), tuple(slopes), scale, curve.last)


def tier_curve(schedule: Schedule, fixed: Fraction, per_n: Fraction, free: Fraction, first: int, last: int) -> Curve:
    """Return what ``fixed + per_n * n`` units cost over tiers, after `free` ones. [USD]

    Raises
    ------
    ValueError
        When the quantity falls with n.
    """
    if per_n < 0:
        raise ValueError("a quantity never falls with the number of runs")
    if schedule.pack is not None:
        return _pack_curve(schedule, fixed - free, per_n, first, last)
    bounds = [Fraction(0), *(free + start for start in schedule.exact_starts)]
    rates = [Fraction(0), *schedule.exact_rates]
    if not free:
        bounds, rates = bounds[1:], rates[1:]
    amounts = [Fraction(0)]
    for (low, high), rate in zip(pairwise(bounds), rates, strict=False):
        amounts.append(amounts[-1] + rate * (high - low))
    pieces: list[Piece] = []
    start, index = first, 0
    while start <= last:
        upper = bounds[index + 1] if index + 1 < len(bounds) else None
        if upper is None or fixed + per_n * start <= upper:
            constant = amounts[index] + rates[index] * (fixed - bounds[index])
            pieces.append((start, constant, rates[index] * per_n))
            if upper is None or not per_n:
                break
            start = max((upper - fixed) // per_n + 1, start)
        index += 1
    return Curve.of(pieces, last)


def _pack_curve(schedule: Schedule, fixed: Fraction, per_n: Fraction, first: int, last: int) -> Curve:
    """Return the steps of a price that is sold in whole packs."""
    assert schedule.pack is not None
    pack = schedule.pack
    scale = lcm(fixed.denominator, per_n.denominator, pack.denominator)
    whole_fixed, whole_rate, whole_pack = _whole((fixed, per_n, pack), scale)
    starts, packs = [], []
    n = first
    while n <= last:
        count = -(-max(whole_fixed + whole_rate * n, 0) // whole_pack)
        starts.append(n)
        packs.append(count)
        if not whole_rate:
            break
        n = max((count * whole_pack - whole_fixed) // whole_rate + 1, n + 1)
    if len(schedule.rates) == 1 and schedule.end is None:
        each, common = pack.numerator * schedule.rates[0], pack.denominator * schedule.rate_scale
        constants = [count * each for count in packs]
    else:
        ratios = [cost_ratio(schedule, count * pack.numerator, pack.denominator) for count in packs]
        common = lcm(*{denominator for _, denominator in ratios})
        constants = [numerator * (common // denominator) for numerator, denominator in ratios]
    return Curve(tuple(starts), tuple(constants), (0,) * len(starts), common, last)
