"""How sure an estimate and a comparison are."""

from __future__ import annotations

from decimal import Decimal

from cloudcost.frozen import dataclass
from cloudcost.results.spreads import Spreads


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionUncertainty:
    """How sure one option's estimate is.

    Parameters
    ----------
    name : str
    interval_usd, interval_hours : (float, float)
        Equal-tailed band at the level asked for: a tenth below and a tenth above at 0.8. [USD], [h]
    median_usd, median_hours : float
        [USD], [h]
    probability_cheapest : float or None
        That it is the cheapest option that can be done in the project's time, equals sharing evenly; None for an
        option that nothing promises while others are promised. [1]
    probability_within_budget, probability_within_deadline : float or None
        None where no budget or deadline was given. [1]
    probability_within_duration : float
        That all runs end within the project's own time. [1]
    probability_never_finishes : float
        That a run never ends: sessions or spot capacity too short for its checkpoints. [1]
    """

    name: str
    interval_usd: tuple[float, float]
    median_usd: float
    interval_hours: tuple[float, float]
    median_hours: float
    probability_cheapest: float | None
    probability_within_budget: float | None
    probability_within_deadline: float | None
    probability_within_duration: float
    probability_never_finishes: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Uncertainty:
    """How sure a comparison is, and what was asked.

    Parameters
    ----------
    draws, seed : int
    level : float
        Of the bands. [1]
    spreads : Spreads
    budget_usd : Decimal or None
        [USD]
    deadline_seconds : float or None
        [s]
    options : tuple of OptionUncertainty
    """

    draws: int
    seed: int
    level: float
    spreads: Spreads
    budget_usd: Decimal | None
    deadline_seconds: float | None
    options: tuple[OptionUncertainty, ...]

    def option(self, name: str) -> OptionUncertainty | None:
        """Return the option of that name; None where it could not be simulated."""
        return next((each for each in self.options if each.name == name), None)
