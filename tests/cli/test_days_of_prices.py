"""Projects long before and long after what the price book knows: told of, marked, refused where that is asked for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cloudcost.cli import run

TODAY = ["--today", "2026-11-22", "--draws", "0"]
PROJECT = """[project]
region = "eu-central-1"
duration = "4 days"
start = "{start}"
[dataset]
images = 1000
size = "1 GB"
storage_class = "STANDARD_IA"
[[training]]
network = "resnet18"
epochs = 1
[[option]]
name = "od"
kind = "ec2"
instance = "{instance}"
[[option]]
name = "sm"
kind = "sagemaker"
instance = "ml.g4dn.xlarge"
"""

Captured = pytest.CaptureFixture[str]


def project(folder: Path, *, start: str = "2026-11-22", instance: str = "g4dn.xlarge") -> str:
    path = folder / "p.toml"
    path.write_text(PROJECT.format(start=start, instance=instance), encoding="utf-8")
    return str(path)


def told(arguments: list[str], capsys: Captured, code: int = 0) -> tuple[dict[str, Any], str]:
    assert run([*arguments, *TODAY, "--format", "json"]) == code
    captured = capsys.readouterr()
    record: dict[str, Any] = json.loads(captured.out)
    return record, captured.err


def test_a_day_before_there_was_anything_is_no_feasible_option(tmp_path: Path, capsys: Captured) -> None:
    path = project(tmp_path)
    assert run(["compare", path, *TODAY, "--format", "json", "--as-of", "2006-03-14"]) in (0, 3)
    captured = capsys.readouterr()
    options = json.loads(captured.out)["options"]
    assert [each["feasible"] for each in options] == [False, False]
    assert all("g4dn.xlarge could not be started on 2006-03-14: g4dn began on 2019-09-20" in each["reason"]
               for each in options)  # fmt: skip
    assert "not known for the time asked; each is the first one known, of " in captured.err
    assert run(["compare", path, *TODAY, "--as-of", "2006-03-14"]) in (0, 3)
    assert "prices of 2006-03-14" in " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize("verb", [["compare"], ["estimate", "--option", "od"]])
def test_a_project_of_former_months_marks_and_tells_what_it_carries_back(
    verb: list[str], tmp_path: Path, capsys: Captured
) -> None:
    record, err = told([*verb, project(tmp_path, start="2024-02-01")], capsys)
    [option] = [each for each in record.get("options", [record]) if each["name"] == "od"]
    carried = [line for line in option["lines"] if "is carried back" in line["why"]]
    assert {line["usage_type"] for line in carried} >= {"EBS:VolumeUsage.gp3"}
    assert {line["grade"] for line in carried} == {"assumed"}
    assert all(line["source"] and line["as_of"] for line in carried)
    assert "not known for the time asked" in err
    assert any("the first one known carried back" in said for said in option["assumptions"])
    machine = next(line for line in option["lines"] if line["usage_type"] == "BoxUsage:g4dn.xlarge")
    assert machine["grade"] == "third-party"


def test_no_assumed_refuses_what_would_be_carried_back(tmp_path: Path, capsys: Captured) -> None:
    record, err = told(["compare", project(tmp_path, start="2024-02-01"), "--no-assumed"], capsys)
    reason = {each["name"]: each["reason"] for each in record["options"]}
    assert reason["sm"] is None
    assert reason["od"].startswith(
        "no price for AmazonEC2/EBS:VolumeUsage.gp3/on-demand in eu-central-1 on 2024-02-01; "
    )
    assert "the first one known is of 2024-07-18" in reason["od"]
    assert "not known for the time asked" not in err


def test_a_machine_that_does_not_exist_yet_does_not_win(tmp_path: Path, capsys: Captured) -> None:
    record, _ = told(["compare", project(tmp_path, start="2024-02-01", instance="g6.xlarge")], capsys)
    option = {each["name"]: each for each in record["options"]}
    assert option["sm"]["feasible"]
    assert not option["od"]["feasible"]
    assert option["od"]["reason"] == "g6.xlarge could not be started on 2024-02-01: g6 began on 2024-04-04"
    assert option["od"]["total_usd"] is not None
    assert record["verdict"].startswith("Cloud: sm does it")


@pytest.mark.parametrize("later", [["--as-of", "2190-01-01"], []])
def test_a_day_long_after_the_book_is_warned_of(later: list[str], tmp_path: Path, capsys: Captured) -> None:
    start = "2026-11-22" if later else "2190-01-01"
    record, err = told(["compare", project(tmp_path, start=start), *later], capsys)
    assert "over 18 months old" in err
    assert any("over 18 months old" in warning for warning in record["warnings"])


def test_the_lines_of_every_format_say_where_a_price_is_from(tmp_path: Path, capsys: Captured) -> None:
    path = project(tmp_path)
    record, _ = told(["compare", path], capsys)
    for option in record["options"]:
        assert all({"source", "as_of"} <= set(line) for line in option["lines"])
    assert run(["estimate", path, "--option", "od", *TODAY, "--format", "csv"]) == 0
    header = capsys.readouterr().out.splitlines()[0].split(",")
    assert {"source", "as_of"} <= set(header)
