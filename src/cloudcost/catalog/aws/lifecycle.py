"""Which objects are too small for a lifecycle rule that names no size: rows of ``data/lifecycle_defaults.csv``."""

from __future__ import annotations

from datetime import date
from functools import cache

from cloudcost.catalog.tables import DATA, read_table
from cloudcost.errors import CatalogError
from cloudcost.frozen import dataclass

_COLUMNS = ("class", "from", "until", "smallest_bytes", "as_of", "source", "note")


@dataclass(frozen=True, slots=True, kw_only=True)
class LifecycleDefault:
    """The smallest object that rules written in a stretch of time move into a class.

    Parameters
    ----------
    storage_class : str
    first_day, until : date or None
        Rules of ``[first_day, until)``.
    smallest_bytes : int
        [bytes]
    source : str
        Key of a `Source`.
    """

    storage_class: str
    first_day: date | None
    until: date | None
    smallest_bytes: int
    source: str


@cache
def lifecycle_defaults() -> tuple[LifecycleDefault, ...]:
    """Return every row of the table."""
    return tuple(
        LifecycleDefault(
            storage_class=row[0],
            first_day=date.fromisoformat(row[1]) if row[1] else None,
            until=date.fromisoformat(row[2]) if row[2] else None,
            smallest_bytes=int(row[3]),
            source=row[5],
        )
        for row in read_table(DATA / "lifecycle_defaults.csv", _COLUMNS)
    )


@cache
def default_smallest_bytes(storage_class: str, day: date) -> int:
    """Return the smallest object that a rule written on that day moves into a class, unless it names a size. [bytes]

    Examples
    --------
    >>> default_smallest_bytes("GLACIER", date(2024, 1, 1)), default_smallest_bytes("GLACIER", date(2026, 1, 1))
    (0, 131072)
    """
    for row in lifecycle_defaults():
        if (
            row.storage_class == storage_class
            and (row.first_day is None or row.first_day <= day)
            and (row.until is None or day < row.until)
        ):
            return row.smallest_bytes
    raise CatalogError(f"lifecycle_defaults.csv: no row for {storage_class} on {day}, add one")
