"""A bill's third question: the exact total as a function of the number of runs, in pieces ``constant + slope * n``.

A bill is a sum of prices over tiers of quantities that are affine in the runs, so it is piecewise linear; whole packs
make steps, and so do runs that count in the month that they begin in (`whole_runs`). Every piece is exact rational
arithmetic on unrounded amounts; nothing is sampled.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from fractions import Fraction
from math import lcm
from typing import NamedTuple

from cloudcost.pricing.bill.pieces import Curve, combine, tier_curve
from cloudcost.pricing.bill.prices import Payee
from cloudcost.pricing.bill.rows import NONE, Pool, Quantity, Rows
from cloudcost.pricing.bill.whole_runs import FlatRuns, Spread, amounts, summed


class Range(NamedTuple):
    """What a curve is asked over: n from first to last, and the runs of each training that one n stands for.

    Parameters
    ----------
    first, last : int
        [count]
    weights : tuple of Fraction or int, or None
        Which need not be whole; one each where None. [count]
    """

    first: int
    last: int
    weights: tuple[Fraction | int, ...] | None = None

    @property
    def whole(self) -> bool:
        """Whether one n stands for whole runs of each training."""
        return self.weights is None or all(weight.denominator == 1 for weight in self.weights)


class Curves(NamedTuple):
    """What lines come to by who is paid, before the bill is closed. [USD]"""

    own: Curve
    provider: Curve
    credited: Curve


def curves_of(rows: Rows, over: Range) -> Curves:
    """Return the exact sums of a bill's rows over the number of runs, by who is paid."""
    sums = _Sums(over)
    for line in rows.lines:
        if not line.place.flat:
            continue
        rate, scale = line.place.found.schedule.rates[0], line.place.found.schedule.rate_scale
        if line.spans:
            sums.stepped[line.place.payee].flat.add(spread_of([line], over), Fraction(rate, scale))
        else:
            slope, parts = _per_n(line.per_run, over)
            sums.add(line.place.payee, line.fixed * rate, slope * rate, line.denominator * scale, parts)
    shared: dict[Hashable, list[Pool]] = {}
    for number, pool in enumerate(rows.pools):
        shared.setdefault(number if pool.free is None else pool.free.account, []).append(pool)
    for pools in shared.values():
        sums.add_pools(pools)
    return sums.curves()


def spread_of(quantities: Sequence[Quantity], over: Range) -> Spread:
    """Return a sum of quantities over n; an even share of a span's runs where one n is no whole runs."""
    spread = Spread()
    for each in quantities:
        spread.fixed += Fraction(each.fixed, each.denominator)
        slope, parts = _per_n(each.per_run, over)
        spread.per_n += Fraction(slope, parts * each.denominator)
        for span, per_run in each.spans.items():
            if over.whole:
                weights = (1,) * len(per_run) if over.weights is None else over.weights
                for weight, more in zip(weights, per_run, strict=True):
                    spread.begin(span, weight.numerator, Fraction(more, each.denominator))
            else:
                slope, parts = _per_n(per_run, over)
                spread.per_n += Fraction(slope * (span.end - span.begin), parts * each.denominator * span.whole)
    return spread


def _per_n(per_run: tuple[int, ...], over: Range) -> tuple[int, int]:
    """Return what one n adds as a ratio of integers."""
    if over.weights is None or not per_run:
        return sum(per_run), 1
    parts = lcm(*{weight.denominator for weight in over.weights})
    whole = [weight.numerator * (parts // weight.denominator) for weight in over.weights]
    return sum([each * weight for each, weight in zip(per_run, whole, strict=True)]), parts


class _Stepped:
    """What counts whole runs, of one payee: its pools, and all flat prices together (mutable)."""

    def __init__(self) -> None:
        self.flat = FlatRuns()
        self.columns: list[list[tuple[Spread, Pool]]] = []

    def curve(self, over: Range) -> Curve:
        """Return the sum."""
        flat = self.flat.amount()
        if not flat.begun and not self.columns:
            return Curve.straight(over.first, over.last, flat.fixed, flat.per_n)

        def columns() -> Iterator[tuple[list[int], int]]:
            for pools in self.columns:
                free = pools[0][1].free
                schedules = [(spread, pool.schedule) for spread, pool in pools]
                yield from amounts(schedules, NONE if free is None else free.quantity, over.first, over.last)
            if flat.begun:
                yield flat.at(over.first, over.last)

        straight = (NONE, NONE) if flat.begun else (flat.fixed, flat.per_n)
        return summed(columns(), *straight, over.first, over.last)


class _Sums:
    """Curves by payee being summed: what is straight in n, and what is not (mutable)."""

    def __init__(self, over: Range) -> None:
        self.over = over
        self._straight: dict[tuple[Payee, int], list[int]] = {}
        self._bent: tuple[list[Curve], ...] = ([], [], [])
        self.stepped = tuple(_Stepped() for _ in Payee)
        """Where whole runs go, by payee."""

    def add(self, payee: Payee, fixed: int, slope: int, denominator: int, parts: int = 1) -> None:
        """Add ``(fixed + slope / parts * n) / denominator``. [USD]"""
        sums = self._straight.setdefault((payee, denominator * parts), [0, 0])
        sums[0] += fixed * parts
        sums[1] += slope

    def add_pools(self, pools: Sequence[Pool]) -> None:
        """Add pools that share what is free, in the order in which they take it."""
        over = self.over
        spreads = [spread_of([quantity for _, quantity in pool.members], over) for pool in pools]
        payee = pools[0].members[0][0].place.payee
        if len(pools) > 1 or spreads[0].begun:
            self.stepped[payee].columns.append(list(zip(spreads, pools, strict=True)))
            return
        [pool], [spread] = pools, spreads
        free = NONE if pool.free is None else pool.free.quantity
        curve = tier_curve(pool.schedule, spread.fixed, spread.per_n, free, over.first, over.last)
        self._bent[payee].append(curve)

    def curves(self) -> Curves:
        """Return the sums."""
        for curves, stepped in zip(self._bent, self.stepped, strict=True):
            curves.append(stepped.curve(self.over))
        first, last = self.over.first, self.over.last
        for (payee, scale), (constant, slope) in self._straight.items():
            self._bent[payee].append(Curve((first,), (constant,), (slope,), scale, last))
        own, provider, credited = (
            combine([(1, curve) for curve in curves], first=first, last=last) for curves in self._bent
        )
        return Curves(own, provider, credited)
