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
from typing import NamedTuple

from cloudcost.catalog.aws.restores import Restore, restores
from cloudcost.catalog.aws.storage_classes import STANDARD, storage_classes
from cloudcost.domain.objects import ObjectClass
from cloudcost.domain.project import Project, RestoreTier
from cloudcost.domain.usage import RunUsage
from cloudcost.figures import figure
from cloudcost.units import BillingMonth
from cloudcost.usage.calendar import Window
from cloudcost.usage.meter import Meter
from cloudcost.usage.s3.parts import current_parts
from cloudcost.usage.s3.timeline import Bucket, bucket_of, current_stays


def restore_usage(project: Project, region: str) -> list[RunUsage]:
    """Return what restoring the data set from archive classes meters. [bytes, requests, byte-hours]"""
    tier, standard = project.dataset.restore, storage_classes()[STANDARD].usage_type
    sums: dict[_Row, int] = {}
    for part in current_parts(project.dataset):
        for storage_class, way, window in _restored(project, part):
            month = BillingMonth.of(window.start.date())
            why = f"restored from {storage_class} ({tier})"
            for (usage_type, operation), unit, quantity in (
                (way.retrieval, "bytes", part.size_bytes),
                (way.requests, "requests", part.count),
            ):
                if usage_type:
                    row = _Row(month, usage_type, unit, operation, why)
                    sums[row] = sums.get(row, 0) + quantity
            copied = f"copy in Standard of what was restored from {storage_class}"
            for held, seconds in window.by_month():
                row = _Row(held, standard, "byte-hours", "", copied)
                sums[row] = sums.get(row, 0) + part.size_bytes * seconds
    meter = Meter(project, region)
    return [
        meter.row(
            row.month, row.usage_type, row.unit, operation=row.operation, why=row.why,
            fixed=-(-quantity // 3600) if row.unit == "byte-hours" else quantity,
        )
        for row, quantity in sums.items()
    ]  # fmt: skip


class _Row(NamedTuple):
    """What of a row of usage is not its quantity."""

    month: BillingMonth
    usage_type: str
    unit: str
    operation: str
    why: str


def restore_seconds(project: Project) -> int:
    """Return how long the data set cannot be read in all, waiting for restores. [s]"""
    parts = current_parts(project.dataset)
    waits = [
        sum(min(round(way.hours * 3600), window.seconds) for _, way, window in _restored(project, part))
        for part in parts
    ]
    return max(waits, default=0)


def restore_assumptions(project: Project) -> list[str]:
    """Return, in one sentence, how long restores take; nothing where nothing is restored."""
    found: dict[str, tuple[Restore, int]] = {}
    for part in current_parts(project.dataset):
        restored = _restored(project, part)
        if restored:
            storage_class, way, _ = restored[0]
            found[storage_class] = way, max(len(restored), found.get(storage_class, (way, 0))[1])
    return [_restore_sentence(project, name, way, times) for name, (way, times) in found.items()]


def _restore_sentence(project: Project, storage_class: str, way: Restore, times: int) -> str:
    tier, hours, often = project.dataset.restore, figure(way.hours), "once" if times == 1 else f"{times} times"
    return (
        f"restored from {storage_class} {often} ({tier}), which takes up to {hours} h each time: runs "
        "wait for it, and the copy in Standard is billed as long as they read it"
    )


def _restored(project: Project, part: ObjectClass) -> tuple[tuple[str, Restore, Window], ...]:
    tier = project.dataset.restore
    return () if tier is None else _found(bucket_of(project, part), tier)


@lru_cache(maxsize=1024)
def _found(bucket: Bucket, tier: RestoreTier) -> tuple[tuple[str, Restore, Window], ...]:
    """Return the class, the way and the time of each restore; none where the class does not offer that way."""
    return tuple(
        (stay.storage_class, restores()[stay.storage_class, tier], stay.window)
        for stay in current_stays(bucket)
        if not storage_classes()[stay.storage_class].readable and (stay.storage_class, tier) in restores()
    )
