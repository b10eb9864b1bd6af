"""The parts of the page about what matters: cost against time, the tornado, flips and suggestions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from cloudcost.domain.kinds import KINDS
from cloudcost.figures import counted, figure
from cloudcost.money import format_usd
from cloudcost.render.page.figures import Point, time_figure
from cloudcost.render.page.html import bullets, shape, table, tag, text
from cloudcost.render.words import flip_distance, flip_sentence, suggestion_sentence

if TYPE_CHECKING:
    from cloudcost.results.comparison import Comparison
    from cloudcost.results.matters import FlipPoint, Suggestion, TornadoRow, WhatMatters

MOST_BARS = 14
"""Inputs that the tornado shows; the rest move the total less than any of them. [count]"""


MOST_CHANGES = 8
"""Suggestions that are shown at once; the rest are folded. [count]"""
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
    return figure + table("Cost against time", ["Option", "Hours", "USD"], rows, numbers=(1, 2), lead=True)


def matters_part(matters: WhatMatters | None) -> str:
    """Return flips, tornado and suggestions; nothing where they were not computed."""
    if matters is None:
        return ""
    parts = []
    if matters.flips:
        near = [_flip(each) for each in matters.flips if each.plausible]
        far = [_flip(each) for each in matters.flips if not each.plausible]
        parts.append(tag("h3", "What would flip it"))
        parts.append(bullets(near) or tag("p", "Nothing within the plausible ranges of the inputs."))
        if far:
            folded = tag("summary", f"{len(far)} more, outside the inputs' plausible ranges") + bullets(far)
            parts.append(tag("details", folded))
    elif matters.best:
        parts.append(tag("p", text("No single input flips the answer within the range that was searched.")))
    if matters.tornado:
        parts.append(tag("h3", "How far each input moves the total") + _tornado(matters))
    return "".join(parts) + _suggestions(matters)


def _flip(flip: FlipPoint) -> str:
    said = flip_sentence(flip)
    return f"{said[:1].upper()}{said[1:]}; {flip_distance(flip)}."


def _suggestions(matters: WhatMatters) -> str:
    """Return what would cost less, the largest saving first; changes whose price is not known are folded."""
    known = [each for each in matters.suggestions if each.saving_usd is not None and each.saving_usd > 0]
    unknown = [suggestion_sentence(each) for each in matters.suggestions if each.saving_usd is None]
    parts = []
    if known:
        rows = [
            [text(each.text) + _under(each), format_usd(each.saving_usd or 0), format_usd(each.total_usd or 0)]
            for each in known
        ]
        head = ["Change, and the option it changes", "USD less", "Total then"]
        parts.append(table("What would cost less", head, rows[:MOST_CHANGES], numbers=(1, 2), lead=True))
        if rest := rows[MOST_CHANGES:]:
            smaller = table("Smaller savings", head, rest, numbers=(1, 2), lead=True)
            said = f"{counted(len(rest), 'change')} of smaller savings"
            parts.append(tag("details", tag("summary", said) + smaller))
    if unknown:
        summary = tag("summary", f"{counted(len(unknown), 'change')} whose price is not known")
        parts.append(tag("details", summary + bullets(dict.fromkeys(unknown))))
    return tag("h3", "What would cost less") + "".join(parts) if parts else ""


def _under(each: Suggestion) -> str:
    said = [each.option]
    said += [f"takes: {each.condition}"] if each.condition else []
    if each.hours_more is not None and abs(each.hours_more) >= 0.5:
        said.append(f"{abs(each.hours_more):,.0f} h {'longer' if each.hours_more > 0 else 'sooner'}")
    cannot = "" if each.feasible else tag("span", text(f"cannot be done: {each.reason}"), class_="cannot")
    return tag("span", text("; ".join(said)), class_="under") + cannot


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
