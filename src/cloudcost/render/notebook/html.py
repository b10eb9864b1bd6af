"""Results as the small HTML tables that notebooks show; every text of the user's is escaped."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from html import escape
from typing import TYPE_CHECKING

from cloudcost.money import decimal_string, format_usd
from cloudcost.render.figures.axes import bar_end
from cloudcost.render.lines import quantity_string
from cloudcost.render.reasons.deciding import deciding_sentence
from cloudcost.render.tables.cells import (
    BASIS_WORDS,
    band_cell,
    mostly_cell,
    number_cell,
    shown_cell,
    step_cell,
    usd_cell,
)
from cloudcost.render.tables.chances import chance_heads, chances_of, percent_cell

if TYPE_CHECKING:
    from cloudcost.results.comparison import BookChoice, Comparison
    from cloudcost.results.estimate import Estimate


BAR = 16
"""Of the dearest option's bar: letters, which every viewer of notebooks keeps, where many drop styles. [characters]"""
_EIGHTHS = ("", "\u258f", "\u258e", "\u258d", "\u258c", "\u258b", "\u258a", "\u2589")


def comparison_html(comparison: Comparison) -> str:
    """Return a comparison as an HTML table under its verdict: totals as bars, bands, chances, and why not."""
    chances = [*chance_heads(comparison)]
    banded = any(each.interval_usd is not None for each in comparison.options)
    priced = [float(each.total_usd) for each in comparison.options if each.total_usd is not None and each.feasible]
    end = bar_end(priced) if priced else 0.0
    level = f"{comparison.level:.0%}".replace("%", " %")
    money, asked = comparison.project.show_currency, comparison.uncertainty
    second = [] if money is None else [money.code]
    heads = ["option", "USD", *second, "", *([f"{level} band"] if banded else []), "hours", "s/step", *chances, "said"]
    rows = []
    for each in comparison.options:
        hours = number_cell(each.hours)
        hours += f" (+ {each.wait_hours:,.1f} waiting)" if each.wait_hours else ""
        told = [] if asked is None else [percent_cell(chance) for chance in chances_of(each, asked)]
        rows.append(
            [
                each.name,
                usd_cell(each),
                *([] if money is None else [shown_cell(each, money)]),
                bar(float(each.total_usd), end) if each.total_usd is not None and each.feasible else "",
                *([band_cell(each)] if banded else []),
                hours,
                step_cell(each),
                *(told or ["-"] * len(chances)),
                _said(each),
            ]
        )
    under = [f"s/step: mean over all steps; {BASIS_WORDS}"]
    if asked is not None:
        under.append(f"{asked.draws:,} scenarios, seed {asked.seed}")
    if money is not None:
        under.append(money.sentence)
    fresh = deciding_sentence(comparison)
    under += [fresh] if fresh else []
    right = set(range(len(heads))) - {0, 2 + len(second), len(heads) - 1}
    return (
        f"<p><strong>{escape(comparison.verdict)}</strong></p>"
        + _table(heads, rows, right=right)
        + "".join(f"<p><small>{escape(each)}</small></p>" for each in [*under, *comparison.warnings])
    )


def choice_html(choice: BookChoice) -> str:
    """Return the best of the book as a table, then cost against time and what became of the other rows."""
    from cloudcost.render.choice import counts_sentence, front_sentences

    said = [*front_sentences(choice), counts_sentence(choice)]
    return comparison_html(choice.comparison) + "".join(f"<p><small>{escape(each)}</small></p>" for each in said)


def bar(value: float, end: float) -> str:
    """Return a bar of block letters, as long as `value` is of `end`; an arrow ends one that would be longer.

    Examples
    --------
    >>> len(bar(5.0, 10.0)), bar(0.0, 10.0), bar(11.0, 10.0)[-1]
    (8, '', '\u2192')
    """
    if end <= 0 or value <= 0:
        return ""
    if value > end:
        return "\u2588" * BAR + "\u2192"
    whole, eighths = divmod(max(round(8 * BAR * value / end), 1), 8)
    return "\u2588" * whole + _EIGHTHS[eighths]


def _said(each: Estimate) -> str:
    """Return why an option cannot be done, else what most of its total is for."""
    if not each.feasible:
        return each.reason
    return f"mostly {mostly_cell(each)}" + ("" if each.guaranteed else "; free, and nothing guarantees it")


def estimate_html(estimate: Estimate) -> str:
    """Return a bill as an HTML table under its total."""
    rows = [
        [
            line.service,
            line.usage_type,
            line.region,
            quantity_string(line.quantity)[:14],
            line.unit,
            "tiers" if line.unit_price_usd is None else decimal_string(line.unit_price_usd),
            format_usd(line.amount_usd),
        ]
        for line in estimate.lines
    ]
    total = "?" if estimate.total_usd is None else format_usd(estimate.total_usd)
    heading = f"<p><strong>{escape(estimate.name)}: {total} USD</strong></p>"
    return heading + _table(["service", "usage type", "region", "quantity", "unit", "USD/unit", "USD"], rows)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]], *, right: Collection[int] = ()) -> str:
    sides = ["right" if column in right else "left" for column in range(len(head))]
    top = "".join(f'<th style="text-align:{side}">{escape(cell)}</th>' for cell, side in zip(head, sides, strict=True))
    body = "".join(
        "<tr>"
        + "".join(f'<td style="text-align:{side}">{escape(cell)}</td>' for cell, side in zip(row, sides, strict=True))
        + "</tr>"
        for row in rows
    )
    return f"<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"
