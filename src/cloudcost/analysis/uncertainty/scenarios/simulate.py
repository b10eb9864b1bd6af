"""Scenarios of a project over all its options at once, with common random numbers, in blocks of constant memory."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from cloudcost.analysis.uncertainty.scenarios.calendar import makespans, running_seconds
from cloudcost.analysis.uncertainty.scenarios.draws import CELL, Draws, Floats
from cloudcost.analysis.uncertainty.scenarios.leaders import Leaders
from cloudcost.analysis.uncertainty.scenarios.metering import FORGOTTEN, slopes
from cloudcost.analysis.uncertainty.scenarios.runtimes import RunLaw, RunTotals, TrainingLaw, run_laws
from cloudcost.analysis.uncertainty.scenarios.samples import Sample, kept_scenarios
from cloudcost.analysis.uncertainty.scenarios.terms import Estimated, estimated, terms_of
from cloudcost.frozen import dataclass
from cloudcost.options.model import OptionModel
from cloudcost.pricing.bill.samples import SampledBill, Term
from cloudcost.results.spreads import Spreads

BLOCK = 16_384
"""Scenarios worked on at a time: the arrays of one option stay in a core's cache. [count]"""
_BYTES_KEPT = 12
"""Of one scenario of one option: the total as float64 and the hours as float32. [bytes]"""
_SLACK_SECONDS = 1e-6
"""Float noise of sums of hours is not a missed deadline. [s]"""

Booleans = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionScenarios:
    """What an option came to in every scenario.

    Parameters
    ----------
    name : str
    totals_usd : Sample
        float64. [USD]
    hours : Sample
        Of all runs with start-up and restarts, without idle and waits for capacity; float32. [h]
    cheapest : Fraction or None
        Scenarios in which it is the cheapest that is feasible, of equals an even part of each; None where it takes no
        part, since nothing promises it while something else is promised. [count]
    within_budget, within_deadline : int or None
        Scenarios; None without a budget or a deadline. [count]
    within_duration : int
        Scenarios in which all runs end within the project's time. [count]
    never : int
        Scenarios in which a run never finishes. [count]
    """

    name: str
    totals_usd: Sample
    hours: Sample
    cheapest: Fraction | None
    within_budget: int | None
    within_deadline: int | None
    within_duration: int
    never: int


@dataclass(slots=True)
class _Simulated:
    """An option being simulated (mutable, internal)."""

    model: OptionModel
    laws: list[RunLaw]
    bill: SampledBill
    estimated: tuple[Estimated, ...]
    totals: Sample
    hours: Sample
    contends: bool
    cheapest: Fraction = Fraction(0)
    within_budget: int = 0
    within_deadline: int = 0
    within_duration: int = 0
    never: int = 0


def simulate(
    models: Sequence[OptionModel],
    *,
    draws: int,
    seed: int = 1,
    spreads: Spreads | None = None,
    budget_usd: Decimal | None = None,
    deadline_seconds: float | None = None,
    block: int = BLOCK,
) -> tuple[OptionScenarios, ...]:
    """Return what each option came to over random scenarios of one project.

    Parameters
    ----------
    models : sequence of OptionModel
        Of one project; all must have prices.
    draws : int
        Scenarios. [count]
    seed : int
    spreads : Spreads, optional
        What is uncertain; as usual by default.
    budget_usd : Decimal, optional
        [USD]
    deadline_seconds : float, optional
        Calendar time from the start. [s]
    block : int
        Scenarios worked on at a time, a multiple of `CELL`; it decides memory and speed, and changes no result.

    Raises
    ------
    ValueError
        When `draws` or `block` do not fit.
    PriceNotFoundError
        When prices are missing.

    Notes
    -----
    Scenario i of an input is the same whatever options are compared: options that share an input share its luck, so
    that differences between them are far surer than their totals.
    """
    if draws < 1:
        raise ValueError(f"a simulation needs at least one scenario, not {draws}")
    if block < 1 or block % CELL:
        raise ValueError(f"a block is a multiple of {CELL} scenarios, not {block}")
    if not models:
        return ()
    spreads = Spreads() if spreads is None else spreads
    options = _prepared(models, draws, seed, spreads)
    budget = None if budget_usd is None else float(budget_usd)
    for start in range(0, draws, block):
        shared = Draws(seed=seed, start=start, count=min(block, draws - start))
        _run_block(options, shared, spreads, budget, deadline_seconds)
    return tuple(
        OptionScenarios(
            name=each.model.option.name,
            totals_usd=each.totals,
            hours=each.hours,
            cheapest=each.cheapest if each.contends or each.model.obstacle else None,
            within_budget=None if budget is None else each.within_budget,
            within_deadline=None if deadline_seconds is None else each.within_deadline,
            within_duration=each.within_duration,
            never=each.never,
        )
        for each in options
    )


def _prepared(models: Sequence[OptionModel], draws: int, seed: int, spreads: Spreads) -> list[_Simulated]:
    laws = [TrainingLaw.of(training, spreads) for training in models[0].project.trainings]
    epochs = any(law.epochs.kind != "fixed" for law in laws)
    kept = kept_scenarios(draws, len(models), _BYTES_KEPT)
    contenders = {id(model) for model in _contenders(models)}
    return [
        _Simulated(
            model=model,
            laws=run_laws(model, laws, spreads, seed=seed, scenarios=draws),
            bill=_sampled(model, spreads, epochs=epochs),
            estimated=estimated(model),
            totals=Sample(draws, kept),
            hours=Sample(draws, kept, np.float32),
            contends=id(model) in contenders,
        )
        for model in models
    ]


def _contenders(models: Sequence[OptionModel]) -> list[OptionModel]:
    """Return the options that can be the cheapest: those that are promised, and the others where only they are done.

    What nothing promises is the answer where it alone is done in the project's time, as the verdict has it.
    """
    possible = [model for model in models if not model.obstacle]
    promised = [model for model in possible if model.machine.guaranteed]
    runs = [training.runs.expected for training in models[0].project.trainings]
    done = [model for model in possible if not model.calendar_obstacle(runs)]
    if not promised or (done and not any(model.machine.guaranteed for model in done)):
        return possible
    return promised


def _sampled(model: OptionModel, spreads: Spreads, *, epochs: bool) -> SampledBill:
    """Return an option's bill for scenarios; `epochs`: whether their numbers differ between scenarios."""
    drawn = slopes(
        model,
        epochs=epochs,
        starts=model.machine.session_seconds is not None or (model.capacity is not None and spreads.interruptions),
        forgotten=spreads.forgotten_chance > 0,
    )
    return model.bill.samples((usage, grows.terms) for usage, grows in drawn.items() if any(grows.terms.values()))


def _run_block(
    options: list[_Simulated], shared: Draws, spreads: Spreads, budget: float | None, deadline: float | None
) -> None:
    leaders = Leaders(shared.count)
    for index, each in enumerate(options):
        runs = [law.draw(shared) for law in each.laws]
        totals = each.bill.totals(_terms(each, runs, shared, spreads), _factors(each, shared, spreads), shared.count)
        each.totals.add(totals)
        each.hours.add(running_seconds(runs) / 3600.0)
        finishes = _finishing(runs, shared.count)
        fits = finishes & _ends_within(each.model, runs, each.model.available_seconds)
        each.never += shared.count - int(np.count_nonzero(finishes))
        each.within_duration += int(np.count_nonzero(fits))
        if budget is not None:
            each.within_budget += int(np.count_nonzero(finishes & (totals <= budget + 5e-3)))
        if deadline is not None:
            each.within_deadline += int(np.count_nonzero(finishes & _ends_within(each.model, runs, deadline)))
        if each.contends:
            leaders.add(index, totals, fits)
    for index, wins in leaders.shares().items():
        options[index].cheapest += wins


def _terms(each: _Simulated, runs: list[RunTotals], shared: Draws, spreads: Spreads) -> dict[Term, Floats]:
    forgotten = None
    if spreads.forgotten_chance and FORGOTTEN in each.bill.used:
        chance = spreads.forgotten_chance

        def hours(rng: np.random.Generator, n: int) -> Floats:
            level = 1.0 - rng.random(n)
            left: Floats = np.where(level <= chance, -spreads.forgotten_hours * np.log(level / chance), 0.0)
            return left

        forgotten = shared.from_cells("hours of a machine left on", hours)
    return terms_of(each.bill.used, each.estimated, runs, forgotten)


def _factors(each: _Simulated, shared: Draws, spreads: Spreads) -> dict[str, Floats]:
    """Return the multiples of prices that are drawn. [1]"""
    option, factors = each.model.option, {}
    if option.purchase == "spot" and spreads.spot_price and each.bill.spot_low < 1:
        level = shared.uniform(f"spot price/{option.region or each.model.project.region}/{option.instance}")
        factors["spot"] = each.bill.spot_low + (1.0 - each.bill.spot_low) * level
    local = option.local
    if local is None:
        return factors
    if local.electricity_usd_per_kwh is None and spreads.electricity_sd:
        factors["electricity"] = np.exp(spreads.electricity_sd * shared.normal(f"electricity/{local.country}"))
    if local.owned or not (spreads.purchase_sd or spreads.resale_sd):
        return factors
    what = option.device or option.name
    bought = np.exp(spreads.purchase_sd * shared.normal(f"price of a new machine/{what}"))
    factors["purchase"] = bought
    back = local.resale
    if back:
        sold = shares_sold(back, spreads.resale_sd, shared.normal(f"price of a used machine/{what}"))
        factors["resale"] = bought * (sold / back)
        if back < 1:
            factors["share"] = bought * ((1.0 - sold) / (1.0 - back))
    else:
        factors["share"] = bought
    return factors


def shares_sold(share: float, sd: float, normal: Floats) -> Floats:
    """Return for which shares of its price a machine is sold again, around a stated one. [1]

    Parameters
    ----------
    share : float
        Over 0, at most 1; what is drawn has it as median. [1]
    sd : float
        Of the log of the share, below the median. [1]
    normal : ndarray
        Standard normal draws. [1, float64]

    Notes
    -----
    Below the median s the share is s exp(sd z). Nobody gets more for a used machine than it cost, so above it what is
    lost shrinks, 1 - (1 - s) exp(-sd z s / (1 - s)): both have the slope s sd at z = 0, and no share passes 1.

    Examples
    --------
    >>> [round(float(each), 3) for each in shares_sold(0.9, 0.18, np.array([-1.28, 0.0, 1.28]))]
    [0.715, 0.9, 0.987]
    """
    below = share * np.exp(sd * np.minimum(normal, 0.0))
    if share >= 1:
        return below
    lost: Floats = (1.0 - share) * np.exp(-sd * share / (1.0 - share) * np.maximum(normal, 0.0))
    shares: Floats = np.where(normal < 0, below, 1.0 - lost)
    return shares


def _finishing(runs: list[RunTotals], count: int) -> Booleans:
    finishes = np.ones(count, dtype=bool)
    for each in runs:
        if each.finishes is not None:
            finishes &= each.finishes
    return finishes


def _ends_within(model: OptionModel, runs: list[RunTotals], calendar_seconds: float) -> Booleans:
    """Return whether the last run ends in so much calendar time, as `OptionModel.calendar_obstacle` asks."""
    share = min(model.project.hours_per_day, model.hours_per_day) / 24
    fits: Booleans = makespans(runs, model.machines_at_once) <= calendar_seconds * share + _SLACK_SECONDS
    return fits
