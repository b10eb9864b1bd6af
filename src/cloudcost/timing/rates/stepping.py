"""A step of a device model for one CNN, on one GPU or several: the middle between the fits and a prediction."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from cloudcost.catalog.devices import is_device_file
from cloudcost.catalog.training.optimizers import optimizer_facts
from cloudcost.domain.project import Precision
from cloudcost.errors import InputError, TimingError
from cloudcost.timing.communication import LINKS, Link, step_on_several
from cloudcost.timing.rates.device_model import DeviceModel
from cloudcost.timing.rates.library import model_for, model_from_file
from cloudcost.timing.rates.workload import ModelledStep, modelled_step

if TYPE_CHECKING:
    from cloudcost.catalog.training.hosts import Host
    from cloudcost.domain.devices import Device
    from cloudcost.timing.rates.features import NetworkFeatures


_FORMAT_REMEDIES = {True: "ask for --channels-last", False: "leave out --channels-last"}


def default_link(device: str) -> str:
    """Return how GPUs of this kind usually reach one another.

    Examples
    --------
    >>> default_link("A100-SXM4-40GB"), default_link("T4")
    ('nvlink', 'pcie')
    """
    name = device.upper()
    wired = ("SXM", "V100", "P100", "A100", "H100", "H200", "B200")
    return "nvlink" if any(part in name for part in wired) and "PCIE" not in name else "pcie"


def model_of(
    device: str, precision: Precision, channels_last: bool, stack: str | None = None, host: Host | None = None
) -> tuple[DeviceModel, str]:
    """Return the model of a device's name or of a device model's file, and a note on what was taken for what.

    Raises
    ------
    UnknownDeviceError, TimingError
        When there is no such device, or no model of it.
    InputError
        When a file holds no device model, or one of another precision or memory format.
    """
    return _model_of(device, precision, channels_last, stack, host, _state_of(device))


def _state_of(device: str) -> bytes | None:
    """Return what tells a device model's file from another of its name; None for a device, and where there is none.

    The sum of what it holds: two of one size may be written within one tick of the clock.
    """
    if not is_device_file(device):
        return None
    from hashlib import sha256

    from cloudcost.files.documents import document_text

    try:
        return sha256(document_text(device, remedy="name a device model file").encode()).digest()
    except InputError:  # told where the file is read for its model
        return None


@lru_cache(maxsize=256)
def _model_of(
    device: str,
    precision: Precision,
    channels_last: bool,
    stack: str | None,
    host: Host | None,
    state: bytes | None,
) -> tuple[DeviceModel, str]:
    """Return what `model_of` does, remembered while a file stays as it is."""
    del state
    if is_device_file(device):
        from cloudcost.timing.calibration.calibration import calibrated_model
        from cloudcost.timing.calibration.calibration_file import calibration_of_file

        calibration = calibration_of_file(device)
        if calibration is not None:
            return calibrated_model(calibration, precision, channels_last=channels_last, stack=stack), ""
        return _of_file(device, precision, channels_last), ""
    return model_for(_catalogued(device), precision, channels_last=channels_last, stack=stack, host=host)


def _of_file(path: str, precision: Precision, channels_last: bool) -> DeviceModel:
    """Return a device model's file; it speaks for the precision and the memory format that it was fitted at alone."""
    model = model_from_file(Path(path))
    faults = [
        f"{path}:{key}: this device model is of {theirs!r}, not {ours!r}, {remedy}"
        for key, theirs, ours, remedy in (
            ("precision", model.precision, precision, f"ask for --precision {model.precision}"),
            ("channels_last", model.channels_last, channels_last, _FORMAT_REMEDIES[model.channels_last]),
        )
        if theirs != ours and ours != "default"
    ]
    if faults:
        raise InputError(*(f"{fault} or name a file fitted at that" for fault in faults))
    return model


def cell_of(
    model: DeviceModel,
    features: NetworkFeatures,
    batch: int,
    device: str,
    channels_last: bool,
    *,
    stack: str | None = None,
    host: Host | None = None,
) -> ModelledStep:
    """Return a step of the model; half types no slower than the default, and strict FP32 no faster than it.

    Libraries fall back to what is faster. TF32 and FP32 are two estimates of nearly one rate on many cards; the default
    is the one that was measured.
    """
    one = modelled_step(model, features, batch)
    if is_device_file(device) or not (model.half_bytes or model.precision == "fp32"):
        return one
    found = [one.seconds]
    others: tuple[Precision, ...] = ("default", "tf32")
    for precision in others:
        try:
            other, _ = model_of(device, precision, channels_last, stack, host)
        except TimingError:
            continue
        if other.winograd and model.winograd:  # a device without TF32: the same model
            continue
        found.append(modelled_step(other, features, batch).seconds)
    return replace(one, seconds=min(found[:2]) if model.half_bytes else max(found))


def _catalogued(name: str) -> Device:
    from cloudcost.catalog.devices import device

    return device(name)


def seconds_on(
    model: DeviceModel, features: NetworkFeatures, one: ModelledStep, gpus: int, link: str | None, optimizer: str
) -> float:
    """Return a cell's step with its optimizer on so many GPUs, each at the cell's batch. [s]"""
    seconds = one.seconds * _optimizer_factor(model, features, one, optimizer)
    if gpus == 1:
        return seconds
    return step_on_several(
        seconds, one.forward, gradient_bytes=4.0 * features.parameters, gpus=gpus, link=_link(link, model.device)
    )


def _optimizer_factor(model: DeviceModel, features: NetworkFeatures, one: ModelledStep, optimizer: str) -> float:
    """Return by how much momentum or Adam lengthen a step: each moment is read and written beside the weights."""
    moments = optimizer_facts(optimizer).moments
    if not moments:
        return 1.0
    extra = moments * 2 * 4e-9 * features.parameters / model.bandwidth_gb_s
    return 1 + one.device_share * extra / one.seconds


def _link(name: str | None, device: str) -> Link:
    name = name or default_link(device)
    if name not in LINKS:
        raise ValueError(f"link {name!r} is none of {', '.join(LINKS)}")
    return LINKS[name]
