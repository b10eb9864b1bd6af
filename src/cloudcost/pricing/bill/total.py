"""A bill's second question: what its printed lines come to, by who is paid, in plain integers.

The same sums of amounts rounded line by line as `cloudcost.pricing.bill.lines`, to the last digit: what a sweep of many
numbers of runs, and a walk over them, asks.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from fractions import Fraction
from operator import mul
from typing import NamedTuple

from cloudcost.money import half_even
from cloudcost.pricing.bill.prices import UNIT
from cloudcost.pricing.bill.rows import NONE, Line, Pool, Rows, Share
from cloudcost.pricing.tiers import Schedule, cost_ratio, tier_slices


class Sums(NamedTuple):
    """What lines come to by who is paid, before the bill is closed. [10**-10 USD]

    Parameters
    ----------
    own, provider, credited : int
        As `Payee` has them.
    """

    own: int
    provider: int
    credited: int


class Totals:
    """The lines of a bill's rows, ready for any numbers of runs.

    What does not depend on the runs is summed once. Lines of flat prices need their own numbers alone; the others go
    pool by pool.
    """

    __slots__ = ("_by_payee", "_flat", "_pools", "_trainings")

    def __init__(self, rows: Rows) -> None:
        sums = [0, 0, 0]
        flat: list[tuple[Line, int, int, int]] = []
        trainings: set[int] = set()
        for line in rows.lines:
            place = line.place
            if not place.flat:
                continue
            same = line.denominator == place.units
            divisor = place.divisor if same else line.denominator * place.divisor // place.units
            if line.per_run or line.spans:
                flat.append((line, int(place.payee), 2 * place.rate, divisor))
                trainings.add(len(line.per_run))
            else:
                sums[place.payee] += half_even(line.fixed * place.rate, divisor)
        free = any(pool.depends for pool in rows.pools if pool.free is not None)  # these share what is free
        pools: tuple[list[Pool], list[Pool]] = [], []
        for pool in rows.pools:
            pools[pool.depends or (free and pool.free is not None)].append(pool)
        if pools[False]:
            _add_pools(sums, pools[False], ())
        self._by_payee = tuple(sums)
        self._flat = tuple(flat)
        self._trainings = trainings - {0}
        self._pools = pools[True]

    def at(self, runs: Sequence[int]) -> Sums:
        """Return the sums of the lines at so many runs of each training.

        Raises
        ------
        PriceNotFoundError
            When a quantity goes beyond the last tier that is known.
        ValueError
            When a usage has another number of trainings.
        """
        if self._trainings and self._trainings != {len(runs)}:
            raise ValueError(f"usage of another number of trainings than {len(runs)}")
        sums = list(self._by_payee)
        for line, payee, twice_rate, divisor in self._flat:
            numerator = line.numerator(runs) if line.spans else line.fixed + sum(map(mul, line.per_run, runs))
            # `half_even`, without a call for each line: half up, and one less where a half was rounded to an odd number
            rounded, rest = divmod(numerator * twice_rate + divisor, 2 * divisor)
            sums[payee] += rounded if rest else rounded - rounded % 2
        if self._pools:
            _add_pools(sums, self._pools, runs)
        return Sums(*sums)


def _add_pools(sums: list[int], pools: Sequence[Pool], runs: Sequence[int]) -> None:
    """Add lines that share tiers to the sums by payee, what is free taken off."""
    left: dict[Hashable, tuple[int, int]] = {}
    parts: dict[Line, Fraction] = {}
    for pool in pools:
        free, only = pool.free, pool.only
        available = (0, 1) if free is None else left.get(free.account, free.ratio)
        if only is not None:
            used, units, rest = only.numerator(runs), only.denominator, (0, 1)
            if available[0]:
                used, units = used * available[1] - available[0] * units, units * available[1]
                if used < 0:
                    used, rest = 0, (-used, units)
            amount, scale = cost_ratio(pool.schedule, used, units)
            sums[pool.payee] += half_even(amount * UNIT, scale)
        else:
            shares, over = pool.shares(runs, Fraction(*available))
            rest = over.numerator, over.denominator
            for line, share in shares:
                exact = _cost(pool.schedule, share)
                if line.parts:
                    parts[line] = parts.get(line, NONE) + exact
                else:
                    sums[line.place.payee] += half_even(exact.numerator * UNIT, exact.denominator)
        if free is not None:
            left[free.account] = rest
    for line, exact in parts.items():
        sums[line.place.payee] += half_even(exact.numerator * UNIT, exact.denominator)


def _cost(schedule: Schedule, share: Share) -> Fraction:
    """Return what a stretch of a pool costs. [USD]"""
    pieces = tier_slices(schedule, share.start, share.paid) if share.paid else ()
    return sum((piece.exact_usd for piece in pieces), NONE)
