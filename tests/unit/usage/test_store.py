"""A data set in another cloud's bucket: kept and read there, its traffic paid to whoever runs the bucket."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.projects import build_project, build_training

from cloudcost.catalog.stores.object_stores import object_stores
from cloudcost.domain.project import Checkpoint, Dataset, Location, Option, Project
from cloudcost.domain.usage import RunUsage
from cloudcost.project.file import parse_project
from cloudcost.usage.chosen import home_region, is_away, reader_of
from cloudcost.usage.machines.runs import RunPlan
from cloudcost.usage.option import data_usage
from cloudcost.usage.store import get_operations, put_operations, store_assumptions

GIB = 2**30
OBJECTS = 2500
PLAN = RunPlan(startup_seconds=0, download_seconds=0, training_seconds=3600, steps=1)
MACHINES: dict[Location, Option] = {
    "gcs": Option(name="g", kind="cloud", provider="gcp", instance="a2-highgpu-1g", region="europe-west4"),
    "azure": Option(name="z", kind="cloud", provider="azure", instance="Standard_NC6s_v3", region="westeurope"),
}
EC2 = Option(name="e", kind="ec2", instance="g4dn.xlarge")
HOME = Option(name="h", kind="local", device="RTX 3060")
COLAB = Option(name="c", kind="colab", accelerator="T4")


def project(location: Location, *options: Option, days: int = 30, **dataset: object) -> Project:
    fields = {"images": OBJECTS, "size_bytes": 100 * GIB, "location": location, **dataset}
    return build_project(
        *options, days=days, start=date(2026, 9, 1), dataset=Dataset(**fields),  # type: ignore[arg-type]
        trainings=(build_training(epochs=3, checkpoint=Checkpoint(size_bytes=GIB)),),
    )  # fmt: skip


def metered(frame: Project, option: Option, plan: RunPlan = PLAN, runs: int = 1) -> dict[tuple[str, str, str], int]:
    found: dict[tuple[str, str, str], int] = {}
    for row in data_usage(frame, option, [plan]):
        key = (row.service, row.region, row.usage_type)
        found[key] = found.get(key, 0) + quantity(row, runs)
    return found


def quantity(row: RunUsage, runs: int) -> int:
    return row.fixed + sum(each * runs for each in row.per_run)


@pytest.mark.parametrize("location", list(MACHINES))
def test_training_beside_the_bucket_pays_no_traffic_and_nothing_to_aws(location: Location) -> None:
    store = object_stores()[location]
    found = metered(project(location, MACHINES[location]), MACHINES[location])
    assert {service for service, _, _ in found} == {store.service}
    assert {region for _, region, _ in found} == {MACHINES[location].region}
    assert not [kind for _, _, kind in found if kind.startswith("Egress")]


@pytest.mark.parametrize(("location", "option"), list(product(MACHINES, (EC2, COLAB, HOME))))
def test_training_elsewhere_pays_the_bucket_s_provider_for_the_way_out(location: Location, option: Option) -> None:
    store, frame = object_stores()[location], project(location, option, region=object_stores()[location].default_region)
    found = metered(frame, option)
    bucket = frame.dataset.region or ""
    assert found[store.service, bucket, "Egress-Internet"] == 100 * GIB
    assert ("AmazonS3", "us-east-1", "DataTransfer-Out-Bytes") not in found
    stored = [(service, kind) for service, _, kind in found if "TimedStorage" in kind]
    assert stored == ([("AmazonS3", "TimedStorage-ByteHrs")] if option is EC2 else [])  # checkpoints alone


@pytest.mark.parametrize("location", list(MACHINES))
def test_another_region_of_the_same_cloud_pays_the_rate_between_the_two_continents(location: Location) -> None:
    store, machine = object_stores()[location], MACHINES[location]
    frame = project(location, machine, region=store.default_region)
    found = metered(frame, machine)
    assert found[store.service, store.default_region, "Egress-north-america-to-europe"] == 100 * GIB
    assert found[store.service, store.default_region, "Egress-europe-to-north-america"] == 3 * GIB  # checkpoints
    assert reader_of(frame, machine) == "copy"


@pytest.mark.parametrize("location", list(MACHINES))
def test_a_copy_in_s3_reads_the_other_cloud_once_whatever_runs_there_are(location: Location) -> None:
    store = object_stores()[location]
    option = replace(EC2, data_copy=True, region="eu-west-1")
    frame = project(location, option, region=store.default_region)
    few, many = metered(frame, option, runs=1), metered(frame, option, runs=7)
    out = (store.service, store.default_region, "Egress-Internet")
    assert few[out] == many[out] == 100 * GIB
    assert few["AmazonS3", "eu-west-1", "TimedStorage-ByteHrs"] > 100 * GIB * 720
    assert not is_away(frame, option)


def test_traffic_to_australia_has_a_price_of_its_own_in_one_of_them() -> None:
    option = replace(EC2, region="ap-southeast-2")
    kinds = {
        location: {kind for _, _, kind in metered(project(location, option), option) if kind.startswith("Egress")}
        for location in MACHINES
    }
    assert kinds == {"gcs": {"Egress-Internet-AUS"}, "azure": {"Egress-Internet"}}


def test_a_bucket_lies_where_the_first_machine_of_its_cloud_stands_else_near_the_project() -> None:
    gcp, other = MACHINES["gcs"], MACHINES["azure"]
    assert home_region(project("gcs", EC2, gcp)) == "europe-west4"
    assert home_region(project("gcs", EC2, other)) == "us-central1"
    assert home_region(project("azure", EC2, other)) == "westeurope"
    assert home_region(replace(project("azure", EC2), region="eu-west-1")) == "northeurope"
    assert home_region(project("gcs", EC2, gcp, region="asia-east1")) == "asia-east1"
    assert home_region(project("s3", EC2, gcp)) == "us-east-1"
    unpriced = replace(gcp, region="mars-north1")
    assert home_region(project("gcs", unpriced)) == "us-central1"


@pytest.mark.parametrize(
    ("location", "size", "puts", "gets"),
    [("gcs", 5 * GIB, 1, 1), ("azure", 256 * 2**20, 1, 32), ("azure", 256 * 2**20 + 1, 34, 33), ("azure", 1, 1, 1)],
)
def test_operations_of_an_object(location: str, size: int, puts: int, gets: int) -> None:
    store = object_stores()[location]
    assert (put_operations(store, size), get_operations(size, store.part_bytes)) == (puts, gets)
    assert get_operations(size, None) == 1


def test_one_upload_one_listing_and_one_operation_an_object() -> None:
    found = metered(project("gcs", MACHINES["gcs"]), MACHINES["gcs"])
    # uploads, 3 pages of a copy a run, 3 checkpoints
    assert found["GoogleCloudStorage", "europe-west4", "ClassAOperations"] == OBJECTS + 3 + 3
    assert found["GoogleCloudStorage", "europe-west4", "ClassBOperations"] == OBJECTS
    found = metered(project("azure", MACHINES["azure"]), MACHINES["azure"])
    assert found["AzureBlobStorage", "westeurope", "LRSListOperations"] == 1
    assert found["AzureBlobStorage", "westeurope", "HotReadOperations"] == OBJECTS * 6  # 41 MB in parts of 8 MiB
    assert found["AzureBlobStorage", "westeurope", "HotLRSWriteOperations"] == OBJECTS + 3 * 129


def test_versions_are_kept_and_downloads_leave_over_the_internet() -> None:
    base = project("gcs", MACHINES["gcs"], days=30)
    kept = ("GoogleCloudStorage", "europe-west4", "StandardStorage")
    out = ("GoogleCloudStorage", "europe-west4", "Egress-Internet")
    twice = replace(base, dataset=replace(base.dataset, uploads=2, versioning=True, downloads=2))
    before, after = metered(base, MACHINES["gcs"], runs=0), metered(twice, MACHINES["gcs"], runs=0)
    assert before[kept] == 100 * GIB * 720
    assert after[kept] == 100 * GIB * (720 + 360)
    assert after[out] == 200 * GIB


@given(
    location=st.sampled_from(["gcs", "azure"]), images=st.integers(1, 10**5), size=st.integers(1, 10**13),
    reader=st.sampled_from(["copy", "stream", "shards"]), runs=st.integers(0, 20), starts=st.integers(1, 4),
)  # fmt: skip
def test_counts_are_those_of_every_object_and_page_and_affine_in_runs(
    location: Location, images: int, size: int, reader: str, runs: int, starts: int
) -> None:
    store, option = object_stores()[location], replace(MACHINES[location], reader=reader)  # type: ignore[arg-type]
    frame = project(location, option, images=images, size_bytes=size, reader=reader, shard_size_bytes=GIB)
    frame = replace(frame, trainings=(build_training(epochs=3),))
    plan = replace(PLAN, starts=starts)
    objects = -(-size // GIB) if reader == "shards" else images
    each = -(-size // objects)
    passes = starts if reader == "copy" else 3
    parts = 1 if reader == "stream" or store.part_bytes is None else len(range(0, each, store.part_bytes)) or 1
    pages = len(range(0, objects, store.keys_per_page)) * (passes if reader == "copy" else 1)
    found, none = metered(frame, option, plan, runs), metered(frame, option, plan, 0)
    region = option.region or ""
    reads = (store.service, region, store.read_usage_type)
    assert found.get(reads, 0) == runs * passes * objects * parts
    lists = (store.service, region, store.list_usage_type)
    assert found.get(lists, 0) - none.get(lists, 0) == runs * pages
    one = metered(frame, option, plan, 1)
    for key in one:
        assert found.get(key, 0) - none.get(key, 0) == runs * (one[key] - none.get(key, 0))


def test_a_bucket_of_s3_may_lie_in_another_region_than_the_project() -> None:
    found = metered(project("s3", EC2, region="us-west-2"), EC2)
    assert found["AWSDataTransfer", "us-west-2", "USE1-AWS-Out-Bytes"] == 100 * GIB
    assert found["AmazonS3", "us-west-2", "TimedStorage-ByteHrs"] > 100 * GIB * 720
    there = metered(project("s3", EC2, region="us-west-2"), replace(EC2, region="us-west-2"))
    assert {region for _, region, _ in there} == {"us-west-2"}


PROJECT = """
[project]
region = "us-east-1"
start = 2026-09-01
duration = "30 days"
[dataset]
images = 1000
size = "100 GiB"
location = "gcs"
[[training]]
network = "resnet50"
[[option]]
name = "beside"
kind = "cloud"
provider = "gcp"
instance = "a2-highgpu-1g"
region = "europe-west4"
hours_per_run = 1
[[option]]
name = "far"
kind = "cloud"
provider = "gcp"
instance = "a2-highgpu-1g"
region = "us-central1"
hours_per_run = 1
"""


def test_one_option_alone_reads_the_same_bucket_as_among_the_others() -> None:
    frame = parse_project(PROJECT, name="p.toml", today=date(2026, 9, 1))
    far = frame.options[1]
    assert (home_region(frame), frame.dataset.region_assumed) == ("europe-west4", True)
    assert metered(frame, far) == metered(replace(frame, options=(far,)), far)


def test_a_region_that_is_taken_is_said_to_be() -> None:
    frame = parse_project(PROJECT, name="p.toml", today=date(2026, 9, 1))
    stated = replace(frame, dataset=replace(frame.dataset, region_assumed=False))
    [said, free] = store_assumptions(frame, frame.options[0])
    assert said.startswith("the data set lies in a bucket of Google Cloud Storage in europe-west4 (none is stated: ")
    assert free == "traffic between Google Cloud Storage and the machines within the region is free"
    assert store_assumptions(stated, frame.options[0])[0].startswith(
        "the data set lies in a bucket of Google Cloud Storage in europe-west4, class Standard; "
    )
    assert store_assumptions(replace(frame, dataset=replace(frame.dataset, location="s3")), frame.options[0]) == []
