"""How sure an estimate is: bands, and how likely each option is the cheapest, within a budget and in time.

The scenarios behind it are `cloudcost.analysis.uncertainty.scenarios`; what is drawn is `cloudcost.results.spreads`.
This module loads NumPy only when scenarios are asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from cloudcost.results.spreads import Spreads
from cloudcost.results.uncertainty import OptionUncertainty, Uncertainty

if TYPE_CHECKING:
    from cloudcost.options.model import OptionModel

_CENT = Decimal("0.01")
_NOISE = 1e-9
"""Relative difference of float64 totals that is none. [1]"""


def assess(
    models: Sequence[OptionModel],
    *,
    draws: int,
    seed: int = 1,
    level: float = 0.8,
    spreads: Spreads | None = None,
    budget_usd: Decimal | None = None,
    deadline_seconds: float | None = None,
) -> Uncertainty:
    """Return how sure the estimates of a project's options are.

    Parameters
    ----------
    models : sequence of OptionModel
        Of one project; all must have prices.
    draws, seed : int
    level : float
        Of the bands. [1]
    spreads : Spreads, optional
        What is uncertain; as usual by default.
    budget_usd : Decimal, optional
        [USD]
    deadline_seconds : float, optional
        Calendar time from the start. [s]

    Raises
    ------
    ValueError
        When `draws` is not positive or `level` not between 0 and 1.
    PriceNotFoundError
        When prices are missing.
    """
    if not 0 < level < 1:
        raise ValueError(f"a level lies between 0 and 1, not {level}")
    from cloudcost.analysis.uncertainty.scenarios import met_by, simulate

    spreads = Spreads() if spreads is None else spreads
    spreads = met_by(models, spreads)
    results = simulate(
        models,
        draws=draws,
        seed=seed,
        spreads=spreads,
        budget_usd=budget_usd,
        deadline_seconds=deadline_seconds,
    )
    levels = ((1 - level) / 2, 0.5, (1 + level) / 2)
    options = []
    for each in results:
        low, median, high = each.totals_usd.quantiles(levels)
        least, middle, most = each.hours.quantiles(levels)
        options.append(
            OptionUncertainty(
                name=each.name,
                interval_usd=(low, high),
                median_usd=median,
                interval_hours=(least, most),
                median_hours=middle,
                probability_cheapest=_share(each.cheapest, draws),
                probability_within_budget=_share(each.within_budget, draws),
                probability_within_deadline=_share(each.within_deadline, draws),
                probability_within_duration=each.within_duration / draws,
                probability_never_finishes=each.never / draws,
            )
        )
    return Uncertainty(
        draws=draws,
        seed=seed,
        level=level,
        spreads=spreads,
        budget_usd=budget_usd,
        deadline_seconds=deadline_seconds,
        options=tuple(options),
    )


def _share(count: Fraction | int | None, draws: int) -> float | None:
    return None if count is None else float(count / draws)


def _settled(usd: float) -> Decimal:
    """Return a simulated total without the noise of its sums, which must not move it over the next cent. [USD]"""
    return Decimal(f"{usd:.9f}")


def usd_interval(total: Decimal, band: tuple[float, float]) -> tuple[Decimal, Decimal]:
    """Return a band of simulated totals as decimals that hold the exact total. [USD]

    Notes
    -----
    Ends are rounded outwards to cents. A band that the total lies outside of (the estimate takes the mode of a range,
    and the highest spot price) is widened to hold it, so it claims no more than its level. A band without width is
    the exact total itself: floats never become exact money.

    Examples
    --------
    >>> usd_interval(Decimal("12.3456"), (12.3456000001, 12.3456000001))
    (Decimal('12.3456'), Decimal('12.3456'))
    >>> usd_interval(Decimal("12.3456"), (12.5, 14.001))
    (Decimal('12.34'), Decimal('14.01'))
    """
    low, high = band
    near = _NOISE * max(abs(float(total)), 1.0)
    if high - low <= near and abs(low - float(total)) <= near:
        return total, total
    ends = min(_settled(low), total), max(_settled(high), total)
    return ends[0].quantize(_CENT, ROUND_FLOOR), ends[1].quantize(_CENT, ROUND_CEILING)
