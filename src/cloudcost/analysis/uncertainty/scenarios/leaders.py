"""Who is the cheapest in each scenario: of equals each has an even part of it, so that all parts add up to one.

Options that cost the same are no better for standing first in a file, so none of them takes a scenario alone. Memory
stays that of one option, however many are compared: a scenario holds the number of the set of options that lead in it.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import numpy.typing as npt

from cloudcost.analysis.uncertainty.scenarios.draws import Floats

NOISE = 1e-9
"""Difference of two totals that is none: of the larger one, and of one dollar below it. [1]"""

Booleans = npt.NDArray[np.bool_]


class Leaders:
    """The cheapest options of some scenarios, as one option after another is added (mutable).

    Parameters
    ----------
    count : int
        Scenarios. [count]

    Examples
    --------
    Two that tie in the first of three scenarios, and none that can be done in the last:

    >>> leaders = Leaders(3)
    >>> leaders.add(0, np.array([5.0, 5.0, 1.0]), np.array([True, True, False]))
    >>> leaders.add(1, np.array([5.0, 7.0, 2.0]), np.array([True, True, False]))
    >>> leaders.shares()
    {0: Fraction(3, 2), 1: Fraction(1, 2)}
    """

    def __init__(self, count: int) -> None:
        self._lowest = np.full(count, np.inf)
        self._sets = np.zeros(count, dtype=np.int64)
        self._members: list[tuple[int, ...]] = [()]
        self._known: dict[tuple[int, ...], int] = {(): 0}

    def add(self, index: int, totals_usd: Floats, fits: Booleans) -> None:
        """Add an option.

        Parameters
        ----------
        index : int
            By which it is known afterwards.
        totals_usd : array
            float64, shape (count,). [USD]
        fits : array
            Whether it can be done in time, shape (count,).
        """
        near = NOISE * np.maximum(np.abs(totals_usd), 1.0)
        lower = fits & (totals_usd < self._lowest - near)
        equal = fits & ~lower & (totals_usd <= self._lowest + near)
        self._lowest[lower] = totals_usd[lower]
        self._sets[lower] = self._set((index,))
        for one in np.flatnonzero(np.bincount(self._sets[equal])).tolist():  # np.unique would load np.ma
            self._sets[equal & (self._sets == one)] = self._set((*self._members[one], index))

    def shares(self) -> dict[int, Fraction]:
        """Return in how many scenarios each option leads, of equals an even part of each. [count]"""
        shares: dict[int, Fraction] = {}
        for members, scenarios in zip(self._members, np.bincount(self._sets).tolist(), strict=False):
            for index in members:
                shares[index] = shares.get(index, Fraction(0)) + Fraction(scenarios, len(members))
        return shares

    def _set(self, members: tuple[int, ...]) -> int:
        if members not in self._known:
            self._known[members] = len(self._members)
            self._members.append(members)
        return self._known[members]
