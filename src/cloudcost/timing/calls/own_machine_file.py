"""The file of a machine of one's own, schema `cloudcost.device/1`: written by `cloudcost fit`, read with care.

``{"schema": "cloudcost.device/1", "model": "calls", ...}``; the device models of GPUs have another ``model``.
"""

from __future__ import annotations

from dataclasses import asdict
from functools import lru_cache
from pathlib import Path
from typing import Any

from cloudcost.errors import InputError, repeated
from cloudcost.files.documents import LONGEST_KEY, JsonValue, document_text, parse_document, read_document, unknown_keys
from cloudcost.json_text import json_text
from cloudcost.timing.calls.own_machine import FEATURES, CallModel
from cloudcost.timing.communication import CommunicationLine

SCHEMA = "cloudcost.device/1"
MODEL = "calls"
"""Tells this kind of device model from the others of the schema."""
_REMEDY = "write it with cloudcost fit"
_FILE_REMEDY = "name a device model file"
_KEYS = (
    "schema", "model", "device", "environment", "overhead_seconds", "sd", "timed_sd", "unlisted_share",
    "communication", "provenance", "features", "kinds", "fallbacks", "timed",
)  # fmt: skip
_LINE_KEYS = tuple(CommunicationLine.__dataclass_fields__)
LEAST_SECONDS, MOST_SECONDS, MOST_SD = 1e-12, 1e6, 10.0
"""Beyond these a number is no time of a call, and no standard deviation of a logarithm. [s], [s], [1]"""


def machine_of_file(path: str) -> CallModel | None:
    """Return the machine of a device model's file; None where the file holds another kind of model.

    Raises
    ------
    InputError
        When the file cannot be read, is no JSON, or says that it holds a machine but does not.
    """
    return _of_text(document_text(path, remedy=_FILE_REMEDY), path)


@lru_cache(maxsize=16)
def _of_text(text: str, path: str) -> CallModel | None:
    """Return the machine of a file's text, parsed once: the file itself may be another the next time."""
    document = parse_document(text, where=path, remedy=_FILE_REMEDY)
    return machine_of_document(document, where=path) if is_machine_document(document) else None


def is_machine_document(document: object) -> bool:
    """Return whether a parsed device file holds this kind of model."""
    return isinstance(document, dict) and document.get("schema") == SCHEMA and document.get("model") == MODEL


def to_json(model: CallModel) -> str:
    """Return the text of a machine's file."""
    document = {
        "schema": SCHEMA,
        "model": MODEL,
        "device": model.name,
        "environment": dict(model.environment),
        "overhead_seconds": model.overhead_seconds,
        "sd": model.sd,
        "timed_sd": model.timed_sd,
        "unlisted_share": model.unlisted_share,
        "communication": None if model.communication is None else asdict(model.communication),
        "provenance": dict(model.provenance),
        "features": list(FEATURES),
        "kinds": {kind: list(line) for kind, line in model.kinds.items()},
        "fallbacks": {kind: list(line) for kind, line in model.fallbacks.items()},
        "timed": dict(model.timed),
    }
    return json_text(document, indent=1, rows=["timed"])


def from_json(content: str, *, where: str) -> CallModel:
    """Return the machine of a file's text.

    Raises
    ------
    InputError
        When it holds none; the message names the key.
    """
    return machine_of_document(parse_document(content, where=where, remedy=_REMEDY), where=where)


def machine_of_document(found: JsonValue, *, where: str) -> CallModel:
    """Return the machine that a JSON document describes.

    Raises
    ------
    InputError
        When it describes none; the message names the key.
    """
    document: Any = found
    if not is_machine_document(document):
        found = document.get("schema") if isinstance(document, dict) else type(document).__name__
        raise InputError(f"{where}:schema: not a machine's device model, {found!r}, write one with cloudcost fit")
    faults = [
        f"{where}:{place}{key[:LONGEST_KEY]}: unknown key, {repeated(entry[key])}, {remedy}"
        for entry, known, place in (
            (document, _KEYS, ""),
            (document.get("communication"), _LINE_KEYS, "communication."),
        )
        if isinstance(entry, dict)
        for key, remedy in unknown_keys(entry, known)
    ]
    if faults:
        raise InputError(*faults)
    try:
        return CallModel(
            name=str(document["device"]),
            environment=dict(document["environment"]),
            overhead_seconds=_within(document["overhead_seconds"], "overhead_seconds", -MOST_SECONDS, MOST_SECONDS),
            timed={
                str(key): _within(value, str(key), LEAST_SECONDS, MOST_SECONDS)
                for key, value in document["timed"].items()
            },
            kinds={str(kind): _line(values, str(kind)) for kind, values in document["kinds"].items()},
            fallbacks={str(kind): _line(values, str(kind)) for kind, values in document["fallbacks"].items()},
            sd=_within(document["sd"], "sd", 1e-6, MOST_SD),
            timed_sd=_within(document["timed_sd"], "timed_sd", 1e-6, MOST_SD),
            unlisted_share=_within(document.get("unlisted_share", 0.0), "unlisted_share", 0.0, 100.0),
            communication=_communication(document.get("communication")),
            provenance={str(key): str(value) for key, value in document["provenance"].items()},
        )
    except KeyError as error:
        raise InputError(f"{where}:{error.args[0]}: missing, null, write it anew with cloudcost fit") from None
    except (TypeError, ValueError, AttributeError, OverflowError) as error:
        raise InputError(f"{where}: not a device model, {error}, write it anew with cloudcost fit") from None


def _within(value: Any, name: str, least: float, most: float) -> float:
    number = float(value)
    if not least <= number <= most:
        raise ValueError(f"{name} is {number:g}, not between {least:g} and {most:g}")
    return number


def _communication(values: Any) -> CommunicationLine | None:
    if values is None:
        return None
    return CommunicationLine(
        processes=int(_within(values["processes"], "communication.processes", 2, 1e6)),
        per_tensor=_within(values["per_tensor"], "communication.per_tensor", 0.0, MOST_SECONDS),
        per_parameter=_within(values["per_parameter"], "communication.per_parameter", 0.0, MOST_SECONDS),
    )


def _line(values: Any, name: str) -> tuple[float, ...]:
    line = tuple(_within(value, name, 0.0, MOST_SECONDS) for value in values)
    if len(line) != len(FEATURES):
        raise ValueError(f"a line has {len(FEATURES)} coefficients, {name} has {len(line)}")
    return line


def read_machine(path: Path | str) -> CallModel:
    """Return the machine of a file.

    Raises
    ------
    InputError
        When it cannot be read or holds none.
    """
    return machine_of_document(read_document(path, remedy=_REMEDY), where=str(path))
