"""Billed time of machines, whatever their kind: of a run, of all runs, idle; and what an hour of it is called."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from math import ceil

from cloudcost.catalog.billing_rules import billing_rule
from cloudcost.domain.kinds import facts_of
from cloudcost.domain.project import Option, Project
from cloudcost.frozen import dataclass
from cloudcost.units import BillingRule
from cloudcost.usage.chosen import machines_of
from cloudcost.usage.machines.runs import RunPlan

MICRO = 1_000_000
"""Millionths in one: micro-units in a Colab compute unit, microseconds in a second."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BilledRun:
    """What one run of a training is billed for, once interruptions are counted in.

    Parameters
    ----------
    billed_seconds : int or Fraction
        Machine time: whole seconds by a provider's rule, microseconds of a machine of one's own. [s]
    wall_seconds : float
        From the first order to the end, waits included. [s]
    starts : int or Fraction
        Expected, where it may be interrupted. [count]
    wait_seconds : float
        Of the wall time, waiting for capacity that the provider does not have. [s]
    """

    billed_seconds: int | Fraction
    wall_seconds: float
    starts: int | Fraction = 1
    wait_seconds: float = 0.0

    @property
    def running_seconds(self) -> float:
        """Wall time without waiting for capacity. [s]"""
        return self.wall_seconds - self.wait_seconds


def billed_run(plan: RunPlan, rule: BillingRule | None) -> BilledRun:
    """Return an uninterrupted run's billing: each start rounded by the provider's rule.

    Parameters
    ----------
    rule : BillingRule or None
        None where nobody bills the time, as of a machine of one's own: it is taken to the microsecond.

    Examples
    --------
    >>> of_ec2 = billing_rule("AmazonEC2")
    >>> billed_run(RunPlan(startup_seconds=300, download_seconds=0.5, training_seconds=21600, steps=1), of_ec2)
    BilledRun(billed_seconds=21901, wall_seconds=21900.5, starts=1, wait_seconds=0.0)
    """
    if rule is None:
        exact = Fraction(round(plan.wall_seconds * MICRO), MICRO)
        return BilledRun(billed_seconds=exact, wall_seconds=plan.wall_seconds, starts=plan.starts)
    each = rule.billed_seconds(plan.wall_seconds / plan.starts)
    return BilledRun(billed_seconds=each * plan.starts, wall_seconds=plan.wall_seconds, starts=plan.starts)


def rule_of(option: Option) -> BillingRule | None:
    """Return how an option's running time is billed; None where nobody bills it."""
    facts = facts_of(option)
    return None if facts.at_home else billing_rule(facts.service)


def whole_seconds(runs: Sequence[BilledRun]) -> list[int]:
    """Return what a provider bills of one run of each training, which is whole seconds. [s]"""
    return [ceil(run.billed_seconds) for run in runs]


def idle_seconds(project: Project, option: Option) -> int:
    """Return the seconds that all machines stand idle over the project. [s]"""
    numerator, denominator = Decimal(str(option.idle_hours_per_day)).as_integer_ratio()
    each = -(-numerator * project.duration_seconds // (24 * denominator))  # hours/day x 3600 s/h / 86,400 s/day
    return each * machines_of(project, option)


def machine_usage_type(option: Option) -> str:
    """Return the usage type of a rented machine's hours.

    Examples
    --------
    >>> machine_usage_type(Option(name="a", kind="sagemaker", instance="ml.g5.xlarge", purchase="spot"))
    'TrSpt:ml.g5.xlarge'
    """
    names = facts_of(option).hour_types
    if names is None:
        return option.instance or option.device or "machine"
    on_demand, spot = names
    return f"{spot if option.purchase == 'spot' else on_demand}:{option.instance}"
