"""A project that was put together in Python is checked as its file would be, key by key of the table of keys."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date
from typing import Any

import pytest

from cloudcost.domain.project import LocalMachine, Option, Project
from cloudcost.errors import ProjectFileError
from cloudcost.project.bundled import bundled_project_text
from cloudcost.project.checks.in_python import _raw, check_names
from cloudcost.project.file import parse_project
from cloudcost.project.keys.option_table import OptionTable

FILE = parse_project(bundled_project_text("template"), name="p.toml", today=date(2026, 11, 22))
BY_KIND: dict[str, Option] = {option.kind: option for option in FILE.options}
OF_MACHINES = {field.name for field in fields(LocalMachine)}


def with_option(option: Option) -> Project:
    return replace(FILE, options=(option,))


@pytest.mark.parametrize("key", OptionTable.model_fields)
def test_every_key_that_an_option_holds_is_looked_at(key: str) -> None:
    """A key of the table that is added later is told without a list of keys to be kept."""
    option, value = BY_KIND["local"], "local" if key == "kind" else "x"
    change: dict[str, Any] = {key: value}
    if key in OF_MACHINES:
        assert option.local is not None
        option = replace(option, local=replace(option.local, **change))
    else:
        option = replace(option, **change)
    raw: Any = _raw(with_option(option))
    assert raw["option"][0][key] == value


@pytest.mark.parametrize(
    ("kind", "changes", "told"),
    [
        ("sagemaker", {"volume_gib": 20_000}, "volumes have at most"),
        ("colab", {"plan": "free", "high_memory": True}, "for subscribers"),
        ("ec2", {"instance": None}, "option[0].instance: missing"),
        ("colab", {"accelerator": "T5"}, "not an accelerator of Colab"),
        ("sagemaker", {"notebook_hours": 3.0}, "option[0].notebook_instance: missing"),
        ("local", {"device": None}, "option[0].device: missing"),
    ],
)
def test_what_a_file_is_refused_for_is_refused(kind: str, changes: dict[str, Any], told: str) -> None:
    option = replace(BY_KIND[kind], **changes)
    with pytest.raises(ProjectFileError) as error:
        check_names(with_option(option))
    assert told in str(error.value)


def test_the_project_of_a_file_without_faults_has_none() -> None:
    check_names(FILE)
    for option in FILE.options:
        check_names(with_option(option))
