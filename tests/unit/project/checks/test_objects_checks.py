"""Classes of objects in a project file: what is read, and each fault in one line."""

from __future__ import annotations

from datetime import date

import pytest

from cloudcost.domain.objects import ObjectClass
from cloudcost.domain.project import Project
from cloudcost.errors import ProjectFileError
from cloudcost.project.file import parse_project

TODAY = date(2026, 11, 22)
TEXT = """
[dataset]
{dataset}

{objects}

[[training]]
network = "resnet18"
epochs = 1

[[option]]
kind = "ec2"
instance = "g4dn.xlarge"
"""


def read(*objects: str, dataset: str = "") -> Project:
    tables = "\n".join(f"[[dataset.objects]]\n{each}\n" for each in objects)
    return parse_project(TEXT.format(dataset=dataset, objects=tables), name="p.toml", today=TODAY)


def faults(*objects: str, dataset: str = "") -> list[str]:
    with pytest.raises(ProjectFileError) as caught:
        read(*objects, dataset=dataset)
    return str(caught.value).split("\n")


def test_images_and_size_are_those_of_current_objects() -> None:
    dataset = read(
        'count = 10\nsize = "1 MB"\nage_days = 3', 'count = 5\nsize = 0\nstorage_class = "GLACIER_IR"',
        "count = 7\nsize = 99\nage_days = 9\nnoncurrent_days = 2\nnewer_versions = 1",
    ).dataset  # fmt: skip
    assert (dataset.images, dataset.size_bytes) == (15, 10**6)
    assert dataset.objects == (
        ObjectClass(count=10, size_bytes=10**6, age_days=3),
        ObjectClass(count=5, size_bytes=0, storage_class="GLACIER_IR"),
        ObjectClass(count=7, size_bytes=99, age_days=9, noncurrent_days=2, newer_versions=1),
    )


def test_images_may_be_given_beside_objects_that_are_archives() -> None:
    assert read('count = 10\nsize = "1 GB"', dataset='images = 60000\nreader = "shards"').dataset.images == 60_000


@pytest.mark.parametrize(
    ("objects", "dataset", "told"),
    [
        ("count = 1\nsize = 9", 'size = "1 GB"',
         "p.toml:dataset.size: given beside objects, \"1 GB\", remove size or objects"),
        ("count = 1\nsize = 9\nnoncurrent_days = 3", "",
         "p.toml:dataset.objects[0].age_days: missing, no value, add the age of the versions when the project begins, "
         "age_days = 40"),
        ("count = 1\nsize = 9\nage_days = 3\nnewer_versions = 1", "",
         "p.toml:dataset.objects[0].noncurrent_days: missing, no value, add since when they are noncurrent, "
         "noncurrent_days = 10"),
        ("count = 1\nsize = 9\nage_days = 3\nnoncurrent_days = 4", "",
         "p.toml:dataset.objects[0].noncurrent_days: more than age_days = 3, 4, write a number from 0 to 3"),
        ("count = 1\nsize = 9\nage_days = 4\nnoncurrent_days = 4", "",
         "p.toml:dataset.objects: noncurrent versions alone, 1 table, add the objects that runs read, without "
         "noncurrent_days"),
        ("count = 1\nsize = 0", "",
         "p.toml:dataset.objects: current objects of no size together, 0 bytes, give the size of the objects that runs "
         "read"),
        ('count = 0\nsize = "x"', "",
         "p.toml:dataset.objects[0].size: not a size, \"x\", write a number and a unit such as \"48 GB\" or "
         "\"1.5 GiB\""),
    ],
)  # fmt: skip
def test_a_fault_is_told_in_one_line(objects: str, dataset: str, told: str) -> None:
    assert told in faults(objects, dataset=dataset)


def test_more_than_an_exbibyte_is_refused() -> None:
    [told] = faults('count = 1\nsize = "1024 PiB"', 'count = 1\nsize = "1 GB"')
    assert told.startswith("p.toml:dataset.objects: over 1 EiB together")


def test_objects_beside_a_folder_are_refused() -> None:
    told = faults("count = 1\nsize = 9", dataset='folder = "data"')
    assert any(each.startswith("p.toml:dataset.objects: given beside folder") for each in told)
