"""A comparison of options for people: text within 80 columns, and Markdown. The verdict always comes first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from cloudcost.money import format_usd
from cloudcost.render.columns import pad, plain, wrap
from cloudcost.render.groups import by_group
from cloudcost.render.lines import lines_markdown, lines_text
from cloudcost.render.words import SPREAD_WORDS, crossing_sentence, machines_words, percent

if TYPE_CHECKING:
    from decimal import Decimal

    from cloudcost.analysis.results import Comparison, Estimate
    from cloudcost.analysis.uncertainty import Uncertainty
    from cloudcost.domain.project import Count

WIDTH = 80
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
    rows = [*_wrap(comparison.verdict, width), ""]
    rows += [*_wrap(_headline(comparison), width), ""]
    if feasible:
        rows += _table(comparison, feasible, width)
    rows += _chances(comparison, width)
    if others:
        rows += ["", "not feasible"]
        for each in others:
            cost = "" if each.total_usd is None else f" ({format_usd(each.total_usd)} USD)"
            rows += _bullet(f"{each.name}{cost}: {each.reason}", width)
    beside = [f"{each.name}: {said}" for each in comparison.options for said in each.beside]
    rows += _section("beside the totals", beside, width)
    rows += _section("from which number of runs on which wins", _break_even_rows(comparison), width)
    rows += _section("assumed", assumptions_of(comparison.options), width)
    rows += _section("not included", ["; ".join(comparison.excluded)], width)
    rows += ["", *_wrap(_price_age(comparison), width)]
    if explain:
        for each in comparison.options:
            if each.lines:
                rows += ["", *_wrap(f"bill of {each.name}", width), *lines_text(each.lines, explain=True).splitlines()]
    return "\n".join(row.rstrip() for row in rows) + "\n"


def _headline(comparison: Comparison) -> str:
    project = comparison.project
    runs = ", ".join(f"{_count(each.runs)} x {each.name}" for each in project.trainings)
    days = project.duration_seconds / 86400
    machines = machines_words(project)
    prices = "" if comparison.as_of is None else f", prices of {comparison.as_of}"
    return f"{project.name}: {runs}{machines}, within {days:g} days from {project.start}, {project.region}{prices}"


def _count(runs: Count) -> str:
    """Return a count as people say it: ``5``, ``5 (3 to 8)``, ``about 12``."""
    if runs.kind == "fixed":
        return str(runs.expected)
    return f"{runs.expected} ({runs.low} to {runs.high})" if runs.low != runs.high else f"about {runs.expected}"


def _table(comparison: Comparison, options: Sequence[Estimate], width: int) -> list[str]:
    banded = any(each.interval_usd is not None for each in options)
    level = f"{comparison.level:.0%}".replace("%", " %")
    name_width = width - 10 - 9 - 9 - (20 if banded else 22)
    head = f"{'option':<{name_width}}{'USD':>10}"
    head += f"{level + ' band':>20}" if banded else ""
    rows = [head + f"{'hours':>9}{'s/step':>9}" + ("" if banded else "  mostly")]
    rows.append("-" * width)
    for each in options:
        figures = f"{_narrow(_usd(each), [each.total_usd], 10):>10}"
        if banded:
            figures += f"{_narrow(_band(each), each.interval_usd or [], 20):>20}"
        figures += f"{_narrow(_number(each.hours), [each.hours], 9):>9}{_step(each):>9}"
        if not banded:
            figures += f"  {_mostly(each)[: 22 - 2]}"
        rows += _named(each, name_width, figures)
    rows += _wrap(f"s/step: mean over all steps; {_BASIS_WORDS}", width)
    for said in _about_spot(options):
        rows += _wrap(said, width)
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


def _named(each: Estimate, name_width: int, figures: str) -> list[str]:
    """Return a row of a table; a long name goes on below its own column."""
    name = each.name if each.guaranteed else f"{each.name} (not guaranteed)"
    pieces = wrap(name, name_width - 1) or [""]
    return [f"{pad(pieces[0], name_width)}{figures}", *(f"  {piece}" for piece in pieces[1:])]


def _chances(comparison: Comparison, width: int) -> list[str]:
    """Return how likely each option is the cheapest, in time and within what was asked; nothing without scenarios."""
    asked = comparison.uncertainty
    if asked is None:
        return []
    shown = [each for each in comparison.options if each.uncertainty is not None and (each.feasible or _hopeful(each))]
    heads = _chance_heads(comparison)
    columns = [max(len(head) + 2, 11) for head in heads]
    with_group = len(heads) <= 2
    name_width = width - sum(columns) - (22 if with_group else 0)
    rows = ["", f"{'how likely':<{name_width}}"]
    rows[-1] += "".join(f"{head:>{column}}" for head, column in zip(heads, columns, strict=True))
    rows[-1] += "  mostly paid for" if with_group else ""
    rows.append("-" * width)
    for each in shown:
        cells = [_percent(chance) for chance in _chances_of(each, asked)]
        figures = "".join(f"{cell:>{column}}" for cell, column in zip(cells, columns, strict=True))
        rows += _named(each, name_width, f"{figures}  {_mostly(each)[: 22 - 2]}" if with_group else figures)
    drawn = ", ".join(SPREAD_WORDS.get(name, name.replace("_", " ")) for name, _, _ in asked.spreads.described())
    said = (
        f"{asked.draws:,} scenarios, seed {asked.seed}; cheapest: of all that are done in the project's time; drawn "
        f"where uncertain: {drawn}"
    )
    return rows + _wrap(said, width)


def _chance_heads(comparison: Comparison) -> list[str]:
    """Return what the columns of chances are called; none without scenarios."""
    asked = comparison.uncertainty
    if asked is None:
        return []
    heads = ["cheapest", f"in {_within(comparison.project.duration_seconds)}"]
    heads += [] if asked.budget_usd is None else [f"<= {asked.budget_usd:,.6g} USD"]
    heads += [] if asked.deadline_seconds is None else [f"in {_within(asked.deadline_seconds)}"]
    return heads


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


def _within(seconds: float) -> str:
    return f"{seconds / 86400:.3g} days" if seconds >= 86400 else f"{seconds / 3600:.3g} h"


def _narrow(text: str, values: Sequence[Decimal | float | None], width: int) -> str:
    """Return a figure as it is where it leaves a space free in its column, else with three digits and an exponent."""
    return text if len(text) < width else " - ".join(f"{value:.2e}" for value in values if value is not None)


def _usd(estimate: Estimate) -> str:
    return "?" if estimate.total_usd is None else format_usd(estimate.total_usd)


def _band(estimate: Estimate) -> str:
    if estimate.interval_usd is None:
        return ""
    low, high = estimate.interval_usd
    return f"{format_usd(low)} - {format_usd(high)}"


def _number(value: float | None) -> str:
    return "?" if value is None else f"{value:,.1f}"


def _step(estimate: Estimate) -> str:
    if estimate.seconds_per_iteration is None or estimate.basis is None:
        return "?"
    return f"{estimate.seconds_per_iteration:.3g} {_BASIS_MARKS[estimate.basis]}"


def _mostly(estimate: Estimate) -> str:
    """Return the group that most of the total is for, with its share."""
    groups = by_group(estimate.lines)
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


def _price_age(comparison: Comparison) -> str:
    if comparison.oldest_price is None:
        return f"price book {comparison.price_book}"
    months = (comparison.today - comparison.oldest_price).days / 30.44
    return (
        f"price book {comparison.price_book}; the oldest price used is of {comparison.oldest_price} "
        f"({months:.0f} months old); `--explain` shows every line with its source and day"
    )


def _section(title: str, said: Sequence[str], width: int) -> list[str]:
    if not said:
        return []
    return ["", title, *(row for each in said for row in _bullet(each, width))]


def _bullet(text: str, width: int) -> list[str]:
    return wrap(text, width, first="- ", others="  ")


def _wrap(text: str, width: int) -> list[str]:
    return wrap(text, width)


def estimate_text(estimate: Estimate, *, explain: bool = False, width: int = WIDTH) -> str:
    """Return one option's bill for a terminal, line by line, with times and assumptions."""
    waits = f" and {_number(estimate.wait_hours)} h of waiting for capacity" if estimate.wait_hours else ""
    hours = f"{_number(estimate.hours)} h of machine time{waits}"
    rows = _wrap(f"{estimate.name}: {_usd(estimate)} USD, {hours}", width)
    if not estimate.feasible:
        rows += _bullet(f"not feasible: {estimate.reason}", width)
    rows.append("")
    if estimate.lines:
        rows += lines_text(estimate.lines, explain=explain).splitlines()
    times = [
        f"{each.name}: {each.runs} runs of {each.hours_per_run:.2f} h ({each.wall_hours_per_run:.2f} h with start-up"
        f"{f', {each.wait_hours_per_run:.2f} h waiting for capacity' if each.wait_hours_per_run else ''}), "
        f"{each.steps:,} steps of {each.seconds_per_step:.3g} s, {each.basis}"
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
        step = "?" if each.seconds_per_iteration is None else f"{each.seconds_per_iteration:.3g}"
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
    rows += ["", _price_age(comparison)]
    if explain:
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
    rows += [lines_markdown(estimate.lines, explain=explain)] if estimate.lines else []
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
