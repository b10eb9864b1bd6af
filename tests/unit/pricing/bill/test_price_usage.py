"""Lines: keys, units, days, spot, packs, zero prices, missing prices."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from tests.billing import at_runs

from cloudcost.catalog.books.book import PriceBook
from cloudcost.domain.prices import Price, Tier
from cloudcost.domain.usage import RunUsage, Usage
from cloudcost.errors import PriceNotFoundError, UnknownRegionError
from cloudcost.pricing.bill.lines import price_usage, total_usd
from cloudcost.pricing.lookup import services_of
from cloudcost.pricing.vectorised import cost, tier_table
from cloudcost.units import BillingMonth

ON = date(2026, 11, 22)


def flat(rate: str) -> tuple[Tier, ...]:
    return (Tier(from_quantity=Decimal(0), up_to=None, unit_price_usd=Decimal(rate)),)


MACHINE = Price(
    service="AmazonEC2",
    region="us-east-1",
    usage_type="BoxUsage:x",
    unit="Hrs",
    tiers=flat("0.5"),
    as_of=ON,
    grade="official",
    source="made up",
)
HOUR = Usage(service="AmazonEC2", region="us-east-1", usage_type="BoxUsage:x", quantity=3600, unit="seconds")


def test_rows_of_one_key_become_one_line_and_keep_their_reasons() -> None:
    rows = [replace(HOUR, why="training"), replace(HOUR, why="idle"), replace(HOUR, why="training")]
    [line] = price_usage(rows, PriceBook.of([MACHINE]), on=ON)
    assert (line.quantity, line.amount_usd, line.why) == (Fraction(3), Decimal("1.5"), "training; idle")


def test_quantities_of_different_denominators_add_exactly() -> None:
    thirds = [replace(HOUR, quantity=Fraction(3600, 7)), replace(HOUR, quantity=Decimal("0.001")), HOUR]
    [line] = price_usage(thirds, PriceBook.of([MACHINE]), on=ON)
    assert line.quantity == Fraction(1, 7) + Fraction(1, 3_600_000) + 1


def test_a_month_is_priced_by_its_first_day_but_this_month_by_today() -> None:
    old = replace(MACHINE, tiers=flat("2"), valid_until=date(2026, 11, 10))
    new = replace(MACHINE, valid_from=date(2026, 11, 10))
    book = PriceBook.of([old, new])
    months = [BillingMonth(2026, 11), BillingMonth(2026, 10), BillingMonth(2026, 12), None]
    lines = price_usage([replace(HOUR, month=month) for month in months], book, on=ON)
    assert [line.exact_usd for line in lines] == [Fraction(1, 2), 2, Fraction(1, 2), Fraction(1, 2)]
    [early] = price_usage([replace(HOUR, month=months[0])], book, on=date(2026, 11, 9))
    assert early.exact_usd == 2


def test_a_spot_usage_type_implies_spot() -> None:
    spot = replace(MACHINE, usage_type="SpotUsage:x", purchase="spot", tiers=flat("0.2"))
    rows = [replace(HOUR, usage_type="SpotUsage:x"), replace(HOUR, usage_type="SpotUsage:x", purchase="spot")]
    [line] = price_usage(rows, PriceBook.of([MACHINE, spot]), on=ON)
    assert (line.purchase, line.quantity, line.exact_usd) == ("spot", Fraction(2), Fraction("0.4"))


def test_packs_are_paid_whole_and_the_line_says_what_was_used() -> None:
    units = replace(MACHINE, usage_type="ComputeUnits", unit="CU", tiers=flat("0.0999"), pack=Decimal(100))
    used = replace(HOUR, usage_type="ComputeUnits", quantity=Decimal("130.5"), unit="CU", month=BillingMonth(2026, 11))
    [line] = price_usage([used, used], PriceBook.of([units]), on=ON)
    assert (line.quantity, line.exact_usd) == (Fraction(300), Fraction("29.97"))
    assert "sold in packs of 100: 261 used" in line.why
    [whole] = price_usage([replace(used, quantity=200)], PriceBook.of([units]), on=ON)
    assert (whole.quantity, whole.why) == (Fraction(200), "")


def test_the_vectorised_twin_takes_a_price_with_packs() -> None:
    table = tier_table(replace(MACHINE, pack=Decimal(10)))
    assert cost(np.array([0.0, 1.0, 10.0, 10.5]), table).tolist() == [0, 5, 5, 10]


def test_a_zero_price_says_why() -> None:
    free = replace(MACHINE, tiers=flat("0"), note="gateway endpoints are free")
    [line] = price_usage([HOUR], PriceBook.of([free]), on=ON)
    assert (line.amount_usd, line.why) == (Decimal(0), "gateway endpoints are free")


def test_rows_priced_by_one_row_share_its_tiers_whatever_their_operation() -> None:
    tiers = (
        Tier(from_quantity=Decimal(0), up_to=Decimal(1), unit_price_usd=Decimal(2)),
        Tier(from_quantity=Decimal(1), up_to=None, unit_price_usd=Decimal(1)),
    )
    rows = [replace(HOUR, operation=operation, month=BillingMonth(2026, 11)) for operation in ("RunInstances", "")]
    second, first = price_usage(rows, PriceBook.of([replace(MACHINE, tiers=tiers)]), on=ON)
    assert (first.operation, first.exact_usd) == ("", Fraction(2))
    assert (second.operation, second.exact_usd) == ("RunInstances", Fraction(1))


def test_all_missing_prices_are_named_together() -> None:
    rows = [replace(HOUR, usage_type="BoxUsage:y"), replace(HOUR, usage_type="BoxUsage:z"), HOUR]
    with pytest.raises(PriceNotFoundError) as raised:
        price_usage(rows, PriceBook.of([MACHINE]), on=ON)
    assert len(str(raised.value).splitlines()) == 2


def test_a_single_missing_region_keeps_its_own_error() -> None:
    with pytest.raises(UnknownRegionError):
        price_usage([replace(HOUR, region="eu-west-9")] * 2, PriceBook.of([MACHINE]), on=ON)


@pytest.mark.parametrize("month", [None, BillingMonth(2026, 11)])
def test_beyond_the_last_known_tier_is_missing(month: BillingMonth | None) -> None:
    known = (Tier(from_quantity=Decimal(0), up_to=Decimal(2), unit_price_usd=Decimal(1)),)
    book = PriceBook.of([replace(MACHINE, tiers=known)])
    assert price_usage([replace(HOUR, month=month, quantity=7200)], book, on=ON)[0].exact_usd == 2
    with pytest.raises(PriceNotFoundError, match="beyond 2 units"):
        price_usage([replace(HOUR, month=month, quantity=7201)], book, on=ON)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (replace(HOUR, unit="GB"), "'GB' cannot be priced per 'Hrs'"),
        (replace(HOUR, quantity=-1), "not negative"),
        (replace(HOUR, quantity=Decimal("NaN")), "finite"),
        (replace(HOUR, quantity=Decimal("Infinity")), "finite"),
    ],
)
def test_unusable_quantities_are_refused(row: Usage, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        price_usage([row], PriceBook.of([MACHINE]), on=ON)


ODD = ((1, "RunInstances"), (3, "RunInstances:0800"))
"""Two lines of one price: Linux, and Windows under a licence of one's own."""


def test_amounts_are_rounded_once_half_to_even_and_totals_are_exact() -> None:
    tiny = replace(MACHINE, tiers=flat("0.00000000005"))
    rows = [replace(HOUR, unit="Hrs", quantity=quantity, operation=operation) for quantity, operation in ODD]
    lines = price_usage(rows, PriceBook.of([tiny]), on=ON)
    assert [line.amount_usd for line in lines] == [Decimal("0E-10"), Decimal("2E-10")]
    assert total_usd(lines) == Decimal("2E-10")


def test_transfer_is_looked_up_under_its_own_service() -> None:
    assert services_of("AWSDataTransfer", "DataTransfer-Out-Bytes") == ("AWSDataTransfer",)
    assert services_of("AmazonS3", "USW2-AWS-Out-Bytes") == ("AmazonS3", "AWSDataTransfer")


def test_runs_enter_linearly() -> None:
    usage = RunUsage(
        service="s", region="r", usage_type="t", unit="seconds", fixed=5, per_run=(7, 11), purchase="spot", why="w"
    )
    [row] = at_runs([usage], [2, 3])
    assert (row.quantity, row.purchase, row.why) == (5 + 14 + 33, "spot", "w")
    assert at_runs([replace(usage, per_run=())], [2, 3])[0].quantity == 5
    with pytest.raises(ValueError, match="2 trainings but 1 run counts"):
        at_runs([usage], [2])
    with pytest.raises(ValueError, match="not negative"):
        at_runs([usage], [2, -1])
