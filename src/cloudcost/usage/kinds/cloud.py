"""Another provider than AWS: the hours of a machine, its disks and address, and what runs bring home from there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cloudcost.catalog.instances import instances
from cloudcost.catalog.stores.cloud_disks import cloud_traffic
from cloudcost.domain.project import Option, Project
from cloudcost.domain.usage import RunUsage
from cloudcost.figures import size_words
from cloudcost.usage.chosen import cloud_of
from cloudcost.usage.kinds.base import Metering
from cloudcost.usage.machines.compute import BilledRun, idle_seconds, machine_usage_type, whole_seconds
from cloudcost.usage.machines.machine import Machine
from cloudcost.usage.machines.rented_disks import (
    brings_home,
    disk_of,
    disks_of,
    disks_usage,
    is_placed,
    remedy_of,
    result_bytes,
    rooms_of,
    traffic_usage,
)
from cloudcost.usage.machines.volumes import disk_words, largest_own_disk, least_gib
from cloudcost.usage.meter import Meter


class CloudMetering(Metering):
    """What machines of other providers meter."""

    def usage(self, project: Project, option: Option, runs: Sequence[BilledRun], machine: Machine) -> list[RunUsage]:
        """Return the machine's hours, its disks and address, and the results that leave. [s, byte-hours, bytes]"""
        usages = Meter(project, option.region or "", machine.service).evenly(
            machine_usage_type(option),
            "seconds",
            fixed=idle_seconds(project, option),
            per_run=whole_seconds(runs),
            purchase=option.purchase,
            why="training",
        )
        usages += disks_usage(project, option, runs, machine.own_disk_bytes)
        return usages + traffic_usage(project, option, runs)

    def rooms(self, project: Project, option: Option, own_disk_bytes: int | None) -> dict[str, int]:
        """Return the machine's own disk and those that are rented beside it. [bytes]"""
        return super().rooms(project, option, own_disk_bytes) | rooms_of(project, option, own_disk_bytes)

    def remedy(self, option: Option, size_bytes: int, rooms: Mapping[str, int], offered: Sequence[str]) -> str:
        """Return which disk or machine would do, where the provider is known to have one."""
        of_disk = remedy_of(option, size_bytes)
        if of_disk:
            return of_disk
        known = instances().get(option.instance or "")
        if known is not None and largest_own_disk(known.provider) < size_bytes:
            return 'no machine of this provider is known with a disk that would do: use reader = "stream"'
        return f'take a machine with {least_gib(size_bytes):,} GiB or more, or reader = "stream"'

    def disk_assumptions(
        self, project: Project, option: Option, own_disk_bytes: int | None, *, copies: bool
    ) -> list[str]:
        """Return what disks the machine has, what is billed of them and of traffic, and what is left out."""
        own = [f"the machine's own disk of {disk_words(own_disk_bytes)} is in its price"] if own_disk_bytes else []
        return own + _of_disks(project, option, own_disk_bytes, copies=copies) + _of_traffic(project, option)


def _of_disks(project: Project, option: Option, own_disk_bytes: int | None, *, copies: bool) -> list[str]:
    disk = disk_of(option)
    if disk is None:
        if own_disk_bytes:
            return []
        room = f"boot disk and room for the copy of {disk_words(project.dataset.size_bytes)} are"
        what = room if copies else "the boot disk is"
        return [f"{what} left out: the price book has no price of such disks{_where(option)}"]
    said: list[str] = []
    for each, asked, what in disks_of(project, option, own_disk_bytes):
        size = each.billed_as(asked)[1]
        whole = f", billed as one of {size:,} GiB" if size != asked else ""
        when = "through the whole project" if each.billed == "always" else "while the machine runs"
        said.append(f"{each.title} of {asked:,} GiB for the {what}{whole}, {when}")
    if not disk.boots and not own_disk_bytes:
        room = f", with room for the copy of {disk_words(project.dataset.size_bytes)}" if copies else ""
        said.append(f"the machine boots from its own disk, which is in its price{room}; its size is not known")
    if not said:
        return []
    return [f"disks of each machine: {'; '.join(said)}"]


def _where(option: Option) -> str:
    """Return why prices of disks are not known, where the provider has some."""
    if cloud_of(option) is None or is_placed(option):
        return ""
    return " where no region is told" if option.region is None else f" in {option.region}"


def _of_traffic(project: Project, option: Option) -> list[str]:
    """Return what is billed of results that are brought home."""
    traffic = cloud_traffic(cloud_of(option) or "")
    sizes = [result_bytes(option, training) for training in project.trainings]
    if not brings_home(project, option) or not any(sizes):
        return []
    if traffic is None or not is_placed(option):
        return ["what bringing results home costs is left out: the price book has no price of such traffic"]
    what = "as stated" if option.results is not None else "last checkpoint and log"
    each = f"each run brings home {size_words(max(sizes))} ({what})"
    if not traffic.egress_usage_type:
        return [f"{each}; the provider bills no traffic"]
    return [f"{each} over the internet"]
