"""The page's figures as inline SVG, each drawn wide and narrow: a phone needs other proportions, not smaller text.

Every figure has a title and a description, options are told apart by letter and dash as well as by colour, and the
figures' numbers stand in a table beside them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from cloudcost.frozen import dataclass
from cloudcost.render.figures.axes import Axis, log_or_linear, nice_ceiling, short, spread
from cloudcost.render.page.html import shape, tag, text
from cloudcost.render.page.tables import PLANNED, OptionCurves, Position, Tables, planned_position, total_at

COLOURS = 6
"""Colours of the page; a seventh option takes the first colour with other dashes. [count]"""
DASHES = ("", "7 4", "2 3")
_LETTER_GAP = 13.0


@dataclass(frozen=True, slots=True)
class Frame:
    """A figure's size and where its axes lie. [px]"""

    name: str
    width: int
    height: int
    left: int = 52
    right: int = 26
    top: int = 30
    bottom: int = 42


FRAMES = (Frame("broad", 760, 400), Frame("narrow", 348, 330, left=54, right=22))


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """An option in the figure of cost against time. [h, USD]

    Parameters
    ----------
    mark, name : str
    hours, usd : float
    front : bool
        Whether no other option is both cheaper and faster.
    local : bool
    style : int
        Index of its colour and dashes.
    """

    mark: str
    name: str
    hours: float
    usd: float
    front: bool
    local: bool
    style: int


def style_class(index: int) -> str:
    """Return the class that gives an option its colour."""
    return f"c{index % COLOURS}"


def dashes(index: int) -> str | None:
    """Return the dashes that tell options of one colour apart."""
    return DASHES[index // COLOURS % len(DASHES)] or None


def both(kind: str, title: str, description: str, draw: Callable[[Frame], str]) -> str:
    """Return a figure drawn for wide and for narrow screens, of which one is shown."""
    drawn = []
    for frame in FRAMES:
        identity = f"{kind}-{frame.name}"
        head = tag("title", text(title), id=f"{identity}-t") + tag("desc", text(description), id=f"{identity}-d")
        drawn.append(
            tag(
                "svg",
                head + draw(frame),
                viewBox=f"0 0 {frame.width} {frame.height}",
                class_=f"figure {frame.name}",
                role="img",
                aria_labelledby=f"{identity}-t {identity}-d",
                data_figure=kind,
            )
        )
    return "".join(drawn)


def _grid(frame: Frame, x: Axis, y: Axis, x_title: str, y_title: str, x_ticks: Sequence[float]) -> str:
    parts = []
    for value in y.ticks():
        at = y.at(value)
        parts.append(shape("line", x1=frame.left, x2=frame.width - frame.right, y1=at, y2=at, class_="grid"))
        parts.append(tag("text", text(short(value)), x=frame.left - 6, y=at + 4, class_="tick end yt"))
    base = frame.height - frame.bottom
    for value in x_ticks:
        parts.append(shape("line", x1=x.at(value), x2=x.at(value), y1=base, y2=base + 4, class_="axis"))
        parts.append(tag("text", text(short(value)), x=x.at(value), y=base + 17, class_="tick mid xt"))
    parts.append(shape("line", x1=frame.left, x2=frame.width - frame.right, y1=base, y2=base, class_="axis"))
    middle = (frame.left + frame.width - frame.right) / 2
    parts.append(tag("text", text(x_title), x=middle, y=frame.height - 6, class_="label mid"))
    parts.append(tag("text", text(y_title), x=6, y=17, class_="label"))
    return "".join(parts)


def lines_figure(tables: Tables) -> str:
    """Return totals over the number of runs where the sliders stand at first; the page's script redraws it."""
    position = planned_position(tables)
    end = replace(position, runs=tables.reach)
    ends = [f"{each.mark} {each.name} {short(round(total_at(tables, each, end)))} USD" for each in tables.options]
    title = f"Total by number of runs of each CNN, 1 to {tables.reach:,}"
    description = (
        "A line for each option. Thick as far as the runs fit into the project's time, thin beyond. At the right end: "
        + ", ".join(ends)
    )
    return both("lines", title, description, lambda frame: _lines(frame, tables, position))


def _lines(frame: Frame, tables: Tables, position: Position) -> str:
    base = frame.height - frame.bottom
    values = [_curve_points(tables, each, position) for each in tables.options]
    possible = [each.obstacles[position.factor] < 0 for each in tables.options]
    ends = [usd for points, can in zip(values, possible, strict=True) for _, usd in points if can]
    x = Axis(0.0, float(tables.reach), frame.left, frame.width - frame.right)
    y = Axis(0.0, nice_ceiling(max(ends, default=1.0)), base, frame.top)
    parts = [_grid(frame, x, y, "runs of each CNN", "USD", x.ticks())]
    at, hidden = x.at(position.runs), "hidden" if position.runs == PLANNED else None
    parts.append(shape("line", x1=at, x2=at, y1=frame.top, y2=base, class_="now", visibility=hidden))
    letters = spread([y.at(points[-1][1]) + 4 for points in values], _LETTER_GAP, frame.top, base + 4)
    for index, (each, points, letter) in enumerate(zip(tables.options, values, letters, strict=True)):
        can, fits, classes = possible[index], each.most_runs[position.factor], style_class(index)
        inside = _path(points, x, y, 1, fits if can else 0)
        beyond = _path(points, x, y, max(fits, 1), tables.reach if can else 0)
        line = {"data_line": index, "stroke_dasharray": dashes(index)}
        parts.append(shape("path", d=beyond, class_=f"line thin {classes}", **line))
        parts.append(shape("path", d=inside, class_=f"line {classes}", **line))
        place = {"x": frame.width - frame.right + 5, "y": letter, "visibility": None if can else "hidden"}
        parts.append(tag("text", each.mark, class_=f"letter {classes}", data_letter=index, **place))
    return "".join(parts)


def _curve_points(tables: Tables, option: OptionCurves, position: Position) -> list[tuple[int, float]]:
    """Return totals at 1, at 200 steps and at the last number of runs; between them a line is straight or a step."""
    stride = max(tables.reach // 200, 1)
    counts = [*range(1, tables.reach, stride), tables.reach]
    places = [Position(n, position.factor, position.months, position.usd_per_kwh) for n in counts]
    return [(place.runs, total_at(tables, option, place)) for place in places]


def _path(points: Sequence[tuple[int, float]], x: Axis, y: Axis, first: int, last: int) -> str:
    inside = [(n, usd) for n, usd in points if first <= n <= last]
    return "M" + "L".join(f"{x.at(n):.1f} {y.at(usd):.1f}" for n, usd in inside) if len(inside) > 1 else "M0 0"


def time_figure(points: Sequence[Point]) -> str:
    """Return cost against time; the options that nothing beats in both are joined by a line."""
    named = ", ".join(
        f"{each.mark} {each.name} ({each.hours:.0f} h, {each.usd:,.2f} USD)" for each in points if each.front
    )
    description = (
        "Each option at the hours until its last run ends and its total. Nothing is both cheaper and faster than: "
        f"{named}."
    )
    return both("time", "Cost against time", description, lambda frame: _time(frame, points))


def _time(frame: Frame, points: Sequence[Point]) -> str:
    base = frame.height - frame.bottom
    x = log_or_linear([each.hours for each in points], frame.left, frame.width - frame.right)
    y = log_or_linear([each.usd for each in points], base, frame.top)
    units = (" (logarithmic)" if x.log else "", " (logarithmic)" if y.log else "")
    parts = [_grid(frame, x, y, f"hours until the last run ends{units[0]}", f"USD{units[1]}", x.ticks())]
    front = sorted((each for each in points if each.front), key=lambda each: each.hours)
    stairs: list[str] = []
    for each in front:
        if stairs:
            stairs.append(f"H{x.at(each.hours):.1f}")
        stairs.append(f"{'V' if stairs else 'M' + format(x.at(each.hours), '.1f') + ' '}{y.at(each.usd):.1f}")
    if len(front) > 1:
        parts.append(shape("path", d="".join(stairs), class_="front"))
    for each in points:
        classes = f"dot {style_class(each.style)}{'' if each.front else ' hollow'}"
        across, down = x.at(each.hours), y.at(each.usd)
        if each.local:
            parts.append(shape("rect", x=across - 8, y=down - 8, width=16, height=16, rx=3, class_=classes))
        else:
            parts.append(shape("circle", cx=across, cy=down, r=9, class_=classes))
        letter = f"inside {style_class(each.style)}{'' if each.front else ' hollow'}"
        parts.append(tag("text", each.mark, x=across, y=down + 4, class_=letter))
    return "".join(parts)


def bar(usd: float, end: float, style: int, band: tuple[float, float] | None = None) -> str:
    """Return a bar that stretches with its column, with its band; one past the scale's end is cut, which shows.

    Parameters
    ----------
    usd, end : float
        The amount, and where the scale ends. [USD]
    """
    scale = 100 / end

    def place(value: float) -> float:
        return min(max(value, 0.0) * scale, 100.0)

    parts = [shape("rect", x=0, y=3, width=max(place(usd), 0.4), height=10, class_=f"bar {style_class(style)}")]
    if band is not None:
        low, high = place(band[0]), place(band[1])
        parts.append(shape("rect", x=low, y=6.5, width=max(high - low, 0.4), height=3, class_="band"))
        parts += [shape("rect", x=at - 0.2, y=4, width=0.4, height=8, class_="band") for at in (low, high)]
    if usd > end:
        parts.append(shape("path", d="M91 0L94 0L92 16L89 16Z", class_="cut"))
    return tag(
        "svg", "".join(parts), viewBox="0 0 100 16", preserveAspectRatio="none", class_="bars", aria_hidden="true"
    )
