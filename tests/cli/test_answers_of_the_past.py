"""An answer of a past day can be made again byte for byte, and names its prices; of every verb that answers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cloudcost.cli import run

RETO = str(Path(__file__).parents[2] / "examples" / "reto.toml")
DAY = ["--as-of", "2025-05-01", "--today", "2026-11-22"]
VERBS: dict[str, list[str]] = {
    "compare": ["compare", RETO, "--draws", "200", "--format", "json"],
    "estimate": ["estimate", RETO, "--option", "EC2 g4dn.xlarge", "--draws", "200", "--format", "json"],
    "quick": ["quick", "resnet18", "--images", "5000", "--epochs", "5", "--runs", "1", "--format", "json"],
    "choose": ["choose", RETO, "--gpu", "T4", "--draws", "200", "--format", "json"],
    "why": ["why", RETO, "--format", "json"],
    "diff": ["diff", RETO, RETO, "--format", "json"],
    "instances": ["instances", "g4dn.xlarge", "--format", "json"],
    "prices": ["prices", "show", "p5.48xlarge", "--region", "us-east-1", "--format", "json"],
    "explain": ["explain", "--amount", "100", "--days", "5", "--format", "json"],
}


def _told(words: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    assert run([*words, *DAY]) == 0
    return capsys.readouterr().out


SLOW = {"why", "quick", "choose"}


@pytest.mark.parametrize(
    "verb", [pytest.param(each, marks=pytest.mark.slow) if each in SLOW else each for each in VERBS]
)
def test_it_is_the_same_twice_and_names_the_book_and_its_sum(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    first, again = (_told(VERBS[verb], capsys) for _ in range(2))
    assert first == again
    record = json.loads(first)
    for side in (record["before"], record["after"]) if verb == "diff" else (record,):
        assert side["price_book"] == "aws-2026-11"
        assert len(side["price_book_sha256"]) == 64


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(["report", RETO, "-o"], marks=pytest.mark.slow),
        ["sweep", RETO, "--over", "training.epochs=1,2", "-o"],
    ],
    ids=["report", "sweep"],
)
def test_so_are_the_files_that_are_written(words: list[str], tmp_path: Path) -> None:
    ending = "html" if words[0] == "report" else "csv"
    paths = [tmp_path / f"{name}.{ending}" for name in "ab"]
    for path in paths:
        assert run([*words, str(path), *DAY]) == 0
    assert paths[0].read_bytes() == paths[1].read_bytes()


@pytest.mark.slow
def test_quick_takes_the_prices_of_the_day(capsys: pytest.CaptureFixture[str]) -> None:
    then = json.loads(_told(VERBS["quick"], capsys))
    assert then["as_of"] == "2025-05-01"
    days = [line["as_of"] for option in then["options"] for line in option["lines"] if line["service"] == "AmazonEC2"]
    assert all(day <= "2026-11-22" for day in days)
    assert run([*VERBS["quick"][:-2], *DAY]) == 0
    assert "on 2025-05-01" in capsys.readouterr().out
