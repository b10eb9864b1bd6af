"""The answer in one sentence: cloud or local, what it costs, how long it takes, and by how much it wins."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from cloudcost.analysis.results import Estimate
from cloudcost.domain.project import Project
from cloudcost.figures import time_words
from cloudcost.money import format_usd
from cloudcost.render.words import percent
from cloudcost.usage.chosen import machines_of

IN_TIME = 0.95
"""Below this chance of being done within the project's time, the verdict says so. [1]"""


def verdict_of(project: Project, options: Sequence[Estimate]) -> str:
    """Return the verdict over options that are sorted, the cheapest feasible one first.

    Free quotas that are not guaranteed are named, but they are not the answer as long as another option is feasible.
    """
    feasible = [each for each in options if each.feasible]
    sure = [each for each in feasible if each.guaranteed]
    if not feasible:
        return _nothing(project, options)
    best = (sure or feasible)[0]
    place = "Local" if best.kind == "local" else "Cloud"
    said = f"{place}: {best.name} does it for {_usd(best)} in {_time(best)}{_chance(project, best)}"
    if not best.guaranteed:
        said += ", though nothing guarantees it"
    other = next((each for each in sure if (each.kind == "local") != (best.kind == "local")), None)
    second = next((each for each in sure if each is not best), None)
    if other is not None:
        kind = "cloud" if best.kind == "local" else "local"
        said += f"; the cheapest {kind} option, {other.name}, costs {_usd(other)}{_ratio(best, other)}"
    elif second is not None:
        said += f"; next comes {second.name} at {_usd(second)}{_ratio(best, second)}"
    else:
        said += "; no other option is feasible"
    return said + _bought(project, [each for each in (best, other or second) if each is not None]) + "."


def _bought(project: Project, named: Sequence[Estimate]) -> str:
    """Return how many machines are bought where it is more than one of an option that the sentence names."""
    names = {each.name for each in named}
    counts = {
        option.name: machines_of(project, option)
        for option in project.options
        if option.name in names and option.local is not None and option.local.is_bought
    }
    return "".join(f"; {count} machines are bought for {name}" for name, count in counts.items() if count > 1)


def _nothing(project: Project, options: Sequence[Estimate]) -> str:
    priced = [each for each in options if each.total_usd is not None]
    if not priced:
        return _ended("No option can be priced: " + "; ".join(f"{each.name}: {each.reason}" for each in options[:2]))
    first = priced[0]
    time = time_words(project.duration_seconds)
    return _ended(
        f"No option can do this project in {time}; the cheapest, {first.name} at {_usd(first)}: {first.reason}"
    )


def _ended(sentence: str) -> str:
    """Return a sentence with its full stop; a question has its mark already."""
    return sentence if sentence.endswith(("?", ".")) else f"{sentence}."


def _usd(estimate: Estimate) -> str:
    return f"{format_usd(estimate.total_usd)} USD" if estimate.total_usd is not None else "an unknown price"


def _chance(project: Project, best: Estimate) -> str:
    """Return how likely the best option really is the cheapest that can be done in time."""
    sure = best.uncertainty
    if sure is None or sure.probability_cheapest is None:
        return ""
    said = f", the cheapest with {percent(sure.probability_cheapest)} probability"
    if sure.probability_within_duration < IN_TIME:
        late = percent(1 - sure.probability_within_duration)
        said += f" ({late} that it takes longer than {time_words(project.duration_seconds)})"
    return said


def _ratio(best: Estimate, other: Estimate) -> str:
    if not best.total_usd or not other.total_usd or best.total_usd <= 0:
        return ""
    times = other.total_usd / best.total_usd
    if times >= 2:
        return f", {times:,.1f} times as much"
    return f", {100 * (times - 1):.0f} % more" if times >= Decimal("1.005") else ", about as much"


def _time(estimate: Estimate) -> str:
    hours = estimate.calendar_hours or 0.0
    return f"{hours / 24:.1f} days" if hours >= 48 else f"{hours:.1f} h"
