"""The outputs of a scan: the table is what a project file reads, whatever was found, and nothing of a name acts."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloudcost.cli.scan import _for_a_file
from cloudcost.domain.lifecycle import LifecycleRule
from cloudcost.domain.objects import ObjectClass
from cloudcost.project.file import parse_project
from cloudcost.render.listings.scans import scan_markdown, scan_text, scan_toml
from cloudcost.scan.content import Scan

DAY = date(2026, 11, 23)
REST = '[[training]]\nnetwork = "resnet18"\nepochs = 1\n[[option]]\nkind = "colab"\naccelerator = "T4"\n'
CLASSES = ("STANDARD", "STANDARD_IA", "GLACIER")


@st.composite
def object_classes(draw: st.DrawFn) -> ObjectClass:
    age = draw(st.integers(0, 5000))
    old = draw(st.one_of(st.none(), st.integers(0, age)))
    return ObjectClass(
        count=draw(st.integers(1, 10**9)),
        size_bytes=draw(st.integers(0, 2**50)),
        storage_class=draw(st.sampled_from(CLASSES)),
        age_days=age,
        noncurrent_days=old,
        newer_versions=0 if old is None else draw(st.integers(0, 100)),
    )


def scan_of(*objects: ObjectClass, **more: object) -> Scan:
    return Scan(source="s3://bucket", kind="bucket", on=DAY, objects=objects, **more)  # type: ignore[arg-type]


CURRENT = ObjectClass(count=9, size_bytes=900, storage_class="STANDARD", age_days=3)


@given(st.lists(object_classes(), max_size=6), st.booleans(), st.one_of(st.none(), st.integers(0, 2**40)))
def test_a_project_file_reads_what_was_found(
    objects: list[ObjectClass], versioning: bool, incomplete: int | None
) -> None:
    scan = scan_of(CURRENT, *objects, versioning=versioning, incomplete_bytes=incomplete)
    dataset = parse_project(scan_toml(scan) + REST, name="p.toml", today=DAY).dataset
    named = [replace(each, storage_class=each.storage_class or dataset.storage_class) for each in dataset.objects]
    assert named == list(scan.objects)
    assert dataset.versioning == versioning
    assert dataset.incomplete_bytes == (incomplete or 0)


def test_rules_are_read_as_they_were_found() -> None:
    rules = (
        LifecycleRule(storage_class="STANDARD_IA", after_days=30, min_object_bytes=1),
        LifecycleRule(storage_class="GLACIER", noncurrent_after_days=0, keep_newest=2),
        LifecycleRule(expire_after_days=365),
        LifecycleRule(abort_incomplete_after_days=7),
    )
    text = scan_toml(_for_a_file(scan_of(CURRENT, lifecycle=rules)))
    assert parse_project(text + REST, name="p.toml", today=DAY).dataset.lifecycle == rules


def test_rules_that_a_project_file_refuses_are_left_out_and_told() -> None:
    rules = tuple(LifecycleRule(storage_class=name, after_days=30) for name in ("GLACIER", "DEEP_ARCHIVE"))
    scan = _for_a_file(scan_of(CURRENT, lifecycle=rules))
    assert scan.lifecycle == ()
    assert "the bucket's rules are left out" in scan_toml(scan)


def test_a_class_that_is_not_known_is_left_out_and_told() -> None:
    odd = ObjectClass(count=3, size_bytes=30, storage_class="SNOW", age_days=1)
    text = scan_toml(scan_of(CURRENT, odd))
    assert "3 objects in SNOW, 30 bytes: a class without a price here, left out" in text
    assert [each["count"] for each in tomllib.loads(text)["dataset"]["objects"]] == [9]


def test_a_bucket_without_current_objects_says_so() -> None:
    old = ObjectClass(count=3, size_bytes=30, storage_class="STANDARD", age_days=3, noncurrent_days=1)
    assert "nothing here is current" in scan_text(scan_of(old))


@pytest.mark.parametrize("name", ["a\n[project]\nname = 1", "a\x1b[31m", "x" * 300, "a|b\r\nc"])
def test_a_name_is_nothing_but_a_name(name: str) -> None:
    scan = Scan(source=name, kind="folder", on=DAY, objects=(ObjectClass(count=1, size_bytes=9),))
    assert list(tomllib.loads(scan_toml(scan))) == ["dataset"]
    for text in (scan_text(scan), scan_markdown(scan), scan_toml(scan)):
        assert "\x1b" not in text
        assert "\n[project]" not in text


def test_text_shows_sizes_and_classes() -> None:
    text = scan_text(scan_of(CURRENT, ObjectClass(count=2, size_bytes=10**9, storage_class="GLACIER", age_days=3)))
    assert "under 1 KiB" in text
    assert "64 MiB to 512 MiB" in text
    assert "9 objects under 128 KiB" in text
    assert [line.split()[0] for line in text.splitlines()[-2:]] == ["GLACIER", "STANDARD"]
