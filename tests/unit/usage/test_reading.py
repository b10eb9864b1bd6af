"""How training reads: each request is for a page of keys, an object or a part of one, all counted here."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.projects import build_project, build_training

from cloudcost.domain.objects import ObjectClass
from cloudcost.domain.project import Checkpoint, Dataset, InputMode, Option, Project
from cloudcost.domain.usage import RunUsage
from cloudcost.usage.assumptions import usage_assumptions
from cloudcost.usage.chosen import reader_of
from cloudcost.usage.machines.machine import Machine
from cloudcost.usage.machines.runs import RunPlan, written_bytes
from cloudcost.usage.machines.volumes import volume_gib_of
from cloudcost.usage.option import data_obstacles, data_usage, machine_usage
from cloudcost.usage.s3.keys import keys_of
from cloudcost.usage.s3.objects import put_requests

MIB = 2**20
EC2 = Option(name="e", kind="ec2", instance="g4dn.xlarge")
JOB = Option(name="j", kind="sagemaker", instance="ml.g4dn.xlarge")
HOME = Option(name="h", kind="local", device="RTX 3060")
MACHINE = Machine()
MODES: tuple[InputMode | None, ...] = ("FastFile", "Pipe", None)
PUT, GET, KMS = ("AmazonS3", "Requests-Tier1"), ("AmazonS3", "Requests-Tier2"), ("awskms", "KMS-Requests")


def plan(starts: int | Fraction = 1) -> RunPlan:
    return RunPlan(startup_seconds=0, download_seconds=0, training_seconds=3600, steps=1, starts=starts)


def project(*, epochs: int = 4, checkpoint: Checkpoint | None = None, logs: Checkpoint | None = None,
            region: str = "us-east-1", **dataset: object) -> Project:  # fmt: skip
    fields = {"images": 2500, "size_bytes": 10**9, **dataset}
    training = build_training(epochs=epochs, checkpoint=checkpoint, logs=logs)
    return build_project(
        EC2, region=region, dataset=Dataset(**fields), trainings=(training,)  # type: ignore[arg-type]
    )  # fmt: skip


Counts = dict[tuple[str, str], int]


def metered(frame: Project, option: Option = EC2, *, starts: int | Fraction = 1, runs: int = 1) -> Counts:
    found: dict[tuple[str, str], int] = {}
    for row in data_usage(frame, option, [plan(starts)]):
        key = (row.service, row.usage_type)
        found[key] = found.get(key, 0) + row.fixed + sum(each * runs for each in row.per_run)
    return found


def by_run(frame: Project, option: Option = EC2, *, starts: int = 1) -> Counts:
    """Return what one run adds."""
    one, none = metered(frame, option, starts=starts), metered(frame, option, starts=starts, runs=0)
    return {key: one[key] - none.get(key, 0) for key in one if one[key] != none.get(key, 0)}


sizes = st.integers(1, 40 * MIB)


def parts(size: int, part_bytes: int) -> int:
    """Return into how many parts an object falls, one after the other."""
    return len(range(0, size, part_bytes))


@given(
    classes=st.lists(st.tuples(st.integers(1, 3000), sizes), min_size=1, max_size=3),
    part_bytes=st.sampled_from([None, 5 * MIB, 8 * MIB, 16 * MIB]), workers=st.integers(1, 5),
    reader=st.sampled_from(["copy", "stream"]), cache=st.booleans(), epochs=st.integers(1, 5), starts=st.integers(1, 3),
    encryption=st.sampled_from(["SSE-S3", "SSE-KMS"]),
)  # fmt: skip
def test_counts_are_those_of_every_key_object_and_part(
    classes: list[tuple[int, int]], part_bytes: int | None, workers: int, reader: str, cache: bool, epochs: int,
    starts: int, encryption: str,
) -> None:  # fmt: skip
    objects = tuple([ObjectClass(count=count, size_bytes=count * size) for count, size in classes])
    total = sum(count for count, _ in classes)
    frame = project(
        epochs=epochs, images=total, size_bytes=sum(each.size_bytes for each in objects), objects=objects,
        part_bytes=part_bytes, workers=workers, reader=reader, cache=cache, encryption=encryption,
    )  # fmt: skip
    part = part_bytes or 8 * MIB
    at_starts = reader == "copy" or cache
    passes = starts if at_starts else epochs
    by_part = reader == "copy" or part_bytes is not None
    gets = sum(count * (parts(size, part) if by_part else 1) for count, size in classes)
    puts = sum(count * (1 if size <= part else 2 + parts(size, part)) for count, size in classes)
    keys = sum(count * (1 if size <= part else 1 + parts(size, part)) for count, size in classes)
    pages = len(range(0, total, 1000)) * (1 if reader == "copy" else workers) * (starts if at_starts else 1)
    run, none = by_run(frame, starts=starts), metered(frame, starts=starts, runs=0)
    assert run[GET] == gets * passes
    assert run[PUT] == pages
    assert none[PUT] == puts
    assert (run.get(KMS, 0), none.get(KMS, 0)) == ((gets * passes, keys) if encryption == "SSE-KMS" else (0, 0))


@given(size=st.integers(1, 60 * MIB), writes=st.integers(1, 60), part_bytes=st.sampled_from([5 * MIB, 8 * MIB]))
def test_a_growing_log_is_written_whole_each_time(size: int, writes: int, part_bytes: int) -> None:
    frame = project(epochs=writes, logs=Checkpoint(size_bytes=size), part_bytes=part_bytes, encryption="SSE-KMS")
    each = [ceil(Fraction(size * number, writes)) for number in range(1, writes + 1)]
    before = project(epochs=writes, part_bytes=part_bytes, encryption="SSE-KMS")
    run, without = by_run(frame), by_run(before)
    assert run[PUT] - without[PUT] == sum(put_requests(one, part_bytes) for one in each)
    assert run[KMS] - without[KMS] == sum(keys_of(one, part_bytes) for one in each)
    assert 0 <= sum(each) - written_bytes(frame.trainings[0]) < writes


def test_a_log_of_any_size_is_counted_at_once() -> None:
    """Beyond 10,000 parts an upload has larger ones, not more: 1 EiB in two writings."""
    frame = project(epochs=2, logs=Checkpoint(size_bytes=2**60))
    assert by_run(frame)[PUT] - by_run(project(epochs=2))[PUT] == 2 * (2 + 10_000)


def test_overwritten_logs_and_checkpoints_are_kept_as_versions() -> None:
    saved = Checkpoint(size_bytes=1000)
    for versioning, checkpoints, logs in ((False, 1000, 1000), (True, 4000, 2500)):
        kept = {}
        for what, frame in (
            ("checkpoint", project(checkpoint=saved, versioning=versioning)),
            ("logs", project(logs=saved, versioning=versioning)),
        ):
            kept[what] = by_run(frame)["AmazonS3", "TimedStorage-ByteHrs"]
        assert kept == {"checkpoint": checkpoints * 48, "logs": logs * 48}


def test_logs_go_through_the_gateway_and_across_regions_with_the_checkpoints() -> None:
    frame = project(checkpoint=Checkpoint(size_bytes=100), logs=Checkpoint(size_bytes=1000))
    away = replace(EC2, region="us-west-2", nat=True)
    assert by_run(frame, away)["AWSDataTransfer", "USE1-AWS-Out-Bytes"] == 4 * 100 + 2500
    [nat] = [row for row in machine_usage(frame, away, [plan()], [], MACHINE) if row.usage_type == "NatGateway-Bytes"]
    assert nat.per_run == (10**9 + 4 * 100 + 2500,)
    endpoint = machine_usage(frame, replace(away, nat=False), [plan()], [], MACHINE)
    assert not [row for row in endpoint if "Nat" in row.usage_type]


@pytest.mark.parametrize(
    ("mode", "layout", "reader", "gets", "lists"),
    [
        ("File", "copy", "copy", 2500 * 2, 3 * 2),
        ("FastFile", "copy", "stream", 2500 * 4, 3),
        ("Pipe", "copy", "stream", 2500 * 4, 3 * 4),
        ("File", "shards", "copy", 30 * 4 * 2, 2),
        ("FastFile", "shards", "shards", 30 * 4 * 4, 1),
        ("Pipe", "shards", "shards", 30 * 4 * 4, 4),
    ],
)
def test_channels_of_sagemaker(mode: str, layout: str, reader: str, gets: int, lists: int) -> None:
    """Four epochs, two starts; 30 archives of 32 MiB in four parts of 8 MiB."""
    frame = project(reader=layout, shard_size_bytes=32 * MIB, workers=7)
    option = replace(JOB, input_mode=mode)  # type: ignore[arg-type]
    run = by_run(frame, option, starts=2)
    assert (reader_of(frame, option), run[GET], run[PUT]) == (reader, gets, lists)


def test_a_channel_reads_ranges_of_large_images_where_a_script_reads_them_whole() -> None:
    frame = project(images=10, size_bytes=10 * 20 * MIB, reader="stream")
    counts = {mode: by_run(frame, replace(JOB, input_mode=mode))[GET] for mode in MODES}
    assert counts == {"FastFile": 10 * 3 * 4, "Pipe": 10 * 4, None: 10 * 4}


def test_a_channel_needs_a_bucket_of_its_own_region() -> None:
    frame, away = project(), replace(JOB, input_mode="FastFile", region="eu-west-1")
    [said] = data_obstacles(frame, away, MACHINE)
    assert said.startswith("SageMaker's channels read buckets of S3 in eu-west-1 alone; the data set lies elsewhere: ")
    assert data_obstacles(frame, replace(away, data_copy=True), MACHINE) == []
    assert data_obstacles(frame, replace(away, input_mode=None), MACHINE) == []
    in_gcs = replace(frame, dataset=replace(frame.dataset, location="gcs"))
    assert data_obstacles(in_gcs, replace(JOB, input_mode="File"), MACHINE) != []


def test_a_cache_takes_room_on_the_disk_and_none_without() -> None:
    frame = project(images=2500, size_bytes=200 * 10**9, reader="stream")
    assert volume_gib_of(frame, EC2) < 100 < volume_gib_of(frame, replace(EC2, cache=True))
    small = replace(EC2, cache=True, volume_gib=10)
    assert "does not fit on" in data_obstacles(frame, small, MACHINE)[0]
    assert data_obstacles(frame, replace(small, cache=False), MACHINE) == []


def test_a_machine_of_one_s_own_that_caches_reads_once_in_all() -> None:
    frame = project(reader="stream")
    cached = replace(HOME, reader="stream", cache=True)
    assert metered(frame, cached, runs=5)["AmazonS3", "DataTransfer-Out-Bytes"] == 10**9
    assert metered(frame, replace(cached, cache=False), runs=5)["AmazonS3", "DataTransfer-Out-Bytes"] == 20 * 10**9


def test_keys_of_the_bucket_take_a_request_in_a_hundred() -> None:
    frame = project(reader="stream", encryption="SSE-KMS")
    one, many = by_run(replace(frame, dataset=replace(frame.dataset, bucket_key=True)))[KMS], by_run(frame)[KMS]
    assert (many, one) == (2500 * 4, 25 * 4)
    copied = replace(EC2, region="eu-west-1", data_copy=True)
    # 2,500 keys read for the copy, 2,500 written there, then 2,500 read by the run; and those of the first upload
    assert metered(frame, copied)[KMS] == 2500 * (2 + 4) + 2500


def test_expected_starts_stay_affine_in_runs() -> None:
    frame = project(encryption="SSE-KMS")
    rows = data_usage(frame, EC2, [plan(Fraction(7, 2))])
    kms = [row for row in rows if row.service == "awskms" and row.per_run]
    assert [(row.unit, row.per_run) for row in kms] == [("micro-requests", (2500 * 3_500_000,))]


def whys(frame: Project, option: Option) -> list[str]:
    rows: list[RunUsage] = data_usage(frame, option, [plan()])
    return [row.why for row in rows if "Requests" in row.usage_type]


def test_each_count_says_its_formula() -> None:
    frame = project(
        images=10**6, size_bytes=53 * 128 * MIB, reader="shards", workers=4, encryption="SSE-KMS", bucket_key=True,
    )  # fmt: skip
    assert whys(frame, EC2) == [
        "uploading once: 53 objects, 18 requests each",
        "keys for uploading once, one request in 100 by the bucket's key",
        "listing for reading the data set (shards): 53 keys, 1,000 a page, by 4 processes",
        "reading the data set (shards): 53 objects, 16 requests each, in each epoch",
        "keys for reading the data set (shards), one request in 100 by the bucket's key",
    ]


def test_what_is_taken_for_granted_is_said() -> None:
    frame = project(
        images=10, size_bytes=10 * 20 * MIB, reader="stream", workers=4, cache=True, encryption="SSE-KMS",
        part_bytes=16 * MIB,
    )  # fmt: skip
    said = usage_assumptions(frame, EC2, [plan()], MACHINE)
    assert "objects over 16 MiB are uploaded and read in parts of that size, each one request" in said
    assert (
        "keys of KMS are asked for: each object and part of it; the key itself is AWS's own, which has no monthly fee"
    ) in said
    assert "each of 4 reading processes lists the keys for itself" in said
    assert any(each.startswith("what a start has streamed stays on the machine's disk") for each in said)
    by_channel = usage_assumptions(frame, replace(JOB, input_mode="Pipe"), [plan()], MACHINE)
    assert "SageMaker streams whole objects through a pipe, and lists them, in each epoch (Pipe)" in by_channel


@given(
    images=st.integers(1, 5000), more=st.integers(0, 5000), size=sizes, epochs=st.integers(1, 6),
    later=st.integers(0, 6), runs=st.integers(0, 9), reader=st.sampled_from(["copy", "stream", "shards"]),
    cache=st.booleans(),
    option=st.sampled_from([EC2, replace(EC2, region="eu-west-1"), JOB, HOME]),
)  # fmt: skip
def test_what_is_metered_is_affine_in_runs_and_rises_with_images_and_epochs(
    images: int, more: int, size: int, epochs: int, later: int, runs: int, reader: str, cache: bool, option: Option
) -> None:
    def frame(count: int, epochs: int) -> Project:
        return project(
            epochs=epochs, images=count, size_bytes=count * size, reader=reader, cache=cache, encryption="SSE-KMS",
            checkpoint=Checkpoint(size_bytes=size), logs=Checkpoint(size_bytes=size),
        )  # fmt: skip

    small = frame(images, epochs)
    found, none, one = (metered(small, option, runs=each) for each in (runs, 0, 1))
    for key in one:
        assert found.get(key, 0) - none.get(key, 0) == runs * (one[key] - none.get(key, 0))
    for larger in (frame(images + more, epochs), frame(images, epochs + later)):
        after = metered(larger, option, runs=runs)
        assert all(after[key] >= found[key] for key in found)
