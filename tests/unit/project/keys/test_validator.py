"""The validator that is read from a file accepts, refuses and returns what the models do, without loading them."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel
from pydantic_core import ValidationError, __version__

from cloudcost.project.bundled import BUNDLED, bundled_project_text
from cloudcost.project.keys import conversions, stored, validator
from cloudcost.project.keys.facts import key_forms
from cloudcost.project.keys.tables import MODELS, ProjectFile
from cloudcost.project.keys.validator import PLAN_FILE, ROWS, ReadTable, changed_table, read_file, read_table

START = '[dataset]\nimages = 1\nsize = "1 GB"\n[[option]]\nkind = "ec2"\ninstance = "g4dn.xlarge"\n[[training]]\n'
LINES = (
    'runs = "many"', "batch = 0", "batch = true", "batch = 32.0", "image_px = 224.5", "epochs = []",
    "runs = {low = 1, middle = 2}", "unknown = 1", "precision = 'fp8'", "hours_per_run = nan", "classes = -1",
    "channels_last = 1", "checkpoint = {every_epochs = 1}", "checkpoint = {size = '0 GB'}", "network = 3",
)  # fmt: skip
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-2, 10**19),
    st.decimals(allow_nan=True, allow_infinity=True),
    st.sampled_from(["", "4 days", "7 GB", "ec2", "STANDARD", "2026-11-22", "2026-11-22T08:00:00Z", "copy", "1 EiB"]),
    st.sampled_from([[], [1], {}, {"low": 1}, {"mean": Decimal("1.5")}, {"to": "GLACIER", "after_days": 3}]),
    st.dates(),
    st.datetimes(),
)


def plain(value: object) -> object:
    """Return what was read as mappings and lists."""
    if isinstance(value, ReadTable | BaseModel):
        return {key: plain(each) for key, each in vars(value).items()}
    return [plain(each) for each in value] if isinstance(value, list) else value


def told(error: ValidationError) -> list[dict[str, Any]]:
    """Return what the wording of faults looks at."""
    kept = ("type", "loc", "input", "ctx")
    return [{key: each.get(key) for key in kept} for each in error.errors(include_url=False)]


def outcome(read: Any, raw: object) -> object:
    try:
        return repr(plain(read(raw)))
    except ValidationError as error:
        return repr(told(error))


same_core = pytest.mark.skipif(
    validator.stored()["core"] != __version__, reason="the plan is of another version of pydantic's core"
)
"""Where the versions differ the models are asked: the tests without this mark hold there, too."""


@same_core
def test_the_shipped_plan_is_that_of_the_models() -> None:
    assert PLAN_FILE.read_text(encoding="utf-8") == stored.stored_text(), "run docs/refresh.py"


@pytest.mark.parametrize("name", MODELS)
def test_the_plan_has_every_key_in_the_order_of_the_table(name: str) -> None:
    assert [*key_forms(name)] == [*MODELS[name].model_fields]


@pytest.mark.parametrize("text", [*map(bundled_project_text, BUNDLED), *(f"{START}{line}\n" for line in LINES)])
def test_a_file_is_read_as_the_models_read_it(text: str) -> None:
    raw = tomllib.loads(text, parse_float=Decimal)
    assert outcome(read_file, raw) == outcome(ProjectFile.model_validate, raw)


@pytest.mark.parametrize("name", MODELS)
@given(data=st.data())
def test_a_table_of_any_values_is_read_as_the_model_reads_it(name: str, data: st.DataObject) -> None:
    keys = st.sampled_from([*MODELS[name].model_fields, "unknown"])
    raw = data.draw(st.dictionaries(keys, VALUES, max_size=4))
    assert outcome(validator._validator(name).validate_python, raw) == outcome(MODELS[name].model_validate, raw)


@same_core
@pytest.mark.parametrize("name", ["DatasetTable", "TrainingTable", "OptionTable"])
@given(data=st.data())
def test_a_changed_table_is_the_table_with_the_change(name: str, data: st.DataObject) -> None:
    raw = {"DatasetTable": {}, "TrainingTable": {"network": "a"}, "OptionTable": {"kind": "ec2"}}[name]
    start = read_table(raw, name)
    assert start is not None
    before = repr(plain(start))
    changes = data.draw(st.dictionaries(st.sampled_from([*MODELS[name].model_fields]), VALUES, max_size=3))
    changed, read = changed_table(start, changes, name), read_table({**raw, **changes}, name)
    assert repr(plain(changed)) == repr(plain(read))
    assert repr(plain(start)) == before


def test_a_table_with_faults_is_none() -> None:
    assert read_table({"images": 0}, "DatasetTable") is None
    assert read_table({"images": 3}, "DatasetTable") is not None


def test_a_plan_of_another_version_of_pydantic_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = tomllib.loads(bundled_project_text("reto"), parse_float=Decimal)
    usual = outcome(read_file, raw)
    monkeypatch.setattr(validator, "stored", lambda: {"core": "0"})
    validator._validator.cache_clear()
    try:
        assert isinstance(read_file(raw), ProjectFile)
        assert outcome(read_file, raw) == usual
        assert changed_table(ReadTable(), {}, "ProjectTable") is None
    finally:
        validator._validator.cache_clear()


def calls(node: object) -> Iterator[tuple[str, str]]:
    if isinstance(node, dict):
        yield from ((key, value) for key, value in node.items() if key in ("$rows", "$call"))
        node = [*node.values()]
    if isinstance(node, list):
        for each in node:
            yield from calls(each)


def test_choices_that_are_rows_of_tables_are_not_written_into_the_plan() -> None:
    """A storage class more is a row, and the validator knows it."""
    named = set(calls(json.loads(PLAN_FILE.read_text(encoding="utf-8"))))
    assert {value for key, value in named if key == "$rows"} == set(ROWS)
    assert all(callable(getattr(conversions, value)) for key, value in named if key == "$call")


def test_a_function_that_cannot_be_named_is_refused() -> None:
    with pytest.raises(ValueError, match="the stored validator cannot name it"):
        stored._called(len)


@same_core
def test_reading_the_bundled_project_loads_no_pydantic() -> None:
    code = (
        "import sys, datetime; from cloudcost.project.bundled import bundled_project_text as t;"
        "from cloudcost.project.file import parse_project as p;"
        "p(t('reto'), name='reto.toml', today=datetime.date(2026, 11, 22)); sys.exit('pydantic' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
