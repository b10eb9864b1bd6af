"""EC2: instances with a root and a data volume, started and stopped by the user."""

from __future__ import annotations

from collections.abc import Sequence

from cloudcost.domain.project import Option, Project
from cloudcost.domain.usage import RunUsage
from cloudcost.units import GIB
from cloudcost.usage.kinds.base import Metering
from cloudcost.usage.machines.compute import BilledRun, ec2_usage
from cloudcost.usage.machines.facts import MachineFacts
from cloudcost.usage.machines.volumes import IMAGE_GIB, ROOT_VOLUME_GIB, disk_words, volume_gib_of, volume_words


class Ec2Metering(Metering):
    """What instances of EC2 meter."""

    def usage(self, project: Project, option: Option, runs: Sequence[BilledRun], facts: MachineFacts) -> list[RunUsage]:
        """Return instances, volumes and addresses."""
        return ec2_usage(project, option, option.region or project.region, runs)

    def rooms(self, project: Project, option: Option, own_disk_bytes: int | None) -> dict[str, int]:
        """Return the data volume, what the image leaves of the root volume, and the instance's own disk. [bytes]"""
        volume = volume_gib_of(project, option)
        rooms = {f"a data volume of {volume:,} GiB": volume * GIB} if volume else {}
        free = ROOT_VOLUME_GIB - IMAGE_GIB
        rooms[f"the {free} GiB that the image leaves of the root volume of {ROOT_VOLUME_GIB} GiB"] = free * GIB
        if own_disk_bytes:
            rooms[f"the machine's own disk of {disk_words(own_disk_bytes)}"] = own_disk_bytes
        return rooms

    def disk_assumptions(
        self, project: Project, option: Option, own_disk_bytes: int | None, *, copies: bool
    ) -> list[str]:
        """Return how large the volumes are, and whether the instance's own disk would do."""
        volume = volume_gib_of(project, option)
        chosen = "" if option.volume_gib is not None else f" ({volume_words(project, option, copies=copies)})"
        data = f"data of {volume:,} GiB{chosen}" if volume else f"no data volume{chosen}"
        said = [
            f"volumes of each machine: gp3 root of {ROOT_VOLUME_GIB} GiB for the image, {data}; billed through the "
            "whole project, also while stopped"
        ]
        if copies and volume and own_disk_bytes and project.dataset.size_bytes <= own_disk_bytes:
            said.append(f"the machine's own disk of {disk_words(own_disk_bytes)} would hold the copy: volume_gib = 0")
        return said
