"""Results as the small HTML tables that notebooks show; every text of the user's is escaped."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

from cloudcost.money import decimal_string, format_usd
from cloudcost.render.lines import quantity_string

if TYPE_CHECKING:
    from cloudcost.results.comparison import Comparison
    from cloudcost.results.estimate import Estimate


def comparison_html(comparison: Comparison) -> str:
    """Return a comparison as an HTML table under its verdict."""
    rows = []
    for each in comparison.options:
        total = "?" if each.total_usd is None else format_usd(each.total_usd)
        hours = "?" if each.hours is None else f"{each.hours:,.1f}"
        hours += f" (+ {each.wait_hours:,.1f} waiting)" if each.wait_hours else ""
        rows.append([each.name, total, hours, each.basis or "?", "yes" if each.feasible else each.reason])
    return f"<p><strong>{escape(comparison.verdict)}</strong></p>" + _table(
        ["option", "USD", "hours", "basis", "feasible"], rows
    )


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


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    top = "".join(f"<th>{escape(cell)}</th>" for cell in head)
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"
