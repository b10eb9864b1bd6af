"""S3 requests: uploading, listing, reading, writing checkpoints, and retrieval from the infrequent classes."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from cloudcost.catalog.aws.storage_classes import storage_classes
from cloudcost.domain.objects import ObjectClass
from cloudcost.domain.project import Dataset, Option, Project, Reader
from cloudcost.domain.usage import RunUsage
from cloudcost.usage.calendar import project_window
from cloudcost.usage.chosen import keeps_copy, reader_of
from cloudcost.usage.events import Readings, StayInMonth, stays_in_months
from cloudcost.usage.machines.runs import RunPlan, checkpoint_writes
from cloudcost.usage.meter import Meter
from cloudcost.usage.s3.objects import (
    BY_PART,
    get_requests,
    list_requests,
    object_count,
    part_gets,
    part_uploads,
    passes_per_run,
    put_requests,
)
from cloudcost.usage.s3.parts import current_parts
from cloudcost.usage.s3.timeline import read_stays


def upload_usage(project: Project, region: str) -> list[RunUsage]:
    """Return the PUT requests of uploading the data set as often as the project says. [requests]

    Objects that lie there already when the project begins are not uploaded the first time.
    """
    dataset, meter = project.dataset, Meter(project, region)
    usages: list[RunUsage] = []
    for (storage_class, is_there), parts in _uploaded_alike(dataset).items():
        rules = storage_classes()[storage_class]
        uploads = dataset.uploads - is_there
        times = "once" if uploads == 1 else f"{uploads} times"
        why = f"uploading {sum(part.count for part in parts):,} objects {times}"
        usage_type, operation = rules.put
        metered = [(usage_type, "requests", sum(part_uploads(part) for part in parts), operation, why)]
        if rules.upload_usage_type:
            size = sum(part.size_bytes for part in parts)
            metered.append((rules.upload_usage_type, "bytes", size, "", "bytes uploaded"))
        for usage_type, unit, each, operation, why in metered:
            usages += meter.events(
                usage_type, unit, each=each, count=dataset.uploads, at_start=-int(is_there), operation=operation,
                why=why,
            )  # fmt: skip
    return usages


def _uploaded_alike(dataset: Dataset) -> dict[tuple[str, bool], list[ObjectClass]]:
    """Return the objects that are uploaded, by their class and by whether they lie there already."""
    found: dict[tuple[str, bool], list[ObjectClass]] = {}
    for part in current_parts(dataset):
        found.setdefault((part.storage_class or "", part.age_days is not None), []).append(part)
    return found


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
    pages = list_requests(dataset)
    once_a_run = [min(count, 1) if reader != "copy" else count for count in readings.per_run]
    listings, listing = readings._replace(per_run=once_a_run), list_usage_type(dataset)
    usages = meter.readings(listing, "requests", each=pages, readings=listings, why=f"listing for {why}")
    many = get_requests(dataset, by_part=reader in BY_PART) > object_count(dataset)
    said = f"{why}, objects over 8 MiB in parts" if many else why
    for parts, by_class in _read_alike(project):
        gets, size = sum(part_gets(part, by_part=reader in BY_PART) for part in parts), _bytes(parts)
        for storage_class, stays in by_class:
            rules = storage_classes()[storage_class]
            requests = f"{rules.request_prefix}Tier2"
            usages += meter.readings(requests, "requests", each=gets, readings=readings, stays=stays, why=said)
            retrieval = rules.retrieval_usage_type
            if retrieval:
                reason = f"retrieval for {why}"
                usages += meter.readings(retrieval, "bytes", each=size, readings=readings, stays=stays, why=reason)
    return usages


def _bytes(parts: Sequence[ObjectClass]) -> int:
    return sum(part.size_bytes for part in parts)


_ByClass = list[tuple[str, list[StayInMonth]]]
"""Each class that objects are read from, in order of time, and when they lie there."""


def _read_alike(project: Project) -> list[tuple[list[ObjectClass], _ByClass]]:
    """Return the objects that lie in the same classes at the same times, with these."""
    alike: dict[tuple[StayInMonth, ...], list[ObjectClass]] = {}
    for part in current_parts(project.dataset):
        alike.setdefault(class_stays(project, part), []).append(part)
    found: list[tuple[list[ObjectClass], _ByClass]] = []
    for stays, parts in alike.items():
        by_class: dict[str, list[StayInMonth]] = {}
        for cell in stays:
            by_class.setdefault(cell.storage_class, []).append(cell)
        found.append((parts, list(by_class.items())))
    return found


def class_stays(project: Project, part: ObjectClass) -> tuple[StayInMonth, ...]:
    """Return the project's time by billing month and by the class that the newest version of objects lies in."""
    stays = tuple([(stay.storage_class, stay.window) for stay in read_stays(project, part)])
    return stays_in_months(stays, project_window(project))


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
