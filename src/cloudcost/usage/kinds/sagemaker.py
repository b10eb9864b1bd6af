"""SageMaker: training jobs that end by themselves, with a volume each where the machine has no disk, and a notebook.

References
----------
.. [1] SageMaker's API, "ResourceConfig": training data in file mode lie on the ML storage volume, the image does not;
   with NVMe there is no volume and the disk is the instance's. Read 2026-11-28.
.. [2] AWS SageMaker: training is billed from image pull to upload, per second; instance types with NVMe storage of
   their own have no billed volume; a stopped notebook's volume is billed. Read 2026-11-22.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from cloudcost.catalog.aws.volumes import volume_facts
from cloudcost.catalog.billing_rules import billing_rule
from cloudcost.domain.kinds import facts_of
from cloudcost.domain.project import Option, Project
from cloudcost.domain.usage import RunUsage
from cloudcost.figures import figure
from cloudcost.units import GIB
from cloudcost.usage.kinds.base import Metering
from cloudcost.usage.machines.commitment import Commitment, machine_hours
from cloudcost.usage.machines.compute import BilledRun, idle_seconds, machine_usage_type, whole_seconds
from cloudcost.usage.machines.machine import Machine
from cloudcost.usage.machines.volumes import (
    byte_hours,
    disk_words,
    largest_own_disk,
    largest_volume_gib,
    least_gib,
    volume_gib_of,
    volume_words,
)
from cloudcost.usage.meter import Meter


class SageMakerMetering(Metering):
    """What training jobs of SageMaker meter."""

    def usage(self, project: Project, option: Option, runs: Sequence[BilledRun], machine: Machine) -> list[RunUsage]:
        """Return jobs, their volumes where the machine has no disk of its own [2], and the notebook. [s, byte-hours]"""
        meter = Meter(project, option.region or project.region, facts_of(option).service)
        volume = None if machine.own_disk_bytes else volume_gib_of(project, option)
        usages = _jobs(meter, option, whole_seconds(runs), volume, machine.commitment)
        usages += _kept_warm(meter, option, volume)
        return usages + _notebook(meter, option)

    def rooms(self, project: Project, option: Option, own_disk_bytes: int | None) -> dict[str, int]:
        """Return the instance's own disk, where it has one, else the volume [1]. [bytes]"""
        if own_disk_bytes:
            return {f"the machine's own disk of {disk_words(own_disk_bytes)}": own_disk_bytes}
        volume = volume_gib_of(project, option)
        return {f"a volume of {volume:,} GiB": volume * GIB}

    def remedy(self, option: Option, size_bytes: int, rooms: Mapping[str, int], offered: Sequence[str]) -> str:
        """Return which machine or volume would do."""
        if any("volume" in room for room in rooms):
            return super().remedy(option, size_bytes, rooms, offered)
        least = least_gib(size_bytes)
        ways = [f"one with {least:,} GiB or more"] if largest_own_disk("aws") >= size_bytes else []
        if least <= largest_volume_gib(option):
            ways.append(f"one without a disk of its own and volume_gib = {least}")
        said = f"take {', or '.join(ways)}, or" if ways else "no machine has a disk that would do: use"
        return f'SageMaker adds no volume to such a machine: {said} reader = "stream"'

    def disk_assumptions(
        self, project: Project, option: Option, own_disk_bytes: int | None, *, copies: bool
    ) -> list[str]:
        """Return which disk is used, and why the volume is as large as it is."""
        if own_disk_bytes:
            return [f"the machine's own disk of {disk_words(own_disk_bytes)} is used: no volume is billed beside it"]
        if option.volume_gib is not None:
            return []
        volume, why = volume_gib_of(project, option), volume_words(project, option, copies=copies)
        return [f"a volume of {volume:,} GiB for the training jobs, {why}"]

    def away_assumptions(self, region: str) -> list[str]:
        """Return that SageMaker's own channels read no other region."""
        return [f"SageMaker's own channels take buckets of {region} alone: the training script reads this one itself"]


def _jobs(
    meter: Meter, option: Option, per_run: Sequence[int], volume_gib: int | None, commitment: Commitment | None
) -> list[RunUsage]:
    """Return training jobs and their volumes, where they have some."""
    hours, why = machine_usage_type(option), "training jobs, from image pull to upload"
    usages = machine_hours(meter, hours, per_run=per_run, purchase=option.purchase, commitment=commitment, why=why)
    if volume_gib is not None:
        held = [byte_hours(volume_gib, seconds) for seconds in per_run]
        why = f"{volume_gib} GiB volume of the training jobs"
        usages += meter.evenly(volume_facts("sagemaker-training").usage_type, "byte-hours", per_run=held, why=why)
    return usages


def _kept_warm(meter: Meter, option: Option, volume_gib: int | None) -> list[RunUsage]:
    """Return the instances that wait for jobs, and their volumes."""
    idle = idle_seconds(meter.project, option)
    why = f"instances kept warm {figure(option.idle_hours_per_day, 6)} h a day"
    usages = meter.evenly(f"TrainWarmPool:{option.instance}", "seconds", fixed=idle, why=why)
    if volume_gib is not None:
        held, why = byte_hours(volume_gib, idle), f"{volume_gib} GiB volume of the instances kept warm"
        usages += meter.evenly(volume_facts("sagemaker-warm-pool").usage_type, "byte-hours", fixed=held, why=why)
    return usages


def _notebook(meter: Meter, option: Option) -> list[RunUsage]:
    """Return the notebook, and its volume, which exists while it is stopped too [2]."""
    if option.notebook_instance is None:
        return []
    takes = billing_rule(meter.service).billed_seconds(Fraction(str(option.notebook_hours)) * 3600)
    why = f"notebook running {figure(option.notebook_hours, 6)} h"
    usages = meter.evenly(f"Notebk:{option.notebook_instance}", "seconds", fixed=takes, why=why)
    volume = volume_facts("sagemaker-notebook")
    held = byte_hours(volume.least_gib, meter.window.seconds)
    why = f"notebook volume {volume.least_gib} GiB, also while stopped"
    return usages + meter.evenly(volume.usage_type, "byte-hours", fixed=held, why=why)
