"""A comparison's figures as files: totals with bands, break-even, cost against time, and the tornado."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING

from cloudcost.analysis.compare import context_of
from cloudcost.analysis.matters.what_matters import what_matters
from cloudcost.analysis.report.tables import reach_of
from cloudcost.errors import CatalogError, TimingError
from cloudcost.files.writing import write_whole
from cloudcost.options.model import Context, OptionModel, build_model
from cloudcost.results.comparison import Comparison

if TYPE_CHECKING:
    from matplotlib.figure import Figure

POINTS = 200
"""Numbers of runs at which a curve is drawn. [count]"""


def figures_of(comparison: Comparison) -> dict[str, Figure]:
    """Return a comparison's figures by name; one that has nothing to show is left out.

    Raises
    ------
    InputError
        When the project names a CNN or a folder that can no longer be read.
    """
    from cloudcost.render.notebook.plot import break_even_figure, front_figure, tornado_figure, totals_figure

    context = context_of(
        comparison.project,
        today=comparison.today,
        as_of=comparison.as_of,
        allow_assumed=comparison.allow_assumed,
        level=comparison.level,
    )
    matters = what_matters(comparison.project, context, estimates=comparison.options, with_suggestions=False)
    curves = break_even_curves(comparison, context)
    counts = {training.runs.expected for training in comparison.project.trainings}
    figures: dict[str, Figure] = {}
    if any(each.total_usd is not None for each in comparison.options):
        figures["totals"] = totals_figure(comparison)
    if curves:
        figures["break-even"] = break_even_figure(curves, now=counts.pop() if len(counts) == 1 else None)
    if matters.front.front:
        figures["cost-and-time"] = front_figure(matters.front)
    if matters.tornado:
        figures["tornado"] = tornado_figure(matters.tornado, best=matters.best)
    return figures


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
