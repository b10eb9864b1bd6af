"""Timing two things against each other: interleaved repeats, the fastest of each, their ratio.

On a shared machine the fastest of several repeats is the least disturbed one; taking turns lets both meet the same
neighbours.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratio:
    """How long something takes against a yardstick.

    Parameters
    ----------
    name, yardstick : str
        What was measured, against what.
    limit : float
        The ratio that is promised. [1]
    seconds, yardstick_seconds : float
        Fastest of the repeats. [s]
    """

    name: str
    yardstick: str
    limit: float
    seconds: float
    yardstick_seconds: float

    @property
    def ratio(self) -> float:
        """Seconds per second of the yardstick. [1]"""
        return self.seconds / self.yardstick_seconds

    @property
    def kept(self) -> bool:
        """Whether the promise is kept."""
        return self.ratio <= self.limit


def compare_calls(
    name: str,
    call: Callable[[], object],
    yardstick: str,
    yardstick_call: Callable[[], object],
    *,
    limit: float,
    repeats: int,
) -> Ratio:
    """Return the ratio of two calls, run in turns."""
    call(), yardstick_call()
    best = [float("inf"), float("inf")]
    for _ in range(repeats):
        for index, timed in enumerate((call, yardstick_call)):
            start = time.perf_counter()
            timed()
            best[index] = min(best[index], time.perf_counter() - start)
    return Ratio(name=name, yardstick=yardstick, limit=limit, seconds=best[0], yardstick_seconds=best[1])


def interpreter(*arguments: str, bytecode: str | None) -> Callable[[], None]:
    """Return a call that runs this interpreter with arguments, its output thrown away.

    Parameters
    ----------
    bytecode : str or None
        Folder that bytecode of every module is written to by the first call and read from by the next: an installed
        package has it, a checkout may not. None: as this environment has it; sources are compiled at each start where
        PYTHONDONTWRITEBYTECODE is set, of packages that were installed without it they are not.
    """
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    if bytecode is not None:
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        environment["PYTHONPYCACHEPREFIX"] = bytecode

    def call() -> None:
        subprocess.run(
            [sys.executable, *arguments],
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=environment,
        )

    return call
