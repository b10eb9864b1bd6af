"""The keys of a profile's JSON: one that is not known is a fault, as in a project file. No torch in here."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from cloudcost.domain.profile import (
    CommunicationRecord,
    EnergyRecord,
    Environment,
    LoadingRecord,
    OpRecord,
    Profile,
    StepRecord,
)
from cloudcost.errors import repeated
from cloudcost.files.documents import LONGEST_KEY, unknown_keys

if TYPE_CHECKING:
    from cloudcost.files.documents import JsonObject, JsonValue

SUMMARY_KEYS = (
    "closure", "closure_without_overhead", "overhead_seconds_per_call", "seconds_by_batch", "spread",
    "seconds_by_kind", "parameters",
)  # fmt: skip
"""Of the summary, which is written for people and never read."""
FORMER_KEYS = {"steps": ("interruptions_seconds",)}
"""Keys that were written once and mean nothing any more (until 2026-11-26): what interruptions added to a step."""

_RECORDS: dict[str, type[Any]] = {
    "environment": Environment,
    "steps": StepRecord,
    "ops": OpRecord,
    "loading": LoadingRecord,
    "energy": EnergyRecord,
    "communication": CommunicationRecord,
}


def unknown_profile_keys(document: JsonObject) -> Iterator[str]:
    """Yield each key of a profile that is not known, as `key: what, value, remedy`; the network reads its own."""
    yield from _unknown(document, ("schema", *_fields(Profile), "summary"), "")
    yield from _unknown(document.get("summary"), SUMMARY_KEYS, "summary.")
    for key, record in _RECORDS.items():
        known = _fields(record)
        former = FORMER_KEYS.get(key, ())
        value = document.get(key)
        if isinstance(value, list):
            for number, entry in enumerate(value):
                yield from _unknown(entry, known, f"{key}.{number}.", former)
        else:
            yield from _unknown(value, known, f"{key}.", former)


def _fields(record: type[Any]) -> tuple[str, ...]:
    return tuple(each.name for each in fields(record))


def _unknown(
    entry: JsonValue | JsonObject, known: Collection[str], place: str, former: Collection[str] = ()
) -> Iterator[str]:
    if isinstance(entry, dict):
        for key, remedy in unknown_keys(entry, known):
            if key not in former:
                yield f"{place}{key[:LONGEST_KEY]}: unknown key, {repeated(entry[key])}, {remedy}"
