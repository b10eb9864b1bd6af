"""`choose` as a user types it: filters, counts that add up, one line for each fault."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cloudcost.cli import run
from cloudcost.render.tables.columns import display_width

NARROW = ("--today", "2026-11-22", "--gpu", "L4", "--region", "us-east-1", "--top", "3")
PROJECT = """
[dataset]
images = 60_000
size = "7 GB"
[[training]]
network = "resnet18"
batch = 64
epochs = 5
runs = 2
[[option]]
name = "mine"
kind = "ec2"
instance = "g4dn.xlarge"
"""


@pytest.fixture
def project(tmp_path: Path) -> str:
    path = tmp_path / "project.toml"
    path.write_text(PROJECT, encoding="utf-8")
    return str(path)


def test_json_is_a_comparison_with_counts(project: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["choose", project, *NARROW, "--format", "json"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert record["schema"] == "cloudcost.comparison/1"
    assert len(record["options"]) == 1 + 3
    assert record["considered"] == record["priced"] + sum(record["left_out"].values()) > 20_000
    assert record["front"][0]["name"] in {each["name"] for each in record["options"]}


def test_text_says_the_front_and_what_was_left_out(project: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["choose", project, *NARROW]) == 0
    out = capsys.readouterr().out
    assert max(map(display_width, out.splitlines())) <= 80
    plain = " ".join(out.split())
    assert "cost against time, of the whole book - " in plain
    assert "rows of the price book considered, " in plain
    assert "other than asked for" in plain


@pytest.mark.parametrize(
    ("flags", "fault"),
    [
        (
            ["--provider", "awss"],
            "--provider: not known, 'awss', did you mean aws? it is one of aws, ec2, ",
        ),
        (["--gpu", "Voodoo 2"], "choose:--gpu: no GPU with this name, 'Voodoo 2', "),
        (["--gpu", ""], "choose:--gpu: no GPU with this name, '', "),
        (["--region", "us-eest-1"], "choose:--region: no such region, 'us-eest-1', did you mean us-east-1"),
        (["--max-hours", "0"], "no number of hours above 0, '0', write 24"),
        (["--top", "0"], "no number from 1 to 1,000, '0', write 10"),
        (["--purchase", "stolen"], "invalid choice: 'stolen'"),
    ],
)
def test_a_filter_that_is_none_is_one_line(
    flags: list[str], fault: str, project: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["choose", project, *flags]) == 2
    assert fault in " ".join(capsys.readouterr().err.split())


def test_nothing_of_the_kind_is_said(project: str, capsys: pytest.CaptureFixture[str]) -> None:
    line = ["choose", project, "--today", "2026-11-22", "--gpu", "T4", "--region", "eu-west-1", "--provider", "runpod"]
    assert run(line) == 0
    err = capsys.readouterr().err
    assert "no row of the price book is of the provider, region, GPU and purchase asked for" in " ".join(err.split())
