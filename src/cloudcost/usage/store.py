"""What a data set in another cloud's object store meters: bytes kept, operations, traffic out of its region.

The store's own provider bills all of it, at the prices of the class for data in use. Traffic to machines of that
provider in the bucket's region is free, to its other regions it has a rate of the two continents, and to everybody
else it goes over the internet: to AWS, to Colab, whose machines tell no region, to one's own machine.
"""

from __future__ import annotations

from cloudcost.catalog.stores.object_stores import TO_INTERNET, ObjectStore, between_regions, cloud_regions, to_aws
from cloudcost.domain.project import Option, Project
from cloudcost.domain.usage import RunUsage
from cloudcost.units import MAX_BYTES, BillingMonth
from cloudcost.usage.calendar import kept_window
from cloudcost.usage.checkpoints import MOST_STEPS, checkpoint_storage, writing_requests
from cloudcost.usage.chosen import (
    home_region,
    in_aws,
    is_away,
    keeps_copy,
    machines_of,
    store_of,
    trains_beside,
)
from cloudcost.usage.events import Passes, Readings
from cloudcost.usage.machines.runs import written_bytes
from cloudcost.usage.meter import Meter
from cloudcost.usage.s3.objects import counted, object_bytes, object_count
from cloudcost.usage.s3.parts import current_parts, parts_of
from cloudcost.usage.s3.requests import COPYING, Way, way_of
from cloudcost.usage.s3.timeline import bucket_of, stays


def store_usage(project: Project, option: Option, passes: Passes) -> list[RunUsage]:
    """Return what the store's bucket meters: keeping, uploading and reading the data set, checkpoints beside it.

    Parameters
    ----------
    passes : Passes
        Readings of the whole data set from this bucket, by a run of each training. [count]
    """
    store = store_of(project)
    assert store is not None, "asked for a data set in another cloud alone"
    meter = Meter(project, home_region(project), store.service)
    usages = _kept(store, meter) + _uploaded(store, meter)
    once = machines_of(project, option) if keeps_copy(project, option) else 0
    where = "" if trains_beside(project, option) else f" from outside {store.title}"
    readings = Readings(at_start=once, per_run=passes)
    usages += _read(store, meter, option, readings, f"reading the data set{where}")
    if trains_beside(project, option):
        usages += _checkpoints(store, meter, option)
    dataset = project.dataset
    if dataset.downloads:
        times = "once" if dataset.downloads == 1 else f"{dataset.downloads} times"
        downloads, why = Readings(evenly=dataset.downloads), f"downloading the data set {times}"
        usages += _operations(store, meter, downloads, COPYING, why)
        usages += meter.readings(TO_INTERNET, "bytes", each=dataset.size_bytes, readings=downloads, why=why)
    return usages


def _read(store: ObjectStore, meter: Meter, option: Option, readings: Readings, why: str) -> list[RunUsage]:
    """Return listing, reading and the traffic of readings of the data set by an option's machines."""
    usages = _operations(store, meter, readings, way_of(meter.project, option), why)
    way = _way_out(store, meter, option)
    if way:
        usages += meter.readings(way, "bytes", each=meter.project.dataset.size_bytes, readings=readings, why=why)
    return usages


def _way_out(store: ObjectStore, meter: Meter, option: Option) -> str:
    """Return the usage type of the traffic to an option's machines; empty where it is free."""
    project = meter.project
    if trains_beside(project, option):
        there = option.region
        return between_regions(store, meter.region, there) if there and there != meter.region else ""
    return to_aws(store, option.region or project.region) if in_aws(option) else TO_INTERNET


def _kept(store: ObjectStore, meter: Meter) -> list[RunUsage]:
    """Return every upload as long as it is kept, versions included. [byte-hours]"""
    project = meter.project
    held: dict[BillingMonth, int] = {}
    for part in parts_of(project.dataset):
        for stay in stays(bucket_of(project, part), kept_window(project).end):
            for month, seconds in stay.window.by_month():
                held[month] = held.get(month, 0) + seconds * part.size_bytes
    why = f"data set in {store.title}, class {store.storage_class}"
    return [
        meter.row(month, store.storage_usage_type, "byte-hours", fixed=-(-seconds // 3600), why=why)
        for month, seconds in held.items()
    ]


def put_operations(store: ObjectStore, size_bytes: int) -> int:
    """Return the writing operations of one object: one, or its blocks and their list. [requests]

    Examples
    --------
    >>> from cloudcost.catalog.stores.object_stores import object_stores
    >>> stores = object_stores()
    >>> put_operations(stores["gcs"], 2**30), put_operations(stores["azure"], 2**30)
    (1, 129)
    """
    if store.single_put_bytes is None or store.part_bytes is None or size_bytes <= store.single_put_bytes:
        return 1
    return min(-(-size_bytes // store.part_bytes), MOST_STEPS) + 1


def get_operations(size_bytes: int, part_bytes: int | None) -> int:
    """Return the reading operations of one object: one, or one a part. [requests]

    Parameters
    ----------
    part_bytes : int or None
        None where objects are read whole. [bytes]
    """
    return 1 if part_bytes is None else max(-(-size_bytes // part_bytes), 1)


def uploaded(project: Project) -> list[RunUsage]:
    """Return the writing operations of uploading the data set to the store as often as the project says. [requests]"""
    store = store_of(project)
    assert store is not None, "asked for a data set in another cloud alone"
    return _uploaded(store, Meter(project, home_region(project), store.service))


def taken_out(project: Project, why: str, *, to: str | None = None) -> list[RunUsage]:
    """Return what reading the whole data set once from the store meters, on the project's first day.

    Parameters
    ----------
    to : str, optional
        Region of AWS that it goes to, empty for any other place; without, it stays in the store.
    """
    store = store_of(project)
    assert store is not None, "asked for a data set in another cloud alone"
    meter, once = Meter(project, home_region(project), store.service), Readings(at_start=1)
    usages = _operations(store, meter, once, COPYING, why)
    if to is not None:
        size, way = project.dataset.size_bytes, to_aws(store, to) if to else TO_INTERNET
        usages += meter.readings(way, "bytes", each=size, readings=once, why=why)
    return usages


def _uploaded(store: ObjectStore, meter: Meter) -> list[RunUsage]:
    dataset = meter.project.dataset
    kind = store.write_usage_type
    usages: list[RunUsage] = []
    for is_there in (False, True):
        parts = [part for part in current_parts(dataset) if (part.age_days is not None) == is_there]
        uploads = dataset.uploads - is_there
        each = sum(part.count * put_operations(store, object_bytes(part)) for part in parts)
        times = "once" if uploads == 1 else f"{uploads} times"
        why = f"uploading {times}: {counted(tuple(parts), each)}"
        usages += meter.events(kind, "requests", each=each, count=dataset.uploads, at_start=-int(is_there), why=why)
    return usages


def _operations(store: ObjectStore, meter: Meter, readings: Readings, way: Way, why: str) -> list[RunUsage]:
    """Return listing and reading. [requests]"""
    dataset = meter.project.dataset
    objects, pages = object_count(dataset), -(-object_count(dataset) // store.keys_per_page) * way.listings
    part_bytes = (dataset.part_bytes or store.part_bytes) if way.by_part else None
    parts = current_parts(dataset)
    each = sum([part.count * get_operations(object_bytes(part), part_bytes) for part in parts])
    once_a_run = readings.per_run if way.lists_each else [min(count, 1) for count in readings.per_run]
    listings = readings._replace(per_run=once_a_run)
    said = f"listing for {why}: {objects:,} keys, {store.keys_per_page:,} a page"
    usages = meter.readings(store.list_usage_type, "requests", each=pages, readings=listings, why=said)
    said = f"{why}: {counted(parts, each)}" + (f", {way.words}" if way.words else "")
    usages += meter.readings(store.read_usage_type, "requests", each=each, readings=readings, why=said)
    return usages


def _checkpoints(store: ObjectStore, meter: Meter, option: Option) -> list[RunUsage]:
    """Return the checkpoints of machines of the store's own provider: kept beside the data set."""
    project = meter.project
    step = store.part_bytes or MAX_BYTES
    writes = [writing_requests(each, step, lambda size: put_operations(store, size)) for each in project.trainings]
    kind = store.write_usage_type
    usages = checkpoint_storage(meter, store.storage_usage_type)
    usages += meter.evenly(kind, "requests", per_run=writes, why="writing checkpoints and logs")
    if is_away(project, option) and option.region in cloud_regions(store.provider):
        sent = [written_bytes(training) for training in project.trainings]
        way = between_regions(store, option.region or "", meter.region)
        usages += meter.events(way, "bytes", per_run=sent, why=f"checkpoints written to {meter.region}")
    return usages


def copied_from(project: Project, region: str) -> list[RunUsage]:
    """Return what filling a bucket of S3 in a region of AWS once from the store meters there. [requests, bytes]"""
    return taken_out(project, f"copying the data set once to {region}", to=region)


def store_assumptions(project: Project, option: Option) -> list[str]:
    """Return, one sentence each, where the bucket is taken to lie, and what reading it costs."""
    store = store_of(project)
    if store is None:
        return []
    here = home_region(project)
    stated = project.dataset.region is not None and not project.dataset.region_assumed
    assumed = "" if stated else " (none is stated: [dataset] region)"
    said = [
        f"the data set lies in a bucket of {store.title} in {here}{assumed}, class {store.storage_class}; what is free"
        " there for new accounts is not counted"
    ]
    if not trains_beside(project, option):
        said.append(f"what leaves {store.title} for the machines goes over the internet and is billed by {store.title}")
    elif option.region is None:
        said.append(f"the machine is taken to stand in {here}, beside the bucket: traffic is free")
    elif option.region != here:
        said.append(f"the machine in {option.region} reads the bucket from {here}: the traffic between them is billed")
    else:
        said.append(f"traffic between {store.title} and the machines within the region is free")
    return said
