"""A machine of one's own: energy over idle, upkeep, purchase and resale or a share of its life, other use, set-up.

What an hour of such a machine costs is not in any price book; the prices are the user's own and travel as `Price`
rows of grade ``stated`` or with the source of a table (electricity).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from cloudcost.domain.prices import STATED, STATED_IN, Grade, Price, Tier
from cloudcost.domain.project import LocalMachine, Project
from cloudcost.domain.usage import RunUsage
from cloudcost.figures import figure
from cloudcost.money import round_half_even
from cloudcost.units import BillingMonth, started_seconds
from cloudcost.usage.calendar import project_window
from cloudcost.usage.machines.compute import MICRO, BilledRun
from cloudcost.usage.s3.requests import spread

SERVICE = "Local"
REGION = "local"
HOURS_PER_YEAR = 8760


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
    microseconds = [round(run.billed_seconds * MICRO) for run in runs]
    joules, per_seconds = _joules_per_seconds(watts, machine.idle_watts, machine.pue)
    usages = _spread(
        project,
        "Electricity",
        "microjoules",
        per_run=[round(Fraction(joules * each, per_seconds)) for each in microseconds],
        why=f"{watts:.0f} W under training"
        + (f" over {figure(machine.idle_watts, 6)} W idle" if machine.idle_watts else ""),
    )
    if machine.upkeep_per_year:
        lasts = project_window(project).seconds * machines
        usages += _spread(project, "Upkeep", "seconds", fixed=lasts, why="upkeep while the project lasts")
    if machine.value_per_hour:
        usages += _spread(
            project, "OtherUse", "microseconds", per_run=microseconds, why="what the machine would do otherwise"
        )
    if machine.setup_hours and machine.wage:
        takes = started_seconds(Fraction(str(machine.setup_hours)) * 3600)
        usages += _spread(project, "SetUp", "seconds", fixed=takes, why="setting it up")
    if machine.is_bought:
        usages.append(_once(project, "Purchase", machines, "bought for the project"))
    elif not machine.owned:
        usages += _spread(
            project, "ShareOfLife", "microseconds", per_run=microseconds, why="share of the machine's useful life"
        )
    return usages


@lru_cache(maxsize=1024)
def _joules_per_seconds(watts: float, idle_watts: float, pue: float) -> tuple[int, int]:
    """Return the energy over idle as a ratio of whole numbers: so many joules in so many seconds. [J], [s]"""
    rate = max(Fraction(str(watts)) - Fraction(str(idle_watts)), Fraction(0)) * Fraction(str(pue))
    return rate.numerator, rate.denominator


def local_prices(
    machine: LocalMachine, *, usd_per_kwh: Decimal, electricity_source: str, electricity_grade: Grade, as_of: date
) -> tuple[Price, ...]:
    """Return the prices of what `local_usage` meters. [USD]

    Parameters
    ----------
    usd_per_kwh : Decimal
        [USD/kWh]
    electricity_source : str
        Key of the source, or words.
    as_of : date
        Day of the figures.
    """
    prices = [_flat("Electricity", "kWh", usd_per_kwh, electricity_grade, electricity_source, as_of)]
    if machine.upkeep_per_year:
        prices.append(_flat("Upkeep", "Hrs", _per_hour(machine.upkeep_per_year), STATED, STATED_IN, as_of))
    if machine.value_per_hour:
        prices.append(_flat("OtherUse", "Hrs", machine.value_per_hour, STATED, STATED_IN, as_of))
    if machine.setup_hours and machine.wage:
        prices.append(_flat("SetUp", "Hrs", machine.wage, STATED, STATED_IN, as_of))
    if not machine.owned and machine.purchase_usd is not None:
        prices.append(_flat("Purchase", "Machines", machine.purchase_usd, STATED, STATED_IN, as_of))
        prices.append(_flat("ShareOfLife", "Hrs", share_of_life_per_hour(machine), STATED, STATED_IN, as_of))
    return tuple(prices)


def share_of_life_per_hour(machine: LocalMachine) -> Decimal:
    """Return what a useful hour of the machine's life costs: (purchase - resale) / useful hours. [USD/h]

    Raises
    ------
    ValueError
        Without a purchase price.

    Examples
    --------
    3,504 USD over 4 years, used a tenth of the time (3,504 h):

    >>> share_of_life_per_hour(LocalMachine(owned=False, purchase_usd=Decimal(3504), utilisation=0.1))
    Decimal('1.0000000000')
    """
    if machine.purchase_usd is None:
        raise ValueError("a share of life needs the purchase price")
    lost = Fraction(machine.purchase_usd) * (1 - Fraction(str(machine.resale)))
    useful = Fraction(str(machine.lifetime_years)) * HOURS_PER_YEAR * Fraction(str(machine.utilisation))
    return round_half_even(lost / useful)


def _per_hour(usd_per_year: Decimal) -> Decimal:
    return round_half_even(Fraction(usd_per_year) / HOURS_PER_YEAR)


def _flat(usage_type: str, unit: str, usd: Decimal, grade: Grade, source: str, as_of: date) -> Price:
    tier = Tier(from_quantity=Decimal(0), up_to=None, unit_price_usd=usd)
    return Price(
        service=SERVICE,
        region=REGION,
        usage_type=usage_type,
        unit=unit,
        tiers=(tier,),
        as_of=as_of,
        grade=grade,
        source=source,
    )


def _spread(
    project: Project, usage_type: str, unit: str, *, fixed: int = 0, per_run: Sequence[int] = (), why: str
) -> list[RunUsage]:
    return spread(project, REGION, usage_type, service=SERVICE, unit=unit, fixed=fixed, per_run=per_run, why=why)


def _once(project: Project, usage_type: str, count: int, why: str) -> RunUsage:
    return RunUsage(
        service=SERVICE,
        region=REGION,
        usage_type=usage_type,
        month=BillingMonth.of(project.start),
        unit="Machines",
        fixed=count,
        why=why,
    )
