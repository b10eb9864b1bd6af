"""What matters: cost against time, what would change the answer, and what would cost less."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from cloudcost.figures import counted
from cloudcost.money import format_usd
from cloudcost.render.figures.cost_time import TimePoint, time_points
from cloudcost.render.figures.tornado import Tornado, range_words, tornado_of
from cloudcost.render.page.figures import time_figure, tornado_figure
from cloudcost.render.page.html import bullets, table, tag, text
from cloudcost.render.words import likely_flips, odds_sentence, suggestion_sentence

if TYPE_CHECKING:
    from cloudcost.results.comparison import Comparison
    from cloudcost.results.matters import Suggestion, WhatMatters

MOST_FLIPS = 5
"""Changes of the answer that are shown at once; the rest are folded. [count]"""


def time_part(comparison: Comparison, matters: WhatMatters | None, marks: Mapping[str, str]) -> str:
    """Return the figure of cost against time with its table; nothing where no option has both."""
    if matters is None or not (drawn := time_figure(comparison, matters.front, marks)):
        return ""
    beaten = {each.name: each.dominated_by for each in matters.front.dominated}
    points = time_points(comparison, matters.front, marks)
    rows = [
        [
            f'<span class="key">{each.mark}</span> {text(each.name)}'
            + tag("span", text(_standing(each, beaten)), class_="under"),
            f"{each.hours:,.1f}",
            _band(each.hours_band, "{:,.1f}"),
            f"{each.usd:,.2f}",
            _band(each.usd_band, "{:,.2f}"),
        ]
        for each in points
    ]
    heads = ["Option", "Hours", "Band, h", "USD", "Band, USD"]
    numbers = table("Cost against time", heads, rows, numbers=(1, 2, 3, 4), lead=True)
    level = f"{100 * comparison.level:.0f} %"
    banded = any(each.usd_band for each in points)
    note = (
        "Filled: nothing is both cheaper and faster (joined by the line). Hollow: something is, or it cannot be done."
    )
    note += f" Lines through a mark: {level} bands." if banded else ""
    figure = tag("figure", drawn + tag("figcaption", tag("p", text(note))))
    return figure + tag("details", tag("summary", "The figure's numbers") + numbers)


def _standing(point: TimePoint, beaten: Mapping[str, str]) -> str:
    if not point.feasible:
        return "cannot be done"
    if not point.guaranteed:
        return "nothing guarantees it"
    return "nothing is both cheaper and faster" if point.front else f"beaten by {beaten.get(point.name, 'another')}"


def _band(band: tuple[float, float] | None, form: str) -> str:
    return "" if band is None else f"{form.format(band[0])} to {form.format(band[1])}"


def matters_part(comparison: Comparison, matters: WhatMatters | None) -> str:
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
    tornado = tornado_of(comparison, matters)
    if tornado is not None:
        parts.append(tag("h3", text(f"{tornado.headline.finding}")) + _tornado(tornado, matters))
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


def _tornado(tornado: Tornado, matters: WhatMatters) -> str:
    """Return the figure of what moves the lead, or the only total, and where the ranges of its inputs are from."""
    caption = tag("figcaption", tag("p", text(tornado.headline.reading)))
    rows = [
        [
            text(each.label) + tag("span", text(f"{range_words(each)}; {each.source}"), class_="under"),
            format_usd(each.total_low_usd),
            format_usd(each.total_high_usd),
        ]
        for each in matters.tornado
    ]
    best = matters.best or "the cheapest option"
    title = f"What each input makes of the total of {best}, USD"
    numbers = table(title, ["Input, its range and its source", "Low end", "High end"], rows, numbers=(1, 2), lead=True)
    summary = tag("summary", "Each input's range, where it is from, and the total at its ends")
    return tag("figure", tornado_figure(tornado) + caption) + tag("details", summary + numbers)
