"""Requests and bytes: uploading, listing, reading by copy, stream and shards, retrieval, checkpoints, egress."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from tests.billing import at_runs
from tests.projects import build_project, build_training

from cloudcost.domain.lifecycle import LifecycleRule
from cloudcost.domain.project import Checkpoint, Dataset, LocalMachine, Option, Project, Reader
from cloudcost.domain.usage import RunUsage
from cloudcost.usage.chosen import uses_s3
from cloudcost.usage.machines.machine import Machine
from cloudcost.usage.machines.runs import RunPlan
from cloudcost.usage.meter import Meter
from cloudcost.usage.option import data_obstacles, data_usage
from cloudcost.usage.s3.objects import list_requests, object_count, upload_requests
from cloudcost.usage.s3.requests import checkpoint_usage, upload_usage

DAY = 86_400
MIB = 2**20
EC2 = Option(name="o", kind="ec2", instance="g4dn.xlarge")
COLAB = Option(name="o", kind="colab", accelerator="T4")
CLOUD = Option(name="o", kind="cloud", provider="gcp", instance="n1", region="us-central1")
LOCAL = Option(name="o", kind="local", local=LocalMachine(watts=300.0))
ONE_START = RunPlan(startup_seconds=0, download_seconds=0, training_seconds=3600, steps=10)


def project(dataset: Dataset, *, machines: int = 1, start: date = date(2026, 11, 2)) -> Project:
    return build_project(
        EC2, start=start, machines=machines, dataset=dataset, trainings=(build_training(epochs=5, runs=2),)
    )


def totals(usages: list[RunUsage]) -> dict[str, tuple[int, int]]:
    """Return fixed and per-run quantities by usage type, storage left out."""
    found: dict[str, tuple[int, int]] = {}
    for usage in usages:
        if usage.unit != "byte-hours":
            fixed, per_run = found.get(usage.usage_type, (0, 0))
            found[usage.usage_type] = (fixed + usage.fixed, per_run + sum(usage.per_run))
    return found


def read(option: Option, dataset: Dataset, *, machines: int = 1, starts: int = 1) -> dict[str, tuple[int, int]]:
    plan = replace(ONE_START, starts=starts)
    return totals(data_usage(project(dataset, machines=machines), option, [plan]))


def test_each_image_is_one_put_and_each_thousand_keys_one_list() -> None:
    dataset = Dataset(images=2500, size_bytes=2500 * 1000)
    assert (object_count(dataset), upload_requests(dataset), list_requests(dataset)) == (2500, 2500, 3)


def test_shards_are_uploaded_in_parts_of_8_mib() -> None:
    dataset = Dataset(images=10**6, size_bytes=10 * 128 * MIB, reader="shards")
    # start, 16 parts, completion for each of ten shards
    assert (object_count(dataset), upload_requests(dataset), list_requests(dataset)) == (10, 180, 1)


def test_no_images_are_no_requests() -> None:
    assert upload_requests(Dataset(images=0, size_bytes=0)) == 0


def test_a_copying_run_lists_and_gets_everything_once() -> None:
    got = read(EC2, Dataset(images=2500, size_bytes=10**6))
    assert got == {"Requests-Tier1": (2500, 3), "Requests-Tier2": (0, 2500)}


def test_a_copying_run_of_two_sessions_reads_twice() -> None:
    got = read(COLAB, Dataset(images=2500, size_bytes=10**6), starts=2)
    assert got == {
        "Requests-Tier1": (2500, 6),
        "Requests-Tier2": (0, 5000),
        "DataTransfer-Out-Bytes": (0, 2 * 10**6),
    }


def test_a_streaming_run_gets_every_image_each_epoch_and_lists_once() -> None:
    got = read(EC2, Dataset(images=2500, size_bytes=10**6, reader="stream"))
    assert got == {"Requests-Tier1": (2500, 3), "Requests-Tier2": (0, 5 * 2500)}


def test_a_run_on_shards_gets_every_part_of_every_shard_each_epoch() -> None:
    got = read(EC2, Dataset(images=10**6, size_bytes=10 * 128 * MIB, reader="shards"))
    assert got == {"Requests-Tier1": (180, 1), "Requests-Tier2": (0, 5 * 10 * 16)}


@pytest.mark.parametrize(("reader", "gets"), [("copy", 10 * 3), ("stream", 5 * 10)])
def test_large_images_are_copied_by_parts_and_streamed_whole(reader: Reader, gets: int) -> None:
    got = read(EC2, Dataset(images=10, size_bytes=10 * (16 * MIB + 1), reader=reader))
    assert got["Requests-Tier2"] == (0, gets)


def test_a_line_says_how_many_gets_an_object_takes() -> None:
    for size, said in (
        (8 * MIB, "1 object, a request each, at each start"),
        (8 * MIB + 1, "1 object, 2 requests each"),
    ):
        usages = data_usage(project(Dataset(images=1, size_bytes=size)), EC2, [ONE_START])
        [why] = {usage.why for usage in usages if usage.usage_type == "Requests-Tier2"}
        assert said in why


def test_listing_a_directory_bucket_is_a_request_of_express_one_zone() -> None:
    got = read(EC2, Dataset(images=2500, size_bytes=10**6, storage_class="EXPRESS_ONEZONE"))
    assert got["Requests-XZ-Tier1"] == (2500, 3)
    assert "Requests-Tier1" not in got


def test_uploads_repeat_the_puts() -> None:
    got = read(EC2, Dataset(images=2500, size_bytes=10**6, uploads=3))
    assert got["Requests-Tier1"] == (7500, 3)


@pytest.mark.parametrize("option", [COLAB, CLOUD])
def test_outside_aws_each_run_moves_the_data_set_over_the_internet(option: Option) -> None:
    assert read(option, Dataset(images=10, size_bytes=10**6))["DataTransfer-Out-Bytes"] == (0, 10**6)


def test_a_local_machine_copies_the_data_set_once_for_the_project() -> None:
    got = read(LOCAL, Dataset(images=10, size_bytes=10**6), machines=2)
    assert got == {"Requests-Tier1": (12, 0), "Requests-Tier2": (20, 0), "DataTransfer-Out-Bytes": (2 * 10**6, 0)}


@pytest.mark.parametrize("reader", ["stream", "shards"])
def test_from_afar_runs_copy_whatever_the_data_set_s_reader_is(reader: Reader) -> None:
    dataset = Dataset(images=10, size_bytes=10**6, reader=reader)
    assert read(LOCAL, dataset, machines=2)["DataTransfer-Out-Bytes"] == (2 * 10**6, 0)
    for option in (COLAB, CLOUD):
        assert read(option, dataset, starts=2)["DataTransfer-Out-Bytes"] == (0, 2 * 10**6)
    elsewhere = replace(EC2, region="us-west-2")
    assert read(elsewhere, dataset, starts=2)["USW2-AWS-Out-Bytes"] == (0, 2 * 10**6)


def test_a_local_machine_that_streams_moves_it_every_epoch() -> None:
    got = read(replace(LOCAL, reader="stream"), Dataset(images=10, size_bytes=10**6))
    assert got["DataTransfer-Out-Bytes"] == (0, 5 * 10**6)


def test_downloads_leave_aws_and_do_not_depend_on_runs() -> None:
    got = read(EC2, Dataset(images=10, size_bytes=10**6, downloads=2))
    assert got == {
        "Requests-Tier1": (12, 1),
        "Requests-Tier2": (20, 10),
        "DataTransfer-Out-Bytes": (2 * 10**6, 0),
    }


def test_a_data_set_on_ones_own_disk_costs_nothing_in_s3_unless_aws_trains() -> None:
    dataset = Dataset(images=10, size_bytes=10**6, location="local", downloads=1)
    assert (read(LOCAL, dataset), read(COLAB, dataset)) == ({}, {})
    assert uses_s3(project(dataset), EC2)
    assert read(EC2, dataset)["Requests-Tier1"] == (11, 1)


def test_infrequent_classes_have_requests_of_their_own_and_bill_what_is_read() -> None:
    got = read(EC2, Dataset(images=10, size_bytes=10**6, storage_class="STANDARD_IA"))
    assert got == {
        "Requests-SIA-Tier1": (10, 0),
        "Requests-Tier1": (0, 1),
        "Requests-SIA-Tier2": (0, 10),
        "Retrieval-SIA": (0, 10**6),
    }


def test_each_run_reads_the_class_that_the_data_set_lies_in_when_it_begins() -> None:
    rule = LifecycleRule(storage_class="STANDARD_IA", after_days=30)
    dataset = Dataset(images=1000, size_bytes=10**9, lifecycle=(rule,))
    frame = replace(project(dataset), duration_seconds=40 * DAY)
    got: dict[str, int] = {}
    for usage in at_runs(data_usage(frame, EC2, [ONE_START]), [4]):  # on days 0, 10, 20 and 30
        if usage.unit != "byte-hours":
            got[usage.usage_type] = got.get(usage.usage_type, 0) + int(usage.quantity)
    assert got["Requests-Tier2"] == 3 * 1000
    assert got["Requests-SIA-Tier2"] == 1000
    assert got["Retrieval-SIA"] == 10**9


def test_uploading_into_an_archive_and_into_express_one_zone() -> None:
    archive = upload_usage(project(Dataset(images=10, size_bytes=10**6, storage_class="GLACIER")), "us-east-1")
    assert [(each.usage_type, each.operation, each.fixed) for each in archive] == [
        ("Requests-Tier3", "S3-GlacierTransition", 10)
    ]
    express = upload_usage(project(Dataset(images=10, size_bytes=10**6, storage_class="EXPRESS_ONEZONE")), "us-east-1")
    assert totals(express) == {"Requests-XZ-Tier1": (10, 0), "Upload-XZ": (10**6, 0)}


def test_an_archived_data_set_is_an_obstacle_only_where_s3_is_read() -> None:
    dataset = Dataset(images=10, size_bytes=10**6, storage_class="GLACIER", location="local")
    assert data_obstacles(project(dataset), LOCAL, Machine(own_disk_bytes=0)) == []
    assert "without being restored first" in data_obstacles(project(dataset), EC2, Machine(own_disk_bytes=0))[0]


def test_checkpoints_are_put_in_parts_over_8_mib() -> None:
    frame = project(Dataset(images=10, size_bytes=10**6))
    training = replace(frame.trainings[0], checkpoint=Checkpoint(size_bytes=20 * MIB, every_epochs=2))
    [usage] = checkpoint_usage(replace(frame, trainings=(training,)), "us-east-1")
    assert usage.per_run == (3 * 5,)  # three checkpoints, each: start, three parts, completion


def test_spreading_leaves_no_unit_behind() -> None:
    frame = project(Dataset(images=1, size_bytes=1), start=date(2026, 11, 30))
    november, december = Meter(frame, "us-east-1").evenly("x", "requests", fixed=10, per_run=[7], why="w")
    assert (november.fixed, november.per_run, december.fixed, december.per_run) == (2, (1,), 8, (6,))
