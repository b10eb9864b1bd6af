"""How long reading the data set takes on an option's machine: at each step, and as a copy at each start."""

from __future__ import annotations

from cloudcost.domain.kinds import facts_of
from cloudcost.domain.project import Dataset, Option, Project, Training
from cloudcost.frozen import dataclass
from cloudcost.timing.loading import (
    NVME_BYTES_PER_SECOND,
    VOLUME_BYTES_PER_SECOND,
    download_seconds,
    loader_seconds,
    storage_bytes_per_second,
)
from cloudcost.units import GB, GIB
from cloudcost.usage.chosen import fills_disk, reader_of
from cloudcost.usage.machines.machine import Machine
from cloudcost.usage.s3.objects import object_count

FIRST_BYTE_S = 0.1
"""Until the first byte of an object arrives: 100-200 ms (AWS S3 performance guide, read 2026-11-22). [s]"""
COPY_CONNECTIONS = 10
"""Connections of a copy: `max_concurrent_requests` of the AWS command line. [count]"""
OUTSIDE_GBPS = 1.0
"""Between S3 and Colab or another cloud, over the internet; an assumption. [10**9 bit/s]"""
MEMORY_SHARE = 0.7
"""Of a machine's memory that holds the files read last; an assumption. [1]"""
STREAM_CONNECTIONS = 32
"""Requests that a streaming loader keeps open; an assumption. [count]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoaderLimit:
    """The least that a step takes because of its images: they are decoded and read at the same time.

    Parameters
    ----------
    decoding, reading : float
        [s]
    """

    decoding: float = 0.0
    reading: float = 0.0

    @property
    def seconds(self) -> float:
        """The slower of the two. [s]"""
        return max(self.decoding, self.reading)


def loader_limit(project: Project, option: Option, training: Training, machine: Machine) -> LoaderLimit:
    """Return the least that a step takes because of reading and decoding its images."""
    dataset = project.dataset
    if dataset.images == 0:
        return LoaderLimit()
    per_image = dataset.size_bytes / dataset.images
    rate = _disk_rate(dataset, machine)
    if not fills_disk(project, option):
        network = machine.instance.network_gbps if machine.instance else None
        rate = storage_bytes_per_second(network, connections=STREAM_CONNECTIONS)
        per_object = dataset.size_bytes / max(object_count(dataset), 1)
        rate = min(rate, STREAM_CONNECTIONS / FIRST_BYTE_S * per_object)
    images = training.batch * machine.gpus
    decoding = loader_seconds(images, vcpu=machine.vcpu, image_px=training.image_px, bytes_per_image=per_image)
    reading = 0.0 if rate is None else images * per_image / rate
    return LoaderLimit(decoding=decoding * option.decode_factor, reading=reading)


def _disk_rate(dataset: Dataset, machine: Machine) -> float | None:
    """Return what a rented machine's disk delivers; None where the copy stays in memory or the disk is not known."""
    kind = machine.instance
    if kind is None or kind.provider != "aws" or dataset.size_bytes <= MEMORY_SHARE * kind.memory_gib * GIB:
        return None
    return NVME_BYTES_PER_SECOND if kind.local_storage_gb * GB >= dataset.size_bytes else VOLUME_BYTES_PER_SECOND


def copy_seconds(project: Project, option: Option, machine: Machine) -> float:
    """Return what copying the data set to the machine takes at each start; nothing on one's own disk. [s]

    Notes
    -----
    The slower of moving the bytes and of waiting for the first byte of each object, over ten connections, which is
    what the AWS command line opens.
    """
    dataset = project.dataset
    if facts_of(option).at_home or reader_of(project, option) != "copy":
        return 0.0
    network = machine.instance.network_gbps if machine.instance else OUTSIDE_GBPS
    waiting = object_count(dataset) * FIRST_BYTE_S / COPY_CONNECTIONS
    moving = download_seconds(dataset.size_bytes, network_gbps=network, connections=COPY_CONNECTIONS)
    return max(moving, waiting)
