"""A comparison of options for people: text within 80 columns, and Markdown. The verdict always comes first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from cloudcost.figures import counted, figure, time_words
from cloudcost.money import format_usd
from cloudcost.render.columns import pad, plain, wrap
from cloudcost.render.groups import by_group
from cloudcost.render.words import SPREAD_WORDS, crossing_sentence, machines_words, percent, price_age

if TYPE_CHECKING:
    from cloudcost.domain.project import Count
    from cloudcost.results.comparison import Comparison
    from cloudcost.results.estimate import Estimate
    from cloudcost.results.uncertainty import Uncertainty

WIDTH = 80
LEAST_NAME = 16
"""Columns that names get beside their figures; where these leave less, they stand below. [columns]"""
_BASIS_MARKS = {"measured": "m", "anchored": "a", "fitted": "f", "transferred": "t"}
_BASIS_WORDS = (
    "m measured or stated, a anchored by a measurement, f fitted device model, t transferred from specifications"
)


def comparison_text(comparison: Comparison, *, explain: bool = False, width: int = WIDTH) -> str:
    """Return a comparison for a terminal.

    Parameters
    ----------
    comparison : Comparison
    explain : bool
        Whether each option's bill follows, with quantity x tier x price of each line.
    width : int
        No row is wider. [columns]
    """
    feasible = [each for each in comparison.options if each.feasible]
    others = [each for each in comparison.options if not each.feasible]
    rows = [*wrap(comparison.verdict, width), ""]
    rows += wrap(_headline(comparison), width)
    if feasible:
        rows += ["", *_table(comparison, feasible, width)]
    elif any(each.interruptions for each in comparison.options):
        rows.append("")
    for said in _about_spot(comparison.options):
        rows += wrap(said, width)
    rows += _chances(comparison, width)
    rows += _section("could not be priced or timed", _reasons(each for each in others if each.total_usd is None), width)
    rows += _section("not feasible", _reasons(each for each in others if each.total_usd is not None), width)
    beside = [f"{each.name}: {said}" for each in comparison.options for said in each.beside]
    rows += _section("beside the totals", beside, width)
    rows += _section("from which number of runs on which wins", _break_even_rows(comparison), width)
    rows += _section("assumed", assumptions_of(comparison.options), width)
    rows += _section("not included", ["; ".join(comparison.excluded)], width)
    rows += ["", *wrap(price_age(comparison), width)]
    if explain:
        from cloudcost.render.lines import lines_text

        for each in comparison.options:
            if each.lines:
                rows += ["", *wrap(f"bill of {each.name}", width), *lines_text(each.lines, explain=True).splitlines()]
    return "\n".join(row.rstrip() for row in rows) + "\n"


def _headline(comparison: Comparison) -> str:
    project = comparison.project
    runs = ", ".join(f"{_count(each.runs)} x {each.name}" for each in project.trainings)
    time = time_words(project.duration_seconds)
    machines = machines_words(project)
    prices = "" if comparison.as_of is None else f", prices of {comparison.as_of}"
    return f"{project.name}: {runs}{machines}, within {time} from {project.start}, {project.region}{prices}"


def _count(runs: Count) -> str:
    """Return a count as people say it: ``5``, ``5 (3 to 8)``, ``about 12``."""
    if runs.kind == "fixed":
        return f"{runs.expected:,}"
    if runs.low != runs.high:
        return f"{runs.expected:,} ({runs.low:,} to {runs.high:,})"
    return f"about {runs.expected:,}"


def _table(comparison: Comparison, options: Sequence[Estimate], width: int) -> list[str]:
    banded = any(each.interval_usd is not None for each in options)
    level = f"{comparison.level:.0%}".replace("%", " %")
    heads = ["USD", *([f"{level} band"] if banded else []), "hours", "s/step"]
    cells = [[_usd(each), *([_band(each)] if banded else []), _number(each.hours), _step(each)] for each in options]
    least = [10, *([20] if banded else []), 9, 9]
    columns = [max(room, *(len(row[k]) + 1 for row in cells)) for k, room in enumerate(least)]
    mostly = 0 if banded else 22
    name_width = width - sum(columns) - mostly
    if name_width < LEAST_NAME:  # figures below the names
        name_width = 0
        columns[0] = max(width - sum(columns[1:]) - mostly, columns[0])
    figures = [_right(row, columns) for row in (heads, *cells)]
    if not banded:
        last = ["mostly", *(_mostly(each) for each in options)]
        figures = [f"{row}  {said[: mostly - 2]}" for row, said in zip(figures, last, strict=True)]
    rows = _rows_of("option", figures[0], name_width, width)
    rows.append("-" * width)
    for each, row in zip(options, figures[1:], strict=True):
        rows += _rows_of(_name_of(each), row, name_width, width)
    rows += wrap(f"s/step: mean over all steps; {_BASIS_WORDS}", width)
    return rows


def _about_spot(options: Sequence[Estimate]) -> list[str]:
    """Return how long is waited for capacity, and what tells of interruptions; nothing without spot capacity."""
    told: dict[str, list[str]] = {}
    for each in options:
        if each.interruptions:
            told.setdefault(each.interruptions, []).append(each.name)
    waits = waits_sentence(options)
    return [*([waits] if waits else []), *(f"{', '.join(names)}: {said}" for said, names in told.items())]


def waits_sentence(options: Sequence[Estimate]) -> str:
    """Return how long options wait for capacity beside their hours; empty where none does."""
    waiting = [f"{each.name} {_number(each.wait_hours)} h" for each in options if each.wait_hours]
    return f"waiting for capacity, on top of the hours: {', '.join(waiting)}" if waiting else ""


def _right(cells: Sequence[str], columns: Sequence[int]) -> str:
    return "".join(f"{cell:>{column}}" for cell, column in zip(cells, columns, strict=True))


def _name_of(each: Estimate) -> str:
    return each.name if each.guaranteed else f"{each.name} (not guaranteed)"


def _rows_of(name: str, figures: str, name_width: int, width: int) -> list[str]:
    """Return a row of a table, a long name going on below its own column; without one, figures below the name."""
    if name_width:
        pieces = wrap(name, name_width - 1) or [""]
        return [f"{pad(pieces[0], name_width)}{figures}", *(f"  {piece}" for piece in pieces[1:])]
    below = [figures] if len(figures) <= width else wrap(figures, width, first="    ", others="    ")
    return [*wrap(name, width), *below]


def _chances(comparison: Comparison, width: int) -> list[str]:
    """Return how likely each option is the cheapest, in time and within what was asked; nothing without scenarios."""
    asked = comparison.uncertainty
    shown = [each for each in comparison.options if each.uncertainty is not None and (each.feasible or _hopeful(each))]
    if asked is None or not shown:
        return []
    heads = _chance_heads(comparison)
    columns = [max(len(head) + 2, 11) for head in heads]
    with_group = len(heads) <= 2 and width - sum(columns) - 22 >= LEAST_NAME
    name_width = width - sum(columns) - (22 if with_group else 0)
    if name_width < LEAST_NAME:
        name_width = 0
        columns[0] = max(width - sum(columns[1:]), columns[0])
    head = _right(heads, columns) + ("  mostly paid for" if with_group else "")
    rows = ["", *_rows_of("how likely", head, name_width, width), "-" * width]
    for each in shown:
        cells = [_percent(chance) for chance in _chances_of(each, asked)]
        figures = _right(cells, columns)
        row = f"{figures}  {_mostly(each)[: 22 - 2]}" if with_group else figures
        rows += _rows_of(_name_of(each), row, name_width, width)
    drawn = ", ".join(SPREAD_WORDS.get(name, name.replace("_", " ")) for name, _, _ in asked.spreads.described())
    said = (
        f"{asked.draws:,} scenarios, seed {asked.seed}; cheapest: of all that are done in the project's time, equals "
        f"sharing alike; drawn where uncertain: {drawn}"
    )
    return rows + wrap(said, width)


def _chance_heads(comparison: Comparison) -> list[str]:
    """Return what the columns of chances are called; none without scenarios."""
    asked = comparison.uncertainty
    if asked is None:
        return []
    heads = ["cheapest", f"in {time_words(comparison.project.duration_seconds)}"]
    heads += [] if asked.budget_usd is None else [f"<= {figure(asked.budget_usd, 6)} USD"]
    heads += [] if asked.deadline_seconds is None else [f"in {time_words(asked.deadline_seconds)}"]
    return heads


def _reasons(options: Iterable[Estimate]) -> list[str]:
    """Return why each of some options is none to choose."""
    return [
        each.name + ("" if each.total_usd is None else f" ({format_usd(each.total_usd)} USD)") + f": {each.reason}"
        for each in options
    ]


def _hopeful(each: Estimate) -> bool:
    """Return whether an option that is not feasible as expected is the cheapest in some scenarios."""
    return each.uncertainty is not None and bool(each.uncertainty.probability_cheapest)


def _chances_of(each: Estimate, asked: Uncertainty) -> list[float | None]:
    sure = each.uncertainty
    if sure is None:
        return []
    chances = [sure.probability_cheapest, sure.probability_within_duration]
    chances += [] if asked.budget_usd is None else [sure.probability_within_budget]
    chances += [] if asked.deadline_seconds is None else [sure.probability_within_deadline]
    return chances


def _percent(chance: float | None) -> str:
    """Return a chance for a narrow column."""
    if chance is None:
        return "-"
    return percent(chance).replace("under ", "< ").replace("over ", "> ")


def _usd(estimate: Estimate) -> str:
    return "?" if estimate.total_usd is None else format_usd(estimate.total_usd)


def _band(estimate: Estimate) -> str:
    if estimate.interval_usd is None:
        return ""
    low, high = estimate.interval_usd
    return f"{format_usd(low)} - {format_usd(high)}"


def _hours(hours: float) -> str:
    return f"{figure(hours)} h" if 0 < hours < 0.005 else f"{hours:,.2f} h"


def _number(value: float | None) -> str:
    """Return a number with one decimal; a small one is never nothing."""
    if value is None:
        return "?"
    return figure(value, 2) if 0 < value < 0.05 else f"{value:,.1f}"


def _step(estimate: Estimate) -> str:
    if estimate.seconds_per_iteration is None or estimate.basis is None:
        return "?"
    return f"{figure(estimate.seconds_per_iteration)} {_BASIS_MARKS[estimate.basis]}"


def _mostly(estimate: Estimate) -> str:
    """Return the group that most of the total is for, with its share."""
    if estimate.total_usd is None:
        return "?"
    groups = by_group(estimate.lines, estimate.left_on_usd)
    positive = {name: amount for name, amount in groups.items() if amount > 0}
    total = sum(positive.values())
    if not total:
        return "free"
    name = max(positive, key=lambda key: positive[key])
    return f"{name} {100 * positive[name] / total:.0f} %"


def _break_even_rows(comparison: Comparison) -> list[str]:
    return [crossing_sentence(each) for each in comparison.break_even if each.worth_saying]


def assumptions_of(options: Iterable[Estimate]) -> list[str]:
    """Return every assumption once, with the options that it belongs to where not all share it."""
    priced = [each for each in options if each.lines]
    owners: dict[str, list[str]] = {}
    for each in priced:
        for said in each.assumptions:
            owners.setdefault(said, []).append(each.name)
    return [
        said if len(names) == len(priced) and len(priced) > 1 else f"{said} [{', '.join(names)}]"
        for said, names in owners.items()
    ]


def _section(title: str, said: Sequence[str], width: int) -> list[str]:
    if not said:
        return []
    return ["", title, *(row for each in said for row in _bullet(each, width))]


def _bullet(text: str, width: int) -> list[str]:
    return wrap(text, width, first="- ", others="  ")


def estimate_text(estimate: Estimate, *, explain: bool = False, width: int = WIDTH) -> str:
    """Return one option's bill for a terminal, line by line, with times and assumptions."""
    waits = f" and {_number(estimate.wait_hours)} h of waiting for capacity" if estimate.wait_hours else ""
    hours = f"{_number(estimate.hours)} h of machine time{waits}"
    rows = wrap(f"{estimate.name}: {_usd(estimate)} USD, {hours}", width)
    if not estimate.feasible:
        rows += _bullet(f"not feasible: {estimate.reason}", width)
    rows.append("")
    if estimate.lines:
        from cloudcost.render.lines import lines_text

        rows += lines_text(estimate.lines, explain=explain).splitlines()
    times = [
        f"{each.name}: {counted(each.runs, 'run')} of {_hours(each.hours_per_run)} "
        f"({_hours(each.wall_hours_per_run)} with start-up"
        f"{f', {_hours(each.wait_hours_per_run)} waiting for capacity' if each.wait_hours_per_run else ''}), "
        f"{counted(each.steps, 'step')} of {figure(each.seconds_per_step)} s, {each.basis}"
        for each in estimate.trainings
    ]
    rows += _section("times", [*times, *([estimate.interruptions] if estimate.interruptions else [])], width)
    rows += _section("how sure", _sureness(estimate), width)
    rows += _section("beside the total", estimate.beside, width)
    rows += _section("assumed", estimate.assumptions, width)
    return "\n".join(row.rstrip() for row in rows) + "\n"


def _sureness(estimate: Estimate) -> list[str]:
    """Return an option's band and chances in words; nothing without scenarios."""
    sure = estimate.uncertainty
    if sure is None or estimate.interval_usd is None:
        return []
    low, high = (f"{hours:,.1f}" for hours in sure.interval_hours)
    said = [f"the total lies within {_band(estimate)} USD and the hours within {low} - {high} in 80 % of scenarios"]
    said.append(f"done within the project's time: {percent(sure.probability_within_duration)}")
    if sure.probability_within_budget is not None:
        said.append(f"within the budget: {percent(sure.probability_within_budget)}")
    if sure.probability_within_deadline is not None:
        said.append(f"within the deadline: {percent(sure.probability_within_deadline)}")
    return said


def comparison_markdown(comparison: Comparison, *, explain: bool = False) -> str:
    """Return a comparison as Markdown, the verdict first."""
    rows = [f"**{_escape(comparison.verdict)}**", "", _escape(_headline(comparison)), ""]
    asked = comparison.uncertainty
    chances = _chance_heads(comparison)
    rows.append("| " + " | ".join(["option", "USD", "band", "hours", "s/step", "basis", *chances, "mostly"]) + " |")
    rows.append("|---|---:|---:|---:|---:|---|" + "---:|" * len(chances) + "---|")
    for each in comparison.options:
        name = each.name if each.feasible else f"{each.name} (not feasible)"
        step = "?" if each.seconds_per_iteration is None else figure(each.seconds_per_iteration)
        cells = [name, _usd(each), _band(each), _number(each.hours), step, each.basis or "?"]
        if asked is not None:
            said = [_percent(chance) for chance in _chances_of(each, asked)]
            cells += said or ["?"] * len(chances)
        cells.append(_mostly(each))
        rows.append("| " + " | ".join(_escape(cell) for cell in cells) + " |")
    rows += [part for said in _about_spot(comparison.options) for part in ("", _escape(said))]
    reasons = [f"{each.name}: {each.reason}" for each in comparison.options if not each.feasible]
    sections = {
        "Not feasible": reasons,
        "Beside the totals": [f"{each.name}: {said}" for each in comparison.options for said in each.beside],
        "Break-even": _break_even_rows(comparison),
        "Assumed": assumptions_of(comparison.options),
        "Not included": list(comparison.excluded),
        "Warnings": list(comparison.warnings),
    }
    for title, said in sections.items():
        if said:
            rows += ["", f"## {title}", "", *(f"- {_escape(each)}" for each in said)]
    rows += ["", price_age(comparison)]
    if explain:
        from cloudcost.render.lines import lines_markdown

        for each in comparison.options:
            if each.lines:
                rows += ["", f"## Bill of {_escape(each.name)}", "", lines_markdown(each.lines, explain=True).rstrip()]
    return "\n".join(rows) + "\n"


def estimate_markdown(estimate: Estimate, *, explain: bool = False, warnings: Sequence[str] = ()) -> str:
    """Return one option's bill as Markdown, with what its comparison warns of."""
    waits = f" and {_number(estimate.wait_hours)} h of waiting for capacity" if estimate.wait_hours else ""
    rows = [f"**{_escape(estimate.name)}: {_usd(estimate)} USD, {_number(estimate.hours)} h{waits}**", ""]
    if not estimate.feasible:
        rows += [f"Not feasible: {_escape(estimate.reason)}", ""]
    if estimate.lines:
        from cloudcost.render.lines import lines_markdown

        rows.append(lines_markdown(estimate.lines, explain=explain))
    rows += [f"- {_escape(each)}" for each in (*_sureness(estimate), *estimate.beside, *estimate.assumptions)]
    rows += [f"- {_escape(estimate.interruptions)}"] if estimate.interruptions else []
    if warnings:
        rows += ["", "## Warnings", "", *(f"- {_escape(each)}" for each in warnings)]
    return "\n".join(rows) + "\n"


def _escape(text: str) -> str:
    """Return text that Markdown shows as it is."""
    text = plain(text)
    for mark in "\\`*_[]<>|#":
        text = text.replace(mark, f"\\{mark}")
    return text
