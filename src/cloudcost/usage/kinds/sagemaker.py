"""SageMaker: training jobs that end by themselves, with a volume each where the machine has no disk, and a notebook.

References
----------
.. [1] SageMaker's API, "ResourceConfig": training data in file mode lie on the ML storage volume, the image does not;
   with NVMe there is no volume and the disk is the instance's. Read 2026-11-28.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cloudcost.domain.project import Option, Project
from cloudcost.domain.usage import RunUsage
from cloudcost.units import GIB
from cloudcost.usage.kinds.base import Metering
from cloudcost.usage.machines.compute import BilledRun, sagemaker_usage
from cloudcost.usage.machines.facts import MachineFacts
from cloudcost.usage.machines.volumes import (
    disk_words,
    largest_own_disk,
    largest_volume_gib,
    least_gib,
    volume_gib_of,
    volume_words,
)


class SageMakerMetering(Metering):
    """What training jobs of SageMaker meter."""

    def usage(self, project: Project, option: Option, runs: Sequence[BilledRun], facts: MachineFacts) -> list[RunUsage]:
        """Return jobs, their volumes where the machine has no disk of its own, and the notebook."""
        region, has_disk = option.region or project.region, bool(facts.own_disk_bytes)
        return sagemaker_usage(project, option, region, runs, has_local_storage=has_disk)

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
