"""The options of one project priced without their bills: the totals, times and reasons of `estimate`, and no more.

Whatever the next project has in common with the one before is kept: models while only the numbers of runs or other
options change, times while neither data set, training nor option does. Objects are taken for equal when they are the
same object, so who calls keeps one object for one value.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from cloudcost.analysis.estimate import BASES
from cloudcost.domain.project import Option, Project
from cloudcost.domain.timing import Basis
from cloudcost.errors import CloudCostError
from cloudcost.options.model import Context, OptionModel, build_model
from cloudcost.options.obstacles import together

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

    __slots__ = ("available", "basis", "bill", "model", "times")

    def __init__(self, model: OptionModel) -> None:
        self.model = model
        self.bill = model.bill
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
        return [self._outcome(project, option, runs) for option in options]

    def _outcome(self, project: Project, option: Option, runs: tuple[int, ...]) -> Outcome:
        known = self._priced.get(id(option))
        if known is None:
            if len(self._priced) >= MOST_KEPT:
                self._priced.clear()
            known = self._priced[id(option)] = option, self._price(project, option)
        priced = known[1]
        if isinstance(priced, _Unpriced):
            return priced.outcome(runs)
        try:
            total = priced.bill.total(runs)
        except CloudCostError as error:
            return _Unpriced(error=error, model=priced.model).outcome(runs)
        return _timed_outcome(priced, runs, total)

    def _price(self, project: Project, option: Option) -> _Priced | _Unpriced:
        """Return the option's model with its prices, or why there is none."""
        context = self._context
        if context.times is not None and len(context.times) >= MOST_KEPT:
            context.times.clear()
        model = None
        try:
            model = build_model(project, option, context)
            return _Priced(model)
        except CloudCostError as error:
            return _Unpriced(error=error, model=model)


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
