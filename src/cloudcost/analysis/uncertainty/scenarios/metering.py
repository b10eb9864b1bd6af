"""What runs meter, as affine functions of what can differ between scenarios.

A quantity is affine in sums over the runs of each training: how many runs, what they are billed, how often they start,
how many epochs and checkpoints they have, and in the hours of a machine left on. The coefficients are differences of
the exact metering, asked at a second point, so that scenarios follow no rules of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from cloudcost.domain.kinds import facts_of
from cloudcost.domain.project import Count, Option, Project
from cloudcost.domain.usage import RunUsage
from cloudcost.options.model import OptionModel
from cloudcost.pricing.bill.samples import FIXED, Affine, Term
from cloudcost.usage.machines.compute import BilledRun, idle_seconds
from cloudcost.usage.machines.runs import RunPlan, checkpoint_writes
from cloudcost.usage.option import data_usage, machine_usage

FORGOTTEN: Term = ("forgotten", 0)
"""Hours of a machine left on. The other terms are of a training: ``runs``, and over what the exact estimate has,
``billed``, ``starts``, ``epochs`` and ``writes``."""

MANY_SECONDS = 36_000_000
"""Second point of metering: so long that rounding to whole base units does not matter. [s]"""
MANY = 1000
"""The same for sessions, hours and epochs. [count]"""


Metered = dict[RunUsage, Affine]
"""Quantities by what is metered: a usage without amounts."""


def metered(usages: Sequence[RunUsage]) -> Metered:
    """Return the fixed parts and the parts per run, one entry for each thing that is metered. [unit]"""
    found: Metered = {}
    for usage in usages:
        key = replace(usage, fixed=0, per_run=(), span=None, why="")
        terms: dict[Term, float] = {FIXED: float(usage.fixed)}
        for index, each in enumerate(usage.per_run):
            terms[("runs", index) if usage.span is None else ("runs", index, usage.span)] = float(each)
        found.setdefault(key, Affine()).add(terms)
    return found


def slopes(model: OptionModel, *, epochs: bool, starts: bool, forgotten: bool) -> Metered:
    """Return by how much quantities grow with each term but the runs themselves. [unit per unit of the term]

    Parameters
    ----------
    epochs, starts, forgotten : bool
        Whether these differ between scenarios at all; billed seconds always may.
    """
    project, option, plans, runs = model.project, model.option, model.plans, model.runs
    found: Metered = {}

    def book(name: str, after: Metered, before: Metered, steps: Sequence[float]) -> None:
        for key in {**before, **after}:
            change = Affine()
            change.add(after.get(key, Affine()).terms)
            change.add(before.get(key, Affine()).terms, -1.0)
            moved: dict[Term, float] = {}
            for term, coefficient in change.terms.items():
                if term[0] == "runs" and steps[term[1]]:
                    moved[(name, term[1]) if len(term) == 2 else (name, term[1], term[2])] = (
                        coefficient / steps[term[1]]
                    )
            found.setdefault(key, Affine()).add(moved)

    before = _meter(model, project, option, plans, runs)
    longer = [replace(run, billed_seconds=run.billed_seconds + MANY_SECONDS) for run in runs]
    book("billed", _meter(model, project, option, plans, longer), before, [MANY_SECONDS] * len(runs))
    if forgotten:
        found_idle, hours = _left_on(model, plans, runs)
        for key in found_idle:
            idle = found_idle[key].terms.get(FIXED, 0.0) - before.get(key, Affine()).terms.get(FIXED, 0.0)
            if idle and hours:
                found.setdefault(key, Affine()).add({FORGOTTEN: idle / hours})
    if not (epochs or starts):
        return found
    before = _meter(model, project, option, plans, runs, data=True)
    if starts:
        again = [replace(plan, starts=plan.starts + MANY) for plan in plans]
        book("starts", _meter(model, project, option, again, runs, data=True), before, [MANY] * len(runs))
    if epochs:
        both = _with_epochs(project, spaced=False)
        alone = _meter(model, _with_epochs(project, spaced=True), option, plans, runs, data=True)
        more = [float(training.epochs.expected * (MANY - 1)) for training in project.trainings]
        book("epochs", alone, before, more)
        written = [
            float(checkpoint_writes(after) - checkpoint_writes(now))
            for after, now in zip(both.trainings, project.trainings, strict=True)
        ]
        book("writes", _meter(model, both, option, plans, runs, data=True), alone, written)
    return found


def _meter(
    model: OptionModel,
    project: Project,
    option: Option,
    plans: Sequence[RunPlan],
    runs: Sequence[BilledRun],
    *,
    data: bool = False,
) -> Metered:
    usages = machine_usage(project, option, plans, runs, model.machine)
    return metered([*usages, *data_usage(project, option, plans)] if data else usages)


def _with_epochs(project: Project, *, spaced: bool) -> Project:
    """Return the project with many times the epochs; `spaced`: and as many times fewer checkpoints an epoch."""
    trainings = []
    for training in project.trainings:
        checkpoint = training.checkpoint
        if spaced and checkpoint is not None:
            checkpoint = replace(checkpoint, every_epochs=checkpoint.every_epochs * MANY)
        epochs = Count.fixed(training.epochs.expected * MANY)
        trainings.append(replace(training, epochs=epochs, checkpoint=checkpoint))
    return replace(project, trainings=tuple(trainings))


def can_be_left_on(option: Option) -> bool:
    """Return whether something of an option goes on being billed until somebody ends it."""
    facts = facts_of(option)
    return (facts.may_idle and not facts.ends_by_itself) or (
        facts.has_notebook and option.notebook_instance is not None
    )


def _left_on(model: OptionModel, plans: Sequence[RunPlan], runs: Sequence[BilledRun]) -> tuple[Metered, float]:
    """Return the metering with a machine left on for many hours, and how many; nothing where none can be.

    Instances that the user starts can be left on; of SageMaker the notebook, since jobs end by themselves, as Colab's
    sessions do. A machine of one's own is taken to be on anyway.
    """
    project, option = model.project, model.option
    if not can_be_left_on(option):
        return {}, 0.0
    if facts_of(option).has_notebook:
        on = replace(option, notebook_hours=option.notebook_hours + MANY)
        return _meter(model, project, on, plans, runs), float(MANY)
    on = replace(option, idle_hours_per_day=option.idle_hours_per_day + MANY)
    hours = (idle_seconds(project, on) - idle_seconds(project, option)) / 3600
    return _meter(model, project, on, plans, runs), hours
