"""DistributedDataParallel: the step with gradients averaged, the step without, and flat all-reduces.

Each process is a worker of its own; they meet through a file. Wall time is what counts: processes wait for each other.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict
from math import prod
from statistics import median
from typing import Literal

import torch
import torch.distributed as dist
from torch.nn.parallel import DistributedDataParallel

from cloudcost.domain.profile import CommunicationRecord
from cloudcost.profiling.plan import Plan
from cloudcost.profiling.worker.steps import TrainingStep, settings_of
from cloudcost.profiling.worker.tracing.module_network import planned_module

_WARMUP, _REPEATS = 3, 9
_FRACTIONS = (16, 4, 1)
"""All-reduces are timed of a 16th, a quarter and all of the gradients."""
FLOAT_BYTES = 4


def take_part(plan: Plan, *, rank: int, rendezvous: str) -> dict[str, object]:
    """Return what this process measured, as JSON values.

    Parameters
    ----------
    plan : Plan
    rank : int
        Of this process, from 0. [count]
    rendezvous : str
        Path of a file that all processes can write and that does not exist yet.
    """
    backend: Literal["gloo", "nccl"] = "nccl" if plan.device == "cuda" else "gloo"
    if plan.device == "cuda":
        torch.cuda.set_device(rank % torch.cuda.device_count())
    dist.init_process_group(backend, init_method=f"file://{rendezvous}", rank=rank, world_size=plan.processes)
    try:
        module = planned_module(plan)
        batch = plan.batches[-1]
        step = TrainingStep(module, plan.inputs, batch, settings_of(plan))
        wrapped = DistributedDataParallel(step.model)
        step.model = wrapped
        record = CommunicationRecord(
            backend=backend,
            processes=plan.processes,
            batch=batch,
            parameters=step.parameters,
            tensors=step.tensors,
            step_seconds=_median(step.run, plan),
            no_sync_seconds=_median(lambda: _without(wrapped, step), plan),
            all_reduce=tuple(_all_reduce(step.parameters // part, plan) for part in _FRACTIONS),
        )
    finally:
        dist.destroy_process_group()
    return asdict(record)


def _without(wrapped: DistributedDataParallel, step: TrainingStep) -> None:
    with wrapped.no_sync():
        step.run()


def _median(work: Callable[[], object], plan: Plan) -> float:
    times = []
    for number in range(_WARMUP + _REPEATS):
        _meet(plan)
        start = time.perf_counter()
        work()
        if plan.device == "cuda":
            torch.cuda.synchronize()
        if number >= _WARMUP:
            times.append(time.perf_counter() - start)
    return median(times)


def _meet(plan: Plan) -> None:
    if plan.device == "cuda":
        torch.cuda.synchronize()
    dist.barrier()


def _all_reduce(numbers: int, plan: Plan) -> tuple[int, float]:
    tensor = torch.zeros(max(numbers, 1), device=plan.device)
    seconds = _median(lambda: dist.all_reduce(tensor), plan)
    return FLOAT_BYTES * prod(tensor.shape), seconds
