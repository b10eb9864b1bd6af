"""What lies in S3, in byte-hours by calendar month: the data set, its versions, checkpoints, what is kept.

Each upload of the data set adds a copy when versioning is on, billed in full; without versioning it replaces the one
before. Classes with a smallest billed object size or a minimum duration are metered as AWS bills them (`classes`).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache

from cloudcost.catalog.aws.storage_classes import STANDARD, storage_classes
from cloudcost.domain.project import Dataset, LifecycleRule, Project
from cloudcost.domain.usage import RunUsage
from cloudcost.frozen import dataclass
from cloudcost.units import BillingMonth
from cloudcost.usage.calendar import Window, kept_window, project_window
from cloudcost.usage.machines.runs import checkpoint_writes
from cloudcost.usage.s3.objects import object_count


@dataclass(frozen=True, slots=True)
class Stay:
    """A copy of the data set in one class, from when to when."""

    storage_class: str
    window: Window


@dataclass(frozen=True, slots=True)
class _Rules:
    """What of a data set and a project says when which copy lies where; its size does not."""

    storage_class: str
    lifecycle: tuple[LifecycleRule, ...]
    uploads: int
    versioning: bool
    start: datetime
    end: datetime


def _rules(project: Project) -> _Rules:
    dataset, window = project.dataset, project_window(project)
    return _Rules(
        dataset.storage_class, dataset.lifecycle, dataset.uploads, dataset.versioning, window.start, window.end
    )


def _upload_time(rules: _Rules, number: int) -> datetime:
    """Return when an upload is done, to the second: uploads are spread evenly, the first at the start."""
    return rules.start + timedelta(seconds=Window(rules.start, rules.end).seconds * number // rules.uploads)


@lru_cache(maxsize=1024)
def _stays(rules: _Rules, until: datetime) -> tuple[Stay, ...]:
    """Return every stay of every upload in every class."""
    stays: list[Stay] = []
    for number in range(rules.uploads):
        uploaded = _upload_time(rules, number)
        last = rules.versioning or number == rules.uploads - 1
        stays += _moves(rules, uploaded, until if last else _upload_time(rules, number + 1))
    return tuple(stays)


def _moves(rules: _Rules, uploaded: datetime, gone: datetime) -> list[Stay]:
    """Return the stays of one upload, as lifecycle rules move it."""
    stays: list[Stay] = []
    current, since = rules.storage_class, uploaded
    for rule in sorted(rules.lifecycle, key=lambda rule: rule.after_days):
        moved = uploaded + timedelta(days=rule.after_days)
        if moved >= gone:
            break
        if moved > since:
            stays.append(Stay(current, Window(since, moved)))
        current, since = rule.storage_class, moved
    if gone > since:
        stays.append(Stay(current, Window(since, gone)))
    return stays


def read_stays(project: Project) -> tuple[Stay, ...]:
    """Return the classes that the newest upload lies in while the project lasts, with when: what runs read."""
    return _read_stays(_rules(project))


@lru_cache(maxsize=1024)
def _read_stays(rules: _Rules) -> tuple[Stay, ...]:
    stays: list[Stay] = []
    for number in range(rules.uploads):
        begin, end = (_upload_time(rules, each) for each in (number, number + 1))
        for stay in _moves(rules, begin, end):
            if stays and stays[-1].storage_class == stay.storage_class:
                stays[-1] = Stay(stay.storage_class, Window(stays[-1].window.start, stay.window.end))
            else:
                stays.append(stay)
    return tuple(stays)


def unreadable_because(project: Project) -> str:
    """Return why the data set cannot be read while the project lasts; empty when it can."""
    for stay in read_stays(project):
        if not storage_classes()[stay.storage_class].readable:
            return (
                f"the data set lies in {stay.storage_class} from {stay.window.start.date()} on and cannot be read "
                "without being restored first; keep it in another class while runs last"
            )
    return ""


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
    return list(_dataset_storage(project.dataset, _rules(project), kept_window(project).end, region))


@lru_cache(maxsize=256)
def _dataset_storage(dataset: Dataset, rules: _Rules, until: datetime, region: str) -> tuple[RunUsage, ...]:
    """Return the data set's storage; whoever varies other inputs of a project asks for the same again and again."""
    meter = _Meter(region)
    stays = _stays(rules, until)
    what = "data set" if dataset.uploads == 1 else f"data set, {dataset.uploads} uploads"
    what += " kept as versions" if dataset.versioning and dataset.uploads > 1 else ""
    for stay in stays:
        _meter_bytes(meter, dataset, stay, f"{what} in {stay.storage_class}")
        _meter_objects(meter, dataset, stay)
    return tuple(meter.usages())


def _meter_bytes(meter: _Meter, dataset: Dataset, stay: Stay, what: str) -> None:
    """Count what is held: the bytes, what they are rounded up to, overheads, and what a short stay is billed for."""
    objects = object_count(dataset)
    rules = storage_classes()[stay.storage_class]
    filler = max(objects * rules.smallest_bytes - dataset.size_bytes, 0)
    meter.hold(rules.usage_type, stay.window, dataset.size_bytes, what)
    if filler:
        meter.hold(rules.small_usage_type, stay.window, filler, "objects under 128 KB are billed as 128 KB")
    if rules.overhead_bytes:
        index, metadata = objects * rules.overhead_bytes, objects * rules.standard_overhead_bytes
        meter.hold(rules.usage_type, stay.window, index, "32 KB of index for each archived object")
        standard = storage_classes()[STANDARD].usage_type
        meter.hold(standard, stay.window, metadata, "8 KB of metadata for each archived object")
    short = rules.minimum_days * 86400 - stay.window.seconds
    if short > 0:
        month = BillingMonth.of((stay.window.end - timedelta(seconds=1)).date())
        why = f"deleted or moved before {rules.minimum_days} days"
        meter.add_byte_seconds(rules.early_usage_type, month, (dataset.size_bytes + filler) * short, why)


def _meter_objects(meter: _Meter, dataset: Dataset, stay: Stay) -> None:
    """Count what is billed by object: monitoring, and the move into a class by lifecycle."""
    objects = object_count(dataset)
    rules = storage_classes()[stay.storage_class]
    if rules.monitoring_usage_type and dataset.size_bytes >= objects * rules.monitored_bytes:
        for month, _ in stay.window.by_month():
            why = f"monitoring of each object of {rules.monitored_bytes // 1024} KB or more"
            meter.count(rules.monitoring_usage_type, "", month, objects, why, unit="Objects")
    if stay.storage_class != dataset.storage_class:
        usage_type, operation = rules.transition
        why = f"lifecycle transition of each object to {stay.storage_class}"
        meter.count(usage_type, operation, BillingMonth.of(stay.window.start.date()), objects, why)


class _Meter:
    """Sums by usage type and month, so that each is rounded up to a whole unit once (mutable, internal)."""

    def __init__(self, region: str) -> None:
        self._region = region
        self._byte_seconds: dict[tuple[str, BillingMonth, str], int] = {}
        self._counts: dict[tuple[str, str, BillingMonth, str, str], int] = {}

    def hold(self, usage_type: str, window: Window, size_bytes: int, why: str) -> None:
        """Add bytes that are held through a window. [bytes]"""
        for month, seconds in window.by_month():
            self.add_byte_seconds(usage_type, month, size_bytes * seconds, why)

    def add_byte_seconds(self, usage_type: str, month: BillingMonth, byte_seconds: int, why: str) -> None:
        """Add byte-seconds of a month."""
        key = (usage_type, month, why)
        self._byte_seconds[key] = self._byte_seconds.get(key, 0) + byte_seconds

    def count(
        self, usage_type: str, operation: str, month: BillingMonth, quantity: int, why: str, unit: str = "requests"
    ) -> None:
        """Add a count of a month. [unit]"""
        key = (usage_type, operation, month, unit, why)
        self._counts[key] = self._counts.get(key, 0) + quantity

    def usages(self) -> list[RunUsage]:
        """Return the sums, byte-hours rounded up. [byte-hours, count]"""
        held = [
            RunUsage(
                service="AmazonS3", region=self._region, usage_type=usage_type, month=month, unit="byte-hours",
                fixed=-(-byte_seconds // 3600), why=why,
            )
            for (usage_type, month, why), byte_seconds in self._byte_seconds.items()
        ]  # fmt: skip
        counted = [
            RunUsage(
                service="AmazonS3", region=self._region, usage_type=usage_type, operation=operation, month=month,
                unit=unit, fixed=quantity, why=why,
            )
            for (usage_type, operation, month, unit, why), quantity in self._counts.items()
        ]  # fmt: skip
        return held + counted


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
                    usage_type=storage_classes()[STANDARD].usage_type,
                    month=month,
                    unit="byte-hours",
                    per_run=tuple(per_run),
                    why=f"checkpoints of {training.name}",
                )
            )
    return usages
