"""The disk that a copied data set has to fit on: whether it does, and what is taken of it.

A copy lies in one place: on the data volume, beside the image on the root volume, or on the machine's own NVMe disk.
Streaming readers keep nothing. Sizes of disks are whole GiB, sizes of data sets are bytes.
"""

from __future__ import annotations

from cloudcost.domain.kinds import facts_of
from cloudcost.domain.project import Option, Project
from cloudcost.usage.chosen import fills_disk
from cloudcost.usage.kinds import metering_of
from cloudcost.usage.machines.volumes import disk_words


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
    if not fills_disk(project, option) or facts_of(option).at_home:
        return ""
    size = project.dataset.size_bytes
    if own_disk_bytes is not None and size <= own_disk_bytes:  # before words are made: a sweep asks very often
        return ""
    kind = metering_of(option)
    rooms = kind.rooms(project, option, own_disk_bytes)
    if not rooms or any(size <= room for room in rooms.values()):
        return ""
    *others, last = rooms
    has = f"{', '.join(others)} or {last}" if others else last
    remedy = kind.remedy(option, size, rooms, offered)
    return f"the data set of {disk_words(size)} is copied and does not fit on {has}; {remedy}"


def disk_assumptions(project: Project, option: Option, own_disk_bytes: int | None) -> list[str]:
    """Return, one sentence each, how large the disk is taken to be and why."""
    copies = fills_disk(project, option)
    return metering_of(option).disk_assumptions(project, option, own_disk_bytes, copies=copies)
