"""The page's figures: each as it stands alone, but drawn wide and narrow, since a phone needs other proportions.

In the page, options are told apart by the letters of the tables beside a figure; alone, by their names.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from cloudcost.render.figures.canvas import DASHES, PAGE, Headline
from cloudcost.render.figures.cost_time import time_points, time_svg
from cloudcost.render.figures.curves import CurveLine, RunCurves, curves_svg
from cloudcost.render.figures.tornado import Tornado, tornado_svg
from cloudcost.render.page.html import shape, tag
from cloudcost.render.page.tables import PLANNED, OptionCurves, Position, Tables, planned_position, total_at

if TYPE_CHECKING:
    from cloudcost.results.comparison import Comparison
    from cloudcost.results.matters import Front


def place_class(*, local: bool) -> str:
    """Return the class that gives an option its colour: that of a machine of one's own, or that of the cloud."""
    return "local" if local else "cloud"


def dash_indices(options: Sequence[OptionCurves]) -> list[int]:
    """Return which of the lines of its colour each option's is: lines of one colour are told apart by dashes."""
    seen: Counter[bool] = Counter()
    indices = []
    for each in options:
        indices.append(seen[each.local])
        seen[each.local] += 1
    return indices


def swatch(option: OptionCurves, dash: int) -> str:
    """Return a short piece of an option's line, for the key."""
    dashes = DASHES[dash % len(DASHES)] or None
    line = shape(
        "line", x1=0, x2=26, y1=6, y2=6, class_=f"line s-{place_class(local=option.local)}", stroke_width=2.6,
        stroke_dasharray=dashes,
    )  # fmt: skip
    return tag("svg", line, viewBox="0 0 26 12", class_="swatch", aria_hidden="true")


def lines_figure(tables: Tables) -> str:
    """Return totals over the number of runs where the sliders stand at first; the page's script redraws it."""
    position = planned_position(tables)
    lines = tuple(
        CurveLine(
            name=each.name,
            mark=each.mark,
            local=each.local,
            dash=dash,
            points=_points(tables, each, position),
            fits=each.most_runs[position.factor],
            possible=each.obstacles[position.factor] < 0,
        )
        for each, dash in zip(tables.options, dash_indices(tables.options), strict=True)
    )
    planned = None if position.runs == PLANNED else position.runs
    curves = RunCurves(lines=lines, leaders=(), last=tables.reach, planned=planned)
    headline = Headline(
        finding=f"Total by number of runs of each CNN, 1 to {tables.reach:,}",
        reading="A line for each option. Thick as far as the runs are done in time, thin beyond.",
    )
    return "".join(curves_svg(curves, headline, look) for look in PAGE)


def _points(tables: Tables, option: OptionCurves, position: Position) -> tuple[tuple[int, float], ...]:
    """Return totals at 1, at 200 steps and at the last number of runs; between them a line is straight or a step."""
    stride = max(tables.reach // 200, 1)
    counts = [*range(1, tables.reach, stride), tables.reach]
    places = [Position(n, position.factor, position.months, position.usd_per_kwh) for n in counts]
    return tuple((place.runs, total_at(tables, option, place)) for place in places)


def time_figure(comparison: Comparison, front: Front, marks: Mapping[str, str]) -> str:
    """Return cost against time with bands and the deadline; nothing where no option has both."""
    points = time_points(comparison, front, marks)
    return "".join(time_svg(comparison, points, look) for look in PAGE) if points else ""


def tornado_figure(tornado: Tornado) -> str:
    """Return by how much the answer leads as one input moves over its range."""
    return "".join(tornado_svg(tornado, look) for look in PAGE)


def bar(usd: float, end: float, colour: str) -> str:
    """Return a bar that stretches with its column; one past the scale's end is cut, which shows.

    Parameters
    ----------
    usd, end : float
        The amount, and where the scale ends. [USD]
    colour : str
        Class of its colour.
    """
    width = min(max(100 * usd / end, 0.4), 100.0)
    parts = [shape("rect", x=0, y=3, width=width, height=10, class_=f"bar {colour}")]
    if usd > end:
        parts.append(shape("rect", x=94, y=3, width=1.5, height=10, class_="cut"))
    return tag(
        "svg", "".join(parts), viewBox="0 0 100 16", preserveAspectRatio="none", class_="bars", aria_hidden="true"
    )
