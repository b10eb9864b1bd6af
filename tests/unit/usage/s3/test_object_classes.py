"""Classes of objects worked out by hand: small beside large, old ones that a rule moves at once, old versions."""

from __future__ import annotations

from collections import Counter

from tests.projects import build_project

from cloudcost.domain.lifecycle import LifecycleRule
from cloudcost.domain.objects import ObjectClass
from cloudcost.domain.project import Dataset, Option, Project
from cloudcost.domain.usage import RunUsage
from cloudcost.usage.events import Readings
from cloudcost.usage.s3.copies import copied_project
from cloudcost.usage.s3.requests import read_usage, upload_usage
from cloudcost.usage.s3.storage import dataset_storage
from cloudcost.usage.s3.timeline import unreadable_because

SMALL = ObjectClass(count=100, size_bytes=1_600_000, age_days=40)
LARGE = ObjectClass(count=10, size_bytes=10_000_000, age_days=40)


def project(*objects: ObjectClass, **more: object) -> Project:
    current = [each for each in objects if each.is_current]
    dataset = Dataset(
        images=sum(each.count for each in current), size_bytes=sum(each.size_bytes for each in current),
        objects=objects, **more,  # type: ignore[arg-type]
    )  # fmt: skip
    return build_project(Option(name="o", kind="ec2", instance="g4dn.xlarge"), days=4, dataset=dataset)


def metered(usages: list[RunUsage]) -> dict[str, int]:
    found: Counter[str] = Counter()
    for usage in usages:
        found[usage.usage_type] += usage.fixed
    return dict(+found)


def test_only_large_objects_move_and_those_that_are_old_enough_at_once() -> None:
    rule = LifecycleRule(storage_class="GLACIER_IR", after_days=30)
    assert metered(dataset_storage(project(SMALL, LARGE, lifecycle=(rule,)), "us-east-1")) == {
        "TimedStorage-ByteHrs": 1_600_000 * 96,
        "TimedStorage-GIR-ByteHrs": 10_000_000 * 96,
        "EarlyDelete-GIR": 10_000_000 * 24 * (90 - 4),
        "Requests-GIR-Tier1": 10,
    }


def test_as_one_sum_none_would_move() -> None:
    dataset = Dataset(images=110, size_bytes=11_600_000, lifecycle=(LifecycleRule(storage_class="GLACIER_IR",
                                                                                  after_days=0),))  # fmt: skip
    frame = build_project(Option(name="o", kind="colab"), days=4, dataset=dataset)
    assert metered(dataset_storage(frame, "us-east-1")) == {"TimedStorage-ByteHrs": 11_600_000 * 96}


def test_the_least_time_in_a_class_counts_from_the_objects_own_beginning() -> None:
    there = ObjectClass(count=1, size_bytes=10**6, storage_class="GLACIER_IR", age_days=80)
    assert metered(dataset_storage(project(there), "us-east-1")) == {
        "TimedStorage-GIR-ByteHrs": 10**6 * 96,
        "EarlyDelete-GIR": 10**6 * 24 * (90 - 84),
    }


def test_old_versions_are_billed_until_a_rule_deletes_them_and_are_not_read() -> None:
    old = ObjectClass(count=7, size_bytes=7000, age_days=9, noncurrent_days=5)
    rule = LifecycleRule(noncurrent_expire_after_days=7)
    frame = project(LARGE, old, lifecycle=(rule,), versioning=True)
    assert metered(dataset_storage(frame, "us-east-1")) == {"TimedStorage-ByteHrs": 10_000_000 * 96 + 7000 * 48}
    assert metered(read_usage(frame, "us-east-1", Readings(at_start=1), why="reading")) == {
        "Requests-Tier1": 1,
        "Requests-Tier2": 10,
    }


def test_a_newer_version_decides_whether_a_rule_keeps_an_old_one() -> None:
    rule = LifecycleRule(noncurrent_expire_after_days=1, keep_newest=1)
    for newer, hours in ((0, 96), (1, 0)):
        old = ObjectClass(count=1, size_bytes=1000, age_days=9, noncurrent_days=5, newer_versions=newer)
        storage = metered(dataset_storage(project(LARGE, old, lifecycle=(rule,), versioning=True), "us-east-1"))
        assert storage["TimedStorage-ByteHrs"] == 10_000_000 * 96 + 1000 * hours


def test_what_lies_there_is_not_uploaded_the_first_time() -> None:
    new = ObjectClass(count=3, size_bytes=3000, storage_class="STANDARD_IA")
    assert metered(upload_usage(project(SMALL, new, uploads=3), "us-east-1")) == {
        "Requests-Tier1": 100 * 2,
        "Requests-SIA-Tier1": 3 * 3,
    }
    assert metered(upload_usage(project(SMALL), "us-east-1")) == {}


def test_objects_are_read_from_the_class_that_they_lie_in() -> None:
    cool = ObjectClass(count=5, size_bytes=50_000_000, storage_class="STANDARD_IA", age_days=1)
    assert metered(read_usage(project(LARGE, cool), "us-east-1", Readings(at_start=1), why="reading")) == {
        "Requests-Tier1": 1,
        "Requests-Tier2": 10,
        "Requests-SIA-Tier2": 10,
        "Retrieval-SIA": 50_000_000,
    }


def test_archived_objects_among_others_cannot_be_read() -> None:
    cold = ObjectClass(count=5, size_bytes=5000, storage_class="GLACIER", age_days=1)
    assert unreadable_because(project(LARGE)) == ""
    said = unreadable_because(project(LARGE, cold))
    assert said.startswith("5 objects of the data set lie in GLACIER from 2026-11-02 on and cannot be read")


def test_a_second_bucket_gets_what_is_current() -> None:
    old = ObjectClass(count=7, size_bytes=7000, age_days=9, noncurrent_days=5)
    copied = copied_project(project(LARGE, old, versioning=True)).dataset
    assert copied.objects == (ObjectClass(count=10, size_bytes=10_000_000),)
    assert not copied.versioning
