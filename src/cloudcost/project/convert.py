"""From the tables of a project file to the domain's `Project`: defaults filled in, sizes and durations as numbers."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import ceil, isqrt, prod
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from cloudcost.catalog.books.usage_types import strip_region_prefix
from cloudcost.domain.kinds import KINDS
from cloudcost.domain.left_on import LeftOn
from cloudcost.domain.lifecycle import LifecycleRule
from cloudcost.domain.objects import ObjectClass
from cloudcost.domain.project import Checkpoint, Count, Dataset, LocalMachine, Option, Project, Training
from cloudcost.errors import ProjectFileError
from cloudcost.project.keys.facts import machine_keys
from cloudcost.project.labels import made_name, unique_names
from cloudcost.units import parse_duration, parse_size
from cloudcost.usage.chosen import with_bucket_placed
from cloudcost.usage.left_on import left_on_window

if TYPE_CHECKING:
    from cloudcost.domain.currency import ShownCurrency
    from cloudcost.project.keys.counts import CountTable
    from cloudcost.project.keys.currency import CurrencyTable
    from cloudcost.project.keys.option_table import OptionTable
    from cloudcost.project.keys.tables import (
        CheckpointTable,
        DatasetTable,
        LeftOnTable,
        LifecycleTable,
        ObjectsTable,
        ProjectFile,
        TrainingTable,
    )


def project_of(file: ProjectFile, *, name: str, today: date, path: str = "") -> Project:
    """Return the project that a faultless file states.

    Parameters
    ----------
    file : ProjectFile
        Without faults, of the rules as well.
    name : str
        The project's name where the file gives none.
    today : date
        The first day where the file gives none.
    path : str
        The file as the user named it.

    Raises
    ------
    ProjectFileError
        When something is left on for no time, or its usage type is of another region than it stands in.
    """
    frame = file.project
    project = Project(
        name=frame.name or name,
        region=frame.region,
        duration_seconds=parse_duration(frame.duration),
        start=frame.start or today,
        keep_months=frame.keep_months,
        price_book=frame.price_book,
        credits_usd=frame.credits_usd or Decimal(0),
        account_opened=frame.account_opened,
        tax_rate=frame.tax_rate,
        support_plan=frame.support_plan,
        machines=frame.machines,
        hours_per_day=frame.hours_per_day,
        quotas=None if frame.quotas is None else tuple(frame.quotas.items()),
        discounts=None if frame.discounts is None else tuple(frame.discounts.items()),
        show_currency=_shown(frame.show_currency),
        dataset=dataset_of(file.dataset),
        trainings=_trainings(file.training),
        options=_options(file.option),
        left_on=tuple([left_on_of(table, region=frame.region) for table in file.left_on]),
        path=path,
    )
    file_name = Path(path).name or name
    faults = _empty_times(project, file_name)
    if project.account_opened is not None and project.account_opened > project.start:
        faults.append(
            f"{file_name}:project.account_opened: after the project's start on {project.start}, "
            f"{project.account_opened}, write the day on which the account was opened"
        )
    if faults:
        raise ProjectFileError(*faults)
    project = with_bucket_placed(project)
    return project if frame.credits_usd is not None else _with_sign_up_credit(project)


def _with_sign_up_credit(project: Project) -> Project:
    """Return the project with the credits that its account got when it was opened, where they last to its start."""
    if project.account_opened is None:
        return project
    from cloudcost.catalog.aws.free_tier import sign_up_credit

    credit = sign_up_credit(project.account_opened)
    if credit is None or credit.expires <= project.start:
        return project
    return replace(project, credits_usd=credit.usd, credits_expire=credit.expires)


def _empty_times(project: Project, file: str) -> list[str]:
    """Return the faults of what is left on for no time, once the project's own first and last moment are put in."""
    faults = []
    for index, row in enumerate(project.left_on):
        window = left_on_window(project, row)
        if window.end <= window.start:
            key, side = ("until", "before it begins") if row.until is not None else ("from", "after the project ends")
            faults.append(
                f"{file}:left_on[{index}].{key}: {side}, from {window.start:%Y-%m-%d %H:%M} until "
                f"{window.end:%Y-%m-%d %H:%M}, give both from and until"
            )
    return faults


def count_of(value: int | list[int] | CountTable) -> Count:
    """Return a count as the file states it.

    Examples
    --------
    >>> from cloudcost.project.keys.counts import CountTable
    >>> count_of([9, 12, 16]).expected, count_of(CountTable(low=6, mode=12, high=20)).expected
    (13, 12)
    """
    if isinstance(value, int):
        return Count.fixed(value)
    if isinstance(value, list):
        mean = Fraction(sum(value), len(value))
        return Count(
            kind="list", expected=ceil(mean), low=min(value), high=max(value), mean=float(mean), values=tuple(value)
        )
    if value.mean is not None:
        expected = ceil(value.mean)
        kind: Literal["geometric", "negative-binomial"] = (
            "geometric" if value.dispersion is None else "negative-binomial"
        )
        return Count(
            kind=kind,
            expected=expected,
            low=expected,
            high=expected,
            mean=value.mean,
            dispersion=value.dispersion or 0.0,
        )
    low, mode, high = value.low or 1, value.mode or 1, value.high or 1
    return Count(kind="range", expected=mode, low=low, high=high, mean=(low + mode + high) / 3)


def size_of(value: str | int) -> int:
    """Return the bytes of a size as the file states it. [bytes]"""
    return parse_size(value) if isinstance(value, str) else value


def dataset_of(table: DatasetTable) -> Dataset:
    """Return the data set of its table; classes of objects that are listed are summed up."""
    objects = tuple([_objects(each) for each in table.objects])
    current = [each for each in objects if each.is_current]
    size = sum(each.size_bytes for each in current) if objects else 0
    return Dataset(
        images=table.images or sum(each.count for each in current),
        size_bytes=size if table.size is None else size_of(table.size),
        storage_class=table.storage_class,
        versioning=table.versioning,
        uploads=table.uploads,
        reader=table.reader,
        shard_size_bytes=size_of(table.shard_size),
        part_bytes=None if table.part_size is None else size_of(table.part_size),
        workers=table.workers,
        cache=table.cache,
        encryption=table.encryption,
        bucket_key=table.bucket_key,
        location=table.location,
        region=table.region,
        downloads=table.downloads,
        lifecycle=tuple(_rule(rule) for rule in table.lifecycle),
        archive_access_days=table.archive_access_days,
        deep_archive_access_days=table.deep_archive_access_days,
        restore=table.restore,
        incomplete_bytes=0 if table.incomplete_uploads is None else size_of(table.incomplete_uploads),
        folder=table.folder,
        objects=objects,
    )


def _objects(table: ObjectsTable) -> ObjectClass:
    return ObjectClass(
        count=table.count,
        size_bytes=size_of(table.size),
        storage_class=table.storage_class,
        age_days=table.age_days,
        noncurrent_days=table.noncurrent_days,
        newer_versions=table.newer_versions or 0,
    )


def _rule(table: LifecycleTable) -> LifecycleRule:
    return LifecycleRule(
        storage_class=table.to,
        after_days=table.after_days,
        noncurrent_after_days=table.noncurrent_after_days,
        expire_after_days=table.expire_after_days,
        noncurrent_expire_after_days=table.noncurrent_expire_after_days,
        keep_newest=table.keep_newest or 0,
        abort_incomplete_after_days=table.abort_incomplete_after_days,
        min_object_bytes=None if table.min_object_size is None else size_of(table.min_object_size),
    )


def left_on_of(table: LeftOnTable, *, region: str) -> LeftOn:
    """Return something left on of its table; the usage type without the region's prefix."""
    values = dict(vars(table))
    try:
        usage_type = strip_region_prefix(values["region"] or region, values["usage_type"])
    except ValueError as error:  # told before, but where a sweep moves the project
        raise ProjectFileError(f"left_on: {error}") from None
    return LeftOn(
        service=values["service"],
        usage_type=usage_type,
        operation=values["operation"] or "",
        region=values["region"],
        quantity=values["quantity"],
        since=values["from"],
        until=values["until"],
        option=values["option"],
    )


def _trainings(tables: list[TrainingTable]) -> tuple[Training, ...]:
    names = unique_names([table.name for table in tables], [table.network for table in tables])
    return tuple(training_of(table, name) for table, name in zip(tables, names, strict=True))


def training_of(table: TrainingTable, name: str) -> Training:
    """Return a training of its table, under a name that is unique."""
    return Training(
        name=name,
        network=table.network,
        image_px=table.image_px if table.input is None else _side(table.input[0]),
        inputs=tuple(map(tuple, table.input or ())),
        kwargs=_as_json(table.kwargs) if table.kwargs else None,
        batch=table.batch,
        epochs=count_of(1 if table.epochs is None else table.epochs),
        runs=count_of(table.runs),
        precision=table.precision,
        optimizer=table.optimizer,
        classes=table.classes,
        channels_last=table.channels_last,
        stack=table.stack,
        cudnn_benchmark=table.cudnn_benchmark,
        validation_images=table.validation_images,
        checkpoint=_written(table.checkpoint),
        logs=_written(table.logs),
        freeze=table.freeze,
        profile=table.profile,
        hours_per_run=table.hours_per_run,
        hours_per_run_on=table.hours_per_run_on,
    )


def _shown(table: CurrencyTable | None) -> ShownCurrency | None:
    if table is None:
        return None
    from cloudcost.catalog.currencies import currency_digits
    from cloudcost.domain.currency import ShownCurrency

    return ShownCurrency(code=table.code, rate=table.rate, date=table.date, digits=currency_digits()[table.code])


def _written(table: CheckpointTable | None) -> Checkpoint | None:
    return None if table is None else Checkpoint(size_bytes=size_of(table.size), every_epochs=table.every_epochs)


def _side(shape: list[int]) -> int:
    """Return the side of the square images that have as many pixels. [pixels]"""
    return max(1, isqrt(prod(shape[1:])))


def _options(tables: list[OptionTable]) -> tuple[Option, ...]:
    names = unique_names([table.name for table in tables], [made_name(vars(table)) for table in tables])
    return tuple(option_of(table, name) for table, name in zip(tables, names, strict=True))


def option_of(table: OptionTable, name: str) -> Option:
    """Return an option of its table, under a name that is unique."""
    values = dict(vars(table))
    machine = {key: values.pop(key) for key in machine_keys()}
    local = None
    if KINDS[table.kind].at_home:
        owned = table.purchase_usd is None if table.owned is None else table.owned
        local = LocalMachine(**{**machine, "owned": owned})
    results = None if table.results is None else size_of(table.results)
    values.update(name=name, local=local, results=results)
    return Option(**values)


def _as_json(keywords: object) -> str:
    from cloudcost.json_text import json_value  # projects with keyword arguments are few

    return json_value(keywords)
