"""The device models that ship, and which of them speaks for a device at a precision."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, assert_never, get_args

from cloudcost.domain.project import Precision
from cloudcost.errors import TimingError
from cloudcost.timing.rates.device_model import DeviceModel
from cloudcost.timing.rates.shipped import shipped_from_json

if TYPE_CHECKING:
    from cloudcost.domain.devices import Device

PRECISIONS: tuple[Precision, ...] = get_args(Precision)

DATA = Path(__file__).parent / "data"
"""The shipped device models, ``WHERE-PRECISION.json``."""
GENERIC = "any NVIDIA GPU"
"""Device name of the models that hold only relative coefficients: what they know of a device is its data sheet."""


def shipped_models() -> tuple[DeviceModel, ...]:
    """Return every shipped device model."""
    return tuple(model for file in _shipped_files() for model in _models_in(file))


def _models_at(precision: Precision) -> tuple[DeviceModel, ...]:
    """Return the shipped device models of a precision; the files of others, which their names tell, are not read."""
    return tuple(
        model for file in _shipped_files() if file.stem.endswith(f"-{precision}") for model in _models_in(file)
    )


@cache
def _shipped_files() -> tuple[Path, ...]:
    return tuple(sorted(DATA.glob("*.json")))


@cache
def _models_in(file: Path) -> tuple[DeviceModel, ...]:
    return shipped_from_json(file.read_text(encoding="utf-8"))


def model_for(device: Device, precision: Precision, *, channels_last: bool = False) -> tuple[DeviceModel, str]:
    """Return the model of a device at a precision, and a sentence where it is not quite what was asked for.

    Raises
    ------
    TimingError
        When no model can tell: processors and accelerators that are not CUDA devices, without measurements.
    """
    usable, note = _usable_precision(device, precision)
    held = _held(device, usable, channels_last)
    if held is not None:
        return held, note
    if not device.compute_capability:
        raise TimingError(
            f"no timing model for {device.name}: nothing was measured on a {device.architecture or device.kind}, "
            "profile your CNN there (cloudcost profile) or give --measured"
        )
    base = next(
        (
            model
            for layout in (channels_last, False)
            for model in _models_at(usable)
            if model.device == GENERIC and model.channels_last == layout
        ),
        None,
    )
    if base is None:
        raise TimingError(f"no timing model for {device.name} at {usable}, use --precision fp32 or give --measured")
    model = replace(
        base,
        device=device.name,
        peak_gflop_s=1e3 * sustained_tflops(device, usable),
        bandwidth_gb_s=device.bandwidth_gb_s,
        memory_bytes=None if device.memory_bytes is None else float(device.memory_bytes),
    )
    return model, note


def sustained_tflops(device: Device, precision: Precision) -> float:
    """Return the rate that a data sheet and a power limit allow. [10**12 FLOP/s]

    Notes
    -----
    A 72 W L4 reaches 87 of its 121 TFLOP/s in matrix products (measured, NVIDIA's developer forum), 1.2 TFLOP/s per
    watt; Turing, two processes older, is taken at 0.75.
    """
    match precision:
        case "fp32":
            return device.fp32_tflops
        case "tf32":
            peak, of_half = device.tf32_tflops or device.fp32_tflops, 0.5
        case "amp":
            peak, of_half = device.fp16_tensor_tflops or device.fp32_tflops, 1.0
        case _:
            assert_never(precision)
    per_watt = {"Turing": 0.75, "Ada": 1.2}.get(device.architecture)
    if per_watt is None or device.tdp_watts is None:
        return peak
    return min(peak, per_watt * device.tdp_watts * of_half)


def model_from_file(path: Path) -> DeviceModel:
    """Return a user's own device model."""
    from cloudcost.timing.rates.device_file import read_device_model

    return read_device_model(path)


@cache
def _by_name(precision: Precision) -> dict[tuple[str, bool], DeviceModel]:
    return {
        (_plain(name), model.channels_last): model
        for model in _models_at(precision)
        if model.device != GENERIC
        for name in (model.device, *model.names)
    }


def _held(device: Device, precision: Precision, channels_last: bool) -> DeviceModel | None:
    for layout in (True, False) if channels_last else (False,):
        for name in (device.name, *device.aliases):
            model = _by_name(precision).get((_plain(name), layout))
            if model is not None:
                return model
    return None


def _usable_precision(device: Device, precision: Precision) -> tuple[Precision, str]:
    if precision == "tf32" and not device.tf32_tflops:
        return "fp32", f"{device.name} has no TF32: taken as fp32."
    if precision == "amp" and not device.fp16_tensor_tflops:
        return "fp32", f"{device.name} has no tensor cores: mixed precision is taken as fp32."
    if precision == "fp32" and device.tf32_tflops:
        return "fp32", f"Strict fp32; by default PyTorch convolves in TF32 on {device.name} (precision tf32)."
    return precision, ""


def _plain(name: str) -> str:
    return "".join(letter for letter in name.lower() if letter.isalnum())
