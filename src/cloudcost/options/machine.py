"""What an option's machine is: its device, how many, its cores and storage, its watts, and whether it can be had."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import TypedDict

from cloudcost.catalog.books.book import load_book
from cloudcost.catalog.colab import ColabPlan, colab_vcpu, disk_seen_on, free_disk_bytes, offered, plan
from cloudcost.catalog.colab_rates import UnitRate, accelerator_of, units_per_hour
from cloudcost.catalog.devices import device, find_device, not_launched, training_watts
from cloudcost.catalog.electricity import electricity_price
from cloudcost.catalog.instances import instance, instances, provider_of
from cloudcost.catalog.near import did_you_mean
from cloudcost.domain.devices import Instance
from cloudcost.domain.prices import STATED, STATED_IN, Grade
from cloudcost.domain.project import LocalMachine, Option
from cloudcost.errors import CatalogError, PriceNotFoundError, UnknownInstanceError
from cloudcost.figures import figure
from cloudcost.frozen import dataclass
from cloudcost.units import GB
from cloudcost.usage.machines.compute import MICRO

HOST_WATTS = 100.0
"""What a desktop draws beside its GPU under training: processor, memory, losses of the power supply. Assumed. [W]"""
ASSUMED_VCPU = 12
"""Of a machine that states none and is of no known type: six cores, the commonest in Steam's survey of PCs (read in
reports of 2022-04), with two threads each. [count]"""
ASSUMED_VCPU_A_GPU = 8
"""The same for each of several GPUs: AWS's machines of four and eight GPUs have 8 to 12. [count per GPU]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """The machine that an option trains on.

    Parameters
    ----------
    device : str or None
        Name of the device that the timing model is asked about; None where it knows none.
    gpus : int
        That take part in a run. [count]
    instance : Instance or None
    vcpu : int
        That can decode images. [count]
    vcpu_known : bool
        Whether they are stated or the machine's type is known.
    watts : float
        ``local``: at the wall under training. [W]
    units_per_hour_micro : int
        ``colab``. [10**-6 units per hour]
    session_seconds : float or None
        ``colab``: longest session. [s]
    paid, guaranteed : bool
    monthly_usd : Decimal
        ``colab``: of the subscription. [USD]
    included_units : Decimal
        ``colab``: that come with the subscription each month. [units]
    service : str
        ``cloud``: the provider's name in the price book.
    own_disk_bytes : int or None
        Free on its own disk: an instance's NVMe (0: it has none), Colab's, another cloud's; None: not known. [bytes]
    offered : tuple of str
        ``colab``: the accelerators that the plan may give on this day.
    rate : UnitRate or None
        ``colab``: of the compute units; None where none are paid for and none was known.
    seen_on : tuple of (str, date)
        ``colab``: what else is known of a day, and of which: the plan, the disk.
    obstacle : str
        Why the machine cannot be had; empty otherwise. What depends on the day is told by `availability`.
    notes : tuple of str
    """

    device: str | None
    gpus: int = 1
    instance: Instance | None = None
    vcpu: int = ASSUMED_VCPU
    vcpu_known: bool = True
    watts: float = 0.0
    units_per_hour_micro: int = 0
    session_seconds: float | None = None
    paid: bool = True
    guaranteed: bool = True
    monthly_usd: Decimal = Decimal(0)
    included_units: Decimal = Decimal(0)
    service: str = ""
    own_disk_bytes: int | None = None
    offered: tuple[str, ...] = ()
    rate: UnitRate | None = None
    seen_on: tuple[tuple[str, date], ...] = ()
    obstacle: str = ""
    notes: tuple[str, ...] = ()


def machine_of(option: Option, on: date) -> Machine:
    """Return the machine of an option as it is on a day; whether it can be had then, `availability` says.

    Raises
    ------
    CatalogError
        When an instance, a device, an accelerator or a plan is not known.
    PriceNotFoundError
        When a paid accelerator has no compute-unit rate on that day.
    """
    match option.kind:
        case "ec2" | "sagemaker":
            return _rented(option.instance or "")
        case "colab":
            return _colab(option.plan, option.accelerator or "T4", on, high_memory=option.high_memory)
        case "local":
            return _local(option)
        case "cloud":
            return _other_cloud(option)


@lru_cache(maxsize=4096)
def _rented(name: str) -> Machine:
    kind = instance(name)
    return Machine(
        device=kind.device,
        gpus=max(int(kind.gpu_count), 1),
        instance=kind,
        vcpu=kind.vcpu,
        own_disk_bytes=int(kind.local_storage_gb * GB),
        notes=_share_note(kind.gpu_count, name),
    )


def _share_note(count: Fraction, name: str) -> tuple[str, ...]:
    return () if count == 0 or count >= 1 else (f"{name} has {count} of a GPU; times are those of a whole one",)


@lru_cache(maxsize=4096)
def _colab(plan_name: str, accelerator: str, on: date, *, high_memory: bool) -> Machine:
    subscription = plan(plan_name)
    name, device_name = accelerator_of(accelerator)
    rate = _unit_rate(subscription, accelerator, on, high_memory=high_memory)
    obstacle = not_launched(device_name, on)
    if subscription.accelerators and accelerator not in subscription.accelerators:
        obstacle = f"plan {subscription.name} offers {', '.join(subscription.accelerators)}, not {accelerator}"
    return Machine(
        device=device_name,
        **_cores(colab_vcpu(name), 1),
        units_per_hour_micro=0 if rate is None else int(rate.units_per_hour * MICRO),
        session_seconds=None if subscription.session_hours is None else subscription.session_hours * 3600,
        paid=subscription.paid,
        guaranteed=subscription.guaranteed or subscription.paid,
        monthly_usd=subscription.usd_per_month,
        included_units=subscription.included_units,
        own_disk_bytes=free_disk_bytes(accelerator),
        offered=offered(plan_name, on, high_memory=high_memory),
        rate=rate,
        seen_on=_seen_on(subscription, accelerator),
        obstacle=obstacle,
        notes=(_rate_note(accelerator, rate),),
    )


def _seen_on(subscription: ColabPlan, accelerator: str) -> tuple[tuple[str, date], ...]:
    """Return the days on which a plan's terms and an accelerator's disk were seen; one row of each is known."""
    disk = disk_seen_on(accelerator)
    plans = (f"sessions and terms of plan {subscription.name}", subscription.as_of)
    return (plans,) if disk is None else (plans, (f"the disk beside {accelerator}", disk))


def _unit_rate(subscription: ColabPlan, accelerator: str, on: date, *, high_memory: bool) -> UnitRate | None:
    """Return the rate of an accelerator; where nothing is paid for, an unknown one is none."""
    try:
        return units_per_hour(accelerator, on, high_memory=high_memory)
    except PriceNotFoundError:
        if subscription.paid:
            raise
        return None


def _rate_note(accelerator: str, rate: UnitRate | None) -> str:
    given = "accelerators are given as available"
    if rate is None:
        return f"{accelerator}: {given}"
    memory = " with high memory" if rate.memory == "high" else ""
    carried = ", the first one known, carried back" if rate.carried else ""
    said = f"{rate.units_per_hour} compute units an hour{memory} ({rate.source}, {rate.as_of}{carried})"
    return f"{accelerator}: {said}; {given}"


def _local(option: Option) -> Machine:
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
        device=_device_name(option), gpus=count, **_cores(option.local.vcpu, count), watts=watts, notes=notes
    )


@lru_cache(maxsize=4096)
def _usual_watts(name: str, gpus: int) -> tuple[float, str]:
    """Return what a machine with so many GPUs draws at the wall under training, and how that is known. [W]"""
    known = device(name)
    watts = training_watts(known).typical * gpus + HOST_WATTS
    return watts, (
        f"{watts:.0f} W at the wall under training: {gpus} x {known.name} at its usual share of "
        f"{figure(known.tdp_watts, 6)} W, and {figure(HOST_WATTS, 6)} W for the rest (assumed)"
    )


class _Cores(TypedDict):
    vcpu: int
    vcpu_known: bool


def _cores(stated: int | None, gpus: int) -> _Cores:
    """Return the virtual CPUs of a machine, assumed where they are not known."""
    if stated is not None:
        return {"vcpu": stated, "vcpu_known": True}
    return {"vcpu": max(ASSUMED_VCPU, ASSUMED_VCPU_A_GPU * gpus), "vcpu_known": False}


def _device_name(option: Option) -> str | None:
    """Return the device that the timing model knows; a device of which the time is stated may have any name."""
    if option.device is None:
        return None
    stated = option.hours_per_run is not None or option.seconds_per_step is not None
    known = find_device(option.device) if stated else device(option.device)
    return None if known is None else known.name


def _other_cloud(option: Option) -> Machine:
    from cloudcost.catalog.providers import Provider, find_provider, providers, sellers

    known: Instance | None = None
    sold_by: tuple[Provider, ...] = ()
    if option.instance is not None:
        known = instance(option.instance) if provider_of(option.instance) else None
        sold_by = sellers(option.instance, load_book())
    if option.instance is not None and known is None and not sold_by:
        stated = (option.device, option.hours_per_run, option.seconds_per_step)
        if option.usd_per_hour is None or all(value is None for value in stated):
            near = did_you_mean(option.instance, instances(), 2, otherwise="correct the name")
            raise UnknownInstanceError(
                f"option {option.name!r}: no machine of type {option.instance!r} is known; {near} or state "
                "usd_per_hour and one of device, hours_per_run and seconds_per_step"
            )
    provider = option.provider or (known.provider if known else sold_by[0].name if len(sold_by) == 1 else "")
    if provider == "aws" and option.usd_per_hour is None:
        raise CatalogError(f'option {option.name!r}: {option.instance} is a machine of AWS; use kind = "ec2"')
    listed = find_provider(provider)
    if listed is None and option.usd_per_hour is None:
        raise CatalogError(
            f"option {option.name!r}: no provider {provider!r} of {option.instance!r} is known; state provider "
            f"({', '.join(each.name for each in providers())}), or usd_per_hour"
        )
    service = listed.service if listed else provider or "cloud"
    name = _device_name(option) if option.device else (known.device if known else None)
    gpus = option.gpus or (max(int(known.gpu_count), 1) if known else 1)
    cores = _cores(known.vcpu if known else None, gpus)
    disk = int(known.local_storage_gb * GB) if known is not None and known.local_storage_gb else None
    return Machine(device=name, gpus=gpus, instance=known, **cores, service=service, own_disk_bytes=disk)


@dataclass(frozen=True, slots=True, kw_only=True)
class Electricity:
    """The price of a local machine's electricity and where it comes from."""

    usd_per_kwh: Decimal
    grade: Grade
    source: str
    as_of: date
    first_day: date
    note: str


@lru_cache(maxsize=4096)
def electricity_of(machine: LocalMachine, today: date) -> Electricity:
    """Return what a kWh costs: as the project file says, else the country's residential price.

    Raises
    ------
    CatalogError
        When neither a price nor a known country is given.
    """
    if machine.electricity_usd_per_kwh is not None:
        return Electricity(
            usd_per_kwh=machine.electricity_usd_per_kwh,
            grade=STATED,
            source=STATED_IN,
            as_of=today,
            first_day=date.min,
            note="",
        )
    if machine.country is None:
        raise CatalogError("a local machine needs electricity_usd_per_kwh or country; state one")
    price = electricity_price(machine.country)
    return Electricity(
        usd_per_kwh=price.usd_per_kwh,
        grade="third-party",
        source=price.source,
        as_of=price.as_of,
        first_day=price.first_day,
        note=f"electricity in {price.country}: {price.usd_per_kwh} USD/kWh, households, {price.period}",
    )
