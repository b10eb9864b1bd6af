"""Reading tables with the validator that pydantic makes of the models, without loading pydantic.

Importing pydantic and building the models costs a third of what `compare` does; its validator needs neither once its
plan is known. ``data/validator.json`` is that plan (`stored` makes it), so a file is accepted or refused by pydantic's
own rules, and the models are loaded only to word what is wrong. A plan of another version of pydantic's core is not
used: the models are asked.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from pydantic_core import SchemaValidator, ValidationError, __version__

from cloudcost.catalog.aws.storage_classes import later_classes, storage_classes
from cloudcost.catalog.colab import colab_plans
from cloudcost.project.keys import conversions

if TYPE_CHECKING:
    from cloudcost.project.keys.tables import ProjectFile

PLAN_FILE = Path(__file__).parents[1] / "data" / "validator.json"
Plan = dict[str, Any]
"""A core schema of pydantic, or a part of it: its form is pydantic's."""
ROWS: Mapping[str, Callable[[], tuple[str, ...]]] = {
    "storage_classes": lambda: tuple(storage_classes()),
    "later_classes": later_classes,
    "colab_plans": colab_plans,
}
"""Choices that are rows of tables: the plan names them, so that a row more needs no other plan."""


class ReadTable:
    """A table as it was read: its keys as attributes, with what pydantic notes about them."""

    __slots__ = ("__dict__", "__pydantic_extra__", "__pydantic_fields_set__", "__pydantic_private__")


def read_file(raw: Mapping[str, object]) -> ProjectFile:
    """Return a file's tables with defaults filled in.

    Parameters
    ----------
    raw : mapping
        The file as TOML has it, decimal numbers as Decimal.

    Raises
    ------
    pydantic_core.ValidationError
        With every fault of single keys.
    """
    return cast("ProjectFile", _validator("ProjectFile").validate_python(raw))


def read_table(raw: Mapping[str, object], name: str) -> ReadTable | None:
    """Return one table with defaults filled in, or None where it has faults.

    Parameters
    ----------
    raw : mapping
    name : str
        Of the model in `cloudcost.project.keys.tables`.
    """
    try:
        return cast("ReadTable", _validator(name).validate_python(raw))
    except ValidationError:
        return None


def changed_table(row: ReadTable, changes: Mapping[str, object], name: str) -> ReadTable | None:
    """Return a table with some keys changed, or None where it has to be read as a whole.

    Parameters
    ----------
    row : ReadTable
        As `read_table` returned it.
    changes : mapping
        Keys of the table and their values, as TOML has them.
    name : str
        Of the model.
    """
    if stored()["core"] != __version__:
        return None
    changed = object.__new__(type(row))
    values = changed.__dict__
    values.update(row.__dict__)
    try:
        for key, value in changes.items():
            values[key] = _key_validator(name, key).validate_python(value)
    except ValidationError:
        return None
    return changed


@cache
def stored() -> Plan:
    """Return what `data/validator.json` holds: ``core``, the version it is for; ``tables``; ``options``."""
    return cast("Plan", json.loads(PLAN_FILE.read_text(encoding="utf-8")))


@cache
def _validator(name: str) -> SchemaValidator:
    plan = stored()
    if plan["core"] != __version__:
        from cloudcost.project.keys.tables import MODELS

        model = MODELS[name]
        model.model_rebuild()
        return cast("SchemaValidator", model.__pydantic_validator__)
    return SchemaValidator(_with_tables({"type": "definition-ref", "schema_ref": name}))


@cache
def _key_validator(name: str, key: str) -> SchemaValidator:
    table = stored()["tables"][name]
    plan = _filled(table["schema"]["fields"][key]["schema"], _classes())
    return SchemaValidator(_with_tables(plan), table["config"])


def _with_tables(plan: object) -> Any:
    """Return a part of the plan with the tables that it refers to."""
    definitions = [_filled(part, _classes()) for part in stored()["tables"].values()]
    return {"type": "definitions", "schema": plan, "definitions": definitions}


@cache
def _classes() -> Mapping[str, type]:
    return {table: type(table, (ReadTable,), {"__slots__": ()}) for table in stored()["tables"]}


def _filled(node: object, classes: Mapping[str, type]) -> object:
    """Return a part of the plan with what JSON has no form for: classes, functions, decimals, rows of tables."""
    if isinstance(node, list):
        return [_filled(item, classes) for item in node]
    if not isinstance(node, dict):
        return node
    match node:
        case {"$class": str(name)}:
            return classes[name]
        case {"$call": str(name)}:
            return getattr(conversions, name)
        case {"$decimal": str(digits)}:
            return Decimal(digits)
        case {"$rows": str(name)}:
            return list(ROWS[name]())
    return {key: _filled(value, classes) for key, value in node.items()}
