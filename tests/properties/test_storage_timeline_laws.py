"""The storage timeline is the bucket run hour by hour, to the byte-hour, whatever rules, versions and readings say."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.bucket_by_the_hour import BucketByTheHour
from tests.laws import examples

from cloudcost.catalog.aws.storage_classes import later_classes
from cloudcost.domain.lifecycle import LifecycleRule
from cloudcost.domain.objects import ObjectClass
from cloudcost.domain.project import Count, Dataset, Option, Project, Training
from cloudcost.usage.s3.storage import dataset_storage

KIB = 1024
CLASSES = ("STANDARD", *later_classes())
SIZES = (1, 16 * 10**3, 128 * KIB - 1, 128 * KIB, 10**6)


@st.composite
def rules(draw: st.DrawFn) -> LifecycleRule:
    """Draw a rule of any kind, sensible or not."""
    target = draw(st.one_of(st.none(), st.sampled_from(later_classes())))
    days = st.sampled_from((None, 0, 1, 7, 8, 30, 45))
    expire = st.sampled_from((None, None, 1, 7, 8, 30, 60))
    return LifecycleRule(
        storage_class=target,
        after_days=draw(days) if target else None,
        noncurrent_after_days=draw(days) if target else None,
        expire_after_days=draw(expire),
        noncurrent_expire_after_days=draw(expire),
        keep_newest=draw(st.integers(0, 2)),
        min_object_bytes=draw(st.sampled_from((None, None, 1, 4 * KIB, 128 * KIB))),
    )


@st.composite
def object_classes(draw: st.DrawFn) -> ObjectClass:
    """Draw equal objects, uploaded, there already, or noncurrent versions."""
    count = draw(st.integers(1, 3))
    age = draw(st.sampled_from((None, 0, 1, 7, 29, 45, 100)))
    old = age is not None and draw(st.booleans())
    return ObjectClass(
        count=count,
        size_bytes=count * draw(st.sampled_from((0, *SIZES))),
        storage_class=draw(st.sampled_from((None, *CLASSES))),
        age_days=age,
        noncurrent_days=draw(st.sampled_from([days for days in (0, 1, 7, 45) if days <= (age or 0)])) if old else None,
        newer_versions=draw(st.integers(0, 2)) if old else 0,
    )


@st.composite
def projects(draw: st.DrawFn, objects: st.SearchStrategy[list[ObjectClass]] | None = None) -> Project:
    """Draw a project whose uploads are done at full hours."""
    uploads = draw(st.integers(1, 4))
    hours = uploads * draw(st.integers(1, 400 // uploads))
    dataset = Dataset(
        images=3,
        size_bytes=3 * draw(st.sampled_from(SIZES)),
        storage_class=draw(st.sampled_from((*CLASSES, "INTELLIGENT_TIERING"))),
        versioning=draw(st.booleans()),
        uploads=uploads,
        lifecycle=tuple(draw(st.lists(rules(), max_size=3))),
        archive_access_days=draw(st.sampled_from((None, 90, 100))),
        deep_archive_access_days=draw(st.sampled_from((None, 180))),
        objects=tuple(draw(objects)) if objects is not None else (),
    )
    training = Training(name="a", network="resnet18", image_px=32, batch=8, epochs=Count.fixed(1), runs=Count.fixed(1))
    return Project(
        name="p", region="us-east-1", start=draw(st.dates(date(2024, 7, 1), date(2026, 3, 31))),
        duration_seconds=hours * 3600, keep_months=draw(st.sampled_from((0, 0, 1, 1, 2, 4, 8))), dataset=dataset,
        trainings=(training,), options=(Option(name="o", kind="colab"),),
    )  # fmt: skip


def metered(project: Project, read_until: datetime | None) -> Counter[tuple[str, str]]:
    counted: Counter[tuple[str, str]] = Counter()
    for usage in dataset_storage(project, "us-east-1", read_until=read_until):
        counted[usage.usage_type, str(usage.month)] += usage.fixed
    return +counted


def by_the_hour(project: Project, read_until: datetime | None) -> Counter[tuple[str, str]]:
    counted: Counter[tuple[str, str]] = Counter()
    for each in project.dataset.objects or (None,):
        counted.update(bucket_run(project, read_until, each).counted)
    return +counted


def bucket_run(
    project: Project, read_until: datetime | None = None, part: ObjectClass | None = None
) -> BucketByTheHour:
    """Return the bucket of equal objects after its time: those of a part, else the whole data set."""
    data = project.dataset
    each = part or ObjectClass(count=data.images, size_bytes=data.size_bytes)
    start = datetime(project.start.year, project.start.month, project.start.day, tzinfo=UTC)
    end = start + timedelta(seconds=project.duration_seconds)
    bucket = BucketByTheHour(
        objects=each.count, object_bytes=each.size_bytes // each.count,
        storage_class=each.storage_class or data.storage_class, rules=data.lifecycle, rules_from=start,
        versioning=data.versioning, archive_days=data.archive_access_days,
        deep_archive_days=data.deep_archive_access_days, age_days=each.age_days,
        noncurrent_days=each.noncurrent_days, newer_versions=each.newer_versions,
    )  # fmt: skip
    step = (end - start) / data.uploads
    uploads = [start + step * number for number in range(data.uploads)]
    bucket.run(start, months_later(end, project.keep_months), uploads, read_until or end)
    return bucket


def months_later(moment: datetime, months: int) -> datetime:
    """Return the same day so many months later, or the last one of that month."""
    index = moment.year * 12 + moment.month - 1 + months
    first = moment.replace(year=index // 12, month=index % 12 + 1, day=1)
    last = ((first + timedelta(days=31)).replace(day=1) - timedelta(days=1)).day
    return first.replace(day=min(moment.day, last))


@settings(max_examples=examples(600))
@given(project=projects(), data=st.data())
def test_what_is_metered_is_what_lies_there_hour_by_hour(project: Project, data: Any) -> None:
    start = datetime(project.start.year, project.start.month, project.start.day, tzinfo=UTC)
    hours = project.duration_seconds // 3600
    read = data.draw(st.one_of(st.none(), st.integers(0, hours).map(lambda hour: start + timedelta(hours=hour))))
    assert metered(project, read) == by_the_hour(project, read)


@settings(max_examples=examples(600))
@given(project=projects(st.lists(object_classes(), min_size=1, max_size=3)), data=st.data())
def test_so_is_what_classes_of_objects_meter(project: Project, data: Any) -> None:
    start = datetime(project.start.year, project.start.month, project.start.day, tzinfo=UTC)
    hours = project.duration_seconds // 3600
    read = data.draw(st.one_of(st.none(), st.integers(0, hours).map(lambda hour: start + timedelta(hours=hour))))
    assert metered(project, read) == by_the_hour(project, read)
