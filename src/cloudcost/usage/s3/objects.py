"""The data set as objects in a bucket: how many there are, and how many requests it takes to write and to read them.

References
----------
.. [1] AWS CLI, "S3 configuration": objects over 8 MB are uploaded in parts of 8 MB. Read 2026-11-22.
.. [2] AWS, "ListObjectsV2": at most 1,000 keys a page. Read 2026-11-22.
.. [3] awslabs, "Amazon S3 Connector for PyTorch": `S3ClientConfig.part_size`, downloads in parts of 8 MiB by default;
   AWS CLI and boto3 download objects over 8 MB by ranges of 8 MB as well [1]. Read 2026-11-28.
"""

from __future__ import annotations

from fractions import Fraction

from cloudcost.domain.objects import ObjectClass
from cloudcost.domain.project import Dataset, Reader, Training
from cloudcost.usage.s3.parts import current_parts

PART_BYTES = 8 * 2**20
"""Size above which an object is uploaded in parts, and the size of a part [1]. [bytes]"""
KEYS_PER_PAGE = 1000
"""Keys that one LIST request returns at most [2]."""
BY_PART = frozenset({"copy", "shards"})
"""Readers that fetch large objects by ranges: AWS's tools, boto3, AWS's own connector for PyTorch [1] [3]. A reader
that streams single images asks for each of them whole."""


def object_count(dataset: Dataset) -> int:
    """Return the objects that hold the data set: one an image, one a shard, or as many as it lists. [count]

    Examples
    --------
    >>> object_count(Dataset(images=60_000, size_bytes=6 * 10**9, reader="shards", shard_size_bytes=128 * 2**20))
    45
    """
    return sum([part.count for part in current_parts(dataset)])


def object_bytes(part: ObjectClass) -> int:
    """Return the size of one of equal objects, rounded up. [bytes]"""
    return -(-part.size_bytes // max(part.count, 1))


def put_requests(object_bytes: int) -> int:
    """Return the PUT-class requests that writing one object takes: one, or start + parts + completion. [requests]

    Examples
    --------
    >>> put_requests(100_000), put_requests(128 * 2**20)
    (1, 18)
    """
    if object_bytes <= PART_BYTES:
        return 1
    return 2 + -(-object_bytes // PART_BYTES)


def upload_requests(dataset: Dataset) -> int:
    """Return the PUT-class requests of uploading the data set once. [requests]"""
    return sum([part_uploads(part) for part in current_parts(dataset)])


def part_uploads(part: ObjectClass) -> int:
    """Return the PUT-class requests of uploading equal objects once. [requests]"""
    return part.count * put_requests(object_bytes(part))


def get_requests(dataset: Dataset, *, by_part: bool) -> int:
    """Return the GET requests of reading the whole data set once. [requests]

    Parameters
    ----------
    dataset : Dataset
    by_part : bool
        Whether objects over `PART_BYTES` are fetched by ranges of that size, one request each, as copying tools and
        readers of shards do [1]_ [3]_; else an object is one request.

    Examples
    --------
    >>> shards = Dataset(images=1000, size_bytes=2**30, reader="shards", shard_size_bytes=128 * 2**20)
    >>> get_requests(shards, by_part=True), get_requests(shards, by_part=False)
    (128, 8)
    """
    return sum([part_gets(part, by_part=by_part) for part in current_parts(dataset)])


def part_gets(part: ObjectClass, *, by_part: bool) -> int:
    """Return the GET requests of reading equal objects once, as `get_requests` does. [requests]"""
    return part.count * (max(-(-object_bytes(part) // PART_BYTES), 1) if by_part else 1)


def list_requests(dataset: Dataset) -> int:
    """Return the LIST requests of going through the data set's keys once. [requests]"""
    return -(-object_count(dataset) // KEYS_PER_PAGE)


def passes_per_run(reader: Reader, training: Training, *, starts: int | Fraction = 1) -> int | Fraction:
    """Return how often one run reads the whole data set from S3: ``copy`` once a start, else every epoch. [count]"""
    return starts if reader == "copy" else training.epochs.expected
