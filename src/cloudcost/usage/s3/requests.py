"""S3 requests: uploading, listing, reading, writing checkpoints, and retrieval from the infrequent classes."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from cloudcost.catalog.aws.storage_classes import storage_classes
from cloudcost.domain.project import Dataset, Option, Project, Reader
from cloudcost.domain.usage import RunUsage
from cloudcost.usage.calendar import project_window, split
from cloudcost.usage.chosen import keeps_copy, reader_of
from cloudcost.usage.events import Passes, StayInMonth, class_stays, happen, happen_by_pass
from cloudcost.usage.machines.runs import RunPlan, checkpoint_writes
from cloudcost.usage.s3.objects import (
    get_requests,
    list_requests,
    object_count,
    passes_per_run,
    put_requests,
    upload_requests,
)

BY_PART = frozenset({"copy", "shards"})
"""Readers that fetch objects over 8 MiB by ranges: AWS's tools, boto3, and AWS's own connector for PyTorch. A reader
that streams single images asks for each of them whole."""


def spread(
    project: Project,
    region: str,
    usage_type: str,
    *,
    unit: str,
    fixed: int = 0,
    per_run: Sequence[int] = (),
    why: str,
    service: str = "AmazonS3",
    operation: str = "",
    purchase: str = "on-demand",
) -> list[RunUsage]:
    """Return usage spread evenly over the project's billing months; months without any are left out.

    Parameters
    ----------
    fixed : int
        In all. [unit]
    per_run : sequence of int
        Per run of each training. [unit]
    """
    window = project_window(project)
    if not fixed and not any(per_run):
        return []
    run_parts = [split(quantity, window) for quantity in per_run]
    usages: list[RunUsage] = []
    for position, (month, part) in enumerate(split(fixed, window)):
        of_runs = tuple([parts[position][1] for parts in run_parts])
        if part or any(of_runs):
            usages.append(
                RunUsage(
                    service=service,
                    region=region,
                    usage_type=usage_type,
                    operation=operation,
                    purchase=purchase,
                    month=month,
                    unit=unit,
                    fixed=part,
                    per_run=of_runs,
                    why=why,
                )
            )
    return usages


def upload_usage(project: Project, region: str) -> list[RunUsage]:
    """Return the PUT requests of uploading the data set as often as the project says. [requests]"""
    dataset = project.dataset
    rules = storage_classes()[dataset.storage_class]
    count = upload_requests(dataset)
    usage_type, operation = rules.put
    times = "once" if dataset.uploads == 1 else f"{dataset.uploads} times"
    why = f"uploading {object_count(dataset):,} objects {times}"
    uploads = dataset.uploads
    usages = happen(
        project, region, usage_type, unit="requests", each=count, events=uploads, why=why, operation=operation
    )
    if rules.upload_usage_type:
        size, why = dataset.size_bytes, "bytes uploaded"
        usages += happen(project, region, rules.upload_usage_type, unit="bytes", each=size, events=uploads, why=why)
    return usages


def list_usage_type(dataset: Dataset) -> str:
    """Return what listing the data set's bucket is billed as."""
    return storage_classes()[dataset.storage_class].list_usage_type


def read_usage(
    project: Project,
    region: str,
    *,
    reader: Reader = "copy",
    fixed_passes: int = 0,
    first_passes: int = 0,
    passes: Passes = (),
    why: str,
) -> list[RunUsage]:
    """Return LIST and GET requests, and retrieved bytes where the class bills them.

    Parameters
    ----------
    reader : Reader
        One that copies lists the objects each time, the others once a run.
    fixed_passes : int
        Readings of the whole data set that do not depend on the runs, evenly over the project. [count]
    first_passes : int
        Such readings at the project's start. [count]
    passes : Passes
        Readings per run of each training; where runs are interrupted, as many as are expected. [count]
    """
    dataset = project.dataset
    by_part = reader in BY_PART
    gets, pages = get_requests(dataset, by_part=by_part), list_requests(dataset)
    listings = [min(count, 1) if reader != "copy" else count for count in passes]
    usages = happen_by_pass(
        project,
        region,
        list_usage_type(dataset),
        unit="requests",
        each=pages,
        events=fixed_passes,
        at_start=first_passes,
        passes=listings,
        why=f"listing for {why}",
    )
    said = f"{why}, objects over 8 MiB in parts" if gets > object_count(dataset) else why
    for storage_class, stays_in_months in _by_class(project):
        rules = storage_classes()[storage_class]
        metered = [(f"{rules.request_prefix}Tier2", "requests", gets, said)]
        if rules.retrieval_usage_type:
            metered.append((rules.retrieval_usage_type, "bytes", dataset.size_bytes, f"retrieval for {why}"))
        for usage_type, unit, each, reason in metered:
            usages += happen_by_pass(
                project,
                region,
                usage_type,
                unit=unit,
                each=each,
                events=fixed_passes,
                at_start=first_passes,
                passes=passes,
                stays_in_months=stays_in_months,
                why=reason,
            )
    return usages


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
    return spread(project, region, "Requests-Tier1", unit="requests", per_run=per_run, why="writing checkpoints")


def run_passes(project: Project, option: Option, plans: Sequence[RunPlan]) -> list[int | Fraction]:
    """Return how often one run of each training reads the whole data set from S3; none where it was kept. [count]"""
    if keeps_copy(project, option):
        return [0] * len(plans)
    reader = reader_of(project, option)
    return [
        passes_per_run(reader, training, starts=plan.starts)
        for training, plan in zip(project.trainings, plans, strict=True)
    ]
