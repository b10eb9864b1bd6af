"""Timing on a CUDA device, behind the same record as on a CPU.

NOT VALIDATED: no CUDA device was at hand when this was written; docs/profiling.md says so too.

A step is timed by the wall clock with the device synchronised before and after. The operations' times are those of
the kernels that they launch, as torch.profiler sees them: each call of a watched step runs inside a
`record_function` range numbered by its place in the step, and a range's device time is the sum over the kernels
launched inside it. Gaps in which the device waits for the host are thereby no operation's time but overhead.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import torch
from torch.profiler import ProfilerActivity, profile, record_function
from torch.utils._python_dispatch import TorchDispatchMode

from cloudcost.domain.project import Precision
from cloudcost.errors import ChangingCallsError, InputError, TimingError
from cloudcost.profiling.plan import Plan
from cloudcost.profiling.worker.measure import TimedSteps, enough
from cloudcost.profiling.worker.probe import SECOND
from cloudcost.profiling.worker.signature import describe
from cloudcost.profiling.worker.steps import TrainingStep
from cloudcost.timing.calls.framework import Call, Phase

_RANGE = "cloudcost-call-"
_MICROSECOND = 1e-6
_WATCHED = 5
"""Watched steps at most: each costs a second or so of collecting. [count]"""


def require_devices(processes: int) -> None:
    """Refuse to go on without a CUDA device for each process.

    Parameters
    ----------
    processes : int
        [count]

    Raises
    ------
    InputError
        With a remedy.
    """
    if not torch.cuda.is_available():
        raise InputError(
            "--device: PyTorch sees no CUDA device here, 'cuda', install its CUDA build and a driver, or take cpu"
        )
    if processes > torch.cuda.device_count():
        raise InputError(
            f"--processes: a CUDA device each, {processes} for {torch.cuda.device_count()}, take fewer processes"
        )


def set_precision(precision: Precision, *, search: bool) -> None:
    """Allow TF32 in products for `tf32`, in convolutions for PyTorch's own default too; `search` for algorithms."""
    torch.backends.cuda.matmul.allow_tf32 = precision == "tf32"
    torch.backends.cudnn.allow_tf32 = precision in ("tf32", "default")
    torch.backends.cudnn.benchmark = search


class Ranges(TorchDispatchMode):
    """Runs each call inside a numbered range."""

    def __init__(self) -> None:
        super().__init__()
        self.phase: Phase = "forward"
        self.calls: list[Call | None] = []

    def __torch_dispatch__(
        self,
        func: torch._ops.OpOverload,
        types: Sequence[type],
        args: Sequence[object] = (),
        kwargs: Mapping[str, object] | None = None,
    ) -> object:
        named = kwargs or {}
        if func.namespace == "profiler":  # the optimizer marks its own ranges
            return func(*args, **named)
        with record_function(f"{_RANGE}{len(self.calls)}"):
            result = func(*args, **named)
        self.calls.append(describe(self.phase, func, args, named, result))
        return result


def range_seconds(events: Iterable[Any], count: int, attribute: str = "device_time_total") -> list[float]:
    """Return the seconds of each numbered range. [s]

    Parameters
    ----------
    events : iterable
        Of torch.profiler.
    count : int
        Ranges. [count]
    attribute : str
        Which of an event's times, in microseconds.
    """
    times = [0.0] * count
    for event in events:
        # a range on the host has a twin on the device's timeline, which spans the gaps as well
        if event.name.startswith(_RANGE) and str(event.device_type).endswith("CPU"):
            times[int(event.name.removeprefix(_RANGE))] = getattr(event, attribute) * _MICROSECOND
    return times


class CudaTimer:
    """Measures one batch size on the current CUDA device.

    Parameters
    ----------
    step : TrainingStep
    plan : Plan
    energy : callable
        Joules drawn so far, or None. [J]
    watch : bool
        Whether each call is timed too.
    """

    def __init__(
        self, step: TrainingStep, plan: Plan, energy: Callable[[], float | None], *, watch: bool = True
    ) -> None:
        self.step = step
        self._watch = watch
        self.plan = plan
        self._energy = energy

    def measure(self, batch: int, on_step: Callable[[int, float], None]) -> TimedSteps:
        """Return the times of one batch size."""
        limits = self.plan.limits
        timed = TimedSteps(batch=batch)
        begun = time.perf_counter()
        for _ in range(limits.warmup + 2):  # two more: cuDNN tries its algorithms in the first steps
            self.step.run()
        torch.cuda.synchronize()
        while not self._finished(timed, time.perf_counter() - begun):
            drawn = self._energy()
            seconds = self._plain()
            timed.charge(drawn, self._energy())
            timed.plain.append(seconds)
            timed.wall.append(seconds)
            if self._watch and len(timed.watched) < _WATCHED:
                calls, times = self._watched()
                kept = [place for place, call in enumerate(calls) if call is not None]
                if timed.calls and len(kept) != len(timed.calls):
                    raise ChangingCallsError(
                        f"profile: a step makes {len(kept)} calls and the first one made {len(timed.calls)}, "
                        "a CNN whose operations change from step to step cannot be timed by operation"
                    )
                timed.calls = [call for call in calls if call is not None]
                timed.watched.append([times[place] for place in kept])
            spent = time.perf_counter() - begun
            on_step(len(timed.plain), min(1.0, spent / limits.seconds))
        return timed

    def _finished(self, timed: TimedSteps, spent: float) -> bool:
        limits = self.plan.limits
        if len(timed.plain) < min(limits.least, 3):
            return False
        return spent > limits.seconds or enough(timed.plain, limits)

    def _plain(self) -> float:
        torch.cuda.synchronize()
        start = time.perf_counter_ns()
        self.step.run()
        torch.cuda.synchronize()
        return (time.perf_counter_ns() - start) / SECOND

    def _watched(self) -> tuple[list[Call | None], list[float]]:
        ranges = Ranges()
        with profile(activities=[ProfilerActivity.CPU, ProfilerActivity.CUDA]) as seen:
            with ranges:
                self.step.run(lambda phase: setattr(ranges, "phase", phase))
            torch.cuda.synchronize()
        times = range_seconds(seen.events(), len(ranges.calls))
        if not any(times):
            raise TimingError(
                "profile: torch.profiler reports no kernel times (CUPTI is missing or may not be used), "
                "install the CUDA build's own CUPTI or profile on the CPU with --device cpu"
            )
        return ranges.calls, times
