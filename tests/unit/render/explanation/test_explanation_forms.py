"""A bill by cause in each format: nothing wider than a terminal, sums that stay, commands that a shell takes."""

from __future__ import annotations

import csv
import io
import json
import shlex
from datetime import date
from decimal import Decimal

import pytest

from cloudcost.analysis.explain.bill import explain_bill
from cloudcost.domain.bills import BillLine, ReadBill, Unread
from cloudcost.render.explanation.page import explanation_page
from cloudcost.render.explanation.record import explanation_csv, explanation_json
from cloudcost.render.explanation.words import explanation_markdown, explanation_text
from cloudcost.render.tables.columns import display_width
from cloudcost.results.explanation import Explanation
from cloudcost.units import BillingMonth

LINES = (
    BillLine(
        service="AmazonSageMaker",
        region="us-east-1",
        usage_type="Notebk:ml.p2.xlarge",
        operation="RunInstance",
        month=BillingMonth(2026, 10),
        quantity=Decimal(744),
        unit="Hrs",
        billed_usd=Decimal("837"),
        account="111122223333",
        line=2,
        file="bill.csv",
    ),
    BillLine(
        service="AmazonS3",
        region="us-east-1",
        usage_type="TimedStorage-ByteHrs",
        month=BillingMonth(2026, 11),
        quantity=Decimal(200),
        unit="GB-Mo",
        billed_usd=Decimal("4.6"),
        account="111122223333",
        line=3,
        file="bill.csv",
    ),
    BillLine(
        service="=cmd|' /C calc'!A0",
        usage_type="+New\x1b[31m" + 60 * "x",
        month=BillingMonth(2026, 11),
        quantity=None,
        billed_usd=Decimal("400"),
        line=4,
        file="bill.csv",
    ),
    BillLine(service="AmazonEC2", charge="credit", billed_usd=Decimal("-50"), line=5, file="bill.csv"),
)


@pytest.fixture
def explanation() -> Explanation:
    unread = Unread(count=2, usd=Decimal("1.5"), places=("bill.csv:9: no cost",))
    bill = ReadBill(lines=LINES, unread=unread, files=("bill.csv",))
    return explain_bill(bill, today=date(2026, 11, 22))


def test_text_fits_a_terminal_and_ends_with_the_alarm(explanation: Explanation) -> None:
    text = explanation_text(explanation)
    assert max(map(display_width, text.splitlines())) <= 80
    assert "\x1b" not in text
    assert "1,193.10 USD, unblended cost, in 4 lines of bill.csv" in text
    assert "2026-11 is open" in text
    assert "2026-10  2026-11 open" in text
    assert "2 lines could not be read, 1.50 USD" in text
    command = text[text.index("aws budgets") :]
    words = shlex.split(command)
    assert json.loads(words[words.index("--budget") + 1])["BudgetLimit"]["Amount"] == "837"


def test_json_keeps_the_contract(explanation: Explanation) -> None:
    record = json.loads(explanation_json(explanation))
    assert record["schema"] == "cloudcost.explanation/1"
    assert record["total_usd"] == record["billed_usd"] == "1193.1"
    assert record["list_usd"] is None
    total = sum(Decimal(each["usd"]) for each in record["causes"]) + Decimal(record["unexplained_usd"])
    assert total == Decimal(record["billed_usd"])
    for each in record["causes"]:
        assert {"cause", "usd", "share", "evidence", "against", "avoid", "lines"} <= set(each)
        assert sum(Decimal(line["usd"]) for line in each["lines"]) == Decimal(each["usd"])
    [notebook] = [each for each in record["comparison"] if each["key"] == "notebook"]
    assert notebook["months"] == {"2026-10": "837", "2026-11": "0"}
    assert notebook["change_usd"] == "-837"


def test_csv_has_each_item_with_its_cause_and_no_formula(explanation: Explanation) -> None:
    rows = list(csv.DictReader(io.StringIO(explanation_csv(explanation))))
    assert sum(Decimal(row["usd"]) for row in rows) == sum(line.billed_usd for line in LINES)
    assert {row["cause"] for row in rows} == {"notebook", "bucket-storage", "other", "credits"}
    assert not any(cell.startswith(("=", "+")) for row in rows for cell in row.values())


def test_markdown_has_a_table_and_the_command_in_a_fence(explanation: Explanation) -> None:
    text = explanation_markdown(explanation)
    assert "| notebook instance, left on or used | 837.00 | 70.2 % | 558.00 |" in text
    assert "```sh\naws budgets create-budget --account-id 111122223333" in text


def test_an_empty_bill_is_explained_as_nothing() -> None:
    empty = explain_bill(ReadBill(lines=(), files=("bill.csv",)), today=date(2026, 11, 22))
    assert "0.00 USD, unblended cost, in 0 lines of bill.csv" in explanation_text(empty)
    assert json.loads(explanation_json(empty))["causes"] == []


def test_amounts_are_in_the_currency_of_the_bill() -> None:
    euros = explain_bill(ReadBill(lines=LINES[:2], currency="EUR", files=("bill.csv",)), today=date(2026, 11, 22))
    shown = [
        explanation_text(euros),
        explanation_markdown(euros),
        explanation_page(euros, made_by="test"),
        json.dumps([each["evidence"] for each in json.loads(explanation_json(euros))["causes"]]),
    ]
    for each in shown:
        assert "EUR" in each
        assert "USD" not in each


def test_a_currency_that_is_none_breaks_no_table() -> None:
    odd = explain_bill(ReadBill(lines=LINES[:2], currency="\x1b[31m" + 300 * "x"), today=date(2026, 11, 22))
    text = explanation_text(odd)
    assert max(map(display_width, text.splitlines())) <= 80
    assert "\x1b" not in text
