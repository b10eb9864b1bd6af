"""Disks, addresses and results of machines of other clouds: what is metered equals what a count by hand gives."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.projects import build_project, build_training

from cloudcost.analysis.compare import context_of
from cloudcost.analysis.estimate import estimate_option
from cloudcost.catalog.books.book import load_book
from cloudcost.catalog.providers import Provider, providers, regions_of
from cloudcost.catalog.stores.cloud_disks import SAME, CloudDisk, boot_disk, cloud_disks, cloud_traffic
from cloudcost.catalog.stores.object_stores import cloud_regions
from cloudcost.catalog.tables import GLOBAL
from cloudcost.domain.prices import PriceKey
from cloudcost.domain.project import Checkpoint, Option, Project
from cloudcost.units import GIB
from cloudcost.usage.machines.compute import BilledRun
from cloudcost.usage.machines.rented_disks import data_gib, disk_of, disks_usage, rooms_of, traffic_usage

DISKS = [disk for provider in providers() for disk in cloud_disks(provider.name).values()]
MACHINES = {
    "azure": ("Standard_NC4as_T4_v3", "westeurope"),
    "gcp": ("n1-standard-4-t4", "us-central1"),
    "lambda": ("gpu_1x_a6000", None),
    "paperspace": ("A4000", "East Coast (NY2)"),
    "runpod": ("1x_RTX4090_COMMUNITY", None),
}
DAYS = 31
HOUR = BilledRun(billed_seconds=3600, wall_seconds=3600.0)


def option_of(disk: CloudDisk, **changes: Any) -> Option:
    machine, region = MACHINES[disk.provider]
    option = Option(name="o", kind="cloud", instance=machine, region=region, disk_type=disk.name, hours_per_run=1.0)
    return replace(option, **changes)


def project_of(option: Option) -> Project:
    return build_project(
        options=(option,), duration_seconds=DAYS * 86_400,
        trainings=(build_training(runs=10, checkpoint=Checkpoint(size_bytes=2 * GIB)),), start=date(2026, 12, 1),
    )  # fmt: skip


@pytest.mark.parametrize("provider", providers(), ids=lambda each: each.name)
def test_every_provider_has_one_usual_disk_and_says_how_traffic_is_billed(provider: Provider) -> None:
    known = cloud_disks(provider.name)
    assert sum(disk.usual for disk in known.values()) == 1
    assert all(disk.service in provider.services for disk in known.values())
    traffic = cloud_traffic(provider.name)
    assert traffic is not None
    assert not traffic.service or traffic.service in provider.services


@pytest.mark.parametrize("disk", DISKS, ids=lambda each: f"{each.provider}-{each.name}")
def test_every_disk_has_a_price_wherever_machines_of_its_provider_stand(disk: CloudDisk) -> None:
    book = load_book()
    [owner] = [each for each in providers() if each.name == disk.provider]
    places = regions_of(owner, book) if cloud_regions(owner.name) else (GLOBAL,)
    assert places
    for gib in (1, 100, disk.largest_gib):
        usage_type, billed = disk.billed_as(gib)
        assert billed >= gib
        for region in places:
            book.price(PriceKey(disk.service, region, usage_type), load_book().as_of)


@given(st.sampled_from([disk for disk in DISKS if disk.sizes]), st.integers(1, 70_000))
def test_a_disk_in_sizes_is_billed_as_the_least_that_holds_it(disk: CloudDisk, gib: int) -> None:
    usage_type, billed = disk.billed_as(gib)
    sizes = [size for _, size in disk.sizes]
    assert sizes == sorted(set(sizes))
    assert billed == min((size for size in sizes if size >= gib), default=sizes[-1])
    assert usage_type.startswith(f"{disk.usage_type}-")


@given(st.sampled_from(DISKS), st.integers(0, 2_000), st.integers(1, 4), st.integers(0, 9))
def test_what_is_metered_is_size_times_time(disk: CloudDisk, volume: int, machines: int, runs: int) -> None:
    option = option_of(disk, volume_gib=volume, machines=machines)
    project = project_of(option)
    usages = disks_usage(project, option, [HOUR], None)
    metered = sum(row.fixed + sum(row.per_run) * runs for row in usages)
    asked: list[tuple[CloudDisk, int]] = []
    boot = boot_disk(disk)
    if disk.boots == "one":
        asked = [(disk, max(disk.least_gib, disk.taken_gib + volume))]
    else:
        asked = [(boot, boot.least_gib)] if boot else []
        asked += [(disk, volume)] if volume else []
    expected = 0
    for each, gib in asked:
        hours = DAYS * 24 * machines if each.billed == "always" else runs
        expected += each.billed_as(gib)[1] * GIB * hours
    assert metered == expected


def test_a_data_set_that_is_streamed_or_fits_the_machine_s_own_disk_needs_none() -> None:
    [ssd] = [disk for disk in DISKS if disk.name == "pd-ssd"]
    assert ssd.boots == SAME
    option = option_of(ssd)
    project = project_of(option)
    size = project.dataset.size_bytes
    assert data_gib(project, option, ssd, None) * GIB >= size
    assert data_gib(project, option, ssd, size) == 0
    assert data_gib(project, option, ssd, size - 1) > 0
    assert data_gib(project, replace(option, reader="stream"), ssd, None) == 0
    assert max(rooms_of(project, option, None).values()) >= size


def test_no_disk_is_taken_where_no_price_is_known() -> None:
    stated = Option(name="o", kind="cloud", instance="g2-standard-4", usd_per_hour=Decimal(1), device="L4")
    assert disk_of(stated) is None
    assert disk_of(replace(stated, region="us-central1")) is not None
    assert disk_of(replace(stated, region="moon")) is None
    assert disk_of(replace(stated, instance=None, provider="my own cloud")) is None
    assert traffic_usage(project_of(stated), stated, [HOUR]) == []


def test_results_are_the_last_checkpoint_or_as_stated_and_stay_in_a_bucket_beside_the_machine() -> None:
    [disk] = [disk for disk in DISKS if disk.name == "pd-balanced"]
    option = option_of(disk)
    project = project_of(option)

    def sent(project: Project, option: Option) -> int:
        rows = traffic_usage(project, option, [HOUR])
        return sum(sum(row.per_run) for row in rows if row.usage_type == "Egress-Internet")

    assert sent(project, option) == 2 * GIB
    assert sent(project, replace(option, results=7)) == 7
    beside = replace(project, dataset=replace(project.dataset, location="gcs", region="us-central1"))
    assert sent(beside, option) == 0
    assert sent(beside, replace(option, results=7)) == 7


def test_a_bill_of_google_s_t4_with_disk_and_results_is_that_of_a_count_by_hand() -> None:
    """31 days in December: 100 GiB x 0.17; 10 runs of 1 h at 0.539999 and an address at 0.005; 20 GiB home at 0.12."""
    option = Option(
        name="o", kind="cloud", instance="n1-standard-4-t4", region="us-central1", disk_type="pd-ssd", volume_gib=0,
        hours_per_run=1.0, startup_minutes=0.0, reader="stream",
    )  # fmt: skip
    project = project_of(option)
    found = estimate_option(project, option, context_of(project, today=date(2026, 11, 22)))
    by_service: dict[str, Decimal] = {}
    for line in found.lines:
        by_service[line.service] = by_service.get(line.service, Decimal(0)) + line.amount_usd
    assert by_service["GCPDisks"] == Decimal("17.00")
    assert abs(by_service["GCP"] - Decimal("5.39999")) < Decimal("0.01")
    assert abs(by_service["GCPNetwork"] - (Decimal("0.05") + Decimal("2.4"))) < Decimal("0.01")


@pytest.mark.parametrize("disk", DISKS, ids=lambda each: f"{each.provider}-{each.name}")
def test_the_largest_data_disk_has_room_for_all_that_it_says(disk: CloudDisk) -> None:
    option = option_of(disk, volume_gib=disk.largest_data_gib)
    rooms = rooms_of(project_of(option), option, None)
    assert max(rooms.values()) >= disk.largest_data_gib * GIB
