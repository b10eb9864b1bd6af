"""A comparison's figures as files: totals with bands, break-even, cost against time, and the tornado."""

from __future__ import annotations

import io
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias, assert_never, get_args

from cloudcost.analysis.compare import context_of
from cloudcost.analysis.matters.what_matters import what_matters
from cloudcost.analysis.report.tables import reach_of
from cloudcost.catalog.near import did_you_mean
from cloudcost.errors import CatalogError, InputError, TimingError
from cloudcost.files.writing import write_whole
from cloudcost.options.model import Context, OptionModel, build_model
from cloudcost.results.comparison import Comparison

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from cloudcost.results.matters import WhatMatters

Name: TypeAlias = Literal["totals", "break-even", "cost-and-time", "tornado"]
NAMES: tuple[Name, ...] = get_args(Name)
"""Figures of a comparison, in the order in which they are written."""
POINTS = 200
"""Numbers of runs at which a curve is drawn. [count]"""


def figures_of(comparison: Comparison) -> dict[str, Figure]:
    """Return a comparison's figures by name; one that has nothing to show is left out.

    Raises
    ------
    InputError
        When the project names a CNN or a folder that can no longer be read.
    """
    drawer = _Drawer(comparison)
    drawn = {name: drawer.draw(name) for name in NAMES}
    return {name: figure for name, figure in drawn.items() if figure is not None}


def figure_of(comparison: Comparison, what: str) -> Figure:
    """Return one of a comparison's figures.

    Parameters
    ----------
    comparison : Comparison
    what : {"totals", "break-even", "cost-and-time", "tornado"}

    Raises
    ------
    InputError
        When there is no such figure, or it has nothing to show.
    """
    plain = str(what).replace("_", "-").replace(" ", "-").lower()
    name = next((each for each in NAMES if each == plain), None)
    if name is None:
        near = did_you_mean(plain, NAMES)
        raise InputError(f"plot: no such figure, {what!r:.40}, {near + ' ' if near else ''}there is {', '.join(NAMES)}")
    found = _Drawer(comparison).draw(name)
    if found is None:
        reasons = "; ".join(f"{each.name}: {each.reason}" for each in comparison.options if each.reason)
        raise InputError(f"plot: nothing to show, {name!r}, no option has what it draws ({reasons or 'no option'})")
    return found


class _Drawer:
    """Draws figures of a comparison; what several need is worked out once (mutable, internal)."""

    def __init__(self, comparison: Comparison) -> None:
        self.comparison = comparison
        self.context = context_of(
            comparison.project,
            today=comparison.today,
            as_of=comparison.as_of,
            allow_assumed=comparison.allow_assumed,
            level=comparison.level,
        )

    @cached_property
    def matters(self) -> WhatMatters:
        """What matters, without suggestions."""
        options = self.comparison.options
        return what_matters(self.comparison.project, self.context, estimates=options, with_suggestions=False)

    def draw(self, name: Name) -> Figure | None:
        """Return a figure; None where it has nothing to show."""
        from cloudcost.analysis.matters.pareto import pareto_front
        from cloudcost.render.notebook.plot import break_even_figure, front_figure, tornado_figure, totals_figure

        match name:
            case "totals":
                priced = any(each.total_usd is not None for each in self.comparison.options)
                return totals_figure(self.comparison) if priced else None
            case "break-even":
                curves = break_even_curves(self.comparison, self.context)
                counts = {training.runs.expected for training in self.comparison.project.trainings}
                now = counts.pop() if len(counts) == 1 else None
                return break_even_figure(curves, now=now) if curves else None
            case "cost-and-time":
                front = pareto_front(self.comparison.options)
                return front_figure(front) if front.front else None
            case "tornado":
                rows = self.matters.tornado
                return tornado_figure(rows, best=self.matters.best) if rows else None
            case _:
                assert_never(name)


def break_even_curves(comparison: Comparison, context: Context) -> dict[str, list[tuple[int, float]]]:
    """Return the totals of each option that nothing but the calendar forbids, by number of runs. [count, USD]"""
    by_name = {option.name: option for option in comparison.project.options}
    models: list[OptionModel] = []
    for each in comparison.options:
        if each.total_usd is None:  # a model without prices has no curve
            continue
        try:
            models.append(build_model(comparison.project, by_name[each.name], context))
        except (CatalogError, TimingError):
            continue
    models = [model for model in models if not model.obstacle]
    last = reach_of(comparison.project, models)
    counts = [*range(1, last, max(last // POINTS, 1)), last]
    curves = {model.option.name: model.bill.curve(1, last) for model in models}
    return {name: [(n, float(curve.at(n))) for n in counts] for name, curve in curves.items()}


def write_plots(comparison: Comparison, folder: Path) -> list[Path]:
    """Write each figure as PNG and SVG and return the paths; the same comparison writes the same bytes.

    Parameters
    ----------
    comparison : Comparison
    folder : Path
        Made where it is not there.

    Raises
    ------
    OutputError
        When the folder cannot be written.
    """
    import matplotlib as mpl

    written: list[Path] = []
    with mpl.rc_context({"svg.hashsalt": "cloudcost", "svg.fonttype": "path", "font.family": "DejaVu Sans"}):
        for name, figure in figures_of(comparison).items():
            for kind, metadata in (("png", {"Software": None}), ("svg", {"Date": None, "Creator": None})):
                buffer = io.BytesIO()
                figure.savefig(buffer, format=kind, metadata=metadata)
                path = folder / f"{name}.{kind}"
                write_whole(path, buffer.getvalue())
                written.append(path)
    return written
