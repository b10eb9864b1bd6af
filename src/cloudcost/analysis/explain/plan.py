"""A bill against a plan: each cause as an option of a project has it, and as it was billed.

What was planned is the option's estimate, its lines put under causes by the same rules as the bill's. A cause of
machines may be as far from the plan as the estimate's band is wide; every other one a tenth of itself.
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


def beside_plan(explanation: Explanation, estimate: Estimate, *, project: str) -> PlanBesideBill:
    """Return a bill held against an estimate that has a total."""
    planned = _by_cause(estimate.lines)
    billed = {each.key: each for each in explanation.causes}
    whole = exact_sum([line.amount_usd for line in estimate.lines])
    slack = _band_slack(estimate, whole)
    found = [
        _cause(key, planned.get(key, {}), billed.get(key), slack if key in WORK else None)
        for key in dict.fromkeys([*billed, *planned])
    ]
    hours = _hours([usages for key, usages in planned.items() if key in WORK])
    spent = _hours([_billed_usages(billed[key]) for key in WORK if key in billed])
    ratio = None if not hours or spent is None else float(spent / hours)
    per_run = estimate.hours_per_run
    return PlanBesideBill(
        project=project,
        option=estimate.name,
        planned_usd=whole,
        interval_usd=estimate.interval_usd,
        planned_hours=hours,
        billed_hours=spent,
        planned_hours_per_run=per_run,
        implied_hours_per_run=None if ratio is None or per_run is None else per_run * ratio,
        causes=tuple(sorted(found, key=lambda each: (each.planned_usd - each.billed_usd, each.key))),
    )


def _band_slack(estimate: Estimate, whole: Decimal) -> tuple[Decimal, Decimal]:
    """Return how far below and above its total the estimate's band reaches."""
    if estimate.interval_usd is None:
        return Decimal(0), Decimal(0)
    low, high = estimate.interval_usd
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
