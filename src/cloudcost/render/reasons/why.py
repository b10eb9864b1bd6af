"""Why the answer is as it is: what decides, what would change it, what would cost less; for people and spreadsheets."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, cast

from cloudcost.figures import figure
from cloudcost.money import format_usd, known_decimal
from cloudcost.render.reasons.deciding import deciding_sentence
from cloudcost.render.reasons.record import beside_sentence, speed_records, told_over
from cloudcost.render.tables.columns import display_width, pad, wrap
from cloudcost.render.tables.writer import Cell, csv_table, escaped, markdown_table, section
from cloudcost.render.words import (
    amount,
    by_chance,
    crossing_sentence,
    front_sentence,
    likely_flips,
    odds_sentence,
    over_words,
    suggestion_sentence,
)

if TYPE_CHECKING:
    from decimal import Decimal

    from cloudcost.results.comparison import Comparison, Reasons
    from cloudcost.results.matters import Suggestion, TornadoRow, WhatMatters

MOST_INPUTS = 8
"""Inputs that the terminal shows, those first that move the lead most. [count]"""
MOST_FLIPS = 8
"""Changes of the answer that the terminal shows, the likeliest first. [count]"""


def why_text(comparison: Comparison, reasons: Reasons, *, width: int) -> str:
    """Return the reasons for a terminal: no row is wider than `width`. [columns]"""
    matters = reasons.matters
    rows = wrap(comparison.verdict, width)
    fresh = deciding_sentence(comparison)
    rows += ["", *wrap(fresh, width)] if fresh else []
    decides = _decides(matters)
    if decides:
        rows += ["", *wrap(_lead_title(matters), width), *lead_rows(decides[:MOST_INPUTS], width)]
        rows += wrap(f"ranges: {'; '.join(_origins(decides[:MOST_INPUTS]))}", width)
    flips = [odds_sentence(flip) for flip in likely_flips(matters.flips)[:MOST_FLIPS]]
    rows += section("what would change the answer", flips or [_NO_FLIP], width)
    own, others = _savings(matters)
    rows += section(
        f"what would cost less with {matters.best or 'it'}", [suggestion_sentence(each) for each in own], width
    )
    rows += section("elsewhere", [_elsewhere(each) for each in others], width)
    rows += section("cost and time", [front_sentence(matters.front)], width)
    rows += section("how fast", _speeds(comparison), width)
    rows += section("from where on which wins", _break_even(comparison, reasons), width)
    return "\n".join(row.rstrip() for row in rows) + "\n"


_NO_FLIP = "no single input is at all likely to change it"


def why_markdown(comparison: Comparison, reasons: Reasons) -> str:
    """Return the reasons as Markdown, the verdict first."""
    matters = reasons.matters
    fresh = deciding_sentence(comparison)
    rows = [f"**{escaped(comparison.verdict)}**", *(["", escaped(fresh)] if fresh else [])]
    decides = _decides(matters)
    if decides:
        table = [
            [row.label, f"{amount(row.low)} to {amount(row.high)} {_unit(row)}".strip(), row.source, *_ends(row)]
            for row in decides
        ]
        heads = ["input", "range", "of", "least", "most"]
        rows += ["", f"## {escaped(_lead_title(matters))}", ""]
        rows.append(markdown_table(heads, table, right={3, 4}, cell=escaped).rstrip("\n"))
    own, others = _savings(matters)
    sections = {
        "What would change the answer": [odds_sentence(flip) for flip in likely_flips(matters.flips)] or [_NO_FLIP],
        f"What would cost less with {matters.best or 'it'}": [suggestion_sentence(each) for each in own],
        "Elsewhere": [_elsewhere(each) for each in others],
        "Cost and time": [front_sentence(matters.front)],
        "How fast": _speeds(comparison),
        "From where on which wins": _break_even(comparison, reasons),
    }
    for title, said in sections.items():
        if said:
            rows += ["", f"## {escaped(title)}", "", *(f"- {escaped(each)}" for each in said)]
    return "\n".join(rows) + "\n"


def why_csv(reasons: Reasons) -> str:
    """Return the reasons as CSV: a row for each input, change of the answer, break-even of the best two and saving."""
    matters = reasons.matters
    heads = [
        "reason",
        "what",
        "option",
        "assumed",
        "low",
        "high",
        "unit",
        "chance",
        "becomes",
        "usd",
        "usd_high",
        "source",
    ]
    rows: list[list[Cell]] = [
        ["input", row.label, matters.best, row.assumed, row.low, row.high, row.unit, None, None,
         known_decimal(row.lead_low_usd), known_decimal(row.lead_high_usd), row.source]
        for row in _decides(matters)
    ]  # fmt: skip
    rows += [
        ["change", flip.label, flip.best, flip.assumed, flip.value, flip.value, flip.unit, flip.chance, flip.becomes,
         None, None, flip.source]
        for flip in by_chance(matters.flips)
    ]  # fmt: skip
    for each in told_over(reasons.comparison.project, reasons):
        has = None if each.assumed is None else float(each.assumed)
        rows += [
            ["break-even", over_words(each), before, has, float(at), float(at), each.unit, None, after, None, None, ""]
            for at, before, after in each.changes
        ]
    rows += [
        [
            "saving",
            each.text,
            each.option,
            None,
            None,
            None,
            "USD",
            None,
            None,
            known_decimal(each.saving_usd),
            None,
            each.condition,
        ]
        for each in matters.suggestions
    ]
    return csv_table(heads, rows)


def _lead_title(matters: WhatMatters) -> str:
    if not matters.runner_up:
        return f"what moves the total of {matters.best or 'the cheapest option'}, in USD"
    return f"what decides: by how many USD {matters.runner_up} costs more than {matters.best}"


def _decides(matters: WhatMatters) -> list[TornadoRow]:
    """Return the inputs that move the lead, the widest first; where there is no second option, all."""
    if not matters.runner_up:
        return list(matters.tornado)
    known = [row for row in matters.tornado if row.lead_low_usd is not None and row.lead_high_usd is not None]
    return sorted((row for row in known if row.lead_swing_usd), key=lambda row: -row.lead_swing_usd)


def _ends(row: TornadoRow) -> list[str]:
    """Return what an input's range comes to, the least first."""
    ends = _lead(row)
    return [format_usd(min(ends[0], ends[2])), format_usd(max(ends[0], ends[2]))]


def _lead(row: TornadoRow) -> tuple[Decimal, Decimal, Decimal]:
    """Return the lead at low, as assumed and at high; the total where there is no lead. [USD]"""
    if row.lead_low_usd is None or row.lead_usd is None or row.lead_high_usd is None:
        return row.total_low_usd, row.total_usd, row.total_high_usd
    return row.lead_low_usd, row.lead_usd, row.lead_high_usd


def lead_rows(decides: Sequence[TornadoRow], width: int) -> list[str]:
    """Return bars around the assumed lead; where it is nothing, which turns the order, stands a zero."""
    ends = [float(end) for row in decides for end in _lead(row)] + [0.0]
    low, high = min(ends), max(ends)
    label_width = max(min(max(display_width(row.label) for row in decides), width // 3), 12)
    bar_width = max(width - label_width - 24, 10)
    scale = (bar_width - 1) / (high - low) if high > low else 0.0
    zero = round(-low * scale)
    rows = [f"{'':<{label_width}}{format_usd(_lead(decides[0])[1]) + ' USD as assumed':>{bar_width + 24}}"]
    for row in decides:
        lead = [float(end) for end in _lead(row)]
        left, right, middle = (round((end - low) * scale) for end in (min(lead), max(lead), lead[1]))
        marks = {middle: "|", zero: "0"}
        bar = "".join(marks.get(at, "=" if left <= at <= right else " ") for at in range(bar_width))
        least, most = _ends(row)
        name, *more = wrap(row.label, label_width - 1) or [""]
        rows.append(f"{pad(name, label_width)}{bar} {least + ' to ' + most:>23}")
        rows += [f"  {each}" for each in more]
    return rows


def _unit(row: TornadoRow) -> str:
    return "times" if row.unit == "x" else row.unit


def _origins(decides: Iterable[TornadoRow]) -> list[str]:
    """Return each range once with where it comes from; inputs that share an origin share it here."""
    of: dict[str, list[str]] = {}
    for row in decides:
        of.setdefault(row.source, []).append(
            f"{row.label} {amount(row.low)} to {amount(row.high)} {_unit(row)}".strip()
        )
    return [f"{', '.join(each)} ({source})" for source, each in of.items()]


def _savings(matters: WhatMatters) -> tuple[list[Suggestion], list[Suggestion]]:
    """Return what would cost less with the best option, and for each other one the most that a change saves."""
    worth = [each for each in matters.suggestions if each.saving_usd is not None and each.saving_usd > 0]
    own = [each for each in worth if each.option == matters.best]
    first: dict[str, Suggestion] = {}
    for each in worth:
        if each.option != matters.best and each.feasible:
            first.setdefault(each.option, each)
    return own, list(first.values())


def _elsewhere(each: Suggestion) -> str:
    total = "" if each.total_usd is None else f" ({format_usd(each.total_usd)} USD then)"
    return f"{each.option}: {suggestion_sentence(each)}{total}"


def _speeds(comparison: Comparison) -> list[str]:
    """Return seconds per step and images per second of each training on the best option."""
    said: list[str] = []
    for each in speed_records(comparison):
        gpus, batch = cast("int", each["gpus"]), cast("int", each["effective_batch"])
        seconds, images = cast("float", each["seconds_per_iteration"]), cast("float", each["images_per_second"])
        several = f", the effective batch on {gpus} GPUs" if gpus > 1 else ""
        said.append(
            f"{each['training']} on {each['option']}: {figure(seconds)} s a step of {batch:,} images{several}, "
            f"{figure(images)} images/s"
        )
    return said


def _break_even(comparison: Comparison, reasons: Reasons) -> list[str]:
    """Return from how many runs, and from where on over other quantities, another option is cheaper."""
    said = [crossing_sentence(each) for each in comparison.break_even if each.worth_saying]
    return [*said, *map(beside_sentence, told_over(comparison.project, reasons))]
