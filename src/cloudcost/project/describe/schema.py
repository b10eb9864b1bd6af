"""A project file's JSON Schema, made from the tables' models."""

from __future__ import annotations

from typing import Any

from cloudcost.domain.kinds import KINDS as FACTS
from cloudcost.domain.kinds import Choice
from cloudcost.domain.project import OptionKind
from cloudcost.json_text import json_text
from cloudcost.project.keys.facts import KINDS
from cloudcost.project.keys.option_table import OptionTable, kinds_of
from cloudcost.project.keys.tables import ProjectFile

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
        {"required": ["folder"], "properties": {"images": False, "size": False, "objects": False}},
        {"required": ["images", "size"], "properties": {"folder": False, "objects": False}},
        {"required": ["objects"], "properties": {"folder": False, "size": False}},
    ]
    definitions["ObjectsTable"]["dependentRequired"] = {
        "noncurrent_days": ["age_days"],
        "newer_versions": ["noncurrent_days"],
    }
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
    return json_text(project_schema())


def _kind_rule(kind: OptionKind) -> Schema:
    fields = {key: kinds_of(key) for key in OptionTable.model_fields}
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
