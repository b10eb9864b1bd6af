"""What is printed is read back the same: usage as CSV, lines as JSON."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from decimal import Decimal
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.laws import examples

from cloudcost.bills.usage_csv import parse_usage_csv
from cloudcost.catalog.books.book import PriceBook
from cloudcost.domain.usage import Usage
from cloudcost.money import format_usd
from cloudcost.pricing.bill.lines import price_usage, total_usd
from cloudcost.render.lines import lines_csv, lines_json, lines_markdown, lines_text, quantity_string
from cloudcost.testing import price_books, projects, quantities, usages

many = settings(max_examples=examples(120), deadline=None)
ON = date(2026, 11, 22)
bills = price_books(types=1, max_tiers=3).flatmap(
    lambda book: st.tuples(st.just(book), usages(book, min_size=1, max_size=5))
)
COLUMNS = ("service", "region", "usage_type", "operation", "month", "purchase", "quantity", "unit")


def printed(rows: tuple[Usage, ...]) -> str:
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(COLUMNS)
    for row in rows:
        month = "" if row.month is None else str(row.month)
        key = [row.service, row.region, row.usage_type, row.operation, month, row.purchase]
        writer.writerow([*key, format(Decimal(str(row.quantity)), "f"), row.unit])
    return buffer.getvalue()


@many
@given(bills)
def test_usage_printed_as_csv_is_read_back_the_same(bill: tuple[PriceBook, tuple[Usage, ...]]) -> None:
    book, rows = bill
    back = parse_usage_csv(printed(rows)).usages
    assert [(row.usage_type, Fraction(row.quantity), row.month) for row in rows] == [
        (row.usage_type, Fraction(row.quantity), row.month) for row in back
    ]
    before, after = price_usage(rows, book, on=ON), price_usage(back, book, on=ON)
    assert [(line.exact_usd, line.tiers) for line in before] == [(line.exact_usd, line.tiers) for line in after]


@many
@given(bills)
def test_lines_printed_as_json_are_read_back_the_same(bill: tuple[PriceBook, tuple[Usage, ...]]) -> None:
    book, rows = bill
    lines = price_usage(rows, book, on=ON)
    record = json.loads(lines_json(lines))
    assert [line.amount_usd for line in lines] == [Decimal(line["amount_usd"]) for line in record["lines"]]
    assert [[tier.unit_price_usd for tier in line.tiers] for line in lines] == [
        [Decimal(tier["unit_price_usd"]) for tier in line["tiers"]] for line in record["lines"]
    ]
    assert total_usd(lines) == Decimal(record["total_usd"])
    for line, printed_line in zip(lines, record["lines"], strict=True):
        assert abs(line.quantity - Fraction(printed_line["quantity"])) <= Fraction(1, 10**12)


@many
@given(bills, st.booleans())
def test_text_never_passes_eighty_columns_and_shows_the_total(
    bill: tuple[PriceBook, tuple[Usage, ...]], explain: bool
) -> None:
    book, rows = bill
    lines = price_usage(rows, book, on=ON)
    text = lines_text(lines, explain=explain)
    assert max(map(len, text.splitlines())) <= 80
    total = format_usd(total_usd(lines))
    assert text.splitlines()[-1].split() == ["total", total]
    assert f"**{total}**" in lines_markdown(lines, explain=explain)
    parts = sum(len(line.tiers) for line in lines) if explain else len(lines)
    assert len(list(csv.reader(io.StringIO(lines_csv(lines, explain=explain))))) == parts + 1


@many
@given(quantities())
def test_a_quantity_is_printed_exactly_where_it_ends(quantity: Fraction) -> None:
    back = Fraction(quantity_string(quantity))
    rest = quantity.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    ends = rest == 1 and 10**40 % quantity.denominator == 0
    assert back == quantity if ends else abs(back - quantity) <= Fraction(1, 10**12)


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_projects_are_consistent(data: st.DataObject) -> None:
    project = data.draw(projects())
    assert len({option.name for option in project.options}) == len(project.options) >= 1
    assert len({training.name for training in project.trainings}) == len(project.trainings) >= 1
    for training in project.trainings:
        assert 1 <= training.runs.low <= training.runs.expected <= training.runs.high
    assert project.dataset.size_bytes <= 2**60
    assert all(option.hours_per_run for option in project.options)
