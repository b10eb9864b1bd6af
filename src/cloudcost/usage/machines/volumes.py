"""How large a data volume and a copied data set are, in whole GiB and in words."""

from __future__ import annotations

from functools import lru_cache

from cloudcost.catalog.aws.volumes import volume_facts
from cloudcost.catalog.instances import instances
from cloudcost.domain.kinds import facts_of
from cloudcost.domain.project import Option, Project
from cloudcost.figures import size_words
from cloudcost.units import GB, GIB
from cloudcost.usage.chosen import fills_disk

_STEP_GIB = 10
"""Default volumes are whole multiples of this. [GiB]"""
_ROOM_PERCENT = 10
"""Room that a default volume has over the data set: for the file system and for checkpoints. [%]"""


def least_gib(size_bytes: int) -> int:
    """Return the least whole GiB that hold so many bytes. [GiB]

    Examples
    --------
    A data set of 600 GB (of 10^9 bytes); one byte over 100 GiB:

    >>> least_gib(600 * 10**9), least_gib(100 * GIB), least_gib(100 * GIB + 1)
    (559, 100, 101)
    """
    return -(-size_bytes // GIB)


def byte_hours(gib: int, seconds: int) -> int:
    """Return what a volume meters that exists so long, the last byte-hour as soon as it has started. [byte-hours]

    Examples
    --------
    >>> byte_hours(2, 1800) == GIB, byte_hours(1, 1)
    (True, 298262)
    """
    return -(-gib * GIB * seconds // 3600)


def volume_gib_of(project: Project, option: Option) -> int:
    """Return the data volume of each of the option's machines: as stated, else as the data set needs it. [GiB]"""
    if option.volume_gib is not None:
        return option.volume_gib
    least = volume_facts(facts_of(option).volume).least_gib
    if not fills_disk(project, option):
        return least
    return min(max(roomy_gib(project.dataset.size_bytes), least), largest_volume_gib(option))


def roomy_gib(size_bytes: int) -> int:
    """Return the volume that is taken by default for so many bytes. [GiB]

    Examples
    --------
    >>> roomy_gib(100 * GIB), roomy_gib(1)
    (110, 10)
    """
    needed = -(-size_bytes * (100 + _ROOM_PERCENT) // (100 * GIB))
    return -(-needed // _STEP_GIB) * _STEP_GIB


def largest_volume_gib(option: Option) -> int:
    """Return how large the option's data volume can be at most. [GiB]"""
    return volume_facts(facts_of(option).volume).largest_gib


@lru_cache
def largest_own_disk(provider: str) -> int:
    """Return the largest disk that any machine of a provider has of its own. [bytes]"""
    return max(
        (int(each.local_storage_gb * GB) for each in instances().values() if each.provider == provider), default=0
    )


def disk_words(size_bytes: int) -> str:
    """Return a size as data sets and as disks count it; of the second never less than it is."""
    tenths = -(-size_bytes * 10 // GIB)
    if size_bytes < GB:
        return size_words(size_bytes)
    return f"{size_bytes / 1e9:,.1f} GB ({tenths / 10:,.1f} GiB)"


def volume_words(project: Project, option: Option, *, copies: bool) -> str:
    """Return why a data volume is as large as it is by default."""
    if not copies:
        return "nothing is copied"
    if volume_gib_of(project, option) < least_gib(project.dataset.size_bytes):
        return "the largest that there is"
    return f"chosen for the data set of {disk_words(project.dataset.size_bytes)} with {_room(project, option)}"


def _room(project: Project, option: Option) -> str:
    """Return the room that a default volume has, which the largest of all has less of."""
    largest = volume_gib_of(project, option) == largest_volume_gib(option)
    return "what room the largest has" if largest else f"{_ROOM_PERCENT} % of room"
