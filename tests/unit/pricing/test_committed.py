"""The cash and the amortised view of commitments."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.laws import examples
from tests.projects import build_project

from cloudcost.analysis.compare import compare, context_of
from cloudcost.catalog.aws.commitments.reservations import reservations
from cloudcost.catalog.aws.commitments.savings_plans import savings_plans
from cloudcost.domain.lines import LineItem
from cloudcost.domain.project import Option
from cloudcost.options.model import build_model
from cloudcost.pricing.committed import CommittedCost, commitment_words, committed_costs
from cloudcost.render.records import estimate_record

DAY = 86_400
TODAY = date(2026, 11, 22)
PURCHASES = sorted((*reservations(), *savings_plans()))


def lines_of(purchase: str, usd: Decimal = Decimal("0.4"), days: int = 30) -> tuple[LineItem, ...]:
    bought = Option(name="o", kind="ec2", instance="g5.xlarge", purchase=purchase, usd_per_hour=usd, hours_per_run=5.0)
    option = replace(bought, kind="sagemaker", instance="ml.g5.xlarge") if purchase.startswith("sage") else bought
    project = build_project(option, days=days, start=TODAY)
    return build_model(project, option, context_of(project, today=TODAY)).lines([1])


def committed_views(lines: tuple[LineItem, ...], seconds: int) -> tuple[str, ...]:
    return tuple(said for cost in committed_costs(lines, seconds) for said in commitment_words(cost, seconds))


def amounts(said: str) -> list[Decimal]:
    return [Decimal(each.replace(",", "")) for each in re.findall(r"([\d,]+\.\d\d) USD", said)]


@settings(max_examples=examples(40), deadline=None)
@given(purchase=st.sampled_from(PURCHASES), cents=st.integers(1, 900), days=st.integers(1, 1500))
@example(purchase="reserved-1y-all-upfront", cents=40, days=365)
def test_the_views_part_the_whole_commitment(purchase: str, cents: int, days: int) -> None:
    lines = lines_of(purchase, Decimal(cents) / 100, days)
    views = committed_views(lines, days * DAY)
    term = savings_plans().get(purchase) or reservations()[purchase]
    terms = -(-days // (365 * term.years))
    whole = terms * term.years * 8760 * Decimal(cents) / 100
    amortised, told = amounts(views[0])
    assert told == whole
    assert abs(amortised - whole * days / (365 * term.years * terms)) < Decimal("0.01")
    if purchase in reservations() and term.upfront == "partial":
        assert len(views) == 1
        return
    at_once, hourly, after = amounts(views[1])
    assert abs(at_once + hourly + after - whole) < Decimal("0.02")
    assert abs(at_once - whole * {"no": 0, "partial": 1, "all": 2}[term.upfront] / 2) < Decimal("0.01")
    if term.upfront == "no":
        assert hourly == amortised


@pytest.mark.parametrize("purchase", ["on-demand", "spot"])
def test_what_commits_to_nothing_has_no_other_view(purchase: str) -> None:
    lines = lines_of(purchase)
    assert committed_views(lines, 30 * DAY) == ()
    assert committed_views(tuple(replace(line, amount_usd=Decimal(0)) for line in lines), DAY) == ()


@settings(max_examples=examples(20), deadline=None)
@given(purchase=st.sampled_from(PURCHASES), days=st.integers(1, 1500))
def test_what_is_paid_at_each_time_is_all_of_it_to_the_last_digit(purchase: str, days: int) -> None:
    for cost in committed_costs(lines_of(purchase, days=days), days * DAY):
        parts: list[Decimal] = [
            each for each in (cost.at_once_usd, cost.hourly_usd, cost.after_usd) if each is not None
        ]
        assert not parts or sum(parts, Decimal(0)) == cost.committed_usd


def test_json_has_the_views_as_numbers() -> None:
    option = Option(
        name="o", kind="ec2", instance="g5.xlarge", purchase="compute-savings-plan-1y-all-upfront",
        usd_per_hour=Decimal("0.4"), hours_per_run=5.0,
    )  # fmt: skip
    [estimate] = compare(build_project(option, days=365, start=TODAY), today=TODAY).options
    [cost] = estimate_record(estimate)["commitments"]
    assert (cost["committed_usd"], cost["amortised_usd"]) == ("3504", "3504")  # 8,760 h at 0.4 USD
    assert (cost["at_once_usd"], cost["hourly_usd"], cost["after_usd"]) == ("3504", "0", "0")
    assert isinstance(estimate.commitments[0], CommittedCost)
