"""A project in code is the project of a file: the same keys, the same checks, the same messages."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import cloudcost
from cloudcost.api.projects import toml_tables
from cloudcost.project.written import toml_text

FILES = sorted((Path(__file__).parents[2] / "golden" / "verdicts").glob("*.toml"))
TODAY = date(2026, 11, 22)
LEAVES: dict[str, Any] = {
    "dataset": {"images": 20_000, "size": "2.4 GB"},
    "training": [{"network": "resnet18", "batch": 64, "epochs": 30}],
    "option": [{"name": "EC2", "kind": "ec2", "instance": "g4dn.xlarge"}],
}


def test_there_are_projects_to_hold_against_code() -> None:
    assert len(FILES) >= 20


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_tables_in_code_are_the_project_of_the_file(file: Path) -> None:
    """Or have its faults. Floats are Python's own here; a file's are decimals."""
    text = file.read_text(encoding="utf-8")
    assert _outcome(lambda: cloudcost.make_project(**tomllib.loads(text), today=TODAY)) == _outcome(
        lambda: cloudcost.parse_project(text, today=TODAY)
    )


def _outcome(made: Callable[[], cloudcost.Project]) -> cloudcost.Project | tuple[str, ...]:
    try:
        return made()
    except cloudcost.ProjectFileError as error:
        return error.faults


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_tables_written_as_toml_are_read_again(file: Path) -> None:
    tables = tomllib.loads(file.read_text(encoding="utf-8"), parse_float=Decimal)
    assert tomllib.loads(toml_text(tables), parse_float=Decimal) == tables


@pytest.mark.parametrize(
    ("changed", "text"),
    [
        ({"datset": {}}, "[datset]\n"),
        ({"project": {"regoin": "us-east-1"}}, '[project]\nregoin = "us-east-1"\n'),
        ({"project": {"tax_rate": 1.6}}, "[project]\ntax_rate = 1.6\n"),
        ({"project": {"duration": 4}}, "[project]\nduration = 4\n"),
    ],
)
def test_faults_are_those_of_the_file(changed: dict[str, Any], text: str) -> None:
    with pytest.raises(cloudcost.ProjectFileError) as made:
        cloudcost.make_project(**changed)
    with pytest.raises(cloudcost.ProjectFileError) as read:
        cloudcost.parse_project(text)
    assert made.value.faults == read.value.faults


def test_one_training_or_option_needs_no_list_and_none_is_left_out() -> None:
    alone = {
        "dataset": LEAVES["dataset"] | {"reader": None},
        "training": LEAVES["training"][0],
        "option": LEAVES["option"][0],
        "left_on": None,
    }
    assert cloudcost.make_project(**alone, today=TODAY) == cloudcost.make_project(**LEAVES, today=TODAY)


def test_numbers_of_numpy_are_numbers() -> None:
    tables = {
        "tax_rate": np.float64(0.16),
        "images": np.int64(3),
        "names": ("a", Path("b")),
        "kept": True,
        "list": np.array([1, 2]),
    }
    assert toml_tables({"t": tables}) == {
        "t": {"tax_rate": Decimal("0.16"), "images": 3, "names": ["a", "b"], "kept": True, "list": [1, 2]}
    }


@pytest.mark.parametrize("value", [object(), b"bytes", 1 + 2j])
def test_what_no_file_can_state_is_a_fault_with_its_key(value: object) -> None:
    with pytest.raises(cloudcost.ProjectFileError, match=r"project:dataset\.size: "):
        cloudcost.make_project(**{**LEAVES, "dataset": {"images": 3, "size": value}})


def test_a_value_that_toml_cannot_state_names_its_place() -> None:
    with pytest.raises(cloudcost.InputError, match=r"project:option\[0\]\.name: no value of a project file, 3\+?"):
        toml_text({"option": [{"name": 3j}]})


def test_a_table_without_a_name_is_refused() -> None:
    with pytest.raises(cloudcost.InputError, match="project: no name of a table, 3, name it"):
        cloudcost.compare({3: {}})  # type: ignore[dict-item]


@pytest.mark.parametrize("given", [3, None, ["project.toml"], b"project.toml"])
def test_what_is_no_project_is_refused(given: Any) -> None:
    with pytest.raises(cloudcost.CloudCostError, match="project: no path, "):
        cloudcost.compare(given)
