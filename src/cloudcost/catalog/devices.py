"""The devices that CNNs are trained on, as their data sheets state them, and what they draw while training.

Rates are dense peaks of one GPU (one die of a K80 or an M60, as clouds rent them); FP16 is the tensor rate with FP32
accumulation. Memory is counted as data sheets do, 16 GB = 16 x 10**9 bytes, a little under what a driver reports in
GiB. A processor's FP32 rate is cores x base clock x operations a cycle, its memory the most that its sheet allows.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cache, lru_cache
from types import MappingProxyType
from typing import Literal, cast

from cloudcost.catalog.near import NAMES, nearest
from cloudcost.catalog.tables import DATA, read_table
from cloudcost.domain.devices import Device
from cloudcost.errors import UnknownDeviceError
from cloudcost.frozen import dataclass
from cloudcost.units import GB

_COLUMNS = (
    "name", "aliases", "kind", "segment", "architecture", "compute_capability", "fp32_tflops", "tf32_tflops",
    "fp16_tensor_tflops", "memory_gb", "bandwidth_gb_s", "multiprocessors", "tdp_watts", "launched",
    "launch_price_usd", "source",
)  # fmt: skip
_POWER_COLUMNS = ("device", "kind", "low", "typical", "high", "idle", "source", "note")
_MAKERS = re.compile(r"\b(nvidia|tesla|geforce|quadro|amd|intel|gpu|cpu)\b|\((r|tm)\)")


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingPower:
    """What one device draws, alone, without the rest of the machine.

    Parameters
    ----------
    low, typical, high : float
        On average over a training: a small network on small images; a usual CNN; the heaviest measured. [W]
    idle : float
        [W]
    source : str
        Key of a `Source`.
    """

    low: float
    typical: float
    high: float
    idle: float
    source: str


@cache
def devices() -> Mapping[str, Device]:
    """Return every known device by its name.

    Examples
    --------
    >>> devices()["T4"].memory_bytes
    16000000000
    """
    return MappingProxyType({row[0]: _device(row) for row in read_table(DATA / "devices.csv", _COLUMNS)})


@lru_cache(maxsize=1024)
def device(name: str) -> Device:
    """Return the device of that name or one of its other spellings; case, blanks and hyphens do not count.

    Raises
    ------
    UnknownDeviceError
        When there is none; the message names the nearest.

    Examples
    --------
    >>> device("NVIDIA A100-SXM4-40GB").name, device("geforce rtx 3090").name, device("Tesla T4").name
    ('A100-40GB', 'RTX 3090', 'T4')
    """
    found = find_device(name)
    if found is None:
        near = near_devices(name)
        raise UnknownDeviceError(
            f"no device {name!r}; {f'{near} {NAMES} lists all' if near else f'{NAMES} lists them'}"
        )
    return found


def find_device(name: str) -> Device | None:
    """Return the device of that name or one of its other spellings, or None.

    Examples
    --------
    >>> found = find_device("tesla t4")
    >>> found.name if found else None
    'T4'
    """
    spelt = _spellings().get(_plain(name))
    return None if spelt is None else devices()[spelt]


def near_devices(name: str) -> str:
    """Return ``did you mean a or b?`` for the devices that are spelt much like a name; empty where none is.

    Examples
    --------
    >>> near_devices("Tesla T44")
    'did you mean T4 or T4G?'
    """
    spelt = nearest(_plain(name), _spellings(), 4)
    names = [*dict.fromkeys(_spellings()[each] for each in spelt)][:2]
    return f"did you mean {' or '.join(names)}?" if names else ""


def not_launched(name: str | None, on: date) -> str:
    """Return that a device was launched after the month of a day; empty where it was not, or is not known.

    Examples
    --------
    >>> not_launched("T4", date(2018, 8, 31)), not_launched("T4", date(2018, 9, 1))
    ('the T4 was launched on 2018-09-12', '')
    """
    known = None if name is None else find_device(name)
    if known is None or known.launched is None or known.launched.replace(day=1) <= on:
        return ""
    return f"the {known.name} was launched on {known.launched}"


def training_watts(device: Device) -> TrainingPower:
    """Return what a device draws while it trains a CNN, from measured shares of its power limit.

    Notes
    -----
    Watts = share x `tdp_watts`. Shares are of ResNet-50 on ImageNet and ShuffleNetV2 on CIFAR-100 where the device
    was measured, of all measured GPUs otherwise.

    Examples
    --------
    >>> training_watts(devices()["V100"]).typical  # 0.886 x 300 W
    265.8
    """
    rows = _power()
    row = rows.get((device.name, device.kind)) or rows["*", device.kind]
    low, typical, high, idle = (round(float(share) * device.tdp_watts, 6) for share in row[2:6])
    return TrainingPower(low=low, typical=typical, high=high, idle=idle, source=row[6])


def _device(row: list[str]) -> Device:
    (
        name, aliases, kind, segment, architecture, capability, fp32, tf32, fp16, memory, bandwidth, processors, watts,
        launched, price, source,
    ) = row  # fmt: skip
    return Device(
        name=name,
        aliases=tuple(alias for alias in aliases.split("|") if alias),
        kind=cast(Literal["gpu", "cpu"], kind),
        segment=segment,
        architecture=architecture,
        compute_capability=capability,
        fp32_tflops=float(fp32),
        tf32_tflops=float(tf32) if tf32 else None,
        fp16_tensor_tflops=float(fp16) if fp16 else None,
        memory_bytes=int(Decimal(memory) * GB),
        bandwidth_gb_s=float(bandwidth),
        multiprocessors=int(processors) if processors else None,
        tdp_watts=float(watts),
        launched=date.fromisoformat(launched) if launched else None,
        launch_price_usd=Decimal(price) if price else None,
        source=source,
    )


@cache
def _power() -> dict[tuple[str, str], list[str]]:
    return {(row[0], row[1]): row for row in read_table(DATA / "power.csv", _POWER_COLUMNS)}


@cache
def _spellings() -> dict[str, str]:
    return {_plain(spelling): each.name for each in devices().values() for spelling in (*each.aliases, each.name)}


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9+]", "", _MAKERS.sub(" ", name.casefold()))
