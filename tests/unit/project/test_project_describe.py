"""The JSON Schema, the commented file and the reference page cannot go stale: each is held against the models."""

from __future__ import annotations

import re
import tomllib
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from cloudcost.project.bundled import BUNDLED, bundled_project_text
from cloudcost.project.describe.reference import project_reference
from cloudcost.project.describe.schema import project_schema
from cloudcost.project.describe.template import template_text
from cloudcost.project.keys.tables import TABLES

REPOSITORY = Path(__file__).resolve().parents[3]
VALID: dict[str, Any] = {
    "dataset": {"images": 1, "size": "7 GB"},
    "training": [{"network": "a", "epochs": 1}],
    "option": [{"kind": "ec2", "instance": "a"}],
}


@cache
def validator() -> Any:
    jsonschema = pytest.importorskip("jsonschema", reason="jsonschema is not installed")
    schema = project_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


@pytest.mark.parametrize("name", BUNDLED)
def test_bundled_files_agree_with_the_schema(name: str) -> None:
    raw = tomllib.loads(bundled_project_text(name))
    assert [error.message for error in validator().iter_errors(raw)] == []


@pytest.mark.parametrize(
    "change",
    [
        {"projcet": {}},
        {"training": []},
        {"dataset": {"images": 1}},
        {"dataset": {"images": 1, "folder": "a"}},
        {"dataset": {"images": 1, "size": "7"}},
        {"dataset": {"images": 0, "size": "7 GB"}},
        {"training": [{"network": "a", "epochs": 1, "hours_per_run": 6}]},
        {"training": [{"network": "a", "epochs": {"low": 1}}]},
        {"training": [{"network": "a", "epochs": 1, "runs": {"mean": 3, "low": 1}}]},
        {"option": [{"kind": "ec2"}]},
        {"option": [{"kind": "ec2", "instance": "a", "watts": 3}]},
        {"option": [{"kind": "ec2", "instance": "a", "hours_per_run": 3, "seconds_per_step": 3}]},
        {"option": [{"kind": "colab"}]},
        {"option": [{"kind": "cloud", "device": "A100"}]},
        {"option": [{"kind": "local", "owned": False}]},
        {"project": {"tax_rate": 2}},
    ],
)
def test_the_schema_refuses_what_reading_refuses(change: dict[str, Any]) -> None:
    assert list(validator().iter_errors(VALID)) == []
    assert list(validator().iter_errors(VALID | change)) != []


@pytest.mark.parametrize(
    "change",
    [
        {"dataset": {"folder": "a"}},
        {"dataset": {"images": 1, "size": 5, "lifecycle": {"to": "GLACIER", "after_days": 3}}},
        {"dataset": {"images": 1, "size": "1.5 GiB", "lifecycle": [{"to": "GLACIER", "after_days": 3}]}},
        {"training": [{"network": "a", "epochs": [1, 2], "runs": {"mean": 3, "dispersion": 1.5}}]},
        {"option": [{"kind": "local", "purchase_usd": 3}]},
        {"option": [{"kind": "cloud", "device": "A100", "usd_per_hour": 1.2}]},
        {"project": {"start": "2026-12-01"}},
    ],
)
def test_the_schema_takes_what_reading_takes(change: dict[str, Any]) -> None:
    assert [error.message for error in validator().iter_errors(VALID | change)] == []


@pytest.mark.parametrize(("table", "key"), [(t, k) for t, model in TABLES.items() for k in model.model_fields])
def test_every_key_is_described(table: str, key: str) -> None:
    description = TABLES[table].model_fields[key].description
    assert description is not None
    assert description.endswith((".", "]"))


def test_the_schema_knows_no_null() -> None:
    assert "null" not in str(project_schema())
    assert "None" not in str(project_schema())


def section(table: str) -> str:
    """Return the part of the commented file that a table's keys stand in."""
    text = bundled_project_text("template")
    start = {
        "project": "[project]", "show_currency": "[project]", "dataset": "[dataset]",
        "lifecycle": "[dataset]", "objects": "[dataset]",
        "option": "# One [[option]]",
        "left_on": "# What is left on",
    }.get(table, "# One [[training]]")  # fmt: skip
    end = {"[project]": "[dataset]", "[dataset]": "# One [[training]]", "# One [[training]]": "# One [[option]]"}
    begin = text.index(start)
    return text[begin : text.index(end[start], begin)] if start in end else text[begin:]


@pytest.mark.parametrize(("table", "key"), [(t, k) for t, model in TABLES.items() for k in model.model_fields])
def test_the_commented_file_shows_every_key_with_its_default(table: str, key: str) -> None:
    part = section(table)
    field = TABLES[table].model_fields[key]
    if table in {"show_currency", "lifecycle", "objects", "checkpoint", "logs", "epochs", "runs"}:
        assert re.search(rf"[{{,] *{key} = ", part), key
        return
    shown = re.findall(rf"^(?:# )?{key} = ([^#\n]+)", part, re.MULTILINE)
    assert shown or re.search(rf"^#   {key} ", part, re.MULTILINE), key
    if field.default is not None and not field.is_required() and key not in {"runs", "lifecycle", "objects"}:
        values = [tomllib.loads(f"value = {value}")["value"] for value in shown]
        default = field.default if isinstance(field.default, str | bool) else float(field.default)
        assert default in values, key


def uncommented(lines: list[str]) -> str:
    """Return lines without the sign before keys and titles; the words below them stay comments."""
    return "\n".join(re.sub(r"^# (?=\[|\w+ = )", "", line) for line in lines)


def test_the_commented_file_is_made_from_the_table_of_keys() -> None:
    assert bundled_project_text("template") == template_text(), "run docs/refresh.py"
    assert max(map(len, template_text().splitlines())) <= 120


def test_the_commented_file_is_priced_and_timed() -> None:
    from cloudcost.analysis.compare import compare
    from cloudcost.project.file import parse_project

    project = parse_project(template_text(), name="project.toml", today=date(2026, 11, 22))
    options = compare(project, today=date(2026, 11, 22), draws=20).options
    assert {option.kind for option in options} == {"ec2", "sagemaker", "colab", "local"}
    assert all(option.total_usd and option.hours for option in options)


def test_commented_keys_are_valid_where_they_stand() -> None:
    """Each commented line alone, uncommented, leaves the file free of unknown keys and wrong values."""
    from cloudcost.errors import ProjectFileError
    from cloudcost.project.file import parse_project

    text = bundled_project_text("template")
    lines = text.splitlines()
    last = next(index for index, line in enumerate(lines) if line.startswith("# Another cloud"))
    tried = 0
    for index, line in enumerate(lines[:last]):
        if re.match(r"# \w+ = ", line):
            tried += 1
            changed = "\n".join([*lines[:index], line.removeprefix("# "), *lines[index + 1 :]])
            key = line.split()[1]
            try:
                parse_project(changed, name="p.toml", today=date(2026, 11, 22))
            except ProjectFileError as error:
                told = error.faults
            else:
                told = ()
            others = {"folder", "objects", "runs", "hours_per_run", "hours_per_run_on", "notebook_instance"}
            if key not in others | {"input", "kwargs", "commitment_usd_per_hour", "spot_savings"}:
                assert told == (), key
    assert tried > 50
    left = next(index for index, line in enumerate(lines) if line.startswith("# What is left on"))
    cloud = uncommented(lines[last + 1 : left])
    options = parse_project(f"{text}\n{cloud}\n", name="p.toml", today=date(2026, 11, 22)).options
    assert options[-1].kind == "cloud"
    first = lines.index("# [[left_on]]")
    standing = uncommented(lines[first:])
    assert len(parse_project(f"{text}\n{standing}\n", name="p.toml", today=date(2026, 11, 22)).left_on) == 1


def test_the_reference_page_is_what_schema_prints() -> None:
    page = REPOSITORY / "docs" / "reference" / "project-file.md"
    assert page.read_text(encoding="utf-8") == project_reference()


@pytest.mark.parametrize("model", TABLES.values())
def test_the_reference_page_has_every_key(model: Any) -> None:
    page = project_reference()
    for key in model.model_fields:
        assert f"| `{key}` |" in page
