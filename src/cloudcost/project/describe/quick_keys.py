"""What reading without pydantic needs of the tables' models, as a file that is made of them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from cloudcost.json_text import json_value
from cloudcost.project.describe.schema import Schema, kinds_of, project_schema
from cloudcost.project.keys import KINDS
from cloudcost.project.table import Table
from cloudcost.project.tables import TABLES, ProjectFile


def quick_keys_text() -> str:
    """Return `quick_keys` as JSON with a line feed at its end."""
    return json_value(quick_keys(), indent=1) + "\n"


def quick_keys() -> Schema:
    """Return what reading without pydantic needs of the models: `data/keys.json`, made by ``docs/refresh.py``."""
    schema = project_schema()
    tables: list[type[Table]] = [*TABLES.values(), ProjectFile]
    models = {model.__name__: model for model in tables}
    return {
        name: {key: _quick_key(key, model.model_fields[key], _fields(schema, name)[key]) for key in model.model_fields}
        for name, model in models.items()
    }


def _fields(schema: Schema, name: str) -> Schema:
    properties: Schema = (schema if name == "ProjectFile" else schema["$defs"][name])["properties"]
    return properties


def _quick_key(key: str, field: FieldInfo, schema: Schema) -> Schema:
    """Return one key's form, limits and default; the JSON Schema knows limits, the model the Python type."""
    spec: Schema = {"required": True} if field.is_required() else {"default": _plain_default(field)}
    limits = {"minimum": "min", "exclusiveMinimum": "over", "maximum": "max", "minLength": "min", "maxLength": "max"}
    spec |= {short: schema[long] for long, short in limits.items() if long in schema}
    having = kinds_of(field)
    spec |= {"kinds": list(having.names)} if having.names != KINDS else {}
    spec |= {"needed": dict(having.needed)} if having.needed else {}
    annotation = str(field.annotation)
    if key in ("epochs", "runs"):
        whole = schema["oneOf"] if "oneOf" in schema else schema["anyOf"]
        number = next(form for form in whole if form.get("type") == "integer")
        longest = next(form for form in whole if form.get("type") == "array")["maxItems"]
        return spec | {"form": "count", "min": number["minimum"], "max": number["maximum"], "longest": longest}
    if key == "lifecycle":
        return spec | {"form": "tables", "table": "LifecycleTable", "max": 10, "single": True}
    if schema.get("type") == "array":
        return spec | {
            "form": "tables", "table": TABLES[key].__name__, "min": schema.get("minItems", 0), "max": schema["maxItems"]
        }  # fmt: skip
    if "$ref" in schema:
        return spec | {"form": "table", "table": TABLES[key].__name__}
    if "enum" in schema:
        return spec | {"form": "choice", "choices": schema["enum"]}
    if "anyOf" in schema:
        return spec | {"form": "size"}
    if key == "duration":
        return spec | {"form": "duration"}
    if schema.get("format") in ("date", "date-time"):
        return spec | {"form": "day" if schema["format"] == "date" else "moment"}
    if key == "quantity":
        return spec | {"form": "quantity"}
    if "Decimal" in annotation:
        return spec | {"form": "usd"}
    return spec | {"form": {"integer": "int", "number": "float", "string": "text", "boolean": "bool"}[schema["type"]]}


def _plain_default(field: FieldInfo) -> Any:
    default = field.default
    if isinstance(default, BaseModel):
        return {}
    return str(default) if isinstance(default, Decimal) else default
