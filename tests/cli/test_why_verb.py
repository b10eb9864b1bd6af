"""`why` as a user types it: the same reasons in every format, and what a program reads of them."""

from __future__ import annotations

import csv
import io
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from cloudcost.cli import run
from cloudcost.render.tables.columns import display_width

TODAY = ("--today", "2026-11-22")
PROJECT = """
[project]
name = "leaves"
region = "us-east-1"
duration = "4 days"
keep_months = 1
[dataset]
images = 60_000
size = "7 GB"
[[training]]
network = "resnet50"
batch = 64
epochs = 10
runs = { low = 3, mode = 5, high = 8 }
[[option]]
name = "EC2 g5.12xlarge"
kind = "ec2"
instance = "g5.12xlarge"
[[option]]
name = "EC2 g4dn.xlarge"
kind = "ec2"
instance = "g4dn.xlarge"
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    path = tmp_path / "project.toml"
    path.write_text(PROJECT, encoding="utf-8")
    return path


def asked(project: Path, capsys: pytest.CaptureFixture[str], output: str) -> str:
    assert run(["why", str(project), *TODAY, "--format", output]) == 0
    return capsys.readouterr().out


def record_of(project: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    record: dict[str, Any] = json.loads(asked(project, capsys, "json"))
    return record


def test_text_says_what_json_says(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    record = record_of(project, capsys)
    text = asked(project, capsys, "text")
    plain = " ".join(text.split())
    assert record["schema"] == "cloudcost.reasons/1"
    assert plain.startswith(record["verdict"])
    assert f"by how many USD {record['runner_up']} costs more than {record['best']}" in plain
    assert max(map(display_width, text.splitlines())) <= 80
    for title in ("what would change the answer", f"what would cost less with {record['best']}", "how fast"):
        assert title in text
    for flip in record["flips"]:
        assert flip["chance"] is None or 0 <= flip["chance"] <= 1
        unheard_of = flip["parameter"] == "credits" and not flip["assumed"]
        if flip["chance"] is not None and flip["chance"] > 0.01 and not unheard_of:
            assert f"then {flip['becomes'] or 'no option can do it'}" in plain
    own = [
        each for each in record["suggestions"] if each["option"] == record["best"] and Decimal(each["saving_usd"]) > 0
    ]
    assert own
    assert all(each["text"] in plain for each in own)


def test_the_effective_batch_is_said_where_gpus_multiply_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    alone = tmp_path / "alone.toml"
    alone.write_text(PROJECT.replace('"EC2 g4dn.xlarge"\nkind = "ec2"\ninstance = "g4dn.xlarge"',
                                     '"other"\nkind = "ec2"\ninstance = "p4d.24xlarge"'), encoding="utf-8")  # fmt: skip
    [speed] = record_of(alone, capsys)["speeds"]
    assert (speed["gpus"], speed["effective_batch"]) == (4, 256)
    assert speed["images_per_second"] == pytest.approx(256 / speed["seconds_per_iteration"])
    said = " ".join(asked(alone, capsys, "text").split())
    assert "a step of 256 images, the effective batch on 4 GPUs, " in said


def test_csv_has_a_row_for_each_input_change_and_saving(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    record = record_of(project, capsys)
    rows = list(csv.DictReader(io.StringIO(asked(project, capsys, "csv"))))
    count = {kind: sum(row["reason"] == kind for row in rows) for kind in ("input", "change", "saving")}
    moving = [row for row in record["tornado"] if len(set(row["lead_usd"][::2])) > 1 and None not in row["lead_usd"]]
    assert count == {"input": len(moving), "change": len(record["flips"]), "saving": len(record["suggestions"])}


def test_break_even_of_the_first_two_is_told_beside_what_the_project_has(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Over what enters a total of theirs: a machine that is owned has no share of its life in the total."""
    own = '[[option]]\nname = "mine"\nkind = "local"\ndevice = "RTX 3060"\nowned = true\ncountry = "USA"\n'
    path = tmp_path / "own.toml"
    path.write_text(PROJECT + own, encoding="utf-8")
    record = record_of(path, capsys)
    pair = {record["best"], record["runner_up"]}
    assert "mine" in pair
    told = {
        quantity: each
        for quantity, found in record["break_even"].items()
        for each in found
        if {each["a"], each["b"]} == pair
    }
    text = " ".join(asked(path, capsys, "text").split())
    for quantity in ("hours", "months", "dataset", "electricity"):
        assert "; the project has " in told[quantity]["sentence"]
        assert told[quantity]["sentence"] in text
    assert "of its life in use" not in text
    rows = list(csv.DictReader(io.StringIO(asked(path, capsys, "csv"))))
    at = [float(row["low"]) for row in rows if row["reason"] == "break-even"]
    assert at == pytest.approx([float(each) for name, one in told.items() if name != "runs" for each in one["at"]])
    assert at
    bought = own.replace("owned = true", 'purchase_usd = 900\nlifetime_years = 3\ncharge = "share"')
    path.write_text(PROJECT + bought, encoding="utf-8")
    assert "of its life in use" in asked(path, capsys, "md")


def test_markdown_is_a_table_and_bullets(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = asked(project, capsys, "md")
    assert text.startswith("**")
    assert "| input | range | of | least | most |" in text
    assert "## What would change the answer\n\n- " in text


def test_the_zero_of_the_lead_is_marked(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bars = [row for row in asked(project, capsys, "text").splitlines() if "|" in row]
    assert bars
    at = {row.index("0", 26) for row in bars if "0 " in row[26:56]}
    assert len(at) == 1


def test_one_option_has_no_lead(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one = tmp_path / "one.toml"
    one.write_text(PROJECT[: PROJECT.rindex("[[option]]")], encoding="utf-8")
    assert "what moves the total of EC2 g5.12xlarge, in USD" in asked(one, capsys, "text")


def test_nothing_feasible_is_exit_3_with_all_that_is_known(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    never = tmp_path / "never.toml"
    never.write_text(PROJECT.replace('duration = "4 days"', 'duration = "1 hour"'), encoding="utf-8")
    assert run(["why", str(never), *TODAY]) == 3
    out = capsys.readouterr().out
    assert "what would change the answer" in out
    assert "how fast" not in out
