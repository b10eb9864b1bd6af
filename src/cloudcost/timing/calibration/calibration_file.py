"""The file of a calibration, schema ``cloudcost.calibration/1``: `cloudcost fit --device` writes it."""

from __future__ import annotations

from dataclasses import asdict
from functools import lru_cache
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from cloudcost.domain.project import Precision
from cloudcost.errors import InputError, repeated
from cloudcost.files.documents import JsonValue, document_text, parse_document
from cloudcost.json_text import json_text
from cloudcost.timing.calibration.calibration import Calibration, RunRecord
from cloudcost.timing.calibration.scaling import MachineScale

FILE_REMEDY = "name a device model file"
SCHEMA = "cloudcost.calibration/1"
"""History: 1, first."""
REMEDY = "write it with cloudcost fit --device NAME"

_Log = Annotated[float, Field(ge=-5, le=5)]
_Spread = Annotated[float, Field(gt=0, le=3)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class _RunEntry(_Strict):
    network: str
    input: Annotated[list[Annotated[int, Field(ge=1)]], Field(min_length=1, max_length=6)]
    batch: Annotated[int, Field(ge=1)]
    seconds: Annotated[float, Field(gt=0, le=1e6)]
    device: str
    host: str
    stack: str
    precision: Precision
    channels_last: bool
    optimizer: str


class _ScaleEntry(_Strict):
    precision: Precision
    channels_last: bool
    device_log: _Log
    host_log: _Log
    device_sd: _Spread
    host_sd: _Spread
    correlation: Annotated[float, Field(ge=-1, le=1)]
    runs: Annotated[int, Field(ge=0)]


class _File(_Strict):
    schema_: Annotated[Literal["cloudcost.calibration/1"], Field(alias="schema")]
    device: str
    host: str
    system: str
    stack: str
    created: str
    runs: Annotated[list[_RunEntry], Field(min_length=1)]
    scales: Annotated[list[_ScaleEntry], Field(min_length=1)]


def is_calibration(document: JsonValue) -> bool:
    """Return whether a parsed file holds a calibration."""
    return isinstance(document, dict) and document.get("schema") == SCHEMA


def calibration_of_file(path: str) -> Calibration | None:
    """Return the calibration of a file; None where the file holds something else.

    Raises
    ------
    InputError
        When the file cannot be read, or says that it holds a calibration but does not: all faults at once.
    """
    return _of_text(document_text(path, remedy=FILE_REMEDY), path)


@lru_cache(maxsize=16)
def _of_text(text: str, path: str) -> Calibration | None:
    """Return the calibration of a file's text, parsed once: the file itself may be another the next time."""
    document = parse_document(text, where=path, remedy=FILE_REMEDY)
    if not is_calibration(document):
        return None
    return calibration_of_document(document, where=path)


def calibration_of_document(document: JsonValue, *, where: str) -> Calibration:
    """Return the calibration that a JSON document describes.

    Raises
    ------
    InputError
        When it does not, naming each key that is wrong.
    """
    try:
        held = _File.model_validate(document)
    except ValidationError as error:
        raise InputError(
            *(
                f"{where}:{'.'.join(map(str, each['loc']))}: {each['msg']}, {repeated(each['input'])}, {REMEDY}"
                for each in error.errors()
            )
        ) from None
    runs = tuple(RunRecord(**{**run.model_dump(), "input": tuple(run.input)}) for run in held.runs)
    scales = {
        (entry.precision, entry.channels_last): MachineScale(**entry.model_dump(exclude={"precision", "channels_last"}))
        for entry in held.scales
    }
    return Calibration(
        device=held.device, host=held.host, system=held.system, stack=held.stack, runs=runs, scales=scales,
        created=held.created,
    )  # fmt: skip


def to_json(calibration: Calibration) -> str:
    """Return the text of a calibration's file."""
    runs: list[JsonValue] = [{**asdict(run), "input": list(run.input)} for run in calibration.runs]
    scales: list[JsonValue] = [
        {"precision": precision, "channels_last": last, **_rounded(scale)}
        for (precision, last), scale in calibration.scales.items()
    ]
    return json_text(
        {
            "schema": SCHEMA,
            "device": calibration.device,
            "host": calibration.host,
            "system": calibration.system,
            "stack": calibration.stack,
            "created": calibration.created,
            "runs": runs,
            "scales": scales,
        },
        indent=1,
        rows=["runs", "scales"],
    )


def _rounded(scale: MachineScale) -> dict[str, JsonValue]:
    fields = asdict(scale)
    return {name: value if isinstance(value, int) else float(f"{value:.5g}") for name, value in fields.items()}
