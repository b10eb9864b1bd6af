"""Delete markers, parts of incomplete uploads and restored copies are what a bucket run hour by hour holds."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.laws import examples
from tests.properties.test_storage_timeline_laws import bucket_run, months_later, projects

from cloudcost.domain.lifecycle import LifecycleRule
from cloudcost.domain.project import Project
from cloudcost.domain.usage import RunUsage
from cloudcost.usage.s3.restores import restore_seconds, restore_usage
from cloudcost.usage.s3.unseen import KEY_BYTES, incomplete_usage, marker_usage

REGION = "us-east-1"


def by_month(usages: list[RunUsage], usage_type: str) -> Counter[str]:
    found: Counter[str] = Counter()
    for usage in usages:
        if usage.usage_type == usage_type:
            found[str(usage.month)] += usage.fixed
    return +found


@given(projects())
@settings(max_examples=examples(300), deadline=None)
def test_delete_markers_are_those_of_a_bucket_run_by_the_hour(project: Project) -> None:
    hours = {month: each * KEY_BYTES for month, each in bucket_run(project).marker_hours.items()}
    assert by_month(marker_usage(project, REGION), "TimedStorage-ByteHrs") == +Counter(hours)


def hours_of(begin: datetime, end: datetime) -> Counter[str]:
    """Return the hours of a stretch of time by month, one after the other."""
    counted: Counter[str] = Counter()
    while begin < end:
        counted[f"{begin.year:04d}-{begin.month:02d}"] += 1
        begin += timedelta(hours=1)
    return counted


@given(projects(), st.integers(1, 10**12), st.sampled_from((None, 1, 7, 45)))
@settings(max_examples=examples(100), deadline=None)
def test_incomplete_uploads_lie_until_a_rule_aborts_them(project: Project, size: int, days: int | None) -> None:
    rules = () if days is None else (LifecycleRule(abort_incomplete_after_days=days),)
    project = replace(project, dataset=replace(project.dataset, incomplete_bytes=size, lifecycle=rules))
    begin = datetime.combine(project.start, datetime.min.time(), tzinfo=UTC)
    end = months_later(begin + timedelta(seconds=project.duration_seconds), project.keep_months)
    if days is not None:
        end = min(end, begin + timedelta(days=days))
    found = incomplete_usage(project, REGION)
    assert len({usage.usage_type for usage in found}) == 1
    expected = Counter({month: hours * size for month, hours in hours_of(begin, end).items()})
    assert by_month(found, found[0].usage_type) == expected


@given(projects(), st.sampled_from(("Standard", "Bulk")))
@settings(max_examples=examples(200), deadline=None)
def test_restored_copies_lie_in_standard_while_runs_read_an_archive(project: Project, tier: str) -> None:
    project = replace(project, dataset=replace(project.dataset, restore=tier))  # type: ignore[arg-type]
    held: Counter[str] = Counter()
    bucket = bucket_run(project)
    begin = datetime.combine(project.start, datetime.min.time(), tzinfo=UTC)
    ends = begin + timedelta(seconds=project.duration_seconds)
    for moment, storage_class in bucket.current_by_the_hour:
        if moment < ends and storage_class in ("GLACIER", "DEEP_ARCHIVE"):
            held[f"{moment.year:04d}-{moment.month:02d}"] += project.dataset.size_bytes
    found = restore_usage(project, REGION)
    assert by_month(found, "TimedStorage-ByteHrs") == +held
    assert (restore_seconds(project) > 0) == bool(+held)
    assert restore_usage(replace(project, dataset=replace(project.dataset, restore=None)), REGION) == []
