"""A bill held against a plan, in words and as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cloudcost.figures import figure
from cloudcost.money import exact_sum, format_usd
from cloudcost.render.tables.columns import pad, wrap
from cloudcost.render.tables.writer import escaped, markdown_table

if TYPE_CHECKING:
    from cloudcost.results.explanation import Explanation, PlanBesideBill, PlannedCause

_HEADS = ["planned", "billed", "more", ""]
PLAN_HEADS = [*_HEADS[:3], "plan"]
"""Of what `plan_cells` has behind the cause."""


def plan_rows(explanation: Explanation, width: int) -> list[str]:
    """Return the plan beside the bill for a terminal; nothing without a plan."""
    plan = explanation.plan
    if plan is None:
        return []
    cells = [_cells(each) for each in plan.causes]
    totals = [format_usd(plan.planned_usd), format_usd(explanation.billed_usd)]
    totals += [format_usd(exact_sum([explanation.billed_usd, -plan.planned_usd])), ""]
    columns = [max(map(len, column)) + 2 for column in zip(_HEADS, totals, *cells, strict=True)]
    room = width - sum(columns)
    rows = ["", *wrap(f"against the plan: {plan.project}, option {plan.option}", width)]
    rows.append(_row("cause", _HEADS, columns, room))
    for cause, row in zip(plan.causes, cells, strict=True):
        pieces = wrap(cause.name, room - 1, others="  ")
        rows += [_row(pieces[0], row, columns, room), *pieces[1:]]
    rows.append(_row("total", totals, columns, room))
    return [*rows, *(row for each in plan_sentences(plan) for row in wrap(each, width))]


def _row(name: str, cells: list[str], columns: list[int], room: int) -> str:
    *figures, last = (f"{cell:>{column}}" for cell, column in zip(cells, columns, strict=True))
    return f"{pad(name, room)}{''.join(figures)}  {last.strip()}".rstrip()


def _cells(cause: PlannedCause) -> list[str]:
    more = exact_sum([cause.billed_usd, -cause.planned_usd])
    return [format_usd(cause.planned_usd), format_usd(cause.billed_usd), format_usd(more), cause.verdict]


def plan_cells(plan: PlanBesideBill) -> list[list[str]]:
    """Return the causes of a plan, each with what was planned, what was billed, the difference and the verdict."""
    return [[each.name, *_cells(each)] for each in plan.causes]


def plan_sentences(plan: PlanBesideBill) -> list[str]:
    """Return what the machine-hours of the bill imply, and what counts as planned."""
    found = []
    if plan.months:
        found.append(f"The bill covers {', '.join(map(str, plan.months))} of the plan, which alone is compared.")
    if plan.planned_hours is not None and plan.billed_hours is not None:
        said = f"{figure(plan.billed_hours)} machine-hours billed, {figure(plan.planned_hours)} planned"
        found.append(f"{said}{_implied(plan)}.")
    if plan.interval_usd is not None:
        low, high = map(format_usd, plan.interval_usd)
        found.append(
            f"As planned are machines within the band of the estimate, {low} to {high} USD in all, and others within a "
            "tenth of the plan."
        )
    return found


def _implied(plan: PlanBesideBill) -> str:
    """Return both that machine-hours can mean: longer runs, or more of them."""
    if plan.planned_hours_per_run is None or plan.implied_hours_per_run is None:
        return ""
    implied, planned = figure(plan.implied_hours_per_run), figure(plan.planned_hours_per_run)
    if implied == planned:
        return f": {planned} h a run, as planned"
    said = f": {implied} h a run in place of {planned} h, if all of them were these runs"
    if plan.planned_runs is None or plan.implied_runs is None:
        return said
    runs, were = figure(plan.planned_runs), figure(plan.implied_runs)
    return f"{said}; or {were} runs of {planned} h in place of {runs}. A bill cannot tell which"


def plan_markdown(explanation: Explanation) -> list[str]:
    """Return the plan beside the bill for Markdown; nothing without a plan."""
    plan = explanation.plan
    if plan is None:
        return []
    table = markdown_table(["cause", *PLAN_HEADS], plan_cells(plan), right={1, 2, 3}, cell=escaped)
    title = f"**Against the plan: {escaped(plan.project)}, option {escaped(plan.option)}**\n"
    return [title, table, *(f"{escaped(each)}\n" for each in plan_sentences(plan))]
