"""Colab: compute units of a plan, and the disk beside an accelerator."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cloudcost.catalog.colab import free_disk_bytes, plan
from cloudcost.catalog.tables import GLOBAL
from cloudcost.domain.kinds import facts_of
from cloudcost.domain.project import Option, Project
from cloudcost.domain.usage import RunUsage
from cloudcost.figures import figure
from cloudcost.usage.kinds.base import Metering
from cloudcost.usage.machines.compute import MICRO, BilledRun, whole_seconds
from cloudcost.usage.machines.machine import Machine
from cloudcost.usage.machines.volumes import disk_words
from cloudcost.usage.meter import Meter


class ColabMetering(Metering):
    """What sessions of Colab meter."""

    def usage(self, project: Project, option: Option, runs: Sequence[BilledRun], machine: Machine) -> list[RunUsage]:
        """Return compute units, where they are paid for, bought in the project's first month. [10**-6 units]"""
        if not machine.paid:
            return []
        rate = machine.units_per_hour_micro
        per_run = [-(-seconds * rate // 3600) for seconds in whole_seconds(runs)]
        why = f"compute units at {figure(rate / MICRO, 6)} an hour"
        meter = Meter(project, GLOBAL, facts_of(option).service)
        return [meter.once("ComputeUnits", "micro-units", per_run=per_run, why=why)]

    def rooms(self, project: Project, option: Option, own_disk_bytes: int | None) -> dict[str, int]:
        """Return the disk beside the accelerator. [bytes]"""
        if own_disk_bytes is None:
            return {}
        return {f"{plan(option.plan).title}'s disk, {disk_words(own_disk_bytes)} free": own_disk_bytes}

    def remedy(self, option: Option, size_bytes: int, rooms: Mapping[str, int], offered: Sequence[str]) -> str:
        """Return which accelerators of the option's own plan have a disk for the copy."""
        larger = [name for name in offered if (free_disk_bytes(name) or 0) >= size_bytes]
        if not larger:
            return f'plan {option.plan} offers no accelerator beside a disk that would do: use reader = "stream"'
        return f'the disk beside {", ".join(larger)} would do, or reader = "stream"'

    def disk_assumptions(
        self, project: Project, option: Option, own_disk_bytes: int | None, *, copies: bool
    ) -> list[str]:
        """Return how much room a copy has."""
        if not copies:
            return []
        size = None if own_disk_bytes is None else disk_words(own_disk_bytes)
        room = "whose size is not known" if size is None else f"which has {size} free, as users see it"
        return [f"the data set is copied to {plan(option.plan).title}'s disk, {room}"]

    def checkpoint_assumptions(self, option: Option) -> list[str]:
        """Return that checkpoints go to a free place."""
        named = plan(option.plan)
        place = "Google Drive's" if named.is_colab else f"{named.title}'s"
        return [f"checkpoints go to {place} free space, which is not counted"]
