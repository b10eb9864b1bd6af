"""Families of devices of which whole steps alone are known, and few: Apple's GPUs and processors.

Their model is that of a GPU of the same data sheet, scaled by two factors that published and own steps give
(`families.csv`), with a wide band.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from math import log
from types import MappingProxyType
from typing import TYPE_CHECKING

from cloudcost.catalog.tables import DATA, read_table
from cloudcost.frozen import dataclass
from cloudcost.timing.rates.equation import HOST_BASE, HOST_RECORD, WIDTH

if TYPE_CHECKING:
    from cloudcost.domain.devices import Device
    from cloudcost.timing.rates.device_model import DeviceModel

_COLUMNS = ("family", "device_factor", "host_factor", "device_sd", "host_sd", "source", "note")


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """What devices of a family take against GPUs of the same data sheet.

    Parameters
    ----------
    name : str
    device_factor, host_factor : float
        Of the device's time; of what launches cost. [1]
    device_sd, host_sd : float
        Of their logs. [1]
    source : str
    """

    name: str
    device_factor: float
    host_factor: float
    device_sd: float
    host_sd: float
    source: str


@cache
def families() -> Mapping[str, Family]:
    """Return the families by name."""
    found = {}
    for name, device, host, device_sd, host_sd, source, _ in read_table(DATA / "families.csv", _COLUMNS):
        found[name] = Family(
            name=name, device_factor=float(device), host_factor=float(host), device_sd=float(device_sd),
            host_sd=float(host_sd), source=source,
        )  # fmt: skip
    return MappingProxyType(found)


def family_of(device: Device) -> Family | None:
    """Return the family of a device; None where single networks or operations were measured on its relatives.

    Examples
    --------
    >>> from cloudcost.catalog.devices import device
    >>> [found.name if (found := family_of(device(name))) else None for name in ("M3 Max", "Ryzen 5 3600", "T4")]
    ['Apple', 'cpu', None]
    """
    return families().get("cpu" if device.kind == "cpu" else device.architecture)


def of_family(model: DeviceModel, family: Family) -> DeviceModel:
    """Return a model by data sheet as a family has it; the memory is the machine's, and is not known."""
    parameters = model.parameters.copy()
    parameters[:WIDTH] += log(family.device_factor)
    parameters[[HOST_BASE, HOST_RECORD]] += log(family.host_factor)
    return replace(
        model,
        parameters=parameters,
        basis="transferred",
        memory_bytes=None,
        device_sd=family.device_sd,
        host_sd=family.host_sd,
        provenance={**model.provenance, "source": family.source},
    )
