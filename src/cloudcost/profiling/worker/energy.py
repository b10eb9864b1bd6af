"""Energy of a step: counters of the processor or the GPU where they can be read, else an estimate that says so."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from cloudcost.domain.profile import EnergyRecord
from cloudcost.frozen import dataclass

_RAPL = Path("/sys/class/powercap")
_MICRO, _MILLI = 1e-6, 1e-3


@dataclass(frozen=True, slots=True, kw_only=True)
class EnergyMeter:
    """A counter of energy.

    Parameters
    ----------
    joules : callable
        Energy drawn since some moment; None where nothing says. [J]
    source : {"rapl", "nvml", ""}
    """

    joules: Callable[[], float | None]
    source: Literal["rapl", "nvml", ""]


def energy_meter(device: str, rapl: Path = _RAPL) -> EnergyMeter:
    """Return the meter of a device: NVML of a CUDA device, RAPL packages of a CPU.

    Parameters
    ----------
    device : {"cpu", "cuda"}
    rapl : Path
        Folder of the kernel's power capping zones.
    """
    if device == "cuda":
        read = _nvml()
        return EnergyMeter(joules=_nothing, source="") if read is None else EnergyMeter(joules=read, source="nvml")
    counters = [path / "energy_uj" for path in sorted(rapl.glob("intel-rapl:[0-9]*")) if path.name.count(":") == 1]
    if not counters or _sum(counters) is None:
        return EnergyMeter(joules=_nothing, source="")
    return EnergyMeter(joules=lambda: _sum(counters), source="rapl")


def _nothing() -> None:
    """Tell nothing."""


def _sum(counters: list[Path]) -> float | None:
    try:
        return sum(int(path.read_text(encoding="ascii")) for path in counters) * _MICRO
    except (OSError, ValueError):
        return None


def _nvml() -> Callable[[], float | None] | None:
    """Return a reader of the first GPU's energy counter (NVML, Volta and later)."""
    try:
        library = ctypes.CDLL("libnvidia-ml.so.1")
    except OSError:
        return None
    handle, total = ctypes.c_void_p(), ctypes.c_ulonglong()
    if library.nvmlInit_v2() or library.nvmlDeviceGetHandleByIndex_v2(0, ctypes.byref(handle)):
        return None

    def read() -> float | None:
        failed = library.nvmlDeviceGetTotalEnergyConsumption(handle, ctypes.byref(total))
        return None if failed else total.value * _MILLI

    return None if read() is None else read


def estimated_energy(tdp_watts: float, threads: int, cores: int) -> EnergyRecord:
    """Return thermal design power times the share of the cores in use.

    Parameters
    ----------
    tdp_watts : float
        Of the whole processor. [W]
    threads, cores : int
        In use; of the processor. [count]

    Examples
    --------
    >>> estimated_energy(120.0, 2, 8).watts
    30.0
    """
    share = min(1.0, threads / max(cores, 1))
    note = f"estimate: {tdp_watts:g} W thermal design power x {threads} of {cores} cores, no counter is readable here"
    return EnergyRecord(watts=tdp_watts * share, source="estimate", note=note)
