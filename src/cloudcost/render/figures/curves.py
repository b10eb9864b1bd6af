"""Totals by number of runs: a line for each option, thick as far as the runs fit into the project's time."""

from __future__ import annotations

from collections.abc import Sequence

from cloudcost.frozen import dataclass
from cloudcost.render.figures.axes import Axis, bar_end, nice_ceiling, short, spread
from cloudcost.render.figures.canvas import DASHES, SMALL, Canvas, Headline, Look, place_colour
from cloudcost.render.figures.lettering import text_width, wrapped

_HEIGHT = {"broad": 320.0, "narrow": 250.0}
"""Of the plane between the axes. [px]"""
_NAMES = 196.0
"""How wide names at the ends of lines may be. [px]"""
_STEP, _GAP, _GUTTER = 14.0, 13.0, 24.0
RINGS = 12
"""Changes of the cheapest option that are marked. [count]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class CurveLine:
    """An option's totals.

    Parameters
    ----------
    name, mark : str
    local : bool
    dash : int
        Which of the lines of its colour it is.
    points : tuple of (int, float)
        At rising numbers of runs. [count, USD]
    fits : int
        The most runs that fit into the project's time. [count]
    possible : bool
        Whether nothing but the calendar forbids it.
    """

    name: str
    mark: str
    local: bool
    dash: int
    points: tuple[tuple[int, float], ...]
    fits: int
    possible: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Leader:
    """The cheapest option that fits into the project's time, from a number of runs on.

    Parameters
    ----------
    first : int
        [count]
    name : str
        Empty where none fits.
    usd : float
        Its total there. [USD]
    """

    first: int
    name: str
    usd: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RunCurves:
    """What the figure shows.

    Parameters
    ----------
    lines : tuple of CurveLine
    leaders : tuple of Leader
    last : int
        Number of runs at which the figure ends. [count]
    planned : int or None
        The project's own number of runs; None where it differs between CNNs. [count]
    """

    lines: tuple[CurveLine, ...]
    leaders: tuple[Leader, ...]
    last: int
    planned: int | None


def curves_svg(curves: RunCurves, headline: Headline, look: Look) -> str:
    """Return totals by number of runs as one figure."""
    canvas = Canvas("lines", look, headline)
    shown = [line for line in curves.lines if line.possible]
    if look.named:
        canvas.places([line.local for line in shown])
    labels = {line.mark: _label(line, look) for line in curves.lines}
    high = curves_end(shown)
    low = min((usd for line in shown for _, usd in line.points), default=0.0)
    low = -nice_ceiling(-low) if low < 0 else 0.0
    names = max((text_width(part, SMALL) for label in labels.values() for part in label), default=0.0)
    tall = max(_HEIGHT[look.name], sum(len(labels[line.mark]) * _STEP + 4 for line in shown))
    widest = max(text_width(short(low + (high - low) * quarter / 4), SMALL) for quarter in range(5))
    canvas.text(canvas.left, canvas.y + 14, "USD", size=SMALL, colour="soft")
    top = canvas.y + 34
    base = top + tall
    x = Axis(
        0.0, float(curves.last), canvas.left + widest + 8, canvas.right - names - (_GUTTER + 4 if look.named else 8)
    )
    y = Axis(low, high, base, top)
    _grid(canvas, x, y, base)
    _planned(canvas, curves, x, top, base, look)
    for index, line in enumerate(curves.lines):
        _line(canvas, index, line, x, y, curves.last)
    _rings(canvas, curves, x, y)
    _ends(canvas, curves.lines, labels, x, y, top, base)
    canvas.below((x.start + x.end) / 2, base + 38, "runs of each CNN")
    canvas.y = base + 42
    _beyond(canvas, [line for line in shown if _above(line, y)])
    return canvas.finish()


def curves_end(lines: Sequence[CurveLine]) -> float:
    """Return where the scale of totals ends: past all lines, or past all but one that dwarfs them. [USD]"""
    return nice_ceiling(bar_end([max(usd for _, usd in line.points) for line in lines]))


def _above(line: CurveLine, y: Axis) -> bool:
    """Return whether a line ends above the scale, so that it has no place at its end."""
    return line.points[-1][1] > y.high


def _beyond(canvas: Canvas, lines: Sequence[CurveLine]) -> None:
    """Tell of the lines that lie above the scale."""
    if lines and canvas.look.alone:
        named = ", ".join(f"{line.name} ({short(round(line.points[-1][1]))} USD)" for line in lines)
        canvas.y += 6
        canvas.paragraph(f"Above the scale at the right edge: {named}", size=SMALL, most=3, colour="soft")


def _label(line: CurveLine, look: Look) -> list[str]:
    return wrapped(line.name, SMALL, _NAMES, most=3) if look.named else [line.mark]


def _grid(canvas: Canvas, x: Axis, y: Axis, base: float) -> None:
    for value in y.ticks():
        at = y.at(value)
        canvas.line(x.start, at, x.end, at, classes="grid")
        canvas.text(x.start - 7, at + 4, short(value), size=SMALL, anchor="end", colour="soft", classes="tick yt")
    for value in x.ticks():
        canvas.line(x.at(value), base, x.at(value), base + 4, colour="soft", classes="axis")
        canvas.text(x.at(value), base + 18, short(value), size=SMALL, anchor="middle", colour="soft", classes="tick xt")
    canvas.line(x.start, base, x.end, base, colour="soft", classes="axis")


def _planned(canvas: Canvas, curves: RunCurves, x: Axis, top: float, base: float, look: Look) -> None:
    """Draw the line of the planned number of runs; in the page the slider's, hidden where it stands for none."""
    planned = curves.planned
    at = x.at(planned or 0)
    hidden = "hidden" if planned is None or planned > curves.last else None
    canvas.line(at, top, at, base, colour="ink", width=1.3, classes="now", stroke_dasharray="2 4", visibility=hidden)
    if look.alone and hidden is None:
        said = f"planned: {planned:,}"
        half = text_width(said, SMALL) / 2
        canvas.text(min(max(at, x.start + half), x.end - half), top - 8, said, size=SMALL, anchor="middle")


def _line(canvas: Canvas, index: int, line: CurveLine, x: Axis, y: Axis, last: int) -> None:
    colour = place_colour(local=line.local)
    dash = DASHES[line.dash % len(DASHES)] or None
    beyond = _path(line.points, x, y, max(line.fits, 1), last if line.possible else 0)
    inside = _path(line.points, x, y, 1, line.fits if line.possible else 0)
    canvas.path(beyond, colour=colour, width=1.2, classes="line thin", data_line=index, stroke_dasharray=dash)
    canvas.path(inside, colour=colour, width=2.6, classes="line", data_line=index, stroke_dasharray=dash)


def _path(points: Sequence[tuple[int, float]], x: Axis, y: Axis, first: int, last: int) -> str:
    inside = [(n, usd) for n, usd in points if first <= n <= last and usd <= y.high]
    return "M" + "L".join(f"{x.at(n):.1f} {y.at(usd):.1f}" for n, usd in inside) if len(inside) > 1 else "M0 0"


def _rings(canvas: Canvas, curves: RunCurves, x: Axis, y: Axis) -> None:
    """Mark where the cheapest option becomes another, with the number of runs."""
    changes = [each for each in curves.leaders[1:] if each.name and each.first <= curves.last]
    written: list[tuple[float, float, float]] = []
    for each in changes[:RINGS]:
        across, down = x.at(each.first), y.at(each.usd)
        if each.usd > y.high:
            continue
        canvas.circle(across, down, 5.5, fill="sheet", stroke="ink", stroke_width=2, classes="even")
        if not canvas.look.alone:
            continue
        said = f"{each.first:,} runs"
        wide = text_width(said, SMALL, bold=True)
        at = min(max(across - wide / 2, x.start + 2), x.end - wide - 2)
        for line in (down + 20, down - 12):
            clear = all(
                at >= end + 8 or at + wide + 8 <= start or abs(line - other) >= _STEP for start, end, other in written
            )
            if clear and line + 4 < y.start:
                canvas.text(at, line, said, size=SMALL, bold=True, halo=True)
                written.append((at, at + wide, line))
                break


def _ends(
    canvas: Canvas, lines: Sequence[CurveLine], labels: dict[str, list[str]], x: Axis, y: Axis, top: float, base: float
) -> None:
    """Write at the end of each line what it stands for, moved apart where lines end close together."""
    shown = [line for line in lines if line.possible and not _above(line, y)]
    if not canvas.look.named:
        places = spread([y.at(line.points[-1][1]) + 4 for line in lines], _GAP, top, base + 4)
        for index, (line, place) in enumerate(zip(lines, places, strict=True)):
            hidden = None if line.possible and not _above(line, y) else "hidden"
            canvas.text(
                x.end + 6, place, line.mark, size=SMALL, bold=True, colour=place_colour(local=line.local),
                classes="letter", data_letter=index, visibility=hidden,
            )  # fmt: skip
        return
    order = sorted(shown, key=lambda line: y.at(line.points[-1][1]))
    heights = [len(labels[line.mark]) * _STEP + 4 for line in order]
    for line, middle in zip(
        order, _stacked([y.at(line.points[-1][1]) for line in order], heights, top, base), strict=True
    ):
        parts = labels[line.mark]
        down = middle - (len(parts) - 1) * _STEP / 2 + 4
        colour = place_colour(local=line.local)
        end = y.at(line.points[-1][1])
        canvas.path(
            f"M{x.end + 2:.1f} {end:.1f}L{x.end + _GUTTER - 5:.1f} {middle:.1f}H{x.end + _GUTTER - 2:.1f}",
            colour=colour, width=0.9, classes="leader",
        )  # fmt: skip
        for part in parts:
            canvas.text(x.end + _GUTTER, down, part, size=SMALL, colour=colour)
            down += _STEP


def _stacked(middles: Sequence[float], heights: Sequence[float], top: float, base: float) -> list[float]:
    """Return middles of boxes moved apart so that none overlaps another, in their order, within bounds.

    Examples
    --------
    >>> _stacked([10, 12, 90], [20, 20, 20], 0, 100)
    [10, 30.0, 90]
    """
    placed = list(middles)
    edge = top
    for at, height in enumerate(heights):
        placed[at] = max(placed[at], edge + height / 2)
        edge = placed[at] + height / 2
    edge = base
    for at in reversed(range(len(placed))):
        placed[at] = min(placed[at], edge - heights[at] / 2)
        edge = placed[at] - heights[at] / 2
    return placed
