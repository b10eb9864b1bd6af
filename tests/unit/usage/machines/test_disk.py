"""The disk of a copied data set: what is chosen where nothing is stated, and that a smaller one never will do."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.projects import build_project, build_training

from cloudcost.catalog.aws.volumes import volume_facts
from cloudcost.catalog.colab import free_disk_bytes
from cloudcost.catalog.colab_rates import accelerators
from cloudcost.domain.project import Dataset, LocalMachine, Option, Project
from cloudcost.units import GIB
from cloudcost.usage.machines.disk import disk_assumptions, disk_obstacle
from cloudcost.usage.machines.volumes import largest_volume_gib, least_gib, volume_gib_of

EC2 = Option(name="o", kind="ec2", instance="g4dn.xlarge")
SAGEMAKER = Option(name="o", kind="sagemaker", instance="ml.p3.2xlarge")
COLAB = Option(name="o", kind="colab", accelerator="T4")
CLOUD = Option(name="o", kind="cloud", provider="gcp", instance="g2-standard-4", region="us-central1")
ROOT = volume_facts("ec2-root")
LARGEST_VOLUME_GIB = volume_facts("ec2-data").largest_gib
LARGEST_TRAINING_VOLUME_GIB = volume_facts("sagemaker-training").largest_gib
TRAINING_VOLUME_GIB = volume_facts("sagemaker-training").least_gib
FREE_ROOT = (ROOT.least_gib - ROOT.taken_gib) * GIB
SIZES = st.integers(1, 2**47)


def project(size_bytes: int) -> Project:
    return build_project(
        EC2, dataset=Dataset(images=1000, size_bytes=size_bytes), trainings=(build_training(epochs=5, runs=2),)
    )


@given(
    SIZES, st.integers(0, LARGEST_VOLUME_GIB), st.integers(0, 2**44), st.sampled_from((EC2, SAGEMAKER, COLAB, CLOUD))
)
def test_a_copy_larger_than_every_disk_never_fits(size: int, volume: int, own: int, option: Option) -> None:
    stated = replace(option, volume_gib=None if option.kind in ("colab", "cloud") else volume)
    disks = {
        "ec2": (volume * GIB, FREE_ROOT, own),
        "sagemaker": (own or volume * GIB,),
        "cloud": (LARGEST_VOLUME_GIB * GIB, own),
    }
    obstacle = disk_obstacle(project(size), stated, own)
    assert bool(obstacle) == (size > max(disks.get(option.kind, (own,))))


@given(SIZES, st.sampled_from((EC2, SAGEMAKER)))
def test_a_default_volume_holds_the_data_set_up_to_the_largest_that_there_is(size: int, option: Option) -> None:
    volume, largest = volume_gib_of(project(size), option), largest_volume_gib(option)
    assert volume <= largest
    assert (disk_obstacle(project(size), option, 0) == "") == (size <= largest * GIB)


def test_a_volume_of_sagemaker_is_gp2_and_a_quarter_of_what_ec2_has() -> None:
    assert largest_volume_gib(SAGEMAKER) == LARGEST_TRAINING_VOLUME_GIB == 16_384
    assert largest_volume_gib(EC2) == LARGEST_VOLUME_GIB == 65_536
    said = disk_obstacle(project(20 * 2**40), SAGEMAKER, 0)
    assert "does not fit on a volume of 16,384 GiB; no volume of SageMaker is larger than 16,384 GiB" in said


@pytest.mark.parametrize(
    ("tib", "said"),
    [
        (20, "a volume of 16,384 GiB for the training jobs, the largest that there is"),
        (15, "data set of 16,492.7 GB (15,360.0 GiB) with what room the largest has"),
        (14, "data set of 15,393.2 GB (14,336.0 GiB) with 10 % of room"),
    ],
)
def test_no_more_room_is_claimed_than_the_largest_volume_has(tib: int, said: str) -> None:
    [sentence] = disk_assumptions(project(tib * 2**40), SAGEMAKER, 0)
    assert said in sentence


@given(st.data(), st.sampled_from((EC2, SAGEMAKER)))
def test_the_volume_that_is_said_to_do_is_the_least_that_does(data: st.DataObject, option: Option) -> None:
    size = data.draw(st.integers(FREE_ROOT + 1, largest_volume_gib(option) * GIB))
    frame, least = project(size), least_gib(size)
    assert disk_obstacle(frame, replace(option, volume_gib=least), 0) == ""
    assert f"volume_gib = {least} would do" in disk_obstacle(frame, replace(option, volume_gib=least - 1), 0)


def test_a_byte_over_the_volume_is_too_much() -> None:
    stated = replace(EC2, volume_gib=100)
    assert disk_obstacle(project(100 * GIB), stated, 0) == ""
    said = disk_obstacle(project(100 * GIB + 1), stated, 0)
    assert "107.4 GB (100.1 GiB)" in said  # never less than it is
    assert "a data volume of 100 GiB" in said


@pytest.mark.parametrize(("size", "volume"), [(7 * 10**9, 10), (600 * 10**9, 620), (10**12, 1030), (1, 10)])
def test_the_default_volume_follows_the_data_set(size: int, volume: int) -> None:
    assert volume_gib_of(project(size), EC2) == volume
    assert volume_gib_of(project(size), SAGEMAKER) == max(volume, TRAINING_VOLUME_GIB)


def test_what_streams_needs_no_volume_and_fits_on_any_disk() -> None:
    stream = replace(EC2, reader="stream")
    assert volume_gib_of(project(10**15), stream) == 0
    assert disk_obstacle(project(10**15), stream, 0) == ""
    assert disk_obstacle(project(10**15), replace(COLAB, reader="shards"), 1) == ""
    assert volume_gib_of(project(10**15), replace(SAGEMAKER, reader="stream")) == TRAINING_VOLUME_GIB


def test_the_reason_says_what_would_do() -> None:
    large = project(10**12)
    nvme = disk_obstacle(large, SAGEMAKER, 125 * 10**9)
    assert "the machine's own disk of 125.0 GB (116.5 GiB)" in nvme
    assert "SageMaker adds no volume to such a machine" in nvme
    offers = ("T4", "L4", "A100", "V100")
    colab = disk_obstacle(large, COLAB, free_disk_bytes("T4"), offered=offers)
    assert "Colab's disk, 70.2 GB (65.4 GiB) free" in colab
    assert "plan pay-as-you-go offers no accelerator beside a disk that would do" in colab
    middling = disk_obstacle(project(150 * 10**9), COLAB, free_disk_bytes("T4"), offered=offers)
    assert "the disk beside L4, A100 would do" in middling
    huge = disk_obstacle(project(10**14), EC2, 0)
    assert "no volume is larger than 65,536 GiB" in huge


def test_a_disk_that_is_not_known_is_no_obstacle_and_is_said() -> None:
    assert disk_obstacle(project(10**13), COLAB, None) == ""
    [said] = disk_assumptions(project(10**13), COLAB, None)
    assert said == "the data set is copied to Colab's disk, whose size is not known"
    local = Option(name="o", kind="local", local=LocalMachine(watts=1.0))
    assert disk_obstacle(project(10**13), local, None) == ""
    cloud = replace(CLOUD, region=None)
    [left_out] = disk_assumptions(project(10**13), cloud, None)
    assert left_out == (
        "boot disk and room for the copy of 10,000.0 GB (9,313.3 GiB) are left out: the price book has no price of "
        "such disks where no region is told"
    )
    assert "the boot disk is left out" in disk_assumptions(project(1), replace(cloud, reader="stream"), None)[0]


def test_another_cloud_s_disk_counts_where_it_is_known() -> None:
    cloud = Option(name="o", kind="cloud", provider="lambda", instance="gpu_1x_new")
    assert disk_obstacle(project(10**12), cloud, 10**12) == ""
    said = disk_obstacle(project(10**12 + 1), replace(cloud, volume_gib=0), 10**12)
    assert "does not fit on the machine's disk" in said
    assert "volume_gib = 932 would do" in said
    assert disk_obstacle(project(10**12 + 1), cloud, 10**12) == ""  # a filesystem is rented for it
    stated = replace(cloud, provider="my own cloud")
    assert "take a machine with 932 GiB or more" in disk_obstacle(project(10**12 + 1), stated, 10**12)
    assert "is in its price" in disk_assumptions(project(1), cloud, 10**12)[0]


def test_how_the_default_was_chosen_is_said() -> None:
    [said] = disk_assumptions(project(600 * 10**9), EC2, 0)
    assert "data of 620 GiB (chosen for the data set of 600.0 GB (558.8 GiB) with 10 % of room)" in said
    stated = disk_assumptions(project(7 * 10**9), replace(EC2, volume_gib=30), 0)
    assert "chosen" not in stated[0]
    held = disk_assumptions(project(7 * 10**9), EC2, 125 * 10**9)
    assert held[1].endswith("would hold the copy: volume_gib = 0")


def test_every_accelerator_with_a_device_has_a_disk() -> None:
    assert [name for name in accelerators() if free_disk_bytes(name) is None] == ["TPU v2", "cpu"]
