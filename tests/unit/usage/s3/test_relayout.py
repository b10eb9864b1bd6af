"""What it takes to lay out a data set anew, by hand."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from tests.projects import build_project

from cloudcost.domain.objects import ObjectClass, rewritten
from cloudcost.domain.project import Dataset, Option, Project
from cloudcost.usage.s3.relayout import relayout_usage

BOX = Option(name="o", kind="ec2", instance="g4dn.xlarge", region="us-east-1")
DATA = Dataset(images=2500, size_bytes=2500 * 2**20)
MIB = 2**20


def project(**fields: object) -> Project:
    region = str(fields.pop("region", "us-east-1"))
    return replace(build_project(BOX), region=region, dataset=replace(DATA, **fields))  # type: ignore[arg-type]


def metered(before: Project, after: Project) -> dict[tuple[str, str], int]:
    counted: Counter[tuple[str, str]] = Counter()
    for usage in relayout_usage(before, after):
        assert not any(usage.per_run), "a change has nothing to do with runs"
        counted[usage.usage_type, usage.region] += usage.fixed
    return dict(counted)


def test_another_reader_or_rule_moves_nothing() -> None:
    assert relayout_usage(project(), project(reader="stream")) == []


def test_a_colder_class_takes_one_transition_an_object() -> None:
    assert metered(project(), project(storage_class="STANDARD_IA")) == {("Requests-Tier4", "us-east-1"): 2500}


def test_objects_that_no_rule_moves_are_copied_onto_themselves() -> None:
    small = {"size_bytes": 2500 * 10_000}
    found = metered(project(**small), project(storage_class="STANDARD_IA", **small))
    assert found == {("Requests-SIA-Tier1", "us-east-1"): 2500}


def test_a_warmer_class_is_retrieved_written_and_left_early() -> None:
    found = metered(project(storage_class="GLACIER_IR"), project())
    assert found == {
        ("EarlyDelete-GIR", "us-east-1"): DATA.size_bytes * 90 * 24,
        ("Retrieval-GIR", "us-east-1"): DATA.size_bytes,
        ("Requests-Tier1", "us-east-1"): 2500,
    }


def test_small_objects_are_left_early_at_their_billed_size() -> None:
    small = {"size_bytes": 2500 * 10_000}
    found = metered(project(storage_class="STANDARD_IA", **small), project(**small))
    assert found["EarlyDelete-SIA", "us-east-1"] == 2500 * 131_072 * 30 * 24


def test_archives_are_made_by_reading_every_image_and_writing_parts() -> None:
    found = metered(project(), project(reader="shards", shard_size_bytes=125 * MIB))
    assert found == {
        ("Requests-Tier1", "us-east-1"): 3 + 20 * (2 + 16),  # 3 pages of LIST; 20 archives of 16 parts of 8 MiB
        ("Requests-Tier2", "us-east-1"): 2500,
    }


def test_another_region_is_listed_copied_and_its_traffic_paid() -> None:
    found = metered(project(), project(region="eu-west-1"))
    assert found == {
        ("Requests-Tier1", "us-east-1"): 3,
        ("EU-AWS-Out-Bytes", "us-east-1"): DATA.size_bytes,
        ("Requests-Tier1", "eu-west-1"): 2500,
    }


def test_home_from_the_bucket_and_back() -> None:
    home = metered(project(), project(location="local"))
    assert home == {
        ("Requests-Tier1", "us-east-1"): 3,
        ("Requests-Tier2", "us-east-1"): 2500,
        ("DataTransfer-Out-Bytes", "us-east-1"): DATA.size_bytes,
    }
    assert metered(project(location="local"), project()) == {("Requests-Tier1", "us-east-1"): 2500}
    assert relayout_usage(project(location="local"), project(location="local")) == []


def test_classes_of_objects_move_each_by_its_size_class_and_age() -> None:
    """1,000 large ones in Standard take transitions; 500 small ones a COPY; 10 lie in Standard-IA already."""
    listed = (
        ObjectClass(count=1000, size_bytes=1000 * MIB),
        ObjectClass(count=500, size_bytes=500 * 1000),
        ObjectClass(count=10, size_bytes=10 * MIB, storage_class="STANDARD_IA"),
    )
    size = sum(each.size_bytes for each in listed)
    before = project(objects=listed, images=1510, size_bytes=size)
    after = project(objects=rewritten(listed), images=1510, size_bytes=size, storage_class="STANDARD_IA")
    assert metered(before, after) == {
        ("Requests-Tier4", "us-east-1"): 1000,
        ("Requests-SIA-Tier1", "us-east-1"): 500,
    }


def test_what_is_old_enough_leaves_for_nothing_and_what_is_not_for_the_rest() -> None:
    old = (
        ObjectClass(count=10, size_bytes=10 * MIB, storage_class="GLACIER_IR", age_days=200),
        ObjectClass(count=10, size_bytes=10 * MIB, storage_class="GLACIER_IR", age_days=60),
    )
    before = project(objects=old, images=20, size_bytes=20 * MIB)
    after = project(objects=rewritten(old), images=20, size_bytes=20 * MIB)
    found = metered(before, after)
    assert found["EarlyDelete-GIR", "us-east-1"] == 10 * MIB * 30 * 24
    assert found["Retrieval-GIR", "us-east-1"] == 20 * MIB
    assert found["Requests-Tier1", "us-east-1"] == 20


def test_into_another_cloud_and_back() -> None:
    """Out of S3 over the internet and written there; back with an operation an object, and its traffic to AWS."""
    there = metered(project(), project(location="gcs"))
    assert there == {
        ("Requests-Tier1", "us-east-1"): 3,
        ("Requests-Tier2", "us-east-1"): 2500,
        ("DataTransfer-Out-Bytes", "us-east-1"): DATA.size_bytes,
        ("ClassAOperations", "us-central1"): 2500,
    }
    back = metered(project(location="gcs"), project())
    assert back["ClassAOperations", "us-central1"] == 3  # pages of a listing
    assert back["ClassBOperations", "us-central1"] == 2500
    assert back["Requests-Tier1", "us-east-1"] == 2500
    assert sum(back.values()) == 3 + 2500 + 2500 + DATA.size_bytes
    assert relayout_usage(project(location="gcs"), project(location="gcs", reader="stream")) == []
