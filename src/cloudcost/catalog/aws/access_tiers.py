"""Where Intelligent-Tiering keeps what is not read for days: rows of ``data/access_tiers.csv``."""

from __future__ import annotations

from functools import cache

from cloudcost.catalog.tables import DATA, read_table
from cloudcost.frozen import dataclass

_COLUMNS = (
    "class", "usage_type", "unread_days", "opt_in", "overhead_bytes", "standard_overhead_bytes", "as_of", "source",
    "note",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessTier:
    """A tier that S3 moves objects of a class to by itself.

    Parameters
    ----------
    usage_type : str
        Of storage in it.
    unread_days : int
        Without a reading, at least; days of the bucket's own where the tier is one to be activated. [days]
    opt_in : str
        Key of the data set that activates it; empty where nothing has to be done.
    overhead_bytes, standard_overhead_bytes : int
        Extra per object, at the tier's own rate and at the Standard rate. [bytes]
    source : str
        Key of a `Source`.
    """

    usage_type: str
    unread_days: int
    opt_in: str
    overhead_bytes: int
    standard_overhead_bytes: int
    source: str


@cache
def access_tiers(storage_class: str) -> tuple[AccessTier, ...]:
    """Return the tiers of a class below the one that its own row states, none for most classes.

    Examples
    --------
    >>> [tier.unread_days for tier in access_tiers("INTELLIGENT_TIERING") if not tier.opt_in]
    [30, 90]
    """
    return tuple(
        AccessTier(
            usage_type=row[1],
            unread_days=int(row[2]),
            opt_in=row[3],
            overhead_bytes=int(row[4]),
            standard_overhead_bytes=int(row[5]),
            source=row[7],
        )
        for row in read_table(DATA / "access_tiers.csv", _COLUMNS)
        if row[0] == storage_class
    )
