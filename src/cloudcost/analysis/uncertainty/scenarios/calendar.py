"""When the last run ends, by scenario: the twin of `cloudcost.options.times.calendar.makespan`."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cloudcost.analysis.uncertainty.scenarios.draws import Floats
from cloudcost.analysis.uncertainty.scenarios.runtimes import RunTotals

MOST_MACHINES = 16
"""More are not dealt out run by run: the bound of list scheduling, at most one longest run more than evenly spread,
stands for them. [count]"""


def wall_seconds(totals: Sequence[RunTotals]) -> Floats:
    """Return the time of all runs together, one after the other. [s]"""
    together: Floats = np.add.reduce([each.wall for each in totals])
    return together


def running_seconds(totals: Sequence[RunTotals]) -> Floats:
    """Return the time of all runs together without waiting for capacity. [s]"""
    together = wall_seconds(totals)
    for each in totals:
        if each.waits is not None:
            together = together - each.waits
    return together


def makespans(totals: Sequence[RunTotals], machines: int) -> Floats:
    """Return when the last run ends if the longest are begun first, each on the machine that is free soonest. [s]

    Parameters
    ----------
    totals : sequence of RunTotals
        One a training.
    machines : int
        [count]
    """
    if machines == 1:
        return wall_seconds(totals)
    counts = np.stack([each.runs for each in totals])
    seconds = np.stack([each.wall / np.maximum(each.runs, 1.0) for each in totals])
    if machines > MOST_MACHINES:
        longest = np.where(counts > 0, seconds, 0.0).max(axis=0)
        bound: Floats = (counts * seconds).sum(axis=0) / machines + longest * (1.0 - 1.0 / machines)
        return bound
    order = np.argsort(-seconds, axis=0)
    counts, seconds = np.take_along_axis(counts, order, 0), np.take_along_axis(seconds, order, 0)
    free = np.zeros((machines, counts.shape[1]))
    columns = np.arange(counts.shape[1])
    for count, each in zip(counts, seconds, strict=True):
        rounds = np.maximum(count // machines - 1.0, 0.0)
        free += rounds * each
        left = count - rounds * machines
        for dealt in range(int(left.max(initial=0.0))):
            soonest = free.argmin(axis=0)
            free[soonest, columns] += np.where(dealt < left, each, 0.0)
    last: Floats = free.max(axis=0)
    return last
