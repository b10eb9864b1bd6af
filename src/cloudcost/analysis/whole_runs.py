"""What runs cost that count whole in the month in which they begin: exact pieces over the number of runs.

With n runs, spread evenly over a project, ``ceil(n * end) - ceil(n * begin)`` of them begin in a part of it. Over tiers
or an allowance that is no straight line in n, so each n is worked out; what lies on one line again is one piece. Where
the price is flat and the same in neighbouring months, a month's end moves nothing and the whole is straight.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

from cloudcost.domain.usage import Span
from cloudcost.pricing.tiers import Schedule, cost_ratio

Begun = dict[tuple[Span, int], Fraction]
"""By a part of the project and how many runs one n stands for: what each run that begins there adds. [unit]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class WholePool:
    """A quantity with whole runs in it, and its price.

    Parameters
    ----------
    schedule : Schedule or None
        None where the quantity is an amount. [USD]
    free : Fraction
        Taken off first. [unit]
    fixed, per_n : Fraction
        What does not depend on n, and what is straight in it. [unit]
    begun : Begun
    """

    schedule: Schedule | None
    free: Fraction = Fraction(0)
    fixed: Fraction
    per_n: Fraction
    begun: Begun

    def amounts(self, first: int, last: int) -> list[tuple[int, int]]:
        """Return the price at each n as ratios of integers, all of one denominator but for whole packs. [USD]"""
        numbers = (self.free, self.fixed, self.per_n, *self.begun.values())
        scale = lcm(*(number.denominator for number in numbers))
        free, fixed, per_n, *each = (number.numerator * (scale // number.denominator) for number in numbers)
        parts = [
            (amount, weight * span.begin, weight * span.end, span.whole)
            for amount, (span, weight) in zip(each, self.begun, strict=True)
        ]
        ns = range(first, last + 1)
        quantities = [fixed + per_n * n for n in ns]
        for amount, begin, end, whole in parts:
            quantities = [
                quantity + amount * (-(-n * end // whole) + (-n * begin // whole))
                for n, quantity in zip(ns, quantities, strict=True)
            ]
        if self.schedule is None:
            return [(quantity, scale) for quantity in quantities]
        schedule = self.schedule
        return [cost_ratio(schedule, quantity - free if quantity > free else 0, scale) for quantity in quantities]


class FlatRuns:
    """Amounts at flat prices, gathered by the moments at which their parts of the project end (mutable)."""

    def __init__(self) -> None:
        self.fixed = self.per_n = Fraction(0)
        self._until: Begun = {}

    def add(self, fixed: Fraction, per_n: Fraction, begun: Begun, rate: Fraction) -> None:
        """Add a quantity at a price. [unit], [USD per unit]"""
        self.fixed += fixed * rate
        self.per_n += per_n * rate
        for (span, weight), each in begun.items():
            self._move(span.end, span.whole, weight, each * rate)
            self._move(span.begin, span.whole, weight, -each * rate)

    def _move(self, moment: int, whole: int, weight: int, usd: Fraction) -> None:
        if moment == whole:
            self.per_n += usd * weight
        elif moment:
            key = (Span(0, moment, whole), weight)
            self._until[key] = self._until.get(key, Fraction(0)) + usd

    def pool(self) -> WholePool:
        """Return the sum; without parts where neighbouring ones are billed alike."""
        begun = {key: usd for key, usd in self._until.items() if usd}
        return WholePool(schedule=None, fixed=self.fixed, per_n=self.per_n, begun=begun)


def whole_pieces(pools: Iterable[WholePool], first: int, last: int) -> tuple[tuple[int, Fraction, Fraction], ...]:
    """Return the sum of pools over n as pieces of straight lines: first n, constant, slope. [count, USD, USD per n]

    Parameters
    ----------
    pools : iterable of WholePool
        One without parts is an amount.
    first, last : int
        Range of n. [count]
    """
    pools = tuple(pools)
    constant = sum((pool.fixed for pool in pools if not pool.begun), Fraction(0))
    slope = sum((pool.per_n for pool in pools if not pool.begun), Fraction(0))
    begun = [pool for pool in pools if pool.begun]
    if not begun:
        return ((first, constant, slope),)
    scale = lcm(constant.denominator, slope.denominator)
    level = constant.numerator * (scale // constant.denominator)
    rise = slope.numerator * (scale // slope.denominator)
    totals = [level + rise * n for n in range(first, last + 1)]
    for pool in begun:  # one after the other: a hundred years have 1,200 pools, each with an amount for every n
        column = pool.amounts(first, last)
        wider = lcm(scale, *{denominator for _, denominator in column})
        if wider != scale:
            totals = [total * (wider // scale) for total in totals]
            scale = wider
        totals = [
            total + numerator * (scale // denominator)
            for total, (numerator, denominator) in zip(totals, column, strict=True)
        ]
    return tuple((start, Fraction(at, scale), Fraction(turn, scale)) for start, at, turn in _lines(totals, first))


def _lines(values: Sequence[int], first: int) -> Iterable[tuple[int, int, int]]:
    """Yield straight stretches of whole values: first n, constant, slope.

    Examples
    --------
    >>> list(_lines([5, 5, 7, 9, 9], 1))
    [(1, 5, 0), (3, 1, 2), (5, 9, 0)]
    """
    at, count = 0, len(values)
    while at < count:
        rise = values[at + 1] - values[at] if at + 1 < count else 0
        end = at + 1
        while end < count and values[end] - values[end - 1] == rise:
            end += 1
        yield first + at, values[at] - rise * (first + at), rise
        at = end
