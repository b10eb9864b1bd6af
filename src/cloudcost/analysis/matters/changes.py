"""Projects with one input changed: what a parameter sets, as functions from a project to another.

What belongs together changes together: more images are more bytes, and measured hours of a run stretch with the steps
that they were measured over.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from cloudcost.domain.objects import scaled_objects
from cloudcost.domain.project import Count, Dataset, LocalMachine, Option, Project, Training
from cloudcost.options.times.trainings import FORWARD_SHARE
from cloudcost.usage.machines.runs import steps_per_epoch


def with_dataset(project: Project, dataset: Dataset) -> Project:
    """Return the project with another data set, nothing else changed."""
    return replace(project, dataset=dataset)


def with_options(project: Project, change: Callable[[Option], Option], names: frozenset[str] | None = None) -> Project:
    """Return the project with its options, or those named, changed."""
    options = tuple(change(option) if names is None or option.name in names else option for option in project.options)
    return replace(project, options=options)


def with_local(project: Project, change: Callable[[LocalMachine], LocalMachine], names: frozenset[str]) -> Project:
    """Return the project with the machines of the named local options changed."""

    def changed(option: Option) -> Option:
        return option if option.local is None else replace(option, local=change(option.local))

    return with_options(project, changed, names)


def with_runs(project: Project, counts: tuple[int, ...]) -> Project:
    """Return the project with certain numbers of runs, one a training. [count]"""
    trainings = tuple(
        replace(training, runs=Count.fixed(count)) for training, count in zip(project.trainings, counts, strict=True)
    )
    return replace(project, trainings=trainings)


def with_epochs(project: Project, factor: float) -> Project:
    """Return the project with every number of epochs multiplied, rounded to at least one.

    Hours that were measured for the planned epochs stretch with them.
    """
    planned = changed = 0
    trainings: list[Training] = []
    for training in project.trainings:
        before = training.epochs.expected
        after = max(round(before * factor), min(before, 1))
        planned, changed = planned + before, changed + after
        hours = training.hours_per_run
        trainings.append(
            replace(
                training,
                epochs=Count.fixed(after),
                hours_per_run=None if hours is None else hours * after / max(before, 1),
            )
        )
    stretched = _stretch_hours(project, changed / max(planned, 1))
    return replace(stretched, trainings=tuple(trainings))


def with_images_times(project: Project, factor: Fraction) -> Project:
    """Return the project with so many times the images, bytes and validation images.

    Examples
    --------
    >>> from datetime import date
    >>> from cloudcost.project.bundled import bundled_project_text
    >>> from cloudcost.project.file import parse_project
    >>> reto = parse_project(bundled_project_text("reto"), name="reto", today=date(2026, 11, 22))
    >>> twice = with_images_times(reto, Fraction(2))
    >>> twice.dataset.images, twice.dataset.size_bytes, twice.trainings[0].hours_per_run
    (120000, 14000000000, 12.0)
    """
    dataset = project.dataset
    images = max(round(dataset.images * factor), min(dataset.images, 1))
    size = max(round(dataset.size_bytes * factor), min(dataset.size_bytes, 1))
    trainings = tuple(_with_images(training, dataset.images, images, factor) for training in project.trainings)
    current = sum(each.count for each in dataset.objects if each.is_current)
    objects = scaled_objects(dataset.objects, max(round(current * factor), min(current, 1)), size)
    changed = replace(dataset, images=images, size_bytes=size, folder=None, objects=objects)
    stretched = _stretch_hours(project, images / max(dataset.images, 1))
    return replace(stretched, dataset=changed, trainings=trainings)


def _with_images(training: Training, before: int, after: int, factor: Fraction) -> Training:
    validation = round(training.validation_images * factor)
    hours = training.hours_per_run
    if hours is not None:
        hours *= _equal_steps(training, after, validation) / _equal_steps(training, before, training.validation_images)
    return replace(training, validation_images=validation, hours_per_run=hours)


def _equal_steps(training: Training, images: int, validation_images: int) -> float:
    """Return the steps of an epoch that measured hours stretch with: a validation batch is a share of a step."""
    batches = steps_per_epoch(validation_images, training.batch)
    return max(steps_per_epoch(images, training.batch) + batches * FORWARD_SHARE, 1.0)


def _stretch_hours(project: Project, factor: float) -> Project:
    def stretched(option: Option) -> Option:
        return option if option.hours_per_run is None else replace(option, hours_per_run=option.hours_per_run * factor)

    return with_options(project, stretched)


def decimal_of(value: float) -> Decimal:
    """Return a number as the decimal that people would write for it.

    Examples
    --------
    >>> decimal_of(0.1)
    Decimal('0.1')
    """
    return Decimal(repr(float(value)))
