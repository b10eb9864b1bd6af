"""A calibration: measured steps of a machine, and by what they scale a known device's model at each precision.

It is stored per device, host, software stack, precision and memory format; the model itself is put together anew where
it is asked for, so that a calibration outlives a new fit of the levels.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from math import hypot, sqrt

from cloudcost.catalog.devices import device as catalogued
from cloudcost.catalog.training.hosts import host as named_host
from cloudcost.domain.project import Precision
from cloudcost.errors import TimingError
from cloudcost.frozen import dataclass
from cloudcost.timing.bands import CLOSE
from cloudcost.timing.calibration.scaling import MachineScale
from cloudcost.timing.rates.device_model import DeviceModel
from cloudcost.timing.rates.equation import HOST_BASE, HOST_RECORD, WIDTH
from cloudcost.timing.rates.library import model_for

DEPARTURE_SD, DEPARTURE_SHARE = 0.10, 0.6
"""Of the log: by how much kinds of operation depart from the scale of their device, at most, and as a share of what is
not known of it; no run of another network tells. With 0.15 in all of what is left in a cell, 80 % bands of eleven
devices left out cover 88 % after two runs (benchmarks/accuracy/calibrated.py). [1]"""

SHEET_SHARE = 1 / 3
"""The same share where little more than a data sheet is known; an assumption that leaves the others as they are. [1]"""
Key = tuple[Precision, bool]
"""A precision, and whether the memory format is channels last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRecord:
    """A measured step that a calibration rests on.

    Parameters
    ----------
    network : str
    input : tuple of int
        Shape of one sample.
    batch : int
        [images]
    seconds : float
        [s]
    device, host, stack : str
    precision : Precision
    channels_last : bool
    optimizer : str
    """

    network: str
    input: tuple[int, ...]
    batch: int
    seconds: float
    device: str
    host: str
    stack: str
    precision: Precision
    channels_last: bool
    optimizer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """By what a device's model is scaled on one machine.

    Parameters
    ----------
    device : str
        Of the catalogue.
    host : str
        Of the table of hosts.
    system : str
        Operating system and processor as the runs state them; empty where they do not.
    stack : str
    runs : tuple of RunRecord
    scales : mapping of (precision, channels last) to MachineScale
    created : str
        ``YYYY-MM-DD``.
    """

    device: str
    host: str
    system: str
    stack: str
    runs: tuple[RunRecord, ...]
    scales: Mapping[Key, MachineScale]
    created: str


def scaled(model: DeviceModel, device_log: float, host_log: float) -> DeviceModel:
    """Return a model whose device and whose launches take longer by the exponentials of two logs."""
    parameters = model.parameters.copy()
    parameters[:WIDTH] += device_log
    parameters[[HOST_BASE, HOST_RECORD]] += host_log
    return replace(model, parameters=parameters)


def base_model(device: str, host: str, stack: str, precision: Precision, *, channels_last: bool) -> DeviceModel:
    """Return the model that a calibration scales.

    Raises
    ------
    UnknownDeviceError, CatalogError, TimingError
        When there is no such device or host, or no model of it.
    """
    around = named_host(host)
    found, _ = model_for(
        catalogued(device), precision, channels_last=channels_last, stack=stack, host=around, scaled=True
    )
    return found


def calibrated_model(
    calibration: Calibration, precision: Precision, *, channels_last: bool, stack: str | None = None
) -> DeviceModel:
    """Return the model of a calibrated machine; it is never less sure than the model that was scaled.

    Raises
    ------
    TimingError
        When the calibration is of another software stack, or there is no model at that precision.
    """
    if stack is not None and stack != calibration.stack:
        raise TimingError(
            f"the calibration of {calibration.device} is of {calibration.stack!r}, not {stack!r}; calibrate under it"
        )
    base = base_model(calibration.device, calibration.host, calibration.stack, precision, channels_last=channels_last)
    scale = calibration.scales.get((precision, channels_last))
    if scale is None:
        raise TimingError(f"the calibration of {calibration.device} does not speak of {precision}; write it anew")
    own = [run for run in calibration.runs if run.device == calibration.device]
    return replace(
        scaled(base, scale.device_log, scale.host_log),
        basis="fitted" if own else base.basis,
        device_sd=min(scale_sd(base), scale.device_sd),
        host_sd=min(base.host_sd, scale.host_sd),
        residual_sd=hypot(base.residual_sd, departure_sd(base) / CLOSE),
        calibrated=len(calibration.runs),
        provenance={**base.provenance, "calibrated": f"{len(calibration.runs)} runs of {calibration.created}"},
    )


def departure_sd(base: DeviceModel) -> float:
    """Return the part of what is not known of a device that differs by kind of operation. [1]"""
    return min(max(DEPARTURE_SD, SHEET_SHARE * base.device_sd), DEPARTURE_SHARE * base.device_sd)


def scale_sd(base: DeviceModel) -> float:
    """Return the part of what is not known of a device that a scale is. [1]"""
    return sqrt(base.device_sd**2 - departure_sd(base) ** 2)
