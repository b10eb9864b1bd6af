"""Two answers held against each other, for people and programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cloudcost.figures import figure
from cloudcost.json_text import json_text
from cloudcost.money import format_usd, known_decimal
from cloudcost.render.tables.columns import wrap
from cloudcost.render.tables.writer import Cell, csv_table, escaped, markdown_table, right_aligned, table_rows

if TYPE_CHECKING:
    from decimal import Decimal

    from cloudcost.results.difference import Difference, LineChange, OptionChange, Side, SideOption

SCHEMA = "cloudcost.difference/1"
"""History: 1 is the first."""
_HEADS = ("before", "after", "difference")
_COLUMNS = (12, 12, 12)
_MARKS = {"added": "+", "removed": "-", "changed": "~", "same": "="}


def difference_text(found: Difference, *, width: int) -> str:
    """Return the difference for a terminal: the verdicts, then each option, then its lines that are other."""
    rows = [row for said in _verdicts(found) for row in wrap(said, width)]
    name_width = width - sum(_COLUMNS)
    rows += ["", *table_rows("USD", right_aligned(_HEADS, _COLUMNS), name_width, width), "-" * width]
    for each in found.options:
        rows += table_rows(_title(each), right_aligned(_option_cells(each), _COLUMNS), name_width, width)
        for said in _notes(each):
            rows += wrap(said, width, first="    ", others="    ")
        for line in each.lines:
            if line.difference_usd:  # what costs the same is in JSON and CSV
                cells = right_aligned(_line_cells(line), _COLUMNS)
                first, *others = table_rows(f"  {_line_words(line)}", cells, name_width, width)
                rows += [first, *(f"      {piece.strip()}" for piece in others)]
    return "\n".join(row.rstrip() for row in rows) + "\n"


def difference_markdown(found: Difference) -> str:
    """Return the difference as Markdown that fits a pull request: what it comes to first, details folded."""
    rows = [f"**{escaped(_headline(found))}**", "", *(f"- {escaped(said)}" for said in _verdicts(found)), ""]
    table = [[_title(each), *_option_cells(each)] for each in found.options]
    rows.append(markdown_table(["option", *_HEADS], table, right={1, 2, 3}, cell=escaped).rstrip("\n"))
    for each in found.options:
        lines = [[_line_words(line), *_line_cells(line)] for line in each.lines if line.difference_usd]
        if lines:
            rows += ["", "<details>", f"<summary>{escaped(each.name)}</summary>", ""]
            rows += [markdown_table(["line", *_HEADS], lines, right={1, 2, 3}, cell=escaped), "</details>"]
    return "\n".join(rows) + "\n"


def _headline(found: Difference) -> str:
    """Return what the difference comes to, of the best options."""
    increase = found.increase_usd
    if increase is None:
        return "one of the two has no option that can be done"
    if not increase:
        return "the cheapest option costs the same"
    return f"the cheapest option costs {format_usd(abs(increase))} USD {'more' if increase > 0 else 'less'}"


def _verdicts(found: Difference) -> list[str]:
    said = [f"before ({found.before.name}): {found.before.verdict}"] if found.before.verdict else []
    if found.after.verdict:
        same = found.after.verdict == found.before.verdict
        said.append(f"after ({found.after.name}): {'the same' if same else found.after.verdict}")
    return said or [f"before: {found.before.name}, after: {found.after.name}"]


def _title(each: OptionChange) -> str:
    return f"{_MARKS[each.change]} {each.name}"


def _notes(each: OptionChange) -> list[str]:
    """Return what else of an option is other than its dollars."""
    before, after = each.before, each.after
    said: list[str] = []
    if before is not None and after is not None:
        if before.feasible != after.feasible:
            said.append("can be done now" if after.feasible else f"cannot be done any more: {after.reason}")
        if before.hours != after.hours and before.hours is not None and after.hours is not None:
            said.append(f"{figure(before.hours)} h before, {figure(after.hours)} h after")
    return said


def _option_cells(each: OptionChange) -> list[str]:
    return [_total(each.before), _total(each.after), _signed(each.difference_usd)]


def _total(side: SideOption | None) -> str:
    if side is None:
        return ""
    return "?" if side.total_usd is None else format_usd(side.total_usd)


def _signed(usd: Decimal | None) -> str:
    if usd is None:
        return ""
    return "0.00" if not usd else f"{'+' if usd > 0 else '-'}{format_usd(abs(usd))}"


def _line_words(line: LineChange) -> str:
    said = line.line
    name = " ".join(part for part in (said.usage_type, said.operation) if part)
    because = f", {line.because}" if line.because else ""
    return f"{_MARKS[line.change]} {said.service} {name} ({said.region or 'no region'}{because})"


def _line_cells(line: LineChange) -> list[str]:
    before, after = (None if each is None else each.amount_usd for each in (line.before, line.after))
    ends = ["" if each is None else format_usd(each) for each in (before, after)]
    return [*ends, _signed(line.difference_usd)]


def difference_csv(found: Difference) -> str:
    """Return the difference as CSV, a row per option and per line that is other."""
    heads = [
        "option", "change", "because", "service", "region", "usage_type", "operation", "purchase", "unit",
        "before_quantity", "after_quantity", "before_usd", "after_usd", "difference_usd",
    ]  # fmt: skip
    rows: list[list[Cell]] = []
    for each in found.options:
        totals = [None if side is None else side.total_usd for side in (each.before, each.after)]
        rows.append(
            [each.name, each.change, *[None] * 9, *map(known_decimal, totals), known_decimal(each.difference_usd)]
        )
        for line in each.lines:
            said = line.line
            quantities = [None if side is None else side.quantity for side in (line.before, line.after)]
            amounts = [None if side is None else side.amount_usd for side in (line.before, line.after)]
            figures = map(known_decimal, (*quantities, *amounts, line.difference_usd))
            rows.append(
                [each.name, line.change, line.because, said.service, said.region, said.usage_type, said.operation,
                 said.purchase, said.unit, *figures]
            )  # fmt: skip
    return csv_table(heads, rows)


def difference_json(found: Difference) -> str:
    """Return the difference as JSON text, `cloudcost.difference/1`."""
    return json_text(
        {
            "schema": SCHEMA,
            "currency": "USD",
            "before": _answer_record(found.before),
            "after": _answer_record(found.after),
            "increase_usd": known_decimal(found.increase_usd),
            "options": [_option_record(each) for each in found.options],
        }
    )


def _answer_record(side: Side) -> dict[str, object]:
    return {
        "name": side.name,
        "verdict": side.verdict or None,
        "best": side.best or None,
        "price_book": side.price_book,
        "price_book_sha256": side.price_book_sha256,
    }


def _option_record(each: OptionChange) -> dict[str, object]:
    return {
        "name": each.name,
        "change": each.change,
        "before": _side_record(each.before),
        "after": _side_record(each.after),
        "difference_usd": known_decimal(each.difference_usd),
        "same_lines": each.same,
        "lines": [_line_record(line) for line in each.lines],
    }


def _side_record(side: SideOption | None) -> dict[str, object] | None:
    if side is None:
        return None
    return {
        "feasible": side.feasible,
        "reason": side.reason or None,
        "total_usd": known_decimal(side.total_usd),
        "hours": side.hours,
    }


def _line_record(line: LineChange) -> dict[str, object]:
    said = line.line
    before, after = line.before, line.after
    return {
        "change": line.change,
        "because": line.because or None,
        "service": said.service,
        "region": said.region,
        "usage_type": said.usage_type,
        "operation": said.operation,
        "purchase": said.purchase,
        "unit": said.unit,
        "before_quantity": None if before is None else known_decimal(before.quantity),
        "after_quantity": None if after is None else known_decimal(after.quantity),
        "before_usd": None if before is None else known_decimal(before.amount_usd),
        "after_usd": None if after is None else known_decimal(after.amount_usd),
        "difference_usd": known_decimal(line.difference_usd),
        "why": said.why,
    }
