"""Cost against time: each option where its runs end and what it costs then, with both bands and the deadline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING

from cloudcost.domain.kinds import KINDS
from cloudcost.figures import figure, time_words
from cloudcost.frozen import dataclass
from cloudcost.money import format_usd
from cloudcost.render.figures.axes import Axis, log_or_linear, round_ticks, short
from cloudcost.render.figures.canvas import SMALL, Canvas, Headline, Look, Mark, place_colour
from cloudcost.render.figures.findings import origin_of
from cloudcost.render.figures.lettering import text_width, wrapped

if TYPE_CHECKING:
    from cloudcost.results.comparison import Comparison
    from cloudcost.results.matters import Front

_HEIGHT = {"broad": 360.0, "narrow": 280.0}
"""Of the plane between the axes. [px]"""
_NAME = 190.0
"""How wide the name beside a point may be. [px]"""
_STEP = 14.0
_NEAR = 1.5
"""A deadline so many times as late as the last point is drawn; a later one is only told. [1]"""
Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class TimePoint:
    """An option at its calendar time and its total. [h, USD]

    Parameters
    ----------
    name, mark : str
    local, feasible, guaranteed : bool
    front : bool
        Whether it can be done and counted on, and no other such option is both cheaper and faster.
    hours : float
    total_usd : Decimal
    hours_band, usd_band : (float, float) or None
        None without a simulation.
    """

    name: str
    mark: str
    local: bool
    feasible: bool
    guaranteed: bool
    front: bool
    hours: float
    total_usd: Decimal
    hours_band: tuple[float, float] | None = None
    usd_band: tuple[float, float] | None = None

    @property
    def usd(self) -> float:
        """Where it is drawn. [USD]"""
        return float(self.total_usd)


def time_points(comparison: Comparison, front: Front, marks: Mapping[str, str]) -> list[TimePoint]:
    """Return the options that have a total and a time, the cheapest first."""
    best = {each.name for each in front.front}
    points = []
    for each in comparison.options:
        if each.total_usd is None or each.calendar_hours is None:
            continue
        sure = each.uncertainty
        points.append(
            TimePoint(
                name=each.name,
                mark=marks[each.name],
                local=KINDS[each.kind].at_home,
                feasible=each.feasible,
                guaranteed=each.guaranteed,
                front=each.name in best,
                hours=each.calendar_hours,
                total_usd=each.total_usd,
                hours_band=None if sure is None else sure.interval_hours,
                usd_band=None
                if each.interval_usd is None
                else (float(each.interval_usd[0]), float(each.interval_usd[1])),
            )
        )
    return sorted(points, key=lambda each: (each.usd, each.hours))


def deadline_of(comparison: Comparison) -> float:
    """Return the deadline that was asked for, or the project's time. [s]"""
    return _stated(comparison) or comparison.project.duration_seconds


def _stated(comparison: Comparison) -> float | None:
    return None if comparison.uncertainty is None else comparison.uncertainty.deadline_seconds


def time_finding(points: Sequence[TimePoint], time: str) -> str:
    """Return which option is the cheapest and which the fastest of those that can be counted on."""
    can = [each for each in points if each.feasible and each.guaranteed]
    if not can:
        return f"No option that can be counted on ends in {time}"
    cheapest = min(can, key=lambda each: (each.usd, each.hours))
    fastest = min(can, key=lambda each: (each.hours, each.usd))
    if len(can) == 1:
        return f"{cheapest.name} takes {hours_words(cheapest.hours)} and costs {format_usd(cheapest.total_usd)} USD"
    if cheapest.hours <= fastest.hours:
        said = f"{format_usd(cheapest.total_usd)} USD, {hours_words(cheapest.hours)}"
        return f"{cheapest.name} is the cheapest and the fastest: {said}"
    return (
        f"{cheapest.name} is the cheapest ({format_usd(cheapest.total_usd)} USD, {hours_words(cheapest.hours)}), "
        f"{fastest.name} the fastest ({format_usd(fastest.total_usd)} USD, {hours_words(fastest.hours)})"
    )


def hours_words(hours: float) -> str:
    """Return hours to three figures: "41.5 h"."""
    return f"{figure(hours)} h"


def time_svg(comparison: Comparison, points: Sequence[TimePoint], look: Look) -> str:
    """Return cost against time as one figure; there is at least one point."""
    seconds = deadline_of(comparison)
    time = time_words(seconds)
    canvas = Canvas("time", look, _headline(comparison, points, time))
    if look.alone:
        hollow: tuple[Mark, str] = ("hollow", "beaten in both, or cannot be counted on")
        canvas.places([each.local for each in points], None if all(each.front for each in points) else hollow)
    deadline = seconds / 3600
    below = canvas.y
    top = canvas.y + 36
    base = top + _HEIGHT[look.name]
    y = _axis([each.usd for each in points], [each.usd_band for each in points], base, top)
    ticks = _ticks(y, 6)
    units = "USD (logarithmic)" if y.log else "USD"
    canvas.text(canvas.left, below + 14, units, size=SMALL, colour="soft")
    start = canvas.left + max(text_width(short(value), SMALL) for value in ticks) + 8
    hours, bands = [each.hours for each in points], [each.hours_band for each in points]
    near = deadline <= _NEAR * max(hours)
    x = _axis([*hours, *([deadline] if near else [])], bands, start, canvas.right)
    _grid(canvas, x, y, ticks, base)
    taken = [*_deadline_box(x, deadline, top, base), *_front_boxes(points, x, y)]
    _deadline(canvas, x, deadline, "deadline" if _stated(comparison) else "the project's time", time, top, base)
    _front(canvas, points, x, y)
    for each in points:
        taken += _bands(canvas, each, x, y)
    for each in points:
        across, down = x.at(each.hours), y.at(each.usd)
        canvas.dot(across, down, local=each.local, hollow=not each.front, data_option=each.name)
        taken.append((across - 8, down - 8, across + 8, down + 8))
    frame = (x.start + 2, top, x.end, base - 2)
    for each in points:
        _name(canvas, each, (x.at(each.hours), y.at(each.usd)), taken, frame)
    canvas.y = base + 42
    return canvas.finish()


def _headline(comparison: Comparison, points: Sequence[TimePoint], time: str) -> Headline:
    reading = "Hours until the last run ends, and the total in USD."
    if any(each.usd_band or each.hours_band for each in points):
        reading += f" Crosses are the {100 * comparison.level:.0f} % bands of both."
    reading += " The dashed line joins the options that nothing beats in both cost and time."
    return Headline(finding=time_finding(points, time), reading=reading, origin=origin_of(comparison))


def _axis(values: Sequence[float], bands: Sequence[tuple[float, float] | None], start: float, end: float) -> Axis:
    """Return an axis over points and their bands, as far as these do not dwarf the points."""
    most = 2 * max(values)
    ends = [end for band in bands if band is not None for end in band if 0 < end <= most]
    axis = log_or_linear([*values, *ends], start, end)
    if axis.log:
        return axis
    least, high = min([*values, *ends]), max([*values, *ends])
    room = 0.15 * (high - least) or 0.15 * abs(high) or 1.0
    low = least - room
    if least >= 0 and low < 0.35 * high:
        low = 0.0
    return Axis(low, high + room / 2, start, end)


def _ticks(axis: Axis, most: int) -> list[float]:
    return axis.ticks() if axis.log else round_ticks(axis.low, axis.high, most=most)


def _grid(canvas: Canvas, x: Axis, y: Axis, ticks: Sequence[float], base: float) -> None:
    for value in ticks:
        at = y.at(value)
        canvas.line(x.start, at, x.end, at)
        canvas.text(x.start - 7, at + 4, short(value), size=SMALL, anchor="end", colour="soft", classes="tick")
    widest = max(text_width(short(value), SMALL) for value in (x.high, x.low)) + 26
    edge = -1e9
    for value in _ticks(x, max(min(int((x.end - x.start) / widest), 7), 2)):
        at, half = x.at(value), text_width(short(value), SMALL) / 2
        canvas.line(at, base, at, base + 4, colour="soft")
        if at - half >= edge and at + half <= canvas.right + 8:
            canvas.text(at, base + 18, short(value), size=SMALL, anchor="middle", colour="soft", classes="tick")
            edge = at + half + 8
    canvas.line(x.start, base, x.end, base, colour="soft")
    units = " (logarithmic)" if x.log else ""
    said = f"hours until the last run ends{units}"
    canvas.below((x.start + x.end) / 2, base + 38, said)


def _deadline(canvas: Canvas, x: Axis, hours: float, what: str, time: str, top: float, base: float) -> None:
    """Draw where the time is over; where that lies past the figure only its label stands there, with an arrow."""
    if hours > x.high:
        canvas.text(
            x.end, top - 8, f"{what}: {time} \u2192", size=SMALL, anchor="end", colour="bad", classes="deadline"
        )
        return
    at = x.at(max(hours, x.low))
    canvas.rect(at, top, x.end - at, base - top, fill="bad", fill_opacity=0.07)
    canvas.line(at, top, at, base, colour="bad", width=1.6, classes="deadline", data_hours=f"{hours:.6g}")
    said = f"{what}: {time}"
    wide = text_width(said, SMALL)
    start = min(max(at - wide / 2, x.start), x.end - wide)
    canvas.text(max(start, canvas.left + 34), top - 8, said, size=SMALL, colour="bad")


def _deadline_box(x: Axis, hours: float, top: float, base: float) -> list[Box]:
    at = x.at(max(hours, x.low))
    return [(at - 1, top, at + 1, base)] if hours <= x.high else []


def _front_boxes(points: Sequence[TimePoint], x: Axis, y: Axis) -> list[Box]:
    """Return where the steps of the front lie."""
    front = sorted((each for each in points if each.front), key=lambda each: each.hours)
    found: list[Box] = []
    for one, then in pairwise(front):
        across, down, end, under = x.at(one.hours), y.at(one.usd), x.at(then.hours), y.at(then.usd)
        found += [(across, down - 1, end, down + 1), (end - 1, down, end + 1, under)]
    return found


def _front(canvas: Canvas, points: Sequence[TimePoint], x: Axis, y: Axis) -> None:
    front = sorted((each for each in points if each.front), key=lambda each: each.hours)
    if len(front) < 2:
        return
    d = f"M{x.at(front[0].hours):.1f} {y.at(front[0].usd):.1f}"
    d += "".join(f"H{x.at(each.hours):.1f}V{y.at(each.usd):.1f}" for each in front[1:])
    canvas.path(d, colour="ink", width=1.4, stroke_dasharray="5 4", classes="front")


def _bands(canvas: Canvas, point: TimePoint, x: Axis, y: Axis) -> list[Box]:
    """Draw both bands and return where they lie."""
    found: list[Box] = []
    colour = place_colour(local=point.local)
    across, down = x.at(point.hours), y.at(point.usd)
    if point.hours_band is not None:
        low, high = (min(max(each, x.low), x.high) for each in point.hours_band)
        canvas.line(x.at(low), down, x.at(high), down, colour=colour, width=1.6, classes="band")
        found.append((x.at(low), down - 1, x.at(high), down + 1))
    if point.usd_band is not None:
        low, high = (min(max(each, y.low), y.high) for each in point.usd_band)
        canvas.line(across, y.at(low), across, y.at(high), colour=colour, width=1.6, classes="band")
        found.append((across - 1, y.at(high), across + 1, y.at(low)))
    return found


def _name(canvas: Canvas, point: TimePoint, at: tuple[float, float], taken: list[Box], frame: Box) -> None:
    """Write what a point stands for beside it, where nothing is written yet; a line leads there from afar."""
    lines = wrapped(point.name, SMALL, _NAME, most=2) if canvas.look.named else [point.mark]
    bold = not canvas.look.named
    wide = max(text_width(each, SMALL, bold=bold) for each in lines)
    box = _free(at, wide, len(lines) * _STEP, taken, frame)
    if box is None:
        return
    taken.append(box)
    left, top, right, bottom = box
    nearest = (min(max(at[0], left), right), min(max(at[1], top), bottom))
    if abs(nearest[0] - at[0]) + abs(nearest[1] - at[1]) > 16:
        canvas.line(at[0], at[1], *nearest, colour="soft", width=0.8, classes="leader")
    down = top + _STEP - 3.5
    for line in lines:
        canvas.text(left, down, line, size=SMALL, bold=bold, colour=place_colour(local=point.local))
        down += _STEP


def _free(at: tuple[float, float], wide: float, tall: float, taken: Sequence[Box], frame: Box) -> Box | None:
    """Return the nearest box beside a point that overlaps no other and lies in the frame."""
    x, y = at
    for far in (11, 16, 24, 34, 46, 60, 76, 94, 114, 136, 160, 190, 220, 260, 300):
        for left, top in (
            (x + far, y - tall / 2), (x - far - wide, y - tall / 2), (x + far * 0.7, y - far - tall + 4),
            (x + far * 0.7, y + far - 4), (x - far * 0.7 - wide, y - far - tall + 4),
            (x - far * 0.7 - wide, y + far - 4), (x - wide / 2, y - far - tall), (x - wide / 2, y + far),
        ):  # fmt: skip
            box = (left, top, left + wide, top + tall)
            inside = box[0] >= frame[0] and box[1] >= frame[1] and box[2] <= frame[2] and box[3] <= frame[3]
            if inside and not any(overlap(box, other) for other in taken):
                return box
    return None


def overlap(one: Box, other: Box, gap: float = 1.0) -> bool:
    """Return whether two boxes of left, top, right, bottom come nearer than a gap. [px]"""
    return one[0] < other[2] + gap and other[0] < one[2] + gap and one[1] < other[3] + gap and other[1] < one[3] + gap
