"""What the keys of a project file say together: which need or exclude each other; those of options are in `options`.

The rules look at the raw tables, not at the models, so that they are told along with the faults of single keys. A
value of the wrong type is left to the models.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cloudcost.catalog.aws.storage_classes import STANDARD
from cloudcost.catalog.stores.object_stores import object_stores
from cloudcost.project.checks.lifecycle import lifecycle_faults
from cloudcost.project.checks.limits import LEAST_PART_BYTES, MOST_PART_BYTES
from cloudcost.project.checks.options import needs_of_options, option_faults
from cloudcost.project.checks.raw import facts_of, is_number, tables_of
from cloudcost.project.fault import Fault, Place, Raw, missing, shown
from cloudcost.units import parse_size


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
        faults += option_faults(place, option)
        facts = facts_of(option)
        if facts is not None and facts.is_listed:  # others name no device beside a machine, and need no tables read
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


def _dataset(dataset: Raw) -> Iterator[Fault]:
    place: Place = ("dataset",)
    whole = next((key for key in ("folder", "objects") if dataset.get(key, []) != []), None)
    if whole is not None:
        for key in ("images", "size", "objects") if whole == "folder" else ("size",):
            if dataset.get(key, []) != []:
                yield Fault(
                    place=(*place, key), what=f"given beside {whole}", value=shown(dataset[key]),
                    remedy=f"remove {key} or {whole}",
                )  # fmt: skip
        from cloudcost.project.checks.objects import objects_faults

        yield from objects_faults(dataset)
    else:
        for key, example in (("images", "images = 60000"), ("size", 'size = "6.6 GB"')):
            if key not in dataset:
                yield missing((*place, key), f'{example}, or folder = "data/images" for both')
    yield from lifecycle_faults(dataset)
    yield from _of_s3_alone(dataset)
    yield from _restore(dataset)
    if dataset.get("bucket_key") is True and dataset.get("encryption") != "SSE-KMS":
        yield missing((*place, "encryption"), 'encryption = "SSE-KMS", which alone has keys of the bucket')
    yield from _part_size(dataset)


def _restore(dataset: Raw) -> Iterator[Fault]:
    """Yield a way of restoring that the archive in which the data set lies does not offer."""
    from cloudcost.catalog.aws.restores import restores

    held, way = dataset.get("storage_class"), dataset.get("restore")
    offered = [name for each, name in restores() if each == held]
    if isinstance(way, str) and offered and way not in offered and any(name == way for _, name in restores()):
        yield Fault(
            place=("dataset", "restore"), what=f"{held} has no such restores", value=shown(way),
            remedy=" or ".join(f'write "{name}"' for name in offered),
        )  # fmt: skip


def _part_size(dataset: Raw) -> Iterator[Fault]:
    """Yield a size of parts that S3 takes no uploads in."""
    stated = dataset.get("part_size")
    try:
        size = parse_size(stated) if isinstance(stated, str) else stated
    except ValueError:  # told with the key itself
        return
    if isinstance(size, int) and not isinstance(size, bool) and not LEAST_PART_BYTES <= size <= MOST_PART_BYTES:
        yield Fault(
            place=("dataset", "part_size"), what="S3 takes parts of 5 MiB to 5 GiB", value=shown(stated),
            remedy='write e.g. "16 MiB"',
        )  # fmt: skip


_OF_S3 = (
    "storage_class", "lifecycle", "archive_access_days", "deep_archive_access_days", "restore", "incomplete_uploads",
    "encryption", "bucket_key",
)  # fmt: skip
"""Keys with S3's meaning, which no other place of a data set has."""


_AS_USUAL = (STANDARD, "SSE-S3", False)
"""What such a key says where it says nothing."""


def _of_s3_alone(dataset: Raw) -> Iterator[Fault]:
    """Yield the keys of S3 beside a bucket of another cloud, and a region of one's own disk."""
    location = dataset.get("location")
    if location == "local" and "region" in dataset:
        yield Fault(
            place=("dataset", "region"), what='beside location = "local", which lies in no region',
            value=shown(dataset["region"]), remedy="remove region or location",
        )  # fmt: skip
    store = object_stores().get(location) if isinstance(location, str) else None
    if store is None:
        return
    objects = dataset.get("objects")
    rows = [
        (("dataset", "objects", index), row) for index, row in enumerate(objects if isinstance(objects, list) else [])
    ]
    for place, table in [(("dataset",), dataset), *rows]:
        for key in _OF_S3:
            if isinstance(table, Mapping) and table.get(key, STANDARD) not in _AS_USUAL:
                yield Fault(
                    place=(*place, key), value=shown(table[key]), remedy='remove it, or write location = "s3"',
                    what=f"S3 has it, {store.title} is priced in its class {store.storage_class}",
                )  # fmt: skip


def _training(place: Place, training: Raw, *, timed: bool) -> Iterator[Fault]:
    if "input" in training or "kwargs" in training:
        from cloudcost.project.checks.inputs import input_faults

        yield from input_faults(place, training)
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
