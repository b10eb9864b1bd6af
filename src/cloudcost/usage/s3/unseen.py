"""What lies in a bucket and no listing of objects shows: parts of uploads that were never completed, delete markers.

Parts are billed like the class that the upload names, those on their way to an archive class at a rate of their own,
until they are aborted: by a rule, at the next midnight UTC after its days [1]_. A delete marker takes the place of a
current version that expires where versions are kept; it is billed for the bytes of its key [2]_, in Standard. A rule
that lets versions expire removes it, once it is of that age and nothing else is left of the object [3]_; where a new
upload came on top it stays like a noncurrent version.

References
----------
.. [1] AWS, "Configuring a bucket lifecycle configuration to delete incomplete multipart uploads". Read 2026-11-29.
.. [2] AWS, "Working with delete markers": charged for the size of the key name. Read 2026-11-29.
.. [3] AWS, "Lifecycle configuration elements": a rule with Days cleans up expired object delete markers that are old
   enough. Read 2026-11-29.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from cloudcost.catalog.aws.storage_classes import STANDARD, storage_classes
from cloudcost.domain.lifecycle import LifecycleRule
from cloudcost.domain.objects import ObjectClass
from cloudcost.domain.project import Project
from cloudcost.domain.usage import RunUsage
from cloudcost.units import BillingMonth
from cloudcost.usage.calendar import Window, kept_window, project_window
from cloudcost.usage.meter import Meter
from cloudcost.usage.s3.lifecycle import midnight
from cloudcost.usage.s3.parts import current_parts
from cloudcost.usage.s3.timeline import bucket_of, versions_of

KEY_BYTES = 64
"""Length that a key is taken to have. [bytes]"""


def incomplete_usage(project: Project, region: str) -> list[RunUsage]:
    """Return the storage of uploads' parts from the project's start until they are aborted. [byte-hours]"""
    dataset = project.dataset
    if not dataset.incomplete_bytes:
        return []
    begin, until = project_window(project).start, kept_window(project).end
    days = [rule.abort_incomplete_after_days for rule in dataset.lifecycle]
    ends = [midnight(begin + timedelta(days=each)) for each in days if each is not None]
    rules = storage_classes()[dataset.storage_class]
    usage_type = rules.staging_usage_type or rules.usage_type
    window = Window(begin, min([until, *ends]))
    why = "parts of uploads never completed"
    held: dict[BillingMonth, int] = {}
    _hold(held, window, dataset.incomplete_bytes)
    return _rows(Meter(project, region), held, usage_type, why)


def marker_usage(project: Project, region: str) -> list[RunUsage]:
    """Return the storage of delete markers, each as long as its key is. [byte-hours]"""
    held: dict[BillingMonth, int] = {}
    for part in current_parts(project.dataset):
        for window in delete_markers(project, part):
            _hold(held, window, part.count * KEY_BYTES)
    why = f"delete markers, keys of {KEY_BYTES} bytes"
    return _rows(Meter(project, region), held, storage_classes()[STANDARD].usage_type, why)


def delete_markers(project: Project, part: ObjectClass) -> Iterator[Window]:
    """Yield from when to when each upload's delete markers lie; nothing where no version expires, or none is kept."""
    bucket, until = bucket_of(project, part), kept_window(project).end
    if not bucket.versioning or not any(rule.expire_after_days is not None for rule in bucket.rules):
        return
    made = versions_of(bucket, until)
    left = bucket.start
    for number, version in enumerate(made):
        following = made[number + 1].created if number + 1 < len(made) else until
        left = max(left, version.gone)
        if version.current_until < following:
            end = _removed(bucket.rules, version.current_until, following, left, until)
            left = max(left, end)
            yield Window(version.current_until, end)


def _removed(
    rules: tuple[LifecycleRule, ...], created: datetime, following: datetime, left: datetime, until: datetime
) -> datetime:
    """Return when a marker is removed.

    Parameters
    ----------
    following : datetime
        When the next upload takes its place.
    left : datetime
        When the last of the versions and markers below it is gone.
    """
    cleaned = [
        max(midnight(created + timedelta(days=rule.expire_after_days)), midnight(left))
        for rule in rules
        if rule.expire_after_days is not None
    ]
    alone = min(cleaned, default=until)
    if alone < following:
        return alone
    old = [
        midnight(following + timedelta(days=rule.noncurrent_expire_after_days))
        for rule in rules
        if rule.noncurrent_expire_after_days is not None and not rule.keep_newest
    ]
    return min([until, *old]) if following < until else until


def _hold(held: dict[BillingMonth, int], window: Window, size: int) -> None:
    """Add bytes held through a window. [byte-seconds]"""
    for month, seconds in window.by_month():
        held[month] = held.get(month, 0) + size * seconds


def _rows(meter: Meter, held: dict[BillingMonth, int], usage_type: str, why: str) -> list[RunUsage]:
    """Return a row for each month in which something is held. [byte-hours]"""
    return [
        meter.row(month, usage_type, "byte-hours", fixed=-(-byte_seconds // 3600), why=why)
        for month, byte_seconds in held.items()
    ]
