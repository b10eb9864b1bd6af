"""The keys of a project file and the names that they take, as text and CSV; `project.describe` has the rest."""

from __future__ import annotations

from cloudcost.json_text import json_text
from cloudcost.project.checks.known import known_names
from cloudcost.project.describe.reference import SECTIONS, key_rows
from cloudcost.project.describe.schema import project_schema
from cloudcost.render.tables.columns import wrap
from cloudcost.render.tables.writer import csv_table, markdown_table

WIDTH = 80
"""[columns]"""
NAMES_SCHEMA = "cloudcost.names/1"
"""History: 1 is the first."""


def keys_text() -> str:
    """Return each key under its table, with its value, default and meaning."""
    schema = project_schema()
    rows: list[str] = []
    for title, name in SECTIONS:
        rows += [*([""] if rows else []), title]
        for key, value, default, kinds, meaning in _plain_rows(name, schema):
            of = "" if kinds == "all" else f"; {kinds}"
            usual = f", {default}" if default == "required" else f", default {default}" if default else ""
            rows += wrap(f"{key}: {value}{usual}{of}", WIDTH, first="  ", others="    ")
            rows += wrap(meaning, WIDTH, first="    ", others="    ")
    return "\n".join(rows) + "\n"


def keys_csv() -> str:
    """Return a row per key."""
    schema = project_schema()
    heads = ["table", "key", "value", "default", "kinds", "meaning"]
    return csv_table(heads, [[title, *row] for title, name in SECTIONS for row in _plain_rows(name, schema)])


def _plain_rows(name: str, schema: dict[str, object]) -> list[tuple[str, ...]]:
    return [tuple(cell.replace("`", "") for cell in row) for row in key_rows(name, schema)]


def names_json() -> str:
    """Return the names of each sort as JSON."""
    names = [{"keys": title, "names": list(found)} for title, found in known_names().items()]
    return json_text({"schema": NAMES_SCHEMA, "names": names})


def names_csv() -> str:
    """Return a row per name."""
    return csv_table(["keys", "name"], [(title, name) for title, names in known_names().items() for name in names])


def names_markdown() -> str:
    """Return a row per sort."""
    return markdown_table(["keys", "names"], [(title, "; ".join(names)) for title, names in known_names().items()])
