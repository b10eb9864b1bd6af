"""What rules and sweeps ask of a key, without loading the models: what it takes, and which options have it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import get_args

from cloudcost.domain.project import OptionKind
from cloudcost.project.keys.validator import Plan, stored

KINDS: tuple[OptionKind, ...] = get_args(OptionKind)
_BY_CALL = {
    "number": "float", "money": "usd", "quantity": "quantity", "size": "size", "duration": "duration", "day": "day",
    "moment": "moment", "one_or_more": "tables", "size_or_nothing": "size", "what_to_freeze": "text",
    "input_shapes": "list", "keywords": "table", "quotas": "table", "discounts": "table",
}  # fmt: skip
"""What a key takes, by the function that reads it."""
_BY_TYPE = {
    "int": "int", "bool": "bool", "str": "text", "literal": "choice", "tagged-union": "count", "list": "tables",
    "definition-ref": "table",
}  # fmt: skip
"""The same by the validator's type, where no function reads it."""


@cache
def key_forms(table: str) -> Mapping[str, str]:
    """Return what each key of a table takes: int, float, usd, quantity, text, choice, bool, size, duration, day ...

    Parameters
    ----------
    table : str
        Name of the model in `cloudcost.project.keys.tables`.

    Examples
    --------
    >>> forms = key_forms("TrainingTable")
    >>> forms["batch"], forms["runs"], forms["precision"], forms["hours_per_run"]
    ('int', 'count', 'choice', 'float')
    """
    return {key: _form(field["schema"]) for key, field in _fields(table).items()}


def _fields(table: str) -> Plan:
    fields: Plan = stored()["tables"][table]["schema"]["fields"]
    return fields


def _form(plan: Plan) -> str:
    if plan["type"] in ("default", "nullable"):
        return _form(plan["schema"])
    if "function" in plan:
        return _BY_CALL[plan["function"]["function"]["$call"]]
    return _BY_TYPE[plan["type"]]


def kinds_with(key: str) -> tuple[OptionKind, ...]:
    """Return the kinds of options that have a key; none for what is no key of an option.

    Examples
    --------
    >>> kinds_with("device")
    ('cloud', 'local')
    """
    if key not in _fields("OptionTable"):
        return ()
    fact = stored()["options"].get(key)
    return KINDS if fact is None else tuple(fact["kinds"])


@cache
def machine_keys() -> tuple[str, ...]:
    """Return the keys of a machine of one's own, which no other kind has."""
    return tuple(key for key, fact in stored()["options"].items() if fact["kinds"] == ["local"])


@cache
def needed_keys(kind: OptionKind) -> Mapping[str, str]:
    """Return the keys that an option of this kind cannot do without, each with an example.

    Examples
    --------
    >>> needed_keys("colab")
    {'accelerator': 'T4'}
    """
    return {key: fact["needed"][kind] for key, fact in stored()["options"].items() if kind in fact["needed"]}
