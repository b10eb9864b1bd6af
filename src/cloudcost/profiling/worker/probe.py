"""A fixed piece of work beside every timed step: how long it takes tells whether the machine was disturbed.

Another program, or another tenant of the host, that shares a core's units slows everything down for seconds at a time
(here by 20 to 70 %), and CPU time does not show it. The probe takes a millisecond; a step between two probes that were
about as fast as the fastest is called calm, and times are medians over calm steps.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import numpy as np
import torch

from cloudcost.profiling.plan import CLOCK

CALM = 1.12
"""A probe of at most so many times the fastest ones is calm: those of a calm machine differ by 5 %. [1]"""
FASTEST = 0.1
"""The quantile of the probes that stands for the fastest: single ones are lucky. [1]"""
_CALLS, _SIDE, _TRIES = 150, 256, 3
SECOND = 1e9
"""Nanoseconds. [ns]"""


def clock_for(threads: int) -> Callable[[], int]:
    """Return the clock of so many threads: CPU time counts spinning once there is more than one. [ns]"""
    return time.thread_time_ns if threads == 1 else time.perf_counter_ns


class Probe:
    """Times the same work again and again: small calls, as a framework makes them, and products of matrices.

    Parameters
    ----------
    clock : callable
        Returns nanoseconds. [ns]
    """

    def __init__(self, clock: Callable[[], int]) -> None:
        self._clock = clock
        self._small = torch.ones(8)
        self._matrix = torch.full((_SIDE, _SIDE), 1 / _SIDE)
        self.seconds()

    def seconds(self) -> float:
        """Return what the work takes now: the best of three, for after a step the caches are cold. [s]"""
        return min(self._once() for _ in range(_TRIES)) / SECOND

    def _once(self) -> int:
        small, matrix = self._small, self._matrix
        start = self._clock()
        for _ in range(_CALLS):
            torch.add(small, small)
        torch.mm(matrix, matrix)
        return self._clock() - start


def pace(probes: Sequence[float], known: float | None = None) -> float:
    """Return the pace of the machine when nothing disturbs it, as far as the probes tell. [s]

    Parameters
    ----------
    probes : sequence of float
        [s]
    known : float, optional
        The pace that an earlier process found; it holds where the probes' own is slower by more than the clock of a
        processor moves, since then something disturbed them all. [s]

    Examples
    --------
    >>> pace([1.0, 1.5, 1.5, 1.5]), pace([1.5, 1.5], known=1.0), pace([1.2, 1.2], known=1.0)
    (1.0, 1.0, 1.2)
    """
    own = float(np.quantile(np.asarray(probes), FASTEST, method="lower"))
    return known if known is not None and own > CLOCK * known else own


def calm_places(probes: Sequence[float], fastest: float) -> list[int]:
    """Return the places of the probes during which the machine was undisturbed.

    Examples
    --------
    >>> calm_places([1.0, 1.2, 1.1], 1.0)
    [0, 2]
    """
    return [place for place, probe in enumerate(probes) if probe <= CALM * fastest]
