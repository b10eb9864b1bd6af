"""What each key of a project file takes, and which options have it, without loading pydantic.

The models of `tables` state it; `data/keys.json` is made from them by ``python docs/refresh.py``, and a test keeps the
two equal.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, cast, get_args

from cloudcost.domain.project import OptionKind

KEYS_FILE = Path(__file__).parent / "data" / "keys.json"
KINDS: tuple[OptionKind, ...] = get_args(OptionKind)
Spec = Mapping[str, Any]
"""What a key takes: ``form``, and limits, choices, a default; or ``required``. The form of keys.json is not typed.

A key that not all options have says its ``kinds``; ``needed`` holds an example for each kind that cannot do without it.
"""


@cache
def key_specs() -> Mapping[str, Mapping[str, Spec]]:
    """Return what each key of each table takes, by the model's name and the key."""
    return cast("Mapping[str, Mapping[str, Spec]]", json.loads(KEYS_FILE.read_text(encoding="utf-8")))


def kinds_with(key: str) -> tuple[OptionKind, ...]:
    """Return the kinds of options that have a key; none for what is no key of an option.

    Examples
    --------
    >>> kinds_with("device")
    ('cloud', 'local')
    """
    spec = key_specs()["OptionTable"].get(key)
    return () if spec is None else tuple(spec.get("kinds", KINDS))


@cache
def machine_keys() -> tuple[str, ...]:
    """Return the keys of a machine of one's own, which no other kind has."""
    return tuple(key for key, spec in key_specs()["OptionTable"].items() if spec.get("kinds") == ["local"])


@cache
def needed_keys(kind: OptionKind) -> Mapping[str, str]:
    """Return the keys that an option of this kind cannot do without, each with an example.

    Examples
    --------
    >>> needed_keys("colab")
    {'accelerator': 'T4'}
    """
    specs = key_specs()["OptionTable"].items()
    return {key: spec["needed"][kind] for key, spec in specs if kind in spec.get("needed", ())}
