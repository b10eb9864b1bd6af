"""How archived objects are brought back: rows of ``data/restores.csv``, by class and retrieval option."""

from __future__ import annotations

from functools import cache

from cloudcost.catalog.tables import DATA, read_table
from cloudcost.domain.project import RestoreTier
from cloudcost.frozen import dataclass

_COLUMNS = (
    "class", "tier", "hours", "bytes_usage_type", "bytes_operation", "requests_usage_type", "requests_operation",
    "as_of", "source", "note",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Restore:
    """A way of restoring the objects of an archive class.

    Parameters
    ----------
    hours : float
        Until they can be read, at the longest that AWS states. [h]
    retrieval, requests : (str, str)
        Usage type and operation of the bytes and of the requests; empty where they are free of charge.
    source : str
        Key of a `Source`.
    """

    hours: float
    retrieval: tuple[str, str]
    requests: tuple[str, str]
    source: str


@cache
def restores() -> dict[tuple[str, RestoreTier], Restore]:
    """Return the ways by class and retrieval option; what a class does not offer is left out.

    Examples
    --------
    >>> restores()["DEEP_ARCHIVE", "Standard"].hours, ("DEEP_ARCHIVE", "Expedited") in restores()
    (12.0, False)
    """
    return {
        (row[0], row[1]): Restore(  # type: ignore[misc]
            hours=float(row[2]), retrieval=(row[3], row[4]), requests=(row[5], row[6]), source=row[8]
        )
        for row in read_table(DATA / "restores.csv", _COLUMNS)
    }
