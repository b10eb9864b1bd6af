"""A bill beside its list prices, as text, JSON, CSV and Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from cloudcost.catalog.books.dated.stamp import stamp_of
from cloudcost.figures import counted
from cloudcost.json_text import json_text
from cloudcost.money import decimal_string, exact_sum, format_usd, known_decimal
from cloudcost.render.lines import line_record, quantity_string
from cloudcost.render.tables.columns import plain, wrap
from cloudcost.render.tables.writer import csv_table, escaped, markdown_table, section, table_rows
from cloudcost.results.priced_bill import HALF_A_CENT

if TYPE_CHECKING:
    from cloudcost.results.priced_bill import PricedBill, PricedBillLine

SCHEMA = "cloudcost.priced/1"
WIDTH = 80
_FIGURE = 12
"""Width of a column of dollars."""
_HEADS = ("list", "billed", "difference")
_CHARGES = {
    "savings_plan_negation": "savings plans' negation", "savings_plan_fee": "savings plans' fees",
    "savings_plan_upfront": "savings plans paid upfront", "reserved_fee": "reservations' fees", "fee": "fees",
    "tax": "tax", "credit": "credits", "refund": "refunds", "discount": "discounts",
}  # fmt: skip
"""Charges without a list price, in words."""


def priced_bill_json(priced: PricedBill, *, book: str = "") -> str:
    """Return `cloudcost.priced/1`: each line with what was billed and the difference."""
    document = {
        "schema": SCHEMA,
        **(stamp_of(book).keys() if book else {}),
        "cost_basis": priced.cost_basis,
        "currency": priced.currency,
        "period": [None if moment is None else moment.isoformat() for moment in priced.period],
        "lines": [_record(line) for line in priced.lines],
        "total_usd": decimal_string(priced.list_usd),
        "billed_usd": decimal_string(priced.billed_usd),
        "difference_usd": decimal_string(priced.difference_usd),
        "unlisted": {
            "lines": sum(line.count for line in priced.unlisted),
            "usd": decimal_string(exact_sum([line.billed_usd for line in priced.unlisted])),
        },
        "unread": {"lines": priced.unread.count, "usd": known_decimal(priced.unread.known_usd)},
    }
    if priced.by:
        document["by"] = priced.by
        document["groups"] = [
            {
                "name": group.name,
                "billed_usd": decimal_string(group.billed_usd),
                "list_usd": decimal_string(group.list_usd),
                "difference_usd": decimal_string(group.difference_usd),
            }
            for group in priced.groups
        ]
    return json_text(document)


def _record(line: PricedBillLine) -> dict[str, Any]:
    """Return a line as the contracts have it; what nobody knows is null."""
    book = None if line.book is None else line_record(line.book)
    unknown = dict.fromkeys(("unit_price_usd", "grade", "source", "as_of"))
    return {
        **(book or {"tiers": [], **unknown}),
        "service": line.service,
        "usage_type": line.usage_type,
        "operation": line.operation,
        "region": line.region,
        "month": None if line.month is None else str(line.month),
        "purchase": line.purchase,
        "charge": line.charge,
        "quantity": known_decimal(line.quantity) if book is None else book["quantity"],
        "unit": line.unit if book is None else book["unit"],
        "amount_usd": known_decimal(line.list_usd),
        "listed_by": line.listed_by,
        "book_usd": None if line.book is None else decimal_string(line.book.amount_usd),
        "billed_usd": decimal_string(line.billed_usd),
        "difference_usd": known_decimal(line.difference_usd),
        "lines": line.count,
        "why": line.why,
    }


def priced_bill_csv(priced: PricedBill) -> str:
    """Return a row per line."""
    heads = [
        "service", "region", "usage_type", "operation", "month", "purchase", "charge", "quantity", "unit", "list_usd",
        "listed_by", "book_usd", "billed_usd", "difference_usd", "lines", "why",
    ]  # fmt: skip
    records = [{**record, "list_usd": record["amount_usd"]} for record in map(_record, priced.lines)]
    return csv_table(heads, [[record[head] for head in heads] for record in records])


def priced_bill_text(priced: PricedBill, *, explain: bool = False, width: int = WIDTH) -> str:
    """Return a bill for a terminal: what it comes to, then its lines, the largest difference first."""
    rows = [row for said in _said(priced) for row in wrap(said, width, others="  ")]
    if priced.groups:
        rows += ["", *_head(priced.by, width)]
        for group in priced.groups:
            figures = _figures((group.list_usd, group.billed_usd, group.difference_usd))
            rows += table_rows(plain(group.name) or "(none)", figures, width - 3 * _FIGURE, width)
    rows += ["", *_head("use", width)]
    for line in priced.lines:
        figures = _figures((line.list_usd, line.billed_usd, _told(line)))
        rows += table_rows(plain(_name(line, priced)), figures, width - 3 * _FIGURE, width)
        if explain:
            rows += [row for said in _why(line) for row in wrap(said, width, first="    ", others="      ")]
    rows += section("not read", list(priced.unread.places), width)
    return "\n".join(row.rstrip() for row in rows) + "\n"


def priced_bill_markdown(priced: PricedBill) -> str:
    """Return what a bill comes to, then its lines as a table."""
    rows = [
        [_name(line, priced), *_cells((line.list_usd, line.billed_usd, line.difference_usd))] for line in priced.lines
    ]
    said = "\n".join(f"- {escaped(each)}" for each in _said(priced))
    groups = ""
    if priced.groups:
        cells = [
            [each.name or "(none)", *_cells((each.list_usd, each.billed_usd, each.difference_usd))]
            for each in priced.groups
        ]
        groups = markdown_table([priced.by, *_heads()], cells, right={1, 2, 3}) + "\n"
    return f"{said}\n\n{groups}{markdown_table(['use', *_heads()], rows, right={1, 2, 3})}"


def _heads() -> list[str]:
    return [f"{head} USD" for head in _HEADS]


def _said(priced: PricedBill) -> list[str]:
    """Return what a bill comes to, in sentences."""
    kind = "" if priced.cost_basis == "unblended" else f" ({priced.cost_basis} cost)"
    held = exact_sum([line.billed_usd for line in priced.lines if line.list_usd is not None])
    said = [f"billed {format_usd(priced.billed_usd)} {priced.currency}{kind}"]
    more = "more" if priced.difference_usd >= 0 else "less"
    said.append(
        f"use with a list price: billed {format_usd(held)}, at list prices {format_usd(priced.list_usd)}, "
        f"{format_usd(abs(priced.difference_usd))} {more}"
    )
    unlisted = priced.unlisted
    if unlisted:
        lines = counted(sum(line.count for line in unlisted), "line")
        usd = format_usd(exact_sum([line.billed_usd for line in unlisted]))
        said.append(f"use without a known list price: {lines}, billed {usd}")
    for charge, words in _CHARGES.items():
        of_it = [line.billed_usd for line in priced.lines if line.charge == charge]
        if of_it:
            said.append(f"{words}: {format_usd(exact_sum(of_it))}")
    if priced.unread.count:
        known = priced.unread.known_usd
        usd = "their cost is unknown" if known is None else f"{format_usd(known)} USD"
        said.append(f"not read: {counted(priced.unread.count, 'line')}, {usd}")
    return said


def _head(name: str, width: int) -> list[str]:
    return [f"{name:<{width - 3 * _FIGURE}}" + "".join(f"{head:>{_FIGURE}}" for head in _HEADS)]


def _cells(usd: Sequence[Decimal | None]) -> list[str]:
    return ["" if each is None else format_usd(each) for each in usd]


def _told(line: PricedBillLine) -> Decimal | None:
    """Return a difference as it is told: what rounding to cents makes of each line of a bill is none."""
    difference, exponent = line.difference_usd, line.billed_usd.as_tuple().exponent
    in_cents = isinstance(exponent, int) and exponent >= -2
    return Decimal(0) if difference and in_cents and abs(difference) <= line.count * HALF_A_CENT else difference


def _figures(usd: Sequence[Decimal | None]) -> str:
    """Return amounts in their columns; one that is too long for its column is told to two digits."""
    shown = [
        cell if len(cell) < _FIGURE or amount is None else f"{amount:.1e}"
        for cell, amount in zip(_cells(usd), usd, strict=True)
    ]
    return "".join(f"{cell or '-':>{_FIGURE}}" for cell in shown)


def _name(line: PricedBillLine, priced: PricedBill) -> str:
    """Return what a line is: its usage type, with region and month where the bill has several."""
    parts = [line.usage_type or line.service or line.charge]
    if line.operation:
        parts[0] += f" ({line.operation})"
    for several, value in (
        ({each.region for each in priced.lines}, line.region),
        ({each.month for each in priced.lines}, "" if line.month is None else str(line.month)),
    ):
        if len(several) > 1 and value:
            parts.append(value)
    if line.charge not in ("usage", "tax"):
        parts.append(_CHARGES.get(line.charge, line.charge.replace("_", " ")))
    return ", ".join(parts)


def _why(line: PricedBillLine) -> list[str]:
    """Return what stands behind a line's list price."""
    said: list[str] = []
    if line.quantity is not None:
        lines = "" if line.count == 1 else f" in {counted(line.count, 'line')}"
        said.append(f"{line.service}: {decimal_string(line.quantity)} {line.unit}{lines}")
    if line.book is not None:
        products = [
            f"{quantity_string(tier.quantity)} {line.book.unit} x {decimal_string(tier.unit_price_usd)}"
            for tier in line.book.tiers
        ]
        seen = "" if line.book.as_of is None else f", seen {line.book.as_of}"
        total = format_usd(line.book.amount_usd)
        said.append(f"price book: {' + '.join(products)} = {total} ({line.book.grade}, {line.book.source}{seen})")
    if line.listed_by == "bill":
        said.append("list price: the bill's own")
    return [*said, line.why] if line.why else said
