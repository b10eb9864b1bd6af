"""What it takes to lay out anew a data set that already lies somewhere: requests, retrieval, traffic, early deletion.

Objects that stay what they are, in the bucket where they are, change their class by a lifecycle transition where the
class is colder and the rule may move objects of their size, else by a COPY onto themselves. In a bucket of another
region they are copied there by S3. Into other objects, archives for instance, they are read and written anew. What had
a minimum duration is left at once, so that what is left of it is billed: all, or less the age that the project states.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from cloudcost.catalog.aws.lifecycle import default_smallest_bytes
from cloudcost.catalog.aws.storage_classes import STANDARD, storage_classes
from cloudcost.domain.objects import ObjectClass
from cloudcost.domain.project import Project
from cloudcost.domain.usage import RunUsage
from cloudcost.usage.chosen import home_region, store_of
from cloudcost.usage.events import Readings
from cloudcost.usage.meter import Meter
from cloudcost.usage.s3.objects import list_requests, object_count, part_uploads
from cloudcost.usage.s3.parts import current_parts
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
    if old.location != new.location:
        return _taken_out(before, after) + written_once(after)
    same_objects = object_count(old) == object_count(new)
    same_place = home_region(before) == home_region(after)
    if old.location == "local" or (same_place and same_objects and old.location != "s3"):
        return []
    if same_place and same_objects:
        if (old.storage_class, old.objects) == (new.storage_class, new.objects):
            return []
        left = [part for part in current_parts(old) if part.storage_class != new.storage_class]
        return [usage for part in left for usage in _class_changed(before, part, new.storage_class)]
    if old.location == "s3" and same_objects:
        return _copied_by_s3(before, after) + written_once(after)
    return _taken_out(before, after) + written_once(after)


def _taken_out(before: Project, after: Project) -> list[RunUsage]:
    """Return what reading every object once meters, and the way to where it is to lie."""
    old, new = before.dataset, after.dataset
    aws = home_region(after) if new.location == "s3" else ""
    if store_of(before) is not None:
        from cloudcost.usage.store import taken_out

        return taken_out(before, _WHY, to=None if old.location == new.location else aws)
    if old.location == "local":
        return []
    here, once = home_region(before), Readings(at_start=1)
    usages = [usage for part in current_parts(old) for usage in _left_early(before, part)]
    usages += read_usage(before, here, once, why=_WHY)
    if not aws:
        return usages + egress_usage(before, here, once, why=_WHY)
    if aws != here:
        usages += inter_region_usage(before, here, aws, fixed=old.size_bytes, why=_WHY)
    return usages


def _copied_by_s3(before: Project, after: Project) -> list[RunUsage]:
    """Return what objects that S3 copies to a bucket in another region meter where they lay."""
    old, here, there = before.dataset, home_region(before), home_region(after)
    usages = [usage for part in current_parts(old) for usage in _left_early(before, part)]
    usages += Meter(before, here).events(
        list_usage_type(old), "requests", each=list_requests(old), at_start=1, why=_WHY
    )
    usages += [usage for part in current_parts(old) for usage in _retrieved(before, part)]
    return usages + inter_region_usage(before, here, there, fixed=old.size_bytes, why=_WHY)


def written_once(after: Project) -> list[RunUsage]:
    """Return the requests of writing every object once where it lies; nothing on one's own disk."""
    return written(replace(after, dataset=replace(after.dataset, uploads=1)))


def written(project: Project) -> list[RunUsage]:
    """Return the requests of writing every object as often as the project says; nothing on one's own disk."""
    if store_of(project) is not None:
        from cloudcost.usage.store import uploaded

        return uploaded(project)
    return upload_usage(project, home_region(project)) if project.dataset.location == "s3" else []


def _class_changed(before: Project, part: ObjectClass, storage_class: str) -> list[RunUsage]:
    """Return the requests of moving equal objects into another class of the same bucket."""
    rules, meter = storage_classes()[storage_class], Meter(before, home_region(before))
    if is_moved_by_rule(part, storage_class, before.start):
        usage_type, operation = rules.transition
        moved = meter.events(usage_type, "requests", each=part.count, at_start=1, operation=operation, why=_WHY)
        return _left_early(before, part) + moved
    usage_type, operation = rules.put
    copied = meter.events(usage_type, "requests", each=part_uploads(part), at_start=1, operation=operation, why=_WHY)
    return _left_early(before, part) + _retrieved(before, part) + copied


def is_moved_by_rule(part: ObjectClass, storage_class: str, day: date) -> bool:
    """Return whether a lifecycle rule of a day, without a size filter, moves objects from their class to another."""
    source, target = storage_classes()[part.storage_class or STANDARD], storage_classes()[storage_class]
    if source.rank is None or target.rank is None or target.rank <= source.rank:
        return False
    return part.size_bytes >= default_smallest_bytes(storage_class, day) * part.count


def _retrieved(before: Project, part: ObjectClass) -> list[RunUsage]:
    """Return the bytes that S3 itself reads from a class that bills reading."""
    retrieval = storage_classes()[part.storage_class or STANDARD].retrieval_usage_type
    if not retrieval:
        return []
    return Meter(before, home_region(before)).events(retrieval, "bytes", each=part.size_bytes, at_start=1, why=_WHY)


def _left_early(before: Project, part: ObjectClass) -> list[RunUsage]:
    """Return what is left of the minimum duration of the class that objects leave. [byte-hours]"""
    rules = storage_classes()[part.storage_class or STANDARD]
    days = rules.minimum_days - (part.age_days or 0)
    if days <= 0:
        return []
    size = max(part.size_bytes, rules.smallest_bytes * part.count)
    why = f"leaving {rules.name} before {rules.minimum_days} days"
    return Meter(before, home_region(before)).events(
        rules.early_usage_type, "byte-hours", each=size * days * 24, at_start=1, why=why
    )
