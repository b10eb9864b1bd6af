"""What makes an option's machine: the cores that it is taken to have, its device's name, its electricity."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import TypedDict

from cloudcost.catalog.devices import device, find_device
from cloudcost.catalog.own.electricity import electricity_price
from cloudcost.domain.devices import Device
from cloudcost.domain.prices import STATED, STATED_IN, Grade
from cloudcost.domain.project import LocalMachine, Option
from cloudcost.errors import CatalogError
from cloudcost.frozen import dataclass
from cloudcost.usage.machines.machine import ASSUMED_VCPU

HOST_WATTS = 100.0
"""What a desktop draws beside its GPU under training: processor, memory, losses of the power supply. Assumed. [W]"""
HOST_WATTS_OF = {"laptop": 40.0, "integrated": 20.0, "embedded": 10.0}
"""The same of a laptop, of a machine whose chip holds processor and GPU, of a board. Assumed. [W]"""
ASSUMED_VCPU_A_GPU = 8
"""The same for each of several GPUs: AWS's machines of four and eight GPUs have 8 to 12. [count per GPU]"""


class Cores(TypedDict):
    """The virtual CPUs of a machine, and whether they are known. [count]"""

    vcpu: int
    vcpu_known: bool


def host_watts(known: Device) -> float:
    """Return what the rest of a machine of one's own draws beside the device under training. [W]"""
    return HOST_WATTS_OF.get(known.segment, HOST_WATTS)


def cores_of(stated: int | None, gpus: int) -> Cores:
    """Return the virtual CPUs of a machine, assumed where they are not known."""
    if stated is not None:
        return {"vcpu": stated, "vcpu_known": True}
    return {"vcpu": max(ASSUMED_VCPU, ASSUMED_VCPU_A_GPU * gpus), "vcpu_known": False}


def device_name(option: Option) -> str | None:
    """Return the device that the timing model knows; a device of which the time is stated may have any name."""
    if option.device is None:
        return None
    stated = option.hours_per_run is not None or option.seconds_per_step is not None
    known = find_device(option.device) if stated else device(option.device)
    return None if known is None else known.name


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
