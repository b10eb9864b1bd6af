"""Quantiles of very many scenarios in bounded memory: exact for the first ones, a fine histogram beyond."""

from __future__ import annotations

from math import ceil

import numpy as np
import numpy.typing as npt

from cloudcost.analysis.uncertainty.scenarios.draws import CELL, Floats

EXACT = 2**20
"""Scenarios of which every value is kept, at most. [count]"""
BINS = 2**16
"""Of the histogram over the range of the first scenarios and half as much on each side. [count]"""
EXACT_BYTES = 256 * 2**20
"""For all values that are kept, over all options. [bytes]"""


def kept_scenarios(draws: int, options: int, bytes_each: int) -> int:
    """Return how many scenarios are kept value by value: all, or whole cells within the memory. [count]"""
    most = min(EXACT, EXACT_BYTES // (bytes_each * max(options, 1)) // CELL * CELL)
    return min(draws, max(most, CELL))


class Sample:
    """Values that arrive in blocks, and their quantiles.

    Parameters
    ----------
    draws : int
        That will arrive in all. [count]
    kept : int
        That are kept; the rest are only counted. [count]
    dtype : numpy float type

    Examples
    --------
    >>> sample = Sample(4, 4)
    >>> sample.add(np.array([4.0, 1.0])), sample.add(np.array([3.0, 2.0]))
    (None, None)
    >>> sample.quantiles((0.0, 0.5, 1.0))
    (1.0, 2.0, 4.0)
    """

    __slots__ = ("_arrived", "_edges", "_histogram", "values")

    def __init__(self, draws: int, kept: int, dtype: npt.DTypeLike = np.float64) -> None:
        self.values = np.empty(min(draws, kept), dtype=dtype)
        self._arrived = 0
        self._histogram: npt.NDArray[np.int64] | None = None
        self._edges = (0.0, 0.0)

    def add(self, block: Floats) -> None:
        """Take in the next values."""
        room = self.values.size - self._arrived
        here = max(min(room, block.size), 0)
        if here:
            self.values[self._arrived : self._arrived + here] = block[:here]
        self._arrived += block.size
        if here < block.size:
            if self._histogram is None:
                low, high = float(self.values.min()), float(self.values.max())
                margin = max(0.5 * (high - low), 1e-9 * max(abs(high), 1e-3))
                self._edges = (low - margin, high + margin)
                self._histogram = self._binned(self.values)
            self._histogram += self._binned(block[here:])

    def _binned(self, values: npt.NDArray[np.floating]) -> npt.NDArray[np.int64]:
        low, high = self._edges
        places = ((values - low) * (BINS / (high - low))).astype(np.int64)
        return np.bincount(np.clip(places, 0, BINS - 1), minlength=BINS).astype(np.int64)

    def quantiles(self, levels: tuple[float, ...]) -> tuple[float, ...]:
        """Return the least values that these shares of all do not exceed: each the value of one scenario.

        Between two scenarios there may be nothing that anybody could pay, as between two packs of compute units, so
        that nothing is interpolated; but beyond what is kept, within a bin of the histogram.
        """
        if self._histogram is None:
            return tuple(_quantile(self.values, level) for level in levels)
        low, high = self._edges
        below = np.concatenate([[0.0], np.cumsum(self._histogram)]) / self._arrived
        edges = np.linspace(low, high, BINS + 1)
        return tuple(np.interp(levels, below, edges).tolist())


def _quantile(values: npt.NDArray[np.floating], level: float) -> float:
    """Return a quantile, as `numpy.quantile` by ``inverted_cdf``; that one loads numpy.ma, which takes time."""
    place = min(max(ceil(round(level * values.size, 9)) - 1, 0), values.size - 1)
    return float(np.partition(values, place)[place])
