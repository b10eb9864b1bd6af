"""What FOCUS calls a service and which category it puts it in: rows of ``data/focus_services.csv``."""

from __future__ import annotations

from fnmatch import fnmatchcase
from functools import cache, lru_cache
from typing import NamedTuple

from cloudcost.catalog.tables import DATA, read_table

_COLUMNS = ("service", "usage_type", "name", "category", "subcategory", "as_of", "source", "note")


class FocusService(NamedTuple):
    """A service in FOCUS's words.

    Parameters
    ----------
    name : str
        ``ServiceName``.
    category, subcategory : str
        ``ServiceCategory`` and ``ServiceSubcategory``, values that the specification allows.
    """

    name: str
    category: str
    subcategory: str


@cache
def _rows() -> tuple[tuple[str, str, FocusService], ...]:
    rows = read_table(DATA / "focus_services.csv", _COLUMNS)
    return tuple((row[0], row[1], FocusService(row[2], row[3], row[4])) for row in rows)


@lru_cache(maxsize=1024)
def focus_service(service: str, usage_type: str) -> FocusService:
    """Return what FOCUS calls what is billed; a service that the table lacks keeps its name, under Other.

    Examples
    --------
    >>> focus_service("AmazonEC2", "EBS:VolumeUsage.gp3").category, focus_service("Local", "Electricity").category
    ('Storage', 'Other')
    """
    for known, pattern, found in _rows():
        if fnmatchcase(service, known) and fnmatchcase(usage_type, pattern):
            return found
    return FocusService(service, "Other", "Other (Other)")
