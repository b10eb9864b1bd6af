"""Generations of devices whose times do not follow from their data sheets: what was measured says otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from cloudcost.catalog.tables import DATA, read_table

_COLUMNS = ("architecture", "why", "source")


@cache
def untimed() -> Mapping[str, tuple[str, str]]:
    """Return, by architecture, why no time is transferred to it, and the source.

    Examples
    --------
    >>> list(untimed())
    ['Blackwell-DC']
    """
    rows = read_table(DATA / "untimed.csv", _COLUMNS)
    return MappingProxyType({architecture: (why, source) for architecture, why, source in rows})
