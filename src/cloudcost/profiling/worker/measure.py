"""The measuring loop of one worker: warm-up, then plain and watched steps of all batch sizes in turn.

::

    warm-up ... | batch 8: probe plain probe watched probe | batch 32: probe plain ... | batch 8: ... stop: every batch
    has n >= least calm steps and their half width < 3 %, or most, or the time is up

Plain steps give the step's time; watched steps give each call's. All batch sizes see the same machine, drift and all,
and what was timed while something disturbed it is put aside (`probe`).
"""

from __future__ import annotations

import resource
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from torch import nn

from cloudcost.profiling.plan import Limits, Plan
from cloudcost.profiling.worker.dispatch import Watcher
from cloudcost.profiling.worker.probe import SECOND, Probe, calm_places, clock_for, pace
from cloudcost.profiling.worker.steps import TrainingStep, settings_of
from cloudcost.timing.calls.framework import Call, Phase

_DRAWS = 200
_LEAST_CALM = 3
"""With fewer calm steps all steps count, and the record says so. [count]"""


@dataclass(slots=True, kw_only=True)
class TimedSteps:
    """What one worker found out about one batch size.

    Parameters
    ----------
    batch : int
        [images]
    plain, wall : list of float
        Plain steps, by the environment's clock and by wall time. [s]
    plain_probes, watched_probes : list of float
        The slower of the two probes around each step; empty where nothing probes (CUDA). [s]
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
    plain_probes: list[float] = field(default_factory=list)
    watched_probes: list[float] = field(default_factory=list)
    switches: int = 0
    calls: list[Call] = field(default_factory=list)
    watched: list[list[float]] = field(default_factory=list)
    joules: float | None = None

    def charge(self, before: float | None, after: float | None) -> None:
        """Add what a plain step drew, by the meter before and after it; None where nothing says. [J]"""
        if before is not None and after is not None:
            self.joules = (self.joules or 0.0) + max(after - before, 0.0)


def half_width(values: Sequence[float]) -> float:
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


def enough(values: Sequence[float], limits: Limits) -> bool:
    """Return whether the calm plain steps so far are enough.

    Examples
    --------
    >>> enough([1.0] * 5, Limits()), enough([1.0] * 4, Limits())
    (True, False)
    """
    if len(values) >= limits.most:
        return True
    return len(values) >= limits.least and half_width(values) < limits.half_width


class Loop:
    """Times all batch sizes of a plan on a CPU, in turn.

    Parameters
    ----------
    module : nn.Module
    plan : Plan
    known_pace : float or None
        The pace that an earlier process found. [s]
    energy : callable
        Joules drawn so far, or None. [J]
    watch : bool
        Whether each call is timed too; without it steps are timed as a whole.
    """

    def __init__(
        self,
        module: nn.Module,
        plan: Plan,
        known_pace: float | None,
        energy: Callable[[], float | None],
        *,
        watch: bool = True,
    ) -> None:
        self.plan = plan
        self._watch = watch
        self._module = module
        self._energy = energy
        self._known_pace = known_pace
        self._clock = clock_for(plan.threads)
        self._probe = Probe(self._clock)
        self._probes: list[float] = []
        self._steps: dict[int, tuple[TrainingStep, Watcher]] = {}
        self._begun = time.perf_counter()
        self.timed: dict[int, TimedSteps] = {}

    @property
    def pace(self) -> float:
        """What the probe takes when nothing disturbs the machine, as far as is known. [s]"""
        return pace(self._probes or [self._probe.seconds()], self._known_pace)

    def prepare(self, batch: int) -> None:
        """Warm up, and describe the calls of a step; none of these times are used."""
        plan = self.plan
        shared = next(iter(self._steps.values()))[0].optimizer if self._steps else None
        step = TrainingStep(self._module, plan.inputs, batch, settings_of(plan), optimizer=shared)
        watcher = Watcher(self._clock)
        for _ in range(plan.limits.warmup):
            step.run()
        if self._watch:
            _watched(step, watcher)
        self._steps[batch] = step, watcher
        self.timed[batch] = TimedSteps(batch=batch, calls=[call for call in watcher.calls if call is not None])
        self._begun = time.perf_counter()

    def once(self, batch: int) -> None:
        """Time a plain step, and a watched one where calls are timed, each between two probes."""
        step, watcher = self._steps[batch]
        timed, clock = self.timed[batch], self._clock
        before = self._probe.seconds()
        drawn = self._energy()
        switches = resource.getrusage(resource.RUSAGE_SELF).ru_nivcsw
        wall, start = time.perf_counter_ns(), clock()
        step.run()
        timed.plain.append((clock() - start) / SECOND)
        timed.wall.append((time.perf_counter_ns() - wall) / SECOND)
        timed.switches += resource.getrusage(resource.RUSAGE_SELF).ru_nivcsw - switches
        timed.charge(drawn, self._energy())
        between = self._probe.seconds()
        timed.plain_probes.append(max(before, between))
        self._probes += [before, between]
        if not self._watch:
            return
        _watched(step, watcher)
        last = self._probe.seconds()
        kept = [spent for spent, call in zip(watcher.spent, watcher.calls, strict=True) if call is not None]
        timed.watched.append([spent / SECOND for spent in kept])
        timed.watched_probes.append(max(between, last))
        self._probes.append(last)

    @property
    def share(self) -> float:
        """How much of the time that the loop may take is over. [1]"""
        return (time.perf_counter() - self._begun) / (self.plan.limits.seconds * len(self.plan.batches))

    @property
    def presentable(self) -> bool:
        """Whether every batch size has steps enough for a first figure."""
        return all(len(timed.plain) >= self.plan.limits.least for timed in self.timed.values())

    @property
    def finished(self) -> bool:
        """Whether every batch size is known well enough, or the time is up."""
        if any(len(timed.plain) < min(self.plan.limits.least, _LEAST_CALM) for timed in self.timed.values()):
            return False
        if self.share > 1:
            return True
        fastest = self.pace
        return all(
            enough([timed.plain[place] for place in calm_places(timed.plain_probes, fastest)], self.plan.limits)
            for timed in self.timed.values()
        )


def _watched(step: TrainingStep, watcher: Watcher) -> None:
    def tell(phase: Phase) -> None:
        watcher.phase = phase

    watcher.begin()
    with watcher:
        step.run(tell)
    watcher.check()


def summary(timed: TimedSteps, fastest: float | None) -> dict[str, object]:
    """Return what one worker has to say of one batch size, as JSON values for the parent process.

    Parameters
    ----------
    timed : TimedSteps
    fastest : float or None
        The machine's pace; None where nothing probes. [s]
    """
    plain, plain_calm = _counting(timed.plain_probes, len(timed.plain), fastest)
    watched, watched_calm = _counting(timed.watched_probes, len(timed.watched), fastest)
    watched_calm = watched_calm or not timed.calls  # timed as a whole
    seconds = [timed.plain[place] for place in plain]
    return {
        "batch": timed.batch,
        "plain": seconds,
        "every": timed.plain,
        "wall": [timed.wall[place] for place in plain],
        "switches": timed.switches,
        "joules": timed.joules,
        "half_width": half_width(seconds),
        "calm": plain_calm and watched_calm,
        "plain_calm": plain_calm,
        "wall_total": sum(timed.wall),
        "pace": fastest,
        "calls": len(timed.calls),
        "ops": signatures(timed, watched),
    }


def _counting(probes: Sequence[float], count: int, fastest: float | None) -> tuple[list[int], bool]:
    """Return the places of the steps that count, and whether those are the calm ones."""
    if fastest is None:
        return list(range(count)), True
    places = calm_places(probes, fastest)
    return (places, True) if len(places) >= _LEAST_CALM else (list(range(count)), False)


def signatures(timed: TimedSteps, places: Sequence[int]) -> list[dict[str, object]]:
    """Return the calls by signature, as JSON values for the parent process.

    A signature's seconds are the median over steps of its total within a step, divided by its calls: so that an
    interruption that hits one call or another in each step is not lost from all of them.

    Parameters
    ----------
    timed : TimedSteps
    places : sequence of int
        The watched steps that count.
    """
    if not timed.calls:
        return []
    times = np.asarray(timed.watched)[list(places)]
    members: dict[tuple[str, str], list[int]] = {}
    for place, call in enumerate(timed.calls):
        members.setdefault((call.phase, call.key), []).append(place)
    found: list[dict[str, object]] = []
    for where in members.values():
        totals = times[:, where].sum(axis=1)
        found.append(
            signature_values(
                timed.calls[where[0]],
                batch=timed.batch,
                count=len(where),
                seconds=float(np.median(totals) / len(where)),
                times=times[:, where],
            )
        )
    return found


def signature_values(
    call: Call, *, batch: int, count: int, seconds: float, times: Sequence[float] | np.ndarray[tuple[int, ...]]
) -> dict[str, object]:
    """Return one signature as JSON values for the parent process.

    Parameters
    ----------
    call : Call
    batch : int
        [images]
    count : int
        Calls per step. [count]
    seconds : float
        Of one call. [s]
    times : array or sequence of float
        Of all its calls, for the quantiles. [s]
    """
    return {
        "batch": batch,
        "phase": call.phase,
        "op": call.op,
        "key": call.key,
        "kind": call.kind,
        "count": count,
        "seconds": seconds,
        "quantiles": [float(value) for value in np.quantile(times, (0.1, 0.5, 0.9))],
        "flops": call.flops,
        "read_bytes": call.read_bytes,
        "written_bytes": call.written_bytes,
        "weight_bytes": call.weight_bytes,
    }
