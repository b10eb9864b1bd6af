"""The page of a bill by cause: whole, without a request, with every cause, day and row, and nothing that runs."""

from __future__ import annotations

import re
from base64 import b64encode
from datetime import date
from decimal import Decimal
from hashlib import sha256
from html.parser import HTMLParser

import pytest
from tests.unit.analysis.explain.test_bill_by_cause import hours_of

from cloudcost.analysis.explain.bill import explain_bill
from cloudcost.domain.bills import BillLine, ReadBill
from cloudcost.render.explanation.page import explanation_page

VOID = {"meta", "link", "rect", "line"}


class Tree(HTMLParser):
    """Keeps which elements are open, so that each is closed, and what stands where."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def page(lines: list[BillLine]) -> str:
    bill = ReadBill(lines=tuple(lines), files=("bill.csv",))
    return explanation_page(explain_bill(bill, today=date(2026, 11, 22)), made_by="test")


def parsed(text: str) -> Tree:
    tree = Tree()
    tree.feed(text)
    assert not tree.open
    return tree


@pytest.fixture
def lines() -> list[BillLine]:
    odd = BillLine(
        service="<script>alert(1)</script>", usage_type='"><img src=x>', billed_usd=Decimal(3), line=9, file="bill.csv"
    )
    credit = BillLine(service="AmazonEC2", charge="credit", billed_usd=Decimal(-5), line=10, file="bill.csv")
    return [
        *hours_of("Notebk:ml.p2.xlarge", days=4),
        *hours_of("NatGateway-Hours", days=2, service="AmazonEC2"),
        odd,
        credit,
    ]


def test_the_page_is_whole_and_asks_nothing_of_a_network(lines: list[BillLine]) -> None:
    text = page(lines)
    tree = parsed(text)
    names = [name for name, _ in tree.seen]
    assert "script" not in names
    assert "img" not in names
    assert not re.search(r"https?://|url\(", text)
    [policy] = [attributes["content"] for name, attributes in tree.seen if "http-equiv" in attributes]
    style = text.partition("<style>")[2].partition("</style>")[0]
    assert f"'sha256-{b64encode(sha256(style.encode()).digest()).decode()}'" in str(policy)


def test_causes_days_and_rows_stand_on_the_page(lines: list[BillLine]) -> None:
    text = page(lines)
    assert "notebook instance left on" in text
    assert "24 h of each of 4 days (2026-10-01 to 2026-10-04): left on" in text
    columns = [attributes for name, attributes in parsed(text).seen if "stack" in str(attributes.get("class"))]
    assert len(columns) == 4 * 2  # days x causes that tell days
    assert len({attributes["x"] for attributes in columns}) == 4
    assert '<th scope="row">2026-10-03</th><td class="n">21.60</td>' in text
    assert "bill.csv:2" in text
    assert "aws budgets create-budget" in text


def test_a_column_is_as_tall_as_its_amount(lines: list[BillLine]) -> None:
    drawn = parsed(page(lines)).seen
    notebook, nat = (
        [float(str(each["height"])) for _, each in drawn if each.get("class") == f"stack c{index}"] for index in (0, 1)
    )
    assert notebook[0] == pytest.approx(nat[0], rel=1e-2)  # 24 h at 0.90 each; coordinates have two decimals
    assert nat[2:] == [0, 0]


def test_a_bill_of_a_month_has_no_days_and_an_empty_one_is_a_page(lines: list[BillLine]) -> None:
    assert "Day by day" not in page(lines[-2:])
    parsed(page([]))
