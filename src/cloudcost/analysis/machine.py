"""What an option's machine is: its device, how many, its cores and storage, its watts, and whether it can be had."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import TypedDict

from cloudcost.catalog.book import load_book
from cloudcost.catalog.colab import free_disk_bytes, offered, plan, units_per_hour
from cloudcost.catalog.devices import device, find_device, training_watts
from cloudcost.catalog.electricity import electricity_price
from cloudcost.catalog.instances import instance, instances, is_startable, provider_of
from cloudcost.catalog.near import did_you_mean
from cloudcost.domain.devices import Instance
from cloudcost.domain.prices import STATED, STATED_IN, Grade
from cloudcost.domain.project import LocalMachine, Option
from cloudcost.errors import CatalogError, UnknownInstanceError
from cloudcost.figures import figure
from cloudcost.units import GB
from cloudcost.usage.compute import MICRO

HOST_WATTS = 100.0
"""What a desktop draws beside its GPU under training: processor, memory, losses of the power supply. Assumed. [W]"""
COLAB_VCPU = {"T4": 2, "V100": 2, "L4": 12, "A100": 12, "A100-80GB": 12}
"""Virtual CPUs beside Colab's accelerators, as users see them; not published, an assumption. [count]"""
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
    obstacle : str
        Why the machine cannot be had on this day; empty otherwise.
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
    obstacle: str = ""
    notes: tuple[str, ...] = ()


def machine_of(option: Option, on: date) -> Machine:
    """Return the machine of an option as it is on a day.

    Raises
    ------
    CatalogError
        When an instance, a device, an accelerator or a plan is not known.
    """
    match option.kind:
        case "ec2" | "sagemaker":
            return _rented(option.instance or "", on)
        case "colab":
            return _colab(option.plan, option.accelerator or "T4", on, high_memory=option.high_memory)
        case "local":
            return _local(option)
        case "cloud":
            return _other_cloud(option)


@lru_cache(maxsize=4096)
def _rented(name: str, on: date) -> Machine:
    kind = instance(name)
    obstacle = ""
    if not is_startable(kind, on):
        since = f" since {kind.status_from}" if kind.status_from else ""
        obstacle = f"{kind.name} can no longer be started ({kind.status}{since}; {kind.status_source})"
    return Machine(
        device=kind.device,
        gpus=max(int(kind.gpu_count), 1),
        instance=kind,
        vcpu=kind.vcpu,
        own_disk_bytes=int(kind.local_storage_gb * GB),
        obstacle=obstacle,
        notes=_share_note(kind.gpu_count, kind.name),
    )


def _share_note(count: Fraction, name: str) -> tuple[str, ...]:
    return () if count == 0 or count >= 1 else (f"{name} has {count} of a GPU; times are those of a whole one",)


@lru_cache(maxsize=4096)
def _colab(plan_name: str, accelerator: str, on: date, *, high_memory: bool) -> Machine:
    subscription = plan(plan_name)
    rate = units_per_hour(accelerator, on, high_memory=high_memory)
    memory = " with high memory" if rate.memory == "high" else ""
    obstacle = ""
    if subscription.accelerators and accelerator not in subscription.accelerators:
        obstacle = f"plan {subscription.name} offers {', '.join(subscription.accelerators)}, not {accelerator}"
    return Machine(
        device=rate.device,
        **_cores(COLAB_VCPU.get(rate.accelerator), 1),
        units_per_hour_micro=int(rate.units_per_hour * MICRO),
        session_seconds=None if subscription.session_hours is None else subscription.session_hours * 3600,
        paid=subscription.paid,
        guaranteed=subscription.guaranteed or subscription.paid,
        monthly_usd=subscription.usd_per_month,
        included_units=subscription.included_units,
        own_disk_bytes=free_disk_bytes(accelerator),
        offered=offered(plan_name, on, high_memory=high_memory),
        obstacle=obstacle,
        notes=(
            f"{accelerator}: {rate.units_per_hour} compute units an hour{memory} ({rate.source}, {rate.as_of}); "
            "accelerators are given as available",
        ),
    )


def _local(option: Option) -> Machine:
    assert option.local is not None
    notes: tuple[str, ...] = ()
    if option.local.watts is not None:
        watts = option.local.watts
    else:
        if option.device is None:
            raise CatalogError(f"option {option.name!r}: neither watts nor a device is given; state one")
        known = device(option.device)
        gpus = option.gpus or 1
        watts = training_watts(known).typical * gpus + HOST_WATTS
        notes = (
            f"{watts:.0f} W at the wall under training: {gpus} x {known.name} at its usual share of "
            f"{figure(known.tdp_watts, 6)} W, and {figure(HOST_WATTS, 6)} W for the rest (assumed)",
        )
    count = option.gpus or 1
    return Machine(
        device=_device_name(option), gpus=count, **_cores(option.local.vcpu, count), watts=watts, notes=notes
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
            usd_per_kwh=machine.electricity_usd_per_kwh, grade=STATED, source=STATED_IN, as_of=today, note=""
        )
    if machine.country is None:
        raise CatalogError("a local machine needs electricity_usd_per_kwh or country; state one")
    price = electricity_price(machine.country)
    return Electricity(
        usd_per_kwh=price.usd_per_kwh,
        grade="third-party",
        source=price.source,
        as_of=price.as_of,
        note=f"electricity in {price.country}: {price.usd_per_kwh} USD/kWh, households, {price.period}",
    )
