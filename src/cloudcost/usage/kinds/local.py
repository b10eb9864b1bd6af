"""A machine of one's own: what it draws and what it is worth; its disk is the user's matter."""

from __future__ import annotations

from collections.abc import Sequence

from cloudcost.domain.project import Option, Project
from cloudcost.domain.usage import RunUsage
from cloudcost.usage.chosen import machines_of
from cloudcost.usage.kinds.base import Metering
from cloudcost.usage.machines.compute import BilledRun
from cloudcost.usage.machines.facts import MachineFacts
from cloudcost.usage.machines.local import local_usage


class LocalMetering(Metering):
    """What machines of one's own meter."""

    def usage(self, project: Project, option: Option, runs: Sequence[BilledRun], facts: MachineFacts) -> list[RunUsage]:
        """Return electricity, upkeep, purchase or a share of its life, other use and set-up."""
        if option.local is None:
            raise ValueError(f"option {option.name!r} is local but has no machine")
        return local_usage(project, option.local, facts.watts, runs, machines=machines_of(project, option))
