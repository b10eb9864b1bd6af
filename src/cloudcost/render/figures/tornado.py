"""What would change the answer: how far each input moves the lead of the cheapest option over the next.

Zero is where the two cost the same: a bar that crosses it crosses into the other's colour. Where there is no next
option, the figure shows what moves the one total instead.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cloudcost.domain.kinds import KINDS
from cloudcost.figures import counted, figure
from cloudcost.frozen import dataclass
from cloudcost.render.figures.axes import Axis, round_ticks, short
from cloudcost.render.figures.canvas import SMALL, Canvas, Headline, Look, place_colour
from cloudcost.render.figures.findings import lead_finding, origin_of, swing_finding
from cloudcost.render.figures.lettering import text_width, wrapped

if TYPE_CHECKING:
    from cloudcost.results.comparison import Comparison
    from cloudcost.results.matters import TornadoRow, WhatMatters

MOST = 12
"""Inputs that are shown; the rest move it less than any of them. [count]"""
_BAR, _ROW = 14.0, 40.0
_LEAST = 0.005
"""A swing under half a cent is none. [USD]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Swing:
    """What an input does to the lead, or to the total.

    Parameters
    ----------
    label, span : str
        The input, and its range in words.
    low, high : float
        Where the input is at the low and at the high end of its range. [USD]
    """

    label: str
    span: str
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Tornado:
    """What the figure shows.

    Parameters
    ----------
    swings : tuple of Swing
        The widest first.
    middle : float
        As planned. [USD]
    best, runner_up : str
        The runner-up is empty where the total is shown.
    hidden : int
        Inputs that move it less, or not at all. [count]
    headline : Headline
    """

    swings: tuple[Swing, ...]
    middle: float
    best: str
    runner_up: str
    best_local: bool
    runner_up_local: bool
    hidden: int
    headline: Headline


def tornado_of(comparison: Comparison, matters: WhatMatters) -> Tornado | None:
    """Return what moves the lead, or the only total; None where nothing does."""
    local = {each.name: KINDS[each.kind].at_home for each in comparison.options}
    told = [row for row in matters.tornado if row.assumed or row.parameter != "credits"]  # nobody knows of any
    led = [
        row
        for row in told
        if row.lead_usd is not None and row.lead_low_usd is not None and row.lead_high_usd is not None
    ]
    lead = bool(led and matters.runner_up)
    rows = sorted(led, key=lambda row: -row.lead_swing_usd) if lead else told
    moving = [row for row in rows if _reach(row, lead=lead) >= _LEAST]
    if not moving:
        return None
    swings = tuple(_swing(row, lead=lead) for row in moving[:MOST])
    if lead:
        finding = lead_finding(rows, matters.best, matters.runner_up)
        reading = (
            f"By how much {matters.runner_up} is dearer than {matters.best}, in USD, with one input at an end of its "
            "plausible range, all others as planned. Left of zero the answer is another."
        )
    else:
        finding = swing_finding(moving, matters.best or "the cheapest option")
        reading = "Total in USD with one input at an end of its plausible range and all others as planned."
    first = moving[0]
    return Tornado(
        swings=swings,
        middle=float((first.lead_usd or 0) if lead else first.total_usd),
        best=matters.best or "the cheapest option",
        runner_up=matters.runner_up if lead else "",
        best_local=local.get(matters.best, False),
        runner_up_local=local.get(matters.runner_up, False),
        hidden=len(told) - len(swings),
        headline=Headline(finding=finding, reading=reading, origin=origin_of(comparison)),
    )


def _reach(row: TornadoRow, *, lead: bool) -> float:
    return float(row.lead_swing_usd if lead else row.swing_usd)


def _swing(row: TornadoRow, *, lead: bool) -> Swing:
    low, high = (row.lead_low_usd, row.lead_high_usd) if lead else (row.total_low_usd, row.total_high_usd)
    assert low is not None
    assert high is not None
    return Swing(label=row.label, span=range_words(row), low=float(low), high=float(high))


def range_words(row: TornadoRow) -> str:
    """Return an input's plausible range: "3 to 8 runs"; a multiple of one is a multiple of what is assumed."""
    unit = ("times what is assumed" if row.assumed == 1 else "") if row.unit == "x" else row.unit
    return f"{figure(row.low)} to {figure(row.high)} {unit}".rstrip()


def tornado_svg(tornado: Tornado, look: Look) -> str:
    """Return what would change the answer as one figure."""
    canvas = Canvas("tornado", look, tornado.headline)
    x = _scale(canvas, tornado)
    _sides(canvas, tornado, x)
    top = canvas.y
    names = _names(canvas, tornado.swings)
    _background(canvas, tornado, x, top, top + sum(tall for _, tall in names))
    for swing, (lines, tall) in zip(tornado.swings, names, strict=True):
        _row(canvas, tornado, swing, lines, x)
        canvas.y = top = top + tall
    canvas.y += 24
    if tornado.hidden:
        canvas.y += 26
        canvas.text(canvas.left, canvas.y, _fewer(tornado.hidden), size=SMALL, colour="soft")
    return canvas.finish()


def _fewer(count: int) -> str:
    return f"{counted(count, 'more input')} {'moves' if count == 1 else 'move'} it less, or not at all"


def _beside(canvas: Canvas) -> float:
    """Return how wide the column of names is; none where the figure is narrow. [px]"""
    return 0.36 * (canvas.right - canvas.left) if canvas.look.name == "broad" else 0.0


def _scale(canvas: Canvas, tornado: Tornado) -> Axis:
    ends = [end for swing in tornado.swings for end in (swing.low, swing.high)]
    low, high = min([*ends, tornado.middle]), max([*ends, tornado.middle])
    if tornado.runner_up:
        low, high = min(low, 0.0), max(high, 0.0)
    pad = (high - low) * 0.03 or 1.0
    label = max(text_width(_amount(end), SMALL) for end in ends) + 8
    start = canvas.left + _beside(canvas) + label
    return Axis(low - pad, high + pad, start, canvas.right - label)


def _amount(usd: float) -> str:
    return short(round(usd) if abs(usd) >= 1000 else float(f"{usd:.3g}")).replace("-", "\u2212")


def _sides(canvas: Canvas, tornado: Tornado, x: Axis) -> None:
    """Write over the bars who is cheaper on either side of zero; with the total, what is planned."""
    room = canvas.right - canvas.left
    if not tornado.runner_up:
        canvas.y += 18
        canvas.text(canvas.right, canvas.y, f"as planned: {_amount(tornado.middle)} USD", size=SMALL, anchor="end")
        canvas.y += 8
        return
    zero, cuts = x.at(0), []
    for name, arrow in ((tornado.runner_up, "\u2190 {} cheaper"), (tornado.best, "{} cheaper \u2192")):
        cuts.append(arrow.format(wrapped(name, SMALL, room - text_width(arrow.format(""), SMALL) - 4, most=1)[0]))
    wide = [text_width(each, SMALL) for each in cuts]
    canvas.y += 18
    before = max(zero - 8, canvas.left + wide[0])
    canvas.text(before, canvas.y, cuts[0], size=SMALL, anchor="end", colour=place_colour(local=tornado.runner_up_local))
    after = min(zero + 8, canvas.right - wide[1])
    if after < before + 10:
        canvas.y += 17
    canvas.text(after, canvas.y, cuts[1], size=SMALL, colour=place_colour(local=tornado.best_local))
    canvas.y += 8


def _names(canvas: Canvas, swings: Sequence[Swing]) -> list[tuple[list[tuple[str, bool]], float]]:
    """Return the lines beside each bar, whether each is the input's name, and how tall the row is. [px]"""
    found = []
    beside = _beside(canvas)
    width = beside - 6 if beside else canvas.right - canvas.left
    for swing in swings:
        lines = [(each, True) for each in wrapped(swing.label, SMALL, width, most=2)]
        lines += [(each, False) for each in wrapped(swing.span, 11, width, most=2)]
        tall = len(lines) * 15 + 12 if beside else len(lines) * 15 + _BAR + 16
        found.append((lines, max(tall, _ROW)))
    return found


def _background(canvas: Canvas, tornado: Tornado, x: Axis, top: float, base: float) -> None:
    if tornado.runner_up and x.low < 0:
        fill = "local" if tornado.runner_up_local else "cloud"
        canvas.rect(x.start, top + 4, x.at(0) - x.start, base - top, fill=fill, fill_opacity=0.08)  # type: ignore[arg-type]
    widest = max(text_width(_amount(value), SMALL) for value in (x.low, x.high)) + 24
    unit = canvas.right - text_width("USD", SMALL)
    for value in round_ticks(x.low, x.high, most=max(min(int((x.end - x.start) / widest), 6), 1)):
        canvas.line(x.at(value), top + 4, x.at(value), base + 4)
        if x.at(value) + text_width(_amount(value), SMALL) / 2 <= unit - 6:
            canvas.text(x.at(value), base + 20, _amount(value), size=SMALL, anchor="middle", colour="soft")
    canvas.text(canvas.right, base + 20, "USD", size=SMALL, anchor="end", colour="soft")
    middle = x.at(tornado.middle)
    canvas.line(middle, top + 4, middle, base + 4, colour="soft", width=1, stroke_dasharray="2 3", classes="planned")
    if tornado.runner_up:
        canvas.line(x.at(0), top - 2, x.at(0), base + 4, colour="ink", width=2, classes="zero")


def _row(canvas: Canvas, tornado: Tornado, swing: Swing, lines: list[tuple[str, bool]], x: Axis) -> None:
    """Draw one input: its name, its bar in the colours of who is cheaper, and what is at its ends."""
    beside = _beside(canvas)
    down = canvas.y + (4 if beside else 0)
    for said, is_name in lines:
        down += 15
        canvas.text(canvas.left, down, said, size=SMALL if is_name else 11, colour="ink" if is_name else "soft")
    at = canvas.y + 10 if beside else down + 7
    low, high = min(swing.low, swing.high), max(swing.low, swing.high)
    pieces = [(low, high, tornado.best_local)]
    if tornado.runner_up:
        pieces = [(low, min(high, 0.0), tornado.runner_up_local), (max(low, 0.0), high, tornado.best_local)]
    drawn = [(first, last, local) for first, last, local in pieces if last > first]
    same = tornado.runner_up and tornado.best_local == tornado.runner_up_local
    for first, last, local in drawn:
        pale = 0.55 if same and last <= 0 else None
        canvas.rect(
            x.at(first), at, max(x.at(last) - x.at(first), 1.0), _BAR, fill="local" if local else "cloud",
            classes="swing", fill_opacity=pale, data_from=f"{first:.2f}", data_to=f"{last:.2f}",
        )  # fmt: skip
    for end, anchor, step in ((low, "end", -5), (high, "start", 5)):
        which = "low" if end == swing.low else "high"
        canvas.text(
            x.at(end) + step, at + 11, _amount(end), size=SMALL, halo=True, data_end=which,
            anchor="end" if anchor == "end" else "start",
        )  # fmt: skip
    canvas.line(x.at(tornado.middle), at, x.at(tornado.middle), at + _BAR, colour="sheet", width=1.5)
