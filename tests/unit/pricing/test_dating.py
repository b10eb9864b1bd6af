"""What is said of the days that prices are known for."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

from cloudcost.domain.lines import LineItem, TierSlice
from cloudcost.pricing.dating import dating_warnings
from cloudcost.units import BillingMonth

ON = date(2026, 11, 22)
LINE = LineItem(
    service="AmazonS3",
    usage_type="A",
    operation="",
    region="us-east-1",
    month=BillingMonth(2026, 11),
    purchase="on-demand",
    quantity=Fraction(1),
    unit="GB",
    tiers=(TierSlice(from_quantity=Decimal(0), up_to=None, quantity=Fraction(1), unit_price_usd=Decimal(1)),),
    exact_usd=Fraction(1),
    amount_usd=Decimal(1),
    grade="official",
    source="list",
    as_of=date(2026, 1, 1),
    why="",
)
OLD = replace(LINE, as_of=date(2024, 1, 1))


def test_nothing_is_said_of_prices_that_are_known_and_young() -> None:
    assert dating_warnings([LINE], on=ON) == ()


def test_an_old_price_is_told_unless_another_source_confirmed_it_since() -> None:
    assert dating_warnings([OLD, OLD], on=ON) == (
        "1 of the prices used is over 18 months old, the oldest of 2024-01-01: A",
    )
    assert dating_warnings([replace(OLD, confirmed_on=date(2026, 1, 1))], on=ON) == ()


def test_age_counts_to_the_month_that_the_price_stands_for() -> None:
    assert dating_warnings([replace(OLD, month=BillingMonth(2024, 6))], on=ON) == ()
    later = replace(LINE, month=BillingMonth(2190, 1))
    assert "over 18 months old" in dating_warnings([later], on=ON)[0]
    assert dating_warnings([later], on=ON, pinned=True) == ()
    assert "over 18 months old" in dating_warnings([LINE], on=date(2190, 1, 1), pinned=True)[0]


def test_carried_prices_are_named_with_their_first_days() -> None:
    one = replace(LINE, carried_from=date(2026, 7, 1))
    others = [replace(one, usage_type=name, carried_from=date(2026, 8, 1)) for name in "BCDEF"]
    assert dating_warnings([one, one], on=ON) == (
        "1 of the prices used is not known for the time asked; it is the first one known, of 2026-07-01: A",
    )
    assert dating_warnings([one, *others], on=ON) == (
        "6 of the prices used are not known for the time asked; each is the first one known, of 2026-07-01 to "
        "2026-08-01: A, B, C, D and 2 more",
    )


def test_prices_of_the_users_own_have_no_age() -> None:
    assert dating_warnings([replace(OLD, source="project file"), replace(OLD, as_of=None)], on=ON) == ()
