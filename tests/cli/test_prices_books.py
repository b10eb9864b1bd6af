"""The user's own price books through the command line."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from tests.books import own_book, own_price

from cloudcost.catalog.books.book import load_book
from cloudcost.cli import run

TODAY = ["--today", "2026-11-29"]
USAGE = "service,region,usage_type,quantity,unit\nAmazonEC2,us-east-1,BoxUsage:g4dn.xlarge,10,Hrs\n"
PROJECT = """[dataset]
images = 6000
size = "1 GB"
[[training]]
network = "resnet18"
epochs = 3
[[option]]
name = "A"
kind = "ec2"
instance = "g4dn.xlarge"
"""


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CLOUDCOST_DATA", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "usage.csv").write_text(USAGE)
    (tmp_path / "project.toml").write_text(PROJECT)
    return tmp_path / "data"


def asked(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, object]:
    assert run([*arguments, "--format", "json"]) == 0
    content: dict[str, object] = json.loads(capsys.readouterr().out)
    return content


COMMANDS = [
    ["compare", "--draws", "0"], ["why"], ["estimate", "project.toml", "--option", "A", "--draws", "0"],
    ["price", "usage.csv"], ["prices", "list", "--contains", "g4dn.xlarge"], ["prices", "show", "g4dn.xlarge"],
    ["choose", "project.toml", "--gpu", "T4", "--region", "us-east-1"],
    ["explain", "--amount", "75", "--days", "4"],
]  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: " ".join(command[:2]))
def test_every_json_with_prices_names_its_book_and_its_sum(
    command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    name = own_book([own_price("0.5")])
    for on, book in (("2026-11-29", name), ("2026-11-19", "aws-2026-11")):
        found = asked(capsys, *command, *TODAY, "--as-of", on)
        assert (found["price_book"], found["price_book_sha256"]) == (book, load_book(book).sha256)


def test_the_book_in_force_on_the_day_prices(capsys: pytest.CaptureFixture[str]) -> None:
    own_book([own_price("0.5")])
    totals = {
        on: asked(capsys, "price", "usage.csv", "--as-of", on)["total_usd"] for on in ("2026-11-19", "2026-11-20")
    }
    assert totals == {"2026-11-19": "5.26", "2026-11-20": "5"}
    assert asked(capsys, "price", "usage.csv", "--book", "aws-2026-11", *TODAY)["total_usd"] == "5.26"


def test_a_project_may_name_its_book(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name = own_book([own_price("0.5")])
    for book in (name, "aws-2026-11"):
        (tmp_path / "project.toml").write_text(f'[project]\nprice_book = "{book}"\n{PROJECT}')
        assert asked(capsys, "compare", "--draws", "0", *TODAY)["price_book"] == book


def test_an_answer_of_the_past_is_the_same_byte_for_byte_after_an_import(capsys: pytest.CaptureFixture[str]) -> None:
    command = ["compare", "--draws", "50", *TODAY, "--as-of", "2025-05-01", "--format", "json"]
    answers = []
    for _ in range(2):
        assert run(command) in (0, 3)
        answers.append(capsys.readouterr().out)
        own_book([own_price("0.1")])
    assert answers[0] == answers[1]


@pytest.mark.parametrize(("on", "usd"), [("2025-05-01", "98.32"), ("2026-11-29", "55.04")])
def test_the_history_of_the_shipped_tables_shows_through(on: str, usd: str, capsys: pytest.CaptureFixture[str]) -> None:
    own_book([own_price("0.5")])
    key = "BoxUsage:p5.48xlarge"
    found = asked(capsys, "prices", "list", "--region", "us-east-1", "--contains", key, "--as-of", on)
    prices = found["prices"]
    assert isinstance(prices, list)
    assert [each["tiers"][0]["unit_price_usd"] for each in prices if each["purchase"] == "on-demand"] == [usd]


def test_a_refused_book_is_said_in_one_line_by_every_verb(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name = own_book([own_price("0.5")])
    (data / "books" / name / "sources.csv").write_text("")
    for command in (["price", "usage.csv"], ["compare", "--draws", "0"], ["prices", "list", "--contains", "g4dn"]):
        assert run([*command, *TODAY, "--format", "json"]) == 0
        captured = capsys.readouterr()
        assert f"warning: price book {name} is refused" in captured.err
        assert "aws-2026-11 answers" in captured.err
        assert json.loads(captured.out)["price_book"] == "aws-2026-11"


def test_check_names_what_is_wrong_and_books_what_there_is(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good, bad = (
        own_book([own_price("0.5", as_of=date(2026, 11, 10))], date(2026, 11, 10)),
        own_book([own_price("0", unit="Hours", source="gone")]),
    )
    ugly = own_book([own_price("0.4")], date(2026, 11, 21))
    (data / "books" / ugly / "sources.csv").unlink()
    assert run(["prices", "check", good, bad, ugly, "--format", "json"]) == 2
    faults = [(each["name"], each["fault"]) for each in json.loads(capsys.readouterr().out)["checks"]]
    assert faults[0] == (good, None)
    said = " ".join(str(fault) for name, fault in faults if name == bad)
    assert "a price of zero without a reason" in said
    assert "an unknown unit, Hours" in said
    assert "an unknown source, gone" in said
    assert (ugly, True) in [(name, "cannot be read" in str(fault)) for name, fault in faults]
    books = asked(capsys, "prices", "books", *TODAY)["books"]
    assert isinstance(books, list)
    assert [(each["name"], each["in_force"], each["whole"]) for each in books] == [
        ("aws-2026-11", "no", "yes"), (good, "no", "yes"), (bad, "yes", "yes"), (ugly, "no", "no"),
    ]  # fmt: skip


def test_diff_names_what_is_added_and_changed(capsys: pytest.CaptureFixture[str]) -> None:
    name = own_book([own_price("0.263"), own_price("1", usage_type="BoxUsage:g9.xlarge")])
    changes = asked(capsys, "prices", "diff", "aws-2026-11", name)["changes"]
    assert isinstance(changes, list)
    heads = ("change", "usage_type", "before_usd", "after_usd", "ratio")
    assert [tuple(each[head] for head in heads) for each in changes] == [
        ("changed", "BoxUsage:g4dn.xlarge", "0.526", "0.263", 0.5),
        ("added", "BoxUsage:g9.xlarge", None, "1", None),
    ]  # fmt: skip
    assert asked(capsys, "prices", "diff", name, name)["changes"] == []
    assert run(["prices", "diff", "aws-2026-11", "aws-2026-99"]) == 3
    assert "no price book 'aws-2026-99'; did you mean" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("flags", "near"),
    [(("--service", "Amazons3"), "AmazonS3"), (("--region", "us-esat-1"), "us-east-1")],
    ids=["service", "region"],
)
def test_diff_refuses_a_name_that_no_book_has(
    flags: tuple[str, str], near: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """No change is no answer about what is not there."""
    assert run(["prices", "diff", "aws-2026-11", "aws-2026-11", *flags]) == 3
    assert f"did you mean {near}?" in capsys.readouterr().err
