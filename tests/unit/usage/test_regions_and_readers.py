"""Where the bucket is, what the way there costs, and that readers and machines are the option's own."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.projects import build_project, build_training

from cloudcost.domain.project import Checkpoint, Dataset, LocalMachine, Option, Project, Reader
from cloudcost.domain.usage import RunUsage
from cloudcost.errors import UnknownRegionError
from cloudcost.usage.assumptions import usage_assumptions
from cloudcost.usage.chosen import machines_of, reader_of
from cloudcost.usage.machines.compute import BilledRun
from cloudcost.usage.machines.machine import Machine
from cloudcost.usage.machines.runs import RunPlan
from cloudcost.usage.option import data_usage, machine_usage
from cloudcost.usage.s3.objects import object_count

SIZE = 10**9
DATASET = Dataset(images=1000, size_bytes=SIZE)
SAVING = Checkpoint(size_bytes=10**6)
TRAINING = build_training(epochs=5, runs=2, checkpoint=SAVING)
HERE = Option(name="o", kind="ec2", instance="g4dn.xlarge")
THERE = replace(HERE, region="us-west-2")
COPY = replace(THERE, data_copy=True)
LOCAL = Option(name="o", kind="local", local=LocalMachine(watts=300.0))
PLAN = RunPlan(startup_seconds=0, download_seconds=0, training_seconds=3600, steps=10)
MACHINE = Machine(own_disk_bytes=0)
RUN = BilledRun(billed_seconds=3600, wall_seconds=3600.0)


def project(dataset: Dataset = DATASET, **changes: int) -> Project:
    frame = build_project(HERE, dataset=dataset, trainings=(TRAINING,))
    return replace(frame, **changes)  # type: ignore[arg-type]


def met(option: Option, frame: Project | None = None, *, starts: int = 1) -> dict[tuple[str, str], tuple[int, int]]:
    """Return what is fixed and what a run adds, by region and usage type."""
    found: dict[tuple[str, str], tuple[int, int]] = {}
    usages: list[RunUsage] = data_usage(frame or project(), option, [replace(PLAN, starts=starts)])
    for usage in usages:
        fixed, per_run = found.get((usage.region, usage.usage_type), (0, 0))
        found[usage.region, usage.usage_type] = fixed + usage.fixed, per_run + sum(usage.per_run)
    return found


def regions(option: Option) -> set[str]:
    return {region for region, _ in met(option)}


def test_the_bucket_stays_in_the_project_s_region() -> None:
    assert regions(HERE) == {"us-east-1"}
    assert regions(THERE) == {"us-east-1", "us-west-2"}
    assert [key for key in met(THERE) if key[0] == "us-west-2"] == [("us-west-2", "USE1-AWS-Out-Bytes")]


@pytest.mark.parametrize(
    ("reader", "starts", "passes"), [(None, 1, 1), (None, 3, 3), ("copy", 2, 2), ("stream", 3, 5), ("shards", 1, 5)]
)
def test_reading_across_regions_is_billed_where_it_comes_from(reader: Reader | None, starts: int, passes: int) -> None:
    got = met(replace(THERE, reader=reader), starts=starts)
    assert got["us-east-1", "USW2-AWS-Out-Bytes"] == (0, passes * SIZE)


def test_checkpoints_pay_for_the_way_back() -> None:
    assert met(THERE)["us-west-2", "USE1-AWS-Out-Bytes"] == (0, 5 * SAVING.size_bytes)
    assert met(THERE)["us-east-1", "Requests-Tier1"][1] == 1 + 5  # a listing, five checkpoints


def test_a_second_bucket_is_filled_once_and_read_where_it_is() -> None:
    got = met(COPY, project(replace(DATASET, uploads=3, versioning=True)), starts=2)
    assert got["us-east-1", "USW2-AWS-Out-Bytes"] == (SIZE, 0)
    assert got["us-east-1", "Requests-Tier1"] == (3000 + 1, 0)  # three uploads; one listing for the copy
    assert got["us-west-2", "Requests-Tier1"] == (1000, 2 + 5)  # copied; listed at two starts, five checkpoints
    assert got["us-west-2", "Requests-Tier2"] == (0, 2000)
    assert got["us-west-2", "TimedStorage-ByteHrs"][0] == SIZE * 96
    assert ("us-west-2", "USE1-AWS-Out-Bytes") not in got
    assert ("us-east-1", "Requests-Tier2") not in got


def test_filling_from_an_infrequent_class_pays_for_what_is_read() -> None:
    got = met(COPY, project(replace(DATASET, storage_class="STANDARD_IA")))
    assert got["us-east-1", "Retrieval-SIA"] == (SIZE, 0)
    assert got["us-west-2", "Retrieval-SIA"] == (0, SIZE)


def test_a_copy_in_the_bucket_s_own_region_is_none() -> None:
    own = replace(HERE, region="us-east-1", data_copy=True)
    assert met(own) == met(HERE) == met(replace(HERE, data_copy=True))
    assert "data_copy changes nothing: the bucket is in the option's region" in usage_assumptions(
        project(), own, [PLAN], Machine(own_disk_bytes=0)
    )


def test_an_unknown_destination_is_refused_by_name() -> None:
    with pytest.raises(UnknownRegionError, match="no region 'us-west-9'"):
        met(replace(THERE, region="us-west-9"))


def test_the_assumptions_say_where_the_bucket_is() -> None:
    said = {option: " ".join(usage_assumptions(project(), option, [PLAN], MACHINE)) for option in (HERE, THERE, COPY)}
    assert "within the region is free" in said[HERE]
    assert "the bucket stays in us-east-1: runs in us-west-2 read it from there, copied once a run" in said[THERE]
    assert "a second bucket in us-west-2 holds a copy of the data set, filled once from us-east-1" in said[COPY]


def test_sagemaker_s_own_channels_do_not_reach_another_region() -> None:
    job = replace(THERE, kind="sagemaker", instance="ml.g4dn.xlarge")
    assert any(
        "the training script reads this one itself" in each
        for each in usage_assumptions(project(), job, [PLAN], MACHINE)
    )
    for option in (THERE, replace(job, data_copy=True), replace(job, region=None)):
        assert not any(
            "reads this one itself" in each for each in usage_assumptions(project(), option, [PLAN], MACHINE)
        )


def test_an_option_s_reader_changes_how_it_reads_and_not_what_lies_in_the_bucket() -> None:
    stream = replace(HERE, reader="stream")
    assert met(stream)["us-east-1", "Requests-Tier2"] == (0, 5 * 1000)
    assert met(HERE)["us-east-1", "Requests-Tier2"] == (0, 1000)
    for key in ("TimedStorage-ByteHrs", "Requests-Tier1"):
        assert met(stream)["us-east-1", key][0] == met(HERE)["us-east-1", key][0]
    sharded = replace(DATASET, reader="shards", shard_size_bytes=2**20)  # read in one part each
    copied = met(replace(HERE, reader="copy"), project(sharded))
    assert copied["us-east-1", "Requests-Tier2"] == (0, object_count(sharded))


def test_the_project_s_reader_is_the_default_in_the_bucket_s_region_alone() -> None:
    frame = project(replace(DATASET, reader="shards"))
    assert [reader_of(frame, each) for each in (HERE, COPY, THERE, LOCAL)] == ["shards", "shards", "copy", "copy"]
    assert reader_of(project(replace(DATASET, reader="shards", location="local")), LOCAL) == "shards"


def test_one_s_own_machine_keeps_what_it_copied() -> None:
    got = met(replace(LOCAL, machines=3), project(replace(DATASET, reader="shards")), starts=4)
    assert got["us-east-1", "DataTransfer-Out-Bytes"] == (3 * SIZE, 0)
    each_epoch = met(replace(LOCAL, reader="shards"))
    assert each_epoch["us-east-1", "DataTransfer-Out-Bytes"] == (0, 5 * SIZE)


@pytest.mark.parametrize("option", [replace(HERE, idle_hours_per_day=1.0), LOCAL])
def test_an_option_s_machines_stand_in_place_of_the_project_s(option: Option) -> None:
    local = LocalMachine(watts=300.0, owned=False, purchase_usd=None)
    option = replace(option, local=local if option.kind == "local" else None)
    own = machine_usage(project(), replace(option, machines=4), [PLAN], [RUN], Machine(own_disk_bytes=0))
    assert own == machine_usage(project(machines=4), option, [PLAN], [RUN], Machine(own_disk_bytes=0))
    assert own != machine_usage(project(), option, [PLAN], [RUN], Machine(own_disk_bytes=0))
    assert machines_of(project(machines=4), option) == 4
