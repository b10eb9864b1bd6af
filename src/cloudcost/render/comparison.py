"""A comparison of options for people: text within 80 columns, and Markdown. The verdict always comes first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from cloudcost.figures import figure, time_words
from cloudcost.money import format_usd
from cloudcost.render.reasons.deciding import price_age
from cloudcost.render.reasons.quotas import quota_sentence
from cloudcost.render.tables.cells import (
    BASIS_WORDS,
    LEAST_NAME,
    band_cell,
    mostly_cell,
    name_cell,
    number_cell,
    shown_cell,
    step_cell,
    usd_cell,
)
from cloudcost.render.tables.chances import chance_heads, chance_rows, chances_of, percent_cell
from cloudcost.render.tables.columns import display_width, wrap
from cloudcost.render.tables.screen import USUAL, Screen, bars_of, beside_bar
from cloudcost.render.tables.writer import escaped, markdown_table, right_aligned, section, table_rows
from cloudcost.render.words import crossing_sentence, machines_words

if TYPE_CHECKING:
    from cloudcost.domain.project import Count
    from cloudcost.results.comparison import Comparison
    from cloudcost.results.estimate import Estimate


def comparison_text(comparison: Comparison, *, explain: bool = False, screen: Screen = USUAL) -> str:
    """Return a comparison for a terminal.

    Parameters
    ----------
    comparison : Comparison
    explain : bool
        Whether each option's bill follows, with quantity x tier x price of each line.
    screen : Screen
        How wide a row is at most, and whether the assumptions are shown.
    """
    width = screen.prose
    feasible = [each for each in comparison.options if each.feasible]
    others = [each for each in comparison.options if not each.feasible]
    rows = [*wrap(comparison.verdict, width), ""]
    rows += wrap(_headline(comparison), width)
    if feasible:
        rows += ["", *_table(comparison, feasible, screen)]
    elif any(each.interruptions for each in comparison.options):
        rows.append("")
    for said in _about(comparison):
        rows += wrap(said, width)
    rows += chance_rows(comparison, width)
    rows += section("could not be priced or timed", _reasons(each for each in others if each.total_usd is None), width)
    rows += section("not feasible", _reasons(each for each in others if each.total_usd is not None), width)
    beside = [f"{each.name}: {said}" for each in comparison.options for said in each.beside]
    rows += section("beside the totals", beside, width)
    rows += section("from which number of runs on which wins", _break_even_rows(comparison), width)
    rows += screen.small_print("assumed", assumptions_of(comparison.options))
    rows += section("not included", ["; ".join(comparison.excluded)], width)
    rows += ["", *wrap(price_age(comparison, flags=screen.flags), width)]
    if comparison.layouts is not None:
        from cloudcost.render.layouts import layouts_text

        rows += ["", *layouts_text(comparison.layouts, width=width).splitlines()]
    if explain:
        from cloudcost.render.lines import lines_text

        for each in comparison.options:
            if each.lines:
                rows += [
                    "",
                    *wrap(f"bill of {each.name}", width),
                    *lines_text(each.lines, explain=True, width=width).splitlines(),
                ]
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


def _table(comparison: Comparison, options: Sequence[Estimate], screen: Screen) -> list[str]:
    banded = any(each.interval_usd is not None for each in options)
    level = f"{comparison.level:.0%}".replace("%", " %")
    shown = comparison.project.show_currency
    heads = ["USD", *([] if shown is None else [shown.code]), *([f"{level} band"] if banded else []), "hours", "s/step"]
    cells = [
        [usd_cell(each), *([] if shown is None else [shown_cell(each, shown)]), *([band_cell(each)] if banded else []),
         number_cell(each.hours), step_cell(each)]
        for each in options
    ]  # fmt: skip
    least = [10, *([] if shown is None else [12]), *([20] if banded else []), 9, 9]
    columns = [max(room, *(len(row[k]) + 1 for row in cells)) for k, room in enumerate(least)]
    mostly = 0 if banded else 22
    if screen.width - sum(columns) - mostly < LEAST_NAME:
        columns = [max(len(row[k]) + 1 for row in (heads, *cells)) for k in range(len(heads))]
    figures_width = sum(columns) + mostly
    width = screen.table_width(figures_width + 1 + max(display_width(name_cell(each)) for each in options))
    bars = bars_of(options, screen, width)
    name_width = width - figures_width
    if name_width < LEAST_NAME:  # figures below the names
        name_width = 0
        columns[0] = max(width - sum(columns[1:]) - mostly, columns[0])
    figures = [right_aligned(row, columns) for row in (heads, *cells)]
    if not banded:
        last = ["mostly", *(mostly_cell(each) for each in options)]
        figures = [f"{row}  {said[: mostly - 2]}" for row, said in zip(figures, last, strict=True)]
    rows = table_rows("option", figures[0], name_width, width)
    rows.append("-" * width)
    for each, row, bar in zip(options, figures[1:], bars, strict=True):
        rows += beside_bar(table_rows(name_cell(each), row, name_width, width), bar, width)
    rows += wrap(f"s/step: mean over all steps; {BASIS_WORDS}", screen.prose)
    if shown is not None:
        rows += wrap(shown.sentence, screen.prose)
    return rows


def _about(comparison: Comparison) -> list[str]:
    """Return what is to be known of getting the machines: waits, interruptions, quotas."""
    quotas = quota_sentence(comparison)
    return [*_about_spot(comparison.options), *([quotas] if quotas else [])]


def _about_spot(options: Sequence[Estimate]) -> list[str]:
    """Return how long is waited for capacity, and what tells of interruptions; nothing without spot capacity."""
    told: dict[str, list[str]] = {}
    for each in options:
        if each.interruptions:
            told.setdefault(each.interruptions, []).append(each.name)
    waits = waits_sentence(options)
    return [*([waits] if waits else []), *(f"{listed(names)}: {said}" for said, names in told.items())]


def waits_sentence(options: Sequence[Estimate]) -> str:
    """Return how long options wait for capacity beside their hours; empty where none does."""
    waiting = [f"{each.name} {number_cell(each.wait_hours)} h" for each in options if each.wait_hours]
    return f"waiting for capacity, on top of the hours: {', '.join(waiting)}" if waiting else ""


def _reasons(options: Iterable[Estimate]) -> list[str]:
    """Return why each of some options is none to choose."""
    return [
        each.name + ("" if each.total_usd is None else f" ({format_usd(each.total_usd)} USD)") + f": {each.reason}"
        for each in options
    ]


def _break_even_rows(comparison: Comparison) -> list[str]:
    return [crossing_sentence(each) for each in comparison.break_even if each.worth_saying]


def assumptions_of(options: Iterable[Estimate]) -> list[str]:
    """Return every assumption once, with the options that it belongs to where not all share it."""
    asked = list(options)
    priced = [each for each in asked if each.lines]
    owners: dict[str, list[str]] = {}
    for each in priced:
        for said in each.assumptions:
            owners.setdefault(said, []).append(each.name)
    return [
        said if len(names) == len(priced) and (len(names) > 1 or len(asked) == 1) else f"{said} [{listed(names)}]"
        for said, names in owners.items()
    ]


def listed(names: Sequence[str]) -> str:
    """Return names with what parts them: a comma, unless a name has one itself.

    Examples
    --------
    >>> listed(["a", "b"]), listed(["near, streamed", "far"])
    ('a, b', 'near, streamed; far')
    """
    return ("; " if any("," in name for name in names) else ", ").join(names)


def comparison_markdown(comparison: Comparison, *, explain: bool = False) -> str:
    """Return a comparison as Markdown, the verdict first."""
    rows = [f"**{escaped(comparison.verdict)}**", "", escaped(_headline(comparison)), ""]
    asked = comparison.uncertainty
    chances = chance_heads(comparison)
    shown = comparison.project.show_currency
    money = [] if shown is None else [shown.code]
    heads = ["option", "USD", *money, "band", "hours", "s/step", "basis", *chances, "mostly"]
    table = []
    for each in comparison.options:
        name = each.name if each.feasible else f"{each.name} (not feasible)"
        step = "?" if each.seconds_per_iteration is None else figure(each.seconds_per_iteration)
        cells = [name, usd_cell(each), *([] if shown is None else [shown_cell(each, shown)]), band_cell(each)]
        cells += [number_cell(each.hours), step, each.basis or "?"]
        if asked is not None:
            said = [percent_cell(chance) for chance in chances_of(each, asked)]
            cells += said or ["?"] * len(chances)
        cells.append(mostly_cell(each))
        table.append(cells)
    right = {*range(1, 5 + len(money)), *range(6 + len(money), 6 + len(money) + len(chances))}
    rows.append(markdown_table(heads, table, right=right, cell=escaped).rstrip("\n"))
    about = [*([] if shown is None else [shown.sentence]), *_about(comparison)]
    rows += [part for said in about for part in ("", escaped(said))]
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
            rows += ["", f"## {title}", "", *(f"- {escaped(each)}" for each in said)]
    rows += ["", price_age(comparison, cell=escaped)]
    if comparison.layouts is not None:
        from cloudcost.render.layouts import layouts_markdown

        rows += ["", layouts_markdown(comparison.layouts).rstrip("\n")]
    if explain:
        from cloudcost.render.lines import lines_markdown

        for each in comparison.options:
            if each.lines:
                rows += ["", f"## Bill of {escaped(each.name)}", "", lines_markdown(each.lines, explain=True).rstrip()]
    return "\n".join(rows) + "\n"
