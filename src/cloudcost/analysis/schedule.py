"""Whether so many runs fit into the project's calendar time on so many machines."""

from __future__ import annotations

import heapq
from collections.abc import Sequence


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
    """Return whether all runs end within the time that each machine has. [s]"""
    total = sum(seconds * count for seconds, count in runs)
    longest = max((seconds for seconds, count in runs if count), default=0.0)
    if total / machines > available_seconds or longest > available_seconds:
        return False
    if total / machines + longest <= available_seconds:
        return True
    return makespan(runs, machines) <= available_seconds
