"""Which device model speaks for a device at a precision, under a software stack, on a host."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from itertools import chain
from math import hypot, log
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from cloudcost.catalog.training.hosts import usual_host, with_driver
from cloudcost.catalog.training.torch_releases import torch_releases
from cloudcost.catalog.training.untimed import untimed
from cloudcost.domain.project import Precision
from cloudcost.errors import TimingError
from cloudcost.timing.levels.compose import (
    COMPILED,
    TENSORFLOW,
    TORCH,
    TUNED,
    arithmetic_of,
    composed,
    has_bfloat,
    is_radeon,
)
from cloudcost.timing.levels.families import family_of, of_family
from cloudcost.timing.levels.table import shipped_levels
from cloudcost.timing.rates.device_model import DeviceModel
from cloudcost.timing.rates.equation import HOST_BASE, HOST_RECORD

if TYPE_CHECKING:
    from cloudcost.catalog.training.hosts import Host
    from cloudcost.domain.devices import Device

PRECISIONS: tuple[Precision, ...] = get_args(Precision)

SHEET_SD = 0.6
"""Of the log: how far a data sheet may be off where no relative was measured. Four published steps of a B200 are 1.5
to 2.5 times what its sheet says. [1]"""

DATA = Path(__file__).parent / "data"
"""The shipped device models, ``WHERE-PRECISION.json``."""


def shipped_models() -> tuple[DeviceModel, ...]:
    """Return every shipped device model."""
    return tuple(model for file in _shipped_files() for model in _models_in(file))


@cache
def _shipped_files() -> tuple[Path, ...]:
    return tuple(sorted(DATA.glob("*.json")))


@cache
def _models_in(file: Path) -> tuple[DeviceModel, ...]:
    from cloudcost.timing.rates.shipped import shipped_from_json

    return shipped_from_json(file.read_text(encoding="utf-8"))


def model_for(
    device: Device,
    precision: Precision = "default",
    *,
    channels_last: bool = False,
    stack: str | None = None,
    host: Host | None = None,
    scaled: bool = False,
) -> tuple[DeviceModel, str]:
    """Return the model of a device, and a sentence where it is not quite what was asked for.

    Parameters
    ----------
    device : Device
    precision : Precision
    channels_last : bool
        Memory format.
    stack : str, optional
        Of `cloudcost.timing.levels.compose.STACKS`; the device's usual one unless given.
    host : Host, optional
        The host that the device is usually found in unless given.
    scaled : bool
        Whether measured steps will scale the model: then the data sheet is enough to begin with.

    Raises
    ------
    TimingError
        When no model can tell: processors and accelerators of families that nobody measured.
    """
    usable, note = _usable_precision(device, precision)
    software = stack or usual_stack(device)
    if software == TENSORFLOW and arithmetic_of(device, usable) == "fp32":
        fitted = _fitted(device)
        if fitted is not None:
            return _moved(fitted, device, host), note
    family = family_of(device)
    if family is not None:
        if software != TORCH:
            raise TimingError(f"no timing model for {device.name} under {software}: its family was timed with PyTorch")
        around = usual_host(device) if host is None else host
        plain = composed(device, "fp32", stack=software, channels_last=channels_last, host=around)
        return of_family(plain, family), note or _family_note(device, precision)
    if software == COMPILED and not torch_releases(device).compiles:
        raise TimingError(f"no torch.compile on {device.name}: it makes no code for it, ask for the stack torch")
    known = has_relatives(device)
    if not (known or scaled):
        raise TimingError(f"no timing model for {device.name}: {_why_none(device)}; {state_time(device.name)}")
    if software in (TENSORFLOW, TUNED) and is_radeon(device):
        raise TimingError(f"no timing model for {device.name} under {software}: Radeons were measured with PyTorch")
    half = arithmetic_of(device, usable) == "half"  # there TensorFlow lays tensors out channels last by itself
    model = composed(
        device,
        usable,
        stack=software,
        channels_last=channels_last or software == TUNED or (software == TENSORFLOW and half),
        host=with_driver(usual_host(device) if host is None else host, device),
    )
    return model if known else replace(model, device_sd=SHEET_SD), note


def usual_stack(device: Device) -> str:
    """Return the software that a device is predicted for unless more is said.

    K80 and M60 were measured under TensorFlow 2.5 alone; which releases of PyTorch run on them: `torch_releases`.

    Examples
    --------
    >>> from cloudcost.catalog.devices import device
    >>> usual_stack(device("T4")), usual_stack(device("K80"))
    ('torch', 'tf2.5')
    """
    return TENSORFLOW if device.architecture in ("Kepler", "Maxwell") else TORCH


def has_relatives(device: Device) -> bool:
    """Return whether a device's time follows from its data sheet and relatives that were measured.

    Examples
    --------
    >>> from cloudcost.catalog.devices import device
    >>> [has_relatives(device(name)) for name in ("RTX 5090", "B200", "MI300X")]
    [True, False, False]
    """
    family = device.architecture
    if family in untimed():
        return False
    return family in shipped_levels().architectures or is_radeon(device) or bool(device.compute_capability)


def _why_none(device: Device) -> str:
    known = untimed().get(device.architecture)
    return known[0] if known else f"nothing was measured on a {device.architecture or device.kind}"


def state_time(name: str) -> str:
    """Return what to do for a time of a device that no model knows."""
    return (
        f"state hours_per_run or seconds_per_step, or --measured {name}=SECONDS, scale its data sheet by two runs "
        "(cloudcost fit --device), or profile the CNN on it (cloudcost profile)"
    )


def _moved(fitted: DeviceModel, device: Device, host: Host | None) -> DeviceModel:
    """Return a fitted model as it is in the host of its own measurements, its host's part scaled to another one."""
    usual = usual_host(device)
    if host is None or host.name == usual.name:
        return fitted
    parameters = fitted.parameters.copy()
    parameters[[HOST_BASE, HOST_RECORD]] += log(host.launch / usual.launch)
    return replace(fitted, parameters=parameters, host_sd=hypot(host.spread, usual.spread))


@cache
def _fitted(device: Device) -> DeviceModel | None:
    """Return the model that was fitted to a device's own steps under TensorFlow; None where there is none."""
    names = {_plain(name) for name in (device.name, *device.aliases)}
    for model in chain.from_iterable(map(_models_in, _shipped_files())):  # no file is read beyond the one that is meant
        if not names.isdisjoint(map(_plain, (model.device, *model.names))):
            return model
    return None


def model_from_file(path: Path) -> DeviceModel:
    """Return a user's own device model."""
    from cloudcost.timing.rates.device_file import read_device_model

    return read_device_model(path)


def _usable_precision(device: Device, precision: Precision) -> tuple[Precision, str]:
    name = device.name
    if precision == "tf32" and not device.tf32_tflops:
        return "fp32", f"{name} has no TF32: taken as fp32."
    if precision == "bf16" and not has_bfloat(device):
        raise TimingError(f"no bf16 on {name}: {device.architecture} emulates it, use --precision amp")
    if precision in ("amp", "bf16") and arithmetic_of(device, "amp") == "fp32":
        return "fp32", f"{name} has no tensor cores: mixed precision is taken as fp32."
    if precision == "fp32" and device.tf32_tflops:
        return "fp32", f"Strict fp32; by default PyTorch convolves in TF32 on {name} (precision default)."
    return precision, ""


def _family_note(device: Device, precision: Precision) -> str:
    if precision in ("default", "fp32"):
        return ""
    return f"{device.name}: no step at {precision} was measured on its family, taken as fp32."


def _plain(name: str) -> str:
    return "".join(letter for letter in name.lower() if letter.isalnum())
