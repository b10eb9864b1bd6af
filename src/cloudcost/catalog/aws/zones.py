"""AWS's local and Wavelength zones: the region that each belongs to, and the codes that bills put in front.

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

from cloudcost.catalog.aws.regions import regions
from cloudcost.catalog.tables import DATA, read_table
from cloudcost.frozen import dataclass

_NAME = re.compile(
    r"(?P<parent>[a-z]{2}(?:-[a-z]+)+-\d)-(?P<city>[a-z]{3}-\d|wl\d(?:-[a-z]{3}\d|-[a-z]{3}-wlz-\d)?)[a-z]?"
)


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
        A local zone; else a Wavelength zone, at a carrier.
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
        found[name] = Zone(name=name, parent=parts["parent"], is_local=kind == "local", location=location)
    return found


@cache
def _by_code() -> dict[str, Zone]:
    return {code: zone for zone in _listed().values() for code in zone.codes}
