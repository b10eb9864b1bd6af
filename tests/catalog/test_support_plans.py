"""Support plans: the shipped rows, when they are sold, and what a project with one comes to."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from cloudcost.analysis.compare import compare
from cloudcost.catalog.aws.support import support_plan, support_plans
from cloudcost.catalog.tables import sources
from cloudcost.errors import PriceNotFoundError
from cloudcost.pricing.bill.pieces import Curve
from cloudcost.pricing.bill.support import Support
from cloudcost.project.file import parse_project
from cloudcost.units import BillingMonth

TODAY = date(2026, 11, 22)
PROJECT = """
[project]
start = {start}
{plan}
[dataset]
images = 1000
size = "40 GB"
[[training]]
network = "resnet18"
runs = 40
[[option]]
name = "cloud"
kind = "ec2"
instance = "g4dn.xlarge"
hours_per_run = 2
"""


def usd(plan: str, start: str = "2026-11-01") -> Decimal | None:
    text = PROJECT.format(start=start, plan=f'support_plan = "{plan}"' if plan else "")
    [option] = compare(parse_project(text, name="p.toml", today=TODAY), today=TODAY).options
    return option.total_usd


@pytest.mark.parametrize("name", support_plans())
def test_a_plan_has_a_source_and_rising_tiers_of_falling_shares(name: str) -> None:
    plan = support_plan(name)
    assert plan.source in sources()
    assert plan.tiers[0].from_quantity == 0
    assert plan.tiers[-1].up_to is None
    shares = [tier.unit_price_usd for tier in plan.tiers]
    assert shares == sorted(shares, reverse=True)


def test_published_examples() -> None:
    """85,000 USD a month under Business: 1,000 + 4,900 + 250, as AWS's page of prices works it out."""
    assert Support(support_plan("business")).exact(Fraction(85_000)) == 6_150
    assert Support(support_plan("business+")).exact(Fraction(85_000)) == 900 + 4_900 + 250
    assert Support(support_plan("business+")).exact(Fraction(300)) == 29


def test_a_plan_is_sold_from_its_first_day_to_its_last() -> None:
    support_plan("business").require(BillingMonth(2026, 12))
    with pytest.raises(PriceNotFoundError, match=r"in 2027-01, it is sold until 2026-12-31; support_plan may be bus"):
        support_plan("business").require(BillingMonth(2027, 1))
    with pytest.raises(PriceNotFoundError, match=r"in 2025-11, it is sold from 2025-12-01 on"):
        support_plan("business+").require(BillingMonth(2025, 11))


def test_a_project_pays_at_least_the_minimum_and_has_no_total_where_the_plan_is_not_sold() -> None:
    without, dear, cheap = usd(""), usd("business"), usd("business+")
    assert without is not None
    assert (dear, cheap) == (without + 100, without + 29)
    assert usd("business", "2027-02-01") is None
    assert usd("business+", "2027-02-01") is not None


@pytest.mark.parametrize("name", support_plans())
@pytest.mark.parametrize("slope", [Fraction(0), Fraction(7, 3), Fraction(900), Fraction(-11, 2)])
def test_the_curve_of_a_charge_is_the_charge_at_every_n(name: str, slope: Fraction) -> None:
    support = Support(support_plan(name))
    charges = Curve.of([(1, Fraction(300), slope), (40, Fraction(4_000), Fraction(5))], 400)
    if slope < 0:
        charges = Curve.of([(1, Fraction(12_000), -Fraction(100, 3))], 300)
    curve = support.curve(charges)
    assert all(curve.at(n) == support.exact(charges.at(n)) for n in range(1, charges.last + 1))
    assert len(curve.pieces) <= 12
