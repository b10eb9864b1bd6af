"""What matters, for people and for programs: flips, the tornado, cost against time, suggestions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from cloudcost.money import decimal_string, format_usd
from cloudcost.render.columns import display_width, pad, wrap
from cloudcost.render.words import flip_distance, flip_sentence, front_sentence, suggestion_sentence

if TYPE_CHECKING:
    from decimal import Decimal

    from cloudcost.results.matters import FlipPoint, Suggestion, TornadoRow, WhatMatters

WIDTH = 80
MOST_ROWS = 8
"""Inputs that the tornado of a text shows. [count]"""

Value = str | float | bool | None | list["Value"] | dict[str, "Value"]


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


def what_matters_record(matters: WhatMatters) -> dict[str, Value]:
    """Return what matters as plain values for JSON: money as decimal strings, other figures as numbers."""
    return {
        "best": matters.best or None,
        "runner_up": matters.runner_up or None,
        "flips": [_flip(flip) for flip in matters.flips],
        "tornado": [_row(row) for row in matters.tornado],
        "front": [
            {
                "name": point.name,
                "total_usd": decimal_string(point.total_usd),
                "calendar_hours": point.calendar_hours,
                "dominated_by": point.dominated_by or None,
            }
            for point in (*matters.front.front, *matters.front.dominated)
        ],
        "suggestions": [_suggestion(each) for each in matters.suggestions],
    }


def _flip(flip: FlipPoint) -> dict[str, Value]:
    return {
        "parameter": flip.parameter,
        "unit": flip.unit,
        "assumed": flip.assumed,
        "at": flip.value,
        "best": flip.best or None,
        "becomes": flip.becomes or None,
        "moves": flip.moves or None,
        "reason": flip.reason or None,
        "distance_sd": flip.distance_sd,
        "plausible": flip.plausible,
        "range": [flip.low, flip.high],
        "source": flip.source,
        "sentence": flip_sentence(flip),
    }


def _row(row: TornadoRow) -> dict[str, Value]:
    return {
        "parameter": row.parameter,
        "label": row.label,
        "unit": row.unit,
        "assumed": row.assumed,
        "range": [row.low, row.high],
        "source": row.source,
        "total_usd": [_usd(each) for each in (row.total_low_usd, row.total_usd, row.total_high_usd)],
        "lead_usd": [_usd(each) for each in (row.lead_low_usd, row.lead_usd, row.lead_high_usd)],
    }


def _suggestion(each: Suggestion) -> dict[str, Value]:
    return {
        "name": each.name,
        "option": each.option,
        "text": each.text,
        "condition": each.condition or None,
        "saving_usd": _usd(each.saving_usd),
        "total_usd": _usd(each.total_usd),
        "hours_more": each.hours_more,
        "feasible": each.feasible,
        "reason": each.reason or None,
        "sentence": suggestion_sentence(each),
    }


def _usd(value: Decimal | None) -> str | None:
    return None if value is None else decimal_string(value)
