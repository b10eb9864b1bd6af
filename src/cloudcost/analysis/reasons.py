"""A comparison explained: its reasons, made only where they are asked for, since they cost about ten comparisons."""

from __future__ import annotations

from cloudcost.analysis.breakeven.quantities import QUANTITIES, all_crossings_over
from cloudcost.analysis.compare import context_of
from cloudcost.analysis.effort import require_pairs
from cloudcost.analysis.matters.what_matters import what_matters
from cloudcost.domain.project import Project
from cloudcost.options.model import Context
from cloudcost.results.comparison import Comparison, Reasons
from cloudcost.results.crossings import CrossingsOver, Quantity


def reasons_of(comparison: Comparison) -> Reasons:
    """Return what a comparison is explained with, at the prices and on the day that it was made with.

    Raises
    ------
    InputError
        When the project is too large to be looked into.
    """
    project = comparison.project
    require_pairs(project)
    context = context_of(
        project, today=comparison.today, as_of=comparison.as_of, allow_assumed=comparison.allow_assumed
    )
    return Reasons(
        comparison=comparison,
        matters=what_matters(project, context, estimates=comparison.options),
        break_even={quantity: _break_even(quantity, project, context) for quantity in QUANTITIES},
    )


def _break_even(quantity: Quantity, project: Project, context: Context) -> tuple[CrossingsOver, ...] | None:
    """Return the crossings over a quantity; None for hours of training where no run is planned."""
    if quantity == "hours" and not any(training.runs.expected for training in project.trainings):
        return None
    return all_crossings_over(quantity, project, context)
