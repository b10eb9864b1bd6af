"""What each option costs as the project is planned: totals, bands, chances, times, and why one cannot be done."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from cloudcost.figures import figure, time_words
from cloudcost.money import format_usd
from cloudcost.render.page.figures import bar
from cloudcost.render.page.html import bullets, table, tag, text
from cloudcost.render.page.scales import bar_end
from cloudcost.render.words import percent

if TYPE_CHECKING:
    from cloudcost.results.comparison import Comparison
    from cloudcost.results.estimate import Estimate
    from cloudcost.results.uncertainty import Uncertainty

BASES = {
    "measured": "measured on this device",
    "anchored": "scaled from a measurement on another device",
    "fitted": "from a model fitted to measurements of the device",
    "transferred": "from the device's specifications or published throughputs",
}


def totals_part(comparison: Comparison, marks: Mapping[str, str]) -> str:
    """Return what each option costs as the project is planned, with bands and chances where it was simulated."""
    priced = [each for each in comparison.options if each.total_usd is not None]
    end = bar_end([float(each.total_usd or 0) for each in priced if each.feasible or not priced[0].feasible])
    level = f"{100 * comparison.level:.0f} %"
    asked = comparison.uncertainty
    rows = [_total_row(each, marks[each.name], end, index, level, asked) for index, each in enumerate(priced)]
    said = "Bars: the total of the project as planned. "
    if any(each.interval_usd for each in priced):
        said += f"The dark line is the band in which the total lies with {level} probability. "
    else:
        said += "No bands: the totals were not simulated. "
    said += "A bar with a gap goes on past the edge. Hours are machine time of all runs."
    basis = {each.basis for each in priced if each.basis}
    bases = "; ".join(f"{name}: {words}" for name, words in BASES.items() if name in basis)
    missing = [f"{each.name}: {each.reason}" for each in comparison.options if each.total_usd is None]
    beside = [f"{each.name}: {said}" for each in comparison.options for said in each.beside]
    return (
        table("Totals of the project as planned", ["Option", "USD", "Hours"], rows, numbers=(1, 2), lead=True)
        + tag("p", text(said), class_="small")
        + (tag("p", text(f"Seconds a step are means over all steps; {bases}."), class_="small") if bases else "")
        + (tag("h3", "Could not be priced or timed") + bullets(missing) if missing else "")
        + (tag("h3", "Beside the totals") + bullets(beside) if beside else "")
    )


def _total_row(
    estimate: Estimate, mark: str, end: float, style: int, level: str, asked: Uncertainty | None
) -> list[str]:
    total, band = estimate.total_usd, estimate.interval_usd
    assert total is not None
    step, basis = estimate.seconds_per_iteration, estimate.basis
    name = f'<span class="key">{mark}</span> {text(estimate.name)}'
    if not estimate.feasible:
        name += tag("span", text(f"cannot be done: {estimate.reason}"), class_="cannot")
    elif not estimate.guaranteed:
        name += tag("span", "nothing guarantees it", class_="cannot")
    name += bar(float(total), end, style, None if band is None else (float(band[0]), float(band[1])))
    if band is not None:
        name += tag("span", f"{level} band: {format_usd(band[0])} to {format_usd(band[1])} USD", class_="under")
    name += _chances(estimate, asked)
    if estimate.wait_hours:
        name += tag("span", f"waits {estimate.wait_hours:,.1f} h for capacity, beside the hours", class_="under")
    if estimate.interruptions:
        name += tag("span", text(estimate.interruptions), class_="under")
    if step is not None and basis is not None:
        name += tag("span", f"{figure(step)} s a step, {basis}", class_="under")
    return [name, format_usd(total), "?" if estimate.hours is None else f"{estimate.hours:,.1f}"]


def _chances(estimate: Estimate, asked: Uncertainty | None) -> str:
    """Return how likely an option is the cheapest, in time and within what was asked; nothing without scenarios."""
    sure = estimate.uncertainty
    if sure is None or asked is None:
        return ""
    chances = [("cheapest", sure.probability_cheapest), ("in the project's time", sure.probability_within_duration)]
    if asked.budget_usd is not None:
        chances.append((f"within {figure(asked.budget_usd, 6)} USD", sure.probability_within_budget))
    if asked.deadline_seconds is not None:
        chances.append((f"in {time_words(asked.deadline_seconds)}", sure.probability_within_deadline))
    said = ", ".join(f"{what} {percent(chance)}" for what, chance in chances if chance is not None)
    return tag("span", text(f"how likely: {said}"), class_="under") if said else ""
