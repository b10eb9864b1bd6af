"""What a bill measures of a plan: the hours of a run and the size of the data set, as a project file states them.

A plan of the option with other hours of a run is priced again, so that start-up, rounding and several trainings are in
what is found: with it the plan has the machine-hours of the bill. A bill cannot tell longer runs from more of them;
these are the hours of a run if there were as many runs as planned.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from cloudcost.analysis.compare import compare
from cloudcost.analysis.explain.costs import CostedLine, is_timed
from cloudcost.analysis.explain.plan import WORK, work_hours
from cloudcost.analysis.explain.storage import gib_by_day
from cloudcost.bills.causes import cause_of
from cloudcost.bills.quantities import canonical_unit
from cloudcost.figures import counted, figure
from cloudcost.frozen import dataclass
from cloudcost.money import exact_sum

if TYPE_CHECKING:
    from cloudcost.domain.bills import ReadBill
    from cloudcost.domain.project import Option, Project
    from cloudcost.results.explanation import PlanBesideBill
    from cloudcost.units import BillingMonth

_SAME = 1e-3
"""Of a value, below which a measured one is the planned one: the digits that are written. [1]"""
_DIGITS = 4
_STORAGE = "bucket-storage"
_ROUNDS = 4
"""Corrections of the hours of a run: the machine-hours are all but a straight line of them. [count]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredPlan:
    """What a bill measures.

    Parameters
    ----------
    hours_per_run : float or None
        For the option; None where it is as planned or cannot be told. [h]
    size_bytes : int or None
        Of the data set; None where it is as planned or cannot be told. [bytes]
    said : tuple of str
        Of each, what is measured, or why it is not.
    """

    hours_per_run: float | None
    size_bytes: int | None
    said: tuple[str, ...]


def measure(
    bill: ReadBill, plan: PlanBesideBill, project: Project, option: Option, *, today: date, live_bytes: int | None
) -> MeasuredPlan:
    """Return what a bill measures of an option's plan.

    Parameters
    ----------
    bill : ReadBill
    plan : PlanBesideBill
        The bill held against the option.
    project : Project
    option : Option
    today : date
    live_bytes : int or None
        Of the live objects, where it is stated. [bytes]
    """
    hours, of_hours = _hours(plan, project, option, today)
    size, of_size = _size(bill, project, live_bytes)
    return MeasuredPlan(hours_per_run=hours, size_bytes=size, said=(of_hours, of_size))


def _hours(plan: PlanBesideBill, project: Project, option: Option, today: date) -> tuple[float | None, str]:
    """Return the hours of a run with which the plan has the bill's machine-hours, and what is said of it."""
    billed, planned, before = _own_hours(plan), plan.planned_hours, plan.planned_hours_per_run
    if billed is None or planned is None or before is None or billed <= 0 or planned <= 0:
        return None, "hours of a run: not measured, the bill has no hours of the machine that is planned to train"
    if abs(float(billed / planned) - 1) < _SAME:
        return None, f"hours of a run: as planned, {figure(before, _DIGITS)} h"
    found = _solved(float(billed), before, float(billed / planned), project, option, today, plan.months)
    if found is None:
        return None, (
            f"hours of a run: not measured, {figure(billed)} machine-hours billed are not those of planned runs of any "
            "length: the start of each takes longer"
        )
    spread = f", as the mean of {len(project.trainings)} trainings" if len(project.trainings) > 1 else ""
    return found, (
        f"hours of a run: {figure(found, _DIGITS)} h in place of {figure(before, _DIGITS)} h, if there were as many "
        f"runs as planned{spread}"
    )


def _own_hours(plan: PlanBesideBill) -> Decimal | None:
    """Return the billed hours of machines that are planned to train, however they were bought, or None without any."""
    lines = [line for each in plan.causes if each.key in WORK for line in each.lines]
    lines = [line for line in lines if canonical_unit(line.unit) == "Hrs"]
    names = {_machine(line.usage_type) for line in lines if line.planned is not None}
    hours = [line.billed for line in lines if line.billed is not None and _machine(line.usage_type) in names]
    return exact_sum(hours) if hours else None


def _machine(usage_type: str) -> str:
    return usage_type.rpartition(":")[2]


def _solved(
    billed: float,
    before: float,
    ratio: float,
    project: Project,
    option: Option,
    today: date,
    months: Sequence[BillingMonth],
) -> float | None:
    """Return the hours of a run, to the digits that are written, or None where none above 0 will do."""

    def machine_hours(hours: float) -> float:
        stated = replace(option, hours_per_run=hours, seconds_per_step=None)
        [estimate] = compare(replace(project, options=(stated,)), today=today).options
        return float(work_hours(estimate.lines, months) or Decimal(0))

    low, high = before, before * ratio
    at_low, at_high = machine_hours(low), machine_hours(high)
    for _ in range(_ROUNDS):
        if at_low == at_high:
            break
        low, high = high, high + (billed - at_high) * (high - low) / (at_high - at_low)
        if high <= 0:
            return None
        at_low, at_high = at_high, machine_hours(high)
    return float(f"{high:.{_DIGITS}g}")


def _size(bill: ReadBill, project: Project, live_bytes: int | None) -> tuple[int | None, str]:
    """Return the bytes of the data set as billed, and what is said of it."""
    dataset = project.dataset
    if dataset.folder is not None:
        return None, "size of the data set: not measured, the project counts a folder"
    if dataset.location != "s3":
        return None, f"size of the data set: not measured, the project keeps it elsewhere ({dataset.location})"
    if live_bytes is not None:
        return _told_size(live_bytes, dataset.size_bytes, "by --live")
    if dataset.versioning:
        return None, "size of the data set: not measured, a bill does not part old versions, --live does"
    lines = [CostedLine(line=line, cause=cause_of(line), usd=line.billed_usd) for line in bill.lines]
    kept = [each for each in lines if each.cause.cause == _STORAGE and each.line.charge == "usage"]
    if not kept or any(each.line.quantity is None or canonical_unit(each.line.unit) != "GB-Mo" for each in kept):
        return None, "size of the data set: not measured, the bill has no size of what is kept in a bucket"
    if not all(is_timed(each.line) for each in kept):
        return None, "size of the data set: not measured, rows of a month do not tell how long it was kept"
    by_day = gib_by_day(kept)
    mean = sum(by_day.values(), Fraction(0)) / len(by_day)
    how = f"as kept on average over {counted(len(by_day), 'day')}, with checkpoints"
    return _told_size(round(mean * 2**30), dataset.size_bytes, how)


def _told_size(found: int, before: int, how: str) -> tuple[int | None, str]:
    if found <= 0:
        return None, f"size of the data set: not measured, nothing was kept ({how})"
    if abs(found / before - 1 if before else 1) < _SAME:
        return None, f"size of the data set: as planned, {figure(before / 2**30, _DIGITS)} GiB"
    return found, (
        f"size of the data set: {figure(found / 2**30, _DIGITS)} GiB in place of "
        f"{figure(before / 2**30, _DIGITS)} GiB, {how}"
    )
