"""The figures of a comparison as they stand alone: with a headline, names in full, and what they rest on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cloudcost.figures import time_words
from cloudcost.render.figures.axes import mark_of
from cloudcost.render.figures.canvas import ALONE, Headline
from cloudcost.render.figures.cost_time import deadline_of, time_finding, time_points, time_svg
from cloudcost.render.figures.curves import curves_svg
from cloudcost.render.figures.figure import Figure
from cloudcost.render.figures.findings import curves_finding, origin_of, totals_finding
from cloudcost.render.figures.tornado import tornado_of, tornado_svg
from cloudcost.render.figures.totals import totals_svg
from cloudcost.render.tables.columns import plain

if TYPE_CHECKING:
    from cloudcost.render.figures.curves import RunCurves
    from cloudcost.results.comparison import Comparison
    from cloudcost.results.matters import Front, WhatMatters


def totals(comparison: Comparison) -> Figure | None:
    """Return what each option costs; None where none has a price."""
    if all(each.total_usd is None for each in comparison.options):
        return None
    return Figure(name="totals", finding=plain(totals_finding(comparison)), svg=totals_svg(comparison, ALONE))


def break_even(comparison: Comparison, curves: RunCurves | None) -> Figure | None:
    """Return totals by number of runs; None where nothing has a curve."""
    if curves is None:
        return None
    time = time_words(comparison.project.duration_seconds)
    finding = curves_finding(curves.leaders, curves.last, time, others=len(curves.lines) > 1)
    reading = (
        f"Total in USD by number of runs of each CNN. Thick: the runs fit into {time}; thin: they do not. "
        "Rings: another option becomes the cheapest that fits."
    )
    headline = Headline(finding=finding, reading=reading, origin=origin_of(comparison))
    return Figure(name="break-even", finding=plain(finding), svg=curves_svg(curves, headline, ALONE))


def cost_and_time(comparison: Comparison, front: Front) -> Figure | None:
    """Return cost against time; None where no option has both."""
    marks = {each.name: mark_of(index) for index, each in enumerate(comparison.options)}
    points = time_points(comparison, front, marks)
    if not points:
        return None
    time = time_words(deadline_of(comparison))
    return Figure(
        name="cost-and-time", finding=plain(time_finding(points, time)), svg=time_svg(comparison, points, ALONE)
    )


def tornado(comparison: Comparison, matters: WhatMatters) -> Figure | None:
    """Return what would change the answer; None where nothing moves it."""
    found = tornado_of(comparison, matters)
    if found is None:
        return None
    return Figure(name="tornado", finding=plain(found.headline.finding), svg=tornado_svg(found, ALONE))
