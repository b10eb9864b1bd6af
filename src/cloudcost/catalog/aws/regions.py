"""AWS's regions and the zones outside them: codes, places, and the codes that bills put in front.

A zone's name is its region's and its city's: ``us-west-2-lax-1`` belongs to us-west-2, and its usage types begin with
``LAX1-``, on some bills with the region's code before it, ``USW2-LAX1-``. EC2 and EBS have prices of their own in a
local zone; traffic costs what it costs in the region.

References
----------
.. [1] AWS, "Available Local Zones": names and parent regions. Rows of `data/zones.csv`.
"""

from __future__ import annotations

import re
from functools import cache

from cloudcost.catalog.near import NAMES, near_and_all
from cloudcost.catalog.tables import DATA, read_table
from cloudcost.errors import UnknownRegionError
from cloudcost.frozen import dataclass

_NAME = re.compile(
    r"(?P<parent>[a-z]{2}(?:-[a-z]+)+-\d)-(?P<city>[a-z]{3}-\d|wl\d(?:-[a-z]{3}\d|-[a-z]{3}-wlz-\d)?)[a-z]?"
)
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
        zone = find_zone(name)
        if zone is not None:
            raise UnknownRegionError(f"no region {name!r}; it is {zone.title} of {zone.parent}, take {zone.parent}")
        raise UnknownRegionError(f"no region {name!r}; {near_and_all(name, regions(), 1, where=NAMES)}")
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """A zone outside the buildings of its region.

    Parameters
    ----------
    name : str
        ``us-west-2-lax-1``, without the letter of an availability zone.
    parent : str
        The region's code.
    is_local : bool
        In a city; else at a carrier.
    location : str
        The price list's name; empty where it is not known.
    """

    name: str
    parent: str
    is_local: bool
    location: str = ""

    @property
    def title(self) -> str:
        """What it is, in words: ``a local zone``."""
        return "a local zone" if self.is_local else "a Wavelength zone"

    @property
    def codes(self) -> tuple[str, ...]:
        """Codes in front of usage types, the usual one first: ``LAX1``, ``USW2-LAX1``; of Wavelength none is known."""
        if not self.is_local:
            return ()
        city = self.name.removeprefix(f"{self.parent}-").replace("-", "").upper()
        return (city, *(f"{code}-{city}" for code in regions()[self.parent].codes))


def find_zone(name: str) -> Zone | None:
    """Return the zone of that name, with or without the letter behind; None for what cannot be one.

    Examples
    --------
    >>> found = find_zone("us-west-2-lax-1a")
    >>> (found.name, found.parent, found.codes) if found else None
    ('us-west-2-lax-1', 'us-west-2', ('LAX1', 'USW2-LAX1'))
    >>> find_zone("us-west-2a"), find_zone("mars-1-lax-1")
    (None, None)
    """
    found = _NAME.fullmatch(name)
    if found is None or found["parent"] not in regions():
        return None
    plain = f"{found['parent']}-{found['city']}"
    return _listed().get(plain) or Zone(name=plain, parent=found["parent"], is_local=not found["city"].startswith("wl"))


def zone_of_code(usage_type: str) -> tuple[Zone, str] | None:
    """Return the listed zone whose code a usage type begins with, and the rest of it; None where it has none.

    Examples
    --------
    >>> zone, rest = zone_of_code("USW2-LAX1-BoxUsage:g4dn.xlarge") or (None, "")
    >>> zone and zone.name, rest
    ('us-west-2-lax-1', 'BoxUsage:g4dn.xlarge')
    """
    head, _, rest = usage_type.partition("-")
    zone = _by_code().get(head)
    if zone is None:
        city, _, rest = rest.partition("-")
        zone = _by_code().get(f"{head}-{city}")
    return (zone, rest) if zone is not None and rest else None


@cache
def _listed() -> dict[str, Zone]:
    found = {}
    for name, location, kind in read_table(DATA / "zones.csv", ("zone", "location", "kind")):
        parts = _NAME.fullmatch(name)
        assert parts is not None
        found[name] = Zone(name=name, parent=parts["parent"], is_local=kind == "local zone", location=location)
    return found


@cache
def _by_code() -> dict[str, Zone]:
    return {code: zone for zone in _listed().values() for code in zone.codes}
