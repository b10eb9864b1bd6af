"""Where the sliders of the deadline and the budget can stand: round numbers about what the project takes and costs."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from math import floor, log10

from cloudcost.domain.project import Project
from cloudcost.frozen import dataclass
from cloudcost.render.page.tables import NO_LIMIT, Ticks

MOST_TICKS = 62
"""Positions of the deadline's slider. [count]"""
_STEPS = (1, 6, 12, 24, 48, 120, 240, 720, 1460)
"""Between deadlines: an hour to two months. [h]"""
_ROUND = tuple(Decimal(tenths) / 10 for tenths in (10, 12, 15, 20, 25, 30, 40, 50, 60, 80))
"""Budgets of a decade, each about a quarter more than the last. [1]"""
_DECADES = 7
"""That budgets span at most. [count]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedLimits:
    """What was asked for beside the project.

    Parameters
    ----------
    budget_usd : Decimal, optional
        [USD]
    deadline_seconds : float, optional
        From the project's start. [s]
    """

    budget_usd: Decimal | None = None
    deadline_seconds: float | None = None


def deadlines_of(project: Project, limits: AskedLimits | None) -> Ticks:
    """Return deadlines within the project's time, which is the last of them and where the slider stands. [h]

    Notes
    -----
    None is later: data are kept and machines left on for the project's time, so a longer one is another project.
    """
    whole = project.duration_seconds / 3600
    step = next((each for each in _STEPS if whole / each <= MOST_TICKS), whole / MOST_TICKS)
    if whole < _STEPS[0] * 2:
        step = whole / 8
    early = {step * n for n in range(1, MOST_TICKS + 1)}
    if limits is not None and limits.deadline_seconds is not None:
        early.add(limits.deadline_seconds / 3600)
    values = (*sorted(each for each in early if 0 < each < whole), whole)
    return Ticks(values=values, at=len(values) - 1)


def budgets_of(totals: Iterable[Decimal], limits: AskedLimits | None) -> Ticks:
    """Return budgets from below the cheapest total to far beyond the dearest, then none, where the slider stands. [USD]

    Examples
    --------
    >>> ticks = budgets_of([Decimal("2.44"), Decimal("21.68")], None)
    >>> ticks.values[:4], ticks.values[-3:]
    ((1.0, 1.2, 1.5, 2.0), (500.0, 600.0, -1.0))
    """
    positive = sorted(float(each) for each in totals if each > 0) or [1.0]
    top = 20 * positive[-1]
    first = max(floor(log10(positive[0])), floor(log10(top)) - _DECADES)
    powers = range(first, floor(log10(top)) + 1)
    values = {float(each.scaleb(power)) for power in powers for each in _ROUND}
    values = {each for each in values if each <= 1.5 * top}
    if limits is not None and limits.budget_usd is not None:
        values.add(float(limits.budget_usd))
    ordered = (*sorted(values), NO_LIMIT)
    return Ticks(values=ordered, at=len(ordered) - 1)
