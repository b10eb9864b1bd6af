"""What is known about the speed of one device: the parameters of the form, how sure they are, and where they come from.

A device model is plain data (schema ``cloudcost.device/1``): the shipped ones lie in ``timing/data``, and a user's own
may be read from a file.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import inf
from pathlib import Path
from typing import Any, Literal

import numpy as np

from cloudcost.errors import InputError, OutputError
from cloudcost.timing.form import (
    COPY,
    HOST_BASE,
    HOST_RECORD,
    PROFILE_SCALE,
    SHARPNESS,
    SIZE,
    Array,
    sheet_scale,
)
from cloudcost.timing.layout import COLUMNS

SCHEMA = "cloudcost.device/1"
"""History: 1, first."""
SEVERAL = "cloudcost.devices/1"
"""Several device models in one file, as they ship. History: 1, first."""

JsonValue = str | int | float | bool | None | list["JsonValue"] | dict[str, "JsonValue"]

_HOST = {
    "host_seconds": HOST_BASE,
    "host_seconds_per_1000_records": HOST_RECORD,
    "copy_seconds_per_gb": COPY,
    "sharpness_less_1": SHARPNESS,
}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DeviceModel:
    """The speed of one device at one precision.

    Parameters
    ----------
    device : str
    names : tuple of str
        Other names of devices that it stands for.
    precision : {"fp32", "tf32", "amp"}
    channels_last : bool
        Whether it speaks of that memory format.
    basis : {"fitted", "transferred"}
    stack : str
        Key of the software that was measured, e.g. ``tf2.5``.
    stack_text : str
    peak_gflop_s, bandwidth_gb_s : float
        Rates that the coefficients are relative to. [10**9 FLOP/s, 10**9 bytes/s]
    memory_bytes : float or None
        [bytes]
    winograd : bool
        Whether 3x3 convolutions may use Winograd's algorithm (not on tensor cores).
    half_bytes : bool
        Whether activations move in half precision.
    fuses : bool
        Whether convolution, bias and activation run as one forward kernel (TensorFlow's graphs).
    parameters : float64, shape (52,)
        See `cloudcost.timing.form`.
    covariance : float64, shape (51, 51)
        Of all but the last.
    residual_sd : float
        Error that the form leaves in any cell, of the log. [1]
    device_sd : float
        Error of the whole device, for transferred models. [1]
    shared_share : float
        Share of the variance that other devices have in common for one CNN. [1]
    ranges : mapping of str to float
        Largest share of a step's time that each column had in the measurements.
    provenance : mapping of str to str
        Source, commit, rows, date.
    """

    device: str
    names: tuple[str, ...] = ()
    precision: Literal["fp32", "tf32", "amp"] = "fp32"
    channels_last: bool = False
    basis: Literal["fitted", "transferred"] = "fitted"
    stack: str
    stack_text: str
    peak_gflop_s: float
    bandwidth_gb_s: float
    memory_bytes: float | None = None
    winograd: bool = True
    half_bytes: bool = False
    fuses: bool = False
    parameters: Array
    covariance: Array
    residual_sd: float
    device_sd: float = 0.0
    shared_share: float = 0.0
    ranges: Mapping[str, float] = field(default_factory=dict)
    provenance: Mapping[str, str] = field(default_factory=dict)

    @property
    def balance(self) -> float:
        """Peak rate over bandwidth; infinite where Winograd's algorithm is not used. [FLOP/byte]"""
        return self.peak_gflop_s / self.bandwidth_gb_s if self.winograd else inf

    @property
    def scale(self) -> Array:
        """What turns a network's work into seconds at a coefficient of 1, float64 of shape (47,)."""
        return sheet_scale(self.peak_gflop_s, self.bandwidth_gb_s, half_bytes=self.half_bytes)


def to_json(model: DeviceModel) -> str:
    """Return a device model as the text of its file."""
    document = _document(model)
    rows: Any = document.pop("covariance")
    text = json.dumps(document, indent=1)
    lines = ",\n".join(f"  {json.dumps(row, separators=(',', ':'))}" for row in rows)
    return text[:-2] + f',\n "covariance": [\n{lines}\n ]\n}}\n'


def from_json(text: str, where: str) -> DeviceModel:
    """Return the device model that a file holds.

    Raises
    ------
    InputError
        When it is not one, naming the key.
    """
    document = _parsed(text, where)
    if not isinstance(document, dict) or document.get("schema") != SCHEMA:
        found = document.get("schema") if isinstance(document, dict) else type(document).__name__
        raise InputError(f"{where}:schema: {found!r} is not {SCHEMA!r}, write a device model with cloudcost fit")
    return _model(document, where)


def many_from_json(text: str, where: str) -> tuple[DeviceModel, ...]:
    """Return the device models of a file that holds one or several.

    Raises
    ------
    InputError
        When it holds something else.
    """
    document: Any = _parsed(text, where)
    if isinstance(document, dict) and document.get("schema") == SEVERAL:
        return tuple(_model(one, where) for one in document["models"])
    return (from_json(text, where),)


def write_device_models(models: Sequence[DeviceModel], path: Path) -> None:
    """Write several device models into one file.

    Raises
    ------
    OutputError
        When the path cannot be written.
    """
    lines = ",\n".join(json.dumps(_document(model), separators=(",", ":")) for model in models)
    _write(path, f'{{"schema": "{SEVERAL}", "models": [\n{lines}\n]}}\n')


def write_device_model(model: DeviceModel, path: Path) -> None:
    """Write a device model.

    Raises
    ------
    OutputError
        When the path cannot be written.
    """
    _write(path, to_json(model))


def read_device_model(path: Path) -> DeviceModel:
    """Return the device model of a file.

    Raises
    ------
    InputError
        When the file cannot be read or is no device model.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not text"
        raise InputError(f"{path}: cannot be read, {reason}, name a device model file") from None
    return from_json(text, str(path))


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise OutputError(f"{path}: cannot be written, {error.strerror}, choose another path") from None


def _parsed(text: str, where: str) -> JsonValue:
    try:
        parsed: JsonValue = json.loads(text)
    except ValueError as error:
        raise InputError(f"{where}: not JSON, {error}, write it with cloudcost fit") from None
    return parsed


def _document(model: DeviceModel) -> dict[str, JsonValue]:
    relative = np.exp(model.parameters)
    lower: list[JsonValue] = []
    if model.covariance.any():
        lower = [[float(f"{v:.4g}") for v in row[: k + 1]] for k, row in enumerate(model.covariance)]
    return {
        "schema": SCHEMA,
        "device": model.device,
        "names": list(model.names),
        "precision": model.precision,
        "channels_last": model.channels_last,
        "basis": model.basis,
        "stack": model.stack,
        "stack_text": model.stack_text,
        "peak_gflop_s": model.peak_gflop_s,
        "bandwidth_gb_s": model.bandwidth_gb_s,
        "memory_bytes": model.memory_bytes,
        "winograd": model.winograd,
        "half_bytes": model.half_bytes,
        "fuses": model.fuses,
        "coefficients": {column.name: float(f"{relative[k]:.5g}") for k, column in enumerate(COLUMNS)},
        "host": {name: float(f"{relative[k]:.5g}") for name, k in _HOST.items()},
        "residual_sd": model.residual_sd,
        "device_sd": model.device_sd,
        "shared_share": model.shared_share,
        "ranges": {name: float(f"{value:.3g}") for name, value in model.ranges.items() if value >= 5e-4},
        "provenance": dict(model.provenance),
        "covariance": lower,
    }


def _model(document: Any, where: str) -> DeviceModel:
    try:
        parameters = np.zeros(SIZE)
        for k, column in enumerate(COLUMNS):
            parameters[k] = _log(document["coefficients"][column.name], where, column.name)
        for name, k in _HOST.items():
            parameters[k] = _log(document["host"][name], where, name)
        covariance = np.zeros((PROFILE_SCALE, PROFILE_SCALE))
        for k, row in enumerate(document["covariance"]):
            covariance[k, : k + 1] = covariance[: k + 1, k] = row
        return DeviceModel(
            device=str(document["device"]),
            names=tuple(map(str, document.get("names", ()))),
            precision=document["precision"],
            channels_last=bool(document["channels_last"]),
            basis=document["basis"],
            stack=str(document["stack"]),
            stack_text=str(document["stack_text"]),
            peak_gflop_s=float(document["peak_gflop_s"]),
            bandwidth_gb_s=float(document["bandwidth_gb_s"]),
            memory_bytes=None if document["memory_bytes"] is None else float(document["memory_bytes"]),
            winograd=bool(document["winograd"]),
            half_bytes=bool(document["half_bytes"]),
            fuses=bool(document.get("fuses", False)),
            parameters=parameters,
            covariance=covariance,
            residual_sd=float(document["residual_sd"]),
            device_sd=float(document["device_sd"]),
            shared_share=float(document["shared_share"]),
            ranges={str(k): float(v) for k, v in document["ranges"].items()},
            provenance={str(k): str(v) for k, v in document["provenance"].items()},
        )
    except KeyError as error:
        raise InputError(f"{where}:{error.args[0]}: missing, write the device model anew with cloudcost fit") from None
    except (TypeError, ValueError, AttributeError, IndexError) as error:
        raise InputError(f"{where}: not a device model, {error}, write it anew with cloudcost fit") from None


def _log(value: float, where: str, name: str) -> float:
    if not isinstance(value, int | float) or not value > 0:
        raise InputError(f"{where}:{name}: a coefficient is above 0, not {value!r}, write the model with cloudcost fit")
    return float(np.log(value))
