"""Amounts that others published, to the cent: the project's own table of them, and the shared study data where it is.

Out of scope of the price book, and so of these tests: S3 Tables, S3 Vectors, S3 Metadata and the checksum example of
AWS's pricing page. Lines of other tools that are known to be wrong are named in `EXEMPT` with the reason.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from cloudcost.bills.usage_csv import parse_usage_csv
from cloudcost.catalog.books.book import load_book
from cloudcost.cli import run
from cloudcost.domain.lines import LineItem
from cloudcost.domain.usage import Usage
from cloudcost.money import round_half_even
from cloudcost.pricing.bill.lines import price_usage
from cloudcost.units import BillingMonth

ON = date(2026, 11, 22)
TABLE = Path(__file__).parent / "published_lines.csv"
"""source, case, what, the usage, and the amount as published [USD]."""

EXEMPT = {
    "Select data": "S3 Select is closed to new customers",
    "Intelligent tiering/Early delete (within 30 days)": "Intelligent-Tiering has no minimum duration",
    "Glacier flexible retrieval/Retrieval requests (standard)": "0.03 there, 0.05 in AWS's list",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A row of the table."""

    case: str
    what: str
    usage: Usage
    amount_usd: Decimal


def published() -> Iterator[Published]:
    with TABLE.open(newline="") as file:
        for row in csv.DictReader(file):
            usage = Usage(
                service=row["service"],
                region=row["region"],
                usage_type=row["usage_type"],
                operation=row["operation"],
                month=BillingMonth.parse(row["month"]) if row["month"] else None,
                quantity=Decimal(row["quantity"]),
                unit=row["unit"],
            )
            yield Published(case=row["case"], what=row["what"], usage=usage, amount_usd=Decimal(row["amount_usd"]))


def cents(amount: Decimal | Fraction | float) -> Decimal:
    """Round to the cent; a float of a JSON file by the digits that it is written with."""
    return round_half_even(Fraction(str(amount)) if isinstance(amount, float) else Fraction(amount), 2)


def priced(usage: Usage) -> LineItem:
    [line] = price_usage([usage], load_book(), on=ON)
    return line


@pytest.mark.parametrize("row", list(published()), ids=lambda row: f"{row.case}: {row.what}")
def test_a_published_line_is_reproduced_to_the_cent(row: Published) -> None:
    assert cents(row.amount_usd) == cents(priced(row.usage).exact_usd)


def s3(usage_type: str, byte_hours: int, month: BillingMonth | None = None) -> Usage:
    return Usage(
        service="AmazonS3",
        region="us-east-1",
        usage_type=usage_type,
        quantity=byte_hours,
        unit="byte-hours",
        month=month,
    )


def test_the_s3_faq_storage_example_to_the_last_digit() -> None:
    """AWS S3 FAQ (page copies 49354820528, 3811711737): 100 GB for 15 days, then 100 TB for 16 days of March."""
    byte_hours = 107_374_182_400 * 15 * 24 + 109_951_162_777_600 * 16 * 24
    assert byte_hours == 42_259_901_212_262_400
    line = priced(s3("TimedStorage-ByteHrs", byte_hours, BillingMonth(2026, 3)))
    assert line.quantity == 52_900
    assert line.exact_usd == 1215
    assert [cents(part.exact_usd) for part in line.tiers] == [Decimal("1177.60"), Decimal("37.40")]


def test_the_s3_faq_versioning_example() -> None:
    """AWS S3 FAQ (page copy 35814728716): 4 GB for 31 days and, as a new version, 5 GB for 16 days."""
    byte_hours = 4 * 2**30 * 31 * 24 + 5 * 2**30 * 16 * 24
    assert byte_hours == 5_257_039_970_304
    line = priced(s3("TimedStorage-ByteHrs", byte_hours, BillingMonth(2026, 3)))
    assert Decimal("6.581") == round_half_even(line.quantity, 3)


@pytest.mark.parametrize("storage_class", ["SIA", "GIR"])
def test_a_small_object_costs_what_128_kb_cost(storage_class: str) -> None:
    """AWS S3 FAQ (page copy 35814728716): 6 KB are charged as 6 KB and 122 KB of padding."""
    held, padding = 6 * 1024 * 730, 122 * 1024 * 730
    parts = priced(s3(f"TimedStorage-{storage_class}-ByteHrs", held)).exact_usd
    parts += priced(s3(f"TimedStorage-{storage_class}-SmObjects", padding)).exact_usd
    assert parts == priced(s3(f"TimedStorage-{storage_class}-ByteHrs", 128 * 1024 * 730)).exact_usd


def test_managed_spot_saves_by_billable_seconds() -> None:
    """AWS's developer guide, managed spot training: (1 - 100/500) x 100 = 80 %."""
    cost = {
        seconds: priced(
            Usage(
                service="AmazonSageMaker",
                region="us-east-1",
                usage_type="Train:ml.m5.xlarge",
                quantity=seconds,
                unit="seconds",
            )
        ).exact_usd
        for seconds in (100, 500)
    }
    assert 1 - cost[100] / cost[500] == Fraction(80, 100)


def test_a_gigabyte_of_a_bill_is_1024_times_1024_kilobytes() -> None:
    """CloudWatch's examples (page copy 68525775694) divide by 1,024 twice, transfer counts 1 TB = 1,024 GB."""
    line = priced(
        Usage(
            service="AWSDataTransfer",
            region="us-east-1",
            usage_type="DataTransfer-Out-Bytes",
            quantity=1_048_576 * 1024,
            unit="bytes",
        )
    )
    assert line.quantity == 1


def test_every_line_of_the_peers_is_in_the_table_or_exempt(shared_data: Path) -> None:
    known = {(row.case, row.what): row.amount_usd for row in published()}
    seen = 0
    for path in sorted((shared_data / "prices" / "peer_cases").glob("*.json")):
        for case in json.loads(path.read_text())["cases"]:
            for line in case["line_items"]:
                what = line.get("path", line["name"])
                if line["monthly_cost"] is None or any(exempt in what for exempt in EXEMPT):
                    continue
                seen += 1
                assert cents(line["monthly_cost"]) == cents(known[case["name"], what]), f"{case['name']}: {what}"
    assert seen == 61


def test_official_examples_have_the_published_results(shared_data: Path) -> None:
    examples = {
        example["name"]: example["official_result"]
        for example in json.loads((shared_data / "prices" / "aws_worked_examples.json").read_text())["examples"]
    }
    table = {row.case: row.amount_usd for row in published()}
    found = {name for name in examples if name in table}
    assert len(found) == 6
    for name in found:
        assert cents(examples[name]["total"]) == cents(table[name])
    out_of_scope = {name for name in examples if name.startswith(("s3_tables", "s3_vectors", "s3_metadata"))}
    covered_above = {
        "s3_versioning_4GB_plus_5GB",
        "standard_ia_small_object",
        "sagemaker_managed_spot_saving",
        "cloudwatch_meter_units",
    }
    assert set(examples) == found | out_of_scope | covered_above | {"s3_compute_checksum"}


def test_the_whole_sagemaker_bill_through_price(
    shared_data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with (shared_data / "bills" / "sagemaker_eu_west_1_2023-12.csv").open(newline="") as file:
        bill = list(csv.DictReader(file))
    assert len(bill) == 26
    usage = io.StringIO()
    columns = ["service", "region", "usage_type", "operation", "month", "quantity", "unit"]
    writer = csv.DictWriter(usage, columns, extrasaction="ignore")
    writer.writeheader()
    for row in bill:
        writer.writerow({**row, "service": "AmazonSageMaker", "region": "eu-west-1", "month": "2023-12"})
    path = tmp_path / "bill.csv"
    path.write_text(usage.getvalue())
    assert run(["price", str(path), "--format", "json", "--today", "2026-11-22"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert [row["usage_type"] for row in bill] == [line["usage_type"] for line in result["lines"]]
    for row, line in zip(bill, result["lines"], strict=True):
        assert Decimal(row["cost_usd"]) == cents(Decimal(line["amount_usd"])), row["usage_type"]
        assert Decimal(row["unit_price_usd"]) == Decimal(line["unit_price_usd"])
    assert Decimal(result["total_usd"]) == sum(Decimal(line["amount_usd"]) for line in result["lines"])


def test_the_table_reads_as_usage_csv() -> None:
    """The table's own columns are those of `cloudcost price`; the rest of it is not read."""
    file = parse_usage_csv(TABLE.read_text(), "published_lines.csv")
    assert [row.usage for row in published()] == list(file.usages)
    assert file.ignored == ("source", "case", "what", "amount_usd")
