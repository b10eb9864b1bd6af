"""The parts of the page about what matters: cost against time, the tornado, flips and suggestions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from cloudcost.domain.kinds import KINDS
from cloudcost.figures import counted, figure
from cloudcost.money import format_usd
from cloudcost.render.page.figures import Point, time_figure
from cloudcost.render.page.html import bullets, shape, table, tag, text
from cloudcost.render.words import likely_flips, odds_sentence, suggestion_sentence

if TYPE_CHECKING:
    from cloudcost.results.comparison import Comparison
    from cloudcost.results.matters import Suggestion, TornadoRow, WhatMatters

MOST_BARS = 14
"""Inputs that the tornado shows; the rest move the total less than any of them. [count]"""


MOST_FLIPS = 5
"""Changes of the answer that are shown at once; the rest are folded. [count]"""
_TIMES = "times what is assumed"


def front_points(comparison: Comparison, matters: WhatMatters, marks: Mapping[str, str]) -> list[Point]:
    """Return the options that can be done as points of cost against time. [h, USD]"""
    places = {each.name: index for index, each in enumerate(comparison.options)}
    local = {each.name for each in comparison.options if KINDS[each.kind].at_home}
    return [
        Point(
            mark=marks[each.name],
            name=each.name,
            hours=each.calendar_hours,
            usd=float(each.total_usd),
            front=not each.dominated_by,
            local=each.name in local,
            style=places[each.name],
        )
        for each in sorted((*matters.front.front, *matters.front.dominated), key=lambda each: each.total_usd)
    ]


def time_part(comparison: Comparison, matters: WhatMatters | None, marks: Mapping[str, str]) -> str:
    """Return the figure of cost against time with its table; nothing where no option can be done."""
    if matters is None or not matters.front.front:
        return ""
    points = front_points(comparison, matters, marks)
    beaten = {each.name: each.dominated_by for each in matters.front.dominated}
    rows = [
        [
            f'<span class="key">{each.mark}</span> {text(each.name)}'
            + tag(
                "span",
                text(f"beaten by {beaten[each.name]}") if each.name in beaten else "on the front",
                class_="under",
            ),
            f"{each.hours:,.1f}",
            f"{each.usd:,.2f}",
        ]
        for each in points
    ]
    note = (
        "Filled: nothing is both cheaper and faster (the front, dashed). Hollow: something is. "
        "Squares are machines of one's own. Only options that can be done, and can be counted on, are shown."
    )
    figure = tag("figure", time_figure(points) + tag("figcaption", tag("p", text(note))))
    numbers = table("Cost against time", ["Option", "Hours", "USD"], rows, numbers=(1, 2), lead=True)
    return figure + tag("details", tag("summary", "The figure's numbers") + numbers)


def matters_part(matters: WhatMatters | None) -> str:
    """Return flips and tornado; nothing where they were not computed."""
    if matters is None:
        return ""
    parts = []
    flips = [odds_sentence(each) for each in likely_flips(matters.flips)]
    said = [f"{each[:1].upper()}{each[1:]}." for each in flips]
    if said:
        parts.append(bullets(said[:MOST_FLIPS]))
        if rest := said[MOST_FLIPS:]:
            parts.append(tag("details", tag("summary", f"{len(rest)} more, less likely") + bullets(rest)))
    elif matters.best:
        parts.append(tag("p", text("No single input is at all likely to change it.")))
    if matters.tornado:
        parts.append(tag("h3", "How far each input moves the total") + _tornado(matters))
    return "".join(parts)


def savings_part(matters: WhatMatters | None) -> str:
    """Return what would cost less: with the answer first, then elsewhere, folded, and what has no known price."""
    if matters is None:
        return ""
    known = [each for each in matters.suggestions if each.saving_usd is not None and each.saving_usd > 0]
    unknown = [suggestion_sentence(each) for each in matters.suggestions if each.saving_usd is None]
    own = [each for each in known if each.option == matters.best]
    others = [each for each in known if each.option != matters.best]
    parts = []
    if matters.best and known:
        title = f"What would cost less with {matters.best}"
        rows = [_saving(each, named=False) for each in own]
        nothing = tag("p", text(f"No change that was tried would cost less with {matters.best}."))
        parts.append(_savings_table(title, rows) if rows else nothing)
    if others:
        head = f"{counted(len(others), 'change')} of other options" if matters.best else counted(len(others), "change")
        rows = [_saving(each, named=True) for each in others]
        inner = tag("summary", text(head)) + _savings_table("What would cost less with other options", rows)
        parts.append(tag("details", inner))
    if unknown:
        summary = tag("summary", f"{counted(len(unknown), 'change')} whose price is not known")
        parts.append(tag("details", summary + bullets(dict.fromkeys(unknown))))
    return "".join(parts)


def _savings_table(title: str, rows: list[list[str]]) -> str:
    return table(title, ["Change", "USD less", "Total then"], rows, numbers=(1, 2), lead=True)


def _saving(each: Suggestion, *, named: bool) -> list[str]:
    under = _under(each, named=named)
    return [text(each.text) + under, format_usd(each.saving_usd or 0), format_usd(each.total_usd or 0)]


def _under(each: Suggestion, *, named: bool) -> str:
    said = [each.option] if named else []
    said += [f"takes: {each.condition}"] if each.condition else []
    if each.hours_more is not None and abs(each.hours_more) >= 0.5:
        said.append(f"{abs(each.hours_more):,.0f} h {'longer' if each.hours_more > 0 else 'sooner'}")
    cannot = "" if each.feasible else tag("span", text(f"cannot be done: {each.reason}"), class_="cannot")
    return (tag("span", text("; ".join(said)), class_="under") if said else "") + cannot


def _tornado(matters: WhatMatters) -> str:
    shown = matters.tornado[:MOST_BARS]
    ends = [float(end) for row in shown for end in (row.total_low_usd, row.total_usd, row.total_high_usd)]
    low, high = min(ends), max(ends)
    rows = [
        [
            text(row.label) + _span(row, low, high) + tag("span", text(f"{_range(row)}; {row.source}"), class_="small"),
            format_usd(row.total_low_usd),
            format_usd(row.total_high_usd),
        ]
        for row in shown
    ]
    here = format_usd(shown[0].total_usd)
    said = f"Total of {matters.best or 'the cheapest option'} as one input moves over its plausible range and all "
    said += f"others stay as planned ({here} USD, the thin line). "
    keys = (
        tag("span", "", class_="square low", aria_hidden="true") + "thick: input at its low end; "
        + tag("span", "", class_="square high", aria_hidden="true") + "thin: at its high end. "
    )  # fmt: skip
    left = len(matters.tornado) - len(shown)
    more = f"{left} more inputs move it less." if left else ""
    note = tag("p", text(said) + keys + text(more), class_="small")
    head = ["Input, its range, and where that is from", "Low end, USD", "High end, USD"]
    return note + table("How far each input moves the total", head, rows, numbers=(1, 2), lead=True)


def _range(row: TornadoRow) -> str:
    unit = _unit(row.unit, row.assumed)
    return f"{figure(row.low)} to {figure(row.high)} {unit}".rstrip()


def _span(row: TornadoRow, low: float, high: float) -> str:
    """Return a bar from the total at the low end of the input to that at its high end, split at the present total."""
    scale = 98 / ((high - low) or 1.0)

    def place(usd: float) -> float:
        return 1 + (usd - low) * scale

    middle, first, second = (place(float(usd)) for usd in (row.total_usd, row.total_low_usd, row.total_high_usd))
    parts = [
        shape("rect", x=min(first, middle), y=3, width=max(abs(first - middle), 0.3), height=10, class_="low"),
        shape("rect", x=min(second, middle), y=5, width=max(abs(second - middle), 0.3), height=6, class_="high"),
        shape("rect", x=middle - 0.15, y=0, width=0.3, height=16, class_="band"),
    ]
    return tag(
        "svg", "".join(parts), viewBox="0 0 100 16", preserveAspectRatio="none", class_="bars", aria_hidden="true"
    )


def _unit(unit: str, assumed: float) -> str:
    """Return a unit in words: a multiple of one is a multiple of what is assumed, any other is a plain number."""
    if unit != "x":
        return unit
    return _TIMES if assumed == 1 else ""
