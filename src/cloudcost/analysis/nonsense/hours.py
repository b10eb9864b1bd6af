"""Rules about hours: more than a project, or a day, has."""

from __future__ import annotations

from collections.abc import Iterator

from cloudcost.analysis.nonsense.rule import OptionRule, Subject
from cloudcost.domain.kinds import facts_of
from cloudcost.figures import figure, time_words


def _notebook(subject: Subject, limit: float) -> Iterator[str]:
    hours, project = subject.option.notebook_hours, subject.project
    if hours * 3600 > limit * project.duration_seconds:
        yield (
            f"the notebook is on for {figure(hours, 6)} h, and the project's {time_words(project.duration_seconds)} "
            f"have {figure(project.duration_seconds / 3600, 6)}; notebook_hours counts the whole project"
        )


def _day(subject: Subject, limit: float) -> Iterator[str]:
    idle, project = subject.option.idle_hours_per_day, subject.project
    if not idle or not facts_of(subject.option).may_idle:
        return
    days = project.duration_seconds / 86400
    busy = (subject.estimate.calendar_hours or 0.0) / days
    if project.hours_per_day < 24 and project.hours_per_day + idle > limit:
        yield (
            f"{figure(project.hours_per_day)} hours_per_day of training and {figure(idle)} idle_hours_per_day make a "
            f"day of {figure(project.hours_per_day + idle)} h"
        )
    elif busy + idle > limit and subject.estimate.feasible:
        yield (
            f"training takes {figure(busy)} h a day and {figure(idle)} h a day are idle, which makes a day of "
            f"{figure(busy + idle)} h; idle hours are paid beside the training"
        )


def _idle_elsewhere(subject: Subject, limit: float) -> Iterator[str]:
    option = subject.option
    if option.idle_hours_per_day > limit and not facts_of(option).may_idle:
        yield (
            f"idle_hours_per_day = {figure(option.idle_hours_per_day)} changes nothing here: idle hours are counted on "
            "machines rented by the hour"
        )


def _startup(subject: Subject, limit: float) -> Iterator[str]:
    minutes = subject.option.startup_minutes
    if minutes > limit:
        yield f"startup_minutes = {figure(minutes, 6)} are {time_words(minutes * 60)} before each run; check the unit"


def _setup(subject: Subject, limit: float) -> Iterator[str]:
    local, project = subject.option.local, subject.project
    if local is not None and local.setup_hours * 3600 > limit * project.duration_seconds:
        yield (
            f"setup_hours = {figure(local.setup_hours, 6)} is longer than the project's "
            f"{time_words(project.duration_seconds)}"
        )


HOUR_RULES: tuple[OptionRule, ...] = (
    OptionRule(
        name="notebook hours beyond the project", limit=1, unit="times the project's hours, above",
        reason="a notebook is on at most all the time", found=_notebook,
    ),
    OptionRule(
        name="training and idle hours beyond a day", limit=24, unit="hours, above",
        reason="a machine is either idle or not", found=_day,
    ),
    OptionRule(
        name="idle hours that nothing counts", limit=1e-9, unit="hours a day, above",
        reason="a machine of one's own costs electricity only under training, and Colab only while connected",
        found=_idle_elsewhere,
    ),
    OptionRule(
        name="start-up time", limit=180, unit="minutes, above",
        reason="machines start within minutes", found=_startup,
    ),
    OptionRule(
        name="set-up beyond the project", limit=1, unit="times the project's hours, above",
        reason="setting a machine up comes before the end of the project", found=_setup,
    ),
)  # fmt: skip
