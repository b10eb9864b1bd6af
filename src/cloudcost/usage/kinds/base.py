"""What metering asks of every kind of option."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence

from cloudcost.domain.kinds import facts_of
from cloudcost.domain.project import Option, Project
from cloudcost.domain.usage import RunUsage
from cloudcost.usage.machines.compute import BilledRun
from cloudcost.usage.machines.machine import Machine
from cloudcost.usage.machines.volumes import disk_words, largest_volume_gib, least_gib


class Metering(ABC):
    """What the machines of a kind of option meter, and what a copied data set lies on there."""

    @abstractmethod
    def usage(self, project: Project, option: Option, runs: Sequence[BilledRun], machine: Machine) -> list[RunUsage]:
        """Return what the machines meter."""

    def rooms(self, project: Project, option: Option, own_disk_bytes: int | None) -> dict[str, int]:
        """Return what a copy may lie on, in words, and the room there; none where it is not known. [bytes]"""
        return {} if own_disk_bytes is None else {f"the machine's disk of {disk_words(own_disk_bytes)}": own_disk_bytes}

    def remedy(self, option: Option, size_bytes: int, rooms: Mapping[str, int], offered: Sequence[str]) -> str:
        """Return what to do where a copy fits on none of the rooms.

        Parameters
        ----------
        offered : sequence of str
            ``colab``: the accelerators that the option's plan may give.
        """
        least, largest = least_gib(size_bytes), largest_volume_gib(option)
        if least > largest:
            whose = f"no volume{facts_of(option).volume_owner}"
            return f'{whose} is larger than {largest:,} GiB: use reader = "stream" or "shards"'
        return f'volume_gib = {least} would do, or reader = "stream"'

    def disk_assumptions(
        self, project: Project, option: Option, own_disk_bytes: int | None, *, copies: bool
    ) -> list[str]:
        """Return, one sentence each, how large the disk is taken to be and why."""
        return []

    def away_assumptions(self, region: str) -> list[str]:
        """Return, one sentence each, what runs in a region need to read a bucket of another."""
        return []

    def checkpoint_assumptions(self, option: Option) -> list[str]:
        """Return, one sentence each, where checkpoints go that are not billed."""
        return []
