"""One option's estimate: its model priced at the expected runs."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, assert_never

from cloudcost.catalog.books.derived.assumed_rules import AssumptionRule, assumption_rule
from cloudcost.catalog.providers import other_clouds
from cloudcost.domain.lines import LineItem
from cloudcost.domain.prices import STATED_IN, PriceKey
from cloudcost.domain.project import Option, Project
from cloudcost.domain.timing import Basis
from cloudcost.errors import PriceNotFoundError, TimingError
from cloudcost.figures import figure
from cloudcost.money import exact_sum, format_usd
from cloudcost.options.kinds.local import share_of_life_per_hour
from cloudcost.options.model import Context, OptionModel, build_model
from cloudcost.options.obstacles import together
from cloudcost.options.quotas import quota_of
from cloudcost.options.times.trainings import in_band
from cloudcost.pricing.lookup import services_of
from cloudcost.results.estimate import Estimate, Lack, TrainingTime
from cloudcost.units import BillingMonth
from cloudcost.usage.left_on import LEFT_ON_WHY

if TYPE_CHECKING:
    from cloudcost.pricing.committed import CommittedCost

BASES: tuple[Basis, ...] = ("measured", "anchored", "fitted", "transferred")
"""From the surest to the least sure."""
_CLOSING = ("Credits", "Tax")
"""Services of the lines that are laid on all others."""


def estimate_option(project: Project, option: Option, context: Context) -> Estimate:
    """Return the estimate of one option; what cannot be priced or timed is not feasible and says why.

    Raises
    ------
    InputError
        When the project names a CNN that cannot be read or built.
    CatalogError
        When the option names something that is not known.
    """
    return model_and_estimate(project, option, context)[1]


def model_and_estimate(project: Project, option: Option, context: Context) -> tuple[OptionModel | None, Estimate]:
    """Return an option's model and its estimate; no model where it cannot be priced or timed.

    Raises
    ------
    InputError
        When the project names a CNN that cannot be read or built.
    CatalogError
        When the option names something that is not known.
    """
    try:
        model = build_model(project, option, context)
    except (PriceNotFoundError, TimingError) as error:
        return None, _without_total(option, error)
    try:
        return model, estimate_model(model)
    except PriceNotFoundError as error:
        others = model.reason([training.runs.expected for training in project.trainings])
        return None, _without_total(option, error, others)


def _without_total(option: Option, error: PriceNotFoundError | TimingError, others: str = "") -> Estimate:
    """Return what is known of an option that has no price or no time: why, and what else stands in its way."""
    lacks: Lack = "time" if isinstance(error, TimingError) else "price"
    reason = together([str(error).replace("\n", "; "), others])
    return Estimate(name=option.name, kind=option.kind, feasible=False, reason=reason, lacks=lacks)


def estimate_model(model: OptionModel, runs: Sequence[int] | None = None) -> Estimate:
    """Return a model's estimate at so many runs of each training; by default the expected ones.

    Raises
    ------
    PriceNotFoundError
        When prices are missing.
    """
    project, option = model.project, model.option
    counts = tuple(training.runs.expected for training in project.trainings) if runs is None else tuple(runs)
    lines = model.lines(counts)
    committed = _committed(lines, project.duration_seconds)
    left_on_usd, without_left_on_usd = _left_on(model, counts, lines)
    trainings = _trainings(model, counts)
    reason = model.reason(counts)
    work_hours = sum(each.hours_per_run * each.runs for each in trainings)
    wall_hours = sum(each.wall_hours_per_run * each.runs for each in trainings)
    wait_hours = sum(each.wait_hours_per_run * each.runs for each in trainings)
    all_runs, all_steps = sum(counts), sum(each.steps * each.runs for each in trainings)
    mean_step = _per_step(trainings, [each.seconds_per_step for each in trainings], all_steps)
    band = tuple(_per_step(trainings, [each.interval_seconds[end] for each in trainings], all_steps) for end in (0, 1))
    return Estimate(
        name=option.name,
        kind=option.kind,
        feasible=not reason,
        guaranteed=model.machine.guaranteed,
        reason=reason,
        total_usd=exact_sum([line.amount_usd for line in lines]),
        hours=wall_hours,
        wait_hours=wait_hours,
        interruptions=_interruptions(model),
        hours_per_run=work_hours / all_runs if all_runs else None,
        seconds_per_iteration=mean_step,
        interval_seconds=None if band[0] is None or band[1] is None else (band[0], band[1]),
        basis=max((each.basis for each in trainings), key=BASES.index),
        lines=lines,
        left_on_usd=left_on_usd,
        without_left_on_usd=without_left_on_usd,
        assumptions=(*model.assumptions, *_assumed_prices(lines), *_mean_spot_prices(lines)),
        beside=(*_beside(model, counts), *_committed_words(committed, project.duration_seconds)),
        commitments=committed,
        trainings=trainings,
        gpus=model.machine.gpus,
        quota=quota_of(project, option, model.machine.instance),
        calendar_hours=model.calendar_hours(counts),
    )


def _left_on(
    model: OptionModel, counts: Sequence[int], lines: Sequence[LineItem]
) -> tuple[tuple[Decimal, ...], Decimal | None]:
    """Return what of each line is for what is left on, and the total without any of it; nothing where nothing is."""
    own = tuple(usage for usage in model.usages if not usage.why.startswith(LEFT_ON_WHY))
    if len(own) == len(model.usages):
        return (), None
    without = {_key(line): line.amount_usd for line in model.bill.of(own).lines(counts)}
    of_lines = [
        Decimal(0) if line.service in _CLOSING else line.amount_usd - without.get(_key(line), Decimal(0))
        for line in lines
    ]
    return tuple(of_lines), exact_sum(list(without.values()))


def _key(line: LineItem) -> tuple[PriceKey, BillingMonth | None]:
    return line.key, line.month


def _interruptions(model: OptionModel) -> str:
    capacity = model.capacity
    if capacity is None:
        return ""
    if capacity.basis != "banded":
        return f"interruptions and waits: {capacity.interruptions}"
    return f"interruptions: {capacity.interruptions}; waits: {capacity.waits}"


def _trainings(model: OptionModel, counts: Sequence[int]) -> tuple[TrainingTime, ...]:
    rows = zip(model.project.trainings, model.timed, model.plans, model.runs, counts, strict=True)
    return tuple(
        TrainingTime(
            name=training.name,
            network=training.network,
            runs=count,
            steps=plan.steps,
            seconds_per_step=plan.training_seconds / plan.steps if plan.steps else timed.step.seconds,
            interval_seconds=in_band(timed, *timed.step.interval_seconds),
            hours_per_run=plan.work_seconds / 3600,
            wall_hours_per_run=run.running_seconds / 3600,
            wait_hours_per_run=run.wait_seconds / 3600,
            basis=timed.step.basis,
            notes=timed.notes,
        )
        for training, timed, plan, run, count in rows
    )


def _per_step(trainings: Sequence[TrainingTime], seconds: Sequence[float], all_steps: int) -> float | None:
    """Return the mean over all steps of all runs; of one run each where there are no runs. [s]"""
    if all_steps:
        return sum(each.steps * each.runs * value for each, value in zip(trainings, seconds, strict=True)) / all_steps
    return sum(seconds) / len(seconds) if seconds else None


def _assumed_prices(lines: Sequence[LineItem]) -> list[str]:
    assumed = [line for line in lines if line.grade == "assumed"]
    here = [line for line in assumed if line.carried_from is None]
    by_rule: dict[AssumptionRule | None, list[LineItem]] = {}
    for line in here:
        rules = (
            assumption_rule(each, line.usage_type, line.purchase) for each in services_of(line.service, line.usage_type)
        )
        by_rule.setdefault(next(filter(None, rules), None), []).append(line)
    unsourced = by_rule.pop(None, [])
    carried = [line for line in assumed if line.carried_from is not None]
    said = [f"{_share(same)}: {rule.told(same[0].region)}" for rule, same in by_rule.items() if rule is not None]
    if unsourced:
        said.append(f"{_share(unsourced)}: no dated source of them was found; the price book says what was taken")
    if carried:
        said.append(f"{_share(carried)}: not known for the time asked, the first one known carried back")
    return said


def _share(lines: Sequence[LineItem]) -> str:
    amount = exact_sum([line.amount_usd for line in lines])
    names = ", ".join(dict.fromkeys(line.usage_type for line in lines))
    return f"{format_usd(amount)} USD of the total rests on assumed prices ({names})"


def _mean_spot_prices(lines: Sequence[LineItem]) -> list[str]:
    """Return what a spot price is that is a mean saving and no quote."""
    found = {
        (line.usage_type.partition(":")[2], line.as_of)
        for line in lines
        if line.purchase == "spot" and line.grade == "derived" and line.service == "AmazonEC2"
    }
    return [
        f"the spot price of {name} is its on-demand price less the mean saving that AWS gave for the 30 days before "
        f"{as_of}, over all zones; zones and days differ"
        for name, as_of in sorted(found)
    ] + _spot_elsewhere(lines)


def _spot_elsewhere(lines: Sequence[LineItem]) -> list[str]:
    """Return what a spot price of another cloud is, of which no rate of interruptions is known."""
    found = {
        (line.usage_type, line.as_of)
        for line in lines
        if line.purchase == "spot" and line.service in other_clouds() and line.source != STATED_IN
    }
    return [
        f"the spot price of {name} was seen on {as_of} and may be another any hour; how often its provider takes "
        "machines back is not known, and nothing guarantees that there are any: AWS's experience with such a GPU is "
        "taken"
        for name, as_of in sorted(found)
    ]


def _beside(model: OptionModel, counts: Sequence[int]) -> tuple[str, ...]:
    """Return what is shown beside the total: how many machines there have to be, and what is known of the purchase."""
    local = model.option.local
    if local is not None and local.owned and model.machines > 1:
        said = f"{model.machines} machines of your own are counted on; if there is one, machines = 1 in its [[option]]"
        return (said, *_view(model, counts))
    return _view(model, counts)


def _committed(lines: Sequence[LineItem], window_seconds: int) -> tuple[CommittedCost, ...]:
    """Return what is committed to."""
    if all(line.purchase in ("", "on-demand", "spot") for line in lines):
        return ()
    from cloudcost.pricing.committed import committed_costs

    return tuple(committed_costs(lines, window_seconds))


def _committed_words(committed: Sequence[CommittedCost], window_seconds: int) -> list[str]:
    if not committed:
        return []
    from cloudcost.pricing.committed import commitment_words

    return [said for each in committed for said in commitment_words(each, window_seconds)]


def _view(model: OptionModel, counts: Sequence[int]) -> tuple[str, ...]:
    """Return what is known of the purchase: that it was made before, or the other view of a new one."""
    local = model.option.local
    if local is None or local.purchase_usd is None:
        return ()
    if local.owned:
        return (f"the machine itself is paid already ({format_usd(local.purchase_usd)} USD) and not in the total",)
    hours = float(sum(run.billed_seconds * count for run, count in zip(model.runs, counts, strict=True))) / 3600
    per_hour = share_of_life_per_hour(local)
    match local.charge:
        case "cash":
            several = (f"{model.machines} machines are bought at {format_usd(local.purchase_usd)} USD each",)
            share = Decimal(f"{hours:.4f}") * per_hour
            return (
                *(several if model.machines > 1 else ()),
                f"share-of-life view: {figure(hours, 3)} h at {format_usd(per_hour)} USD an hour of useful life = "
                f"{format_usd(share)} USD instead of purchase less resale",
            )
        case "share":
            back = local.purchase_usd * Decimal(str(local.resale))
            return (
                f"cash view: {format_usd(local.purchase_usd)} USD to buy, {format_usd(back)} USD back after "
                f"{figure(local.lifetime_years, 6)} years",
            )
        case _:
            assert_never(local.charge)
