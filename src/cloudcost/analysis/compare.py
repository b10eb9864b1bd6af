"""The main job: the options of a project side by side, with a verdict in one sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

from cloudcost.analysis.breakeven.runs import all_crossings
from cloudcost.analysis.effort import require_effort
from cloudcost.analysis.estimate import model_and_estimate
from cloudcost.analysis.matters.prices import deciding_prices
from cloudcost.analysis.nonsense import nonsense_in
from cloudcost.analysis.uncertainty.assess import assess, usd_interval
from cloudcost.analysis.verdict import verdict_of
from cloudcost.catalog.books.book import load_book
from cloudcost.catalog.stores.encryption import kms_share
from cloudcost.domain.kinds import facts_of
from cloudcost.domain.prices import STATED_IN
from cloudcost.domain.project import Project
from cloudcost.options.model import Context, OptionModel
from cloudcost.options.times.context import LEVEL, TimingContext
from cloudcost.pricing.dating import carried_warning
from cloudcost.project.checks.in_python import check_names
from cloudcost.render.reasons.deciding import deciding_warnings
from cloudcost.results.comparison import Comparison
from cloudcost.results.crossings import Crossings
from cloudcost.results.estimate import Estimate
from cloudcost.results.matters import DecidingPrice
from cloudcost.results.uncertainty import Uncertainty
from cloudcost.usage.machines.rented_disks import disk_of

MOST_TOLD = 5
"""Crossings that a reader is told. [count]"""


def context_of(
    project: Project, *, today: date, as_of: date | None = None, allow_assumed: bool = True, level: float = LEVEL
) -> Context:
    """Return what a comparison of this project holds fixed.

    Raises
    ------
    CatalogError
        When the project names a price book that there is not.
    """
    path = Path(project.path or "project")
    timing = TimingContext(today=today, folder=path.parent, level=level, file=path.name)
    return Context(
        book=load_book(project.price_book, on=as_of or today),
        today=today,
        as_of=as_of,
        allow_assumed=allow_assumed,
        timing=timing,
    )


def compare(
    project: Project,
    *,
    today: date,
    as_of: date | None = None,
    allow_assumed: bool = True,
    draws: int = 0,
    seed: int = 1,
    budget_usd: Decimal | None = None,
    deadline_seconds: int | None = None,
) -> Comparison:
    """Return the options of a project, cheapest first.

    Parameters
    ----------
    project : Project
    today : date
    as_of : date, optional
        Take prices, rates and machines as they were on this day, whatever the project's.
    allow_assumed : bool
        Whether a price that is not known in a region may be assumed by the stated rule.
    draws : int
        Scenarios from which bands and probabilities are taken; 0 for none. [count]
    seed : int
        Of the scenarios.
    budget_usd : Decimal, optional
        Ask how likely each option stays within it. [USD]
    deadline_seconds : int, optional
        Ask how likely each option is done in so much calendar time. [s]

    Raises
    ------
    InputError
        When the project names a CNN that cannot be read or built, or something that is not known; with every fault.
        When it is so large that the answer would take minutes.
    """
    check_names(project)
    require_effort(project, "comparison", draws=draws)
    context = context_of(project, today=today, as_of=as_of, allow_assumed=allow_assumed)
    pairs = [model_and_estimate(project, option, context) for option in project.options]
    models = [model for model, _ in pairs if model is not None]
    uncertainty = None
    if draws and models:
        uncertainty = assess(
            models,
            draws=draws,
            seed=seed,
            level=context.timing.level,
            budget_usd=budget_usd,
            deadline_seconds=deadline_seconds,
        )
    estimates = [_with_band(estimate, uncertainty) for _, estimate in pairs]
    return assemble(
        project,
        estimates,
        context,
        uncertainty=uncertainty,
        break_even=_told(all_crossings(models), models, estimates, project),
        odd=nonsense_in(project, [(model, own) for (model, _), own in zip(pairs, estimates, strict=True)], context),
    )


def _with_band(estimate: Estimate, uncertainty: Uncertainty | None) -> Estimate:
    """Return an estimate with its band and chances, where it was simulated."""
    own = None if uncertainty is None else uncertainty.option(estimate.name)
    if own is None or estimate.total_usd is None:
        return estimate
    return replace(estimate, interval_usd=usd_interval(estimate.total_usd, own.interval_usd), uncertainty=own)


def _told(
    crossings: Sequence[Crossings], models: Sequence[OptionModel], estimates: Sequence[Estimate], project: Project
) -> tuple[Crossings, ...]:
    """Return the crossings with those marked that a reader is told: the cheapest of each kind against each other.

    A machine that would be bought and one that is owned count as two kinds. What cannot be done at any number of runs
    wins nothing. What changes in the project's time comes first; where nothing changes, the first two are told.
    """
    bought = {each.name for each in project.options if each.local is not None and not each.local.owned}
    never = {model.option.name for model in models if model.obstacle}
    first: dict[tuple[str, bool], str] = {}
    for each in sorted(estimates, key=_order):
        if each.total_usd is not None and each.guaranteed and each.name not in never:
            first.setdefault((each.kind, each.name in bought), each.name)
    leading = set(first.values())
    among = [each for each in crossings if each.a in leading and each.b in leading and each.last_run]
    changing = sorted([each for each in among if each.at], key=lambda each: not each.in_time) or among[:1]
    told = {(each.a, each.b) for each in changing[:MOST_TOLD]}
    return tuple(replace(each, worth_saying=True) if (each.a, each.b) in told else each for each in crossings)


def assemble(
    project: Project,
    estimates: Sequence[Estimate],
    context: Context,
    *,
    uncertainty: Uncertainty | None = None,
    break_even: tuple[Crossings, ...] = (),
    odd: tuple[str, ...] = (),
) -> Comparison:
    """Return a comparison of estimates that were made before; `odd` is what makes no sense in the project."""
    options = tuple(sorted(estimates, key=_order))
    days = [
        line.last_seen
        for each in options
        for line in each.lines
        if line.last_seen is not None and line.source != STATED_IN
    ]
    oldest = min(days, default=None)
    deciding = deciding_prices(project, options, on=context.day(project), pinned=context.as_of is not None)
    return Comparison(
        project=project,
        price_book=context.book.name,
        level=context.timing.level,
        verdict=verdict_of(project, options),
        options=options,
        excluded=excluded_from(project),
        warnings=(*context.book.warnings, *odd, *_warnings(options, deciding)),
        oldest_price=oldest,
        today=context.today,
        break_even=break_even,
        uncertainty=uncertainty,
        as_of=context.as_of,
        allow_assumed=context.allow_assumed,
        deciding_prices=deciding,
    )


def _order(estimate: Estimate) -> tuple[bool, bool, Decimal, float, str]:
    """Feasible first, then what can be priced, then the cheapest; fewer hours break ties, then the name."""
    total = estimate.total_usd
    hours = estimate.hours or 0.0
    return not estimate.feasible, total is None, total if total is not None else Decimal(0), hours, estimate.name


_WATCHED = frozenset(["AmazonCloudWatch", "awskms"])
"""Services that a project may state as left on; then they are not said to be left out."""


def _watching(project: Project) -> str:
    """Return what of watching and of keys is in no total; requests for keys are, where the data set asks for them."""
    asks = kms_share(project.dataset.encryption, bucket_key=project.dataset.bucket_key)
    return "logs and metrics (CloudWatch)" if asks else "logs, metrics and keys (CloudWatch, KMS)"


def excluded_from(project: Project) -> tuple[str, ...]:
    """Return what no total includes."""
    left_out = [] if project.tax_rate else ["tax (give tax_rate)"]
    left_out += [
        "people's time, except set-up hours with a wage",
        *([] if project.support_plan else ["AWS support plans"]),
        *([_watching(project)] if not _WATCHED & {row.service for row in project.left_on} else []),
        "labelling and preparing the images",
        "failed runs beyond those counted as runs",
    ]
    left_out += dict.fromkeys(
        facts_of(option).left_out for option in project.options if facts_of(option).left_out and disk_of(option) is None
    )
    return tuple(left_out)


def _warnings(options: Sequence[Estimate], deciding: Sequence[DecidingPrice]) -> tuple[str, ...]:
    """Return what is to be said of prices of another time than asked for, and of those that decide: old or assumed."""
    lines = (line for each in options for line in each.lines)
    said = (carried_warning(lines), *deciding_warnings(deciding))
    return tuple(each for each in said if each)
