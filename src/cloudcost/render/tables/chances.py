"""How likely each option of a comparison is the cheapest, in time and within what was asked: a table of percentages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cloudcost.figures import figure, time_words
from cloudcost.render.tables.cells import LEAST_NAME, mostly_cell, name_cell
from cloudcost.render.tables.columns import wrap
from cloudcost.render.tables.writer import right_aligned, table_rows
from cloudcost.render.words import SPREAD_WORDS, percent

if TYPE_CHECKING:
    from cloudcost.results.comparison import Comparison
    from cloudcost.results.estimate import Estimate
    from cloudcost.results.uncertainty import Uncertainty


def chance_rows(comparison: Comparison, width: int) -> list[str]:
    """Return how likely each option is the cheapest, in time and within what was asked; nothing without scenarios."""
    asked = comparison.uncertainty
    shown = [each for each in comparison.options if each.uncertainty is not None and (each.feasible or _hopeful(each))]
    if asked is None or not shown:
        return []
    heads = chance_heads(comparison)
    columns = [max(len(head) + 2, 11) for head in heads]
    with_group = len(heads) <= 2 and width - sum(columns) - 22 >= LEAST_NAME
    name_width = width - sum(columns) - (22 if with_group else 0)
    if name_width < LEAST_NAME:
        name_width = 0
        columns[0] = max(width - sum(columns[1:]), columns[0])
    head = right_aligned(heads, columns) + ("  mostly paid for" if with_group else "")
    rows = ["", *table_rows("how likely", head, name_width, width), "-" * width]
    for each in shown:
        cells = [percent_cell(chance) for chance in chances_of(each, asked)]
        figures = right_aligned(cells, columns)
        row = f"{figures}  {mostly_cell(each)[: 22 - 2]}" if with_group else figures
        rows += table_rows(name_cell(each), row, name_width, width)
    drawn = ", ".join(SPREAD_WORDS.get(name, name.replace("_", " ")) for name, _, _ in asked.spreads.described())
    said = (
        f"{asked.draws:,} scenarios, seed {asked.seed}; cheapest: of all that are done in the project's time, equals "
        f"sharing alike; {f'drawn where uncertain: {drawn}' if drawn else 'nothing here is uncertain'}"
    )
    return rows + wrap(said, width)


def chance_heads(comparison: Comparison) -> list[str]:
    """Return what the columns of chances are called; none without scenarios."""
    asked = comparison.uncertainty
    if asked is None:
        return []
    heads = ["cheapest", f"in {time_words(comparison.project.duration_seconds)}"]
    heads += [] if asked.budget_usd is None else [f"<= {figure(asked.budget_usd, 6)} USD"]
    heads += [] if asked.deadline_seconds is None else [f"in {time_words(asked.deadline_seconds)}"]
    return heads


def _hopeful(each: Estimate) -> bool:
    """Return whether an option that is not feasible as expected is the cheapest in some scenarios."""
    return each.uncertainty is not None and bool(each.uncertainty.probability_cheapest)


def chances_of(each: Estimate, asked: Uncertainty) -> list[float | None]:
    """Return an option's chances, in the order of `chance_heads`; none without scenarios. [1]"""
    sure = each.uncertainty
    if sure is None:
        return []
    chances = [sure.probability_cheapest, sure.probability_within_duration]
    chances += [] if asked.budget_usd is None else [sure.probability_within_budget]
    chances += [] if asked.deadline_seconds is None else [sure.probability_within_deadline]
    return chances


def percent_cell(chance: float | None) -> str:
    """Return a chance for a narrow column."""
    if chance is None:
        return "-"
    return percent(chance).replace("under ", "< ").replace("over ", "> ")
