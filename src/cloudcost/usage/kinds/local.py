"""A machine of one's own: energy over idle, upkeep, purchase or a share of its life, other use, set-up.

What an hour of such a machine costs is in no price book: the prices are the user's own, made in
`cloudcost.options.kinds.local`, and so is the sale at the end, which is not metered. Its disk is the user's matter.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache

from cloudcost.domain.prices import OWN_REGION, OWN_SERVICE
from cloudcost.domain.project import LocalMachine, Option, Project
from cloudcost.domain.usage import RunUsage
from cloudcost.figures import figure
from cloudcost.money import half_even
from cloudcost.units import started_seconds
from cloudcost.usage.chosen import machines_of
from cloudcost.usage.kinds.base import Metering
from cloudcost.usage.machines.compute import MICRO, BilledRun
from cloudcost.usage.machines.machine import Machine
from cloudcost.usage.meter import Meter


class LocalMetering(Metering):
    """What machines of one's own meter."""

    def usage(self, project: Project, option: Option, runs: Sequence[BilledRun], machine: Machine) -> list[RunUsage]:
        """Return electricity, upkeep, purchase or a share of its life, other use and set-up."""
        if option.local is None:
            raise ValueError(f"option {option.name!r} is local but has no machine")
        return local_usage(project, option.local, machine.watts, runs, machines=machines_of(project, option))


def local_usage(
    project: Project, machine: LocalMachine, watts: float, runs: Sequence[BilledRun], *, machines: int
) -> list[RunUsage]:
    """Return what a local machine uses; what a sale brings back is not metered. [microjoules, microseconds, s, count]

    Nobody rounds the time of one's own machine up, so runs of milliseconds count for what they are.

    Parameters
    ----------
    watts : float
        Drawn at the wall under training. [W]
    runs : sequence of BilledRun
        One per training.
    machines : int
        Of that kind. [count]
    """
    meter = Meter(project, OWN_REGION, OWN_SERVICE)
    exact = [run.billed_seconds for run in runs]
    microseconds = [half_even(each.numerator * MICRO, each.denominator) for each in exact]
    joules, per_seconds = _joules_per_seconds(watts, machine.idle_watts, machine.pue)
    energy = [half_even(joules * each, per_seconds) for each in microseconds]
    why = f"{watts:.0f} W under training"
    why += f" over {figure(machine.idle_watts, 6)} W idle" if machine.idle_watts else ""
    usages = meter.evenly("Electricity", "microjoules", per_run=energy, why=why)
    if machine.upkeep_per_year:
        lasts = meter.window.seconds * machines
        usages += meter.evenly("Upkeep", "seconds", fixed=lasts, why="upkeep while the project lasts")
    if machine.value_per_hour:
        why = "what the machine would do otherwise"
        usages += meter.evenly("OtherUse", "microseconds", per_run=microseconds, why=why)
    if machine.setup_hours and machine.wage:
        takes = started_seconds(Fraction(str(machine.setup_hours)) * 3600)
        usages += meter.evenly("SetUp", "seconds", fixed=takes, why="setting it up")
    if machine.is_bought:
        usages.append(meter.once("Purchase", "Machines", fixed=machines, why="bought for the project"))
    elif not machine.owned:
        why = "share of the machine's useful life"
        usages += meter.evenly("ShareOfLife", "microseconds", per_run=microseconds, why=why)
    return usages


@lru_cache(maxsize=1024)
def _joules_per_seconds(watts: float, idle_watts: float, pue: float) -> tuple[int, int]:
    """Return the energy over idle as a ratio of whole numbers: so many joules in so many seconds. [J], [s]"""
    rate = max(Fraction(str(watts)) - Fraction(str(idle_watts)), Fraction(0)) * Fraction(str(pue))
    return rate.numerator, rate.denominator
