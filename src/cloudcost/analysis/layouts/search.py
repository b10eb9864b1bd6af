"""The cheapest layout of a data set for an option, exactly: all are asked about but those that no price can save.

What an option meters besides its data set is the same under every class and lifecycle rule, and no quantity lowers a
bill. So where the machines alone cost as much as the best layout yet, the classes and rules of that way of reading need
not be priced.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import groupby

from cloudcost.analysis.compare import context_of
from cloudcost.analysis.layouts.priced import LaidOut, days_kept, priced
from cloudcost.analysis.layouts.space import laid_out, layouts_for, present_layout
from cloudcost.analysis.matters.what_if import settled
from cloudcost.domain.project import Option, Project
from cloudcost.errors import CatalogError, TimingError
from cloudcost.options.model import Context, build_model
from cloudcost.results.comparison import Comparison
from cloudcost.results.layouts import Aspect, Layout, Layouts, PricedLayout


def best_layouts(comparison: Comparison) -> Layouts | None:
    """Return the layouts for a comparison's best option, the others that can be counted on being its rivals.

    None where no option is feasible.
    """
    best = comparison.best
    if best is None:
        return None
    context = context_of(
        comparison.project,
        today=comparison.today,
        as_of=comparison.as_of,
        allow_assumed=comparison.allow_assumed,
        level=comparison.level,
    )
    rivals = [each.name for each in comparison.options if each.feasible and each.guaranteed and each.name != best.name]
    return layouts_of(comparison.project, best.name, context, rivals=rivals)


def layouts_of(project: Project, option_name: str, context: Context, *, rivals: Sequence[str] = ()) -> Layouts:
    """Return the layouts of a project's data set for one of its options, the best and what changing to it takes.

    Parameters
    ----------
    project : Project
    option_name : str
        Of an option that is feasible and priced.
    context : Context
    rivals : sequence of str
        Other options of that sort, which may cost less than this one when each has the layout that is best for it.

    Raises
    ------
    ValueError
        Where the option is not feasible, or has no price or no time, as it is.
    InputError
        When the project names a CNN or a folder that cannot be read.
    """
    project = settled(project, context)
    options = {each.name: each for each in project.options}
    search = _Search(project, options[option_name], context)
    search.go()
    present = search.present
    singles = sorted((priced(each, present) for each in search.best_of.values()), key=lambda each: -each.saves_usd)
    return Layouts(
        option=option_name,
        days=days_kept(project),
        considered=search.considered,
        infeasible=search.infeasible,
        unpriced=search.unpriced,
        not_needed=search.not_needed,
        present=priced(present, present),
        singles=tuple(singles),
        best=priced(search.best, present),
        overtaken_by=_overtaking([_Search(project, options[name], context) for name in rivals], search.best.total_usd),
    )


def _overtaking(rivals: Sequence[_Search], total_usd: Decimal) -> tuple[str, PricedLayout] | None:
    """Return the cheapest rival under its best layout, where that is cheaper than a total; None where none is."""
    ahead: tuple[str, PricedLayout] | None = None
    for rival in rivals:
        rival.go(below=total_usd)
        if rival.best.total_usd < total_usd:
            total_usd, ahead = rival.best.total_usd, (rival.option.name, priced(rival.best, rival.present))
    return ahead


class _Search:
    """Goes through the layouts (mutable, internal)."""

    def __init__(self, project: Project, option: Option, context: Context) -> None:
        self.project, self.option = project, option
        self.context = replace(context, explain=False)
        self.counts = [training.runs.expected for training in project.trainings]
        self.considered = self.infeasible = self.unpriced = self.not_needed = 0
        self.best_of: dict[Aspect, LaidOut] = {}
        found = self._found(present_layout(project, option))
        if found is None:
            raise ValueError(f"{option.name} is not feasible, or has no price, as it is")
        self.present = self.best = found

    def go(self, below: Decimal | None = None) -> None:
        """Ask about every layout; with a total, about those alone that may cost less. [USD]"""
        present = self.present.layout
        for _, group in groupby(layouts_for(self.project, self.option), key=_way):
            floor: Decimal | None = None
            for layout in group:
                self.considered += 1
                changed = layout.differs(present)
                if not changed:
                    continue
                if floor is not None and floor >= self._bar(below) and (len(changed) > 1 or below is not None):
                    self.not_needed += 1
                    continue
                found = self._found(layout)
                if found is None:
                    continue
                if floor is None:
                    floor = self._without_data(found)
                self._take(found, changed)

    def _bar(self, below: Decimal | None) -> Decimal:
        return self.best.total_usd if below is None else min(below, self.best.total_usd)

    def _take(self, found: LaidOut, changed: tuple[Aspect, ...]) -> None:
        if len(changed) == 1:
            known = self.best_of.get(changed[0])
            if known is None or found.total_usd < known.total_usd:
                self.best_of[changed[0]] = found
        best = self.best
        fewer = len(changed) < len(best.layout.differs(self.present.layout))
        if found.total_usd < best.total_usd or (found.total_usd == best.total_usd and fewer):
            self.best = found

    def _found(self, layout: Layout) -> LaidOut | None:
        """Return a layout priced; None where it cannot be done, has no price or no time, which is counted."""
        project, option = laid_out(self.project, self.option, layout)
        try:
            model = build_model(project, option, self.context)
            total = model.bill.total_usd(self.counts)
        except (CatalogError, TimingError):
            self.unpriced += 1
            return None
        if model.reason(self.counts):
            self.infeasible += 1
            return None
        return LaidOut(layout=layout, model=model, total_usd=total)

    def _without_data(self, found: LaidOut) -> Decimal:
        """Return what the option costs besides storing and reading the data set, under this way of reading. [USD]"""
        model = found.model
        data = self.context.data_usage(model.project, model.option, model.plans)
        return model.bill.of(model.usages[len(data) :]).total_usd(self.counts)


def _way(layout: Layout) -> tuple[object, ...]:
    """Return what decides the times and what the machines cost."""
    return layout.location, layout.region, layout.objects, layout.reading
