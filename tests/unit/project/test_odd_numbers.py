"""No value is too odd for a numeric key: one clear line, and a value that the line proposes is a right one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

import pytest

from cloudcost.errors import ProjectFileError
from cloudcost.project.file import parse_project
from cloudcost.project.keys.facts import KINDS, key_forms, kinds_with
from cloudcost.project.keys.tables import MODELS

TODAY = date(2026, 11, 22)
ODD = (
    "inf", "-inf", "nan", "-nan", "-0.0", "1e308", "-1e308", "1e400", "1e-400", "-1", "-0.5", "0", "0.5", "1.5", "23",
    "101", "9223372036854775808", "1" + "0" * 40, "true", "false", '"12"', '""', "[]", "{}", "[nan]", "{low = nan}",
    "{mean = inf}", "{low = inf, mode = nan, high = 3}", "{low = true, mode = 2, high = 3}", "2026-11-28", "12:00:00",
)  # fmt: skip
NEEDS = {
    "ec2": {"instance": '"g4dn.xlarge"'},
    "sagemaker": {"instance": '"ml.g4dn.xlarge"'},
    "colab": {"accelerator": '"T4"'},
    "local": {"owned": "true", "device": '"RTX 3060"', "country": '"DEU"'},
    "cloud": {"device": '"T4"', "usd_per_hour": "1"},
}
INLINE = {
    "LifecycleTable": ("dataset", "lifecycle", {"to": '"GLACIER"', "after_days": "30"}),
    "ObjectsTable": ("dataset", "objects", {"count": "9", "size": "9", "age_days": "36500", "noncurrent_days": "9"}),
    "CurrencyTable": ("project", "show_currency", {"code": '"MXN"', "rate": "18"}),
    "CheckpointTable": ("training", "checkpoint", {"size": '"1 MB"'}),
    "CountTable": ("training", "runs", {"low": "1", "mode": "2", "high": "300"}),
}
TABLES = {
    "ProjectTable": "project", "DatasetTable": "dataset", "TrainingTable": "training", "OptionTable": "option",
    "LeftOnTable": "left_on",
}  # fmt: skip
BESIDE = {"hours_per_run_on": {"hours_per_run": "6"}, "notebook_hours": {"notebook_instance": '"ml.t3.medium"'}}


def _numeric_keys() -> Iterator[tuple[str, str, str]]:
    for table in MODELS:
        for key, form in key_forms(table).items():
            if form in {"int", "float", "usd", "quantity", "count"}:
                kinds = kinds_with(key) if table == "OptionTable" else KINDS
                yield from ((table, key, kind) for kind in (kinds if kinds != KINDS else KINDS[:1]))


def _text(table: str, key: str, value: str, kind: str) -> str:
    keys: dict[str, dict[str, str]] = {
        "project": {},
        "dataset": {"images": "100", "size": '"1 GB"'},
        "training": {"network": '"resnet18"', "epochs": "3"},
        "option": {"name": '"a"', "kind": f'"{kind}"', **NEEDS[kind]},
    }
    if table == "LeftOnTable":
        keys["left_on"] = {"service": '"AmazonEC2"', "usage_type": '"EBS:VolumeUsage.gp3"'}
    if table in INLINE:
        outer, name, entries = INLINE[table]
        entries = {"mean": "3"} if key in {"mean", "dispersion"} else entries
        entries = {} if key == "expire_after_days" else entries
        if table == "ObjectsTable":  # beside current ones, in place of the size
            del keys["dataset"]["size"]
        keys[outer][name] = "{" + ", ".join(f"{k} = {v}" for k, v in {**entries, key: value}.items()) + "}"
        if table == "ObjectsTable":
            keys[outer][name] = f"[{keys[outer][name]}, {{count = 1, size = 1}}]"
    else:
        keys[TABLES[table]].update(BESIDE.get(key, {}) | {key: value})
        if key == "commitment_usd_per_hour":
            keys["option"]["purchase"] = f'"{"compute" if kind == "ec2" else kind}-savings-plan-1y-no-upfront"'
        if key == "spot_savings":
            keys["option"]["purchase"] = '"spot"'
        if table == "TrainingTable" and key == "hours_per_run":
            keys["training"]["hours_per_run_on"] = '"T4"'
    heads = {"project": "[project]", "dataset": "[dataset]"}
    return "\n".join(
        line
        for name, entries in keys.items()
        for line in (heads.get(name, f"[[{name}]]"), *(f"{k} = {v}" for k, v in entries.items()))
    )


def _faults(text: str) -> tuple[str, ...]:
    try:
        parse_project(text, name="p.toml", today=TODAY)
    except ProjectFileError as error:
        return error.faults
    return ()


def _proposed(fault: str) -> Iterator[str]:
    if found := re.search(r"write (?:e\.g\. )?\w+ = (.+?)(?: for [\d.]+ %)?$", fault):
        yield found[1]
    elif found := re.search(r"write a (?:whole )?number from (\S+) to (\S+)$", fault):
        yield from found.groups()


@pytest.mark.parametrize(("table", "key", "kind"), [*_numeric_keys()])
def test_an_odd_value_is_one_line_and_what_it_proposes_is_right(table: str, key: str, kind: str) -> None:
    for value in ODD:
        faults = _faults(_text(table, key, value, kind))
        own = [fault for fault in faults if re.match(rf"p\.toml:\S*\b{key}(?:\[\d\])?:", fault)]
        assert len(own) <= 1
        assert all("\n" not in fault and fault.startswith("p.toml:") and fault.count(", ") >= 2 for fault in faults)
        for fault in own:
            proposals = [*_proposed(fault)]
            assert proposals or not re.search(r"\b(write|give)\b.*\d", fault.rsplit(", ", 1)[-1]), fault
            for proposal in proposals:
                again = _faults(_text(table, key, proposal, kind))
                assert [each for each in again if f"{key}:" in each] == [], (fault, proposal)
                assert proposal not in {"0", "0.0"} or "from 0 to" in fault, fault  # nothing is no remedy


def test_a_negative_nothing_is_nothing() -> None:
    keys = (("ProjectTable", "tax_rate"), ("OptionTable", "usd_per_hour"), ("OptionTable", "idle_hours_per_day"))
    for table, key in keys:
        minus, plain = (
            parse_project(_text(table, key, value, "ec2"), name="p.toml", today=TODAY) for value in ("-0.0", "0")
        )
        assert repr(minus) == repr(plain)


def test_keys_nested_beyond_all_reason_are_a_fault() -> None:
    text = "a." * 3000 + "b = 1\n" + _text("ProjectTable", "machines", "1", "ec2")
    assert any(fault.startswith("p.toml:a: unknown table, {a = {a = ") for fault in _faults(text))
