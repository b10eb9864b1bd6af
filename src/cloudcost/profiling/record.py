"""The profile JSON, schema `cloudcost.profile/1`: written whole, read with every fault named. No torch in here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cloudcost.domain.profile import (
    CommunicationRecord,
    EnergyRecord,
    Environment,
    LoadingRecord,
    OpRecord,
    Profile,
    StepRecord,
)
from cloudcost.domain.project import Optimizer
from cloudcost.errors import MOST_LISTED, InputError, MixedEnvironmentError, NetworkError, repeated
from cloudcost.files.documents import document_text, parse_document
from cloudcost.json_text import json_text
from cloudcost.networks.json_file import SCHEMA as NETWORK_SCHEMA
from cloudcost.networks.json_file import network_document
from cloudcost.networks.json_reader import NetworkReader
from cloudcost.profiling.record_checks import senseless
from cloudcost.profiling.record_keys import unknown_profile_keys

if TYPE_CHECKING:
    from pydantic import TypeAdapter

    from cloudcost.files.documents import JsonValue

# History: /1, first; an environment may lack `cudnn_benchmark`.
# `pace_seconds` and a step's `disturbed_share` may be missing, a step may have what is in
# `record_keys.FORMER_KEYS`; `reason` may be missing, and is given where there are no operations.
SCHEMA = "cloudcost.profile/1"

_REMEDY = "write it with cloudcost profile"
_KEYS = ("created", "mode", "quick", "interrupted", "processes", "optimizer", "overhead_seconds", "warnings")
_FREE_OF_ENVIRONMENT = ("system", "python", "memory_bytes", "affinity")
"""Parts of an environment that may differ between profiles that are put together."""


def profile_document(profile: Profile) -> dict[str, JsonValue]:
    """Return a profile as JSON values, keys in the order of the schema."""
    document: dict[str, JsonValue] = {"schema": SCHEMA}
    for key in _KEYS:
        value = getattr(profile, key)
        document[key] = list(value) if isinstance(value, tuple) else value
    document["reason"] = profile.reason
    document["pace_seconds"] = _rounded(profile.pace_seconds)
    document["environment"] = asdict(profile.environment)
    document["network"] = network_document(profile.network)
    document["steps"] = [_rounded(asdict(step)) for step in profile.steps]
    document["ops"] = [_rounded(asdict(op)) for op in profile.ops]
    for key in ("loading", "energy", "communication"):
        value = getattr(profile, key)
        document[key] = None if value is None else _rounded(asdict(value))
    document["summary"] = _rounded(_summary(profile))
    return document


def _summary(profile: Profile) -> dict[str, object]:
    bare = [step.closure_without_overhead for step in profile.steps if step.closure_without_overhead is not None]
    largest = max((op.batch for op in profile.ops), default=0)
    kinds: dict[str, float] = {}
    for op in profile.ops:
        if op.batch == largest:
            kinds[op.kind] = kinds.get(op.kind, 0.0) + op.count * op.seconds
    ordered = dict(sorted(kinds.items(), key=lambda item: -item[1]))
    return {
        "closure": profile.closure,
        "closure_without_overhead": max(bare, default=None),
        "overhead_seconds_per_call": profile.overhead_seconds,
        "seconds_by_batch": {str(step.batch): step.seconds for step in profile.steps},
        "spread": max((step.spread for step in profile.steps), default=None),
        "seconds_by_kind": ordered,
        "parameters": profile.network.parameters,
    }


def _rounded(value: object) -> JsonValue:
    """Return JSON values with measured numbers to six digits, no clock is better; whole numbers stay exact."""
    if isinstance(value, float):
        return int(value) if value.is_integer() else float(f"{value:.6g}")
    if isinstance(value, dict):
        return {str(key): _rounded(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_rounded(part) for part in value]
    assert value is None or isinstance(value, (bool, int, str))
    return value


def to_json(profile: Profile) -> str:
    """Return the text of a profile's file: one operation per line."""
    return json_text(profile_document(profile), indent=None, rows=["steps", "ops"])


@cache
def _adapters() -> dict[str, TypeAdapter[Any]]:
    from pydantic import Field, TypeAdapter

    parts: dict[str, Any] = {
        "created": str,
        "mode": Literal["step", "operations"],
        "quick": bool,
        "interrupted": bool,
        "processes": Annotated[int, Field(ge=1)],
        "optimizer": Optimizer,
        "overhead_seconds": float,
        "warnings": tuple[str, ...],
        "environment": Environment,
        "steps": tuple[StepRecord, ...],
        "ops": tuple[OpRecord, ...] | None,
        "pace_seconds": float | None,
        "reason": Annotated[str, Field(min_length=1, max_length=2000)] | None,
        "loading": LoadingRecord | None,
        "energy": EnergyRecord | None,
        "communication": CommunicationRecord | None,
    }
    return {key: TypeAdapter(part) for key, part in parts.items()}


def parse_profile(content: str, *, where: str = "profile") -> Profile:
    """Return the profile that a JSON text holds.

    Parameters
    ----------
    content : str
    where : str
        What messages call the text, usually its path.

    Raises
    ------
    InputError
        When the text is no profile; all faults are listed.
    """
    from pydantic import ValidationError

    document: Any = parse_document(content, where=where, remedy=_REMEDY)
    found = document.get("schema") if isinstance(document, dict) else type(document).__name__
    if found != SCHEMA:
        raise InputError(f"{where}:schema: not a profile, {found!r}, write one with cloudcost profile")
    faults = [f"{where}:{fault}" for fault in unknown_profile_keys(document)]
    parts: dict[str, Any] = {}
    for key, adapter in _adapters().items():
        if key in _KEYS and key not in document:
            faults.append(f"{where}:{key}: missing, null, profile the CNN anew")
            continue
        try:
            parts[key] = adapter.validate_python(document.get(key))
            if key == "ops" and parts[key] is None:
                parts[key] = ()
        except ValidationError as error:
            for fault in error.errors()[:MOST_LISTED]:
                place = ".".join(map(str, (key, *fault["loc"])))
                faults.append(
                    f"{where}:{place}: {fault['msg'].lower()}, {repeated(fault['input'])}, profile the CNN anew"
                )
    faults = faults or [f"{where}:{fault}, profile the CNN anew" for fault in senseless(parts)]
    try:
        reader = NetworkReader(f"{where}:network", NETWORK_SCHEMA, bare=document.get("reason") is not None)
        network = reader.read(document.get("network"))
    except NetworkError as error:
        if not faults:
            raise
        faults.extend(error.faults)
    if faults:
        raise InputError(*faults)
    return Profile(network=network, **parts)


def settled(profile: Profile) -> Profile:
    """Return a profile with the digits that its file keeps, so that reading it back changes nothing."""
    return parse_profile(to_json(profile))


def read_profile(path: Path | str) -> Profile:
    """Return the profile of a file; a packed one (gzip) is unpacked.

    Raises
    ------
    InputError
        When the file cannot be read or is no profile.
    """
    content = document_text(path, remedy=_REMEDY)
    return parse_profile(content, where=str(path))


def require_one_environment(named: Iterable[tuple[str, Environment]]) -> Environment:
    """Return the environment that all profiles share.

    Parameters
    ----------
    named : iterable of (str, Environment)
        Name of each profile in messages, and its environment.

    Raises
    ------
    MixedEnvironmentError
        When two differ in anything that times depend on; the message names what.
    """
    items = list(named)
    name, first = items[0]
    for other_name, other in items[1:]:
        for key in Environment.__slots__:
            unknown = key == "cudnn_benchmark" and None in (first.cudnn_benchmark, other.cudnn_benchmark)
            if key not in _FREE_OF_ENVIRONMENT and not unknown and getattr(first, key) != getattr(other, key):
                raise MixedEnvironmentError(
                    f"{other_name}:environment.{key}: {getattr(other, key)!r}, but {name} has {getattr(first, key)!r}; "
                    "put profiles of one environment together"
                )
    return first
