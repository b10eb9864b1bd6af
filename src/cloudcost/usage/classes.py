"""How S3 meters each of its storage classes: smallest object, minimum duration, overheads, requests, retrieval.

References
----------
.. [1] AWS, "Amazon S3 pricing" and "Amazon S3 FAQs": 128 KB minimum of the infrequent classes, minimum durations,
   32 KB + 8 KB per archived object. Read 2026-11-22.
"""

from __future__ import annotations

from cloudcost.frozen import dataclass

KIB = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class StorageClass:
    """How S3 meters a class.

    Parameters
    ----------
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
    retrieval_usage_type : str
        Per GB read; empty where reading is free.
    overhead_bytes, standard_overhead_bytes : int
        Extra per archived object, at the class's own rate and at the Standard rate. [bytes]
    transition : (str, str)
        Usage type and operation of moving one object into the class by lifecycle; empty where it cannot be.
    readable : bool
        Whether objects can be read without being restored first.
    """

    usage_type: str
    smallest_bytes: int = 0
    small_usage_type: str = ""
    minimum_days: int = 0
    early_usage_type: str = ""
    request_prefix: str = "Requests-"
    retrieval_usage_type: str = ""
    overhead_bytes: int = 0
    standard_overhead_bytes: int = 0
    transition: tuple[str, str] = ("", "")
    readable: bool = True


STORAGE_CLASSES = {
    "STANDARD": StorageClass(usage_type="TimedStorage-ByteHrs"),
    "REDUCED_REDUNDANCY": StorageClass(usage_type="TimedStorage-RRS-ByteHrs"),
    "INTELLIGENT_TIERING": StorageClass(
        usage_type="TimedStorage-INT-FA-ByteHrs", request_prefix="Requests-INT-", transition=("Requests-Tier4", "")
    ),
    "STANDARD_IA": StorageClass(
        usage_type="TimedStorage-SIA-ByteHrs", smallest_bytes=128 * KIB, small_usage_type="TimedStorage-SIA-SmObjects",
        minimum_days=30, early_usage_type="EarlyDelete-SIA", request_prefix="Requests-SIA-",
        retrieval_usage_type="Retrieval-SIA", transition=("Requests-Tier4", ""),
    ),
    "ONEZONE_IA": StorageClass(
        usage_type="TimedStorage-ZIA-ByteHrs", smallest_bytes=128 * KIB, small_usage_type="TimedStorage-ZIA-SmObjects",
        minimum_days=30, early_usage_type="EarlyDelete-ZIA", request_prefix="Requests-ZIA-",
        retrieval_usage_type="Retrieval-ZIA", transition=("Requests-Tier4", ""),
    ),
    "GLACIER_IR": StorageClass(
        usage_type="TimedStorage-GIR-ByteHrs", smallest_bytes=128 * KIB, small_usage_type="TimedStorage-GIR-SmObjects",
        minimum_days=90, early_usage_type="EarlyDelete-GIR", request_prefix="Requests-GIR-",
        retrieval_usage_type="Retrieval-GIR", transition=("Requests-GIR-Tier1", ""),
    ),
    "GLACIER": StorageClass(
        usage_type="TimedStorage-GlacierByteHrs", minimum_days=90, early_usage_type="EarlyDelete-ByteHrs",
        overhead_bytes=32 * KIB, standard_overhead_bytes=8 * KIB,
        transition=("Requests-Tier3", "S3-GlacierTransition"), readable=False,
    ),
    "DEEP_ARCHIVE": StorageClass(
        usage_type="TimedStorage-GDA-ByteHrs", minimum_days=180, early_usage_type="EarlyDelete-GDA",
        request_prefix="Requests-GDA-", overhead_bytes=32 * KIB, standard_overhead_bytes=8 * KIB,
        transition=("Requests-Tier3", "S3-GDATransition"), readable=False,
    ),
    "EXPRESS_ONEZONE": StorageClass(
        usage_type="TimedStorage-XZ-ByteHrs", request_prefix="Requests-XZ-", retrieval_usage_type="Retrieval-XZ"
    ),
}  # fmt: skip
"""S3's classes by their API names [1]."""
