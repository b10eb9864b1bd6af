"""Traffic of a local zone, which costs what it costs in the zone's region.

AWS states it of all local zones; EC2 and EBS have prices of their own there, and all else is billed in the region. The
price of a zone has grade ``derived`` and names the region in its note.

References
----------
.. [1] AWS Local Zones FAQs: traffic in and out of a local zone is charged as that of the region's availability zones.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from cloudcost.catalog.aws.regions import find_zone
from cloudcost.catalog.books.validity import known_on
from cloudcost.domain.prices import Price, PriceKey

if TYPE_CHECKING:
    from cloudcost.catalog.books.price_source import PriceSource


def zone_transfer(book: PriceSource, key: PriceKey, on: date) -> tuple[Price, ...]:
    """Return the region's prices of traffic for a local zone; empty for all else.

    Parameters
    ----------
    book : PriceSource
        Holds the region's price.
    key : PriceKey
        Of the zone.
    on : date
    """
    zone = find_zone(key.region)
    if zone is None or not zone.is_local or not _is_traffic(key.usage_type):
        return ()
    rows = known_on(book.rows(key._replace(region=zone.parent)), on)
    return tuple(_in_zone(price, zone.name, zone.parent) for price in rows)


def _is_traffic(usage_type: str) -> bool:
    return usage_type.startswith(("DataTransfer-", "VpcPeering-")) or usage_type.endswith(
        ("AWS-Out-Bytes", "AWS-In-Bytes")
    )


def _in_zone(price: Price, zone: str, parent: str) -> Price:
    note = f"a local zone's traffic costs what it costs in its region, {parent}"
    return replace(price, region=zone, grade="derived", note=f"{note}; {price.note}" if price.note else note)
