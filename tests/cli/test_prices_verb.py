from __future__ import annotations

import csv
import io
import json

import pytest

from cloudcost.catalog.books.book import load_book
from cloudcost.catalog.tables import parse_price
from cloudcost.cli import run

TODAY = ["--today", "2026-11-22"]


@pytest.mark.parametrize(
    "arguments",
    [
        ["list", "--service", "AmazonS3"],
        ["list", "--contains", "p4d.24xlarge", "--history"],
        ["show", "p4d.24xlarge"],
        ["show", "ml.g4dn.xlarge", "--region", "eu-west-1"],
        ["show", "AmazonS3/us-east-1/TimedStorage-ByteHrs"],
        ["show", "Standard_NC4as_T4_v3"],
    ],
)
def test_text_fits_into_80_columns(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["prices", *arguments, *TODAY]) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    assert captured.out.strip()
    assert max(len(line) for line in captured.out.splitlines() if "https://" not in line) <= 80


def test_csv_parses_back_to_the_rows_of_the_book(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["prices", "list", "--service", "AmazonS3", "--history", "--format", "csv", *TODAY]) == 0
    rows = list(csv.reader(io.StringIO(capsys.readouterr().out)))[1:]
    assert [parse_price(row) for row in rows] == list(load_book().prices(service="AmazonS3"))


def test_json_has_a_schema_decimal_strings_and_nulls(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["prices", "show", "AmazonEC2/us-east-1/BoxUsage:p3.2xlarge", "--format", "json", *TODAY]) == 0
    content = json.loads(capsys.readouterr().out)
    assert content["schema"] == "cloudcost.prices/1"
    assert content["price_book"] == "aws-2026-11"
    assert content["machine"]["status"] == "retired"
    assert content["machine"]["startable"] is False
    price = content["prices"][0]
    assert price["tiers"] == [{"from": "0", "up_to": None, "unit_price_usd": "3.06"}]
    assert price["low_usd"] is None
    assert {source["key"] for source in content["sources"]} >= {price["source"]}


def test_markdown_is_a_table_with_a_row_for_each_price(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["prices", "list", "--contains", "BoxUsage:g4dn.xlarge", "--format", "md", *TODAY]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("| service | region |")
    assert any("| us-east-1 | BoxUsage:g4dn.xlarge | on-demand | 0.526 |" in line for line in lines)


def test_a_day_in_the_past_shows_its_prices(capsys: pytest.CaptureFixture[str]) -> None:
    filters = ["--service", "AmazonEC2", "--region", "us-east-1", "--contains", "BoxUsage:p5.48xlarge"]
    assert run(["prices", "list", *filters, "--as-of", "2025-01-01", "--format", "csv"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [row["usd"] for row in rows if row["purchase"] == "on-demand"] == ["98.32"]


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["show", "g4dn.xlage"], 3, "did you mean g4dn.xlarge"),
        (["show", "a/b"], 2, "key:a/b"),
        (["list", "--service", "AmazonEC3"], 3, "did you mean AmazonEC2"),
        (["list", "--region", "us-east-9"], 3, "did you mean us-east-1"),
        (["list", "--book", "aws-2020"], 3, "no price book 'aws-2020'"),
        ([], 2, "list|show"),
        (["show"], 2, "KEY"),
    ],
)
def test_what_is_not_there_is_one_clear_line(
    arguments: list[str], code: int, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["prices", *arguments]) == code
    captured = capsys.readouterr()
    assert captured.out == ""
    assert message in captured.err
    assert len(captured.err.strip().splitlines()) == 1
