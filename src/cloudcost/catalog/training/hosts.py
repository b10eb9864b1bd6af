"""The computers around a GPU: what their processor and operating system make of the cost of launching a kernel.

A launch-bound network waits for the host. What one launch costs there is a factor on what it costs on average
(`cloudcost.timing.levels`): fitted where steps were measured on such a host, else from the processor's speed on one
core (clock x work in a cycle) and the operating system.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from math import hypot
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, cast

from cloudcost.catalog.tables import DATA, read_table
from cloudcost.errors import CatalogError
from cloudcost.frozen import dataclass

if TYPE_CHECKING:
    from cloudcost.domain.devices import Device, Instance

_COLUMNS = (
    "name", "families", "devices", "processor", "work_per_clock", "ghz", "system", "basis", "launch", "spread",
    "source",
)  # fmt: skip
REFERENCE_SPEED = 3.3
"""Of g5's processor: its clock, at the work in a cycle that others are compared with. [10**9 cycles/s of Zen 2]"""
REFERENCE_LAUNCH = 0.96
"""Its fitted factor. [1]"""
SPEED_POWER = 0.8
"""Launch cost falls with this power of a core's speed: g5g takes 1.65 times g5's at 0.55 of its speed, g4dn 1.13 times
at 0.87. [1]"""
ROCM = 1.4
"""What launching costs under ROCm against CUDA: three Radeons' hosts against the typical desktop, their processors not
known. [1]"""
ROCM_SPREAD = 0.2
"""Of the log. [1]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """A computer that launches kernels.

    Parameters
    ----------
    name : str
    families : tuple of str
        Instance families that are such hosts.
    devices : tuple of str
        Devices that are found in it unless more is said.
    processor : str
    system : str
        Operating system or hypervisor.
    basis : {"fitted", "processor", "measured"}
    launch : float
        Factor on the cost of a launch. [1]
    spread : float
        Standard deviation of its log. [1]
    source : str
    """

    name: str
    families: tuple[str, ...] = ()
    devices: tuple[str, ...] = ()
    processor: str
    system: str
    basis: Literal["fitted", "processor", "measured"]
    launch: float
    spread: float
    source: str


@cache
def hosts() -> Mapping[str, Host]:
    """Return every known host by its name.

    Examples
    --------
    >>> hosts()["g5g"].processor, hosts()["g6"].basis
    ('AWS Graviton2 (Neoverse-N1)', 'processor')
    """
    return MappingProxyType({row[0]: _host(row) for row in read_table(DATA / "hosts.csv", _COLUMNS)})


@cache
def systems() -> Mapping[str, tuple[float, float]]:
    """Return operating systems with their factor on the cost of a launch and its spread (of the log)."""
    rows = read_table(DATA / "host_systems.csv", ("name", "factor", "spread", "source", "note"))
    return MappingProxyType({name: (float(factor), float(spread)) for name, factor, spread, _, _ in rows})


def host(name: str) -> Host:
    """Return the host of that name; ``-windows``, ``-wsl2`` or ``-linux`` behind it states its system.

    Raises
    ------
    CatalogError
        When there is none; the message names the nearest.

    Examples
    --------
    >>> round(host("desktop-wsl2").launch / host("desktop").launch, 1)
    2.1
    """
    plain = name.strip().lower().replace("_", "-").replace(" ", "-")
    if plain in hosts():
        return hosts()[plain]
    first, _, system = plain.rpartition("-")
    if first in hosts() and system in systems() and hosts()[first].system == "linux":
        return _under(hosts()[first], system)
    from cloudcost.catalog.near import NAMES, near_and_all

    known = [*hosts(), *(f"{each}-{system}" for each in ("desktop", "laptop") for system in ("windows", "wsl2"))]
    raise CatalogError(f"no host {name!r}; {near_and_all(plain, known, where=NAMES)}")


def usual_host(device: Device, instance: Instance | None = None) -> Host:
    """Return the host that a device is found in, or an instance's.

    Examples
    --------
    >>> from cloudcost.catalog.devices import device
    >>> usual_host(device("T4")).name, usual_host(device("RTX 3090")).name, usual_host(device("A40")).name
    ('g4dn', 'desktop', 'server')
    """
    if instance is not None:
        family = instance.name.removeprefix("ml.").partition(".")[0]
        for each in hosts().values():
            if family in each.families:
                return each
    for each in hosts().values():
        if device.name in each.devices:
            return each
    by_segment = {"consumer": "desktop", "workstation": "desktop", "laptop": "laptop", "integrated": "laptop"}
    return hosts()[by_segment.get(device.segment, "server")]


def with_driver(found: Host, device: Device) -> Host:
    """Return a host with what the device's own software adds: launching under ROCm costs more than under CUDA."""
    if not device.architecture.startswith("RDNA"):
        return found
    return replace(found, launch=found.launch * ROCM, spread=hypot(found.spread, ROCM_SPREAD))


def _host(row: list[str]) -> Host:
    name, families, devices, processor, work, ghz, system, basis, launch, spread, source = row
    factor = float(launch) if launch else _launch(float(work) * float(ghz), system)
    return Host(
        name=name,
        families=tuple(families.split()),
        devices=tuple(devices.split("|")) if devices else (),
        processor=processor,
        system=system,
        basis=cast('Literal["fitted", "processor"]', basis),
        launch=factor,
        spread=float(spread),
        source=source,
    )


def _launch(speed: float, system: str) -> float:
    return float(REFERENCE_LAUNCH * (speed / REFERENCE_SPEED) ** -SPEED_POWER * systems()[system][0])


def _under(found: Host, system: str) -> Host:
    factor, spread = systems()[system]
    return replace(
        found,
        name=f"{found.name}-{system}",
        system=system,
        launch=found.launch * factor,
        spread=hypot(found.spread, spread),
    )
