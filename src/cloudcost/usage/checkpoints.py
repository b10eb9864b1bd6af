"""Checkpoints and logs that runs write to a bucket: how often, and how long they lie there."""

from __future__ import annotations

from collections.abc import Callable

from cloudcost.domain.project import Training
from cloudcost.domain.usage import RunUsage
from cloudcost.units import BillingMonth
from cloudcost.usage.calendar import kept_window, project_window
from cloudcost.usage.machines.runs import checkpoint_writes, log_bytes, log_writes
from cloudcost.usage.meter import Meter

MOST_STEPS = 50_000
"""Parts that one object has at most in any store: 10,000 in S3, 50,000 blocks in Azure. [count]"""


def checkpoint_storage(meter: Meter, usage_type: str) -> list[RunUsage]:
    """Return the storage of checkpoints and logs in a bucket, per run of each training. [byte-hours]

    Runs are spread evenly over the project, so what one writes lies there for half of it on average, and then as long
    as things are kept. Without versioning a run keeps its last checkpoint and log; with it, every one that it wrote.
    """
    project = meter.project
    window, kept = project_window(project), kept_window(project)
    usages: list[RunUsage] = []
    for index, training in enumerate(project.trainings):
        for what, size in _kept_bytes(training, versioning=project.dataset.versioning):
            stays: dict[BillingMonth, int] = {}
            elapsed = 0
            for month, seconds in window.by_month():
                present = size * seconds * (2 * elapsed + seconds) // (2 * window.seconds)
                stays[month] = stays.get(month, 0) + present
                elapsed += seconds
            for month, seconds in kept.by_month():
                stays[month] = stays.get(month, 0) + size * seconds
            for month, byte_seconds in stays.items():
                per_run = [0] * len(project.trainings)
                per_run[index] = -(-byte_seconds // 3600)
                why = f"{what} of {training.name}"
                usages.append(meter.row(month, usage_type, "byte-hours", per_run=tuple(per_run), why=why))
    return usages


def _kept_bytes(training: Training, *, versioning: bool) -> list[tuple[str, int]]:
    """Return what of one run stays in the bucket, and what it is. [bytes]"""
    kept: list[tuple[str, int]] = []
    if training.checkpoint is not None:
        copies = checkpoint_writes(training) if versioning else 1
        kept.append(("checkpoints", copies * training.checkpoint.size_bytes))
    if training.logs is not None:
        kept.append(("logs", log_bytes(training) if versioning else training.logs.size_bytes))
    return kept


def writing_requests(training: Training, part_bytes: int, requests: Callable[[int], int]) -> int:
    """Return the requests of all checkpoints and logs that one run writes. [requests]

    Parameters
    ----------
    part_bytes : int
        Objects whose sizes lie between two multiples of it take equally many requests, and so do all of more than
        `MOST_STEPS` of them. [bytes]
    requests : callable
        Of one object, by its size.
    """
    count = 0
    if training.checkpoint is not None:
        count = checkpoint_writes(training) * requests(training.checkpoint.size_bytes)
    if training.logs is None:
        return count
    size, writes, before = training.logs.size_bytes, log_writes(training), 0
    steps = min(-(-size // part_bytes), MOST_STEPS)
    for end in (*range(part_bytes, steps * part_bytes, part_bytes), size):
        reached = (
            min(end, size) * writes // size
        )  # writings of no more than that, of which number k has k/n of the size
        count += (reached - before) * requests(min(end, size))
        before = reached
    return count
