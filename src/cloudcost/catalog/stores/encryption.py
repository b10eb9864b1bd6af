"""How often S3 asks KMS for keys: by the way of encrypting, and whether the bucket has a key of its own."""

from __future__ import annotations

from fractions import Fraction
from functools import cache

from cloudcost.catalog.tables import DATA, read_table
from cloudcost.domain.project import Encryption

_COLUMNS = ("encryption", "bucket_key", "requests_share", "as_of", "source", "note")
KMS_SERVICE = "awskms"
"""The service that bills requests for keys."""
KMS_REQUESTS = "KMS-Requests"
"""Their usage type."""


@cache
def kms_share(encryption: Encryption, *, bucket_key: bool) -> Fraction:
    """Return what part of the requests for objects and their parts KMS is asked for. [1]

    Examples
    --------
    >>> kms_share("SSE-KMS", bucket_key=False), kms_share("SSE-S3", bucket_key=False)
    (Fraction(1, 1), Fraction(0, 1))
    """
    wanted = (encryption, "yes" if bucket_key else "no")
    return next(Fraction(row[2]) for row in read_table(DATA / "encryption.csv", _COLUMNS) if (row[0], row[1]) == wanted)
