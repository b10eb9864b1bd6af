"""A bill against a plan: each cause as an option of a project has it, and as it was billed.

What was planned is the option's estimate, its lines put under causes by the same rules as the bill's. A cause of
machines may be as far from the plan as the estimate's band is wide; every other one a tenth of itself. A bill of some
months of a plan is held against these months of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from cloudcost.bills.causes import cause_of_names
from cloudcost.bills.quantities import canonical_unit
from cloudcost.catalog.causes import causes
from cloudcost.frozen import dataclass
from cloudcost.money import exact_sum, round_half_even
from cloudcost.results.explanation import PlanBesideBill, PlannedCause, PlannedLine

if TYPE_CHECKING:
    from cloudcost.domain.lines import LineItem
    from cloudcost.results.estimate import Estimate
    from cloudcost.results.explanation import ExplainedCause, Explanation, PlanVerdict
    from cloudcost.units import BillingMonth

WORK = ("training", "machines")
"""Causes whose hours are runs: what they cost depends on how long a run takes, which the estimate's band is about."""
_SLACK = Fraction(1, 10)
"""Of what is planned, for it to count as planned: days and sizes are round in a plan. [1]"""
_CENT = Decimal("0.01")
"""Differences below it are none. [USD]"""
_PLACES = 6


@dataclass(frozen=True, slots=True)
class _Metered:
    """What one usage type of a cause comes to."""

    quantity: Decimal | None
    unit: str
    usd: Decimal


def beside_plan(explanation: Explanation, estimate: Estimate, *, project: str, price_book: str) -> PlanBesideBill:
    """Return a bill held against an estimate that has a total, made with the prices of a book."""
    months = _months(explanation, estimate.lines)
    lines = _within(estimate.lines, months)
    planned = _by_cause(lines)
    billed = {each.key: each for each in explanation.causes}
    whole = exact_sum([line.amount_usd for line in lines])
    interval = _interval(estimate, whole)
    slack = _band_slack(interval, whole)
    found = [
        _cause(key, planned.get(key, {}), billed.get(key), slack if key in WORK else None)
        for key in dict.fromkeys([*billed, *planned])
    ]
    hours = work_hours(estimate.lines, months)
    spent = _hours([_billed_usages(billed[key]) for key in WORK if key in billed])
    ratio = None if not hours or spent is None else float(spent / hours)
    per_run, runs = estimate.hours_per_run, _runs(estimate, hours)
    return PlanBesideBill(
        project=project,
        option=estimate.name,
        months=months,
        planned_usd=whole,
        interval_usd=interval,
        planned_hours=hours,
        billed_hours=spent,
        planned_hours_per_run=per_run,
        implied_hours_per_run=None if ratio is None or per_run is None else per_run * ratio,
        planned_runs=runs,
        implied_runs=None if ratio is None or runs is None else runs * ratio,
        causes=tuple(sorted(found, key=lambda each: (each.planned_usd - each.billed_usd, each.key))),
        price_book=price_book,
    )


def likeliest(explanation: Explanation, estimates: Sequence[Estimate]) -> Estimate | None:
    """Return the estimate that has most of the bill in its own usage types, or None where none or several do."""
    billed: dict[str, Decimal] = {}
    for cause in explanation.causes:
        for name, metered in _billed_usages(cause).items():
            billed[name] = exact_sum([billed.get(name, Decimal(0)), metered.usd])
    shared = []
    for estimate in estimates:
        lines = _within(estimate.lines, _months(explanation, estimate.lines))
        names = {name: metered.usd for usages in _by_cause(lines).values() for name, metered in usages.items()}
        shared.append(exact_sum([min(usd, billed[name]) for name, usd in names.items() if name in billed]))
    most = max(shared, default=Decimal(0))
    return estimates[shared.index(most)] if most > 0 and shared.count(most) == 1 else None


def work_hours(lines: Sequence[LineItem], months: Sequence[BillingMonth]) -> Decimal | None:
    """Return the machine-hours that train in an estimate's lines, or None where there are none. [machine-hours]

    Parameters
    ----------
    lines : sequence of LineItem
    months : sequence of BillingMonth
        Which alone count; none for all.
    """
    planned = _by_cause(_within(lines, months))
    return _hours([usages for key, usages in planned.items() if key in WORK])


def _months(explanation: Explanation, lines: Sequence[LineItem]) -> tuple[BillingMonth, ...]:
    """Return the months of the plan that the bill covers; nothing where that is all of it, or none."""
    planned = {line.month for line in lines if line.month is not None}
    shared = planned & {each.month for each in explanation.months}
    return () if shared in (planned, set()) else tuple(sorted(shared))


def _within(lines: Sequence[LineItem], months: Sequence[BillingMonth]) -> Sequence[LineItem]:
    return [line for line in lines if line.month is None or line.month in months] if months else lines


def _runs(estimate: Estimate, hours: Decimal | None) -> float | None:
    """Return the planned runs, in some of its months as many as have their share of the machine-hours."""
    all_hours = work_hours(estimate.lines, ())
    runs = sum(each.runs for each in estimate.trainings)
    return float(runs * hours / all_hours) if hours and all_hours and runs else None


def _interval(estimate: Estimate, whole: Decimal) -> tuple[Decimal, Decimal] | None:
    """Return the estimate's band, in some of its months as wide as their share of the total."""
    if estimate.interval_usd is None or not estimate.total_usd or whole == estimate.total_usd:
        return estimate.interval_usd
    share = Fraction(whole) / Fraction(estimate.total_usd)
    low, high = (round_half_even(Fraction(each) * share) for each in estimate.interval_usd)
    return low, high


def _band_slack(interval: tuple[Decimal, Decimal] | None, whole: Decimal) -> tuple[Decimal, Decimal]:
    """Return how far below and above its total the estimate's band reaches."""
    if interval is None:
        return Decimal(0), Decimal(0)
    low, high = interval
    return max(whole - low, Decimal(0)), max(high - whole, Decimal(0))


def _by_cause(lines: Sequence[LineItem]) -> dict[str, dict[str, _Metered]]:
    groups: dict[str, dict[str, list[LineItem]]] = {}
    for line in lines:
        cause = cause_of_names(line.service, line.usage_type, line.operation, "usage", "").cause
        groups.setdefault(cause, {}).setdefault(line.usage_type, []).append(line)
    return {
        cause: {
            name: _Metered(
                round_half_even(sum((line.quantity for line in same), Fraction(0)), _PLACES),
                same[0].unit,
                exact_sum([line.amount_usd for line in same]),
            )
            for name, same in names.items()
        }
        for cause, names in groups.items()
    }


def _billed_usages(cause: ExplainedCause | None) -> dict[str, _Metered]:
    found: dict[str, _Metered] = {}
    for item in () if cause is None else cause.items:
        before = found.get(item.usage_type)
        quantity, usd = item.quantity, item.usd
        if before is not None:
            known = before.quantity is not None and quantity is not None
            quantity = exact_sum([before.quantity, quantity]) if known else None  # type: ignore[list-item]
            usd = exact_sum([before.usd, usd])
        found[item.usage_type] = _Metered(quantity, canonical_unit(item.unit), usd)
    return found


def _cause(
    key: str, planned: Mapping[str, _Metered], billed: ExplainedCause | None, slack: tuple[Decimal, Decimal] | None
) -> PlannedCause:
    planned_usd = exact_sum([each.usd for each in planned.values()])
    billed_usd = Decimal(0) if billed is None else billed.usd
    tenth = round_half_even(abs(Fraction(planned_usd)) * _SLACK)
    below, above = (tenth, tenth) if slack is None else (max(slack[0], tenth), max(slack[1], tenth))
    low, high = planned_usd - below, planned_usd + above
    return PlannedCause(
        key=key,
        name=causes()[key].name if billed is None else billed.name,
        planned_usd=planned_usd,
        billed_usd=billed_usd,
        low_usd=low,
        high_usd=high,
        verdict=_verdict(bool(planned), billed is not None, billed_usd, low, high),
        lines=_lines(planned, _billed_usages(billed)),
    )


def _verdict(is_planned: bool, is_billed: bool, usd: Decimal, low: Decimal, high: Decimal) -> PlanVerdict:
    if low - _CENT <= usd <= high + _CENT:
        return "as planned"
    if not is_planned:
        return "not planned"
    if not is_billed:
        return "not billed"
    return "more" if usd > high else "less"


def _lines(planned: Mapping[str, _Metered], billed: Mapping[str, _Metered]) -> tuple[PlannedLine, ...]:
    found = []
    for name in dict.fromkeys([*planned, *billed]):
        plan, bill = planned.get(name), billed.get(name)
        unit = plan.unit if plan is not None else bill.unit if bill is not None else ""
        found.append(
            PlannedLine(
                usage_type=name,
                unit=unit,
                planned=None if plan is None else plan.quantity,
                billed=None if bill is None else bill.quantity,
                planned_usd=Decimal(0) if plan is None else plan.usd,
                billed_usd=Decimal(0) if bill is None else bill.usd,
            )
        )
    return tuple(sorted(found, key=lambda each: (-max(each.planned_usd, each.billed_usd), each.usage_type)))


def _hours(groups: Sequence[Mapping[str, _Metered]]) -> Decimal | None:
    """Return the machine-hours of some causes, or None where there are none that are known."""
    hours = [
        each.quantity
        for usages in groups
        for each in usages.values()
        if canonical_unit(each.unit) == "Hrs" and each.quantity is not None
    ]
    return exact_sum(hours) if hours else None
