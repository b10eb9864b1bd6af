"""What lies in S3, by calendar month: the data set's byte-hours in each class, and what S3 bills besides for them.

Classes with a smallest billed object size or a minimum duration are metered as AWS bills them (`storage_classes`);
which version lies where and when is said in `timeline`.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache

from cloudcost.catalog.aws.storage_classes import STANDARD, storage_classes
from cloudcost.domain.project import Dataset, Project
from cloudcost.domain.usage import RunUsage
from cloudcost.units import BillingMonth
from cloudcost.usage.calendar import Window, kept_window
from cloudcost.usage.s3.objects import object_count
from cloudcost.usage.s3.timeline import Bucket, Stay, bucket_of, stays, tiers_of


def dataset_storage(project: Project, region: str, *, read_until: datetime | None = None) -> list[RunUsage]:
    """Return the data set's storage in S3 over the project and the months after it.

    Parameters
    ----------
    project : Project
    region : str
        Of the bucket.
    read_until : datetime, optional
        When the bucket is read for the last time: Intelligent-Tiering moves what is not. The project's end without.

    Returns
    -------
    list of RunUsage
        Storage, small-object and archive overheads, early deletion, monitoring, lifecycle transitions. [byte-hours,
        object-hours, requests]
    """
    bucket = bucket_of(project)
    last = bucket.end if read_until is None else read_until
    return list(_dataset_storage(project.dataset, bucket, kept_window(project).end, last, region))


@lru_cache(maxsize=256)
def _dataset_storage(
    dataset: Dataset, bucket: Bucket, until: datetime, read_until: datetime, region: str
) -> tuple[RunUsage, ...]:
    """Return the data set's storage; whoever varies other inputs of a project asks for the same again and again."""
    sums = _MonthlySums(region)
    what = "data set" if dataset.uploads == 1 else f"data set, {dataset.uploads} uploads"
    what += " kept as versions" if dataset.versioning and dataset.uploads > 1 else ""
    for stay in stays(bucket, until):
        _add_bytes(sums, dataset, stay, read_until, f"{what} in {stay.storage_class}")
        _add_objects(sums, dataset, stay)
    return tuple(sums.usages())


def _add_bytes(sums: _MonthlySums, dataset: Dataset, stay: Stay, read_until: datetime, what: str) -> None:
    """Count what is held: the bytes, what they are rounded up to, overheads, and what a short stay is billed for."""
    objects = object_count(dataset)
    rules = storage_classes()[stay.storage_class]
    filler = max(objects * rules.smallest_bytes - dataset.size_bytes, 0)
    for usage_type, window, overhead, standard_overhead in tiers_of(dataset, stay, read_until):
        sums.hold(usage_type, window, dataset.size_bytes, what)
        if overhead:
            standard = storage_classes()[STANDARD].usage_type
            sums.hold(usage_type, window, objects * overhead, "32 KB of index for each archived object")
            sums.hold(standard, window, objects * standard_overhead, "8 KB of metadata for each archived object")
    if filler:
        sums.hold(rules.small_usage_type, stay.window, filler, "objects under 128 KB are billed as 128 KB")
    short = rules.minimum_days * 86400 - stay.window.seconds
    if short > 0:
        last = max(stay.window.end - timedelta(seconds=1), stay.window.start)
        why = f"deleted or moved before {rules.minimum_days} days"
        sums.add_byte_seconds(
            rules.early_usage_type, BillingMonth.of(last.date()), (dataset.size_bytes + filler) * short, why
        )


def _add_objects(sums: _MonthlySums, dataset: Dataset, stay: Stay) -> None:
    """Count what is billed by object: monitoring, by the hour, and the move into a class by lifecycle."""
    objects = object_count(dataset)
    rules = storage_classes()[stay.storage_class]
    if rules.monitoring_usage_type and dataset.size_bytes >= objects * rules.monitored_bytes:
        why = f"monitoring of each object of {rules.monitored_bytes // 1024} KB or more"
        sums.watch(rules.monitoring_usage_type, stay.window, objects, why)
    if stay.moved:
        usage_type, operation = rules.transition
        why = f"lifecycle transition of each object to {stay.storage_class}"
        sums.count(usage_type, operation, BillingMonth.of(stay.window.start.date()), objects, why)


class _MonthlySums:
    """Sums by usage type and month, so that each is rounded up to a whole unit once (mutable, internal)."""

    def __init__(self, region: str) -> None:
        self._region = region
        self._byte_seconds: dict[tuple[str, BillingMonth, str], int] = {}
        self._object_seconds: dict[tuple[str, BillingMonth, str], int] = {}
        self._counts: dict[tuple[str, str, BillingMonth, str], int] = {}

    def hold(self, usage_type: str, window: Window, size_bytes: int, why: str) -> None:
        """Add bytes that are held through a window. [bytes]"""
        for month, seconds in window.by_month():
            self.add_byte_seconds(usage_type, month, size_bytes * seconds, why)

    def add_byte_seconds(self, usage_type: str, month: BillingMonth, byte_seconds: int, why: str) -> None:
        """Add byte-seconds of a month."""
        key = (usage_type, month, why)
        self._byte_seconds[key] = self._byte_seconds.get(key, 0) + byte_seconds

    def watch(self, usage_type: str, window: Window, objects: int, why: str) -> None:
        """Add objects that are monitored through a window. [count]"""
        for month, seconds in window.by_month():
            key = (usage_type, month, why)
            self._object_seconds[key] = self._object_seconds.get(key, 0) + objects * seconds

    def count(self, usage_type: str, operation: str, month: BillingMonth, quantity: int, why: str) -> None:
        """Add requests of a month. [requests]"""
        key = (usage_type, operation, month, why)
        self._counts[key] = self._counts.get(key, 0) + quantity

    def usages(self) -> list[RunUsage]:
        """Return the sums, each rounded up to whole hours. [byte-hours, object-hours, requests]"""
        held = [
            RunUsage(
                service="AmazonS3", region=self._region, usage_type=usage_type, month=month, unit="byte-hours",
                fixed=-(-byte_seconds // 3600), why=why,
            )
            for (usage_type, month, why), byte_seconds in self._byte_seconds.items()
        ]  # fmt: skip
        held += [
            RunUsage(
                service="AmazonS3", region=self._region, usage_type=usage_type, month=month, unit="object-hours",
                fixed=-(-object_seconds // 3600), why=why,
            )
            for (usage_type, month, why), object_seconds in self._object_seconds.items()
        ]  # fmt: skip
        counted = [
            RunUsage(
                service="AmazonS3", region=self._region, usage_type=usage_type, operation=operation, month=month,
                unit="requests", fixed=quantity, why=why,
            )
            for (usage_type, operation, month, why), quantity in self._counts.items()
        ]  # fmt: skip
        return held + counted
