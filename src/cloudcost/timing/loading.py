"""The input side of a step: decoding images on the host's cores, reading them from storage, and the first download."""

from __future__ import annotations

from math import log
from statistics import NormalDist

DECODE_IMAGES_PER_SECOND = 171.0
"""JPEG decode, resize to 224 px and normalise on one core: 5.8 ms an image, measured on a shared x86 core with
PyTorch 2.13 on a CPU (project's harness study, 2026). [images/s per core]"""

DECODE_FACTOR = 1.8
"""80 % of cores and decoders lie within this factor of that rate, either way: one thread decodes ImageNet's validation
images at 261 to 864 images/s over 12 decoders of Python and 5 processors of Google Cloud, a factor of 1.8 around the
middle (imread-benchmark, arXiv:2605.08731, 2026-05, read 2026-11-28). [1]"""

DECODE_SD = log(DECODE_FACTOR) / NormalDist().inv_cdf(0.9)
"""Of the log of the time that an image takes. [1]"""

DECODED_BYTES = 116e3
"""Of the JPEGs behind that rate: ImageNet's mean, 147.9 GB over 1,281,167 images; an assumption. [bytes]"""

HYPERTHREAD = 0.5
"""A virtual CPU is one of two threads of a core; decoding keeps the core busy with one. [cores per vCPU]"""

VOLUME_BYTES_PER_SECOND = 125e6
"""What a gp3 volume delivers without a surcharge (Amazon EBS user guide, "General Purpose SSD volumes", read 2026-11).
[bytes/s]"""

NVME_BYTES_PER_SECOND = 1e9
"""What the NVMe disk of an instance delivers; an assumption, sizes differ. [bytes/s]"""

CONNECTION_BYTES_PER_SECOND = 90e6
"""One connection to S3 moves 85-95 MB/s (Amazon S3 user guide, "Performance design patterns", read 2026-11).
[bytes/s]"""

NETWORK_SHARE = 0.8
"""What transfers reach of a network card's stated rate. [1]"""


def decode_images_per_second(vcpu: int, *, image_px: int = 224, bytes_per_image: float = DECODED_BYTES) -> float:
    """Return how many JPEGs a machine decodes per second with all its virtual CPUs. [images/s]

    Decoding grows with the photo as it is stored, two thirds of the time for one of 116 kB; resize and normalise grow
    with `image_px`, a third of the time at 224 px.

    Examples
    --------
    >>> decode_images_per_second(4)  # 2 cores
    342.0
    """
    if vcpu < 1:
        raise ValueError(f"a machine has at least one vCPU, not {vcpu}")
    growth = bytes_per_image / DECODED_BYTES * 2 / 3 + (image_px / 224) ** 2 / 3
    return DECODE_IMAGES_PER_SECOND * HYPERTHREAD * vcpu / growth


def storage_bytes_per_second(network_gbps: float | None, *, connections: int = 1) -> float:
    """Return what S3 delivers to a machine over so many connections, up to its network card. [bytes/s]

    Examples
    --------
    >>> storage_bytes_per_second(5.0, connections=1) / 1e6, storage_bytes_per_second(5.0, connections=32) / 1e6
    (90.0, 500.0)
    """
    parallel = connections * CONNECTION_BYTES_PER_SECOND
    if network_gbps is None:
        return parallel
    return min(parallel, NETWORK_SHARE * network_gbps * 1e9 / 8)


def loader_seconds(
    batch_total: int,
    *,
    vcpu: int,
    image_px: int = 224,
    bytes_per_image: float = DECODED_BYTES,
    storage_bytes_per_second: float | None = None,
) -> float:
    """Return the time in which the host makes one batch ready; a step cannot be shorter. [s]

    Parameters
    ----------
    batch_total : int
        Images per step over all GPUs. [images]
    vcpu : int
        [count]
    bytes_per_image : float
        As stored. [bytes]
    storage_bytes_per_second : float, optional
        Where images come over a network or from a slow disk at each epoch. [bytes/s]

    Notes
    -----
    Decoding and reading overlap: the slower one rules.

    Examples
    --------
    >>> loader_seconds(342, vcpu=4)
    1.0
    """
    decode = batch_total / decode_images_per_second(vcpu, image_px=image_px, bytes_per_image=bytes_per_image)
    if storage_bytes_per_second is None:
        return decode
    return max(decode, batch_total * bytes_per_image / storage_bytes_per_second)


def download_seconds(total_bytes: float, *, network_gbps: float | None, connections: int = 10) -> float:
    """Return how long the data set takes to arrive before or during the first epoch. [s]

    The default of ten connections is that of the AWS command line (`max_concurrent_requests`).

    Examples
    --------
    >>> download_seconds(48e9, network_gbps=10.0)  # 48 GB at min(10 x 90 MB/s, 0.8 x 1250 MB/s)
    53.333333333333336
    """
    return total_bytes / storage_bytes_per_second(network_gbps, connections=connections)
