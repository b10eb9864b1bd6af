"""Checkpoints that runs write to a bucket, in byte-hours by calendar month, per run of each training."""

from __future__ import annotations

from cloudcost.domain.usage import RunUsage
from cloudcost.units import BillingMonth
from cloudcost.usage.calendar import kept_window, project_window
from cloudcost.usage.machines.runs import checkpoint_writes
from cloudcost.usage.meter import Meter


def checkpoint_storage(meter: Meter, usage_type: str) -> list[RunUsage]:
    """Return the storage of checkpoints in a bucket, per run of each training. [byte-hours]

    Runs are spread evenly over the project, so a checkpoint lies there for half of it on average, and then as long
    as things are kept. Without versioning a run keeps its last checkpoint; with it, every one that it wrote.
    """
    project = meter.project
    window, kept = project_window(project), kept_window(project)
    usages: list[RunUsage] = []
    for index, training in enumerate(project.trainings):
        if training.checkpoint is None:
            continue
        copies = checkpoint_writes(training) if project.dataset.versioning else 1
        size = copies * training.checkpoint.size_bytes
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
            why = f"checkpoints of {training.name}"
            usages.append(meter.row(month, usage_type, "byte-hours", per_run=tuple(per_run), why=why))
    return usages
