"""Totals without lines where several services share the tiers, or the packs, of one price."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from tests.billing import at_runs, bill_of

from cloudcost.catalog.books.book import PriceBook
from cloudcost.domain.prices import Price, Tier
from cloudcost.domain.usage import RunUsage
from cloudcost.errors import CatalogError, PriceNotFoundError
from cloudcost.pricing.bill.lines import price_usage, total_usd
from cloudcost.pricing.tiers import compile_tiers, packed
from cloudcost.units import GIB, BillingMonth

TODAY = date(2026, 11, 22)
TIERS = (
    Tier(from_quantity=Decimal(0), up_to=Decimal(150), unit_price_usd=Decimal("0.09")),
    Tier(from_quantity=Decimal(150), up_to=None, unit_price_usd=Decimal("0.05")),
)


def _book(pack: Decimal | None) -> PriceBook:
    price = Price(
        service="AWSDataTransfer",
        region="us-east-1",
        usage_type="DataTransfer-Out-Bytes",
        unit="GB",
        tiers=TIERS,
        as_of=TODAY,
        grade="official",
        source="test",
        pack=pack,
    )
    return PriceBook.of([price])


def _out(service: str, per_run: int, month: BillingMonth | None = BillingMonth(2026, 11)) -> RunUsage:  # noqa: B008
    return RunUsage(
        service=service,
        region="us-east-1",
        usage_type="DataTransfer-Out-Bytes",
        month=month,
        unit="bytes",
        per_run=(per_run * GIB,),
    )


@pytest.mark.parametrize("pack", [None, Decimal(7)])
@pytest.mark.parametrize("runs", [0, 1, 3, 10])
def test_traffic_of_two_services_shares_its_tiers_as_lines_do(pack: Decimal | None, runs: int) -> None:
    book, usages = _book(pack), [_out("AmazonS3", 40), _out("AmazonEC2", 35)]
    lines = price_usage(at_runs(usages, [runs]), book, on=TODAY, free_tier=True)
    assert bill_of(usages, book, on=TODAY).total_usd([runs]) == total_usd(lines)


def test_without_packs_the_quantity_is_what_is_paid_for() -> None:
    assert packed(compile_tiers(TIERS), Fraction(1, 3)) == Fraction(1, 3)


def test_every_price_that_is_missing_is_named() -> None:
    """By tests that are quick, too: the gate on the exact core's coverage counts no others."""
    lost = [replace(_out("AmazonS3", 1), region=region) for region in ("eu-south-9", "eu-south-9", "us-west-7")]
    with pytest.raises(CatalogError, match="eu-south-9") as one:
        bill_of(lost[:2], _book(None), on=TODAY)
    assert "us-west-7" not in str(one.value)
    with pytest.raises(PriceNotFoundError, match=r"eu-south-9(.|\n)*us-west-7"):
        bill_of([_out("AmazonS3", 1), *lost], _book(None), on=TODAY)
