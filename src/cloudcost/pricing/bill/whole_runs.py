"""What runs cost that count whole in the month in which they begin: exact pieces over the number of runs.

With n runs, spread evenly over a project, ``ceil(n * end) - ceil(n * begin)`` of them begin in a part of it. Over tiers
or an allowance that is no straight line in n, so each n is worked out; what lies on one line again is one piece. Where
the price is flat and the same in neighbouring months, a month's end moves nothing and the whole is straight.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import field
from fractions import Fraction
from itertools import pairwise
from math import lcm

from cloudcost.domain.usage import Span
from cloudcost.frozen import dataclass
from cloudcost.pricing.bill.pieces import Curve
from cloudcost.pricing.tiers import Schedule, cost_ratio

Begun = dict[tuple[Span, int], Fraction]
"""By a part of the project and how many runs one n stands for: what each run that begins there adds. [unit]"""


@dataclass(slots=True, kw_only=True)
class Spread:
    """A quantity with whole runs in it: ``fixed + per_n * n``, and what begins in parts of the project (mutable).

    Parameters
    ----------
    fixed, per_n : Fraction
        [unit], [unit per n]
    begun : Begun
    """

    fixed: Fraction = Fraction(0)
    per_n: Fraction = Fraction(0)
    begun: Begun = field(default_factory=dict)

    def begin(self, span: Span, weight: int, each: Fraction) -> None:
        """Add what each run adds that begins in a span. [unit]"""
        key = (span, weight)
        self.begun[key] = self.begun.get(key, Fraction(0)) + each

    def at(self, first: int, last: int) -> tuple[list[int], int]:
        """Return the quantity at each n, and their denominator. [unit]"""
        numbers = (self.fixed, self.per_n, *self.begun.values())
        scale = lcm(*{number.denominator for number in numbers})
        fixed, per_n, *each = (number.numerator * (scale // number.denominator) for number in numbers)
        ns = range(first, last + 1)
        quantities = [fixed + per_n * n for n in ns] if per_n else [fixed] * len(ns)
        begins: dict[tuple[int, int], list[int]] = {}

        def until(moment: int, whole: int) -> list[int]:
            if (moment, whole) not in begins:
                begins[moment, whole] = [-(n * -moment // whole) for n in ns]
            return begins[moment, whole]

        for amount, (span, weight) in zip(each, self.begun, strict=True):
            begin, end = until(weight * span.begin, span.whole), until(weight * span.end, span.whole)
            quantities = [
                quantity + amount * (after - before)
                for quantity, after, before in zip(quantities, end, begin, strict=True)
            ]
        return quantities, scale


def amounts(
    pools: Sequence[tuple[Spread, Schedule]], free: Fraction, first: int, last: int
) -> Iterator[tuple[list[int], int]]:
    """Yield what quantities cost over tiers at each n, and the denominator. [USD]

    Parameters
    ----------
    pools : sequence of (Spread, Schedule)
        In the order in which they take what is free.
    free : Fraction
        Taken off first, of all of them together. [unit]

    Raises
    ------
    PriceNotFoundError
        When a quantity goes beyond the last tier that is known.
    """
    left, parts = [free.numerator] * (last - first + 1), free.denominator
    for number, (spread, schedule) in enumerate(pools, 1):
        quantities, scale = spread.at(first, last)
        wider = lcm(scale, parts)
        if wider != scale:
            quantities = [each * (wider // scale) for each in quantities]
        if wider != parts:
            left = [each * (wider // parts) for each in left]
        beyond = [each - off for each, off in zip(quantities, left, strict=True)] if free else quantities
        costs = {each: cost_ratio(schedule, max(each, 0), wider) for each in set(beyond)}
        common = lcm(*{denominator for _, denominator in costs.values()})
        whole = {each: numerator * (common // denominator) for each, (numerator, denominator) in costs.items()}
        yield [whole[each] for each in beyond], common
        if number < len(pools):
            left, parts = [max(-each, 0) for each in beyond], wider


class FlatRuns:
    """Amounts at flat prices, gathered by the moments at which their parts of the project end (mutable)."""

    def __init__(self) -> None:
        self.fixed = self.per_n = Fraction(0)
        self._until: Begun = {}

    def add(self, spread: Spread, rate: Fraction) -> None:
        """Add a quantity at a price. [unit], [USD per unit]"""
        self.fixed += spread.fixed * rate
        self.per_n += spread.per_n * rate
        for (span, weight), each in spread.begun.items():
            self._move(span.end, span.whole, weight, each * rate)
            self._move(span.begin, span.whole, weight, -each * rate)

    def _move(self, moment: int, whole: int, weight: int, usd: Fraction) -> None:
        if moment == whole:
            self.per_n += usd * weight
        elif moment:
            key = (Span(0, moment, whole), weight)
            self._until[key] = self._until.get(key, Fraction(0)) + usd

    def amount(self) -> Spread:
        """Return the sum; nothing begins in parts where neighbouring ones are billed alike. [USD]"""
        return Spread(
            fixed=self.fixed, per_n=self.per_n, begun={key: usd for key, usd in self._until.items() if usd}
        )  # fmt: skip


def summed(
    columns: Iterable[tuple[Sequence[int], int]], constant: Fraction, slope: Fraction, first: int, last: int
) -> Curve:
    """Return the sum of amounts at each n and a straight line, in pieces.

    Parameters
    ----------
    columns : iterable of (sequence of int, int)
        Amounts from `first` to `last`, and their denominator; taken one after the other: a hundred years have 1,200
        pools, each with an amount for every n. [USD]
    constant, slope : Fraction
        [USD], [USD per n]
    """
    scale = lcm(constant.denominator, slope.denominator)
    level = constant.numerator * (scale // constant.denominator)
    rise = slope.numerator * (scale // slope.denominator)
    totals = [level + rise * n for n in range(first, last + 1)]
    for column, denominator in columns:
        wider = lcm(scale, denominator)
        mine, its = wider // scale, wider // denominator
        totals = [total * mine + each * its for total, each in zip(totals, column, strict=True)]
        scale = wider
    starts, constants, slopes = zip(*straight_lines(totals, first), strict=True)
    return Curve(starts, constants, slopes, scale, last)


def straight_lines(values: Sequence[int], first: int) -> Iterable[tuple[int, int, int]]:
    """Yield straight stretches of whole values: first n, constant, slope.

    Examples
    --------
    >>> list(straight_lines([5, 5, 7, 9, 9], 1))
    [(1, 5, 0), (3, 1, 2), (5, 9, 0)]
    """
    rises = [after - before for before, after in pairwise(values)]
    turns = (index for index, (before, after) in enumerate(pairwise(rises), 1) if before != after)
    at, last = 0, len(values) - 1
    while at <= last:
        rise = rises[at] if at < last else 0
        yield first + at, values[at] - rise * (first + at), rise
        at = next((turn for turn in turns if turn > at), last) + 1
