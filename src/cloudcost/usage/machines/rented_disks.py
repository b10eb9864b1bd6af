"""Disks, addresses and traffic of machines of other clouds than AWS: what they meter, and what a copy lies on.

Each machine has a disk for its system, where its provider bills one, and one for data: as large as the project says,
else as the copy of the data set needs where the machine's own disk does not hold it. A disk exists through the whole
project, or as long as its machine runs. What runs bring home leaves the provider for the internet.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cloudcost.catalog.stores.cloud_disks import ONE, CloudDisk, boot_disk, cloud_disk, cloud_traffic
from cloudcost.catalog.stores.object_stores import cloud_regions
from cloudcost.domain.project import Option, Project, Training
from cloudcost.domain.usage import RunUsage
from cloudcost.units import GIB
from cloudcost.usage.chosen import cloud_of, fills_disk, machines_of, trains_beside
from cloudcost.usage.machines.compute import BilledRun, idle_seconds, whole_seconds
from cloudcost.usage.machines.volumes import byte_hours, least_gib, roomy_gib
from cloudcost.usage.meter import Meter

RESULTS_WHY = "results of the runs brought home over the internet"
"""Why traffic is billed that is not the data set's."""


def disk_of(option: Option) -> CloudDisk | None:
    """Return the type of disk that an option's machine has beside its own; None where none is known there."""
    provider = cloud_of(option)
    return None if provider is None or not is_placed(option) else cloud_disk(provider, option.disk_type)


def is_placed(option: Option) -> bool:
    """Return whether prices of disks and traffic are known where an option's machine stands."""
    known = cloud_regions(cloud_of(option) or "")
    return not known or option.region in known


def data_gib(project: Project, option: Option, disk: CloudDisk, own_disk_bytes: int | None) -> int:
    """Return how much is rented for data: as stated, else as the copy of the data set needs it. [GiB]"""
    if option.volume_gib is not None:
        return option.volume_gib
    size = project.dataset.size_bytes
    machine_holds_it = size <= own_disk_bytes if own_disk_bytes else not disk.boots
    if not fills_disk(project, option) or machine_holds_it:
        return 0
    return min(roomy_gib(size), disk.largest_data_gib)


def disks_of(project: Project, option: Option, own_disk_bytes: int | None) -> Iterator[tuple[CloudDisk, int, str]]:
    """Yield each disk of a machine of the option: its type, what is asked of it [GiB], and what it is for."""
    disk = disk_of(option)
    if disk is None:
        return
    data = data_gib(project, option, disk, own_disk_bytes)
    if disk.boots == ONE:
        yield disk, max(disk.least_gib, disk.taken_gib + data), "system and data"
        return
    boot = boot_disk(disk)
    if boot is not None:
        yield boot, boot.least_gib, "system"
    if data:
        yield disk, data, "data"


def disks_usage(
    project: Project, option: Option, runs: Sequence[BilledRun], own_disk_bytes: int | None
) -> list[RunUsage]:
    """Return what the disks of all machines meter. [byte-hours]"""
    usages: list[RunUsage] = []
    exists = machines_of(project, option) * Meter(project, option.region or "").window.seconds
    for disk, asked, what in disks_of(project, option, own_disk_bytes):
        usage_type, gib = disk.billed_as(asked)
        meter = Meter(project, option.region or "", disk.service)
        said = f"{disk.title} of {gib:,} GiB for the {what}"
        if disk.billed == "always":
            why = f"{said}, while it exists"
            usages += meter.evenly(usage_type, "byte-hours", fixed=byte_hours(gib, exists), why=why)
        else:
            per_run = [byte_hours(gib, seconds) for seconds in whole_seconds(runs)]
            idle, why = byte_hours(gib, idle_seconds(project, option)), f"{said}, while the machine runs"
            usages += meter.evenly(usage_type, "byte-hours", fixed=idle, per_run=per_run, why=why)
    return usages


def result_bytes(option: Option, training: Training) -> int:
    """Return what a run brings home: as stated, else its last checkpoint and its log. [bytes]"""
    if option.results is not None:
        return option.results
    return sum(each.size_bytes for each in (training.checkpoint, training.logs) if each is not None)


def traffic_usage(project: Project, option: Option, runs: Sequence[BilledRun]) -> list[RunUsage]:
    """Return the machines' addresses and what runs bring home from the provider. [s, bytes]"""
    traffic = cloud_traffic(cloud_of(option) or "")
    if traffic is None or not is_placed(option):
        return []
    region, usages = option.region or "", list[RunUsage]()
    if traffic.address_usage_type:
        usages += Meter(project, region, traffic.address_service).evenly(
            traffic.address_usage_type,
            "seconds",
            fixed=idle_seconds(project, option),
            per_run=whole_seconds(runs),
            why="public IPv4 address of the running machines",
        )
    if traffic.egress_usage_type and brings_home(project, option):
        per_run = [result_bytes(option, training) for training in project.trainings]
        usages += Meter(project, region, traffic.service).events(
            traffic.egress_usage_type, "bytes", per_run=per_run, why=RESULTS_WHY
        )
    return usages


def brings_home(project: Project, option: Option) -> bool:
    """Return whether results leave the provider: those beside a bucket of the same provider stay in it."""
    return option.results is not None or not trains_beside(project, option)


def rooms_of(project: Project, option: Option, own_disk_bytes: int | None) -> dict[str, int]:
    """Return what a copy may lie on, in words, and the room there. [bytes]"""
    rooms: dict[str, int] = {}
    for disk, asked, what in disks_of(project, option, own_disk_bytes):
        size = disk.billed_as(asked)[1]
        free = size - disk.taken_gib if what.startswith("system") else size
        rooms[f"the {free:,} GiB of the {disk.title} for the {what}"] = free * GIB
    return rooms


def remedy_of(option: Option, size_bytes: int) -> str:
    """Return which disk would hold a copy, where the provider has one."""
    disk, least = disk_of(option), least_gib(size_bytes)
    if disk is None:
        return ""
    if least > disk.largest_data_gib:
        return f'no {disk.title} has room for more than {disk.largest_data_gib:,} GiB: use reader = "stream"'
    return f'volume_gib = {least} would do, or reader = "stream"'
