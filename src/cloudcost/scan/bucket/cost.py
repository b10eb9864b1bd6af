"""What a scan's own requests cost, in a sentence before and one after."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from cloudcost.catalog.aws.regions import regions
from cloudcost.catalog.books.book import load_book
from cloudcost.domain.prices import PriceKey
from cloudcost.errors import CatalogError
from cloudcost.figures import figure

USUAL_REGION = "us-east-1"
"""Taken where the configuration names none."""
_LISTED = ("ListObjectsV2", "ListObjectVersions", "ListMultipartUploads", "ListParts")
"""Requests that are billed like LIST; reading a bucket's configuration is billed like GET."""


def cost_sentence(source: str, region: str | None, on: date) -> str:
    """Return, before the scan, what it will cost: how much there is to list is not known yet."""
    region = _known(region)
    price = _price(region, "Requests-Tier1", on)
    if price is None:
        money = f"no price of LIST requests is known in {region}"
    else:
        money = f"{figure(float(price * 1000))} USD per million objects in {region}"
    return (
        f"{source} is only read. Its listing takes a request for each 1,000 objects and versions, {money}, and one for "
        "each upload that was not completed"
    )


def spent_sentence(source: str, requests: Mapping[str, int], region: str | None, on: date) -> str:
    """Return, after the scan, what it took."""
    region = _known(region)
    count, usd = sum(requests.values()), Decimal(0)
    for name, times in requests.items():
        price = _price(region, "Requests-Tier1" if name in _LISTED else "Requests-Tier2", on)
        if price is None:
            return f"{source}: {count:,} requests"
        usd += price * times
    return f"{source}: {count:,} requests, {figure(float(usd))} USD in {region}"


def _known(region: str | None) -> str:
    return region if region in regions() else USUAL_REGION


def _price(region: str, usage_type: str, on: date) -> Decimal | None:
    """Return the price of one request; None where it is not known. [USD]"""
    try:
        return load_book(on=on).price(PriceKey("AmazonS3", region, usage_type), on).tiers[0].unit_price_usd
    except CatalogError:
        return None
