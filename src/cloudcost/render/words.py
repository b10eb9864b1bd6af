"""Results in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cloudcost.analysis.breakeven import Crossings


def percent(probability: float) -> str:
    """Return a probability in words; only what is certain is 0 or 100 %.

    Examples
    --------
    >>> percent(0.934), percent(0.9999), percent(0.001), percent(1.0)
    ('93 %', 'over 99 %', 'under 1 %', '100 %')
    """
    if 0 < probability < 0.005:
        return "under 1 %"
    if 0.995 <= probability < 1:
        return "over 99 %"
    return f"{100 * probability:.0f} %"


def crossing_sentence(crossing: Crossings) -> str:
    """Return where the cheaper of two options changes, in one sentence; many changes as first, last and count."""
    other = {crossing.a: crossing.b, crossing.b: crossing.a}
    if not crossing.first_leader:
        return f"{crossing.a} and {crossing.b} cost the same up to {crossing.horizon:,} runs"
    if not crossing.at:
        return f"{crossing.first_leader} is cheaper than {other[crossing.first_leader]} at any number of runs"
    if len(crossing.at) == 1:
        return f"{crossing.last_leader} wins over {crossing.first_leader} from run {crossing.at[0]:,} on"
    return (
        f"{crossing.first_leader} and {other[crossing.first_leader]} change places {len(crossing.at)} times, first at "
        f"run {crossing.at[0]:,}, last at run {crossing.at[-1]:,}; {crossing.last_leader} wins in the end"
    )
