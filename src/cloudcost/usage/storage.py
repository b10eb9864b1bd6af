"""What lies in S3, in byte-hours by calendar month: the data set, its versions, checkpoints, what is kept.

Each upload of the data set adds a copy when versioning is on, billed in full; without versioning it replaces the one
before. Classes with a smallest billed object size or a minimum duration are metered as AWS bills them.

References
----------
.. [1] AWS, "Amazon S3 pricing" and "Amazon S3 FAQs": versions, 128 KB minimum of the infrequent classes, minimum
   durations, 32 KB + 8 KB per archived object. Read 2026-11-22.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from cloudcost.domain.project import Dataset, Project
from cloudcost.domain.usage import RunUsage
from cloudcost.units import BillingMonth
from cloudcost.usage.calendar import Window, kept_window, project_window
from cloudcost.usage.objects import object_count
from cloudcost.usage.runs import checkpoint_writes

KIB = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class StorageClass:
    """How S3 meters a class.

    Parameters
    ----------
    usage_type : str
        Of the storage itself.
    smallest_bytes : int
        Smaller objects are billed as if they had this size. [bytes]
    small_usage_type : str
        What the difference to `smallest_bytes` is metered as.
    minimum_days : int
        Deleted sooner, the rest is billed as early deletion. [days]
    early_usage_type : str
    request_prefix : str
        Of its request usage types: ``Requests-SIA-`` ...
    retrieval_usage_type : str
        Per GB read; empty where reading is free.
    overhead_bytes, standard_overhead_bytes : int
        Extra per archived object, at the class's own rate and at the Standard rate. [bytes]
    transition : (str, str)
        Usage type and operation of moving one object into the class by lifecycle; empty where it cannot be.
    readable : bool
        Whether objects can be read without being restored first.
    """

    usage_type: str
    smallest_bytes: int = 0
    small_usage_type: str = ""
    minimum_days: int = 0
    early_usage_type: str = ""
    request_prefix: str = "Requests-"
    retrieval_usage_type: str = ""
    overhead_bytes: int = 0
    standard_overhead_bytes: int = 0
    transition: tuple[str, str] = ("", "")
    readable: bool = True


STORAGE_CLASSES = {
    "STANDARD": StorageClass(usage_type="TimedStorage-ByteHrs"),
    "REDUCED_REDUNDANCY": StorageClass(usage_type="TimedStorage-RRS-ByteHrs"),
    "INTELLIGENT_TIERING": StorageClass(
        usage_type="TimedStorage-INT-FA-ByteHrs", request_prefix="Requests-INT-", transition=("Requests-Tier4", "")
    ),
    "STANDARD_IA": StorageClass(
        usage_type="TimedStorage-SIA-ByteHrs", smallest_bytes=128 * KIB, small_usage_type="TimedStorage-SIA-SmObjects",
        minimum_days=30, early_usage_type="EarlyDelete-SIA", request_prefix="Requests-SIA-",
        retrieval_usage_type="Retrieval-SIA", transition=("Requests-Tier4", ""),
    ),
    "ONEZONE_IA": StorageClass(
        usage_type="TimedStorage-ZIA-ByteHrs", smallest_bytes=128 * KIB, small_usage_type="TimedStorage-ZIA-SmObjects",
        minimum_days=30, early_usage_type="EarlyDelete-ZIA", request_prefix="Requests-ZIA-",
        retrieval_usage_type="Retrieval-ZIA", transition=("Requests-Tier4", ""),
    ),
    "GLACIER_IR": StorageClass(
        usage_type="TimedStorage-GIR-ByteHrs", smallest_bytes=128 * KIB, small_usage_type="TimedStorage-GIR-SmObjects",
        minimum_days=90, early_usage_type="EarlyDelete-GIR", request_prefix="Requests-GIR-",
        retrieval_usage_type="Retrieval-GIR", transition=("Requests-GIR-Tier1", ""),
    ),
    "GLACIER": StorageClass(
        usage_type="TimedStorage-GlacierByteHrs", minimum_days=90, early_usage_type="EarlyDelete-ByteHrs",
        overhead_bytes=32 * KIB, standard_overhead_bytes=8 * KIB,
        transition=("Requests-Tier3", "S3-GlacierTransition"), readable=False,
    ),
    "DEEP_ARCHIVE": StorageClass(
        usage_type="TimedStorage-GDA-ByteHrs", minimum_days=180, early_usage_type="EarlyDelete-GDA",
        request_prefix="Requests-GDA-", overhead_bytes=32 * KIB, standard_overhead_bytes=8 * KIB,
        transition=("Requests-Tier3", "S3-GDATransition"), readable=False,
    ),
    "EXPRESS_ONEZONE": StorageClass(
        usage_type="TimedStorage-XZ-ByteHrs", request_prefix="Requests-XZ-", retrieval_usage_type="Retrieval-XZ"
    ),
}  # fmt: skip
"""S3's classes by their API names [1]."""


@dataclass(frozen=True, slots=True)
class _Stay:
    """A copy of the data set in one class, from when to when."""

    storage_class: str
    start: datetime
    end: datetime


def _stays(dataset: Dataset, window: Window, until: datetime) -> list[_Stay]:
    """Return every stay of every upload in every class."""
    gap = timedelta(seconds=window.seconds) / dataset.uploads
    stays: list[_Stay] = []
    for number in range(dataset.uploads):
        uploaded = window.start + number * gap
        last = dataset.versioning or number == dataset.uploads - 1
        gone = until if last else window.start + (number + 1) * gap
        current, since = dataset.storage_class, uploaded
        for rule in sorted(dataset.lifecycle, key=lambda rule: rule.after_days):
            moved = uploaded + timedelta(days=rule.after_days)
            if moved >= gone:
                break
            stays.append(_Stay(current, since, moved))
            current, since = rule.storage_class, moved
        stays.append(_Stay(current, since, gone))
    return stays


def _byte_hours(size_bytes: int, window: Window) -> list[tuple[BillingMonth, int]]:
    """Return byte-hours by month, rounded up to whole ones."""
    return [(month, -(-size_bytes * seconds // 3600)) for month, seconds in window.by_month()]


def dataset_storage(project: Project, region: str) -> list[RunUsage]:
    """Return the data set's storage in S3 over the project and the months after it.

    Parameters
    ----------
    project : Project
    region : str
        Of the bucket.

    Returns
    -------
    list of RunUsage
        Storage, small-object and archive overheads, early deletion, lifecycle transitions. [byte-hours, requests]
    """
    dataset, window = project.dataset, project_window(project)
    objects, per_object = object_count(dataset), dataset.size_bytes // max(object_count(dataset), 1)
    usages: list[RunUsage] = []

    def add(usage_type: str, window: Window, size: int, why: str) -> None:
        for month, quantity in _byte_hours(size, window):
            usages.append(_s3(region, usage_type, month, quantity, why))

    for held in _stays(dataset, window, kept_window(project).end):
        rules = STORAGE_CLASSES[held.storage_class]
        stay = Window(held.start, held.end)
        what = "data set" if dataset.uploads == 1 else f"data set, {dataset.uploads} uploads"
        what += " kept as versions" if dataset.versioning and dataset.uploads > 1 else ""
        add(rules.usage_type, stay, dataset.size_bytes, f"{what} in {held.storage_class}")
        if per_object < rules.smallest_bytes:
            filler = objects * rules.smallest_bytes - dataset.size_bytes
            add(rules.small_usage_type, stay, filler, "objects under 128 KB are billed as 128 KB")
        if rules.overhead_bytes:
            add(rules.usage_type, stay, objects * rules.overhead_bytes, "32 KB of index for each archived object")
            standard = STORAGE_CLASSES["STANDARD"].usage_type
            add(standard, stay, objects * rules.standard_overhead_bytes, "8 KB of metadata for each archived object")
        short = rules.minimum_days * 86400 - stay.seconds
        if short > 0:
            size = max(dataset.size_bytes, objects * rules.smallest_bytes)
            month = BillingMonth.of((held.end - timedelta(seconds=1)).date())
            why = f"deleted or moved before {rules.minimum_days} days"
            usages.append(_s3(region, rules.early_usage_type, month, -(-size * short // 3600), why))
        if held.storage_class == "INTELLIGENT_TIERING" and per_object >= 128 * KIB:
            for month, _ in stay.by_month():
                why = "monitoring of each object of 128 KB or more"
                usages.append(_s3(region, "Monitoring-Automation-INT", month, objects, why, unit="Objects"))
        if held.storage_class != dataset.storage_class:
            usage_type, operation = rules.transition
            month = BillingMonth.of(held.start.date())
            why = f"lifecycle transition of each object to {held.storage_class}"
            usages.append(_s3(region, usage_type, month, objects, why, unit="requests", operation=operation))
    return usages


def checkpoint_storage(project: Project, region: str) -> list[RunUsage]:
    """Return the storage of checkpoints in S3, per run of each training. [byte-hours]

    Runs are spread evenly over the project, so a checkpoint lies there for half of it on average, and then as long
    as things are kept. Without versioning a run keeps its last checkpoint; with it, every one that it wrote.
    """
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
            usages.append(
                RunUsage(
                    service="AmazonS3",
                    region=region,
                    usage_type=STORAGE_CLASSES["STANDARD"].usage_type,
                    month=month,
                    unit="byte-hours",
                    per_run=tuple(per_run),
                    why=f"checkpoints of {training.name}",
                )
            )
    return usages


def _s3(
    region: str,
    usage_type: str,
    month: BillingMonth,
    quantity: int,
    why: str,
    *,
    unit: str = "byte-hours",
    operation: str = "",
) -> RunUsage:
    return RunUsage(
        service="AmazonS3",
        region=region,
        usage_type=usage_type,
        operation=operation,
        month=month,
        unit=unit,
        fixed=quantity,
        why=why,
    )
