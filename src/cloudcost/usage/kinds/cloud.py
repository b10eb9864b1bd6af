"""Another provider than AWS: the hours of a machine whose own disk is in its price."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cloudcost.catalog.instances import instances
from cloudcost.domain.project import Option, Project
from cloudcost.domain.usage import RunUsage
from cloudcost.usage.kinds.base import Metering
from cloudcost.usage.machines.compute import BilledRun, idle_seconds, machine_usage_type, whole_seconds
from cloudcost.usage.machines.machine import Machine
from cloudcost.usage.machines.volumes import disk_words, largest_own_disk, least_gib
from cloudcost.usage.meter import Meter


class CloudMetering(Metering):
    """What machines of other providers meter."""

    def usage(self, project: Project, option: Option, runs: Sequence[BilledRun], machine: Machine) -> list[RunUsage]:
        """Return the machine's hours. [s]"""
        return Meter(project, option.region or "", machine.service).evenly(
            machine_usage_type(option),
            "seconds",
            fixed=idle_seconds(project, option),
            per_run=whole_seconds(runs),
            purchase=option.purchase,
            why="training",
        )

    def remedy(self, option: Option, size_bytes: int, rooms: Mapping[str, int], offered: Sequence[str]) -> str:
        """Return which machine would do, where the provider is known to have one."""
        known = instances().get(option.instance or "")
        if known is not None and largest_own_disk(known.provider) < size_bytes:
            return 'no machine of this provider is known with a disk that would do: use reader = "stream"'
        return f'take a machine with {least_gib(size_bytes):,} GiB or more, or reader = "stream"'

    def disk_assumptions(
        self, project: Project, option: Option, own_disk_bytes: int | None, *, copies: bool
    ) -> list[str]:
        """Return whether the disk is in the machine's price."""
        if own_disk_bytes:
            return [f"the machine's own disk of {disk_words(own_disk_bytes)} is in its price"]
        room = f"boot disk and room for the copy of {disk_words(project.dataset.size_bytes)} are"
        what = room if copies else "the boot disk is"
        return [f"{what} left out: the price book has no price of such disks"]
