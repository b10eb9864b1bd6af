"""Priced lines as FOCUS rows: what they bill is what the lines do, and each says what FOCUS demands."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cloudcost.analysis.compare import compare
from cloudcost.catalog.books.book import load_book
from cloudcost.catalog.focus_services import focus_service
from cloudcost.cli import run
from cloudcost.domain.lines import LineItem
from cloudcost.domain.usage import Usage
from cloudcost.pricing.bill.lines import price_usage
from cloudcost.project.bundled import bundled_project_text
from cloudcost.project.file import parse_project
from cloudcost.render.focus import COLUMNS, focus_csv
from cloudcost.units import BillingMonth

TODAY = date(2026, 11, 22)
MONTH = BillingMonth(2026, 11)
NEVER_EMPTY = (
    "BilledCost", "BillingAccountId", "BillingCurrency", "BillingPeriodEnd", "BillingPeriodStart", "ChargeCategory",
    "ChargePeriodEnd", "ChargePeriodStart", "ContractedCost", "EffectiveCost", "InvoiceIssuerName", "ListCost",
    "ProviderName", "PublisherName", "ServiceCategory", "ServiceName",
)  # fmt: skip
"""Columns of FOCUS 1.2 that allow no null."""


def rows_of(lines: Sequence[LineItem]) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(focus_csv(lines, month=MONTH, tags={"project": "p"}))))


def stored(gb: Decimal) -> Usage:
    return Usage(
        service="AmazonS3", region="us-east-1", usage_type="TimedStorage-ByteHrs", month=MONTH, quantity=gb,
        unit="GB-Mo", why="kept",
    )  # fmt: skip


@settings(max_examples=40)
@given(st.decimals(0, 10**6, places=7))
def test_rows_bill_what_their_line_does_and_each_has_one_price(gb: Decimal) -> None:
    lines = price_usage([stored(gb)], load_book(), on=TODAY)
    rows = rows_of(lines)
    assert len(rows) == max(sum(len(line.tiers) for line in lines), 1)
    for column in ("BilledCost", "EffectiveCost", "ListCost", "ContractedCost"):
        assert sum(Decimal(row[column]) for row in rows) == sum(line.amount_usd for line in lines)
    for row in rows:
        listed = Decimal(row["ListUnitPrice"]) * Decimal(row["PricingQuantity"])
        assert abs(listed - Decimal(row["ListCost"])) <= Decimal("2e-10")


def test_a_row_per_tier() -> None:
    rows = rows_of(price_usage([stored(Decimal(60_000))], load_book(), on=TODAY))
    assert [(row["PricingQuantity"], row["ListUnitPrice"], row["SkuPriceId"].rsplit("/", 1)[1]) for row in rows] == [
        ("51200", "0.023", "0"),
        ("8800", "0.022", "51200"),
    ]
    assert {row["PricingUnit"] for row in rows} == {"GB-Months"}


def test_every_row_of_every_option_says_what_focus_demands() -> None:
    reto = parse_project(bundled_project_text("reto"), name="reto", today=TODAY)
    for option in compare(reto, today=TODAY, draws=0).options:
        rows = rows_of(option.lines)
        assert sum(Decimal(row["BilledCost"]) for row in rows) == option.total_usd
        for row in rows:
            assert set(row) == set(COLUMNS)
            assert all(row[column] for column in NEVER_EMPTY), option.name
            assert row["ChargePeriodStart"].endswith("-01T00:00:00Z")
            assert (row["ChargeCategory"] == "Usage") == bool(row["SkuPriceId"].startswith("cloudcost:"))
            assert row["x_Estimate"] == "true"
            assert json.loads(row["Tags"]) == {"project": "p"}


def test_a_service_name_has_one_category() -> None:
    found: dict[str, set[str]] = {}
    for price in load_book().prices():
        service = focus_service(price.service, price.usage_type)
        found.setdefault(service.name, set()).add(service.category)
        assert service.category != "Other" or price.service.startswith("AWSSupport"), price.service
    assert all(len(categories) == 1 for categories in found.values())


def test_both_verbs_write_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    usage = tmp_path / "usage.csv"
    usage.write_text("service,region,usage_type,quantity,unit\nAmazonEC2,us-east-1,SpotUsage:g4dn.xlarge,3,Hrs\n")
    assert run(["price", str(usage), "--format", "focus", "--today", "2026-11-22"]) == 0
    [row] = csv.DictReader(io.StringIO(capsys.readouterr().out))
    assert (row["PricingCategory"], row["BillingPeriodStart"], row["x_UsageType"]) == (
        "Dynamic", "2026-11-01T00:00:00Z", "SpotUsage:g4dn.xlarge",
    )  # fmt: skip
    arguments = ["--option", "EC2 g4dn.xlarge", "--draws", "0", "--format", "focus", "--today", "2026-11-22"]
    assert run(["estimate", *arguments]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert json.loads(rows[0]["Tags"]) == {"project": "reto", "option": "EC2 g4dn.xlarge"}
    assert {row["ServiceCategory"] for row in rows} == {"Compute", "Networking", "Storage"}
