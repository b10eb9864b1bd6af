"""The file of a GPU's device model, schema ``cloudcost.device/1``: written, and read with every number looked at.

The shipped models lie in ``timing/rates/data`` and are held by tests; a user's own may have been edited or damaged, and
a number that no device has would come out as a time. The device models of a machine of one's own have another ``model``
and are read by `machine_file`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import TypeGuard, get_args

import numpy as np

from cloudcost.domain.project import Precision
from cloudcost.errors import InputError, repeated
from cloudcost.files.documents import (
    LONGEST_KEY,
    JsonObject,
    JsonValue,
    parse_document,
    read_document,
    unknown_keys,
)
from cloudcost.files.writing import write_whole
from cloudcost.json_text import json_text
from cloudcost.timing.rates.coefficients import COLUMNS, LATER
from cloudcost.timing.rates.device_model import DeviceModel
from cloudcost.timing.rates.equation import PROFILE_SCALE
from cloudcost.timing.rates.layers.checks import process_faults
from cloudcost.timing.rates.layers.process import KEYS as PROCESS_KEYS
from cloudcost.timing.rates.layers.process import process_to_json
from cloudcost.timing.rates.shipped import EARLIER_ROWS, HOST, SEVERAL, model_of, square

SCHEMA = "cloudcost.device/1"
"""History: 1, first."""
REMEDY = "write the device model anew with cloudcost fit"

LARGEST_COEFFICIENT = 1e6
"""Times the data sheet; the largest that was fitted is 90. [1]"""
LARGEST_SD = 3.0
"""Of a logarithm: a factor of 20 either way; the largest that was fitted is 0.9. [1]"""
LARGEST_SHARED_SHARE = 0.9
"""Of the variance of a cell; the rest is the cell's own (`predict.OWN_PART`). [1]"""
ROUNDING = 1e-3
"""Share of the largest eigenvalue that four digits of a covariance may put below zero. [1]"""

_NUMBERS = {
    "peak_gflop_s": (1e-3, 1e9),
    "bandwidth_gb_s": (1e-3, 1e9),
    "residual_sd": (0.0, LARGEST_SD),
    "device_sd": (0.0, LARGEST_SD),
    "shared_share": (0.0, LARGEST_SHARED_SHARE),
}
"""Least and largest of each number."""
_MEMORY = (1.0, 1e18)
"""[bytes]"""
_CHOICES = {"precision": get_args(Precision), "basis": ("fitted", "transferred")}
_FLAGS = ("channels_last", "winograd", "half_bytes")
_TEXTS = ("device", "stack", "stack_text")
_KEYS = (
    "schema", *_TEXTS, "names", *_CHOICES, *_FLAGS, "fuses", *_NUMBERS, "memory_bytes", "coefficients", "host",
    "ranges", "provenance", "covariance", *PROCESS_KEYS, "model",
)  # fmt: skip
"""All that a file may hold; `model` tells other kinds of device models apart and is not written for this one."""


def to_json(model: DeviceModel) -> str:
    """Return a device model as the text of its file."""
    return json_text(_document(model), indent=1, rows=["covariance", *PROCESS_KEYS], compact=True)


def from_json(text: str, where: str) -> DeviceModel:
    """Return the device model that a text holds.

    Raises
    ------
    InputError
        When it is not one, naming each key that is wrong.
    """
    return model_of_document(parse_document(text, where=where, remedy=REMEDY), where)


def model_of_document(document: JsonValue, where: str) -> DeviceModel:
    """Return the device model that a JSON document describes.

    Raises
    ------
    InputError
        When it is not one, naming each key that is wrong.
    """
    if not isinstance(document, dict) or document.get("schema") != SCHEMA:
        found = document.get("schema") if isinstance(document, dict) else type(document).__name__
        raise InputError(f"{where}:schema: not {SCHEMA!r}, {repeated(found)}, {REMEDY}")
    checks = _Checks(where)
    checks.whole(document)
    if checks.faults:
        raise InputError(*checks.faults)
    return model_of(document)


def write_device_models(models: Sequence[DeviceModel], path: Path) -> None:
    """Write several device models into one file.

    Raises
    ------
    OutputError
        When the path cannot be written.
    """
    document = {"schema": SEVERAL, "models": [_document(model) for model in models]}
    write_whole(path, json_text(document, rows=["models"], compact=True))


def write_device_model(model: DeviceModel, path: Path) -> None:
    """Write a device model.

    Raises
    ------
    OutputError
        When the path cannot be written.
    """
    write_whole(path, to_json(model))


def read_device_model(path: Path) -> DeviceModel:
    """Return the device model of a file.

    Raises
    ------
    InputError
        When the file cannot be read or is no device model.
    """
    return model_of_document(read_document(path, remedy="name a device model file"), str(path))


class _Checks:
    """Looks at every value of a document and gathers what is wrong."""

    def __init__(self, where: str) -> None:
        self.where = where
        self.faults: list[str] = []

    def whole(self, document: JsonObject) -> None:
        self._known(document, _KEYS, "")
        for key in _TEXTS:
            if not isinstance(document.get(key), str):
                self._note(key, "not a text", document.get(key))
        for key, allowed in _CHOICES.items():
            if document.get(key) not in allowed:
                self._note(key, f"none of {', '.join(allowed)}", document.get(key))
        for key in _FLAGS:
            self._flag(key, document.get(key))
        self._flag("fuses", document.get("fuses", False))
        for key, (least, most) in _NUMBERS.items():
            self._number(key, document.get(key), least, most)
        if document.get("memory_bytes") is not None:
            self._number("memory_bytes", document["memory_bytes"], *_MEMORY)
        for key, names in (("coefficients", [column.name for column in COLUMNS]), ("host", list(HOST))):
            found = self._table(key, document.get(key))
            self._known(found, names, f"{key}.")
            for name in names:
                if name in found or name not in LATER:
                    self._coefficient(f"{key}.{name}", found.get(name))
        ranges = self._table("ranges", document.get("ranges"))
        self._known(ranges, [column.name for column in COLUMNS], "ranges.")
        for name, share in ranges.items():
            self._number(f"ranges.{name[:LONGEST_KEY]}", share, 0.0, 1.0)
        self._table("provenance", document.get("provenance"))
        others = document.get("names", [])
        if not isinstance(others, list) or not all(isinstance(name, str) for name in others):
            self._note("names", "not a list of texts", others)
        self._covariance(document.get("covariance"))
        for key, what, value in process_faults(document):
            self._note(key, what, value)

    def _known(self, entry: JsonObject, known: Collection[str], place: str) -> None:
        for key, remedy in unknown_keys(entry, known):
            self.faults.append(
                f"{self.where}:{place}{key[:LONGEST_KEY]}: unknown key, {repeated(entry[key])}, {remedy}"
            )

    def _table(self, key: str, value: JsonValue) -> Mapping[str, JsonValue]:
        if isinstance(value, dict):
            return value
        self._note(key, "not an object", value)
        return {}

    def _flag(self, key: str, value: JsonValue) -> None:
        if not isinstance(value, bool):
            self._note(key, "neither true nor false", value)

    def _coefficient(self, key: str, value: JsonValue) -> None:
        if not _is_number(value) or not 0 < value <= LARGEST_COEFFICIENT:
            self._note(key, f"a coefficient is above 0 and up to {LARGEST_COEFFICIENT:g}", value)

    def _number(self, key: str, value: JsonValue, least: float, most: float) -> None:
        if not _is_number(value) or not least <= value <= most:
            self._note(key, f"not a number from {least:g} to {most:g}", value)

    def _covariance(self, rows: JsonValue) -> None:
        if rows == []:
            return
        if not isinstance(rows, list) or len(rows) not in (EARLIER_ROWS, PROFILE_SCALE):
            self._note("covariance", f"not {PROFILE_SCALE} rows", None if not isinstance(rows, list) else len(rows))
            return
        for k, row in enumerate(rows):
            if not isinstance(row, list) or len(row) != k + 1:
                self._note(f"covariance[{k}]", f"not a list of {k + 1}", row)
            elif not all(_is_number(cell) and abs(cell) <= LARGEST_SD**2 for cell in row):
                wrong = next(c for c in row if not _is_number(c) or not abs(c) <= LARGEST_SD**2)
                self._note(f"covariance[{k}]", f"not numbers within {LARGEST_SD**2:g}", wrong)
        if self.faults:
            return
        values = np.linalg.eigvalsh(square(rows))
        if values[0] < -ROUNDING * max(values[-1], 1e-12):
            self._note("covariance", "no covariance, a combination has a variance below 0", float(f"{values[0]:.3g}"))

    def _note(self, key: str, what: str, value: JsonValue) -> None:
        shown = "null" if value is None else repr(value) if not _is_huge(value) else "a number of many digits"
        self.faults.append(f"{self.where}:{key}: {what}, {shown:.60}, {REMEDY}")


def _is_number(value: JsonValue) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_huge(value: JsonValue) -> bool:
    return isinstance(value, int) and abs(value) > 10**30


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
        "host": {name: float(f"{relative[k]:.5g}") for name, k in HOST.items()},
        "residual_sd": model.residual_sd,
        "device_sd": model.device_sd,
        "shared_share": model.shared_share,
        "ranges": {name: float(f"{value:.3g}") for name, value in model.ranges.items() if value >= 5e-4},
        "provenance": dict(model.provenance),
        "covariance": lower,
        **({} if model.process is None else process_to_json(model.process)),
    }
