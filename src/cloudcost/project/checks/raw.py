"""Questions to the raw tables of a project file: their lists, an option's kind and facts, what it states."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import TypeGuard

from cloudcost.domain.kinds import KINDS, TIME, KindFacts
from cloudcost.domain.project import OptionKind
from cloudcost.project.fault import Place, Raw

STATED_TIMES = ("hours_per_run", "seconds_per_step")
"""Keys by which an option states how long its machine takes."""


def tables_of(raw: Raw, key: str) -> Iterator[tuple[Place, Raw]]:
    """Yield the tables of a list, ``[[option]]`` say, with their places."""
    rows = raw.get(key)
    if isinstance(rows, list):
        for index, row in enumerate(rows):
            if isinstance(row, Mapping):
                yield (key, index), row


def kind_of(option: Raw) -> OptionKind | None:
    """Return the kind that an option states, None where it states none that is known."""
    stated = option.get("kind")
    return next((kind for kind in KINDS if kind == stated), None)


def facts_of(option: Raw) -> KindFacts | None:
    """Return the facts of the kind that an option states, None where it states none that is known."""
    kind = kind_of(option)
    return None if kind is None else KINDS[kind]


def has_time(option: Raw) -> bool:
    """Return whether an option states how long its machine takes, so that no model is asked."""
    return any(key in option for key in STATED_TIMES)


def states(option: Raw, sets: tuple[tuple[str, ...], ...]) -> bool:
    """Return whether an option has all keys of one of some sets, `TIME` standing for a time of its machine."""
    return any(all(has_time(option) if key == TIME else key in option for key in keys) for keys in sets)


def is_number(value: object) -> TypeGuard[int | Decimal]:
    """Return whether a value of TOML is a number that can be compared: `nan` is none, and neither is `true`."""
    if isinstance(value, Decimal):
        return value.is_finite()
    return isinstance(value, int) and not isinstance(value, bool)
