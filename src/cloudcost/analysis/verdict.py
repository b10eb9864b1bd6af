"""The answer in one sentence: cloud or local, what it costs, how long it takes, and by how much it wins."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from cloudcost.domain.kinds import KINDS
from cloudcost.domain.project import Project
from cloudcost.figures import counted, time_words
from cloudcost.money import format_usd
from cloudcost.options.obstacles import ALSO
from cloudcost.render.words import percent
from cloudcost.results.estimate import Estimate
from cloudcost.usage.chosen import machines_of

IN_TIME = 0.95
"""Below this chance of being done within the project's time, the verdict says so. [1]"""
MOST_NAMES = 3
"""Options that the verdict names of those that could not be priced or timed. [count]"""
OVER_HALF = Decimal("0.5")
"""Of the difference between two totals: from there on what is left on is named as what makes it. [1]"""
LEAST_USD = Decimal("0.01")
"""Below it nothing is said of what is left on. [USD]"""
MOST_REASONS = 2
"""Reasons that the verdict gives where nothing could be priced or timed; each stands beside its option. [count]"""


def verdict_of(project: Project, options: Sequence[Estimate]) -> str:
    """Return the verdict over options that are sorted, the cheapest feasible one first.

    Free quotas that are not guaranteed are named, but they are not the answer as long as another option is feasible.
    What could not be priced or timed is counted and named: nothing was computed of it, and nothing is said of it.
    """
    feasible = [each for each in options if each.feasible]
    sure = [each for each in feasible if each.guaranteed]
    if not feasible:
        return _nothing(options)
    best = (sure or feasible)[0]
    place = KINDS[best.kind].place.capitalize()
    said = f"{place}: {best.name} does it for {_usd(best)} in {_time(best)}{_chance(project, best, options)}"
    if not best.guaranteed:
        said += ", though nothing guarantees it"
    other = next((each for each in sure if KINDS[each.kind].at_home != KINDS[best.kind].at_home), None)
    second = next((each for each in sure if each is not best), None)
    if other is not None:
        kind = KINDS[other.kind].place
        said += f"; the cheapest {kind} option, {other.name}, costs {_usd(other)}{_ratio(best, other)}"
    elif second is not None:
        said += f"; next comes {second.name} at {_usd(second)}{_ratio(best, second)}"
    else:
        said += _no_other(best, options)
    rival = other or second
    if rival is not None:
        said += _free_instead(best, feasible)
    bought = _bought(project, [each for each in (best, rival) if each is not None])
    return said + _left_on(best, rival, sure or feasible) + _unknown_clause(options) + bought + "."


def _left_on(best: Estimate, rival: Estimate | None, among: Sequence[Estimate]) -> str:
    """Return what is left on where it decides who wins, or by how much; empty where it is a small part of that."""
    first = min(among, key=lambda each: (_without(each), each is not best))
    if first is not best:
        standing = f"{first.name} is billed {_billed(first)} and {best.name} {_billed(best)}"
        return f"; what is left on decides it ({standing}): without it {first.name} would win, at {_bare(first)}"
    if rival is None or rival.total_usd is None or best.total_usd is None:
        return ""
    apart = _standing(rival) - _standing(best)
    if apart < LEAST_USD or apart < OVER_HALF * (rival.total_usd - best.total_usd):
        return ""
    said = f"{_billed(rival)} of that is for what is left on, of which {best.name} is billed {_billed(best)}"
    times = _times(_without(best), _without(rival))
    return f"; {said}: without it {rival.name} would cost {_bare(rival)}{times}"


def _standing(estimate: Estimate) -> Decimal:
    """Return what an option is billed for what is left on. [USD]"""
    return (estimate.total_usd or Decimal(0)) - _without(estimate)


def _billed(estimate: Estimate) -> str:
    standing = _standing(estimate)
    return f"{format_usd(standing)} USD" if standing else "nothing"


def _bare(estimate: Estimate) -> str:
    return f"{format_usd(_without(estimate))} USD"


def _without(estimate: Estimate) -> Decimal:
    """Return an option's total if nothing were left on. [USD]"""
    if estimate.without_left_on_usd is not None:
        return estimate.without_left_on_usd
    return Decimal(0) if estimate.total_usd is None else estimate.total_usd


def _bought(project: Project, named: Sequence[Estimate]) -> str:
    """Return how many machines are bought where it is more than one of an option that the sentence names."""
    names = {each.name for each in named}
    counts = {
        option.name: machines_of(project, option)
        for option in project.options
        if option.name in names and option.local is not None and option.local.is_bought
    }
    return "".join(f"; {count} machines are bought for {name}" for name, count in counts.items() if count > 1)


def _no_other(best: Estimate, options: Sequence[Estimate]) -> str:
    """Return what is known of the others where none of them can be counted on; nothing where nothing is."""
    others = [each for each in options if each is not best]
    unsure = next((each for each in others if each.feasible), None)
    if unsure is not None:
        return f"; {unsure.name} would cost {_usd(unsure)}, but nothing guarantees it"
    if not any(each.total_usd is not None for each in others):
        return ""
    unknown = _unknown(others)
    return f"; no other option{f' that could be {_asked(unknown)}' if unknown else ''} is feasible"


def _free_instead(best: Estimate, feasible: Sequence[Estimate]) -> str:
    """Return what costs less than the answer but is promised by nobody; empty where nothing does."""
    cheaper = (each for each in feasible if not each.guaranteed and (each.total_usd or 0) < (best.total_usd or 0))
    unsure = next(cheaper, None) if best.guaranteed else None
    return "" if unsure is None else f"; {unsure.name} would cost {_usd(unsure)}, but nothing guarantees it"


def _nothing(options: Sequence[Estimate]) -> str:
    """Return the verdict where no option is feasible; a reason comes last, as it may end with a question."""
    priced = [each for each in options if each.total_usd is not None]
    unknown = _unknown(options)
    if not priced:
        shown = "; ".join(f"{each.name}: {_worst(each)}" for each in options[:MOST_REASONS])
        more = f"; and {len(options) - MOST_REASONS} more" if len(options) > MOST_REASONS else ""
        return _ended(f"No option can be {_asked(unknown)}: {shown}{more}")
    first = priced[0]
    if len(options) == 1:
        return _ended(f"The only option, {first.name} at {_usd(first)}, is not feasible: {_worst(first)}")
    if not unknown:
        return _ended(f"No option is feasible; the cheapest, {first.name} at {_usd(first)}: {_worst(first)}")
    could = f"that could be {_asked(unknown)}"
    clause = _unknown_clause(options)
    if len(priced) == 1:
        said = f"The only option {could}, {first.name} at {_usd(first)}, is not feasible"
        return _ended(f"{said}{clause}; {first.name}: {_worst(first)}")
    said = f"None of the {len(priced)} options {could} is feasible{clause}"
    return _ended(f"{said}; the cheapest, {first.name} at {_usd(first)}: {_worst(first)}")


def _worst(estimate: Estimate) -> str:
    """Return the first reason why an option cannot be done, and how many more stand beside it."""
    first, *others = estimate.reason.split(ALSO)
    return first + (f" (and {counted(len(others), 'more reason')})" if others else "")


def _unknown(options: Sequence[Estimate]) -> list[Estimate]:
    return [each for each in options if each.total_usd is None]


def _asked(unknown: Sequence[Estimate]) -> str:
    """Return what could not be done with options: be priced, be timed, or one of the two."""
    untimed = sum(each.lacks == "time" for each in unknown)
    return "priced" if not untimed else "timed" if untimed == len(unknown) else "priced or timed"


def _unknown_clause(options: Sequence[Estimate]) -> str:
    """Return how many options could not be priced or timed, and which; empty where all were."""
    unknown = _unknown(options)
    if not unknown:
        return ""
    names = ", ".join(each.name for each in unknown[:MOST_NAMES])
    more = f" and {len(unknown) - MOST_NAMES} more" if len(unknown) > MOST_NAMES else ""
    return f"; {len(unknown)} of {len(options)} options could not be {_asked(unknown)}: {names}{more}"


def _ended(sentence: str) -> str:
    """Return a sentence with its full stop; a question has its mark already."""
    return sentence if sentence.endswith(("?", ".")) else f"{sentence}."


def _usd(estimate: Estimate) -> str:
    return f"{format_usd(estimate.total_usd)} USD" if estimate.total_usd is not None else "an unknown price"


def _chance(project: Project, best: Estimate, options: Sequence[Estimate]) -> str:
    """Return how likely the best option really is the cheapest that can be done in time, and who is it more often.

    Where another costs the same, only one that is the cheapest more often is named; where there is nothing to be
    cheaper than, none.
    """
    sure = best.uncertainty
    if sure is None or sure.probability_cheapest is None:
        return ""
    others = [each for each in options if each is not best and (each.feasible or _often(each))]
    chance = percent(sure.probability_cheapest)
    rival = max(others, key=_often, default=best)
    oftener = _often(rival) > sure.probability_cheapest and percent(_often(rival)) != chance
    late = ""
    if sure.probability_within_duration < IN_TIME:
        over = percent(1 - sure.probability_within_duration)
        late = f" ({over} that it takes longer than {time_words(project.duration_seconds)})"
    if any(each.feasible and each.total_usd == best.total_usd for each in others):
        more = f", though {rival.name} is the cheapest more often, {percent(_often(rival))} to {chance}"
        return late + (more if oftener else "")
    if not others:
        return late
    where = "" if rival.feasible else ", where it is done in time, which is not expected"
    more = f", though {rival.name} is it more often, with {percent(_often(rival))}{where}"
    return f", the cheapest with {chance} probability{late}{more if oftener else ''}"


def _often(estimate: Estimate) -> float:
    """Return in which share of the scenarios an option is the cheapest. [1]"""
    return 0.0 if estimate.uncertainty is None else estimate.uncertainty.probability_cheapest or 0.0


def _ratio(best: Estimate, other: Estimate) -> str:
    if best.total_usd == other.total_usd:
        return ", the same, and takes longer" if (other.hours or 0.0) > (best.hours or 0.0) else ", the same"
    return _times(best.total_usd or Decimal(0), other.total_usd or Decimal(0))


def _times(best_usd: Decimal, other_usd: Decimal) -> str:
    if not other_usd or best_usd <= 0:
        return ""
    times = other_usd / best_usd
    if times >= 2:
        return f", {times:,.{0 if times >= 100 else 1}f} times as much"
    return f", {100 * (times - 1):.0f} % more" if times >= Decimal("1.005") else ", about as much"


def _time(estimate: Estimate) -> str:
    hours = estimate.calendar_hours or 0.0
    return f"{hours / 24:.1f} days" if hours >= 48 else f"{hours:.1f} h"
