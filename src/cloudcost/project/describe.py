"""A project file's JSON Schema and its reference page, both made from the tables' models."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from cloudcost.domain.kinds import KINDS as FACTS
from cloudcost.domain.kinds import Choice
from cloudcost.domain.project import OptionKind
from cloudcost.project.keys import KINDS
from cloudcost.project.option_table import OptionTable
from cloudcost.project.table import Table
from cloudcost.project.tables import TABLES, ProjectFile
from cloudcost.project.values import Kinds

SCHEMA_DIALECT = "https://json-schema.org/draft/2020-12/schema"
Schema = dict[str, Any]
"""A JSON Schema: the one value here whose form is not ours."""


def project_schema() -> Schema:
    """Return the JSON Schema (draft 2020-12) of a project file as JSON would hold it.

    Notes
    -----
    What kinds of options need and exclude is in it; order (low <= mode <= high), durations and names that have to be
    unique are not: reading the file tells these.

    Examples
    --------
    >>> sorted(project_schema()["properties"])
    ['dataset', 'left_on', 'option', 'project', 'training']
    """
    schema: Schema = ProjectFile.model_json_schema(mode="validation")
    schema = _without_null(schema)
    definitions = schema["$defs"]
    rules = definitions["DatasetTable"]["properties"]["lifecycle"]
    several = {key: rules.pop(key) for key in ("type", "items", "maxItems") if key in rules}
    rules["anyOf"] = [{"$ref": "#/$defs/LifecycleTable"}, several]
    definitions["DatasetTable"]["oneOf"] = [
        {"required": ["folder"], "properties": {"images": False, "size": False}},
        {"required": ["images", "size"], "properties": {"folder": False}},
    ]
    definitions["TrainingTable"]["dependentRequired"] = {
        "hours_per_run": ["hours_per_run_on"],
        "hours_per_run_on": ["hours_per_run"],
    }
    definitions["CountTable"]["oneOf"] = [
        {"required": ["low", "mode", "high"], "properties": {"mean": False, "dispersion": False}},
        {"required": ["mean"], "properties": {"low": False, "mode": False, "high": False}},
    ]
    definitions["OptionTable"]["allOf"] = [_kind_rule(kind) for kind in KINDS]
    definitions["OptionTable"]["not"] = {"required": ["hours_per_run", "seconds_per_step"]}
    return {"$schema": SCHEMA_DIALECT, **schema}


def project_schema_text() -> str:
    """Return the JSON Schema as indented JSON with a line feed at its end."""
    return json.dumps(project_schema(), indent=2, ensure_ascii=False) + "\n"


def _kind_rule(kind: OptionKind) -> Schema:
    fields = {key: _kinds(field) for key, field in OptionTable.model_fields.items()}
    foreign = [key for key, kinds in fields.items() if kind not in kinds.names]
    then: Schema = {"properties": dict.fromkeys(sorted(foreign), False)}
    needed = [key for key, kinds in fields.items() if kind in kinds.needed]
    if needed:
        then["required"] = needed
    rules = [_choice_rule(choice) for choice in FACTS[kind].choices]
    then |= rules[0] if len(rules) == 1 else {"allOf": rules} if rules else {}
    return {"if": {"required": ["kind"], "properties": {"kind": {"const": kind}}}, "then": then}


def _choice_rule(choice: Choice) -> Schema:
    """Return that one of a choice's sets of keys is there."""
    forms: list[Schema] = [{"required": list(keys)} for keys in choice.sets]
    forms += [{"required": [key], "properties": {key: {"const": True}}} for key in (choice.true,) if key]
    return {"anyOf": forms}


def _kinds(field: FieldInfo) -> Kinds:
    """Return which kinds of options have a key: all, where it does not say."""
    return next((each for each in field.metadata if isinstance(each, Kinds)), Kinds(names=KINDS))


def _without_null(node: Any) -> Any:
    """Return the schema without null, which TOML has not, and with money's defaults as numbers."""
    if isinstance(node, list):
        return [_without_null(item) for item in node]
    if not isinstance(node, dict):
        return node
    clean = {key: _without_null(value) for key, value in node.items()}
    if clean.get("default", 0) is None or isinstance(clean.get("default"), dict):
        del clean["default"]
    if isinstance(clean.get("default"), str) and clean.get("type") == "number":
        clean["default"] = int(clean["default"])
    clean.pop("discriminator", None)
    choices = [choice for choice in clean.get("anyOf", []) if choice != {"type": "null"}]
    if len(choices) == 1:
        del clean["anyOf"]
        clean = {**choices[0], **clean}
    elif choices:
        clean["anyOf"] = choices
    return clean


SECTIONS = (
    ("[project]", "ProjectTable"), ("[dataset]", "DatasetTable"), ("lifecycle", "LifecycleTable"),
    ("[[training]]", "TrainingTable"), ("runs and epochs as a table", "CountTable"), ("checkpoint", "CheckpointTable"),
    ("[[option]]", "OptionTable"), ("[[left_on]]", "LeftOnTable"),
)  # fmt: skip


def project_reference() -> str:
    """Return the reference page of a project file, as Markdown: every key, its value, default and meaning."""
    schema = project_schema()
    parts = [_HEAD]
    for title, name in SECTIONS:
        table = schema["$defs"][name]
        kinds = name == "OptionTable"
        parts.append(f"## {title}\n\n{table['description']}\n")
        parts.append("| key | value | default | " + ("kinds | " if kinds else "") + "meaning |")
        parts.append("|---|---|---|" + ("---|" if kinds else "") + "---|")
        for key, field in table["properties"].items():
            default = "required" if key in table.get("required", []) else _literal(field.get("default"))
            cells = [f"`{key}`", _value(field), default, field["description"].replace("|", "\\|")]
            if kinds:
                having = _kinds(OptionTable.model_fields[key]).names
                cells.insert(3, "all" if having == KINDS else ", ".join(having))
            parts.append(f"| {' | '.join(cells)} |")
        parts.append("")
    return "\n".join(parts) + _TAIL


_HEAD = """# The project file

Every key of a project file, as `cloudcost schema --format md` prints them; `cloudcost schema` prints the JSON Schema
and `cloudcost init` writes a commented file to start from. The file is TOML in UTF-8. Unknown keys are faults, and all
faults are listed together, one line each: `file:key: what, value, remedy`.

Sizes are texts such as `"48 GB"` (10^9 bytes each) or `"1.5 GiB"` (2^30), or whole bytes; at most 1 EiB. Durations are
texts such as `"4 days"`, `"36 hours"`, `"2 weeks"`; a month without a calendar is 730 hours. Days are written
`2026-11-22`, with or without quotes. Decimal numbers are read exactly.

A project file from somebody else can run code: `network = "package.module:factory"` imports that module, the current
folder first, and calls it. Everything else in a file is only read. Look at `network` before you run a file that you
were sent.
"""

_TAIL = """
## What keys say together

- `[dataset]` has `folder`, or `images` and `size`.
- Lifecycle rules follow each other in time and lead to colder classes; Standard-IA and One Zone-IA need 30 days.
- `hours_per_run` of a training needs `hours_per_run_on` and the other way round; of an option it stands alone, and
  excludes `seconds_per_step`. `epochs` may be left out where the hours of a run are known: it then counts as one.
- `ec2` and `sagemaker` need `instance` (SageMaker's begin with `ml.`), `colab` needs `accelerator`.
- `cloud` needs `instance`, with `provider` where several sell it and `region` where its price has one; or `device` with
  `usd_per_hour`.
- `local` needs `owned = true` or `purchase_usd`; with both the machine is owned and its price is shown beside the
  total. It needs `electricity_usd_per_kwh` or `country`; and `device`, or `watts` with `hours_per_run` or
  `seconds_per_step` (or with a `profile` of every CNN).
- `notebook_instance` needs `notebook_hours`.
- Names given to trainings, and names given to options, are unique. Names that are not given are made from the network,
  or from the kind and the machine, and numbered where they repeat.
- What is left on is billed with the options that run at its provider: at AWS with every `ec2` and `sagemaker` option,
  not with a machine of your own or Colab, whose assumptions say what was not counted. `option` names the one option
  that is billed, of whatever kind. A price per hour counts each started hour from `from`, a price per month the share
  of each calendar month, and what is counted singly (requests, GB moved) the same share of `quantity` a month,
  rounded once a calendar month, half to even, to whole requests and bytes.
  `operation` is needed where a usage type has several prices; traffic to the internet leaves the project's region.
- `account_opened` lies before the project's start. An account opened before 2025-07-15 has free quantities in its first
  twelve calendar months, SageMaker's in the project's first two; one opened since has a sign-up credit of 100 USD,
  taken off what AWS charges in the months before it expires, where the file has no `credits_usd`.
- `low` <= `mode` <= `high`. A table with `mean` alone is a geometric count, with `dispersion` a negative binomial.

## Names

A region, country, device, machine type, accelerator, provider, CNN or price book that no table knows is a fault of the
file, with the nearest names; `cloudcost schema --format names`, `cloudcost networks` and `cloudcost prices list` list
what is known. What is known but has no price there, or no time, stays in the comparison as an option that could not be
priced or timed, and the verdict says so.

A machine of which all that counts is stated may have any name, as its names are then labels:

- `local` with `watts` and a stated time (`hours_per_run` or `seconds_per_step`): `device` is a label;
- `cloud` with `usd_per_hour` and a stated time or a `device`: `instance`, `region` and `provider` are labels, but for a
  provider that is much like a known one, which is a fault; with a stated time `device` is a label, too;
- a CNN, where every option states its time: `network` is a label.

A label that is nearly a known name is warned of.
"""


def _literal(value: Any) -> str:
    if value is None or value == []:
        return ""
    return f"`{json.dumps(int(value) if isinstance(value, float) and value.is_integer() else value)}`"


def _value(field: Schema) -> str:
    if "enum" in field:
        values = [f'`"{value}"`' for value in field["enum"]]
        return ", ".join(values)
    if "anyOf" in field or "oneOf" in field:
        forms = field.get("anyOf") or field["oneOf"]
        words = list(dict.fromkeys(_value(form) for form in forms))
        return words[0] if words[0] == "size" else " or ".join(words)
    if "$ref" in field:
        return "table"
    if field.get("format") in ("date", "date-time"):
        return "day" if field["format"] == "date" else "day or time"
    if "pattern" in field:
        return "size"
    if field["type"] == "array":
        return "list of tables" if "$ref" in field["items"] else "list of such numbers"
    if field["type"] == "boolean":
        return "`true`, `false`"
    noun = {"string": "text", "integer": "whole number", "number": "number"}[field["type"]]
    limits = (("minimum", "from"), ("exclusiveMinimum", "over"), ("maximum", "to"))
    bounds = [f"{word} {field[key]:,.15g}" for key, word in limits if key in field]
    return " ".join([noun, *bounds])


def quick_keys_text() -> str:
    """Return `quick_keys` as JSON with a line feed at its end."""
    return json.dumps(quick_keys(), indent=1, ensure_ascii=False) + "\n"


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
    having = _kinds(field)
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
