"""Whether so many runs fit into the project's calendar time on so many machines."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from itertools import product
from math import prod

_MOST_STATES = 20_000
"""Mixtures of runs that the exact packing looks at; beyond it list scheduling decides. [count]"""


def makespan(runs: Sequence[tuple[float, int]], machines: int) -> float:
    """Return when the last run ends if the longest are begun first, each on the machine that is free soonest. [s]

    Parameters
    ----------
    runs : sequence of (float, int)
        Seconds of one run and how many such runs there are. [s], [count]
    machines : int
        [count]

    Notes
    -----
    List scheduling, longest first: never more than 4/3 of the best schedule (Graham, 1969). Equal runs are dealt out
    in whole rounds, so the number of runs does not matter for the speed.

    Examples
    --------
    Three runs of 6 h on two machines: one machine does two of them.

    >>> makespan([(6 * 3600, 3)], 2) / 3600
    12.0
    """
    free = [0.0] * machines
    for seconds, count in sorted(runs, reverse=True):
        rounds = max(count // machines - 1, 0)
        free = [at + rounds * seconds for at in free]
        heapq.heapify(free)
        for _ in range(count - rounds * machines):
            heapq.heapreplace(free, free[0] + seconds)
    return max(free)


def fits(runs: Sequence[tuple[float, int]], *, machines: int, available_seconds: float) -> bool:
    """Return whether all runs end within the time that each machine has.

    Parameters
    ----------
    runs : sequence of (float, int)
        Seconds of one run and how many such runs there are. [s], [count]
    machines : int
        [count]
    available_seconds : float
        Of each machine. [s]

    Examples
    --------
    Runs of 3, 3, 2, 2 and 2 h on two machines in 6 h; longest first would need 7.

    >>> fits([(3.0, 2), (2.0, 3)], machines=2, available_seconds=6.0), makespan([(3.0, 2), (2.0, 3)], 2)
    (True, 7.0)
    """
    needed = [(seconds, count) for seconds, count in runs if seconds and count]
    if too_long(needed, machines=machines, available_seconds=available_seconds):
        return False
    total = sum(seconds * count for seconds, count in needed)
    longest = max((seconds for seconds, _ in needed), default=0.0)
    if total / machines + longest <= available_seconds or makespan(needed, machines) <= available_seconds:
        return True
    if prod(count + 1 for _, count in needed) > _MOST_STATES:
        return False
    return fewest_machines(needed, available_seconds) <= machines


def too_long(runs: Sequence[tuple[float, int]], *, machines: int, available_seconds: float) -> bool:
    """Return whether the runs do not fit in whatever order: the longest is, or all of them are, longer than the time.

    Parameters
    ----------
    runs, machines, available_seconds
        As of `fits`.

    Examples
    --------
    >>> too_long([(3.0, 3)], machines=2, available_seconds=4.0), too_long([(3.0, 3)], machines=2, available_seconds=5.0)
    (True, False)
    """
    needed = [(seconds, count) for seconds, count in runs if seconds and count]
    total = sum(seconds * count for seconds, count in needed)
    longest = max((seconds for seconds, _ in needed), default=0.0)
    return total / machines > available_seconds or longest > available_seconds


def fewest_machines(runs: Sequence[tuple[float, int]], available_seconds: float) -> int:
    """Return the least machines that do all runs within the time that each has. [count]

    Notes
    -----
    Dynamic programming over how many runs of each length are done: the best state is the one with the fewest
    machines, then with the least load on the last of them.

    Raises
    ------
    ValueError
        When one run is longer than the time.
    """
    if any(seconds > available_seconds for seconds, count in runs if count):
        raise ValueError("a run is longer than the time that a machine has")
    best: dict[tuple[int, ...], tuple[int, float]] = {(0,) * len(runs): (0, available_seconds)}
    for done in product(*(range(count + 1) for _, count in runs)):
        if done in best:
            continue
        best[done] = min(
            _with_one_more(best[_less(done, index)], seconds, available_seconds)
            for index, (seconds, _) in enumerate(runs)
            if done[index]
        )
    return best[tuple(count for _, count in runs)][0]


def _less(done: tuple[int, ...], index: int) -> tuple[int, ...]:
    return (*done[:index], done[index] - 1, *done[index + 1 :])


def _with_one_more(state: tuple[int, float], seconds: float, available_seconds: float) -> tuple[int, float]:
    machines, load = state
    if load + seconds <= available_seconds:
        return machines, load + seconds
    return machines + 1, seconds
