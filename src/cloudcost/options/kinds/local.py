"""A machine of one's own: what it draws, and the user's prices of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from cloudcost.catalog.books.book import PriceBook
from cloudcost.catalog.books.validity import carried_back
from cloudcost.catalog.devices import device
from cloudcost.catalog.own.device_power import training_watts
from cloudcost.domain.prices import OWN_REGION, OWN_SERVICE, STATED, STATED_IN, Grade, Price, Tier
from cloudcost.domain.project import LocalMachine, Option, Project
from cloudcost.errors import CatalogError
from cloudcost.figures import figure
from cloudcost.money import round_half_even
from cloudcost.options.kinds.base import Kind
from cloudcost.options.machine import cores_of, device_name, electricity_of, host_watts
from cloudcost.usage.machines.machine import Machine

HOURS_PER_YEAR = 8760


class Local(Kind):
    """An option on a machine of one's own."""

    def machine(self, option: Option, on: date) -> Machine:
        """Return the machine as the project file states it."""
        return _machine(option)

    def prices(
        self, project: Project, option: Option, machine: Machine, *, book: PriceBook, today: date, day: date
    ) -> tuple[tuple[Price, ...], list[str]]:
        """Return the prices of the machine's life and of its electricity."""
        if option.local is None:
            return super().prices(project, option, machine, book=book, today=today, day=day)
        prices, note = _prices(option.local, today, day)
        return prices, [note] if note else []


def _machine(option: Option) -> Machine:
    assert option.local is not None
    notes: tuple[str, ...] = ()
    if option.local.watts is not None:
        watts = option.local.watts
    else:
        if option.device is None:
            raise CatalogError(f"option {option.name!r}: neither watts nor a device is given; state one")
        watts, note = _usual_watts(option.device, option.gpus or 1)
        notes = (note,)
    count = option.gpus or 1
    return Machine(
        device=device_name(option), gpus=count, **cores_of(option.local.vcpu, count), watts=watts, notes=notes
    )


@lru_cache(maxsize=4096)
def _usual_watts(name: str, gpus: int) -> tuple[float, str]:
    """Return what a machine with so many GPUs draws at the wall under training, and how that is known. [W]"""
    known = device(name)
    rest = host_watts(known)
    watts = training_watts(known).typical * gpus + rest
    return watts, (
        f"{watts:.0f} W at the wall under training: {gpus} x {known.name} at its usual share of "
        f"{figure(known.tdp_watts or 0, 6)} W, and {figure(rest, 6)} W for the rest (assumed)"
    )


@lru_cache(maxsize=1024)
def _prices(machine: LocalMachine, today: date, day: date) -> tuple[tuple[Price, ...], str]:
    """Return a local machine's own prices, and what its electricity's price rests on."""
    electricity = electricity_of(machine, today)
    prices = local_prices(
        machine,
        usd_per_kwh=electricity.usd_per_kwh,
        electricity_source=electricity.source,
        electricity_grade=electricity.grade,
        as_of=electricity.as_of,
    )
    if day < electricity.first_day:
        prices = tuple(
            carried_back(replace(price, seen_from=electricity.first_day), day)
            if price.source == electricity.source
            else price
            for price in prices
        )
    return prices, electricity.note


def local_prices(
    machine: LocalMachine, *, usd_per_kwh: Decimal, electricity_source: str, electricity_grade: Grade, as_of: date
) -> tuple[Price, ...]:
    """Return the prices of what a local machine meters (`cloudcost.usage.kinds.local`). [USD]

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
        service=OWN_SERVICE,
        region=OWN_REGION,
        usage_type=usage_type,
        unit=unit,
        tiers=(tier,),
        as_of=as_of,
        grade=grade,
        source=source,
    )
