"""What lies in S3, by calendar month: the data set's byte-hours in each class, and what S3 bills besides for them.

Classes with a smallest billed object size or a minimum duration are metered as AWS bills them (`storage_classes`);
which version lies where and when is said in `timeline`. All of it is a sum of what counts by byte and what counts by
object, so that a timeline is gone through once and asked for any size; what equal objects come to is summed before it
is rounded up to a whole unit.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache, lru_cache
from typing import NamedTuple

from cloudcost.catalog.aws.storage_classes import STANDARD, StorageClass, storage_classes
from cloudcost.domain.objects import ObjectClass
from cloudcost.domain.project import Dataset, Project
from cloudcost.domain.usage import RunUsage
from cloudcost.units import BillingMonth
from cloudcost.usage.calendar import Window, kept_window
from cloudcost.usage.s3.parts import parts_of
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
    dataset, until = project.dataset, kept_window(project).end
    parts = parts_of(dataset)
    sums: dict[_StorageKey, int] = {}
    for part in parts:
        bucket = bucket_of(project, part)
        rows = _compiled(bucket, _held(dataset, part), until, bucket.end if read_until is None else read_until)
        for row in rows:
            sums[row.key] = sums.get(row.key, 0) + row.by_byte * part.size_bytes + row.by_object * part.count
    ordered = sums.items() if len(parts) == 1 else sorted(sums.items(), key=lambda each: _UNITS.index(each[0].unit))
    return [
        RunUsage(
            service="AmazonS3",
            region=region,
            usage_type=key.usage_type,
            operation=key.operation,
            month=key.month,
            unit=key.unit,
            fixed=-(-quantity // (1 if key.unit == "requests" else 3600)),
            why=key.why,
        )
        for key, quantity in ordered
    ]


def _held(dataset: Dataset, part: ObjectClass) -> _Held:
    large = frozenset([limit for limit in _limits() if part.size_bytes >= limit * part.count])
    return _Held(dataset.archive_access_days, dataset.deep_archive_access_days, large)


_UNITS = ("byte-hours", "object-hours", "requests")


class _Held(NamedTuple):
    """What of a data set decides how a stay is metered, its size and its number of objects apart."""

    archive_access_days: int | None
    deep_archive_access_days: int | None
    large: frozenset[int]
    """Sizes of `_limits` that its objects reach. [bytes]"""


class _StorageKey(NamedTuple):
    """What of a row of usage is not its quantity."""

    usage_type: str
    operation: str
    month: BillingMonth
    unit: str
    why: str


class _StorageRow(NamedTuple):
    """A sum of one key: ``by_byte * bytes + by_object * objects``, of hours the seconds."""

    key: _StorageKey
    by_byte: int
    by_object: int


@cache
def _limits() -> frozenset[int]:
    """Return the sizes below which an object is billed as a larger one, or not monitored. [bytes]"""
    rules = storage_classes().values()
    return frozenset(limit for each in rules for limit in (each.smallest_bytes, each.monitored_bytes))


@lru_cache(maxsize=1024)
def _compiled(bucket: Bucket, held: _Held, until: datetime, read_until: datetime) -> tuple[_StorageRow, ...]:
    """Return the rows of a bucket's timeline, each usage type, month and reason once."""
    rows = _StorageRows(bucket.start)
    what = "data set" if bucket.uploads == 1 else f"data set, {bucket.uploads} uploads"
    what += " kept as versions" if bucket.versioning and bucket.uploads > 1 else ""
    what = what if bucket.noncurrent_days is None else "old versions"
    for stay in stays(bucket, until):
        rules = storage_classes()[stay.storage_class]
        _add_bytes(rows, held, stay, read_until, f"{what} in {stay.storage_class}")
        _add_short_stay(rows, held, stay, rules)
        _add_objects(rows, held, stay, rules)
    return rows.made()


def _add_bytes(rows: _StorageRows, held: _Held, stay: Stay, read_until: datetime, what: str) -> None:
    """Count what is held: the bytes, what they are rounded up to, and overheads."""
    rules = storage_classes()[stay.storage_class]
    monitored = rules.monitored_bytes in held.large
    opted = {
        "archive_access_days": held.archive_access_days,
        "deep_archive_access_days": held.deep_archive_access_days,
    }
    for usage_type, window, overhead, standard_overhead in tiers_of(stay, read_until, opted, monitored=monitored):
        rows.hold(usage_type, window, what, by_byte=1)
        if overhead:
            standard = storage_classes()[STANDARD].usage_type
            rows.hold(usage_type, window, "32 KB of index for each archived object", by_object=overhead)
            rows.hold(standard, window, "8 KB of metadata for each archived object", by_object=standard_overhead)
    if rules.smallest_bytes not in held.large:
        why = "objects under 128 KB are billed as 128 KB"
        rows.hold(rules.small_usage_type, stay.window, why, by_byte=-1, by_object=rules.smallest_bytes)


def _add_short_stay(rows: _StorageRows, held: _Held, stay: Stay, rules: StorageClass) -> None:
    """Count the rest of the least time in a class that is left too early."""
    short = rules.minimum_days * 86400 - stay.window.seconds
    if short <= 0:
        return
    last = max(stay.window.end - timedelta(seconds=1), stay.window.start, rows.start)
    why = f"deleted or moved before {rules.minimum_days} days"
    full = rules.smallest_bytes in held.large
    by_byte, by_object = (short, 0) if full else (0, short * rules.smallest_bytes)
    rows.add(rules.early_usage_type, BillingMonth.of(last.date()), why, by_byte=by_byte, by_object=by_object)


def _add_objects(rows: _StorageRows, held: _Held, stay: Stay, rules: StorageClass) -> None:
    """Count what is billed by object: monitoring, by the hour, and the move into a class by lifecycle."""
    if rules.monitoring_usage_type and rules.monitored_bytes in held.large:
        why = f"monitoring of each object of {rules.monitored_bytes // 1024} KB or more"
        rows.hold(rules.monitoring_usage_type, stay.window, why, by_object=1, unit="object-hours")
    if stay.moved:
        usage_type, operation = rules.transition
        why = f"lifecycle transition of each object to {stay.storage_class}"
        month = BillingMonth.of(stay.window.start.date())
        rows.add(usage_type, month, why, by_object=1, unit="requests", operation=operation)


class _StorageRows:
    """Sums by usage type, month and reason (mutable, internal); what is held counts from the project's start on."""

    def __init__(self, start: datetime) -> None:
        self.start = start
        self._sums: dict[_StorageKey, tuple[int, int]] = {}

    def hold(
        self, usage_type: str, window: Window, why: str, *, by_byte: int = 0, by_object: int = 0,
        unit: str = "byte-hours",
    ) -> None:  # fmt: skip
        """Add what is held through a window. [unit per byte and per object]"""
        inside = window if window.start >= self.start else Window(self.start, max(window.end, self.start))
        for month, seconds in inside.by_month():
            self.add(usage_type, month, why, by_byte=by_byte * seconds, by_object=by_object * seconds, unit=unit)

    def add(
        self, usage_type: str, month: BillingMonth, why: str, *, by_byte: int = 0, by_object: int = 0,
        unit: str = "byte-hours", operation: str = "",
    ) -> None:  # fmt: skip
        """Add to a month. [unit, of hours the seconds]"""
        key = _StorageKey(usage_type, operation, month, unit, why)
        byte, each = self._sums.get(key, (0, 0))
        self._sums[key] = (byte + by_byte, each + by_object)

    def made(self) -> tuple[_StorageRow, ...]:
        """Return the rows: what is held, then what is watched, then requests."""
        in_order = sorted(self._sums.items(), key=lambda row: _UNITS.index(row[0].unit))
        return tuple(_StorageRow(key, *both) for key, both in in_order)
