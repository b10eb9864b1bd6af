"""Priced lines as text, JSON, CSV and Markdown: functions of plain values, used by every verb that prints a bill.

JSON and CSV carry money, prices and quantities as decimal strings that parse back to the same value; text and
Markdown round for people, and never show a small amount as nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any, TypedDict

from cloudcost.catalog.books.dated.stamp import stamp_of
from cloudcost.domain.lines import LineItem, TierSlice
from cloudcost.domain.usage import UnpricedUsage, Usage
from cloudcost.figures import figure
from cloudcost.json_text import json_text
from cloudcost.money import decimal_string, exact_sum, format_usd, round_half_even
from cloudcost.render.tables.columns import display_width, pad, plain, wrap
from cloudcost.render.tables.writer import Cell, csv_table, escaped, markdown_table, section

SCHEMA = "cloudcost.priced/1"
"""History: 1 is the first."""

WIDTH = 80
_FIGURES_WIDTH = 44
_INDENT = "    "
_ASSUMED = "* assumed: the price is not known for this region or time; --explain says what was taken"
_EXACT_PLACES = 40
_ROUNDED_PLACES = 12

TierRecord = TypedDict(
    "TierRecord",
    {"from": str, "up_to": str | None, "quantity": str, "unit_price_usd": str, "amount_usd": str},
)
"""A tier's part of a line, as JSON has it."""


class LineRecord(TypedDict):
    """A line as JSON has it: the LINE of the contracts."""

    service: str
    usage_type: str
    operation: str
    region: str
    month: str | None
    purchase: str
    quantity: str
    unit: str
    unit_price_usd: str | None
    tiers: list[TierRecord]
    amount_usd: str
    grade: str
    source: str
    as_of: str | None
    why: str


class PricedRecord(TypedDict):
    """A priced bill as JSON has it."""

    schema: str
    lines: list[LineRecord]
    total_usd: str


def quantity_string(quantity: Fraction) -> str:
    """Return a quantity as a decimal string: exact where it has at most 40 decimals, else rounded to 12.

    Examples
    --------
    >>> quantity_string(Fraction(1, 8)), quantity_string(Fraction(2, 3))
    ('0.125', '0.666666666667')
    """
    rest, places = quantity.denominator, 0
    while rest > 1 and places < _EXACT_PLACES:
        rest //= 10 if rest % 10 == 0 else 2 if rest % 2 == 0 else 5 if rest % 5 == 0 else 1
        places += 1
    return decimal_string(round_half_even(quantity, _EXACT_PLACES if rest == 1 else _ROUNDED_PLACES))


def line_record(line: LineItem) -> LineRecord:
    """Return a line as JSON has it; quantities, prices and amounts are decimal strings."""
    return {
        "service": line.service,
        "usage_type": line.usage_type,
        "operation": line.operation,
        "region": line.region,
        "month": None if line.month is None else str(line.month),
        "purchase": line.purchase,
        "quantity": quantity_string(line.quantity),
        "unit": line.unit,
        "unit_price_usd": None if line.unit_price_usd is None else decimal_string(line.unit_price_usd),
        "tiers": [_tier_record(tier) for tier in line.tiers],
        "amount_usd": decimal_string(line.amount_usd),
        "grade": line.grade,
        "source": line.source,
        "as_of": None if line.as_of is None else line.as_of.isoformat(),
        "why": line.why,
    }


def _tier_record(tier: TierSlice) -> TierRecord:
    return {
        "from": decimal_string(tier.from_quantity),
        "up_to": None if tier.up_to is None else decimal_string(tier.up_to),
        "quantity": quantity_string(tier.quantity),
        "unit_price_usd": decimal_string(tier.unit_price_usd),
        "amount_usd": decimal_string(round_half_even(tier.exact_usd)),
    }


def priced_record(lines: Sequence[LineItem]) -> PricedRecord:
    """Return a bill as JSON has it: schema, lines and the exact sum of their amounts."""
    return {
        "schema": SCHEMA,
        "lines": [line_record(line) for line in lines],
        "total_usd": decimal_string(_total(lines)),
    }


def lines_json(lines: Sequence[LineItem], *, unpriced: Sequence[UnpricedUsage] = (), book: str = "") -> str:
    """Return a bill as JSON text, `cloudcost.priced/1`; with `unpriced` what no price is known for."""
    unknown = [{**_usage_record(usage), "why": why} for usage, why in unpriced]
    stamp = stamp_of(book).keys() if book else {}
    return json_text({**priced_record(lines), **stamp, **({"unpriced": unknown} if unknown else {})})


def lines_csv(lines: Sequence[LineItem], *, explain: bool = False, unpriced: Sequence[UnpricedUsage] = ()) -> str:
    """Return a bill as CSV: a row per line; with `explain` a row per tier of each line.

    The columns that `cloudcost price` reads are among them, so that a bill can be priced again.
    """
    columns = ["service", "region", "usage_type", "operation", "month", "purchase", "quantity", "unit"]
    columns += ["unit_price_usd", "amount_usd", "grade", "source", "as_of", "why"]
    if explain:
        columns[8:8] = ["from", "up_to"]
    rows: list[list[Cell]] = []
    for line in lines:
        record = line_record(line)
        for part in record["tiers"] if explain else [None]:
            row: dict[str, Any] = {**record, **(part or {})}
            rows.append([row[column] for column in columns])
    for usage, why in unpriced:
        unknown: dict[str, Any] = {**_usage_record(usage), "why": why}
        rows.append([unknown.get(column) for column in columns])
    return csv_table(columns, rows)


def _usage_record(usage: Usage) -> dict[str, str | None]:
    """Return what is used, where no price is known, as JSON and CSV have it."""
    return {
        "service": usage.service, "region": usage.region, "usage_type": usage.usage_type, "operation": usage.operation,
        "month": None if usage.month is None else str(usage.month), "purchase": usage.purchase,
        "quantity": quantity_string(Fraction(usage.quantity)), "unit": usage.unit,
    }  # fmt: skip


def _unpriced_words(unpriced: Sequence[UnpricedUsage]) -> list[str]:
    """Return what no price is known for, a sentence each."""
    return [
        f"{each.usage.service}/{each.usage.usage_type}, {_people_quantity(Fraction(each.usage.quantity))} "
        f"{each.usage.unit}: {each.why}"
        for each in unpriced
    ]


def lines_markdown(lines: Sequence[LineItem], *, explain: bool = False, unpriced: Sequence[UnpricedUsage] = ()) -> str:
    """Return a bill as a Markdown table with its total; with `explain` each tier under its line."""
    rows: list[list[str]] = []
    for line in lines:
        price = "tiers" if line.unit_price_usd is None else decimal_string(line.unit_price_usd)
        month = "" if line.month is None else str(line.month)
        cells = [line.service, f"{_name(line)}{_mark(line)}", line.region, month]
        rows.append([*cells, _people_quantity(line.quantity), line.unit, price, format_usd(line.amount_usd)])
        if explain:
            rows += (["", _bounds(tier), "", "", *_slice_cells(tier, line)] for tier in line.tiers)
    rows.append(["**total**", "", "", "", "", "", "", f"**{format_usd(_total(lines))}**"])
    heads = ["service", "usage type", "region", "month", "quantity", "unit", "USD per unit", "USD"]
    said = f"\n\\{_ASSUMED}\n" if any(_is_assumed(line) for line in lines) else ""
    unknown = "".join(f"- no price: {escaped(each)}\n" for each in _unpriced_words(unpriced))
    return markdown_table(heads, rows, right={4, 6, 7}) + said + (f"\n{unknown}" if unknown else "")


def _slice_cells(tier: TierSlice, line: LineItem) -> list[str]:
    price = decimal_string(tier.unit_price_usd)
    return [_people_quantity(tier.quantity), line.unit, price, format_usd(tier.exact_usd)]


def lines_text(
    lines: Sequence[LineItem],
    *,
    explain: bool = False,
    width: int = WIDTH,
    unpriced: Sequence[UnpricedUsage] = (),
) -> str:
    """Return a bill for a terminal: lines under their service, region and month, then the total.

    Parameters
    ----------
    lines : sequence of LineItem
    explain : bool
        Whether each line is followed by quantity x price of each tier, where the price is from, and why it is there.
    width : int
        No row is wider. [columns]
    unpriced : sequence of UnpricedUsage
        What no price is known for: listed, never counted as nothing.
    """
    rows = [f"{'usage':<{width - _FIGURES_WIDTH}}{'quantity':>14} {'unit':<9}{'USD/unit':>9}{'USD':>11}"]
    heading: tuple[str, str, str] | None = None
    for line in lines:
        here = (line.service, line.region, "" if line.month is None else str(line.month))
        if here != heading:
            rows.extend(wrap(" ".join(part for part in here if part), width))
            heading = here
        rows.extend(_text_rows(line, width))
        if explain:
            rows.extend(_explanation(line, width))
    if any(_is_assumed(line) for line in lines):
        rows.extend(wrap(_ASSUMED, width, others="  "))
    total = "total of what has a price" if unpriced else "total"
    rows.append(f"{total}{format_usd(_total(lines)):>{width - len(total)}}")
    rows += section("no price is known of", _unpriced_words(unpriced), width)
    return "\n".join(rows) + "\n"


def _text_rows(line: LineItem, width: int) -> list[str]:
    """Return the row of a line, its name on a row of its own where the two do not fit beside each other."""
    name = f"  {plain(_name(line))}{_mark(line)}"
    price = "tiers" if line.unit_price_usd is None else decimal_string(line.unit_price_usd)
    amount = format_usd(line.amount_usd)
    room = 19 - len(amount)
    if len(price) > max(room, 9) and line.unit_price_usd is not None:
        price = figure(line.unit_price_usd)
    start = f"{_people_quantity(line.quantity):>14} {line.unit:<9}{price:>{max(min(9, room), 1)}}"
    figures = f"{start}{amount:>{max(_FIGURES_WIDTH - len(start), len(amount) + 1)}}"
    if display_width(name) + 1 + len(figures) <= width:
        return [f"{pad(name, width - len(figures))}{figures}"]
    figure_rows = (
        [f"{figures:>{width}}"] if len(figures) <= width else wrap(figures, width, first="    ", others="    ")
    )
    return [*wrap(name.strip(), width, first="  ", others="    "), *figure_rows]


def _explanation(line: LineItem, width: int) -> list[str]:
    """Return a line's tiers as products, then its grade, source and reason."""
    rows = []
    for tier in line.tiers:
        price = decimal_string(tier.unit_price_usd)
        product = f"{_INDENT}{_people_quantity(tier.quantity)} {line.unit} x {price} USD {_bounds(tier)}".rstrip()
        amount = format_usd(tier.exact_usd)
        gap = width - len(product) - len(amount)
        rows.extend([f"{product}{'':<{gap}}{amount}"] if gap > 0 else [*_wrapped(product, width), f"{amount:>{width}}"])
    day = "" if line.as_of is None else f", seen {line.as_of}"
    rows.extend(_wrapped(f"price: {line.grade}, {line.source}{day}", width))
    if line.why:
        rows.extend(_wrapped(f"why: {line.why}", width))
    return rows


def _wrapped(text: str, width: int) -> list[str]:
    return wrap(text.strip(), width, first=_INDENT, others="      ")


def _name(line: LineItem) -> str:
    """Return the usage type, with the operation and the purchase where they tell something."""
    is_usual = line.purchase in ("", "on-demand") or line.usage_type.startswith("SpotUsage")
    purchase = "" if is_usual else f" [{line.purchase}]"
    operation = f" ({line.operation})" if line.operation else ""
    return f"{line.usage_type}{operation}{purchase}"


def _is_assumed(line: LineItem) -> bool:
    """Return whether a line has an assumed price; one that the user states is none."""
    return line.grade == "assumed"


def _mark(line: LineItem) -> str:
    return " *" if _is_assumed(line) else ""


def _bounds(tier: TierSlice) -> str:
    """Return a tier's bounds in words; nothing for a price without tiers."""
    if tier.up_to is None:
        return "" if tier.from_quantity == 0 else f"from {tier.from_quantity:,f}"
    return f"from {tier.from_quantity:,f} up to {tier.up_to:,f}"


def _people_quantity(quantity: Fraction) -> str:
    """Return a quantity with at most three decimals, but never a small one as nothing."""
    if quantity == 0 or quantity >= Fraction(1, 200):
        text = f"{round_half_even(quantity, 3):,f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    return figure(float(quantity))


def _total(lines: Sequence[LineItem]) -> Decimal:
    return exact_sum([line.amount_usd for line in lines])
