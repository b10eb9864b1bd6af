"""The least IAM policy that a scan of a bucket takes.

References
----------
.. [1] AWS, "Actions, resources, and condition keys for Amazon S3": ``s3:prefix`` narrows ListBucket and
   ListBucketVersions; listing unfinished uploads and reading configurations is permitted for a bucket as a whole.
"""

from __future__ import annotations

from cloudcost.json_text import json_value
from cloudcost.scan.bucket.client import PERMISSIONS

_LISTS = ("s3:ListBucket", "s3:ListBucketVersions")
_OF_OBJECTS = ("s3:ListMultipartUploadParts",)


def least_policy(bucket: str, prefix: str, *, partition: str = "aws") -> str:
    """Return the policy as JSON, with a line feed at its end.

    Parameters
    ----------
    bucket, prefix : str
    partition : str
        Of AWS: ``aws``, ``aws-cn``, ``aws-us-gov``.
    """
    arn = f"arn:{partition}:s3:::{bucket}"
    others = [each for _, each in PERMISSIONS.values() if each not in (*_LISTS, *_OF_OBJECTS)]
    listing: dict[str, object] = {"Effect": "Allow", "Action": list(_LISTS), "Resource": arn}
    if prefix:
        listing["Condition"] = {"StringLike": {"s3:prefix": f"{_plain(prefix)}*"}}
    statements = [
        listing,
        {"Effect": "Allow", "Action": others, "Resource": arn},
        {"Effect": "Allow", "Action": list(_OF_OBJECTS), "Resource": f"{arn}/{_plain(prefix)}*"},
    ]
    return json_value({"Version": "2012-10-17", "Statement": statements}, indent=2) + "\n"


def _plain(prefix: str) -> str:
    """Return a prefix whose marks mean themselves in a policy."""
    return "".join(f"${{{mark}}}" if mark in "*?$" else mark for mark in prefix)
