"""What a figure shows, in one sentence: its headline."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cloudcost.figures import counted
from cloudcost.money import format_usd
from cloudcost.render.words import percent

if TYPE_CHECKING:
    from cloudcost.render.figures.curves import Leader
    from cloudcost.results.comparison import Comparison
    from cloudcost.results.matters import TornadoRow

_TOLD = 4
"""Options that are named in the order in which they are the cheapest. [count]"""


def origin_of(comparison: Comparison) -> str:
    """Return which project and which prices a figure rests on."""
    day = "" if comparison.as_of is None else f" as of {comparison.as_of}"
    name = comparison.project.name.strip() or "a project without a name"
    return f"{name}; prices of book {comparison.price_book}{day}; cloudcost"


def totals_finding(comparison: Comparison) -> str:
    """Return which option is the cheapest and by how much.

    Notes
    -----
    "Own computer, RTX 3060 is the cheapest at 25.27 USD; next comes Colab T4, 5.08 USD more"
    """
    best = comparison.best
    priced = [each for each in comparison.options if each.total_usd is not None]
    if best is None or best.total_usd is None:
        loose = next((each for each in priced if each.feasible), None)
        if loose is not None:
            return f"Only {loose.name} can be done, and nothing guarantees it"
        return "The option cannot be done" if len(comparison.options) == 1 else "None of the options can be done"
    said = f"{format_usd(best.total_usd)} USD"
    others = [each for each in priced if each.feasible and each.guaranteed and each is not best]
    if not others:
        only = ", the only option that can be counted on" if len(comparison.options) > 1 else ""
        return f"{best.name} costs {said}{only}"
    second = others[0]
    assert second.total_usd is not None
    more = second.total_usd - best.total_usd
    if not more:
        return f"{best.name} and {second.name} cost the same, {said}"
    sure = "" if best.uncertainty is None else _chance(best.uncertainty.probability_cheapest)
    return f"{best.name} is the cheapest at {said}{sure}; next comes {second.name}, {format_usd(more)} USD more"


def _chance(probability: float | None) -> str:
    return "" if probability is None else f" ({percent(probability)} likely to be)"


def curves_finding(leaders: Sequence[Leader], last: int, time: str, *, others: bool = True) -> str:
    """Return from which number of runs on which option is the cheapest.

    Parameters
    ----------
    leaders : sequence of Leader
        The cheapest from a number of runs on; one without a name stands for none that fits.
    last : int
        Number of runs up to which was looked. [count]
    time : str
        The project's time, in words.
    others : bool
        Whether there is another option to be cheaper than.

    Notes
    -----
    "EC2 g4dn.xlarge is the cheapest up to run 11, Own computer from run 12 on"
    """
    if not leaders or not leaders[0].name:
        return f"No option can be done in {time}"
    named = [each for each in leaders if each.name]
    ends = "" if leaders[-1].name else f"; {_from(leaders[-1].first)} none fits into {time}"
    if len(named) == 1 and not others:
        return f"What {named[0].name} costs by number of runs{ends}"
    if len(named) == 1:
        until = last if leaders[-1].name else leaders[-1].first - 1
        return f"No option is cheaper than {named[0].name} at any number of runs up to {until:,}{ends}"
    if len(named) == 2:
        first, second = named
        before = "at 1 run" if second.first == 2 else f"up to {second.first - 1:,} runs"
        return f"{first.name} is the cheapest {before}, {second.name} {_from(second.first)}{ends}"
    if len(named) <= _TOLD:
        then = ", ".join(f"{each.name} from {each.first:,}" for each in named[1:])
        return f"Cheapest: {named[0].name} up to {named[1].first - 1:,} runs, {then}{ends}"
    changes = counted(len(named) - 1, "time")
    at_first, at_last = named[0], named[-1]
    return (
        f"The cheapest option changes {changes}: at first {at_first.name}, {_from(at_last.first)} {at_last.name}{ends}"
    )


def _from(run: int) -> str:
    return f"from {run:,} runs on"


def lead_finding(rows: Sequence[TornadoRow], best: str, runner_up: str) -> str:
    """Return whether an input alone makes the next option the cheaper one.

    Parameters
    ----------
    rows : sequence of TornadoRow
        With their leads.
    """
    turning = [each.label for each in rows if turns(each)]
    if not turning:
        whole = "no input alone" if len(rows) > 1 else f"the {rows[0].label} alone does not"
        verb = "makes" if len(rows) > 1 else "make"
        return f"Within its plausible range {whole} {verb} {runner_up} cheaper than {best}"
    named = ", ".join(turning[:3]) + (f" and {len(turning) - 3} more" if len(turning) > 3 else "")
    return f"What alone can make {runner_up} cheaper than {best}, within its plausible range: {named}"


def turns(row: TornadoRow) -> bool:
    """Return whether the lead is another's at an end of the input's range."""
    return any(end is not None and end < 0 for end in (row.lead_low_usd, row.lead_high_usd))


def swing_finding(rows: Sequence[TornadoRow], best: str) -> str:
    """Return which input moves the only option's total most."""
    first = rows[0]
    low, high = sorted((first.total_low_usd, first.total_high_usd))
    return f"What moves the total of {best} most: {first.label}, {format_usd(low)} to {format_usd(high)} USD"
