"""Where an estimate finds prices: the user's own, the book, an assumed one by the rule."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from cloudcost.catalog.books.book import PriceBook
from cloudcost.domain.prices import Price, Tier
from cloudcost.errors import PriceNotFoundError
from cloudcost.pricing.market import Market

DAY = date(2026, 11, 22)


def price(service: str, region: str, usage_type: str, usd: str, **changes: date) -> Price:
    return Price(
        service=service, region=region, usage_type=usage_type, unit="GB-Mo",
        tiers=(Tier(from_quantity=Decimal(0), up_to=None, unit_price_usd=Decimal(usd)),),
        as_of=changes.get("as_of", DAY), valid_from=changes.get("valid_from"), valid_until=changes.get("valid_until"),
        grade="official", source="s",
    )  # fmt: skip


BOOK = PriceBook.of(
    [
        price("AmazonS3", "us-east-1", "TimedStorage-ByteHrs", "0.02"),
        price("AmazonS3", "eu-west-1", "TimedStorage-ByteHrs", "0.03"),
        price("AmazonS3", "us-east-1", "TimedStorage-SIA-ByteHrs", "0.0125"),
        price("AmazonEC2", "us-east-1", "BoxUsage:x", "1", valid_until=date(2026, 1, 1)),
        price("AmazonEC2", "us-east-1", "BoxUsage:x", "2", valid_from=date(2026, 1, 1)),
        price("AmazonEC2", "us-east-1", "NatGateway-Hours", "0.045"),
        price("AmazonEC2", "eu-west-1", "BoxUsage:y", "1"),
    ]
)


def find(market: Market, service: str, region: str, usage_type: str, on: date = DAY) -> Price:
    return market.find(service=service, region=region, usage_type=usage_type, on=on)


def test_a_missing_class_is_assumed_in_the_ratio_of_standard() -> None:
    found = find(Market(BOOK), "AmazonS3", "eu-west-1", "TimedStorage-SIA-ByteHrs")
    assert found.tiers[0].unit_price_usd == Decimal("0.01875")  # 0.0125 x 0.03 / 0.02
    assert (found.grade, found.region) == ("assumed", "eu-west-1")
    assert found.note == "not known in eu-west-1: us-east-1's price x 0.03/0.02, the ratio of S3 Standard"


def test_nat_gateways_are_assumed_too_but_machines_never() -> None:
    market = Market(BOOK)
    assert find(market, "AmazonEC2", "eu-west-1", "NatGateway-Hours").tiers[0].unit_price_usd == Decimal("0.0675")
    with pytest.raises(PriceNotFoundError, match="BoxUsage:x/on-demand in eu-west-1"):
        find(market, "AmazonEC2", "eu-west-1", "BoxUsage:x")


def test_assuming_can_be_forbidden() -> None:
    with pytest.raises(PriceNotFoundError, match="TimedStorage-SIA-ByteHrs/on-demand in eu-west-1"):
        find(Market(BOOK, allow_assumed=False), "AmazonS3", "eu-west-1", "TimedStorage-SIA-ByteHrs")


def test_what_the_reference_region_lacks_too_is_told_of_the_region_asked_for() -> None:
    with pytest.raises(PriceNotFoundError, match="Retrieval-SIA/on-demand in eu-west-1"):
        find(Market(BOOK), "AmazonS3", "eu-west-1", "Retrieval-SIA")
    with pytest.raises(PriceNotFoundError, match="Retrieval-SIA/on-demand in us-east-1"):
        find(Market(BOOK), "AmazonS3", "us-east-1", "Retrieval-SIA")


def test_a_price_of_the_user_s_own_comes_first() -> None:
    own = price("AmazonS3", "eu-west-1", "TimedStorage-ByteHrs", "0.001")
    assert find(Market(BOOK, [own]), "AmazonS3", "eu-west-1", "TimedStorage-ByteHrs") is own


def test_a_pinned_day_counts_for_every_month() -> None:
    assert find(Market(BOOK), "AmazonEC2", "us-east-1", "BoxUsage:x").tiers[0].unit_price_usd == 2
    pinned = Market(BOOK, pinned=date(2025, 6, 1))
    assert find(pinned, "AmazonEC2", "us-east-1", "BoxUsage:x").tiers[0].unit_price_usd == 1


def test_a_price_of_a_later_day_is_refused_where_nothing_may_be_assumed() -> None:
    book = PriceBook.of([price("AmazonEC2", "us-east-1", "BoxUsage:x", "2", valid_from=date(2026, 1, 1))])
    earlier = date(2025, 6, 1)
    assert find(Market(book), "AmazonEC2", "us-east-1", "BoxUsage:x", on=earlier).carried_from == date(2026, 1, 1)
    with pytest.raises(PriceNotFoundError, match="2026-01-01"):
        find(Market(book, allow_assumed=False), "AmazonEC2", "us-east-1", "BoxUsage:x", on=earlier)
