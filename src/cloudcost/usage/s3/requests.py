"""S3 requests: uploading, listing, reading, writing checkpoints, and retrieval from the infrequent classes."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from cloudcost.catalog.aws.storage_classes import storage_classes
from cloudcost.domain.project import Dataset, Option, Project, Reader
from cloudcost.domain.usage import RunUsage
from cloudcost.usage.calendar import project_window
from cloudcost.usage.chosen import keeps_copy, reader_of
from cloudcost.usage.events import Readings, StayInMonth, stays_in_months
from cloudcost.usage.machines.runs import RunPlan, checkpoint_writes
from cloudcost.usage.meter import Meter
from cloudcost.usage.s3.objects import (
    get_requests,
    list_requests,
    object_count,
    passes_per_run,
    put_requests,
    upload_requests,
)
from cloudcost.usage.s3.timeline import read_stays

BY_PART = frozenset({"copy", "shards"})
"""Readers that fetch objects over 8 MiB by ranges: AWS's tools, boto3, and AWS's own connector for PyTorch. A reader
that streams single images asks for each of them whole."""


def upload_usage(project: Project, region: str) -> list[RunUsage]:
    """Return the PUT requests of uploading the data set as often as the project says. [requests]"""
    dataset = project.dataset
    rules = storage_classes()[dataset.storage_class]
    count = upload_requests(dataset)
    usage_type, operation = rules.put
    times = "once" if dataset.uploads == 1 else f"{dataset.uploads} times"
    why = f"uploading {object_count(dataset):,} objects {times}"
    meter = Meter(project, region)
    usages = meter.events(usage_type, "requests", each=count, count=dataset.uploads, operation=operation, why=why)
    if rules.upload_usage_type:
        why = "bytes uploaded"
        usages += meter.events(
            rules.upload_usage_type, "bytes", each=dataset.size_bytes, count=dataset.uploads, why=why
        )
    return usages


def list_usage_type(dataset: Dataset) -> str:
    """Return what listing the data set's bucket is billed as."""
    return storage_classes()[dataset.storage_class].list_usage_type


def read_usage(
    project: Project, region: str, readings: Readings, *, reader: Reader = "copy", why: str
) -> list[RunUsage]:
    """Return LIST and GET requests, and retrieved bytes where the class bills them.

    Parameters
    ----------
    reader : Reader
        One that copies lists the objects each time, the others once a run.
    """
    dataset, meter = project.dataset, Meter(project, region)
    gets, pages = get_requests(dataset, by_part=reader in BY_PART), list_requests(dataset)
    once_a_run = [min(count, 1) if reader != "copy" else count for count in readings.per_run]
    listings, listing = readings._replace(per_run=once_a_run), list_usage_type(dataset)
    usages = meter.readings(listing, "requests", each=pages, readings=listings, why=f"listing for {why}")
    said = f"{why}, objects over 8 MiB in parts" if gets > object_count(dataset) else why
    for storage_class, stays in _by_class(project):
        rules = storage_classes()[storage_class]
        requests = f"{rules.request_prefix}Tier2"
        usages += meter.readings(requests, "requests", each=gets, readings=readings, stays=stays, why=said)
        retrieval, size = rules.retrieval_usage_type, dataset.size_bytes
        if retrieval:
            reason = f"retrieval for {why}"
            usages += meter.readings(retrieval, "bytes", each=size, readings=readings, stays=stays, why=reason)
    return usages


def class_stays(project: Project) -> tuple[StayInMonth, ...]:
    """Return the project's time by billing month and by the class that the newest upload lies in."""
    stays = tuple([(stay.storage_class, stay.window) for stay in read_stays(project)])
    return stays_in_months(stays, project_window(project))


def _by_class(project: Project) -> list[tuple[str, list[StayInMonth]]]:
    """Return each class that the data set is read from, in order of time, and when it lies there."""
    found: dict[str, list[StayInMonth]] = {}
    for cell in class_stays(project):
        found.setdefault(cell.storage_class, []).append(cell)
    return list(found.items())


def checkpoint_usage(project: Project, region: str) -> list[RunUsage]:
    """Return the PUT requests of the checkpoints that each run writes to S3. [requests]"""
    per_run = [
        checkpoint_writes(training) * put_requests(training.checkpoint.size_bytes) if training.checkpoint else 0
        for training in project.trainings
    ]
    return Meter(project, region).evenly("Requests-Tier1", "requests", per_run=per_run, why="writing checkpoints")


def run_passes(project: Project, option: Option, plans: Sequence[RunPlan]) -> list[int | Fraction]:
    """Return how often one run of each training reads the whole data set from S3; none where it was kept. [count]"""
    if keeps_copy(project, option):
        return [0] * len(plans)
    reader = reader_of(project, option)
    return [
        passes_per_run(reader, training, starts=plan.starts)
        for training, plan in zip(project.trainings, plans, strict=True)
    ]
