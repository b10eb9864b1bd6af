"""What holds for one option where the project gives a default: its reader, its machines, the bucket that it reads.

The bucket lies in one place, whatever trains. A machine elsewhere, in another region or another cloud, reads it from
afar and pays for the traffic; there copying once is the default, whatever the data set's own reader. `data_copy` fills
a second bucket, of S3, in the option's region. How objects lie in the bucket is the data set's matter, never the
option's.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from cloudcost.catalog.stores.object_stores import ObjectStore, cloud_regions, nearest_region, object_stores
from cloudcost.domain.kinds import KINDS, facts_of
from cloudcost.domain.project import Option, Project, Reader


def in_aws(option: Option) -> bool:
    """Return whether the option's machines stand in a region of AWS."""
    return KINDS[option.kind].in_aws


def store_of(project: Project) -> ObjectStore | None:
    """Return the object store of another cloud that the data set lies in; None where it lies in S3 or at home."""
    return object_stores().get(project.dataset.location)


def uses_s3(project: Project, option: Option) -> bool:
    """Return whether the option keeps the data set in S3, the copy of one that lies elsewhere included."""
    if project.dataset.location == "s3":
        return True
    return in_aws(option) if store_of(project) is None else has_copy(project, option)


def machines_of(project: Project, option: Option) -> int:
    """Return how many machines of the option train at the same time. [count]"""
    return option.machines or project.machines


def home_region(project: Project) -> str:
    """Return the region of the data set's own bucket, as who runs it names regions.

    In S3 the project's, unless the file says otherwise. In another cloud that of the first option which rents a machine
    there, where buckets have a price; else one in the country of the project's region, or on its continent.
    """
    if project.dataset.region is not None:
        return project.dataset.region
    store = store_of(project)
    if store is None:
        return project.region
    priced = cloud_regions(store.provider)
    rented = (each.region for each in project.options if each.region in priced and cloud_of(each) == store.provider)
    return next(rented, None) or nearest_region(store, project.region)


def with_bucket_placed(project: Project) -> Project:
    """Return the project with the region of a bucket in another cloud written down, before its options are parted."""
    if project.dataset.region is not None or store_of(project) is None:
        return project
    return replace(project, dataset=replace(project.dataset, region=home_region(project), region_assumed=True))


def trains_beside(project: Project, option: Option) -> bool:
    """Return whether the option's machines are rented from who runs the store that the data set lies in."""
    store = store_of(project)
    return store is not None and cloud_of(option) == store.provider


def cloud_of(option: Option) -> str | None:
    """Return the cloud other than AWS that an option rents its machine from; None where there is none, or unknown."""
    return _provider(option.provider, option.instance) if facts_of(option).is_listed else None


@lru_cache(maxsize=1024)
def _provider(named: str | None, instance: str | None) -> str | None:
    from cloudcost.catalog.instances import provider_of
    from cloudcost.catalog.providers import find_provider

    found = None if named is None else find_provider(named)
    if named is not None:
        return None if found is None else found.name
    return None if instance is None else provider_of(instance)


def has_copy(project: Project, option: Option) -> bool:
    """Return whether a second bucket, of S3 and in the option's own region, holds a copy of the data set."""
    if not (option.data_copy and in_aws(option)):
        return False
    return store_of(project) is not None or (option.region or project.region) != home_region(project)


def bucket_region(project: Project, option: Option) -> str:
    """Return the region of the bucket that runs read."""
    return option.region or project.region if has_copy(project, option) else home_region(project)


def is_away(project: Project, option: Option) -> bool:
    """Return whether what runs read leaves the region of its bucket."""
    if store_of(project) is None:
        if not in_aws(option):
            return project.dataset.location != "local"
        return (option.region or project.region) != bucket_region(project, option)
    if trains_beside(project, option):  # a machine of which no region is told is taken to stand beside the bucket
        return option.region not in (None, home_region(project))
    return not has_copy(project, option)


def reader_of(project: Project, option: Option) -> Reader:
    """Return how the option's runs read the data set: as it says, from afar by copying, else as the data set says."""
    if option.reader is not None:
        return option.reader
    if option.input_mode is not None:
        streams: Reader = "shards" if project.dataset.reader == "shards" else "stream"
        return "copy" if option.input_mode == "File" else streams
    return "copy" if is_away(project, option) else project.dataset.reader


def caches(project: Project, option: Option) -> bool:
    """Return whether what a start has streamed stays on the machine's disk for its later epochs."""
    wanted = project.dataset.cache if option.cache is None else option.cache
    return wanted and reader_of(project, option) != "copy"


def fills_disk(project: Project, option: Option) -> bool:
    """Return whether the machine's disk holds the data set: what was copied at once, or streamed and kept."""
    return reader_of(project, option) == "copy" or caches(project, option)


def keeps_copy(project: Project, option: Option) -> bool:
    """Return whether each machine reads the bucket once in all: one's own disk keeps what was brought to it."""
    return facts_of(option).at_home and fills_disk(project, option)
