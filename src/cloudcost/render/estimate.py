"""One option's bill for people, line by line: text within 80 columns, and Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cloudcost.figures import counted, figure
from cloudcost.render.tables.cells import band_cell, hours_words, number_cell, shown_cell, usd_cell
from cloudcost.render.tables.columns import wrap
from cloudcost.render.tables.screen import USUAL, Screen
from cloudcost.render.tables.writer import bullet, escaped, section
from cloudcost.render.words import percent

if TYPE_CHECKING:
    from cloudcost.domain.currency import ShownCurrency
    from cloudcost.results.estimate import Estimate


def estimate_text(
    estimate: Estimate, *, explain: bool = False, currency: ShownCurrency | None = None, screen: Screen = USUAL
) -> str:
    """Return one option's bill for a terminal, line by line, with times and assumptions."""
    width = screen.prose
    waits = f" and {number_cell(estimate.wait_hours)} h of waiting for capacity" if estimate.wait_hours else ""
    hours = f"{number_cell(estimate.hours)} h of machine time{waits}"
    rows = wrap(f"{estimate.name}: {usd_cell(estimate)} USD{_shown(estimate, currency)}, {hours}", width)
    rows += [] if currency is None else wrap(currency.sentence, width)
    if not estimate.feasible:
        rows += bullet(f"not feasible: {estimate.reason}", width)
    rows.append("")
    if estimate.lines:
        from cloudcost.render.lines import lines_text

        rows += lines_text(estimate.lines, explain=explain, width=width).splitlines()
    times = [
        f"{each.name}: {counted(each.runs, 'run')} of {hours_words(each.hours_per_run)} "
        f"({hours_words(each.wall_hours_per_run)} with start-up"
        f"{f', {hours_words(each.wait_hours_per_run)} waiting for capacity' if each.wait_hours_per_run else ''}), "
        f"{counted(each.steps, 'step')} of {figure(each.seconds_per_step)} s, {each.basis}"
        for each in estimate.trainings
    ]
    rows += section("times", [*times, *([estimate.interruptions] if estimate.interruptions else [])], width)
    rows += section("how sure", _sureness(estimate), width)
    rows += section("beside the total", estimate.beside, width)
    rows += screen.small_print("assumed", estimate.assumptions)
    return "\n".join(row.rstrip() for row in rows) + "\n"


def _sureness(estimate: Estimate) -> list[str]:
    """Return an option's band and chances in words; nothing without scenarios."""
    sure = estimate.uncertainty
    if sure is None or estimate.interval_usd is None:
        return []
    low, high = (f"{hours:,.1f}" for hours in sure.interval_hours)
    said = [f"the total lies within {band_cell(estimate)} USD and the hours within {low} - {high} in 80 % of scenarios"]
    said.append(f"done within the project's time: {percent(sure.probability_within_duration)}")
    if sure.probability_within_budget is not None:
        said.append(f"within the budget: {percent(sure.probability_within_budget)}")
    if sure.probability_within_deadline is not None:
        said.append(f"within the deadline: {percent(sure.probability_within_deadline)}")
    return said


def _shown(estimate: Estimate, currency: ShownCurrency | None) -> str:
    """Return the total in a second currency, in brackets; nothing without one."""
    return "" if currency is None else f" ({shown_cell(estimate, currency)} {currency.code})"


def estimate_markdown(
    estimate: Estimate,
    *,
    explain: bool = False,
    currency: ShownCurrency | None = None,
    warnings: Sequence[str] = (),
) -> str:
    """Return one option's bill as Markdown, with what its comparison warns of."""
    waits = f" and {number_cell(estimate.wait_hours)} h of waiting for capacity" if estimate.wait_hours else ""
    total = f"{usd_cell(estimate)} USD{_shown(estimate, currency)}"
    rows = [f"**{escaped(estimate.name)}: {total}, {number_cell(estimate.hours)} h{waits}**", ""]
    rows += [] if currency is None else [escaped(currency.sentence), ""]
    if not estimate.feasible:
        rows += [f"Not feasible: {escaped(estimate.reason)}", ""]
    if estimate.lines:
        from cloudcost.render.lines import lines_markdown

        rows.append(lines_markdown(estimate.lines, explain=explain))
    rows += [f"- {escaped(each)}" for each in (*_sureness(estimate), *estimate.beside, *estimate.assumptions)]
    rows += [f"- {escaped(estimate.interruptions)}"] if estimate.interruptions else []
    if warnings:
        rows += ["", "## Warnings", "", *(f"- {escaped(each)}" for each in warnings)]
    return "\n".join(rows) + "\n"
