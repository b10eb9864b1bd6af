"""What `validator` reads in place of the models: made by ``python docs/refresh.py``, held to them by a test.

The plan is pydantic's own, table by table, without what it notes for other uses; `validator` says how that which JSON
cannot hold is written.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from pydantic_core import __version__

from cloudcost.json_text import json_value
from cloudcost.project.keys import conversions
from cloudcost.project.keys.facts import KINDS
from cloudcost.project.keys.option_table import OptionTable, kinds_of
from cloudcost.project.keys.tables import MODELS
from cloudcost.project.keys.validator import ROWS, Plan

_NOTES = frozenset({"metadata", "serialization", "computed_fields", "title", "custom_init", "root_model", "ref"})
"""What pydantic keeps beside a validator's plan, for JSON Schemas and writing."""


def stored_text() -> str:
    """Return what is kept of the models as JSON with a line feed at its end, a line for each key."""
    parts = []
    for name, plan in stored_plan()["tables"].items():
        fields = plan["schema"].pop("fields")
        lines = ",\n".join(f"   {json_value(key)}: {json_value(field)}" for key, field in fields.items())
        schema = json_value(plan["schema"])[:-1]
        frame = json_value({key: value for key, value in plan.items() if key != "schema"})[:-1]
        parts.append(f'  {json_value(name)}: {frame}, "schema": {schema}, "fields": {{\n{lines}\n  }}}}}}')
    options = ",\n".join(f"  {json_value(key)}: {json_value(fact)}" for key, fact in stored_plan()["options"].items())
    tables = ",\n".join(parts)
    return (
        f'{{\n "core": {json_value(__version__)},\n "tables": {{\n{tables}\n }},\n "options": {{\n{options}\n }}\n}}\n'
    )


def stored_plan() -> Plan:
    """Return what is kept: the version of pydantic's core, the plan of each table, kinds and needs of options."""
    options = {}
    for key in OptionTable.model_fields:
        kinds = kinds_of(key)
        if kinds.names != KINDS:
            options[key] = {"kinds": list(kinds.names), "needed": dict(kinds.needed)}
    return {"core": __version__, "tables": {name: _table(name) for name in MODELS}, "options": options}


def _table(name: str) -> Plan:
    model = MODELS[name]
    model.model_rebuild()
    whole: Any = model.__pydantic_core_schema__
    plan: Plan = _plain(whole["schema"] if whole["type"] == "definitions" else whole, inside=False)
    if plan["type"] == "definition-ref":
        plan = _plain(next(each for each in whole["definitions"] if each["cls"] is model), inside=False)
    return {**plan, "ref": name}


def _plain(node: Any, *, inside: bool = True) -> Any:
    """Return a part of a core schema as JSON can hold it; a model in another one as a reference to its table."""
    if isinstance(node, dict):
        if node.get("type") == "definition-ref":
            return {"type": "definition-ref", "schema_ref": _named(node["schema_ref"])}
        if inside and node.get("type") == "model":
            return {"type": "definition-ref", "schema_ref": node["cls"].__name__}
        if node.get("type") == "literal":
            return {"type": "literal", "expected": _choices(node["expected"])}
        return {key: _plain(value) for key, value in node.items() if key not in _NOTES}
    if isinstance(node, list | tuple):
        return [_plain(item) for item in node]
    if isinstance(node, type):
        return {"$class": node.__name__}
    if isinstance(node, Decimal):
        return {"$decimal": str(node)}
    return {"$call": _called(node)} if callable(node) else node


def _named(reference: str) -> str:
    """Return the table that pydantic's reference ``package.module.Table:1234`` is to."""
    return reference.partition(":")[0].rpartition(".")[2]


def _choices(expected: list[str]) -> object:
    rows = next((name for name, choices in ROWS.items() if list(choices()) == expected), None)
    return expected if rows is None else {"$rows": rows}


def _called(function: Callable[..., object]) -> str:
    name = function.__name__
    if getattr(conversions, name, None) is not function:
        raise ValueError(f"{name} is no function of project.keys.conversions, and the stored validator cannot name it")
    return name
