"""What bills hold beside volumes and gateways: snapshots ready at once, the EBS direct APIs, peered networks."""

from __future__ import annotations

from datetime import date

import pytest

from cloudcost.catalog.aws.regions import regions
from cloudcost.catalog.books.book import load_book
from cloudcost.domain.prices import PriceKey
from cloudcost.pricing.lookup import find_price

DAY = date(2026, 11, 1)


@pytest.mark.parametrize(
    ("region", "usage_type", "usd"),
    [
        ("us-east-1", "EBS:FastSnapshotRestore", "0.75"),
        ("ap-northeast-1", "EBS:FastSnapshotRestore", "0.9"),
        ("us-east-1", "EBS:directAPI.snapshot.List", "6E-7"),
        ("us-east-1", "EBS:directAPI.snapshot.Get", "0.000003"),
        ("us-east-1", "EBS:directAPI.snapshot.Put", "0.000006"),
    ],
)
def test_snapshots_ready_at_once_and_their_blocks_have_prices(region: str, usage_type: str, usd: str) -> None:
    """As AWS's pricing page has them; 0.90 in Tokyo as a table of SKUs has it too."""
    found = find_price(load_book(), PriceKey("AmazonEC2", region, usage_type, "Any"), DAY).price
    assert str(found.tiers[0].unit_price_usd) == str(type(found.tiers[0].unit_price_usd)(usd))


@pytest.mark.parametrize("region", sorted(regions()))
@pytest.mark.parametrize("service", ["AmazonVPC", "AmazonEC2"])
def test_peered_networks_of_a_region_pay_what_traffic_between_zones_does(region: str, service: str) -> None:
    book = load_book()
    between_zones = find_price(book, PriceKey("AWSDataTransfer", region, "DataTransfer-Regional-Bytes"), DAY).price
    for way in ("In", "Out"):
        found = find_price(book, PriceKey(service, region, f"VpcPeering-{way}-Bytes", "VPCPeering-InterAZ"), DAY).price
        assert (found.tiers, found.grade) == (between_zones.tiers, "derived")


def test_peered_networks_of_a_local_zone_are_its_region_s() -> None:
    key = PriceKey("AmazonVPC", "us-west-2-lax-1", "VpcPeering-In-Bytes")
    assert find_price(load_book(), key, DAY).price.tiers[0].unit_price_usd > 0
