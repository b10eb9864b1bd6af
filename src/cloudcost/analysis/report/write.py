"""A comparison as one self-contained HTML page: tabulated and looked into here, written by `cloudcost.render.page`."""

from __future__ import annotations

from cloudcost._version import __version__
from cloudcost.analysis.compare import context_of
from cloudcost.analysis.effort import require_effort
from cloudcost.analysis.matters.what_matters import what_matters
from cloudcost.analysis.report.limits import AskedLimits
from cloudcost.analysis.report.tables import page_tables
from cloudcost.catalog.tables import sources
from cloudcost.render.figures.axes import mark_of
from cloudcost.render.page.page import Report, report_page
from cloudcost.results.comparison import Comparison


def report_html(comparison: Comparison) -> str:
    """Return the page about a comparison: one HTML document that needs nothing else.

    Parameters
    ----------
    comparison : Comparison
        With bands where it was simulated; without, the page says that it was not.

    Raises
    ------
    InputError
        When the project names a CNN or a folder that can no longer be read, or is too large for a page.
    """
    project = comparison.project
    require_effort(project, "page")
    context = context_of(
        project,
        today=comparison.today,
        as_of=comparison.as_of,
        allow_assumed=comparison.allow_assumed,
        level=comparison.level,
    )
    by_name = {option.name: option for option in project.options}
    ordered = [by_name[each.name] for each in comparison.options]
    marks = [mark_of(index) for index in range(len(ordered))]
    report = Report(
        comparison=comparison,
        tables=page_tables(project, ordered, context, marks=marks, limits=_limits(comparison)),
        matters=what_matters(project, context, estimates=comparison.options),
        sources=sources(),
        made_by=_made_by(comparison),
    )
    return report_page(report)


def _limits(comparison: Comparison) -> AskedLimits:
    asked = comparison.uncertainty
    if asked is None:
        return AskedLimits()
    return AskedLimits(budget_usd=asked.budget_usd, deadline_seconds=asked.deadline_seconds)


def _made_by(comparison: Comparison) -> str:
    prices = f", prices as of {comparison.as_of}" if comparison.as_of is not None else ""
    drawn = comparison.uncertainty
    scenarios = "not simulated" if drawn is None else f"{drawn.draws:,} scenarios with seed {drawn.seed}"
    return (
        f"Made by cloudcost {__version__} on {comparison.today}{prices}, price book {comparison.price_book}, "
        f"{scenarios}. The page asks nothing of any network; its sliders read tables that the library wrote."
    )
