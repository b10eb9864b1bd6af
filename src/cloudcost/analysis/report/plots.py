"""A comparison's figures: totals with bands, break-even, cost against time, and what would change the answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias, assert_never, get_args

from cloudcost.analysis.compare import context_of
from cloudcost.analysis.matters.what_matters import what_matters
from cloudcost.analysis.report.tables import reach_of
from cloudcost.catalog.near import did_you_mean
from cloudcost.domain.kinds import KINDS
from cloudcost.errors import CatalogError, InputError, MissingExtraError, TimingError, repeated
from cloudcost.files.writing import write_whole
from cloudcost.options.model import Context, OptionModel, build_model
from cloudcost.render.figures.figure import SUFFIXES, Figure
from cloudcost.results.comparison import Comparison
from cloudcost.results.crossings import HORIZON

if TYPE_CHECKING:
    from cloudcost.render.figures.curves import Leader, RunCurves
    from cloudcost.results.matters import WhatMatters

FigureName: TypeAlias = Literal["totals", "break-even", "cost-and-time", "tornado"]
NAMES: tuple[FigureName, ...] = get_args(FigureName)
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
    return {name: picture for name, picture in drawn.items() if picture is not None}


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
        raise InputError(
            f"plot: no such figure, {repeated(what)}, {near + ' ' if near else ''}there is {', '.join(NAMES)}"
        )
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

    def draw(self, name: FigureName) -> Figure | None:
        """Return a figure that can be read alone; None where it has nothing to show."""
        from cloudcost.analysis.matters.pareto import pareto_front
        from cloudcost.render.figures import alone

        match name:
            case "totals":
                return alone.totals(self.comparison)
            case "break-even":
                return alone.break_even(self.comparison, break_even_curves(self.comparison, self.context))
            case "cost-and-time":
                return alone.cost_and_time(self.comparison, pareto_front(self.comparison.options))
            case "tornado":
                return alone.tornado(self.comparison, self.matters)
            case _:
                assert_never(name)


def break_even_curves(comparison: Comparison, context: Context) -> RunCurves | None:
    """Return the totals of each option that nothing but the calendar forbids, by number of runs.

    It ends a little past the planned runs, or past the first change of the cheapest option after them.
    """
    from cloudcost.analysis.breakeven.runs import most_runs
    from cloudcost.render.figures.axes import mark_of
    from cloudcost.render.figures.curves import CurveLine, RunCurves

    models = _models(comparison, context)
    if not models:
        return None
    counts = {training.runs.expected for training in comparison.project.trainings}
    reach = min(max(reach_of(comparison.project, list(models.values())), 2 * max(counts)), HORIZON)
    curves = {name: model.bill.curve(1, reach) for name, model in models.items()}
    most = {name: min(most_runs(model, reach), reach) for name, model in models.items()}
    totals = {name: [float(curve.at(n)) for n in range(1, reach + 1)] for name, curve in curves.items()}
    planned = counts.pop() if len(counts) == 1 else None
    sure = {each.name for each in comparison.options if each.guaranteed}
    leaders = leaders_of({name: each for name, each in totals.items() if name in sure} or totals, most, reach)
    last = shown_reach(leaders, planned, reach)
    kinds = {each.name: KINDS[each.kind].at_home for each in comparison.options}
    marks = {each.name: mark_of(index) for index, each in enumerate(comparison.options)}
    steps = [*range(1, last, max(last // POINTS, 1)), last]
    seen: Counter[bool] = Counter()
    lines = []
    for name, values in totals.items():
        local = kinds[name]
        points = tuple((n, values[n - 1]) for n in steps)
        lines.append(
            CurveLine(name=name, mark=marks[name], local=local, dash=seen[local], points=points, fits=most[name])
        )
        seen[local] += 1
    return RunCurves(lines=tuple(lines), leaders=tuple(leaders), last=last, planned=planned)


def _models(comparison: Comparison, context: Context) -> dict[str, OptionModel]:
    """Return the options that have a price and a time, and that nothing but the calendar forbids, by name."""
    by_name = {option.name: option for option in comparison.project.options}
    models = {}
    for each in comparison.options:
        if each.total_usd is None:  # a model without prices has no curve
            continue
        try:
            model = build_model(comparison.project, by_name[each.name], context)
        except (CatalogError, TimingError):
            continue
        if not model.obstacle:
            models[each.name] = model
    return models


def leaders_of(totals: Mapping[str, Sequence[float]], most: Mapping[str, int], last: int) -> list[Leader]:
    """Return the cheapest option that fits into the project's time, from each number of runs on where it changes.

    Parameters
    ----------
    totals : mapping of str to sequence of float
        Of each option, its totals at 1, 2, ... runs. [USD]
    most : mapping of str to int
        The most runs of each that fit. [count]
    last : int
        [count]

    Examples
    --------
    >>> [(each.first, each.name) for each in leaders_of({"a": [1, 2, 3], "b": [2, 2, 2]}, {"a": 3, "b": 3}, 3)]
    [(1, 'a'), (3, 'b')]
    """
    from cloudcost.render.figures.curves import Leader

    found: list[Leader] = []
    for n in range(1, last + 1):
        can = {name: values[n - 1] for name, values in totals.items() if n <= most[name]}
        name = min(can, key=lambda each: can[each]) if can else ""
        if found and found[-1].name in can and can[found[-1].name] <= can[name] + 1e-9:
            continue  # a tie is kept by the earlier leader
        if not found or found[-1].name != name:
            found.append(Leader(first=n, name=name, usd=can.get(name, 0.0)))
    return found


def shown_reach(leaders: Sequence[Leader], planned: int | None, last: int) -> int:
    """Return up to how many runs a figure shows: twice the planned, and past the first change after them."""
    from cloudcost.render.figures.axes import nice_ceiling

    wanted = 2 * (planned or 10)
    later = [each.first for each in leaders[1:] if each.first > (planned or 0)]
    if later and later[0] <= 10 * (planned or 10):
        wanted = max(wanted, round(1.3 * later[0]))
    return min(max(int(nice_ceiling(wanted)), 4), last)


def write_plots(comparison: Comparison, folder: Path) -> tuple[list[Path], str]:
    """Write each figure as SVG and as PNG; return the paths and why there is no PNG, empty where there is.

    Parameters
    ----------
    comparison : Comparison
    folder : Path

    Raises
    ------
    OutputError
        When the folder cannot be written.
    """
    written: list[Path] = []
    lacking = ""
    for name, picture in figures_of(comparison).items():
        for suffix in SUFFIXES:
            try:
                content = picture.svg if suffix == ".svg" else picture.png()
            except MissingExtraError as error:
                lacking = str(error)
                continue
            path = folder / f"{name}{suffix}"
            write_whole(path, content)
            written.append(path)
    return written, lacking
