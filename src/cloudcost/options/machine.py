"""What an option's machine is: its device, how many, its cores and storage, its watts, and whether it can be had."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import TypedDict

from cloudcost.catalog.colab_rates import UnitRate
from cloudcost.catalog.devices import device, find_device
from cloudcost.catalog.electricity import electricity_price
from cloudcost.domain.devices import Instance
from cloudcost.domain.prices import STATED, STATED_IN, Grade
from cloudcost.domain.project import LocalMachine, Option
from cloudcost.errors import CatalogError
from cloudcost.frozen import dataclass

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


class Cores(TypedDict):
    """The virtual CPUs of a machine, and whether they are known. [count]"""

    vcpu: int
    vcpu_known: bool


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
