"""The options of one project priced without their bills: the totals, times and reasons of `estimate`, and no more.

Whatever the next project has in common with the one before is kept: models while only the numbers of runs or other
options change, times while neither data set, training nor option does. Objects are taken for equal when they are the
same object, so who calls keeps one object for one value.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from cloudcost.analysis.adjust import resale_line
from cloudcost.analysis.estimate import BASES
from cloudcost.analysis.model import Context, OptionModel, build_model
from cloudcost.analysis.obstacles import together
from cloudcost.domain.project import Option, Project
from cloudcost.domain.timing import Basis
from cloudcost.errors import CloudCostError
from cloudcost.money import round_half_even
from cloudcost.pricing.totals import UNIT, Sums, Totals, compile_totals
from cloudcost.usage.credits import credits_end

MOST_KEPT = 4096
"""Models and times that are kept before all are forgotten. [count]"""


class Outcome(NamedTuple):
    """What a row says of one option; money in whole 1e-10 USD, so that nothing is rounded or slow."""

    feasible: bool
    reason: str
    total: int | None = None
    hours: float | None = None
    wait_hours: float | None = None
    hours_per_run: float | None = None
    seconds_per_iteration: float | None = None
    basis: Basis | None = None
    guaranteed: bool = True


class _Priced:
    """An option's model, ready for any run counts (internal)."""

    __slots__ = ("available", "basis", "data", "model", "own", "resale", "times")

    def __init__(self, model: OptionModel, data: Totals | None, own: Totals) -> None:
        self.model = model
        self.data = data
        self.own = own
        self.resale = _resale(model)
        self.times = [
            (
                plan.work_seconds / 3600,
                run.running_seconds / 3600,
                run.wait_seconds / 3600,
                plan.steps,
                plan.training_seconds / plan.steps if plan.steps else timed.step.seconds,
            )
            for timed, plan, run in zip(model.timed, model.plans, model.runs, strict=True)
        ]
        hours_a_day = min(model.project.hours_per_day, model.hours_per_day)
        # Runs that would fit one after another with this to spare fit for sure; the rest is for the calendar to say.
        self.available = model.available_seconds * hours_a_day / 24 * (1 - 1e-9)
        self.basis = max((timed.step.basis for timed in model.timed), key=BASES.index)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Unpriced:
    """An option without a total: why, and its model where there is one, which knows what else stands in its way."""

    error: CloudCostError
    model: OptionModel | None

    def outcome(self, runs: tuple[int, ...]) -> Outcome:
        others = "" if self.model is None else self.model.reason(runs)
        return Outcome(False, together([str(self.error).replace("\n", "; "), others]))


class Kernel:
    """Prices project after project in one context (mutable: it remembers).

    Parameters
    ----------
    context : Context
        Changed so that it remembers times and makes no assumptions' texts.
    """

    def __init__(self, context: Context) -> None:
        context.explain = False
        context.times = {}
        self._context = context
        self._project: Project | None = None
        self._priced: dict[int, tuple[Option, _Priced | _Unpriced]] = {}
        self._data: dict[tuple[int, int], Totals] = {}

    def outcomes(self, project: Project, options: Sequence[Option], runs: tuple[int, ...]) -> list[Outcome]:
        """Return what each option of a project comes to.

        Parameters
        ----------
        project : Project
            Its own options and numbers of runs do not count.
        options : sequence of Option
        runs : tuple of int
            Of each training. [count]
        """
        if project is not self._project:
            self._project = project
            self._priced.clear()
            self._data.clear()
        sums: dict[int, Sums] = {}
        return [self._outcome(project, option, runs, sums) for option in options]

    def _outcome(self, project: Project, option: Option, runs: tuple[int, ...], sums: dict[int, Sums]) -> Outcome:
        known = self._priced.get(id(option))
        if known is None:
            if len(self._priced) >= MOST_KEPT:
                self._priced.clear()
            known = self._priced[id(option)] = option, self._price(project, option)
        priced = known[1]
        if isinstance(priced, _Unpriced):
            return priced.outcome(runs)
        try:
            own = priced.own.at(runs)
            aws, charged, local = own.aws, own.charged, own.own
            if priced.data is not None:
                data = sums.get(id(priced.data))
                if data is None:
                    data = sums[id(priced.data)] = priced.data.at(runs)
                aws, charged, local = aws + data.aws, charged + data.charged, local + data.own
        except CloudCostError as error:
            return _Unpriced(error=error, model=priced.model).outcome(runs)
        total = charged + local + priced.resale
        if project.credits_usd or project.tax_rate:
            total += closing_amount(project.credits_usd, project.tax_rate, aws, charged)
        return _timed_outcome(priced, runs, total)

    def _price(self, project: Project, option: Option) -> _Priced | _Unpriced:
        """Return the option's model with its prices, or why there is none."""
        context = self._context
        if context.times is not None and len(context.times) >= MOST_KEPT:
            context.times.clear()
        model = None
        try:
            model = build_model(project, option, context)
            end = credits_end(project)
            key = (id(model.data_usages), id(model.market))
            data = self._data.get(key)
            if data is None:
                data = self._data[key] = compile_totals(
                    model.data_usages, model.market, on=model.today, credits_end=end
                )
            own = compile_totals(model.usages[len(model.data_usages) :], model.market, on=model.today, credits_end=end)
            if not data.keys.isdisjoint(own.keys):
                every = compile_totals(model.usages, model.market, on=model.today, credits_end=end)
                return _Priced(model, None, every)
            return _Priced(model, data, own)
        except CloudCostError as error:
            return _Unpriced(error=error, model=model)


def closing_amount(credits_usd: Decimal, tax_rate: Decimal, aws: int, charged: int) -> int:
    """Return what `cloudcost.analysis.adjust.closing_lines` adds to a bill. [10**-10 USD]

    Parameters
    ----------
    credits_usd, tax_rate : Decimal
        Of the project. [USD], [1]
    aws, charged : int
        Sums of AWS's lines that credits pay, and of all providers'. [10**-10 USD]

    Examples
    --------
    20 USD of credits on a bill of 100 USD, and 16 % of tax on the other 80:

    >>> closing_amount(Decimal(20), Decimal("0.16"), 100 * UNIT, 100 * UNIT) / UNIT
    -7.2
    """
    used = min(Fraction(credits_usd), Fraction(aws, UNIT))
    used = max(used, Fraction(0))
    closing = _units(-used) if used else 0
    if tax_rate > 0:
        closing += _units((Fraction(charged, UNIT) - used) * Fraction(tax_rate))
    return closing


def _units(usd: Fraction) -> int:
    return int(round_half_even(usd).scaleb(10))


def _resale(model: OptionModel) -> int:
    """Return what a sale of the machines at the end brings, negative. [10**-10 USD]"""
    local = model.option.local
    if local is None or not local.is_bought or not local.purchase_usd or not local.resale:
        return 0
    line = resale_line(machines=model.machines, purchase_usd=local.purchase_usd, resale=local.resale, today=model.today)
    return int(line.amount_usd.scaleb(10))


def _timed_outcome(priced: _Priced, runs: tuple[int, ...], total: int) -> Outcome:
    model = priced.model
    work = wall = wait = weighted = 0.0
    all_runs = all_steps = 0
    for (hours, wall_hours, wait_hours, steps, seconds), count in zip(priced.times, runs, strict=True):
        work += hours * count
        wall += wall_hours * count
        wait += wait_hours * count
        weighted += steps * count * seconds
        all_runs += count
        all_steps += steps * count
    reason = model.obstacle
    if (wall + wait) * 3600 > priced.available:
        reason = model.reason(runs)
    step = weighted / all_steps if all_steps else sum([each[4] for each in priced.times]) / len(priced.times)
    return Outcome(
        not reason,
        reason,
        total,
        wall,
        wait,
        work / all_runs if all_runs else None,
        step,
        priced.basis,
        model.machine.guaranteed,
    )
