"""The devices that CNNs are trained on, as their data sheets state them, by the names that people and tools give them.

Rates are dense peaks of one GPU (one die of a K80 or an M60, as clouds rent them); FP16 is the tensor rate with FP32
accumulation. Memory is counted as data sheets do, 16 GB = 16 x 10**9 bytes, a little under what a driver reports in
GiB. A processor's FP32 rate is cores x base clock x operations a cycle, its memory the most that its sheet allows; of
chips that share the machine's memory none is stated. Tensor rates of cards follow from FP32 by generation.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cache, lru_cache
from types import MappingProxyType
from typing import Literal, cast

from cloudcost.catalog.near import nearest
from cloudcost.catalog.tables import DATA, read_table
from cloudcost.catalog.training.processors import rented_processor
from cloudcost.domain.devices import Device
from cloudcost.errors import UnknownDeviceError
from cloudcost.units import GB

_COLUMNS = (
    "name", "aliases", "kind", "segment", "architecture", "compute_capability", "fp32_tflops", "tf32_tflops",
    "fp16_tensor_tflops", "memory_gb", "bandwidth_gb_s", "l2_mb", "multiprocessors", "tdp_watts", "launched",
    "launch_price_usd", "source",
)  # fmt: skip
SHARED = "?"
"""Behind a spelling that several devices have: whoever writes it is asked which."""
LISTED = "cloudcost devices"
"""The command that lists all devices."""
WAY_ON = "of any other state its time: hours_per_run or seconds_per_step, a profile (cloudcost profile), or --measured"
"""What to do with a device that no model knows."""
_ADDED = re.compile(
    r"^ *gpu \d+:|\(uuid:.*$|\((r|tm|c)\)|[®™]|@.*$|\b\d+(st|nd|rd|th) gen\b|\b\w+-core processor\b|\bprocessor\b"
    r"|\bwith radeon( \w+)? graphics\b"
)
_MOBILE = re.compile(r"\b(laptop|mobile|notebook)\b")
_MAKERS = re.compile(
    r"\b(macbook( air| pro)?|mac (mini|studio|pro)|imac)\b|"
    r"\b(nvidia|tesla|geforce|amd|radeon|instinct|intel|apple|gpu|cpu|graphics|design)\b|\bwith(?= max-?q)"
    r"|\bquadro\b(?![ -]rtx)"
)
_SIZED = re.compile(r"[ -](?P<gb>\d{1,3}) ?gi?b\b", re.IGNORECASE)
"""The memory behind a name."""


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
        When there is none, or several; the message names the nearest and what to do without.

    Examples
    --------
    >>> device("NVIDIA A100-SXM4-40GB").name, device("geforce rtx 3090").name, device("Tesla T4").name
    ('A100-40GB', 'RTX 3090', 'T4')
    >>> device("NVIDIA GeForce RTX 4060 Laptop GPU").name, device("Apple M3 Max").name, device("4060 ti").name
    ('RTX 4060 Laptop', 'M3 Max', 'RTX 4060 Ti')
    >>> device("MacBook Air M2").name, device("GPU 0: Tesla P100-PCIE-16GB (UUID: GPU-3f2a)").name
    ('M2', 'P100-PCIe')
    """
    found = find_device(name)
    if found is None:
        what, remedy = unknown_device(name)
        raise UnknownDeviceError(f"{what} {name!r}; {remedy}; {WAY_ON}")
    return found


def is_device_file(name: str) -> bool:
    """Return whether a device is named by the file that holds its model or its calibration.

    Examples
    --------
    >>> is_device_file("./mine.json"), is_device_file("RTX 4090")
    (True, False)
    """
    return name.lower().endswith((".json", ".json.gz"))


def find_device(name: str) -> Device | None:
    """Return the device of that name or one of its other spellings, or None.

    A memory behind the name counts where it is the device's own (RTX 4090 24GB); Max-Q is a laptop's part where there
    is no other. A machine type of EC2 without a GPU stands for the processor that is rented with it.

    Examples
    --------
    >>> found = find_device("tesla t4")
    >>> found.name if found else None
    'T4'
    """
    plain = _plain(name)
    for spelt in (plain, plain.replace("maxq", "laptop")):
        if spelt in _spellings():
            return devices()[_spellings()[spelt]]
    sized = _SIZED.search(name)
    bare = _spellings().get(_plain(name[: sized.start()] + name[sized.end() :])) if sized else None
    if sized and bare is not None and devices()[bare].memory_bytes in (None, int(sized["gb"]) * GB):
        return devices()[bare]
    return rented_processor(name, devices()) if "." in name else None


def unknown_device(name: str) -> tuple[str, str]:
    """Return what is wrong with a name that no single device has, and what to write.

    Examples
    --------
    >>> unknown_device("RTX 6000")
    ('ambiguous device', 'name one of RTX 6000 Ada, RTX PRO 6000, Quadro RTX 6000')
    >>> unknown_device("RTX 4099")
    ('no device', 'did you mean RTX 4090 or RTX 4090 D? cloudcost devices lists all')
    """
    meant = _shared_spellings().get(_plain(name))
    if meant:
        return "ambiguous device", f"name one of {', '.join(meant)}"
    if "/" in name and not is_device_file(name):
        return "no device", "the file of a device's model ends in .json"
    near = near_devices(name)
    return "no device", f"{near} {LISTED} lists all" if near else f"{LISTED} lists them"


def near_devices(name: str, count: int = 2) -> str:
    """Return ``did you mean a or b?`` for devices whose names hold what was written, or are spelt much like it.

    Examples
    --------
    >>> near_devices("Tesla T44"), near_devices("Titan")
    ('did you mean T4 or T4G?', 'did you mean Titan V or Titan Xp or Titan RTX?')
    """
    plain = _plain(name)
    within = sorted((spelt for spelt in _spellings() if plain in spelt), key=len) if len(plain) > 2 else []
    spelt = (*within, *nearest(plain, _spellings(), 4))
    names = [*dict.fromkeys(_spellings()[each] for each in spelt)][: count + bool(within)]
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


def _device(row: list[str]) -> Device:
    (
        name, aliases, kind, segment, architecture, capability, fp32, tf32, fp16, memory, bandwidth, cache_mb,
        processors, watts, launched, price, source,
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
        memory_bytes=int(Decimal(memory) * GB) if memory else None,
        bandwidth_gb_s=float(bandwidth),
        l2_mb=float(cache_mb) if cache_mb else None,
        multiprocessors=int(processors) if processors else None,
        tdp_watts=float(watts) if watts else None,
        launched=date.fromisoformat(launched) if launched else None,
        launch_price_usd=Decimal(price) if price else None,
        source=source,
    )


@cache
def _spellings() -> dict[str, str]:
    return {
        _plain(spelling): each.name
        for each in devices().values()
        for spelling in (*each.aliases, each.name)
        if not spelling.endswith(SHARED)
    }


@cache
def _shared_spellings() -> dict[str, tuple[str, ...]]:
    """Return the devices that a spelling of several may mean."""
    found: dict[str, tuple[str, ...]] = {}
    for each in devices().values():
        for spelling in each.aliases:
            if spelling.endswith(SHARED):
                plain = _plain(spelling)
                found[plain] = (*found.get(plain, ()), each.name)
    return found


@lru_cache(maxsize=4096)
def _plain(name: str) -> str:
    """Return a name without what tools and people add to it: makers, clocks, generations, signs."""
    text = _MOBILE.sub("laptop", _ADDED.sub(" ", name.casefold()))
    if "laptop" in text:
        text = f"{text.replace('laptop', ' ')} laptop"
    short = re.sub(r"[^a-z0-9+]", "", _MAKERS.sub(" ", text))
    return short or re.sub(r"[^a-z0-9+]", "", text)
