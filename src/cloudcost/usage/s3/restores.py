"""Archived objects brought back for the runs: retrieval, requests, and a copy in Standard for as long as runs read it.

A version is restored at the moment from which it lies in an archive class while the project lasts; both the archived
object and its copy are billed [1]_. A version that replaces it, or a rule that archives anew, takes a restore of its
own.

References
----------
.. [1] AWS, "Restoring an archived object": one pays for the archive and for the temporary copy. Read 2026-11-29.
"""

from __future__ import annotations

from functools import lru_cache

from cloudcost.catalog.aws.restores import Restore, restores
from cloudcost.catalog.aws.storage_classes import STANDARD, storage_classes
from cloudcost.domain.project import Project, RestoreTier
from cloudcost.domain.usage import RunUsage
from cloudcost.figures import figure
from cloudcost.units import BillingMonth
from cloudcost.usage.calendar import Window
from cloudcost.usage.meter import Meter
from cloudcost.usage.s3.objects import object_count
from cloudcost.usage.s3.timeline import Bucket, bucket_of, current_stays


def restore_usage(project: Project, region: str) -> list[RunUsage]:
    """Return what restoring the data set from archive classes meters. [bytes, requests, byte-hours]"""
    dataset, meter = project.dataset, Meter(project, region)
    usages: list[RunUsage] = []
    for storage_class, way, window in _restored(project):
        month = BillingMonth.of(window.start.date())
        why = f"restored from {storage_class} ({dataset.restore})"
        for (usage_type, operation), unit, quantity in (
            (way.retrieval, "bytes", dataset.size_bytes),
            (way.requests, "requests", object_count(dataset)),
        ):
            if usage_type:
                usages.append(meter.row(month, usage_type, unit, fixed=quantity, operation=operation, why=why))
        standard = storage_classes()[STANDARD].usage_type
        for part, seconds in window.by_month():
            held = -(-dataset.size_bytes * seconds // 3600)
            copied = f"copy in Standard of what was restored from {storage_class}"
            usages.append(meter.row(part, standard, "byte-hours", fixed=held, why=copied))
    return usages


def restore_seconds(project: Project) -> int:
    """Return how long the data set cannot be read in all, waiting for restores. [s]"""
    return sum(min(round(way.hours * 3600), window.seconds) for _, way, window in _restored(project))


def restore_assumptions(project: Project) -> list[str]:
    """Return, in one sentence, how long restores take; nothing where nothing is restored."""
    found = _restored(project)
    if not found:
        return []
    hours, times = figure(found[0][1].hours), len(found)
    often = "once" if times == 1 else f"{times} times"
    return [
        f"restored from {found[0][0]} {often} ({project.dataset.restore}), which takes up to {hours} h each time: runs "
        "wait for it, and the copy in Standard is billed as long as they read it"
    ]


def _restored(project: Project) -> tuple[tuple[str, Restore, Window], ...]:
    tier = project.dataset.restore
    return () if tier is None else _found(bucket_of(project), tier)


@lru_cache(maxsize=1024)
def _found(bucket: Bucket, tier: RestoreTier) -> tuple[tuple[str, Restore, Window], ...]:
    """Return the class, the way and the time of each restore; none where the class does not offer that way."""
    return tuple(
        (stay.storage_class, restores()[stay.storage_class, tier], stay.window)
        for stay in current_stays(bucket)
        if not storage_classes()[stay.storage_class].readable and (stay.storage_class, tier) in restores()
    )
