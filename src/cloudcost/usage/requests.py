"""S3 requests: uploading, listing, reading, writing checkpoints, and retrieval from the infrequent classes."""

from __future__ import annotations

from collections.abc import Sequence

from cloudcost.domain.project import Option, Project, Reader
from cloudcost.domain.usage import RunUsage
from cloudcost.usage.calendar import Window, project_window, split
from cloudcost.usage.chosen import keeps_copy, reader_of
from cloudcost.usage.classes import STORAGE_CLASSES
from cloudcost.usage.objects import (
    get_requests,
    list_requests,
    object_count,
    passes_per_run,
    put_requests,
    upload_requests,
)
from cloudcost.usage.runs import RunPlan, checkpoint_writes
from cloudcost.usage.storage import read_stays

LIST_USAGE_TYPE = "Requests-Tier1"
"""LIST is billed at Standard's PUT rate whatever the class (AWS S3 pricing, read 2026-11-22)."""
EXPRESS_LIST_USAGE_TYPE = "Requests-XZ-Tier1"
"""But in directory buckets, whose LIST is a request of Express One Zone as PUT, COPY and POST are (as before)."""
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
    window: Window | None = None,
) -> list[RunUsage]:
    """Return usage spread evenly over the project's billing months; months without any are left out.

    Parameters
    ----------
    fixed : int
        In all. [unit]
    per_run : sequence of int
        Per run of each training. [unit]
    window : Window, optional
        The part of the project over which it is spread; the whole without it.
    """
    window = window or project_window(project)
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
    rules = STORAGE_CLASSES[dataset.storage_class]
    count = upload_requests(dataset) * dataset.uploads
    usage_type = f"{rules.request_prefix}Tier1"
    operation = ""
    if dataset.storage_class == "GLACIER":
        usage_type, operation = rules.transition
    times = "once" if dataset.uploads == 1 else f"{dataset.uploads} times"
    why = f"uploading {object_count(dataset):,} objects {times}"
    usages = spread(project, region, usage_type, unit="requests", fixed=count, why=why, operation=operation)
    if dataset.storage_class == "EXPRESS_ONEZONE":
        size = dataset.size_bytes * dataset.uploads
        usages += spread(project, region, "Upload-XZ", unit="bytes", fixed=size, why="bytes uploaded")
    return usages


def read_usage(
    project: Project,
    region: str,
    *,
    reader: Reader = "copy",
    fixed_passes: int = 0,
    passes: Sequence[int] = (),
    why: str,
) -> list[RunUsage]:
    """Return LIST and GET requests, and retrieved bytes where the class bills them.

    Parameters
    ----------
    reader : Reader
        One that copies lists the objects each time, the others once a run.
    fixed_passes : int
        Readings of the whole data set that do not depend on the runs. [count]
    passes : sequence of int
        Readings per run of each training. [count]
    """
    dataset = project.dataset
    by_part = reader in BY_PART
    gets, pages = get_requests(dataset, by_part=by_part), list_requests(dataset)
    listings = [min(count, 1) if reader != "copy" else count for count in passes]
    usages = spread(
        project,
        region,
        EXPRESS_LIST_USAGE_TYPE if dataset.storage_class == "EXPRESS_ONEZONE" else LIST_USAGE_TYPE,
        unit="requests",
        fixed=pages * fixed_passes,
        per_run=[pages * count for count in listings],
        why=f"listing for {why}",
    )
    for storage_class, window, shares in _read_shares(project, [fixed_passes, *passes], gets):
        usages += spread(
            project,
            region,
            f"{STORAGE_CLASSES[storage_class].request_prefix}Tier2",
            unit="requests",
            fixed=shares[0],
            per_run=shares[1:],
            why=f"{why}, objects over 8 MiB in parts" if gets > object_count(dataset) else why,
            window=window,
        )
    for storage_class, window, shares in _read_shares(project, [fixed_passes, *passes], dataset.size_bytes):
        retrieval = STORAGE_CLASSES[storage_class].retrieval_usage_type
        if retrieval:
            usages += spread(
                project,
                region,
                retrieval,
                unit="bytes",
                fixed=shares[0],
                per_run=shares[1:],
                why=f"retrieval for {why}",
                window=window,
            )
    return usages


def _read_shares(project: Project, passes: Sequence[int], each: int) -> list[tuple[str, Window, list[int]]]:
    """Return each class that the data set is read from, when, and its share of `each` x every number of passes.

    Reading is even over the project; where a lifecycle rule moves the objects meanwhile, classes share by time.
    """
    stays = read_stays(project)
    total = sum(stay.window.seconds for stay in stays)
    rows = []
    elapsed = 0
    given = [0] * len(passes)
    for stay in stays:
        elapsed += stay.window.seconds
        reached = [each * count * elapsed // total for count in passes]
        rows.append(
            (stay.storage_class, stay.window, [now - before for now, before in zip(reached, given, strict=True)])
        )
        given = reached
    return rows


def checkpoint_usage(project: Project, region: str) -> list[RunUsage]:
    """Return the PUT requests of the checkpoints that each run writes to S3. [requests]"""
    per_run = [
        checkpoint_writes(training) * put_requests(training.checkpoint.size_bytes) if training.checkpoint else 0
        for training in project.trainings
    ]
    return spread(project, region, "Requests-Tier1", unit="requests", per_run=per_run, why="writing checkpoints")


def run_passes(project: Project, option: Option, plans: Sequence[RunPlan]) -> list[int]:
    """Return how often one run of each training reads the whole data set from S3; none where it was kept. [count]"""
    if keeps_copy(project, option):
        return [0] * len(plans)
    reader = reader_of(project, option)
    return [
        passes_per_run(reader, training, starts=plan.starts)
        for training, plan in zip(project.trainings, plans, strict=True)
    ]
