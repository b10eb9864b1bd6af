"""Usage types as bills write them: with the region's code in front, which is taken off here.

`USW2-BoxUsage:g4dn.xlarge` is `BoxUsage:g4dn.xlarge` in us-west-2; us-east-1 mostly has no prefix. Some services
write the region's name in full (`us-east-1-KMS-Keys`). A usage type of
traffic between two regions has two codes, `USE1-USW2-AWS-Out-Bytes`, the source's first; only that one is taken off.
"""

from __future__ import annotations

import re

from cloudcost.catalog.aws.regions import find_region, find_zone, may_be_zone, regions, regions_by_code, zone_of_code
from cloudcost.domain.kinds import KINDS

SPOT_TYPES = dict(facts.hour_types for facts in KINDS.values() if facts.hour_types)
"""What the usage type of hours on spot begins with, by that of hours on demand."""
_LONG_NAME = re.compile(r"(?P<region>[a-z]{2}(?:-[a-z]+)+-\d)-(?P<rest>.+)")
"""A usage type that begins with a region's own name instead of its code, as those of KMS do."""


def strip_region_prefix(region: str, usage_type: str) -> str:
    """Return the usage type without the region's code.

    Parameters
    ----------
    region : str
        ``us-west-2``; ``global`` and regions of other providers have no codes.
    usage_type : str
        With or without the code.

    Raises
    ------
    ValueError
        When the code in front is another region's.

    Notes
    -----
    A second code (the destination of inter-region transfer) is recognised by what follows: a type that begins with
    two codes has a source and a destination, and one that is left with ``CODE-AWS-Out-Bytes`` has lost its source.
    A destination that has several codes comes back under its usual one.

    Examples
    --------
    >>> strip_region_prefix("us-west-2", "USW2-BoxUsage:g4dn.xlarge")
    'BoxUsage:g4dn.xlarge'
    >>> strip_region_prefix("us-east-1", "USE1-USW2-AWS-Out-Bytes")
    'USW2-AWS-Out-Bytes'
    >>> strip_region_prefix("us-east-1", "USW2-AWS-Out-Bytes")
    'USW2-AWS-Out-Bytes'
    >>> strip_region_prefix("us-east-1", "USE1-EUW1-AWS-Out-Bytes")
    'EU-AWS-Out-Bytes'
    >>> strip_region_prefix("us-east-1", "us-east-1-KMS-Keys")
    'KMS-Keys'
    """
    named = _LONG_NAME.match(usage_type)
    if named is not None and find_region(named["region"]) is not None:
        if named["region"] == region:
            return named["rest"]
        raise ValueError(
            f"usage type {usage_type!r} is of {named['region']} but the region is {region}; make the two agree"
        )
    code, separator, rest = usage_type.partition("-")
    owner = regions_by_code().get(code) if separator else None
    if owner is None or not rest:
        return usage_type
    if _is_between_regions(rest):
        return _usual_code(usage_type)
    if owner == region:
        return _usual_code(rest)
    here = find_region(region)
    codes = " or ".join(f"{code}-" for code in here.codes) if here is not None else "none"
    raise ValueError(
        f"usage type {usage_type!r} is of {owner} but the region is {region} (prefix {codes}); make the two agree"
    )


def place_usage(region: str, usage_type: str) -> tuple[str, str]:
    """Return the place and the usage type without its code: a local zone where the code is one of the region's zones.

    Parameters
    ----------
    region : str
        The line's; empty where only the code tells it.
    usage_type : str
        With or without a code.

    Raises
    ------
    ValueError
        When the code in front is another place's.

    Examples
    --------
    >>> place_usage("us-west-2", "LAX1-BoxUsage:g4dn.xlarge"), place_usage("", "USW2-BoxUsage:g4dn.xlarge")
    (('us-west-2-lax-1', 'BoxUsage:g4dn.xlarge'), ('us-west-2', 'BoxUsage:g4dn.xlarge'))
    """
    coded = zone_of_code(usage_type)
    here = find_zone(region) if may_be_zone(region) else None
    if coded is not None:
        zone, rest = coded
        if region in ("", zone.parent) or (here is not None and here.name == zone.name):
            return zone.name, rest
        raise ValueError(f"usage type {usage_type!r} is of {zone.name} but the region is {region}; make the two agree")
    if here is None:
        place = region or regions_by_code().get(usage_type.partition("-")[0], "")
        return place, strip_region_prefix(place, usage_type)
    for code in here.codes:  # of a zone that the table does not list
        if usage_type.startswith(f"{code}-"):
            return here.name, usage_type.removeprefix(f"{code}-")
    plain = strip_region_prefix(here.parent, usage_type)
    return (here.name if plain == usage_type else here.parent), plain


def _is_between_regions(rest: str) -> bool:
    """Return whether what follows a code says that the code is a destination's (or a source's, of what came in)."""
    return rest.startswith("AWS-") and rest.endswith("-Bytes")


def _usual_code(usage_type: str) -> str:
    """Return traffic between two regions with the other region's usual code; everything else as it is."""
    code, _, rest = usage_type.partition("-")
    other = regions_by_code().get(code)
    if other is None or not _is_between_regions(rest):
        return usage_type
    return f"{regions()[other].codes[0]}-{rest}"


def canonical_key(usage_type: str, purchase: str) -> tuple[str, str]:
    """Return the usage type and purchase under which a spot price is kept, whichever way it is asked for.

    Examples
    --------
    >>> canonical_key("BoxUsage:g4dn.xlarge", "spot")
    ('SpotUsage:g4dn.xlarge', 'spot')
    >>> canonical_key("TrSpt:ml.g4dn.xlarge", "on-demand")
    ('TrSpt:ml.g4dn.xlarge', 'spot')
    """
    kind, _, name = usage_type.partition(":")
    if purchase == "spot" and kind in SPOT_TYPES:
        return f"{SPOT_TYPES[kind]}:{name}", purchase
    if purchase == "on-demand" and kind in SPOT_TYPES.values():
        return usage_type, "spot"
    return usage_type, purchase
