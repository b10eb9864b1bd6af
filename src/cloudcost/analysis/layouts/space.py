"""Which layouts there are for a project and an option; and a project laid out by one of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from math import ceil
from typing import TypeVar, get_args

from cloudcost.analysis.matters.changes import with_dataset
from cloudcost.catalog.aws.storage_classes import STANDARD, later_classes, storage_classes
from cloudcost.domain.kinds import facts_of
from cloudcost.domain.lifecycle import LifecycleRule
from cloudcost.domain.objects import ObjectClass, rewritten
from cloudcost.domain.project import Dataset, Location, Option, Project
from cloudcost.results.layouts import Layout, Reading
from cloudcost.usage.calendar import kept_window, project_window
from cloudcost.usage.chosen import home_region, reader_of, uses_s3

T = TypeVar("T")
SHARD_BYTES = tuple(2**20 * each for each in (32, 64, 128, 256, 512, 1024))
"""Sizes of archives that are tried. Loaders' own guides speak of 100 MB to 1 GB. [bytes]"""


def present_layout(project: Project, option: Option) -> Layout:
    """Return the layout as the project and the option have it."""
    dataset = project.dataset
    return Layout(
        location=dataset.location,
        region=home_region(project) if dataset.location == "s3" else project.region,
        objects=dataset.shard_size_bytes if dataset.reader == "shards" else None,
        reading="copy" if reader_of(project, option) == "copy" else "stream",
        storage_class=dataset.storage_class,
        lifecycle=dataset.lifecycle,
    )


def laid_out(project: Project, option: Option, layout: Layout) -> tuple[Project, Option]:
    """Return the project and its option with the data set laid out so; machines stay where they are."""
    present = present_layout(project, option)
    whole = "shards" if layout.objects is not None else layout.reading
    as_it_is = (layout.objects, layout.reading) == (present.objects, present.reading)
    objects = _objects(project.dataset, layout, present)
    dataset = replace(
        project.dataset,
        objects=objects,
        location=layout.location,
        region=project.dataset.region if layout.location == project.dataset.location != "s3" else None,
        storage_class=layout.storage_class,
        lifecycle=layout.lifecycle,
        reader=project.dataset.reader if as_it_is else whole,
        shard_size_bytes=layout.objects or project.dataset.shard_size_bytes,
    )
    reader = reader_of(project, option) if as_it_is else "copy" if layout.reading == "copy" else whole
    region = option.region or (project.region if facts_of(option).in_aws else None)
    changed = replace(option, reader=reader, region=region)
    others = tuple(changed if each.name == option.name else each for each in project.options)
    return replace(with_dataset(project, dataset), region=layout.region, options=others), changed


def _objects(dataset: Dataset, layout: Layout, present: Layout) -> tuple[ObjectClass, ...]:
    """Return the objects that a data set lists, as they are under a layout.

    Current ones are written anew where place, objects or class are other. In the same bucket noncurrent versions stay
    as they are; a bucket that is left, or filled with archives, is emptied of all that was there.
    """
    if replace(layout, lifecycle=present.lifecycle, reading=present.reading) == present:
        return dataset.objects
    if layout.objects:
        return ()
    same_bucket = (layout.location, layout.region, layout.objects) == (
        present.location,
        present.region,
        present.objects,
    )
    earlier = [each for each in dataset.objects if same_bucket and not each.is_current]
    named = [replace(each, storage_class=each.storage_class or dataset.storage_class) for each in earlier]
    return (*rewritten(dataset.objects), *named)


def layouts_for(project: Project, option: Option) -> Iterator[Layout]:
    """Yield every layout that is asked about, the present one first; each once.

    Where it may lie: S3, in the regions that the project names, a bucket of another cloud, in the region that is taken
    where none is stated, or, for machines outside AWS, one's own disk. As which
    objects: images, or archives of `SHARD_BYTES`. In which class: those that lifecycle rules know. Under which rules:
    those of the project, none, and moves to a colder class of what is not read any more.
    """
    present = present_layout(project, option)
    locations: tuple[Location, ...] = get_args(Location)
    readings: tuple[Reading, ...] = get_args(Reading)
    for location in _first(present.location, locations):
        if location == "local" and location != present.location and facts_of(option).in_aws:
            continue  # what trains in AWS keeps its data set in S3 all the same
        if location == "local" and not uses_s3(*laid_out(project, option, replace(present, location=location))):
            yield replace(present, location=location)
            continue
        regions = regions_of(project) if location == "s3" else [present.region]
        kept = kept_in(project, present) if location == "s3" else [(STANDARD, ())]  # else the one class for data in use
        for region, objects, reading, (storage_class, lifecycle) in product(
            regions, _first(present.objects, (None, *SHARD_BYTES)), _first(present.reading, readings), kept
        ):
            yield Layout(
                location=location, region=region, objects=objects, reading=reading,
                storage_class=storage_class, lifecycle=lifecycle,
            )  # fmt: skip


def kept_in(project: Project, present: Layout) -> list[tuple[str, tuple[LifecycleRule, ...]]]:
    """Return the classes with the rules that may hold in each, those as they are first."""
    classes = storage_classes()
    kept: dict[tuple[str, tuple[LifecycleRule, ...]], None] = {}
    for name in _first(present.storage_class, [each.name for each in classes.values() if each.rank is not None]):
        kept[name, present.lifecycle] = None
        kept[name, ()] = None
        for rule in _colder(project, classes[name].rank):
            kept[name, (rule,)] = None
    return list(kept)


def _colder(project: Project, rank: int | None) -> Iterator[LifecycleRule]:
    """Yield rules that move what is not read any more: after the project where it is kept on, and old versions."""
    window, kept, dataset = project_window(project), kept_window(project), project.dataset
    for name in later_classes():
        rules = storage_classes()[name]
        if rank is None or rules.rank is None or rules.rank <= rank:
            continue
        ended = LifecycleRule(
            storage_class=name, after_days=max(ceil(project.duration_seconds / 86_400), rules.earliest_days)
        )
        old = LifecycleRule(storage_class=name, noncurrent_after_days=max(rules.earliest_days, 1))
        if kept.end > window.end:
            yield ended
        if dataset.versioning and dataset.uploads > 1:
            yield old
            if kept.end > window.end:
                yield replace(ended, noncurrent_after_days=old.noncurrent_after_days)


def regions_of(project: Project) -> list[str]:
    """Return the regions that the project names: its own first, then those of its options in AWS."""
    named = [each.region for each in project.options if facts_of(each).in_aws and each.region is not None]
    return list(dict.fromkeys([project.region, *named]))


def _first(present: T, others: tuple[T, ...] | list[T]) -> list[T]:
    return list(dict.fromkeys([present, *others]))
