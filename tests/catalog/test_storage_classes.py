"""Every storage class through everything that reads its row."""

from __future__ import annotations

from datetime import date
from typing import get_args

import pytest

from cloudcost.analysis.compare import compare
from cloudcost.catalog.aws.access_tiers import access_tiers
from cloudcost.catalog.aws.lifecycle import default_smallest_bytes, lifecycle_defaults
from cloudcost.catalog.aws.regions import regions
from cloudcost.catalog.aws.storage_classes import StorageClass, later_classes, storage_classes
from cloudcost.catalog.books.book import load_book
from cloudcost.catalog.tables import sources
from cloudcost.domain.project import Project
from cloudcost.project.file import parse_project
from cloudcost.project.keys.tables import LaterClass
from cloudcost.project.keys.tables import StorageClass as ClassOfFile

TODAY = date(2026, 11, 22)
TEXT = """[project]
region = "us-east-1"
start = "2026-12-01"
duration = "{days} days"
[dataset]
images = {images}
size = "{size}"
uploads = 2
downloads = 1
storage_class = "{name}"
{more}
[[training]]
network = "resnet18"
epochs = 3
[[option]]
kind = "ec2"
instance = "g4dn.xlarge"
hours_per_run = 2
[[option]]
kind = "ec2"
instance = "g4dn.xlarge"
region = "us-west-2"
data_copy = true
hours_per_run = 2
"""
every_class = pytest.mark.parametrize("kind", storage_classes().values(), ids=lambda kind: kind.name)


def project(name: str, *, images: int = 600, size: str = "1 GB", days: int = 9, more: str = "") -> Project:
    text = TEXT.format(name=name, images=images, size=size, days=days, more=more)
    return parse_project(text, name="classes.toml", today=TODAY)


def billed(wanted: Project) -> set[str]:
    return {line.usage_type for option in compare(wanted, today=TODAY).options for line in option.lines}


@every_class
def test_rows_have_sources_and_say_what_belongs_together(kind: StorageClass) -> None:
    assert kind.source in sources()
    assert (kind.smallest_bytes > 0) == bool(kind.small_usage_type)
    assert (kind.minimum_days > 0) == bool(kind.early_usage_type)
    assert (kind.monitored_bytes > 0) == bool(kind.monitoring_usage_type)
    assert kind.put[0].startswith("Requests-")
    assert bool(kind.rank) == bool(kind.transition[0])


@every_class
def test_every_usage_type_of_a_class_has_a_price(kind: StorageClass) -> None:
    named = {
        kind.usage_type, kind.small_usage_type, kind.early_usage_type, kind.list_usage_type, kind.upload_usage_type,
        kind.retrieval_usage_type, kind.monitoring_usage_type, kind.put[0], f"{kind.request_prefix}Tier2",
        kind.transition[0],
    }  # fmt: skip
    keys = {usage_type for usage_type, _ in load_book().keys("AmazonS3", "us-east-1")}
    assert named - {""} - keys <= ({f"{kind.request_prefix}Tier2"} if not kind.readable else set())


@every_class
def test_a_data_set_of_the_class_is_billed_as_its_row_says(kind: StorageClass) -> None:
    many = billed(project(kind.name, images=600_000))
    few = billed(project(kind.name))
    assert kind.usage_type in few
    assert kind.put[0] in few
    assert kind.list_usage_type in few or not kind.readable
    assert (not kind.small_usage_type) or (kind.small_usage_type in many and kind.small_usage_type not in few)
    for named in (kind.early_usage_type, kind.upload_usage_type, kind.monitoring_usage_type):
        assert not named or named in few
    assert not kind.retrieval_usage_type or kind.retrieval_usage_type in few
    options = compare(project(kind.name), today=TODAY).options
    assert {option.feasible for option in options} == {kind.readable}


@every_class
def test_a_lifecycle_rule_leads_there_as_its_row_says(kind: StorageClass) -> None:
    if not kind.rank:
        assert kind.name not in later_classes()
        return
    day = max(kind.earliest_days, 2)
    rule = f'lifecycle = {{to = "{kind.name}", after_days = {day}}}'
    moved = project("STANDARD", days=day + 2, more=rule)
    assert kind.transition[0] in billed(moved)
    assert moved.dataset.lifecycle[0].storage_class == kind.name


@every_class
def test_the_project_file_takes_the_class(kind: StorageClass) -> None:
    assert kind.name in get_args(ClassOfFile)
    assert project(kind.name).dataset.storage_class == kind.name
    assert (kind.name in get_args(LaterClass)) == bool(kind.rank)


def test_ranks_are_one_each() -> None:
    ranks = [kind.rank for kind in storage_classes().values() if kind.rank is not None]
    assert sorted(ranks) == list(range(len(ranks)))


@pytest.mark.parametrize("name", later_classes())
def test_every_later_class_says_what_is_too_small_to_be_moved_there(name: str) -> None:
    assert default_smallest_bytes(name, date(2020, 1, 1)) in (0, 128 * 1024)
    assert default_smallest_bytes(name, date(2024, 9, 24)) == 128 * 1024
    assert {row.source for row in lifecycle_defaults()} <= set(sources())


def test_access_tiers_have_a_price_wherever_their_class_has_one() -> None:
    book = load_book()
    priced = [each for each in regions() if ("TimedStorage-INT-FA-ByteHrs", "on-demand") in book.keys("AmazonS3", each)]
    assert len(priced) > 30
    for region in priced:
        missing = {tier.usage_type for tier in access_tiers("INTELLIGENT_TIERING")} - {
            usage_type for usage_type, _ in book.keys("AmazonS3", region)
        }
        assert not missing, region
    assert {tier.source for tier in access_tiers("INTELLIGENT_TIERING")} <= set(sources())
    assert access_tiers("STANDARD") == ()
