"""S3 requests: uploading, listing, reading, writing checkpoints, and retrieval from the infrequent classes."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from cloudcost.catalog.aws.storage_classes import storage_classes
from cloudcost.domain.objects import ObjectClass
from cloudcost.domain.project import Dataset, Option, Project
from cloudcost.domain.usage import RunUsage
from cloudcost.usage.calendar import project_window
from cloudcost.usage.checkpoints import writing_requests
from cloudcost.usage.chosen import caches, fills_disk, keeps_copy, reader_of
from cloudcost.usage.events import Readings, StayInMonth, stays_in_months
from cloudcost.usage.machines.runs import RunPlan
from cloudcost.usage.meter import Meter
from cloudcost.usage.s3.keys import asks_for_keys, key_events, key_readings, key_writings, keys_of, part_keys
from cloudcost.usage.s3.objects import (
    BY_PART,
    KEYS_PER_PAGE,
    counted,
    list_requests,
    object_count,
    part_gets,
    part_of,
    part_uploads,
    put_requests,
)
from cloudcost.usage.s3.parts import current_parts
from cloudcost.usage.s3.timeline import read_stays


def upload_usage(project: Project, region: str) -> list[RunUsage]:
    """Return the PUT requests of uploading the data set as often as the project says. [requests]

    Objects that lie there already when the project begins are not uploaded the first time.
    """
    dataset, meter, part_bytes = project.dataset, Meter(project, region), part_of(project.dataset)
    usages: list[RunUsage] = []
    for (storage_class, is_there), parts in _uploaded_alike(dataset).items():
        rules = storage_classes()[storage_class]
        uploads = dataset.uploads - is_there
        times = "once" if uploads == 1 else f"{uploads} times"
        puts = sum([part_uploads(part, part_bytes) for part in parts])
        why = f"uploading {times}: {counted(tuple(parts), puts)}"
        usage_type, operation = rules.put
        metered = [(usage_type, "requests", puts, operation, why)]
        if rules.upload_usage_type:
            size = sum(part.size_bytes for part in parts)
            metered.append((rules.upload_usage_type, "bytes", size, "", "bytes uploaded"))
        for usage_type, unit, each, operation, why in metered:
            usages += meter.events(
                usage_type, unit, each=each, count=dataset.uploads, at_start=-int(is_there), operation=operation,
                why=why,
            )  # fmt: skip
        if asks_for_keys(dataset):
            keys = sum([part_keys(part, part_bytes) for part in parts])
            usages += key_events(meter, keys, count=dataset.uploads, at_start=-int(is_there), why=f"uploading {times}")
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


class Way(NamedTuple):
    """How a bucket is read.

    Parameters
    ----------
    by_part : bool
        Whether larger objects are asked for by ranges.
    lists_each : bool
        Whether the keys are listed at each reading; else once a run.
    listings : int
        Processes that list them, each for itself. [count]
    words : str
        When it is read, as the lines of a bill say it.
    """

    by_part: bool = True
    lists_each: bool = True
    listings: int = 1
    words: str = ""


COPYING = Way()
"""How tools that copy do it."""


def way_of(project: Project, option: Option) -> Way:
    """Return how an option's runs read the bucket.

    SageMaker's channels list the keys themselves: FastFile once a job, reading by ranges; Pipe anew for each epoch.
    """
    reader, mode, dataset = reader_of(project, option), option.input_mode, project.dataset
    cached = caches(project, option)
    copies = reader == "copy"
    words = "at each start" if copies or cached else "in each epoch"
    return Way(
        by_part=reader in BY_PART or dataset.part_bytes is not None or mode == "FastFile",
        lists_each=copies or cached or mode == "Pipe",
        listings=1 if copies or mode is not None else dataset.workers,
        words="once in all" if keeps_copy(project, option) else words,
    )


def read_usage(project: Project, region: str, readings: Readings, *, way: Way = COPYING, why: str) -> list[RunUsage]:
    """Return LIST and GET requests, retrieved bytes where the class bills them, and requests for keys."""
    dataset, meter = project.dataset, Meter(project, region)
    pages = list_requests(dataset) * way.listings
    once_a_run = readings.per_run if way.lists_each else [min(count, 1) for count in readings.per_run]
    listings, listing = readings._replace(per_run=once_a_run), list_usage_type(dataset)
    keys = f"{object_count(dataset):,} keys, {KEYS_PER_PAGE:,} a page"
    keys += f", by {way.listings:,} processes" if way.listings > 1 else ""
    said = f"listing for {why}: {keys}"
    usages = meter.readings(listing, "requests", each=pages, readings=listings, why=said)
    for parts, by_class in _read_alike(project):
        gets, size = sum([part_gets(part, part_of(dataset), by_part=way.by_part) for part in parts]), _bytes(parts)
        said = f"{why}: {counted(tuple(parts), gets)}" + (f", {way.words}" if way.words else "")
        for storage_class, stays in by_class:
            rules = storage_classes()[storage_class]
            requests = f"{rules.request_prefix}Tier2"
            usages += meter.readings(requests, "requests", each=gets, readings=readings, stays=stays, why=said)
            retrieval = rules.retrieval_usage_type
            if retrieval:
                reason = f"retrieval for {why}"
                usages += meter.readings(retrieval, "bytes", each=size, readings=readings, stays=stays, why=reason)
        if asks_for_keys(dataset):
            usages += key_readings(meter, gets, readings, why)
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
    """Return the PUT requests of the checkpoints and logs that each run writes to S3. [requests]"""
    if not any(training.checkpoint or training.logs for training in project.trainings):
        return []
    part_bytes, meter = part_of(project.dataset), Meter(project, region)
    puts = [
        writing_requests(each, part_bytes, lambda size: put_requests(size, part_bytes)) for each in project.trainings
    ]
    logged = any(training.logs for training in project.trainings)
    why = "writing checkpoints and logs" if logged else "writing checkpoints"
    usages = meter.evenly("Requests-Tier1", "requests", per_run=puts, why=why)
    if not asks_for_keys(project.dataset):
        return usages
    keys = [writing_requests(each, part_bytes, lambda size: keys_of(size, part_bytes)) for each in project.trainings]
    return usages + key_writings(meter, keys, why)


def run_passes(project: Project, option: Option, plans: Sequence[RunPlan]) -> list[int | Fraction]:
    """Return how often one run of each training reads the whole data set from S3; none where it was kept. [count]"""
    if keeps_copy(project, option):
        return [0] * len(plans)
    at_starts = fills_disk(project, option)
    return [
        plan.starts if at_starts else training.epochs.expected
        for training, plan in zip(project.trainings, plans, strict=True)
    ]
