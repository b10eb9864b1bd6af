"""The disk that a copied data set has to fit on: how large it is by default, and whether a stated one does.

A copy lies in one place: on the data volume, beside the image on the root volume, or on the machine's own NVMe disk.
Streaming readers keep nothing. Sizes of disks are whole GiB, sizes of data sets are bytes.

References
----------
.. [1] AWS, "Amazon EBS volume types": a gp3 volume holds up to 64 TiB, a gp2 volume up to 16. Read 2026-11-22.
.. [2] aws/deep-learning-containers, pull request 2425 (2022-11-16): 100 GB are the recommended root volume of the deep
   learning base image. guardian/amigo, pull request 1828 (2026-04-20): it has several CUDA versions of 10 GB each.
.. [3] SageMaker's API, "ResourceConfig": training data in file mode lie on the ML storage volume, the image does not;
   with NVMe there is no volume and the disk is the instance's; volumes are of type gp2. Read 2026-11-28.
"""

from __future__ import annotations

from functools import lru_cache
from typing import assert_never

from cloudcost.catalog.colab import free_disk_bytes
from cloudcost.catalog.instances import instances
from cloudcost.domain.project import Option, Project
from cloudcost.figures import size_words
from cloudcost.units import GB, GIB
from cloudcost.usage.chosen import reader_of

ROOT_VOLUME_GIB = 100
"""Root volume of an EC2 machine: room for a deep learning image [2]; an assumption that the report states. [GiB]"""
IMAGE_GIB = 60
"""What a deep learning image with its frameworks takes of the root volume; an assumption after [2]. [GiB]"""
TRAINING_VOLUME_GIB = 30
"""SageMaker's usual volume of a training job, the default of its Python SDK; the least that is taken. [GiB]"""
LARGEST_VOLUME_GIB = 65_536
"""Of a volume of EC2, gp3 [1]. [GiB]"""
LARGEST_TRAINING_VOLUME_GIB = 16_384
"""Of a volume of SageMaker, gp2 [1] [3]. [GiB]"""
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


def volume_gib_of(project: Project, option: Option) -> int:
    """Return the data volume of each of the option's machines: as stated, else as the data set needs it. [GiB]"""
    if option.volume_gib is not None:
        return option.volume_gib
    least = TRAINING_VOLUME_GIB if option.kind == "sagemaker" else 0
    if reader_of(project, option) != "copy":
        return least
    needed = -(-project.dataset.size_bytes * (100 + _ROOM_PERCENT) // (100 * GIB))
    return min(max(-(-needed // _STEP_GIB) * _STEP_GIB, least), largest_volume_gib(option))


def largest_volume_gib(option: Option) -> int:
    """Return how large the option's data volume can be at most. [GiB]"""
    return LARGEST_TRAINING_VOLUME_GIB if option.kind == "sagemaker" else LARGEST_VOLUME_GIB


def disk_obstacle(
    project: Project, option: Option, own_disk_bytes: int | None, *, offered: tuple[str, ...] = ()
) -> str:
    """Return why a data set that runs copy does not fit on the option's disk; empty when it does, or is not known to.

    Parameters
    ----------
    own_disk_bytes : int or None
        What is free on the machine's own disk: NVMe of an instance (0: it has none), Colab's; None where it is not
        known. [bytes]
    offered : tuple of str
        ``colab``: the accelerators that the option's plan may give, among which a remedy can choose.
    """
    if reader_of(project, option) != "copy" or option.kind == "local":
        return ""
    size = project.dataset.size_bytes
    if own_disk_bytes is not None and size <= own_disk_bytes:  # before words are made: a sweep asks very often
        return ""
    rooms = _rooms(project, option, own_disk_bytes)
    if not rooms or any(size <= room for room in rooms.values()):
        return ""
    *others, last = rooms
    has = f"{', '.join(others)} or {last}" if others else last
    remedy = _of_colab(option, size, offered) if option.kind == "colab" else _remedy(option, size, rooms)
    return f"the data set of {_size(size)} is copied and does not fit on {has}; {remedy}"


def _rooms(project: Project, option: Option, own_disk_bytes: int | None) -> dict[str, int]:
    """Return what the copy may lie on, in words, and the room there. [bytes]"""
    volume = volume_gib_of(project, option)
    match option.kind:
        case "ec2":
            rooms = {f"a data volume of {volume:,} GiB": volume * GIB} if volume else {}
            free = ROOT_VOLUME_GIB - IMAGE_GIB
            rooms[f"the {free} GiB that the image leaves of the root volume of {ROOT_VOLUME_GIB} GiB"] = free * GIB
            if own_disk_bytes:
                rooms[f"the machine's own disk of {_size(own_disk_bytes)}"] = own_disk_bytes
            return rooms
        case "sagemaker":
            if own_disk_bytes:
                return {f"the machine's own disk of {_size(own_disk_bytes)}": own_disk_bytes}
            return {f"a volume of {volume:,} GiB": volume * GIB}
        case "colab":
            return {} if own_disk_bytes is None else {f"Colab's disk, {_size(own_disk_bytes)} free": own_disk_bytes}
        case "cloud" | "local":
            return {} if own_disk_bytes is None else {f"the machine's disk of {_size(own_disk_bytes)}": own_disk_bytes}
        case _:
            assert_never(option.kind)


def _of_colab(option: Option, size_bytes: int, offered: tuple[str, ...]) -> str:
    """Return which accelerators of the option's own plan have a disk for the copy; where none has, what is left."""
    larger = [name for name in offered if (free_disk_bytes(name) or 0) >= size_bytes]
    if not larger:
        return f'plan {option.plan} offers no accelerator beside a disk that would do: use reader = "stream"'
    return f'the disk beside {", ".join(larger)} would do, or reader = "stream"'


def _remedy(option: Option, size_bytes: int, rooms: dict[str, int]) -> str:
    least = least_gib(size_bytes)
    if option.kind == "cloud":
        known = instances().get(option.instance or "")
        if known is not None and _largest_own_disk(known.provider) < size_bytes:
            return 'no machine of this provider is known with a disk that would do: use reader = "stream"'
        return f'take a machine with {least:,} GiB or more, or reader = "stream"'
    if option.kind == "sagemaker" and not any("volume" in room for room in rooms):
        ways = [f"one with {least:,} GiB or more"] if _largest_own_disk("aws") >= size_bytes else []
        if least <= LARGEST_TRAINING_VOLUME_GIB:
            ways.append(f"one without a disk of its own and volume_gib = {least}")
        said = f"take {', or '.join(ways)}, or" if ways else "no machine has a disk that would do: use"
        return f'SageMaker adds no volume to such a machine: {said} reader = "stream"'
    largest = largest_volume_gib(option)
    if least > largest:
        whose = "no volume of SageMaker" if option.kind == "sagemaker" else "no volume"
        return f'{whose} is larger than {largest:,} GiB: use reader = "stream" or "shards"'
    return f'volume_gib = {least} would do, or reader = "stream"'


@lru_cache
def _largest_own_disk(provider: str) -> int:
    """Return the largest disk that any machine of a provider has of its own. [bytes]"""
    return max(
        (int(each.local_storage_gb * GB) for each in instances().values() if each.provider == provider), default=0
    )


def _size(size_bytes: int) -> str:
    """Return a size as data sets and as disks count it; of the second never less than it is."""
    tenths = -(-size_bytes * 10 // GIB)
    if size_bytes < GB:
        return size_words(size_bytes)
    return f"{size_bytes / 1e9:,.1f} GB ({tenths / 10:,.1f} GiB)"


def disk_assumptions(project: Project, option: Option, own_disk_bytes: int | None) -> list[str]:
    """Return, one sentence each, how large the disk is taken to be and why."""
    copies = reader_of(project, option) == "copy"
    size = _size(project.dataset.size_bytes)
    said: list[str] = []
    match option.kind:
        case "ec2":
            volume = volume_gib_of(project, option)
            chosen = "" if option.volume_gib is not None else f" ({_chosen(project, option, copies=copies)})"
            data = f"data of {volume:,} GiB{chosen}" if volume else f"no data volume{chosen}"
            said.append(
                f"volumes of each machine: gp3 root of {ROOT_VOLUME_GIB} GiB for the image, {data}; billed through the "
                "whole project, also while stopped"
            )
            if copies and volume and own_disk_bytes and project.dataset.size_bytes <= own_disk_bytes:
                said.append(f"the machine's own disk of {_size(own_disk_bytes)} would hold the copy: volume_gib = 0")
        case "sagemaker" if own_disk_bytes:
            said.append(f"the machine's own disk of {_size(own_disk_bytes)} is used: no volume is billed beside it")
        case "sagemaker":
            if option.volume_gib is None:
                volume = volume_gib_of(project, option)
                said.append(
                    f"a volume of {volume:,} GiB for the training jobs, {_chosen(project, option, copies=copies)}"
                )
        case "colab" if copies:
            room = "is not known" if own_disk_bytes is None else f"has {_size(own_disk_bytes)} free, as users see it"
            said.append(f"the data set is copied to Colab's disk, which {room}")
        case "cloud" if own_disk_bytes:
            said.append(f"the machine's own disk of {_size(own_disk_bytes)} is in its price")
        case "cloud":
            what = f"boot disk and room for the copy of {size} are" if copies else "the boot disk is"
            said.append(f"{what} left out: the price book has no price of such disks")
    return said


def _chosen(project: Project, option: Option, *, copies: bool) -> str:
    if not copies:
        return "nothing is copied"
    if volume_gib_of(project, option) < least_gib(project.dataset.size_bytes):
        return "the largest that there is"
    return f"chosen for the data set of {_size(project.dataset.size_bytes)} with {_room(project, option)}"


def _room(project: Project, option: Option) -> str:
    """Return the room that a default volume has, which the largest of all has less of."""
    largest = volume_gib_of(project, option) == largest_volume_gib(option)
    return "what room the largest has" if largest else f"{_ROOM_PERCENT} % of room"
