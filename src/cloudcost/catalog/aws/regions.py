"""AWS's regions: code, the price list's name of the location, country, continent, the codes that bills put in front."""

from __future__ import annotations

from functools import cache

from cloudcost.catalog.near import NAMES, near_and_all
from cloudcost.catalog.tables import DATA, read_table
from cloudcost.errors import UnknownRegionError
from cloudcost.frozen import dataclass

_REGION_DASHES = 3
"""Dashes in a region's name at most, ``us-gov-west-1``. [count]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """A region of AWS.

    Parameters
    ----------
    code : str
        ``eu-west-1``.
    location : str
        The price list's name: ``EU (Ireland)``.
    country : str
        ISO 3166 alpha-3.
    area : str
        Continent, by the names that `cloud_regions.csv` has.
    codes : tuple of str
        Codes in front of usage types, the usual one first: ``EU``, ``EUW1``. us-east-1's ``USE1`` is mostly left out.
    """

    code: str
    location: str
    country: str
    area: str
    codes: tuple[str, ...]


@cache
def regions() -> dict[str, Region]:
    """Return all known regions of AWS by code."""
    rows = read_table(DATA / "regions.csv", ("region", "location", "country", "area", "bill_codes"))
    return {
        code: Region(code=code, location=location, country=country, area=area, codes=tuple(codes.split()))
        for code, location, country, area, codes in rows
    }


@cache
def regions_by_code() -> dict[str, str]:
    """Return the region that each code of a bill belongs to."""
    return {code: region.code for region in regions().values() for code in region.codes}


def regions_of(place: str) -> tuple[str, ...]:
    """Return the regions in a place that people name: a continent, a city, a country.

    Examples
    --------
    >>> regions_of("Frankfurt"), regions_of("mars")
    (('eu-central-1',), ())
    """
    from cloudcost.catalog.near import bare_name

    wanted = bare_name(place)
    return tuple(
        code for code, each in regions().items()
        if len(wanted) > 3 and "-" not in place and (wanted in bare_name(each.location) or wanted == each.area)
    )  # fmt: skip


def may_be_zone(name: str) -> bool:
    """Return whether a name is longer than a region's, as those of local zones are: ``us-west-2-lax-1``.

    Examples
    --------
    >>> may_be_zone("us-west-2-lax-1"), may_be_zone("us-gov-west-1")
    (True, False)
    """
    return name.count("-") > _REGION_DASHES


def find_region(name: str) -> Region | None:
    """Return the region of that code, or None."""
    return regions().get(name)


def region(name: str) -> Region:
    """Return the region of that code.

    Raises
    ------
    UnknownRegionError
        When AWS has no such region; the message names the nearest.

    Examples
    --------
    >>> region("eu-west-1").location
    'EU (Ireland)'
    """
    found = find_region(name)
    if found is None:
        from cloudcost.catalog.aws.zones import find_zone

        zone = find_zone(name)
        if zone is not None:
            raise UnknownRegionError(f"no region {name!r}; it is {zone.title} of {zone.parent}, take {zone.parent}")
        raise UnknownRegionError(f"no region {name!r}; {near_and_all(name, regions(), 1, where=NAMES)}")
    return found
