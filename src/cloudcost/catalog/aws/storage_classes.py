"""How S3 meters each of its storage classes: smallest object, minimum duration, overheads, requests, retrieval, moves.

A class is a row of ``data/storage_classes.csv``; what is metered, which classes a project file may name and where a
lifecycle rule may lead follow from it.
"""

from __future__ import annotations

from functools import cache

from cloudcost.catalog.tables import DATA, read_table
from cloudcost.frozen import dataclass

_COLUMNS = (
    "name", "usage_type", "smallest_bytes", "small_usage_type", "minimum_days", "early_usage_type", "request_prefix",
    "put_usage_type", "put_operation", "list_usage_type", "upload_usage_type", "retrieval_usage_type",
    "overhead_bytes", "standard_overhead_bytes", "monitoring_usage_type", "monitored_bytes", "transition_usage_type",
    "transition_operation", "rank", "earliest_days", "readable", "condition", "staging_usage_type",
    "as_of", "source", "note",
)  # fmt: skip
STANDARD = "STANDARD"
"""The class that objects are in unless another is named; metadata of archived ones lies in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StorageClass:
    """How S3 meters a class.

    Parameters
    ----------
    name : str
        By S3's API.
    usage_type : str
        Of the storage itself.
    smallest_bytes : int
        Smaller objects are billed as if they had this size. [bytes]
    small_usage_type : str
        What the difference to `smallest_bytes` is metered as.
    minimum_days : int
        Deleted sooner, the rest is billed as early deletion. [days]
    early_usage_type : str
    request_prefix : str
        Of its request usage types: ``Requests-SIA-`` ...
    put : (str, str)
        Usage type and operation of writing one object.
    list_usage_type : str
        Of listing a bucket that holds it.
    upload_usage_type : str
        Per GB written; empty where writing is free.
    retrieval_usage_type : str
        Per GB read; empty where reading is free.
    overhead_bytes, standard_overhead_bytes : int
        Extra per archived object, at the class's own rate and at the Standard rate. [bytes]
    monitoring_usage_type : str
        Per object and month; empty where objects are not monitored.
    monitored_bytes : int
        Objects from this size on are monitored. [bytes]
    transition : (str, str)
        Usage type and operation of moving one object into the class by lifecycle; empty where it cannot be.
    rank : int or None
        Lifecycle rules move objects to higher ranks only; None where they move none, to or from it.
    earliest_days : int
        Age at which a lifecycle rule may move objects there. [days]
    readable : bool
        Whether objects can be read without being restored first.
    staging_usage_type : str
        Of the parts of uploads into it that are not complete; empty where they lie in the class itself.
    condition : str
        What it takes to keep there what is not read any more; empty where that is not suggested.
    source : str
        Key of a `Source`.
    """

    name: str
    usage_type: str
    smallest_bytes: int
    small_usage_type: str
    minimum_days: int
    early_usage_type: str
    request_prefix: str
    put: tuple[str, str]
    list_usage_type: str
    upload_usage_type: str
    retrieval_usage_type: str
    overhead_bytes: int
    standard_overhead_bytes: int
    monitoring_usage_type: str
    monitored_bytes: int
    transition: tuple[str, str]
    rank: int | None
    earliest_days: int
    readable: bool
    condition: str
    staging_usage_type: str
    source: str


@cache
def storage_classes() -> dict[str, StorageClass]:
    """Return every class by its API name.

    Examples
    --------
    >>> storage_classes()["GLACIER_IR"].minimum_days, storage_classes()["DEEP_ARCHIVE"].readable
    (90, False)
    """
    return {row[0]: _class(dict(zip(_COLUMNS, row, strict=True))) for row in read_table(_TABLE, _COLUMNS)}


@cache
def later_classes() -> tuple[str, ...]:
    """Return the classes that a lifecycle rule may name, from the one after Standard to the coldest.

    Examples
    --------
    >>> later_classes()[-1]
    'DEEP_ARCHIVE'
    """
    ranked = sorted((each.rank, each.name) for each in storage_classes().values() if each.rank)
    return tuple(name for _, name in ranked)


_TABLE = DATA / "storage_classes.csv"


def _class(row: dict[str, str]) -> StorageClass:
    return StorageClass(
        name=row["name"],
        usage_type=row["usage_type"],
        smallest_bytes=int(row["smallest_bytes"]),
        small_usage_type=row["small_usage_type"],
        minimum_days=int(row["minimum_days"]),
        early_usage_type=row["early_usage_type"],
        request_prefix=row["request_prefix"],
        put=(row["put_usage_type"], row["put_operation"]),
        list_usage_type=row["list_usage_type"],
        upload_usage_type=row["upload_usage_type"],
        retrieval_usage_type=row["retrieval_usage_type"],
        overhead_bytes=int(row["overhead_bytes"]),
        standard_overhead_bytes=int(row["standard_overhead_bytes"]),
        monitoring_usage_type=row["monitoring_usage_type"],
        monitored_bytes=int(row["monitored_bytes"]),
        transition=(row["transition_usage_type"], row["transition_operation"]),
        rank=int(row["rank"]) if row["rank"] else None,
        earliest_days=int(row["earliest_days"]),
        readable=row["readable"] == "yes",
        condition=row["condition"],
        staging_usage_type=row["staging_usage_type"],
        source=row["source"],
    )
