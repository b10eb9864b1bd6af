"""The data set as groups of equal objects: one where the project states a sum, else the classes that it lists."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from cloudcost.domain.objects import ObjectClass
from cloudcost.domain.project import Dataset


def parts_of(dataset: Dataset) -> tuple[ObjectClass, ...]:
    """Return the groups of equal objects, each with its storage class; those that hold none are left out.

    Examples
    --------
    >>> shards = Dataset(images=60_000, size_bytes=6 * 10**9, reader="shards", shard_size_bytes=128 * 2**20)
    >>> [(part.count, part.storage_class) for part in parts_of(shards)]
    [(45, 'STANDARD')]
    """
    if dataset.objects:
        return _named(dataset.objects, dataset.storage_class)
    count = -(-dataset.size_bytes // dataset.shard_size_bytes) if dataset.reader == "shards" else dataset.images
    return (ObjectClass(count=count, size_bytes=dataset.size_bytes, storage_class=dataset.storage_class),)


def current_parts(dataset: Dataset) -> tuple[ObjectClass, ...]:
    """Return the groups that runs read: all but noncurrent versions."""
    parts = parts_of(dataset)
    return tuple([part for part in parts if part.is_current]) if dataset.objects else parts


@lru_cache(maxsize=1024)
def _named(objects: tuple[ObjectClass, ...], storage_class: str) -> tuple[ObjectClass, ...]:
    named = [replace(each, storage_class=each.storage_class or storage_class) for each in objects]
    return tuple([each for each in named if each.count])
