"""`cloudcost price BILL`: list price beside billed cost, and what the flags do."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from cloudcost.cli import run

BILL = """usage_type,region,service,month,quantity,unit,cost
TimedStorage-ByteHrs,us-east-1,AmazonS3,2026-09,1000,GB-Mo,23.00
TimedStorage-ByteHrs,us-east-1,AmazonS3,2026-10,1000,GB-Mo,25.00
USE1-BoxUsage:g4dn.xlarge,us-east-1,AmazonEC2,2026-10,10,Hrs,5.26
Brand-New-Thing,us-east-1,AmazonS3,2026-10,7,Things,1.50
"""
USAGE = """service,region,usage_type,quantity,unit
AmazonS3,us-east-1,TimedStorage-ByteHrs,100,GB-Mo
AmazonS3,us-east-1,Brand-New-Thing,7,GB-Mo
"""
TODAY = ["--today", "2026-11-22"]


@pytest.fixture
def bill(tmp_path: Path) -> str:
    path = tmp_path / "bill.csv"
    path.write_text(BILL)
    return str(path)


@pytest.fixture
def usage(tmp_path: Path) -> str:
    path = tmp_path / "usage.csv"
    path.write_text(USAGE)
    return str(path)


def test_a_bill_stands_beside_its_list_prices(bill: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["price", bill, *TODAY]) == 0
    out = capsys.readouterr().out
    assert out.splitlines()[:3] == [
        "billed 54.76 USD",
        "use with a list price: billed 53.26, at list prices 51.26, 2.00 more",
        "use without a known list price: 1 line, billed 1.50",
    ]
    assert max(map(len, out.splitlines())) <= 80
    rows = [line.split() for line in out.splitlines() if line.startswith(("Timed", "BoxUsage", "Brand"))]
    assert [row[-3:] for row in rows] == [
        ["23.00", "25.00", "2.00"], ["23.00", "23.00", "0.00"], ["5.26", "5.26", "0.00"], ["-", "1.50", "-"],
    ]  # fmt: skip


def test_its_json_has_the_lines_of_the_contract(bill: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["price", bill, "--format", "json", *TODAY]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["schema"] == "cloudcost.priced/1"
    assert (document["billed_usd"], document["difference_usd"], document["total_usd"]) == ("54.76", "2", "51.26")
    assert document["unread"] == {"lines": 0, "usd": "0"}
    assert document["unlisted"] == {"lines": 1, "usd": "1.5"}
    first, last = document["lines"][0], document["lines"][-1]
    assert (first["amount_usd"], first["billed_usd"], first["difference_usd"]) == ("23", "25", "2")
    assert first["tiers"][0]["unit_price_usd"] == "0.023"
    assert (last["usage_type"], last["amount_usd"], last["unit_price_usd"], last["source"]) == (
        "Brand-New-Thing", None, None, None,
    )  # fmt: skip
    keys = {
        "service", "usage_type", "operation", "region", "month", "purchase", "quantity", "unit", "unit_price_usd",
        "tiers", "amount_usd", "grade", "source", "as_of", "why",
    }  # fmt: skip
    assert all(keys <= set(line) for line in document["lines"])


def test_month_against_month(bill: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["price", bill, "--by", "month", "--format", "json", *TODAY]) == 0
    groups = json.loads(capsys.readouterr().out)["groups"]
    assert [(group["name"], group["billed_usd"], group["list_usd"]) for group in groups] == [
        ("2026-09", "23", "23"), ("2026-10", "31.76", "28.26"),
    ]  # fmt: skip
    assert run(["price", bill, "--by", "service", *TODAY]) == 0
    assert "AmazonEC2" in capsys.readouterr().out


@pytest.mark.parametrize("style", ["csv", "md"])
def test_the_other_formats_have_every_line(bill: str, style: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["price", bill, "--format", style, "--by", "month", *TODAY]) == 0
    out = capsys.readouterr().out
    assert out.count("TimedStorage-ByteHrs") == 2
    if style == "csv":
        assert [row["difference_usd"] for row in csv.DictReader(io.StringIO(out))] == ["2", "0", "0", ""]


def test_explain_shows_where_a_list_price_is_from(bill: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["price", bill, "--explain", *TODAY]) == 0
    out = capsys.readouterr().out
    assert "price book: 1000 GB-Mo x 0.023 = 23.00" in out.replace("\n      ", " ")
    assert "no price for AmazonS3/Brand-New-Thing" in out


def test_strict_and_fail_over_are_limits(bill: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["price", bill, "--strict", *TODAY]) == 3
    assert capsys.readouterr().err == "1 line without a known list price\n"
    assert run(["price", bill, "--fail-over", "54", *TODAY]) == 1
    assert capsys.readouterr().err == "billed 54.76 USD, over 54 USD\n"
    assert run(["price", bill, "--fail-over", "54.76", *TODAY]) == 0


def test_several_files_are_one_bill(bill: str, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    other = tmp_path / "other.csv"
    other.write_text(BILL)
    assert run(["price", bill, str(other), "--format", "json", *TODAY]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["billed_usd"] == "109.52"
    assert {line["lines"] for line in document["lines"]} == {2}


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (["--free-tier"], "--free-tier does nothing for a bill, --free-tier, leave it out"),
        (["--partial"], "--partial does nothing for a bill, --partial, leave it out"),
        (["--no-assumed"], "--no-assumed does nothing for a bill, --no-assumed, leave it out"),
        (["--cost", "net"], "no net cost, use --cost unblended"),
        (["--format", "focus"], "a bill is read, not written, in FOCUS columns, 'focus', use json or csv"),
    ],
)
def test_what_a_bill_does_not_take(bill: str, flags: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["price", bill, *flags, *TODAY]) == 2
    assert said in capsys.readouterr().err.replace("\n  ", " ")


@pytest.mark.parametrize("flags", [["--by", "month"], ["--strict"], ["--cost", "net"], ["--fail-over", "3"]])
def test_what_a_usage_file_does_not_take(usage: str, flags: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["price", usage, *flags, *TODAY]) == 2
    assert f"{flags[0]} does nothing for a usage file without costs" in capsys.readouterr().err.replace("\n  ", " ")


def test_a_usage_file_stops_at_what_is_unknown_unless_it_is_partial(
    usage: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["price", usage, *TODAY]) == 3
    capsys.readouterr()
    assert run(["price", usage, "--partial", "--format", "json", *TODAY]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["total_usd"] == "2.3"
    [unknown] = document["unpriced"]
    assert (unknown["usage_type"], unknown["quantity"], "amount_usd" in unknown) == ("Brand-New-Thing", "7", False)
    assert run(["price", usage, "--partial", *TODAY]) == 0
    out = capsys.readouterr().out
    assert "total of what has a price" in out
    assert "AmazonS3/Brand-New-Thing, 7 GB-Mo: no price for" in out
    for style, said in (("csv", "Brand-New-Thing"), ("md", "no price: AmazonS3/Brand")):
        assert run(["price", usage, "--partial", "--format", style, *TODAY]) == 0
        assert said in capsys.readouterr().out


def test_a_group_that_there_is_not_names_those_that_there_are(bill: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["price", bill, "--by", "colour"]) == 2
    assert "nothing to group by, 'colour', use one of month, service, usage-type, account or tag:NAME" in (
        capsys.readouterr().err.replace("\n", " ").replace("  ", " ")
    )


def test_an_amount_too_long_for_its_column_does_not_run_into_the_next(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "small.csv"
    path.write_text(
        "usage_type,region,service,month,quantity,unit,cost\n"
        "TimedStorage-ByteHrs,us-east-1,AmazonS3,2026-10,1E-7,GB-Mo,2.3E-9\n"
    )
    assert run(["price", str(path), *TODAY]) == 0
    row = capsys.readouterr().out.splitlines()[-1]
    assert row.split() == ["TimedStorage-ByteHrs", "2.3e-9", "2.3e-9", "0.00"]


def test_what_rounding_to_cents_makes_is_told_as_no_difference(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "cents.csv"
    path.write_text(
        "usage_type,region,service,month,quantity,unit,cost\n"
        "TimedStorage-ByteHrs,us-east-1,AmazonS3,2026-10,0.3,GB-Mo,0.01\n"
        "BoxUsage:g4dn.xlarge,us-east-1,AmazonEC2,2026-10,1,Hrs,0.54\n"
    )
    assert run(["price", str(path), *TODAY]) == 0
    rows = [line.split() for line in capsys.readouterr().out.splitlines()[-2:]]
    assert [row[-1] for row in rows] == ["0.01", "0.00"]
    assert run(["price", str(path), "--format", "csv", *TODAY]) == 0
    assert [row["difference_usd"] for row in csv.DictReader(io.StringIO(capsys.readouterr().out))] == [
        "0.014",
        "0.0031",
    ]
