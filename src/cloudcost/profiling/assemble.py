"""From what the worker processes sent to one `Profile`: the middle process, overhead, closure, warnings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import log
from statistics import median
from typing import Any, Literal

import numpy as np

from cloudcost.domain.network import Network
from cloudcost.domain.profile import EnergyRecord, Environment, OpRecord, Profile, StepRecord
from cloudcost.frozen import dataclass
from cloudcost.profiling.plan import Plan
from cloudcost.profiling.record import settled
from cloudcost.profiling.use import few_images_tell_nothing
from cloudcost.timing.calls.framework import FEW_IMAGES

WALL_OVER_CPU = 1.05
"""Wall time over CPU time above which the machine was shared while timing. [1]"""
NOISY_SPREAD = 0.05
"""Range between processes, relative to the median, above which a warning is due. [1]"""
DISTURBED = 0.25
"""Share of steps put aside above which a warning is due. [1]"""

Batch = Mapping[str, Any]
"""One `batch` event of a worker."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """Everything that the workers sent.

    Parameters
    ----------
    environment, network
    batches : sequence of mapping
        `batch` events, of all workers.
    reason : str or None
        Why steps were timed as a whole.
    throttled : bool
    interrupted : bool
    """

    environment: Environment
    network: Network
    batches: Sequence[Batch]
    reason: str | None = None
    throttled: bool = False
    interrupted: bool = False


def weighted_median(values: Sequence[float], weights: Sequence[float]) -> float:
    """Return the value at which half of the weight lies on either side.

    Examples
    --------
    >>> weighted_median([1.0, 2.0, 10.0], [1.0, 1.0, 5.0])
    10.0
    """
    order = sorted(zip(values, weights, strict=True))
    total = sum(weights)
    passed = 0.0
    for value, weight in order:
        passed += weight
        if passed >= total / 2:
            return value
    return order[-1][0]


def fitted_overhead(batches: Sequence[Batch]) -> float:
    """Return the time per call between the operations that leaves the least relative error over all steps. [s]

    Notes
    -----
    |S + o n - P| / P summed over batch sizes and processes (S the sum of the operations' medians, n calls, P the median
    plain step) is least at the median of (P - S) / n weighted by n / P.
    """
    values: list[float] = []
    weights: list[float] = []
    for batch in batches:
        if batch["plain"]:
            plain = float(np.median(batch["plain"]))
            if not batch["ops"]:
                continue
            total = sum(op["count"] * op["seconds"] for op in batch["ops"])
            values.append((plain - total) / batch["calls"])
            weights.append(batch["calls"] / plain)
    return weighted_median(values, weights) if values else 0.0


def assemble(plan: Plan, gathered: Gathered, *, created: str) -> Profile:
    """Return the profile of a run.

    Parameters
    ----------
    plan : Plan
    gathered : Gathered
    created : str
        Day, ``YYYY-MM-DD``.
    """
    by_batch: defaultdict[int, list[Batch]] = defaultdict(list)
    for batch in gathered.batches:
        by_batch[batch["batch"]].append(batch)
    overhead = fitted_overhead(gathered.batches)
    ops: list[OpRecord] = []
    steps: list[StepRecord] = []
    number = middle_process(by_batch)
    for size in sorted(by_batch):
        middle = by_batch[size][number]
        found = _ops(middle) if middle["plain"] else median_ops(by_batch[size])
        ops += found
        if middle["plain"]:
            single = len(by_batch) == len(by_batch[size]) == 1  # one number fitted to one number tells nothing
            steps.append(_step(by_batch[size], middle, found, 0.0 if single else overhead))
    profile = Profile(
        created=created,
        mode=plan.mode,
        quick=plan.quick,
        interrupted=gathered.interrupted,
        processes=max(len(parts) for parts in by_batch.values()),
        optimizer=plan.optimizer,
        environment=gathered.environment,
        network=gathered.network,
        reason=gathered.reason,
        steps=tuple(steps),
        ops=tuple(ops),
        overhead_seconds=overhead,
        energy=_energy(steps, gathered.batches),
        pace_seconds=_pace(by_batch, number, plan),
    )
    return settled(replace(profile, warnings=_warnings(profile, gathered)))


def _pace(by_batch: Mapping[int, Sequence[Batch]], number: int, plan: Plan) -> float | None:
    """Return the pace at which the times that stand for all were taken. [s]"""
    parts = [batches[number : number + 1] if plan.mode == "step" else batches for batches in by_batch.values()]
    paces = [batch["pace"] for batches in parts for batch in batches if batch["pace"] is not None]
    return median(paces) if paces else None


def middle_process(by_batch: Mapping[int, Sequence[Batch]]) -> int:
    """Return which process stands for all: the middle one by its steps of all batch sizes; the others give the range.

    Steps and operations of every batch size are taken from one process, so that they belong together. Processes that
    were disturbed throughout stand for others only where no process was calm.
    """
    finished = range(min(len(batches) for batches in by_batch.values()))
    calm = [number for number in finished if all(batches[number]["calm"] for batches in by_batch.values())]
    totals = {
        number: sum(
            log(float(np.median(batches[number]["plain"]))) for batches in by_batch.values() if batches[number]["plain"]
        )
        for number in calm or finished
    }
    return sorted(totals, key=totals.__getitem__)[(len(totals) - 1) // 2]


def median_ops(batches: Sequence[Batch]) -> list[OpRecord]:
    """Return each signature's median over processes: for operations that were timed alone, where no step binds them."""
    found: defaultdict[tuple[str, str], list[Mapping[str, Any]]] = defaultdict(list)
    for batch in batches:
        for op in batch["ops"]:
            found[op["phase"], op["key"]].append(op)
    merged = []
    for same in found.values():
        low, middle, high = (median(op["quantiles"][place] for op in same) for place in range(3))
        fields = {**same[0], "seconds": median(op["seconds"] for op in same), "quantiles": (low, middle, high)}
        merged.append(OpRecord(**fields))
    return merged


def _ops(batch: Batch) -> list[OpRecord]:
    return [OpRecord(**{**op, "quantiles": tuple(op["quantiles"])}) for op in batch["ops"]]


def _step(batches: Sequence[Batch], middle: Batch, ops: Sequence[OpRecord], overhead: float) -> StepRecord:
    process = tuple(float(np.median(batch["plain"])) for batch in batches)
    seconds = float(np.median(middle["plain"]))
    every = [value for batch in batches for value in batch["every"]]
    p10, p25, p50, p75, p90 = (float(value) for value in np.quantile(every, (0.1, 0.25, 0.5, 0.75, 0.9)))
    calls = sum(op.count for op in ops)
    total = sum(op.count * op.seconds for op in ops) if ops else None
    joules = [batch["joules"] / len(batch["every"]) for batch in batches if batch.get("joules") is not None]
    return StepRecord(
        batch=middle["batch"],
        seconds=seconds,
        wall_seconds=float(np.median(middle["wall"])),
        process_seconds=process,
        quantiles=(p10, p25, p50, p75, p90),
        repeats=len(every),
        disturbed_share=1 - sum(len(batch["plain"]) for batch in batches if batch["plain_calm"]) / len(every),
        half_width=max(batch["half_width"] for batch in batches),
        calls=calls,
        operations_seconds=total,
        closure=None if total is None else abs(total + overhead * calls - seconds) / seconds,
        closure_without_overhead=None if total is None else abs(total - seconds) / seconds,
        involuntary_switches=sum(batch["switches"] for batch in batches) / len(every),
        joules=median(joules) if joules else None,
    )


def _energy(steps: Sequence[StepRecord], batches: Sequence[Batch]) -> EnergyRecord | None:
    known = [step for step in steps if step.joules is not None]
    source: Literal["rapl", "nvml"] | None = next(
        (batch["energy_source"] for batch in batches if batch.get("energy_source")), None
    )
    if not known or source is None:
        return None
    metered = [batch for batch in batches if batch.get("joules") is not None]
    watts = sum(batch["joules"] for batch in metered) / sum(batch["wall_total"] for batch in metered)
    whole = "all processor packages, with whatever else ran" if source == "rapl" else "the whole GPU board"
    return EnergyRecord(watts=watts, source=source, note=f"{source} counter: {whole}")


def _warnings(profile: Profile, gathered: Gathered) -> tuple[str, ...]:
    found: list[str] = []
    for step in profile.steps:
        if step.spread > NOISY_SPREAD:
            found.append(
                f"batch {step.batch}: processes differ by {step.spread:.1%}, the machine is noisy or other programs run"
            )
        if step.disturbed_share >= 1:
            found.append(
                f"batch {step.batch}: disturbed all the time by what shares the processor, these times are too long; "
                "profile again at a calmer time"
            )
        elif step.disturbed_share > DISTURBED:
            longer = step.quantiles[2] / step.seconds - 1
            found.append(
                f"batch {step.batch}: {step.disturbed_share:.0%} of the steps were put aside, something shared the "
                f"processor; with them the median is {longer:+.0%}"
            )
        ratio = step.wall_seconds / step.seconds
        if profile.environment.clock == "thread-cpu" and ratio > WALL_OVER_CPU:
            found.append(
                f"batch {step.batch}: wall time is {ratio:.2f} x CPU time, other programs share the processor; "
                "seconds are CPU time, as on a machine of its own"
            )
        if step.closure is not None and step.closure > NOISY_SPREAD:
            found.append(f"batch {step.batch}: operations and step differ by {step.closure:.1%}, profile again")
    if profile.steps and profile.steps[-1].batch < FEW_IMAGES and few_images_tell_nothing(profile):
        found.append(
            f"on one thread PyTorch runs 1x1 convolutions with other code from {FEW_IMAGES} images on: to train with "
            "so many, profile such a batch too"
        )
    if profile.reason is not None:
        found.append(
            f"timed as a whole, without operations: {profile.reason}; it tells the time here, not on other devices"
        )
    if gathered.throttled:
        found.append("the system throttled the processor while timing: too hot, or a limit of the container")
    if profile.environment.clock == "wall":
        found.append(f"{profile.environment.threads} threads: seconds are wall time, since CPU time counts waiting")
    if gathered.interrupted:
        found.append("interrupted: holds what was finished")
    return tuple(found)
