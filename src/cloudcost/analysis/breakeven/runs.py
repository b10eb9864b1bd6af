"""From how many runs on which option wins: every crossing up to a horizon, found by walking exact pieces.

Storage and calendar stay fixed; n is the number of runs of each CNN. Totals are compared as they are printed: sums of
lines that are rounded to 1e-10 USD. The pieces are exact, so the two can differ only where two options are as close
as the rounding, and there the printed totals themselves are asked.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import combinations
from typing import TYPE_CHECKING

from cloudcost.options.model import OptionModel
from cloudcost.results.crossings import HORIZON, Crossings

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

_HALVES = 2 * 10**10
"""Half units of what is printed in one USD: the most that rounding moves one line is one of them. [1/USD]"""
_MOST_ASKED = 200
"""Printed totals asked in one stretch where two options are as close as the rounding; beyond it they tie. [count]"""
_MANY_PIECES = 200
"""Pieces of two curves from which on they are looked through in NumPy. [count]"""


def crossings(a: OptionModel, b: OptionModel, *, horizon: int = HORIZON) -> Crossings:
    """Return every change of the cheaper option over 1 to `horizon` runs of each CNN.

    Raises
    ------
    PriceNotFoundError
        When prices are missing.
    """
    return _crossings(_PricedRuns(a, horizon), _PricedRuns(b, horizon), horizon)


def all_crossings(models: Sequence[OptionModel], *, horizon: int = HORIZON) -> tuple[Crossings, ...]:
    """Return the crossings of every pair of options, each option priced once."""
    priced = [_PricedRuns(model, horizon) for model in models]
    return tuple(_crossings(a, b, horizon) for a, b in combinations(priced, 2))


class _PricedRuns:
    """An option's curve, and its printed totals where they are asked for."""

    def __init__(self, model: OptionModel, horizon: int) -> None:
        self.model = model
        self.curve = curve = model.bill.curve(1, horizon)
        self.starts = curve.starts
        self.constants = [constant / curve.scale for constant in curve.constants]
        self.slopes = [slope / curve.scale for slope in curve.slopes]
        self.most_runs = most_runs(model, horizon)
        self.halves = 2 * len(model.usages) + 4
        """Most that rounding moves the total: tax, at most 100 %, doubles what the lines are off. [USD / _HALVES]"""

    @cached_property
    def arrays(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """First n, constant and slope of each piece, for NumPy. [count], [USD], [USD per n]"""
        import numpy as np

        return np.array(self.starts), np.array(self.constants), np.array(self.slopes)

    def printed(self, n: int) -> int:
        """Return the total as an estimate prints it. [10**-10 USD]"""
        return self.model.bill.total((n,) * len(self.model.project.trainings))


def _crossings(a: _PricedRuns, b: _PricedRuns, horizon: int) -> Crossings:
    at: list[int] = []
    leader = first_leader = 0
    for n, sign in signs(a, b, horizon):
        if sign and sign != leader:
            if leader:
                at.append(n)
            else:
                first_leader = sign
            leader = sign
    names = {-1: a.model.option.name, 0: "", 1: b.model.option.name}
    return Crossings(
        a=a.model.option.name,
        b=b.model.option.name,
        at=tuple(at),
        first_leader=names[first_leader],
        last_leader=names[leader],
        horizon=horizon,
        most_runs=(a.most_runs, b.most_runs),
    )


def most_runs(model: OptionModel, last: int) -> int:
    """Return the most runs of each CNN that fit into the project's time, up to `last`. [count]"""
    trainings = len(model.project.trainings)
    return bisect_left(range(1, last + 1), True, key=lambda n: not model.fits([n] * trainings))


def signs(a: _PricedRuns, b: _PricedRuns, horizon: int) -> Iterator[tuple[int, int]]:
    """Yield stretches of n by the sign of a's total less b's: first n, sign (-1: a is cheaper)."""
    error = a.halves + b.halves
    first, second = a.curve, b.curve
    near = error * first.scale * second.scale
    for start, end, i, j, plain in _stretches(a, b, 2.0 * error / _HALVES, horizon):
        if plain:
            yield start, plain
            continue
        constant = first.constants[i] * second.scale - second.constants[j] * first.scale
        slope = first.slopes[i] * second.scale - second.slopes[j] * first.scale
        level = constant * _HALVES
        if not slope:
            if not constant or abs(level) > near:
                yield start, _sign(constant)
            else:
                yield from _asked(a, b, start, end)
            continue
        turned, step = (level if slope > 0 else -level), abs(slope) * _HALVES  # 0 lies at -turned / step
        low, high = max(-((turned + near) // step), start), min((near - turned) // step, end)
        if low > start:
            yield start, _sign(constant + slope * start)
        if low <= high:
            yield from _asked(a, b, low, high)
        after = max(high + 1, low, start)
        if after <= end:
            yield after, _sign(constant + slope * after)


def _plain_sign(constant: float, slope: float, start: int, end: int, margin: float) -> int:
    """Return the sign of a stretch that is far from 0 at both ends, however floats round; else 0: look exactly."""
    first, last = constant + slope * start, constant + slope * end
    near = margin + 1e-12 * (abs(constant) + abs(slope) * end)  # a double rounds by 1.1e-16
    if min(first, last) > near:
        return 1
    return -1 if max(first, last) < -near else 0


def _asked(a: _PricedRuns, b: _PricedRuns, low: int, high: int) -> Iterator[tuple[int, int]]:
    """Yield the signs of the printed totals over a short stretch; a long one ties."""
    if high - low >= _MOST_ASKED:
        yield low, 0
        return
    for n in range(low, high + 1):
        first, second = a.printed(n), b.printed(n)
        yield n, (first > second) - (first < second)


_Stretch = tuple[int, int, int, int, int]
"""First n, last n, the positions of both curves' pieces, and the sign where it is plain in float64, else 0."""


def _stretches(a: _PricedRuns, b: _PricedRuns, margin: float, last: int) -> Iterator[_Stretch]:
    """Yield the stretches over which both curves are straight; where there are many, only those that tell anything."""
    if len(a.starts) + len(b.starts) > _MANY_PIECES:
        yield from _telling(a, b, margin, last)
        return
    i = j = 0
    start = 1
    while start <= last:
        a_end = a.starts[i + 1] - 1 if i + 1 < len(a.starts) else last
        b_end = b.starts[j + 1] - 1 if j + 1 < len(b.starts) else last
        end = min(a_end, b_end, last)
        own, other = a.constants[i], b.constants[j]
        near = margin + 1e-12 * (abs(own) + abs(other))
        yield start, end, i, j, _plain_sign(own - other, a.slopes[i] - b.slopes[j], start, end, near)
        i += a_end == end
        j += b_end == end
        start = end + 1


def _telling(a: _PricedRuns, b: _PricedRuns, margin: float, last: int) -> Iterator[_Stretch]:
    """Yield the stretches whose sign is not plain, or not that of the stretch before; all others at once in NumPy."""
    import numpy as np

    (own_starts, own, own_slope), (other_starts, other, other_slope) = a.arrays, b.arrays
    starts = np.sort(np.concatenate([own_starts, other_starts]), kind="stable")  # merges what is sorted already
    starts = starts[np.append(True, starts[1:] > starts[:-1])]
    ends = np.append(starts[1:] - 1, last)
    i, j = (np.searchsorted(each, starts, side="right") - 1 for each in (own_starts, other_starts))
    own, other = own[i], other[j]
    constant, size = own - other, np.abs(own) + np.abs(other)
    slope = own_slope[i] - other_slope[j]
    near = margin + 1e-12 * (size + np.abs(constant) + np.abs(slope) * ends)
    first, final = constant + slope * starts, constant + slope * ends
    plain = np.where(np.minimum(first, final) > near, 1, np.where(np.maximum(first, final) < -near, -1, 0))
    tells = (plain == 0) | (plain != np.concatenate([[0], plain[:-1]]))
    rows = [column[tells].tolist() for column in (starts, ends, i, j, plain)]
    yield from zip(*rows, strict=True)


def _sign(value: int) -> int:
    return (value > 0) - (value < 0)
