"""A lifecycle rule of a bucket."""

from __future__ import annotations

from cloudcost.frozen import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class LifecycleRule:
    """A rule of the bucket, with S3's meaning: what it does acts at the next midnight UTC.

    Parameters
    ----------
    storage_class : str or None
        That objects move to.
    after_days : int or None
        Age at which current versions move. [days]
    noncurrent_after_days : int or None
        Time after which noncurrent versions move, from the moment on at which they became so. [days]
    expire_after_days : int or None
        Age at which current versions expire: deleted, or made noncurrent where versions are kept. [days]
    noncurrent_expire_after_days : int or None
        Time after which noncurrent versions are deleted. [days]
    keep_newest : int
        Noncurrent versions that the rule leaves alone, the newest ones. [count]
    abort_incomplete_after_days : int or None
        Time after which uploads that were begun and not completed are aborted and their parts deleted. [days]
    min_object_bytes : int or None
        Only larger objects fall under the rule; with it small ones move, too, which they do not by default. [bytes]
    """

    storage_class: str | None = None
    after_days: int | None = None
    noncurrent_after_days: int | None = None
    expire_after_days: int | None = None
    noncurrent_expire_after_days: int | None = None
    keep_newest: int = 0
    abort_incomplete_after_days: int | None = None
    min_object_bytes: int | None = None
