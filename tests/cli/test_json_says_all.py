"""JSON holds what the text says: the text is made anew here, out of the JSON alone."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from cloudcost.cli import run
from cloudcost.figures import figure
from cloudcost.money import format_usd
from cloudcost.project.bundled import bundled_project_text
from cloudcost.render.tables.cells import number_cell
from cloudcost.render.tables.chances import percent_cell

VERDICTS = Path(__file__).parents[1] / "golden" / "verdicts"
FILES = (
    "06-option-in-another-region",
    "09-credits-that-expire-within-the-project",
    "09-runs-of-milliseconds-at-home",
)
TODAY = ("--today", "2026-11-22")


def answered(capsys: pytest.CaptureFixture[str], *command: str) -> str:
    assert run([*command, *TODAY]) in (0, 3)
    return capsys.readouterr().out


def bullets(markdown: str) -> dict[str, list[str]]:
    """Return the bullets under each title, as they were before signs of Markdown were escaped."""
    found: dict[str, list[str]] = {}
    title = ""
    for row in re.sub(r"\\(.)", r"\1", markdown).splitlines():
        if row.startswith("## "):
            title = row.removeprefix("## ")
        elif row.startswith("- "):
            found.setdefault(title, []).append(row.removeprefix("- "))
    return found


def cells(markdown: str) -> list[list[str]]:
    """Return the rows of the first table, heads first."""
    plain = re.sub(r"\\(.)", r"\1", markdown)
    rows = next(row for row in plain.split("\n\n") if row.startswith("| "))
    return [[cell.strip() for cell in row.strip("|").split(" | ")] for row in rows.splitlines() if "---" not in row]


def flips_told(flips: Sequence[dict[str, Any]]) -> list[str]:
    told = [each for each in flips if each["told"]]
    return [
        each["odds"]
        for each in sorted(told, key=lambda each: -1.0 if each["chance"] is None else each["chance"], reverse=True)
    ]


def lead(row: dict[str, Any]) -> list[Decimal]:
    ends = row["total_usd"] if None in row["lead_usd"] else row["lead_usd"]
    return [Decimal(each) for each in ends]


def speed_sentence(each: dict[str, Any]) -> str:
    several = f", the effective batch on {each['gpus']} GPUs" if each["gpus"] > 1 else ""
    return (
        f"{each['training']} on {each['option']}: {figure(each['seconds_per_iteration'])} s a step of "
        f"{each['effective_batch']:,} images{several}, {figure(each['images_per_second'])} images/s"
    )


def why_of(record: dict[str, Any]) -> dict[str, list[str]]:
    """Return what `why` says under each title, out of its JSON."""
    worth = [
        each for each in record["suggestions"] if each["saving_usd"] is not None and Decimal(each["saving_usd"]) > 0
    ]
    first: dict[str, str] = {}
    for each in worth:
        if each["option"] != record["best"] and each["feasible"]:
            total = "" if each["total_usd"] is None else f" ({format_usd(Decimal(each['total_usd']))} USD then)"
            first.setdefault(each["option"], f"{each['option']}: {each['sentence']}{total}")
    crossings = [each["sentence"] for each in record["break_even"]["runs"] if each["told"]]
    for quantity, pairs in record["break_even"].items():
        if quantity != "runs":
            crossings += [each["sentence"] for each in pairs or () if each["told"]]
    said = {
        "What would change the answer": flips_told(record["flips"])
        or ["no single input is at all likely to change it"],
        f"What would cost less with {record['best'] or 'it'}": [
            each["sentence"] for each in worth if each["option"] == (record["best"] or "")
        ],
        "Elsewhere": list(first.values()),
        "Cost and time": [record["front_sentence"]],
        "How fast": [speed_sentence(each) for each in record["speeds"]],
        "From where on which wins": crossings,
    }
    return {title: rows for title, rows in said.items() if rows}


@pytest.mark.parametrize("name", [pytest.param("reto", marks=pytest.mark.slow), *FILES])
def test_why_and_its_json_hold_the_same(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "reto.toml" if name == "reto" else VERDICTS / f"{name}.toml"
    if name == "reto":
        path.write_text(bundled_project_text("reto"), encoding="utf-8")
    command = ["why", str(path)]
    record = json.loads(answered(capsys, *command, "--format", "json"))
    text = answered(capsys, *command, "--format", "md")
    assert text.startswith("**")
    assert bullets(text) == why_of(record)
    known = [row for row in record["tornado"] if None not in row["lead_usd"]]
    moving = [row for row in known if lead(row)[0] != lead(row)[2]] if record["runner_up"] else record["tornado"]
    if moving:
        ranked = sorted(moving, key=lambda row: -abs(lead(row)[0] - lead(row)[2])) if record["runner_up"] else moving
        ends = [[format_usd(min(lead(row)[::2])), format_usd(max(lead(row)[::2]))] for row in ranked]
        assert [row[3:] for row in cells(text)[1:]] == ends
        assert [row[0] for row in cells(text)[1:]] == [row["label"] for row in ranked]


def compared(record: dict[str, Any]) -> list[list[str]]:
    """Return the table of `compare`, out of its JSON."""
    rows = []
    for each in record["options"]:
        low, high = (format_usd(Decimal(end)) for end in each["interval_usd"])
        chances = ("cheapest", "within_duration", "within_budget", "within_deadline")
        paid = [(group["group"], Decimal(group["amount_usd"])) for group in each["groups"]]
        positive = [(group, amount) for group, amount in paid if amount > 0]
        group, amount = max(positive, key=lambda pair: pair[1])
        rows.append(
            [
                each["name"] + ("" if each["feasible"] else " (not feasible)"),
                format_usd(Decimal(each["total_usd"])),
                f"{low} - {high}",
                number_cell(each["hours"]),
                figure(each["seconds_per_iteration"]),
                each["basis"],
                *(percent_cell(each[f"probability_{chance}"]) for chance in chances),
                f"{group} {100 * amount / sum(amount for _, amount in positive):.0f} %",
            ]
        )
    return rows


def test_compare_and_its_json_hold_the_same(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "reto.toml"
    path.write_text(bundled_project_text("reto"), encoding="utf-8")
    command = ["compare", str(path), "--draws", "200", "--budget", "30", "--deadline", "3 days"]
    record = json.loads(answered(capsys, *command, "--format", "json"))
    text = answered(capsys, *command, "--format", "md")
    assert cells(text)[1:] == compared(record)
    said = bullets(text)
    assert said["Break-even"] == [each["sentence"] for each in record["break_even"]["runs"] if each["told"]]
    assert said.get("Warnings", []) == record["warnings"]
    assert said["Not included"] == record["excluded"]
    assert said.get("Not feasible", []) == [
        f"{each['name']}: {each['reason']}" for each in record["options"] if not each["feasible"]
    ]
    assert said.get("Beside the totals", []) == [
        f"{each['name']}: {beside}" for each in record["options"] for beside in each["beside"]
    ]
    assumed = {each for option in record["options"] for each in option["assumptions"]}
    assert {each for each in assumed if not any(each in row for row in said["Assumed"])} == set()
    days = record["duration_seconds"] // 86_400
    counts = ", ".join(
        f"{each['expected']} ({each['low']} to {each['high']}) x {each['training']}" for each in record["runs"]
    )
    assert (
        f"{record['project']}: {counts}, within {days} days from {record['start']}, {record['region']}"
        in text.replace("\\", "")
    )


def test_csv_has_the_chances_of_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "reto.toml"
    path.write_text(bundled_project_text("reto"), encoding="utf-8")
    command = ["compare", str(path), "--draws", "200", "--budget", "30"]
    record = json.loads(answered(capsys, *command, "--format", "json"))
    rows = list(csv.DictReader(io.StringIO(answered(capsys, *command, "--format", "csv"))))
    keys = [f"probability_{each}" for each in ("cheapest", "within_duration", "within_budget", "within_deadline")]
    for row, option in zip(rows, record["options"], strict=True):
        assert [row[key] for key in keys] == ["" if option[key] is None else str(option[key]) for key in keys]
    assert {row["probability_within_deadline"] for row in rows} == {""}
    assert all(0 <= float(row["probability_within_budget"]) <= 1 for row in rows)


def test_quick_and_its_json_hold_the_same(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    saved = tmp_path / "saved.toml"
    command = ["quick", "resnet18", "--images", "2000", "--epochs", "4", "--runs", "2", "--gpu", "RTX 3060"]
    record = json.loads(answered(capsys, *command, "--format", "json", "--save", str(saved)))
    text = " ".join(answered(capsys, *command).split())
    assert record["project_file"] == saved.read_text(encoding="utf-8")
    assert record["own"] == "your RTX 3060"
    told = flips_told(record["flips"])
    assert told == [] or f"- {told[0]}" in text
    assert told or "no single input is at all likely to" in text
    for option in record["options"]:
        assert f" {option['name'].split()[0]} " in text
        assert f" {format_usd(Decimal(option['total_usd']))} " in text
    assert record["considered"] == record["priced"] + sum(record["left_out"].values())
