"""What matters, for people: flips, the tornado, cost against time, suggestions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from cloudcost.money import format_usd
from cloudcost.render.tables.columns import display_width, pad, wrap
from cloudcost.render.words import flip_distance, flip_sentence, front_sentence, suggestion_sentence

if TYPE_CHECKING:
    from cloudcost.results.matters import Suggestion, TornadoRow, WhatMatters

WIDTH = 80
MOST_ROWS = 8
"""Inputs that the tornado of a text shows. [count]"""

MOST_FLIPS = 6
"""Flips that text shows, the nearest first. [count]"""


def what_matters_text(matters: WhatMatters, *, width: int = WIDTH) -> str:
    """Return what moves and what flips the answer, for a terminal.

    Parameters
    ----------
    matters : WhatMatters
    width : int
        No row is wider. [columns]
    """
    rows = ["what would flip the verdict"]
    flips = [f"{flip_sentence(flip)}; {flip_distance(flip)}" for flip in matters.flips[:MOST_FLIPS]]
    rows += _bullets(flips or ["no single input flips it within the range that was searched"], width)
    if matters.tornado:
        rows += ["", *wrap(f"how far each input moves the total of {matters.best or 'the cheapest option'}", width)]
        rows += tornado_rows(matters.tornado[:MOST_ROWS], width)
    rows += ["", "cost and time", *_bullets([front_sentence(matters.front)], width)]
    worth = [each for each in matters.suggestions if each.saving_usd is None or each.saving_usd > 0]
    if worth:
        rows += ["", "what would cost less"]
        rows += _bullets(_suggested(worth), width)
    return "\n".join(row.rstrip() for row in rows) + "\n"


def flip_rows(matters: WhatMatters, *, most: int = 2, width: int = WIDTH) -> list[str]:
    """Return the nearest flips, one row of text or more each; none where nothing flips the verdict."""
    return _bullets([flip_sentence(flip) for flip in matters.flips[:most]], width)


def tornado_rows(rows: Iterable[TornadoRow], width: int) -> list[str]:
    """Return bars of text around the assumed total, the widest first; each names the ends of its range."""
    shown = list(rows)
    if not shown:
        return []
    ends = [float(end) for row in shown for end in (row.total_low_usd, row.total_high_usd, row.total_usd)]
    low, high = min(ends), max(ends)
    label_width = max(min(max(display_width(row.label) for row in shown), width // 3), 12)
    bar_width = max(width - label_width - 24, 10)
    scale = (bar_width - 1) / (high - low) if high > low else 0.0
    lines = [f"{'':<{label_width}}{format_usd(shown[0].total_usd) + ' USD as assumed':>{bar_width + 24}}"]
    for row in shown:
        first, last = sorted((float(row.total_low_usd), float(row.total_high_usd)))
        left, right = round((min(first, float(row.total_usd)) - low) * scale), round((last - low) * scale)
        middle = round((float(row.total_usd) - low) * scale)
        bar = "".join("|" if at == middle else "=" if left <= at <= right else " " for at in range(bar_width))
        span = f"{format_usd(row.total_low_usd)} to {format_usd(row.total_high_usd)}"
        name, *more = wrap(row.label, label_width - 1) or [""]
        lines.append(f"{pad(name, label_width)}{bar} {span:>23}")
        lines += [f"  {each}" for each in more]
    return lines


def _suggested(suggestions: Iterable[Suggestion]) -> list[str]:
    """Return a sentence for each suggestion; options that the same would help share one."""
    groups: dict[tuple[str, str, bool], list[Suggestion]] = {}
    for each in suggestions:
        groups.setdefault((each.name, each.text, each.saving_usd is None), []).append(each)
    said: list[str] = []
    for (_, text, unknown), members in groups.items():
        first = members[0]
        if len(members) == 1 or unknown:
            said.append(f"{', '.join(each.option for each in members)}: {suggestion_sentence(first)}")
            continue
        savings = [f"{format_usd(each.saving_usd or 0)} USD less for {each.option}" for each in members]
        same = all(each.condition == first.condition for each in members)
        said.append(f"{text}: {', '.join(savings)}" + (f"; {first.condition}" if same and first.condition else ""))
    return said


def _bullets(texts: Iterable[str], width: int) -> list[str]:
    return [row for text in texts for row in wrap(text, width, first="- ", others="  ")]
