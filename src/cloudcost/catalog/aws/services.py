"""Services of AWS that list or bill one usage type under each other's names."""

from __future__ import annotations

from functools import cache

from cloudcost.catalog.tables import DATA, read_table

_COLUMNS = ("service", "listed_under", "as_of", "source", "note")


@cache
def service_aliases() -> dict[str, tuple[str, ...]]:
    """Return where else the usage types of a service may be listed.

    Examples
    --------
    >>> service_aliases()["AmazonVPC"]
    ('AmazonEC2',)
    """
    found: dict[str, tuple[str, ...]] = {}
    for service, listed_under, *_ in read_table(DATA / "service_aliases.csv", _COLUMNS):
        found[service] = (*found.get(service, ()), listed_under)
    return found
