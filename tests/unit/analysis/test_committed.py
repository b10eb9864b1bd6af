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

from cloudcost.analysis.committed import committed_views
from cloudcost.analysis.compare import context_of
from cloudcost.catalog.aws.commitments.reservations import reservations
from cloudcost.catalog.aws.commitments.savings_plans import savings_plans
from cloudcost.domain.lines import LineItem
from cloudcost.domain.project import Option
from cloudcost.options.model import build_model

DAY = 86_400
TODAY = date(2026, 11, 22)
PURCHASES = sorted((*reservations(), *savings_plans()))


def lines_of(purchase: str, usd: Decimal = Decimal("0.4"), days: int = 30) -> tuple[LineItem, ...]:
    bought = Option(name="o", kind="ec2", instance="g5.xlarge", purchase=purchase, usd_per_hour=usd, hours_per_run=5.0)
    option = replace(bought, kind="sagemaker", instance="ml.g5.xlarge") if purchase.startswith("sage") else bought
    project = build_project(option, days=days, start=TODAY)
    return build_model(project, option, context_of(project, today=TODAY)).lines([1])


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
