"""What it takes to lay out anew a data set that already lies somewhere: requests, retrieval, traffic, early deletion.

Objects that stay what they are, in the bucket where they are, change their class by a lifecycle transition where the
class is colder and the rule may move objects of their size, else by a COPY onto themselves. In a bucket of another
region they are copied there by S3. Into other objects, archives for instance, they are read and written anew. What had
a minimum duration is left at once, so that all of it is billed.
"""

from __future__ import annotations

from dataclasses import replace

from cloudcost.catalog.aws.lifecycle import default_smallest_bytes
from cloudcost.catalog.aws.storage_classes import storage_classes
from cloudcost.domain.project import Dataset, Project
from cloudcost.domain.usage import RunUsage
from cloudcost.usage.chosen import home_region, store_of
from cloudcost.usage.events import Readings
from cloudcost.usage.meter import Meter
from cloudcost.usage.s3.objects import list_requests, object_count
from cloudcost.usage.s3.requests import list_usage_type, read_usage, upload_usage
from cloudcost.usage.s3.transfer import egress_usage, inter_region_usage

_WHY = "laying out the data set anew"


def relayout_usage(before: Project, after: Project) -> list[RunUsage]:
    """Return what changing the data set from one layout to another meters, on the project's first day.

    Parameters
    ----------
    before, after : Project
        The same project with its data set as it lies and as it is to lie.

    Returns
    -------
    list of RunUsage
        Empty where nothing moves: rules alone cost nothing to write, and another way of reading moves nothing.
    """
    old, new = before.dataset, after.dataset
    if store_of(before) is not None and new.location == "s3":
        from cloudcost.usage.store import copied_from

        return copied_from(before, home_region(after)) + _written(after)
    if old.location != "s3":
        return _written(after) if new.location == "s3" else []
    same_place = new.location == "s3" and home_region(before) == home_region(after)
    same_objects = object_count(old) == object_count(new)
    if same_place and same_objects:
        if old.storage_class == new.storage_class:
            return []
        return _left_early(before) + _class_changed(before, after)
    usages = _left_early(before)
    if new.location == "s3" and same_objects:
        listing = list_usage_type(old)
        usages += Meter(before, home_region(before)).events(
            listing, "requests", each=list_requests(old), at_start=1, why=_WHY
        )
        usages += _retrieved(before)
    else:
        usages += read_usage(before, home_region(before), Readings(at_start=1), why=_WHY)
    if new.location != "s3":
        return usages + egress_usage(before, home_region(before), Readings(at_start=1), why=_WHY)
    if home_region(before) != home_region(after):
        usages += inter_region_usage(before, home_region(before), home_region(after), fixed=old.size_bytes, why=_WHY)
    return usages + _written(after)


def _written(after: Project) -> list[RunUsage]:
    """Return the requests of writing every object once."""
    return upload_usage(replace(after, dataset=replace(after.dataset, uploads=1)), home_region(after))


def _class_changed(before: Project, after: Project) -> list[RunUsage]:
    """Return the requests of moving objects into another class of the same bucket."""
    old, new = before.dataset, after.dataset
    if not is_moved_by_rule(old, new.storage_class, before):
        return _retrieved(before) + _written(after)
    usage_type, operation = storage_classes()[new.storage_class].transition
    return Meter(after, home_region(after)).events(
        usage_type, "requests", each=object_count(old), at_start=1, operation=operation, why=_WHY
    )


def is_moved_by_rule(dataset: Dataset, storage_class: str, project: Project) -> bool:
    """Return whether a lifecycle rule without a size filter moves the data set's objects from its class to another."""
    source, target = storage_classes()[dataset.storage_class], storage_classes()[storage_class]
    if source.rank is None or target.rank is None or target.rank <= source.rank:
        return False
    smallest = default_smallest_bytes(storage_class, project.start)
    return dataset.size_bytes >= smallest * object_count(dataset)


def _retrieved(before: Project) -> list[RunUsage]:
    """Return the bytes that S3 itself reads from a class that bills reading."""
    dataset = before.dataset
    retrieval = storage_classes()[dataset.storage_class].retrieval_usage_type
    if not retrieval:
        return []
    return Meter(before, home_region(before)).events(retrieval, "bytes", each=dataset.size_bytes, at_start=1, why=_WHY)


def _left_early(before: Project) -> list[RunUsage]:
    """Return the whole minimum duration of the class that is left. [byte-hours]"""
    dataset = before.dataset
    rules = storage_classes()[dataset.storage_class]
    if not rules.minimum_days:
        return []
    size = max(dataset.size_bytes, rules.smallest_bytes * object_count(dataset))
    why = f"leaving {dataset.storage_class} before {rules.minimum_days} days"
    hours = size * rules.minimum_days * 24
    return Meter(before, home_region(before)).events(
        rules.early_usage_type, "byte-hours", each=hours, at_start=1, why=why
    )
