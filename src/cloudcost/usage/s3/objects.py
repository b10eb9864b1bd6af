"""The data set as objects in a bucket: how many there are, and how many requests it takes to write and to read them.

References
----------
.. [1] AWS CLI, "S3 configuration": objects over 8 MB are uploaded in parts of 8 MB. Read 2026-11-22.
.. [2] AWS, "ListObjectsV2": at most 1,000 keys a page. Read 2026-11-22.
.. [3] awslabs, "Amazon S3 Connector for PyTorch": `S3ClientConfig.part_size`, downloads in parts of 8 MiB by default;
   AWS CLI and boto3 download objects over 8 MB by ranges of 8 MB as well [1]. Read 2026-11-28.
.. [4] AWS, "Amazon S3 multipart upload limits": 10,000 parts of 5 MiB to 5 GiB. Read 2026-11-29.
"""

from __future__ import annotations

from cloudcost.domain.objects import ObjectClass
from cloudcost.domain.project import Dataset
from cloudcost.usage.s3.parts import current_parts

PART_BYTES = 8 * 2**20
"""Size above which an object is uploaded in parts, and the size of a part [1]. [bytes]"""
MOST_PARTS = 10_000
"""Parts that an upload has at most [4]. [count]"""
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


def put_requests(size_bytes: int, part_bytes: int = PART_BYTES) -> int:
    """Return the PUT-class requests that writing one object takes: one, or start + parts + completion. [requests]

    Parameters
    ----------
    size_bytes, part_bytes : int
        Of the object, and of the parts of larger ones; an upload has at most `MOST_PARTS`, which are larger then.
        [bytes]

    Examples
    --------
    >>> put_requests(100_000), put_requests(128 * 2**20), put_requests(128 * 2**20, 64 * 2**20)
    (1, 18, 4)
    """
    if size_bytes <= part_bytes:
        return 1
    return 2 + min(-(-size_bytes // part_bytes), MOST_PARTS)


def part_of(dataset: Dataset) -> int:
    """Return the size of the parts that objects of a bucket of S3 are uploaded and read in. [bytes]"""
    return dataset.part_bytes or PART_BYTES


def upload_requests(dataset: Dataset) -> int:
    """Return the PUT-class requests of uploading the data set once. [requests]"""
    return sum([part_uploads(part, part_of(dataset)) for part in current_parts(dataset)])


def part_uploads(part: ObjectClass, part_bytes: int = PART_BYTES) -> int:
    """Return the PUT-class requests of uploading equal objects once. [requests]"""
    return part.count * put_requests(object_bytes(part), part_bytes)


def get_requests(dataset: Dataset, *, by_part: bool) -> int:
    """Return the GET requests of reading the whole data set once. [requests]

    Parameters
    ----------
    dataset : Dataset
    by_part : bool
        Whether larger objects are fetched by ranges of the size of a part, one request each, as copying tools and
        readers of shards do [1]_ [3]_; else an object is one request.

    Examples
    --------
    >>> shards = Dataset(images=1000, size_bytes=2**30, reader="shards", shard_size_bytes=128 * 2**20)
    >>> get_requests(shards, by_part=True), get_requests(shards, by_part=False)
    (128, 8)
    """
    return sum([part_gets(part, part_of(dataset), by_part=by_part) for part in current_parts(dataset)])


def part_gets(part: ObjectClass, part_bytes: int = PART_BYTES, *, by_part: bool) -> int:
    """Return the GET requests of reading equal objects once, as `get_requests` does. [requests]"""
    return part.count * (max(-(-object_bytes(part) // part_bytes), 1) if by_part else 1)


def counted(parts: tuple[ObjectClass, ...], requests: int) -> str:
    """Return objects and the requests that they take once, as a reader of a bill can check them.

    Examples
    --------
    >>> counted((ObjectClass(count=53, size_bytes=7 * 10**9),), 848)
    '53 objects, 16 requests each'
    """
    objects = sum([part.count for part in parts])
    said = f"{objects:,} objects" if objects != 1 else "1 object"
    if requests == objects:
        return f"{said}, a request each"
    each, rest = divmod(requests, max(objects, 1))
    return f"{said}, {each:,} requests each" if not rest else f"{said}, {requests:,} requests in all"


def list_requests(dataset: Dataset) -> int:
    """Return the LIST requests of going through the data set's keys once. [requests]"""
    return -(-object_count(dataset) // KEYS_PER_PAGE)
