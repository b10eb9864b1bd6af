"""Requests for the keys that objects are encrypted with, which KMS bills: none where S3's own are taken.

KMS is asked for a data key when an object is written, and again for each part of it; to read it each request has its
key decrypted. Where the bucket has a key of its own, most of that stays within S3 [1]_. The key is taken to be the one
that AWS manages for the account, which has no monthly fee.

References
----------
.. [1] AWS, "Reducing the cost of SSE-KMS with Amazon S3 Bucket Keys" and "Using server-side encryption with AWS KMS
   keys", Amazon S3 user guide. Read 2026-11-29.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

from cloudcost.catalog.stores.encryption import KMS_REQUESTS, KMS_SERVICE, kms_share
from cloudcost.domain.objects import ObjectClass
from cloudcost.domain.project import Dataset
from cloudcost.domain.usage import RunUsage
from cloudcost.usage.events import Readings
from cloudcost.usage.meter import Meter
from cloudcost.usage.s3.objects import object_bytes, put_requests


def asks_for_keys(dataset: Dataset) -> bool:
    """Return whether KMS is asked for keys at all."""
    return dataset.encryption != "SSE-S3"


def keys_of(size_bytes: int, part_bytes: int) -> int:
    """Return the requests for keys of writing one object: one, or the start's and one a part. [requests]

    Examples
    --------
    >>> keys_of(100_000, 8 * 2**20), keys_of(128 * 2**20, 8 * 2**20)
    (1, 17)
    """
    puts = put_requests(size_bytes, part_bytes)
    return puts if puts == 1 else puts - 1


def part_keys(part: ObjectClass, part_bytes: int) -> int:
    """Return the requests for keys of uploading equal objects once. [requests]"""
    return part.count * keys_of(object_bytes(part), part_bytes)


def key_events(meter: Meter, keys: int, *, count: int = 0, at_start: int = 0, why: str) -> list[RunUsage]:
    """Return the requests for keys of events. [requests]

    Parameters
    ----------
    keys : int
        Of one event, if KMS were asked each time. [requests]
    count, at_start : int
        As `Meter.events` has them. [count]
    """
    kms, asked, said = Meter(meter.project, meter.region, KMS_SERVICE), _asked(meter, keys), _why(meter, why)
    return kms.events(KMS_REQUESTS, "requests", each=asked, count=count, at_start=at_start, why=said)


def key_readings(meter: Meter, keys: int, readings: Readings, why: str) -> list[RunUsage]:
    """Return the requests for keys of readings of the data set. [requests]"""
    kms, asked, said = Meter(meter.project, meter.region, KMS_SERVICE), _asked(meter, keys), _why(meter, why)
    return kms.readings(KMS_REQUESTS, "requests", each=asked, readings=readings, why=said)


def key_writings(meter: Meter, keys: Sequence[int], why: str) -> list[RunUsage]:
    """Return the requests for keys of what one run of each training writes. [requests]"""
    asked, said = [_asked(meter, each) for each in keys], _why(meter, why)
    kms = Meter(meter.project, meter.region, KMS_SERVICE)
    return kms.evenly(KMS_REQUESTS, "requests", per_run=asked, why=said)


def _asked(meter: Meter, keys: int) -> int:
    dataset = meter.project.dataset
    return ceil(keys * kms_share(dataset.encryption, bucket_key=dataset.bucket_key))


def _why(meter: Meter, why: str) -> str:
    return f"keys for {why}" + (", one request in 100 by the bucket's key" if meter.project.dataset.bucket_key else "")
