"""What the keys of a project file say together: which belong to which kind, which need or exclude each other.

The rules look at the raw tables, not at the models, so that they are told along with the faults of single keys. A
value of the wrong type is left to the models.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import TypeGuard, assert_never

from cloudcost.domain.project import OptionKind
from cloudcost.project.checks.lifecycle import lifecycle_faults
from cloudcost.project.fault import Fault, Place, Raw, missing, shown
from cloudcost.project.keys import KINDS, kinds_with, needed_keys

STATED_TIMES = ("hours_per_run", "seconds_per_step")
"""Keys by which an option states how long its machine takes."""


def rule_faults(raw: Raw) -> list[Fault]:
    """Return the faults of what keys say together.

    Parameters
    ----------
    raw : mapping
        The file as TOML has it.
    """
    faults: list[Fault] = []
    dataset = raw.get("dataset")
    if isinstance(dataset, Mapping):
        faults += _dataset(dataset)
    options = list(tables_of(raw, "option"))
    trainings = list(tables_of(raw, "training"))
    timed = bool(options) and all("hours_per_run" in option for _, option in options)
    for place, training in trainings:
        faults += _training(place, training, timed=timed)
    for place, option in options:
        faults += _option(place, option)
        if option.get("kind") == "cloud":  # others name no device beside a machine, and need no tables read
            from cloudcost.project.checks.machines import machine_faults

            faults += machine_faults(option, place)
    faults += needs_of_options(raw)
    left_on = list(tables_of(raw, "left_on"))
    if left_on:
        from cloudcost.project.checks.left_on import left_on_faults

        project = raw.get("project")
        frame = project if isinstance(project, Mapping) else {}
        faults += left_on_faults(left_on, frame, [option for _, option in options])
    faults += _duplicates(trainings)
    faults += _duplicates(options)
    return faults


def tables_of(raw: Raw, key: str) -> Iterator[tuple[Place, Raw]]:
    """Yield the tables of a list, ``[[option]]`` say, with their places."""
    rows = raw.get(key)
    if isinstance(rows, list):
        for index, row in enumerate(rows):
            if isinstance(row, Mapping):
                yield (key, index), row


def has_time(option: Raw) -> bool:
    """Return whether an option states how long its machine takes, so that no model is asked."""
    return any(key in option for key in STATED_TIMES)


def is_number(value: object) -> TypeGuard[int | Decimal]:
    """Return whether a value of TOML is a number that can be compared: `nan` is none, and neither is `true`."""
    if isinstance(value, Decimal):
        return value.is_finite()
    return isinstance(value, int) and not isinstance(value, bool)


def _dataset(dataset: Raw) -> Iterator[Fault]:
    place: Place = ("dataset",)
    if "folder" in dataset:
        for key in ("images", "size"):
            if key in dataset:
                yield Fault(
                    place=(*place, key), what="given beside folder", value=shown(dataset[key]),
                    remedy=f"remove {key} or folder",
                )  # fmt: skip
    else:
        for key, example in (("images", "images = 60000"), ("size", 'size = "6.6 GB"')):
            if key not in dataset:
                yield missing((*place, key), f'{example}, or folder = "data/images" for both')
    yield from lifecycle_faults(dataset)


def _training(place: Place, training: Raw, *, timed: bool) -> Iterator[Fault]:
    has_hours, has_device = "hours_per_run" in training, "hours_per_run_on" in training
    if has_hours and not has_device:
        yield missing((*place, "hours_per_run_on"), 'the device of the measurement, hours_per_run_on = "T4"')
    if has_device and not has_hours:
        yield missing((*place, "hours_per_run"), "the measured hours, hours_per_run = 6")
    if "epochs" not in training and not has_hours and not timed:
        yield missing((*place, "epochs"), "epochs = 38, or known hours_per_run")
    for key in ("runs", "epochs"):
        count = training.get(key)
        if isinstance(count, Mapping):
            yield from _count((*place, key), count)


def _count(place: Place, count: Raw) -> Iterator[Fault]:
    bounds = [key for key in ("low", "mode", "high") if key in count]
    if "mean" in count or "dispersion" in count:
        for key in bounds:
            yield Fault(
                place=(*place, key), what="given beside mean", value=shown(count[key]),
                remedy="give low, mode and high, or mean, or mean and dispersion",
            )  # fmt: skip
        if "mean" not in count:
            yield missing((*place, "mean"), "mean = 12")
        return
    for key in ("low", "mode", "high"):
        if key not in count:
            yield missing((*place, key), f"{key}, or mean alone")
    values = {key: count[key] for key in bounds}
    for below, above in (("low", "mode"), ("mode", "high"), ("low", "high")):
        left, right = values.get(below), values.get(above)
        if is_number(left) and is_number(right) and left > right:
            if (below, above) == ("low", "high") and "mode" in values:
                continue
            yield Fault(
                place=(*place, above), what=f"less than {below} = {shown(left)}", value=shown(right),
                remedy="write low <= mode <= high",
            )  # fmt: skip


def kind_of(option: Raw) -> OptionKind | None:
    """Return the kind that an option states, None where it states none that is known."""
    stated = option.get("kind")
    return next((kind for kind in KINDS if kind == stated), None)


def _option(place: Place, option: Raw) -> Iterator[Fault]:
    if "hours_per_run" in option and "seconds_per_step" in option:
        yield Fault(
            place=(*place, "seconds_per_step"), what="given beside hours_per_run",
            value=shown(option["seconds_per_step"]), remedy="keep one of the two",
        )  # fmt: skip
    kind = kind_of(option)
    if kind is None:
        return
    for key, value in option.items():
        having = kinds_with(key)
        if having and kind not in having:
            kinds = " or ".join(f'"{name}"' for name in having)
            yield Fault(
                place=(*place, key), what=f'does not belong to kind = "{kind}"', value=shown(value),
                remedy=f"remove it, or use kind = {kinds}",
            )  # fmt: skip


def needs_of_options(raw: Raw) -> list[Fault]:
    """Return the faults of options that lack what their kind needs.

    Parameters
    ----------
    raw : mapping
        The file as TOML has it, or as it would.
    """
    profiled = all("profile" in training for _, training in tables_of(raw, "training"))
    kinds = ((place, option, kind_of(option)) for place, option in tables_of(raw, "option"))
    return [
        fault
        for place, option, kind in kinds
        if kind is not None
        for fault in _needs_of_kind(place, option, kind, profiled=profiled)
    ]


def _needs_of_kind(place: Place, option: Raw, kind: OptionKind, *, profiled: bool) -> Iterator[Fault]:
    instance = option.get("instance")
    for key, example in needed_keys(kind).items():
        if key not in option:
            yield missing((*place, key), f"{key} = {shown(example)}")
    match kind:
        case "ec2" | "sagemaker":
            prefix = "ml." if kind == "sagemaker" else ""
            if isinstance(instance, str) and instance and instance.startswith("ml.") != (kind == "sagemaker"):
                yield Fault(
                    place=(*place, "instance"),
                    what="SageMaker's types begin with ml." if prefix else "a type of SageMaker, not of EC2",
                    value=shown(instance), remedy=_spelt(instance, prefix),
                )  # fmt: skip
            notebook = option.get("notebook_instance")
            if isinstance(notebook, str) and notebook and not notebook.startswith("ml."):
                yield Fault(
                    place=(*place, "notebook_instance"), what="SageMaker's types begin with ml.",
                    value=shown(notebook), remedy=_spelt(notebook, "ml."),
                )  # fmt: skip
            if option.get("notebook_hours", 0) != 0 and "notebook_instance" not in option:
                yield missing((*place, "notebook_instance"), 'notebook_instance = "ml.t3.medium"')
            if "notebook_instance" in option and "notebook_hours" not in option:
                yield missing((*place, "notebook_hours"), "the hours that it is on, notebook_hours = 96")
            if prefix:
                yield from _training_volume(place, option.get("volume_gib"))
        case "colab":
            if option.get("high_memory") is True and option.get("plan") == "free":
                yield Fault(
                    place=(*place, "high_memory"), what="for subscribers, not on the free plan", value="true",
                    remedy='remove it, or write plan = "pay-as-you-go"',
                )  # fmt: skip
        case "cloud":
            if "instance" not in option and not {"device", "usd_per_hour"} <= option.keys():
                yield missing((*place, "instance"), "instance, or device and usd_per_hour")
        case "local":
            if "purchase_usd" not in option and option.get("owned", False) is False:
                yield missing((*place, "purchase_usd"), "purchase_usd = 1200, or owned = true")
            yield from _needs_of_machine(place, option, profiled=profiled)
        case _:
            assert_never(kind)


def _training_volume(place: Place, volume: object) -> Iterator[Fault]:
    """Yield a volume that SageMaker has not, though EC2 has."""
    from cloudcost.domain.kinds import LARGEST_TRAINING_VOLUME_GIB, LARGEST_VOLUME_GIB

    if isinstance(volume, int) and LARGEST_TRAINING_VOLUME_GIB < volume <= LARGEST_VOLUME_GIB:
        yield Fault(
            place=(*place, "volume_gib"), what=f"SageMaker's volumes have at most {LARGEST_TRAINING_VOLUME_GIB:,} GiB",
            value=shown(volume), remedy=f"write at most {LARGEST_TRAINING_VOLUME_GIB}",
        )  # fmt: skip


def _spelt(name: str, prefix: str) -> str:
    """Return how a machine type of the other service is spelt here; of one that is not known, which may be meant."""
    from cloudcost.catalog.instances import type_names
    from cloudcost.catalog.near import near_and_all

    bare, known = name.removeprefix("ml."), type_names("aws")
    if bare in known:
        return f'write "{prefix}{bare}"'
    service = "AmazonSageMaker" if prefix else "AmazonEC2"
    names = [f"{prefix}{each}" for each in known]
    return near_and_all(name, names, where=f"cloudcost prices list --service {service}")


def _needs_of_machine(place: Place, option: Raw, *, profiled: bool) -> Iterator[Fault]:
    """Yield what a machine of one's own lacks to have its energy priced and its steps timed."""
    if "device" not in option:
        if "watts" not in option:
            yield missing((*place, "device"), 'device = "RTX 3060", or watts and hours_per_run')
        elif not has_time(option) and not profiled:
            yield missing((*place, "device"), 'device = "RTX 3060", or hours_per_run or seconds_per_step')
    if "electricity_usd_per_kwh" not in option and "country" not in option:
        yield missing((*place, "electricity_usd_per_kwh"), 'electricity_usd_per_kwh = 0.11, or country = "MEX"')


def _duplicates(rows: list[tuple[Place, Raw]]) -> Iterator[Fault]:
    taken: set[str] = set()
    for place, row in rows:
        name = row.get("name")
        if not isinstance(name, str):
            continue
        seen = _as_seen(name)
        if seen in taken:
            yield Fault(
                place=(*place, "name"), what=f"the name of an earlier {place[0]}", value=shown(name),
                remedy="choose another name",
            )  # fmt: skip
        taken.add(seen)


def _as_seen(name: str) -> str:
    """Return a name as a reader sees it: names that differ in blanks or in marks without a width look the same."""
    if not name.isascii():
        from unicodedata import category, normalize

        name = "".join(mark for mark in normalize("NFC", name) if category(mark) != "Cf")
    return " ".join(name.split())
