"""`cloudcost price`: the contract's JSON, exit codes, one line per fault, no socket."""

from __future__ import annotations

import csv
import io
import json
import socket
from decimal import Decimal
from pathlib import Path
from typing import NoReturn

import pytest

from cloudcost.cli import run

HEADER = "service,region,usage_type,quantity,unit,month\n"
TODAY = ["--today", "2026-11-22"]

Captured = pytest.CaptureFixture[str]


def usage_file(folder: Path, content: str | bytes, name: str = "usage.csv") -> str:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return str(path)


TWO_TIERS = HEADER + (
    "AmazonS3,us-east-1,TimedStorage-ByteHrs,52900,GB-Mo,2026-03\n"
    "AmazonEC2,us-west-2,USW2-BoxUsage:g4dn.xlarge,100,Hrs,\n"
)


def test_json_is_as_the_contract_says(tmp_path: Path, capsys: Captured) -> None:
    assert run(["price", usage_file(tmp_path, TWO_TIERS), "--format", "json", *TODAY]) == 0
    result = json.loads(capsys.readouterr().out)
    assert list(result) == ["schema", "lines", "total_usd", "price_book", "price_book_sha256"]
    assert result["schema"] == "cloudcost.priced/1"
    storage, machine = result["lines"]
    assert list(storage) == [
        "service", "usage_type", "operation", "region", "month", "purchase", "quantity", "unit", "unit_price_usd",
        "tiers", "amount_usd", "grade", "source", "as_of", "why",
    ]  # fmt: skip
    assert storage["unit_price_usd"] is None
    assert storage["tiers"] == [
        {"from": "0", "up_to": "51200", "quantity": "51200", "unit_price_usd": "0.023", "amount_usd": "1177.6"},
        {"from": "51200", "up_to": "512000", "quantity": "1700", "unit_price_usd": "0.022", "amount_usd": "37.4"},
    ]
    assert (storage["month"], storage["amount_usd"], storage["quantity"]) == ("2026-03", "1215", "52900")
    assert (machine["usage_type"], machine["month"], machine["purchase"]) == (
        "BoxUsage:g4dn.xlarge", None, "on-demand",
    )  # fmt: skip
    assert (machine["unit_price_usd"], machine["tiers"][0]["up_to"]) == ("0.526", None)
    assert Decimal(result["total_usd"]) == Decimal("1267.6")


def test_text_fits_eighty_columns_and_explains(tmp_path: Path, capsys: Captured) -> None:
    assert run(["price", usage_file(tmp_path, TWO_TIERS), "--explain", *TODAY]) == 0
    out = capsys.readouterr().out
    assert max(map(len, out.splitlines())) <= 80
    assert "51,200 GB-Mo x 0.023 USD from 0 up to 51,200" in out
    assert out.splitlines()[-1].split() == ["total", "1,267.60"]


def test_csv_output_can_be_priced_again(tmp_path: Path, capsys: Captured) -> None:
    assert run(["price", usage_file(tmp_path, TWO_TIERS), "--format", "csv", *TODAY]) == 0
    first = capsys.readouterr().out
    assert run(["price", usage_file(tmp_path, first, "again.csv"), "--format", "csv", *TODAY]) == 0
    captured = capsys.readouterr()
    assert first == captured.out
    assert "columns not read: unit_price_usd, amount_usd, grade, source, as_of, why" in captured.err


def test_csv_with_explain_has_a_row_per_tier(tmp_path: Path, capsys: Captured) -> None:
    assert run(["price", usage_file(tmp_path, TWO_TIERS), "--format", "csv", "--explain", *TODAY]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [(row["from"], row["up_to"], row["amount_usd"]) for row in rows] == [
        ("0", "51200", "1177.6"), ("51200", "512000", "37.4"), ("0", "", "52.6"),
    ]  # fmt: skip


def test_markdown_has_a_total(tmp_path: Path, capsys: Captured) -> None:
    assert run(["price", usage_file(tmp_path, TWO_TIERS), "--format", "md", *TODAY]) == 0
    assert capsys.readouterr().out.rstrip().endswith("**1,267.60** |")


def test_the_free_tier_is_taken_off_only_when_asked_for(tmp_path: Path, capsys: Captured) -> None:
    path = usage_file(tmp_path, HEADER + "AmazonS3,us-east-1,DataTransfer-Out-Bytes,150,GB,2026-03\n")
    totals = []
    for extra in ([], ["--free-tier"]):
        assert run(["price", path, "--format", "json", *extra, *TODAY]) == 0
        totals.append(json.loads(capsys.readouterr().out)["total_usd"])
    assert totals == ["13.5", "4.5"]


def test_the_day_decides_on_the_price(tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    """p5.48xlarge was cut from 98.32 to 55.04 USD in June 2025 (karpenter tables of 2025-06-23)."""
    path = usage_file(tmp_path, HEADER + "AmazonEC2,us-east-1,BoxUsage:p5.48xlarge,1,Hrs,\n")
    totals = []
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1704067200")
    for extra in (TODAY, [*TODAY, "--as-of", "2025-01-15"], []):
        assert run(["price", path, "--format", "json", *extra]) == 0
        totals.append(json.loads(capsys.readouterr().out)["total_usd"])
    assert totals == ["55.04", "98.32", "98.32"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "the file is empty"),
        (b"PK\x03\x04\x00\x00", "damaged or cut"),
        (b"service,r\xe9gion\n", "not UTF-8"),
        ("service,region,usage_type,quantitiy,unit\n", "no column 'quantity', there is 'quantitiy'"),
        (HEADER + "AmazonS3,us-east-1,Requests-Tier1,-1,requests,\n", "quantity is negative, '-1'"),
        (HEADER + "AmazonS3,us-east-1,Requests-Tier1,NaN,requests,\n", "quantity is not finite, 'NaN'"),
        (HEADER + "AmazonS3,us-east-1,TimedStorage-ByteHrs,1e30,bytes,\n", "quantity is too large, '1e30'"),
        (HEADER + "AmazonS3,us-east-1,Requests-Tier1,10,GB,\n", "wrong unit for Requests-Tier1, 'GB'"),
        (HEADER + "AmazonS3,us-east-1,EU-Requests-Tier1,10,requests,\n", "make the two agree"),
        (HEADER + "AmazonS3,us-east-1,Requests-Tier1,10,requests,2026-13\n", "month is not a month, '2026-13'"),
    ],
)
def test_bad_input_ends_with_2_and_one_line(
    tmp_path: Path, capsys: Captured, content: str | bytes, message: str
) -> None:
    path = usage_file(tmp_path, content)
    assert run(["price", path, *TODAY]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert len(captured.err.splitlines()) == 1
    assert captured.err.startswith(f"{path}:")
    assert message in captured.err


def test_a_file_that_is_not_there_ends_with_2(tmp_path: Path, capsys: Captured) -> None:
    assert run(["price", str(tmp_path / "none.csv"), *TODAY]) == 2
    assert "cannot be read" in capsys.readouterr().err
    assert run(["price", str(tmp_path), *TODAY]) == 2


def test_all_missing_prices_are_named_at_once_and_end_with_3(tmp_path: Path, capsys: Captured) -> None:
    rows = (
        "AmazonEC2,us-east-1,BoxUsage:g4dn.xlarge,1,Hrs,\n"
        "AmazonEC2,us-east-1,BoxUsage:g4dn.xlarg,1,Hrs,\n"
        "AmazonEC2,eu-west-9,BoxUsage:g4dn.xlarge,1,Hrs,\n"
        "AmazonEC2,af-south-1,BoxUsage:p5.48xlarge,1,Hrs,\n"
    )
    path = usage_file(tmp_path, HEADER + rows)
    assert run(["price", path, *TODAY]) == 3
    captured = capsys.readouterr()
    assert captured.out == ""
    assert [line.split(" ")[0] for line in captured.err.splitlines()] == [f"{path}:{line}:" for line in (3, 4, 5)]
    assert "g4dn.xlarge" in captured.err.splitlines()[0]


def test_operations_that_a_price_does_not_hold_are_named_by_line_and_end_with_3(
    tmp_path: Path, capsys: Captured
) -> None:
    rows = ["RunInstances:0002", "NotAnOperation", "RunInstances"]
    content = "service,region,usage_type,operation,quantity,unit,month\n" + "".join(
        f"AmazonEC2,us-east-1,BoxUsage:m5.xlarge,{operation},10,Hrs,2026-03\n" for operation in rows
    )
    path = usage_file(tmp_path, content)
    assert run(["price", path, *TODAY]) == 3
    told = capsys.readouterr()
    windows, unknown = told.err.splitlines()
    assert told.out == ""
    assert windows.startswith(f"{path}:2: ")
    assert windows.endswith("RunInstances:0002 is Windows, another price; the price known is of RunInstances")
    assert unknown.startswith(f"{path}:3: ")
    assert "unknown operation 'NotAnOperation'; operations known: RunInstances" in unknown


def test_no_socket_is_opened(tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    class Blocked:
        def __init__(self, *arguments: object, **options: object) -> NoReturn:
            raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket, "socket", Blocked)
    monkeypatch.setattr(socket, "create_connection", Blocked)
    monkeypatch.setattr(socket, "getaddrinfo", Blocked)
    assert run(["price", usage_file(tmp_path, TWO_TIERS), "--free-tier", *TODAY]) == 0
    assert run(["price", usage_file(tmp_path, HEADER), *TODAY]) == 2
    with pytest.raises(AssertionError, match="a socket was opened"):
        socket.socket()


def test_names_are_taken_as_bills_and_price_lists_write_them(tmp_path: Path, capsys: Captured) -> None:
    rows = (
        "AmazonS3,eu-west-1,EU-TimedStorage-ByteHrs,1,GB-Mo,\n"
        "AmazonS3,eu-west-1,TimedStorage-ByteHrs,1,GB-Mo,\n"
        "AmazonEC2,us-east-1,USE1-BoxUsage:g4dn.xlarge,1,hours,\n"
        "AmazonEC2,us-east-1,SpotUsage:g4dn.xlarge,1,hours,\n"
        "AmazonVPC,us-east-1,NatGateway-Hours,1,hours,\n"
        "AmazonEC2,us-east-1,NatGateway-Hours,1,hours,\n"
        "AmazonEC2,us-east-1,PublicIPv4:InUseAddress,1,hours,\n"
    )
    assert run(["price", usage_file(tmp_path, HEADER + rows), "--format", "json", *TODAY]) == 0
    lines = json.loads(capsys.readouterr().out)["lines"]
    assert [line["quantity"] for line in lines] == ["2", "1", "1", "1", "1", "1"]
    assert [line["purchase"] for line in lines] == ["on-demand"] * 2 + ["spot"] + ["on-demand"] * 3
    assert lines[3]["amount_usd"] == lines[4]["amount_usd"] == "0.045"
    assert lines[3]["service"] == "AmazonVPC"


GLACIER = (
    "service,region,usage_type,operation,quantity,unit,month\n"
    "AmazonS3,us-east-1,TimedStorage-GlacierByteHrs,,50000,GB-Mo,{month}\n"
    "AmazonS3,us-east-1,Requests-GLACIER-Tier1,,5000000,Requests,{month}\n"
    "AmazonS3,us-east-1,Requests-Tier3,S3-GlacierTransition,500000,Requests,{month}\n"
)
ONE = "service,region,usage_type,quantity,unit,month\n{service},{region},{usage_type},{quantity},{unit},{month}\n"


def one(service: str, region: str, usage_type: str, quantity: str, unit: str, month: str) -> str:
    return ONE.format(service=service, region=region, usage_type=usage_type, quantity=quantity, unit=unit, month=month)


@pytest.mark.parametrize(
    ("month", "amounts"),
    [("2021-03", ["200", "250", "25"]), ("2021-06", ["200", "150", "15"]), ("2022-01", ["180", "150", "15"])],
)
def test_a_month_takes_the_prices_of_its_time(month: str, amounts: list[str], tmp_path: Path, capsys: Captured) -> None:
    assert run(["price", usage_file(tmp_path, GLACIER.format(month=month)), "--format", "json", *TODAY]) == 0
    captured = capsys.readouterr()
    assert [line["amount_usd"] for line in json.loads(captured.out)["lines"]] == amounts
    assert captured.err == ""


@pytest.mark.parametrize(
    ("usage", "amount"),
    [
        (("AmazonS3", "us-east-1", "TimedStorage-ByteHrs", "52900", "GB-Mo", "2011-05"), "6602.36"),
        (("AmazonS3", "us-east-1", "TimedStorage-ByteHrs", "52900", "GB-Mo", "2013-06"), "4230.36"),
        (("AmazonS3", "us-east-1", "TimedStorage-ByteHrs", "52900", "GB-Mo", "2016-12"), "1215"),
        (("AmazonS3", "us-east-1", "TimedStorage-GlacierByteHrs", "100", "GB-Mo", "2018-06"), "0.4"),
        (("AmazonS3", "eu-west-1", "TimedStorage-SIA-ByteHrs", "100", "GB-Mo", "2018-04"), "1.25"),
        (("AmazonEC2", "us-east-1", "BoxUsage:m4.xlarge", "10", "Hrs", "2016-07"), "2.39"),
        (("AmazonEC2", "us-west-2", "BoxUsage:g4dn.xlarge", "10", "Hrs", "2020-09"), "5.26"),
        (("AmazonEC2", "us-west-2", "BoxUsage:g4dn.xlarge", "10", "Hrs", "2024-03"), "5.26"),
        (("AmazonEC2", "ap-northeast-1", "BoxUsage:p4d.24xlarge", "1", "Hrs", "2022-01"), "44.9222"),
        (("AmazonEC2", "us-east-1", "BoxUsage:inf1.xlarge", "10", "Hrs", "2020-09"), "3.68"),
        (("AmazonSageMaker", "us-east-1", "Train:ml.g5.xlarge", "10", "Hrs", "2023-02"), "14.08"),
        (("AmazonEC2", "us-east-1", "EBS:VolumeUsage.gp3", "100", "GB-Mo", "2022-02"), "8"),
        (("AmazonEC2", "sa-east-1", "DataTransfer-Out-Bytes", "100", "GB", "2023-02"), "15"),
        (("AmazonVPC", "us-east-1", "PublicIPv4:InUseAddress", "100", "Hrs", "2021-02"), "0"),
    ],
)
def test_prices_of_former_years_are_those_of_their_time(
    usage: tuple[str, str, str, str, str, str], amount: str, tmp_path: Path, capsys: Captured
) -> None:
    assert run(["price", usage_file(tmp_path, one(*usage)), "--format", "json", *TODAY, "--no-assumed"]) == 0
    captured = capsys.readouterr()
    assert json.loads(captured.out)["total_usd"] == amount
    assert captured.err == ""


CARRIED = one("AmazonEC2", "eu-central-1", "EBS:VolumeUsage.gp3", "100", "GB-Mo", "2023-07")


def test_a_price_carried_back_is_marked_and_warned_of(tmp_path: Path, capsys: Captured) -> None:
    path = usage_file(tmp_path, CARRIED)
    assert run(["price", path, "--format", "json", *TODAY]) == 0
    captured = capsys.readouterr()
    [line] = json.loads(captured.out)["lines"]
    assert (line["grade"], line["source"], line["as_of"]) == ("assumed", "aws-lists-2026-09", "2026-09-29")
    assert line["why"] == "no price is known for 2023-07, that of 2024-07, the first seen, is carried back"
    assert captured.err == (
        "warning: 1 of the prices used is not known for the time asked; it is the first one known, of 2024-07-18: "
        "EBS:VolumeUsage.gp3\n"
    )
    assert run(["price", path, *TODAY]) == 0
    text = capsys.readouterr().out
    assert "EBS:VolumeUsage.gp3 *" in text
    assert "* assumed: the price is not known for this region or time" in text
    assert run(["price", path, *TODAY, "--format", "md"]) == 0
    assert "| EBS:VolumeUsage.gp3 * |" in capsys.readouterr().out
    assert run(["price", path, *TODAY, "--format", "csv"]) == 0
    assert ",assumed,aws-lists-2026-09,2026-09-29," in capsys.readouterr().out


@pytest.mark.parametrize(
    ("usage", "flags", "message"),
    [
        (CARRIED, ["--no-assumed"], "on 2023-07-01; the first one known is of 2024-07-18"),
        (CARRIED.replace("2023-07", "2023-06"), [], "on 2023-06-01; the first one known is of 2024-07-18"),
        (
            one("AmazonEC2", "us-east-1", "BoxUsage:g6.xlarge", "10", "Hrs", "2024-03"),
            [],
            "on 2024-03-01; g6 began on 2024-04-04",
        ),
        (
            one("AmazonSageMaker", "us-east-1", "Train:ml.g6.xlarge", "10", "Hrs", "2013-06"),
            [],
            "on 2013-06-01; g6 began on 2024-04-04",
        ),
        (
            one("AmazonEC2", "mx-central-1", "BoxUsage:c7i.large", "10", "Hrs", "2024-12"),
            [],
            "on 2024-12-01; mx-central-1 began on 2025-01-14",
        ),
        (
            one("AmazonS3", "us-east-1", "TimedStorage-ByteHrs", "10", "GB-Mo", "2014-03"),
            [],
            "on 2014-03-01; its price began on 2014-04-01",
        ),
        (
            one("AmazonS3", "us-east-1", "Upload-XZ", "10", "GB", "2025-03"),
            [],
            "on 2025-03-01; its price began on 2025-04-10",
        ),
    ],
)
def test_a_month_that_no_price_reaches_is_refused_by_line_and_day(
    usage: str, flags: list[str], message: str, tmp_path: Path, capsys: Captured
) -> None:
    path = usage_file(tmp_path, usage)
    assert run(["price", path, *TODAY, *flags]) == 3
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith(f"{path}:2: no price for ")
    assert f"{message}, price a later day\n" in captured.err


def test_a_day_long_before_all_prices_is_refused_for_rows_without_a_month(tmp_path: Path, capsys: Captured) -> None:
    assert run(["price", usage_file(tmp_path, TWO_TIERS), *TODAY, "--as-of", "2006-03-14"]) == 3
    assert (
        "csv:3: no price for AmazonEC2/BoxUsage:g4dn.xlarge/on-demand in us-west-2 on 2006-03-14; g4dn began on "
        in (capsys.readouterr().err)
    )


def test_a_month_long_after_the_prices_is_warned_of(tmp_path: Path, capsys: Captured) -> None:
    usage = one("AmazonS3", "us-east-1", "TimedStorage-ByteHrs", "10", "GB-Mo", "2190-01")
    assert run(["price", usage_file(tmp_path, usage), *TODAY]) == 0
    assert "1 of the prices used is over 18 months old, the oldest of 2026-09-29" in capsys.readouterr().err
