"""EC2: instances with a root and a data volume, started and stopped by the user.

References
----------
.. [1] AWS, "Amazon EC2 pricing" and "Amazon EBS pricing": per second, 60 s at least; a volume is billed while it
   exists, also while its instance is stopped; a reservation is paid whole. Read 2026-11-22.
"""

from __future__ import annotations

from collections.abc import Sequence

from cloudcost.catalog.aws.commitments.reservations import reservation
from cloudcost.catalog.aws.volumes import volume_facts
from cloudcost.domain.kinds import facts_of
from cloudcost.domain.project import Option, Project
from cloudcost.domain.usage import RunUsage
from cloudcost.figures import figure
from cloudcost.units import GIB
from cloudcost.usage.chosen import machines_of
from cloudcost.usage.kinds.base import Metering
from cloudcost.usage.machines.commitment import SECONDS_PER_YEAR, machine_hours
from cloudcost.usage.machines.compute import BilledRun, idle_seconds, machine_usage_type, whole_seconds
from cloudcost.usage.machines.machine import Machine
from cloudcost.usage.machines.network import address_usage
from cloudcost.usage.machines.volumes import (
    byte_hours,
    disk_words,
    volume_gib_of,
    volume_words,
)
from cloudcost.usage.meter import Meter


class Ec2Metering(Metering):
    """What instances of EC2 meter."""

    def usage(self, project: Project, option: Option, runs: Sequence[BilledRun], machine: Machine) -> list[RunUsage]:
        """Return instances, their volumes and public addresses [1]. [s, byte-hours]"""
        region = option.region or project.region
        meter = Meter(project, region, facts_of(option).service)
        idle, per_run = idle_seconds(project, option), whole_seconds(runs)
        root, volume = volume_facts("ec2-root"), volume_gib_of(project, option)
        if option.purchase.startswith("reserved"):
            usages = [_reservation(meter, option)]
        else:
            why = "training" + (f" and {figure(option.idle_hours_per_day, 6)} h a day idle" if idle else "")
            hours, purchase = machine_usage_type(option), option.purchase
            usages = machine_hours(
                meter, hours, fixed=idle, per_run=per_run, purchase=purchase, commitment=machine.commitment, why=why
            )
        exists = machines_of(project, option) * meter.window.seconds
        usages += meter.evenly(
            root.usage_type,
            "byte-hours",
            fixed=byte_hours(root.least_gib + volume, exists),
            why=f"root volume {root.least_gib} GiB and data volume {volume} GiB, also while stopped",
        )
        if not option.nat:
            usages += address_usage(project, region, fixed=idle, per_run=per_run, of="the running machines")
        return usages

    def rooms(self, project: Project, option: Option, own_disk_bytes: int | None) -> dict[str, int]:
        """Return the data volume, what the image leaves of the root volume, and the instance's own disk. [bytes]"""
        volume = volume_gib_of(project, option)
        rooms = {f"a data volume of {volume:,} GiB": volume * GIB} if volume else {}
        root = volume_facts("ec2-root")
        free = root.least_gib - root.taken_gib
        rooms[f"the {free} GiB that the image leaves of the root volume of {root.least_gib} GiB"] = free * GIB
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
        root = volume_facts("ec2-root").least_gib
        said = [
            f"volumes of each machine: gp3 root of {root} GiB for the image, {data}; billed through the "
            "whole project, also while stopped"
        ]
        if copies and volume and own_disk_bytes and project.dataset.size_bytes <= own_disk_bytes:
            said.append(f"the machine's own disk of {disk_words(own_disk_bytes)} would hold the copy: volume_gib = 0")
        return said


def _reservation(meter: Meter, option: Option) -> RunUsage:
    """Return the reserved machines: every hour of the whole term is paid, used or not [1]. [s]"""
    term_seconds = reservation(option.purchase).years * SECONDS_PER_YEAR
    terms = -(-meter.window.seconds // term_seconds)
    return meter.once(
        machine_usage_type(option),
        "seconds",
        fixed=terms * term_seconds * machines_of(meter.project, option),
        purchase=option.purchase,
        why="the whole term of the reservation, which is paid whether the machine is used or not",
    )
