"""What each day of a bill cost, as columns of the dearest causes, with the same as a table beneath."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from cloudcost.money import exact_sum, format_usd
from cloudcost.render.figures.axes import nice_ceiling, short
from cloudcost.render.page.html import shape, table, tag, text

if TYPE_CHECKING:
    from cloudcost.results.explanation import Explanation

DRAWN = 5
"""Causes with a colour of their own, the dearest; the others have one together. [count]"""
_OTHERS = "all others"
_WIDTH, _HEIGHT, _LEFT, _TOP, _BOTTOM = 640.0, 260.0, 62.0, 12.0, 34.0
_LABELS = 8
"""Days that are written beneath the axis, at most. [count]"""

_Column = Mapping[str, Decimal]


def days_part(explanation: Explanation) -> str:
    """Return the figure, its key and its table; nothing where the bill does not tell days, or tells one."""
    days = sorted({day for cause in explanation.causes for day, _ in cause.days})
    if len(days) < 2:
        return ""
    styles = _styles(explanation)
    names = list(styles)
    columns = _columns(explanation, days)
    key = "".join(tag("li", tag("span", "", class_=f"square c{styles[name]}") + text(name)) for name in names)
    rows = [
        [f"{day}", *(format_usd(column.get(name, Decimal(0))) for name in names), format_usd(_whole(column))]
        for day, column in zip(days, columns, strict=True)
    ]
    heads = ["day", *names, "all"]
    shown = table(f"What each day cost, in {explanation.currency}", heads, rows, numbers=range(1, len(heads)))
    figure = tag("figure", _figure(days, columns, styles) + tag("figcaption", text(_caption(days))))
    return tag("ul", key, class_="keys") + figure + tag("details", tag("summary", "As a table") + shown)


def _caption(days: Sequence[date]) -> str:
    return f"{days[0]} to {days[-1]}, days of UTC; what gives money back is in the table alone"


def _styles(explanation: Explanation) -> dict[str, int]:
    """Return the colour of each cause that tells days, as its bar has it; of the others together, the last one."""
    own = {cause.name: number for number, cause in enumerate(explanation.causes[:DRAWN]) if cause.days}
    return own | {_OTHERS: DRAWN} if any(cause.days for cause in explanation.causes[DRAWN:]) else own


def _columns(explanation: Explanation, days: Sequence[date]) -> list[dict[str, Decimal]]:
    """Return cost by cause of each day, the dearest causes by name and the others together."""
    amounts: dict[date, dict[str, list[Decimal]]] = {day: {} for day in days}
    for number, cause in enumerate(explanation.causes):
        for day, usd in cause.days:
            amounts[day].setdefault(cause.name if number < DRAWN else _OTHERS, []).append(usd)
    return [{name: exact_sum(parts) for name, parts in amounts[day].items()} for day in days]


def _whole(column: _Column) -> Decimal:
    return exact_sum(list(column.values()))


def _figure(days: Sequence[date], columns: Sequence[_Column], styles: Mapping[str, int]) -> str:
    """Return the columns: each day stands at its date, so that a gap is a gap."""
    heights = [sum(float(usd) for usd in column.values() if usd > 0) for column in columns]
    end = nice_ceiling(max(heights))
    whole = (days[-1] - days[0]).days + 1
    step = (_WIDTH - _LEFT - 8) / whole
    floor = _HEIGHT - _BOTTOM
    scale = (floor - _TOP) / end
    parts = [tag("title", "What each day cost")]
    for quarter in range(5):
        value = end * quarter / 4
        down = floor - value * scale
        parts.append(shape("line", x1=_LEFT, x2=_WIDTH - 8, y1=down, y2=down, class_="grid"))
        parts.append(tag("text", short(value), x=_LEFT - 6, y=down + 4, class_="tick end"))
    every = -(-whole // _LABELS)
    for day, column in zip(days, columns, strict=True):
        at = _LEFT + (day - days[0]).days * step
        low = floor
        for name, number in styles.items():
            tall = max(float(column.get(name, Decimal(0))), 0.0) * scale
            low -= tall
            parts.append(
                shape("rect", x=at + step * 0.1, y=low, width=step * 0.8, height=tall, class_=f"stack c{number}")
            )
        if (day - days[0]).days % every == 0:
            parts.append(tag("text", f"{day:%m-%d}", x=at + step / 2, y=floor + 18, class_="tick mid"))
    return tag(
        "svg", "".join(parts), viewBox=f"0 0 {_WIDTH:g} {_HEIGHT:g}", role="img", class_="figure",
        aria_label="What each day cost, by cause; the same stands in the table beneath",
    )  # fmt: skip
