"""The monthly allowance of traffic out: once per account and month, dearest region first, no GovCloud and no China."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from cloudcost.catalog.aws.allowances import quotas
from cloudcost.catalog.books.book import PriceBook, load_book
from cloudcost.domain.lines import LineItem
from cloudcost.domain.prices import Price, Tier
from cloudcost.domain.usage import Usage
from cloudcost.pricing.bill.lines import price_usage
from cloudcost.units import BillingMonth

ON = date(2026, 11, 22)
MONTH = BillingMonth(2026, 10)


def transfer_price(region: str, *rates: str) -> Price:
    edges = [Decimal(0), *(Decimal(1000 * index) for index in range(1, len(rates)))]
    return Price(
        service="AWSDataTransfer",
        region=region,
        usage_type="DataTransfer-Out-Bytes",
        unit="GB",
        tiers=tuple(
            Tier(from_quantity=lower, up_to=upper, unit_price_usd=Decimal(rate))
            for lower, upper, rate in zip(edges, [*edges[1:], None], rates, strict=True)
        ),
        as_of=date(2020, 1, 1),
        grade="official",
        source="made up",
    )


BOOK = PriceBook.of(
    [
        transfer_price("us-east-1", "0.09", "0.05"),
        transfer_price("sa-east-1", "0.15"),
        transfer_price("eu-west-1", "0.09"),
        transfer_price("us-gov-west-1", "0.155"),
    ]
)


def out(
    gigabytes: int | Fraction, region: str = "us-east-1", service: str = "AmazonS3", month: BillingMonth | None = MONTH
) -> Usage:
    return Usage(
        service=service,
        region=region,
        usage_type="DataTransfer-Out-Bytes",
        quantity=gigabytes,
        unit="GB",
        month=month,
    )


def free_of(line: LineItem) -> Fraction:
    return sum((part.quantity for part in line.tiers if part.unit_price_usd == 0), Fraction(0))


def price(*rows: Usage) -> tuple[LineItem, ...]:
    return price_usage(rows, BOOK, on=ON, free_tier=True)


def test_it_is_not_taken_off_unless_asked_for() -> None:
    [line] = price_usage([out(50)], BOOK, on=ON)
    assert line.exact_usd == Fraction("4.5")


def test_it_is_a_slice_of_its_own_with_its_reason() -> None:
    [line] = price(out(150))
    assert [(part.quantity, part.up_to, part.unit_price_usd) for part in line.tiers] == [
        (Fraction(100), Decimal(100), Decimal(0)),
        (Fraction(50), Decimal(1000), Decimal("0.09")),
    ]
    assert line.exact_usd == Fraction("4.5")
    assert "the first 100 GB a month" in line.why


def test_tiers_count_beyond_it() -> None:
    [line] = price(out(1150))
    assert [part.quantity for part in line.tiers] == [100, 1000, 50]


def test_it_is_shared_by_services_in_order_of_name() -> None:
    s3, ec2 = price(out(80), out(40, service="AmazonEC2"))
    assert [free_of(ec2), free_of(s3)] == [40, 60]
    assert ec2.amount_usd == 0
    assert ec2.unit_price_usd == 0


def test_the_dearest_region_gets_it_first_then_the_first_by_name() -> None:
    virginia, sao_paulo, ireland = price(out(100), out(30, "sa-east-1"), out(50, "eu-west-1"))
    assert [free_of(sao_paulo), free_of(ireland), free_of(virginia)] == [30, 50, 20]


def test_what_comes_after_the_allowance_is_used_up_is_paid() -> None:
    virginia, sao_paulo = price(out(10), out(500, "sa-east-1"))
    assert [free_of(virginia), free_of(sao_paulo)] == [0, 100]
    assert virginia.why == ""


def test_each_month_has_its_own() -> None:
    lines = price(out(100), out(100, month=BillingMonth(2026, 9)))
    assert [line.amount_usd for line in lines] == [0, 0]


def test_each_row_without_a_month_has_its_own() -> None:
    [line] = price(out(120, month=None), out(70, month=None))
    assert [free_of(line), line.quantity, line.exact_usd] == [170, 190, Fraction("1.8")]


def test_govcloud_takes_no_part() -> None:
    [line] = price(out(10, "us-gov-west-1"))
    assert line.exact_usd == Fraction("1.55")


def test_before_december_2021_each_region_had_one_gigabyte() -> None:
    lines = price(out(2, month=BillingMonth(2021, 11)), out(2, "eu-west-1", month=BillingMonth(2021, 11)))
    assert [free_of(line) for line in lines] == [1, 1]
    assert "once per account and region" in lines[0].why


@pytest.mark.parametrize("order", [1, -1])
def test_the_order_of_rows_does_not_matter(order: int) -> None:
    rows = (out(60), out(60, service="AmazonEC2"), out(60, "eu-west-1"))[::order]
    free = {(line.region, line.service): free_of(line) for line in price(*rows)}
    assert free == {("eu-west-1", "AmazonS3"): 60, ("us-east-1", "AmazonEC2"): 40, ("us-east-1", "AmazonS3"): 0}


def kms(requests: int, region: str = "us-east-1", month: BillingMonth | None = MONTH) -> Usage:
    return Usage(
        service="awskms", region=region, usage_type="KMS-Requests", quantity=requests, unit="Requests", month=month
    )


def test_a_permanent_quota_is_one_pool_over_regions_and_taken_off_only_when_asked() -> None:
    book = load_book()
    rows = [kms(100_000), kms(5_000, "ap-southeast-1")]
    asked = price_usage(rows, book, on=ON, free_tier=True, quotas=True)
    assert sum(line.amount_usd for line in asked) == Decimal("0.255")  # 105,000 less 20,000 at 3 per million
    assert any("the first 20,000 Requests a month are free for good" in line.why for line in asked)
    plain = price_usage(rows, book, on=ON, free_tier=True)
    assert sum(line.amount_usd for line in plain) == Decimal("0.315")


def test_each_month_and_each_row_without_one_has_a_quota_of_its_own() -> None:
    rows = [kms(20_001), kms(20_001, month=BillingMonth(2026, 9)), kms(20_001, month=None), kms(20_001, month=None)]
    lines = price_usage(rows, load_book(), on=ON, quotas=True)
    assert [line.amount_usd for line in lines] == [Decimal("0.000003"), Decimal("0.000003"), Decimal("0.000006")]


def test_each_quota_is_of_its_own_usage_type_and_tiers_count_what_lies_beyond() -> None:
    book = load_book()
    for (service, usage_type), quota in quotas().items():
        usage = Usage(
            service=service, region="us-east-1", usage_type=usage_type, quantity=quota.quantity, unit=quota.unit,
            month=MONTH,
        )  # fmt: skip
        [free] = price_usage([usage], book, on=ON, quotas=True)
        [paid] = price_usage([usage], book, on=ON)
        assert free.amount_usd == 0 < paid.amount_usd, usage_type
        [twice] = price_usage([replace(usage, quantity=2 * quota.quantity)], book, on=ON, quotas=True)
        assert twice.amount_usd == paid.amount_usd, usage_type
