"""`diff` as a user types it: what was added, removed and changed, exit codes, one line for each fault."""

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
BASE = """
[project]
region = "us-east-1"
duration = "4 days"
[dataset]
images = 1000
size = "40 GB"
[[training]]
network = "resnet18"
batch = 64
epochs = 2
runs = 2
[[option]]
name = "box"
kind = "ec2"
instance = "g4dn.xlarge"
hours_per_run = 1
[[option]]
name = "colab"
kind = "colab"
accelerator = "T4"
hours_per_run = 1
"""
MORE = BASE.replace("runs = 2", "runs = 4").replace('name = "colab"', 'name = "other"')


@pytest.fixture
def two(tmp_path: Path) -> list[str]:
    paths = [tmp_path / "a.toml", tmp_path / "b.toml"]
    for path, text in zip(paths, (BASE, MORE), strict=True):
        path.write_text(text, encoding="utf-8")
    return [str(path) for path in paths]


def asked(files: list[str], capsys: pytest.CaptureFixture[str], output: str, code: int = 0) -> str:
    assert run(["diff", *files, *TODAY, "--format", output]) == code
    return capsys.readouterr().out


def record(files: list[str], capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(asked(files, capsys, "json"))
    return found


def test_options_and_lines_are_added_removed_and_changed(two: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    found = record(two, capsys)
    assert found["schema"] == "cloudcost.difference/1"
    options = {each["name"]: each for each in found["options"]}
    assert {name: each["change"] for name, each in options.items()} == {
        "box": "changed", "other": "added", "colab": "removed",
    }  # fmt: skip
    box = options["box"]
    [hours] = [line for line in box["lines"] if line["usage_type"] == "BoxUsage:g4dn.xlarge"]
    assert hours["because"] == "quantity"
    assert Decimal(hours["after_quantity"]) == 2 * Decimal(hours["before_quantity"])
    for each in found["options"]:
        if each["difference_usd"] is not None:
            lines = sum(Decimal(line["difference_usd"]) for line in each["lines"])
            assert lines == Decimal(each["difference_usd"])
    assert Decimal(found["increase_usd"]) == Decimal(box["difference_usd"])


def test_an_answer_is_alike_to_its_own_json(two: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["compare", two[0], *TODAY, "--draws", "0", "--format", "json"]) == 0
    saved = tmp_path / "a.json"
    saved.write_text(capsys.readouterr().out, encoding="utf-8")
    found = record([two[0], str(saved)], capsys)
    assert {each["change"] for each in found["options"]} == {"same"}
    assert run(["estimate", two[0], "--option", "box", *TODAY, "--format", "json"]) == 0
    saved.write_text(capsys.readouterr().out, encoding="utf-8")
    changes = {each["name"]: each["change"] for each in record([str(saved), two[0]], capsys)["options"]}
    assert changes == {"box": "same", "colab": "added"}


def test_each_side_names_its_book_and_the_sum_over_it(
    two: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["compare", two[0], *TODAY, "--draws", "0", "--format", "json"]) == 0
    written = json.loads(capsys.readouterr().out)
    book = {key: written[key] for key in ("price_book", "price_book_sha256")}
    assert len(book["price_book_sha256"]) == 64
    saved = tmp_path / "a.json"
    other = book | {"price_book": "of last year", "price_book_sha256": "0" * 64}
    for stated in (book, other, {"price_book": "before sums were written", "price_book_sha256": None}):
        saved.write_text(json.dumps(written | stated), encoding="utf-8")
        found = record([str(saved), two[0]], capsys)
        for side, own in ((found["before"], stated), (found["after"], book)):
            assert {key: side[key] for key in book} == own
    saved.write_text(json.dumps({key: value for key, value in written.items() if key not in book}), encoding="utf-8")
    before = record([str(saved), two[0]], capsys)["before"]
    assert (before["price_book"], before["price_book_sha256"]) == (None, None)


def test_the_price_of_a_day_against_today_s(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "p5.toml"
    path.write_text(BASE.replace("g4dn.xlarge", "p5.48xlarge"), encoding="utf-8")
    assert run(["diff", str(path), *TODAY, "--as-of", "2025-05-01", "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    [box] = [each for each in found["options"] if each["name"] == "box"]
    [line] = [each for each in box["lines"] if each["usage_type"] == "BoxUsage:p5.48xlarge"]
    assert line["because"] == "price"
    hours = Decimal(line["before_quantity"])
    assert Decimal(line["before_usd"]) == pytest.approx(hours * Decimal("98.32"))
    assert Decimal(line["after_usd"]) == pytest.approx(hours * Decimal("55.04"))


def test_text_fits_a_terminal_and_marks_what_changed(two: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    text = asked(two, capsys, "text")
    assert max(map(display_width, text.splitlines())) <= 80
    for mark in ("~ box", "+ other", "- colab"):
        assert any(row.startswith(mark) for row in text.splitlines())


def test_markdown_fits_a_pull_request(two: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    text = asked(two, capsys, "md")
    assert text.startswith("**the cheapest option costs ")
    assert "<details>\n<summary>box</summary>\n" in text
    assert text.count("<details>") == text.count("</details>")


def test_csv_has_a_row_for_each_option_and_changed_line(two: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    found = record(two, capsys)
    rows = list(csv.DictReader(io.StringIO(asked(two, capsys, "csv"))))
    assert len(rows) == sum(1 + len(each["lines"]) for each in found["options"])


@pytest.mark.parametrize(("limit", "code"), [("0.01", 1), ("1000", 0)])
def test_an_increase_over_the_limit_is_exit_1(
    limit: str, code: int, two: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["diff", *two, *TODAY, "--fail-over", limit]) == code
    assert ("USD more, over 0.01 USD" in capsys.readouterr().err) == bool(code)


def test_a_side_without_a_feasible_option_is_exit_3(
    two: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    never = tmp_path / "never.toml"
    never.write_text(BASE.replace("hours_per_run = 1", "hours_per_run = 1000"), encoding="utf-8")
    text = asked([two[0], str(never)], capsys, "text", code=3)
    assert "cannot be done any more: " in " ".join(text.split())


@pytest.mark.parametrize(
    ("document", "fault"),
    [
        ("[]", ".json: no object, write it with cloudcost compare --format json"),
        ('{"schema": "cloudcost.profile/1"}', ".json:schema: not one of cloudcost.comparison/1, "),
        ('{"schema": "cloudcost.comparison/1", "verdict": "", "options": {}}', ".json:options: no list, "),
        ('{"schema": "cloudcost.comparison/1", "verdict": "", "options": [{"name": 1}]}',
         ".json:options[0].name: no text, "),
        ('{"schema": "cloudcost.priced/1", "total_usd": "x", "lines": []}',
         ".json:total_usd: no decimal number in quotes, "),
        ('{"schema": "cloudcost.priced/1", "total_usd": "1", "lines": [{"service": "a"}]}',
         ".json:lines[0].region: no text, "),
    ],
)  # fmt: skip
def test_a_document_that_is_none_is_one_line(
    document: str, fault: str, two: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "bad.json"
    path.write_text(document, encoding="utf-8")
    assert run(["diff", two[0], str(path), *TODAY]) == 2
    err = capsys.readouterr().err
    assert fault in err
    assert len(err.splitlines()) == 1


def test_one_answer_alone_needs_a_day(two: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["diff", two[0], *TODAY]) == 2
    assert "diff: a second answer, missing, name another file, or a day with --as-of" in capsys.readouterr().err
    saved = tmp_path / "a.json"
    saved.write_text("{}", encoding="utf-8")
    assert run(["diff", str(saved), *TODAY, "--as-of", "2025-05-01"]) == 2
    assert (
        "holds its prices already, --as-of 2025-05-01, give --as-of to project files alone" in capsys.readouterr().err
    )
