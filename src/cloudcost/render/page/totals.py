"""How sure each option's figures are as the project is planned: facts in columns, then what stands beside a total."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from cloudcost.figures import counted, figure, time_words
from cloudcost.money import format_usd
from cloudcost.render.page.html import bullets, table, tag, text
from cloudcost.render.words import percent

if TYPE_CHECKING:
    from cloudcost.results.comparison import Comparison
    from cloudcost.results.estimate import Estimate

BASES = {
    "measured": "measured on this device",
    "anchored": "scaled from a measurement on another device",
    "fitted": "from a model fitted to measurements of the device",
    "transferred": "from the device's specifications or published throughputs",
}


def sure_part(comparison: Comparison, marks: Mapping[str, str]) -> str:
    """Return bands, chances and times of the options that have a total; nothing where none has."""
    priced = [each for each in comparison.options if each.total_usd is not None]
    if not priced:
        return ""
    columns = _columns(comparison, priced)
    rows = [
        [f'<span class="key">{marks[each.name]}</span> {text(each.name)}', *(cells[at] for _, cells in columns)]
        for at, each in enumerate(priced)
    ]
    heads = ["Option", *(head for head, _ in columns)]
    facts = table("Facts of each option", heads, rows, numbers=tuple(range(1, len(heads))), lead=True)
    return facts + tag("p", text(_about(comparison, priced)), class_="small") + _beside(comparison, priced)


def _columns(comparison: Comparison, priced: Sequence[Estimate]) -> list[tuple[str, list[str]]]:
    """Return heads with the cells below them; those of a simulation only where there was one."""
    level, asked = f"{100 * comparison.level:.0f} %", comparison.uncertainty
    columns: list[tuple[str, list[str]]] = []
    if any(each.interval_usd for each in priced):
        columns.append((f"{level} band, USD", [_band(each) for each in priced]))
    if asked is not None:
        sure = [each.uncertainty for each in priced]
        columns.append(("Cheapest", [_chance(None if each is None else each.probability_cheapest) for each in sure]))
        columns.append(
            ("In time", [_chance(None if each is None else each.probability_within_duration) for each in sure])
        )
        if asked.budget_usd is not None:
            head = f"Within {figure(asked.budget_usd, 6)} USD"
            columns.append((head, [_chance(None if each is None else each.probability_within_budget) for each in sure]))
        if asked.deadline_seconds is not None:
            head = f"In {time_words(asked.deadline_seconds)}"
            columns.append(
                (head, [_chance(None if each is None else each.probability_within_deadline) for each in sure])
            )
    columns.append(("Machine hours", ["?" if each.hours is None else f"{each.hours:,.1f}" for each in priced]))
    columns.append(("Seconds a step", [_step(each) for each in priced]))
    columns.append(("Known how", [text(each.basis or "?") for each in priced]))
    return columns


def _band(each: Estimate) -> str:
    if each.interval_usd is None:
        return ""
    return f"{format_usd(each.interval_usd[0])} to {format_usd(each.interval_usd[1])}"


def _chance(chance: float | None) -> str:
    return "" if chance is None else percent(chance)


def _step(each: Estimate) -> str:
    return "?" if each.seconds_per_iteration is None else figure(each.seconds_per_iteration)


def _about(comparison: Comparison, priced: Sequence[Estimate]) -> str:
    """Return what the columns mean."""
    asked = comparison.uncertainty
    said = "No bands: the totals were not simulated. "
    if asked is not None:
        level = f"{100 * comparison.level:.0f} %"
        said = (
            f"Of {asked.draws:,} scenarios: {level} of them cost between the two ends of the band; in how many the "
            f"option is the cheapest that is done in time; in how many it is done in the project's "
            f"{time_words(comparison.project.duration_seconds)}. "
        )
    basis = {each.basis for each in priced if each.basis}
    bases = "; ".join(f"{name}: {words}" for name, words in BASES.items() if name in basis)
    return said + "Hours are of all machines and runs" + (f". A step's seconds are {bases}." if bases else ".")


def _beside(comparison: Comparison, priced: Sequence[Estimate]) -> str:
    """Return, folded, what else is to be known of options."""
    said = []
    for each in priced:
        if each.wait_hours:
            said.append(f"{each.name}: waits {each.wait_hours:,.1f} h for capacity, beside the machine hours")
        if each.interruptions:
            said.append(f"{each.name}: {each.interruptions}")
    said += [f"{each.name}: {beside}" for each in comparison.options for beside in each.beside]
    if not said:
        return ""
    summary = f"{counted(len(said), 'note')} on single options: waiting, interruptions, what is beside the totals"
    return tag("details", tag("summary", text(summary)) + bullets(said))
