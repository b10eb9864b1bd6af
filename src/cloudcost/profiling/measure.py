"""The measuring loop of one worker: warm-up, then plain and watched steps in turn until the median stands.

::

    warm-up ... | plain | watched | plain | watched | ... stop: n >= least and half width < 3 %, or most, or seconds

Plain steps give the step's time; watched steps give each call's. Both see the same machine, drift and all.
"""

from __future__ import annotations

import gc
import resource
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import torch

from cloudcost.profiling.dispatch import Watcher
from cloudcost.profiling.plan import Limits, Plan
from cloudcost.profiling.steps import TrainingStep
from cloudcost.timing.calls import Call, Phase

SECOND = 1e9
"""Nanoseconds. [ns]"""
_DRAWS = 200


@dataclass(slots=True, kw_only=True)
class Timed:
    """What one worker found out about one batch size.

    Parameters
    ----------
    batch : int
        [images]
    plain, wall : list of float
        Plain steps, by the environment's clock and by wall time. [s]
    switches : int
        Involuntary context switches during plain steps. [count]
    calls : list of Call
        The calls of a step, in order.
    watched : list of list of float
        Of each watched step, the seconds of each call. [s]
    joules : float or None
        Of all plain steps. [J]
    """

    batch: int
    plain: list[float] = field(default_factory=list)
    wall: list[float] = field(default_factory=list)
    switches: int = 0
    calls: list[Call] = field(default_factory=list)
    watched: list[list[float]] = field(default_factory=list)
    joules: float | None = None


def half_width(values: list[float]) -> float:
    """Return the bootstrap 95 % half width of the median, relative to it. [1]

    Examples
    --------
    >>> half_width([1.0, 1.0, 1.0, 1.0, 1.0])
    0.0
    """
    sample = np.asarray(values)
    draws = np.random.default_rng(0).integers(0, len(sample), (_DRAWS, len(sample)))
    low, middle, high = np.quantile(np.median(sample[draws], axis=1), (0.025, 0.5, 0.975))
    return float((high - low) / 2 / middle)


def enough(values: list[float], limits: Limits, spent: float) -> bool:
    """Return whether the plain steps so far are enough.

    Examples
    --------
    >>> enough([1.0] * 5, Limits(), 1.0), enough([1.0] * 4, Limits(), 1.0)
    (True, False)
    """
    if len(values) >= limits.most:
        return True
    if len(values) < min(limits.least, 3):
        return False
    if spent > limits.seconds:
        return True
    return len(values) >= limits.least and half_width(values) < limits.half_width


def measure_batch(
    step: TrainingStep,
    batch: int,
    plan: Plan,
    on_step: Callable[[int, float], None],
    energy: Callable[[], float | None],
) -> Timed:
    """Return the times of one batch size.

    Parameters
    ----------
    step : TrainingStep
    batch : int
        [images]
    plan : Plan
    on_step : callable
        Told the number of plain steps so far and the share that is done.
    energy : callable
        Joules drawn so far, or None. [J]
    """
    if plan.device == "cuda":
        from cloudcost.profiling.cuda import CudaTimer

        return CudaTimer(step, plan).measure(batch, on_step)
    limits = plan.limits
    clock = time.thread_time_ns if plan.threads == 1 else time.perf_counter_ns
    watcher = Watcher(clock)
    timed = Timed(batch=batch)
    begun = time.perf_counter()
    for _ in range(limits.warmup):
        step.run()
    _watched(step, watcher)  # describes the calls; its times are not used
    gc.collect()
    gc.disable()
    try:
        while not enough(timed.plain, limits, time.perf_counter() - begun):
            drawn = energy()
            switches = resource.getrusage(resource.RUSAGE_SELF).ru_nivcsw
            wall, start = time.perf_counter_ns(), clock()
            step.run()
            timed.plain.append((clock() - start) / SECOND)
            timed.wall.append((time.perf_counter_ns() - wall) / SECOND)
            timed.switches += resource.getrusage(resource.RUSAGE_SELF).ru_nivcsw - switches
            after = energy()
            if drawn is not None and after is not None:
                timed.joules = (timed.joules or 0.0) + max(after - drawn, 0.0)
            _watched(step, watcher)
            timed.watched.append([spent / SECOND for spent in watcher.spent])
            spent = time.perf_counter() - begun
            on_step(len(timed.plain), min(1.0, max(spent / limits.seconds, len(timed.plain) / limits.most)))
    finally:
        gc.enable()
    kept = [place for place, call in enumerate(watcher.calls) if call is not None]
    timed.calls = [call for call in watcher.calls if call is not None]
    timed.watched = [[row[place] for place in kept] for row in timed.watched]
    return timed


def _watched(step: TrainingStep, watcher: Watcher) -> None:
    def tell(phase: Phase) -> None:
        watcher.phase = phase

    watcher.begin()
    with watcher:
        step.run(tell)
    watcher.check()


def signatures(timed: Timed) -> list[dict[str, object]]:
    """Return the calls by signature, as JSON values for the parent process.

    A signature's seconds are the median over steps of its total within a step, divided by its calls: so that an
    interruption that hits one call or another in each step is not lost from all of them.
    """
    times = np.asarray(timed.watched)
    places: dict[tuple[str, str], list[int]] = {}
    for place, call in enumerate(timed.calls):
        places.setdefault((call.phase, call.key), []).append(place)
    found: list[dict[str, object]] = []
    for (phase, key), where in places.items():
        call = timed.calls[where[0]]
        low, middle, high = np.quantile(times[:, where], (0.1, 0.5, 0.9))
        found.append(
            {
                "batch": timed.batch,
                "phase": phase,
                "op": call.op,
                "key": key,
                "kind": call.kind,
                "count": len(where),
                "seconds": float(np.median(times[:, where].sum(axis=1)) / len(where)),
                "quantiles": [float(low), float(middle), float(high)],
                "flops": call.flops,
                "read_bytes": call.read_bytes,
                "written_bytes": call.written_bytes,
                "weight_bytes": call.weight_bytes,
            }
        )
    return found


def watched_seconds(timed: Timed) -> float:
    """Return the median over watched steps of the sum of their operations. [s]"""
    return float(np.median(np.asarray(timed.watched).sum(axis=1)))


def overheads(timed: Timed) -> list[float]:
    """Return, for each pair of steps, the time per call that lies between the operations. [s]"""
    sums = [sum(row) for row in timed.watched]
    return [(plain - total) / len(timed.calls) for plain, total in zip(timed.plain, sums, strict=True)]


def flush_denormals() -> None:
    """Treat denormal numbers as zero: weights that decay over many repeats would slow the arithmetic down."""
    torch.set_flush_denormal(True)
