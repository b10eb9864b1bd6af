"""Rules about times that the user states: far from what the timing model says, either way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from cloudcost.analysis.nonsense.rule import OptionRule, ProjectRule, Subject, Whole
from cloudcost.catalog.devices import device
from cloudcost.domain.project import Option, Project, Training
from cloudcost.errors import CatalogError, InputError, TimingError
from cloudcost.figures import figure, time_words
from cloudcost.frozen import dataclass
from cloudcost.options.times.context import TimingContext
from cloudcost.options.times.trainings import time_training
from cloudcost.usage.machines.machine import Machine

FASTEST = "H200"
"""Stands for any device where a machine's own is not known: of those timed, none trains most CNNs faster."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Modelled:
    """What the timing model says without anything that the user states: seconds of a run and of a step. [s]"""

    run: float
    step: float


def modelled(
    project: Project, option: Option, training: Training, machine: Machine, timing: TimingContext
) -> Modelled | None:
    """Return the timing model's own times of a training; None where it has none, or where code would have to run."""
    if timing.would_run_code(training):
        return None
    bare = replace(training, hours_per_run=None, hours_per_run_on=None, profile=None)
    free = replace(option, hours_per_run=None, seconds_per_step=None, time_factor=1.0)
    try:
        timed = time_training(project, free, bare, machine, timing)
    except (CatalogError, TimingError, InputError):
        return None
    return Modelled(run=timed.plan.work_seconds, step=max(timed.step.seconds, timed.loader_seconds))


def _stated(subject: Subject, limit: float) -> Iterator[str]:
    option, model = subject.option, subject.model
    if model is None or (option.hours_per_run is None and option.seconds_per_step is None):
        return
    machine, where = model.machine, f"on {_name(model.machine)}"
    if machine.device is None:
        machine = replace(machine, device=FASTEST)
        where = f"on {_name(machine)}, the fastest known"
    for training in subject.project.trainings:
        known = modelled(subject.project, option, training, machine, subject.context.timing)
        if known is None:
            continue
        if option.hours_per_run is not None:
            stated, expected = option.hours_per_run * 3600, known.run
            said = f"{training.name}: hours_per_run = {figure(option.hours_per_run)}"
        else:
            stated, expected = option.seconds_per_step or 0.0, known.step
            said = f"{training.name}: seconds_per_step = {figure(stated)}"
        if stated * limit < expected or model.machine.device is not None:
            yield from _far(said, stated, expected, where, limit)


def _anchor(whole: Whole, limit: float) -> Iterator[str]:
    for training in whole.project.trainings:
        if training.hours_per_run is None or training.hours_per_run_on is None:
            continue
        try:
            machine = Machine(device=device(training.hours_per_run_on).name)
        except CatalogError:
            continue
        own = Option(name="anchor", kind="local")
        known = modelled(whole.project, own, training, machine, whole.context.timing)
        if known is not None:
            said = f"{training.name}: hours_per_run = {figure(training.hours_per_run)}"
            yield from _far(said, training.hours_per_run * 3600, known.run, f"on {machine.device}", limit)


def _name(machine: Machine) -> str:
    return f"{machine.device}" if machine.gpus == 1 else f"{machine.gpus} x {machine.device}"


def _far(said: str, stated: float, expected: float, where: str, limit: float) -> Iterator[str]:
    if not stated or not expected:
        return
    ratio = expected / stated
    if not 1 / limit <= ratio <= limit:
        far = f"{figure(ratio)} times faster" if ratio > 1 else f"{figure(1 / ratio)} times slower"
        yield f"{said} is {far} than the timing model's {time_words(expected)} {where}; check the unit"


ANCHOR_RULES: tuple[ProjectRule, ...] = (
    ProjectRule(
        name="measured hours far from the model's", limit=20, unit="times the model's, either way, beyond",
        reason="the model's error is a factor of two or three at worst", found=_anchor,
    ),
)  # fmt: skip

TIME_RULES: tuple[OptionRule, ...] = (
    OptionRule(
        name="stated times far from the model's", limit=20, unit="times the model's, either way, beyond",
        reason="the model's error is a factor of two or three at worst", found=_stated,
    ),
)  # fmt: skip
