"""Rules about hours: more than a project, or a day, has."""

from __future__ import annotations

from collections.abc import Iterator

from cloudcost.analysis.nonsense.rule import OptionRule, Subject
from cloudcost.figures import figure, time_words


def _notebook(subject: Subject, limit: float) -> Iterator[str]:
    hours, project = subject.option.notebook_hours, subject.project
    if hours * 3600 > limit * project.duration_seconds:
        yield (
            f"the notebook is on for {figure(hours, 6)} h, and the project's {time_words(project.duration_seconds)} "
            f"have {figure(project.duration_seconds / 3600, 6)}; notebook_hours counts the whole project"
        )


HOUR_RULES: tuple[OptionRule, ...] = (
    OptionRule(
        name="notebook hours beyond the project", limit=1, unit="times the project's hours, above",
        reason="a notebook is on at most all the time", found=_notebook,
    ),
)  # fmt: skip
