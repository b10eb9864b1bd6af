"""Where an estimate finds prices: the user's own, the book, an assumed one by the rule."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cloudcost.catalog.aws.regions import regions
from cloudcost.catalog.books.book import PriceBook, load_book
from cloudcost.catalog.books.derived.assumed_rules import AssumptionRule, assumption_rule, assumption_rules
from cloudcost.domain.prices import Price, PriceKey, Tier
from cloudcost.errors import CatalogError, PriceNotFoundError
from cloudcost.pricing.lookup import find_price
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


def test_nat_gateways_are_assumed_too_but_nothing_without_a_ratio() -> None:
    """The machine whose ratio would scale another's price is in neither region of this book."""
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


SHIPPED = load_book()
MACHINES = sorted(
    usage_type for usage_type, purchase in SHIPPED.keys("AmazonEC2", "us-east-1")
    if purchase == "on-demand" and usage_type.startswith(("BoxUsage:g", "BoxUsage:p", "BoxUsage:inf", "BoxUsage:trn"))
)  # fmt: skip
TRANSFER = tuple(f"{each.codes[0]}-AWS-Out-Bytes" for each in regions().values())


def known(book: PriceBook, key: PriceKey) -> Price | None:
    try:
        return book.price(key, SHIPPED.as_of)
    except CatalogError:
        return None


@settings(max_examples=25)
@given(st.sampled_from(("mx-central-1", *sorted(regions())[::6])), st.sampled_from(MACHINES))
def test_every_machine_of_us_east_1_has_a_price_in_every_region(region: str, usage_type: str) -> None:
    """The region's own where one is known, else an assumed one; of a reservation and on spot no more than on demand."""
    market = Market(SHIPPED)
    hour = known(market, PriceKey("AmazonEC2", region, usage_type))
    assert hour is not None
    assert (hour.grade == "assumed") == (known(SHIPPED, PriceKey("AmazonEC2", region, usage_type)) is None)
    for purchase in ("spot", "reserved-1y-no-upfront", "reserved-3y-no-upfront"):
        key = PriceKey("AmazonEC2", region, usage_type, purchase=purchase)
        price, own = known(market, key), known(SHIPPED, key)
        if own is not None:
            assert price == own
        elif price is not None:
            assert price.grade == "assumed"
            assert 0 < price.tiers[0].unit_price_usd <= hour.tiers[0].unit_price_usd


@given(st.sampled_from(sorted(regions())), st.sampled_from(TRANSFER))
def test_traffic_between_any_two_regions_has_a_price(region: str, usage_type: str) -> None:
    key = PriceKey("AWSDataTransfer", region, usage_type)
    if usage_type.partition("-")[0] in regions()[region].codes:
        assert known(Market(SHIPPED), key) is None
        return
    price = known(Market(SHIPPED), key)
    assert price is not None
    if price.grade == "assumed":
        rates = [known(SHIPPED, key._replace(usage_type=each)) for each in TRANSFER]
        here = [rate.tiers[0].unit_price_usd for rate in rates if rate is not None]
        assert not here or price.tiers[0].unit_price_usd == max(here)


@pytest.mark.slow
@pytest.mark.parametrize("rule", assumption_rules(), ids=lambda rule: f"{rule.service}-{rule.usage_type}")
def test_a_rule_is_as_near_as_it_says(rule: AssumptionRule) -> None:
    """Nine in ten prices that are known lie within the factor of what would have been assumed of us-east-1's."""
    if not rule.within:
        return
    market, apart = Market(SHIPPED), []
    for region in sorted(regions())[::3]:
        for usage_type, purchase in SHIPPED.keys(rule.service, region):
            key = PriceKey(rule.service, region, usage_type, purchase=purchase)
            if assumption_rule(rule.service, usage_type, purchase) is not rule or region == "us-east-1":
                continue
            if rule.is_of_machine and usage_type not in MACHINES and purchase == "on-demand":
                continue
            guess, true = market._assume(rule, key, SHIPPED.as_of), known(SHIPPED, key)
            if guess is None or true is None or not true.tiers[0].unit_price_usd:
                continue
            ratio = float(guess.tiers[0].unit_price_usd / true.tiers[0].unit_price_usd)
            low = float((guess.low_usd or guess.tiers[0].unit_price_usd) / true.tiers[0].unit_price_usd)
            apart.append(max(low, 1 / ratio) / (1 if purchase == "spot" else float(rule.within)))
    assert not apart or sum(each <= 1 for each in apart) >= 0.88 * len(apart)


@pytest.mark.parametrize("key", [
    PriceKey("AmazonEC2", "mx-central-1", "BoxUsage:zz9.huge"), PriceKey("GCP", "mars", "a2-highgpu-1g"),
    PriceKey("AmazonEC2", "mars-1", "BoxUsage:m5.xlarge"), PriceKey("AmazonEC2", "us-east-1", "BoxUsage:p5e.48xlarge"),
    PriceKey("AWSDataTransfer", "mx-central-1", "XXX1-AWS-Out-Bytes"),
])  # fmt: skip
def test_what_is_sold_nowhere_stays_without_a_price(key: PriceKey) -> None:
    with pytest.raises(CatalogError):
        Market(SHIPPED).price(key, SHIPPED.as_of)


def test_a_price_that_ended_is_not_assumed_to_go_on() -> None:
    ended = price("AmazonEC2", "eu-west-1", "BoxUsage:x", "3", valid_until=date(2026, 6, 1))
    ratio = [price("AmazonEC2", place, "BoxUsage:t3.xlarge", "1") for place in ("us-east-1", "eu-west-1")]
    there = price("AmazonEC2", "us-east-1", "BoxUsage:x", "2")
    with pytest.raises(PriceNotFoundError, match="its last price known ended on 2026-06-01"):
        find(Market(PriceBook.of([ended, there, *ratio])), "AmazonEC2", "eu-west-1", "BoxUsage:x")
    assert find(Market(PriceBook.of([there, *ratio])), "AmazonEC2", "eu-west-1", "BoxUsage:x").grade == "assumed"


def test_a_bill_is_never_priced_by_an_assumed_price() -> None:
    key = PriceKey("AmazonEC2", "mx-central-1", "BoxUsage:g5.xlarge")
    with pytest.raises(PriceNotFoundError):
        find_price(SHIPPED, key, SHIPPED.as_of)
    assert find_price(Market(SHIPPED), key, SHIPPED.as_of).price.grade == "assumed"


def test_a_price_that_is_known_under_another_service_comes_before_an_assumed_one() -> None:
    nat, standard = "NatGateway-Hours", "TimedStorage-ByteHrs"
    known_as = [price("AmazonEC2", "us-east-1", nat, "1"), price("AmazonVPC", "eu-west-1", nat, "7")]
    book = PriceBook.of([*known_as, *(price("AmazonS3", each, standard, "1") for each in ("us-east-1", "eu-west-1"))])
    found = find_price(Market(book), PriceKey("AmazonEC2", "eu-west-1", "NatGateway-Hours"), DAY)
    assert (str(found.price.tiers[0].unit_price_usd), found.price.grade) == ("7", "official")


def test_a_row_of_the_book_that_is_itself_assumed_can_be_forbidden_too() -> None:
    key = next(each.key for each in SHIPPED.prices(service="AzureDisks") if each.grade == "assumed")
    assert Market(SHIPPED).price(key, SHIPPED.as_of).grade == "assumed"
    with pytest.raises(PriceNotFoundError, match="is assumed"):
        Market(SHIPPED, allow_assumed=False).price(key, SHIPPED.as_of)


def test_one_price_in_all_regions_is_taken_as_it_is() -> None:
    book = PriceBook.of([price("awskms", "us-east-1", "KMS-Keys", "1")])
    found = find(Market(book), "awskms", "eu-west-1", "KMS-Keys")
    assert found.tiers[0].unit_price_usd == 1
    assert found.note == "not known in eu-west-1: us-east-1's price as it is"


def test_nothing_is_assumed_by_the_ratio_to_what_is_free() -> None:
    free = [price("AmazonS3", place, "TimedStorage-ByteHrs", "0") for place in ("us-east-1", "eu-west-1")]
    book = PriceBook.of([*free, price("AmazonS3", "us-east-1", "Retrieval-SIA", "0.01")])
    with pytest.raises(PriceNotFoundError):
        find(Market(book), "AmazonS3", "eu-west-1", "Retrieval-SIA")


def test_traffic_takes_the_dearest_rate_that_is_known_on_the_day() -> None:
    ended = price("AWSDataTransfer", "eu-west-1", "USE1-AWS-Out-Bytes", "0.09", valid_until=date(2026, 1, 1))
    rates = [price("AWSDataTransfer", "eu-west-1", "EUC1-AWS-Out-Bytes", "0.02"), ended]
    other = price("AmazonS3", "eu-west-1", "TimedStorage-ByteHrs", "0.02")
    found = find(Market(PriceBook.of([*rates, other])), "AWSDataTransfer", "eu-west-1", "APN1-AWS-Out-Bytes")
    assert (found.tiers[0].unit_price_usd, found.grade) == (Decimal("0.02"), "assumed")
    with pytest.raises(PriceNotFoundError):
        find(Market(PriceBook.of([other])), "AWSDataTransfer", "eu-west-1", "APN1-AWS-Out-Bytes")
