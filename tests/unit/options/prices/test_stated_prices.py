"""A price that the project file states: taken for the machine of any kind and purchase, and never called assumed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.projects import build_project, build_training

from cloudcost.analysis.compare import context_of
from cloudcost.analysis.estimate import estimate_option, model_and_estimate
from cloudcost.analysis.matters.suggestions.best import suggestions
from cloudcost.analysis.matters.what_if import board_of
from cloudcost.domain.lines import LineItem
from cloudcost.domain.prices import GRADES, STATED, STATED_IN, Grade
from cloudcost.domain.project import Dataset, LocalMachine, Option, Project
from cloudcost.results.estimate import Estimate

TODAY = date(2026, 11, 22)
EC2 = Option(name="o", kind="ec2", instance="g4dn.xlarge", hours_per_run=10.0, startup_minutes=0.0)
SAGEMAKER = replace(EC2, kind="sagemaker", instance="ml.p3.2xlarge")

KINDS = ("BoxUsage", "SpotUsage", "Train", "TrSpt")


def frame(option: Option, **changes: object) -> Project:
    made = build_project(
        option,
        days=30,
        start=date(2026, 11, 1),
        dataset=Dataset(images=1000, size_bytes=2**30),
        trainings=(build_training(image_px=224, batch=32, runs=2),),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def estimated(option: Option, **changes: object) -> Estimate:
    project = frame(option, **changes)
    return estimate_option(project, option, context_of(project, today=TODAY))


def hours(estimate: Estimate) -> LineItem:
    kinds = tuple(f"{kind}:{name}" for kind in KINDS for name in (EC2.instance, SAGEMAKER.instance))
    [line] = [line for line in estimate.lines if line.usage_type in kinds]
    return line


def others(estimate: Estimate) -> list[tuple[str, str, Decimal]]:
    machine = hours(estimate)
    return [(line.usage_type, str(line.month), line.amount_usd) for line in estimate.lines if line is not machine]


def test_the_grades_are_those_of_a_book_and_the_user_s_own() -> None:
    assert get_args(Grade) == (*GRADES, STATED)


@pytest.mark.parametrize("option", [EC2, SAGEMAKER], ids=["ec2", "sagemaker"])
@given(usd=st.decimals(min_value="0.0001", max_value=100, places=4))
def test_a_stated_hour_takes_the_place_of_the_machine_s_alone(option: Option, usd: Decimal) -> None:
    listed, stated = estimated(option), estimated(replace(option, usd_per_hour=usd))
    line = hours(stated)
    assert line.exact_usd == line.quantity * Fraction(usd) != hours(listed).exact_usd
    assert (line.grade, line.source) == (STATED, STATED_IN)
    assert others(stated) == others(listed)
    assert not [said for said in stated.assumptions if "rest on assumed prices" in said]


@pytest.mark.parametrize("purchase", ["on-demand", "spot", "reserved-1y-no-upfront"])
@pytest.mark.parametrize("option", [EC2, SAGEMAKER], ids=["ec2", "sagemaker"])
@pytest.mark.parametrize("region", ["us-east-1", "sa-east-1", "us-west-2"])
def test_it_holds_for_every_purchase_and_region_whether_or_not_the_book_has_them(
    option: Option, purchase: str, region: str
) -> None:
    changed = replace(option, usd_per_hour=Decimal("0.21"), purchase=purchase)
    project = frame(changed, region=region)
    model, estimate = model_and_estimate(project, changed, context_of(project, today=TODAY))
    assert model is not None
    line = hours(estimate)
    assert line.region == region
    assert line.exact_usd == line.quantity * Fraction("0.21")
    assert line.grade == STATED
    counts = [training.runs.expected for training in project.trainings]
    total = sum(line.amount_usd for line in estimate.lines)
    assert total == model.bill.total_usd(counts)
    assert abs(model.bill.curve(1, 5).at(counts[0]) - Fraction(total)) < Fraction(1, 10**8)


def test_a_warm_pool_costs_what_the_machine_costs() -> None:
    estimate = estimated(replace(SAGEMAKER, usd_per_hour=Decimal(2), idle_hours_per_day=1.0))
    [line] = [line for line in estimate.lines if line.usage_type == "TrainWarmPool:ml.p3.2xlarge"]
    assert (line.amount_usd, line.grade) == (Decimal(60), STATED)


def test_every_price_of_a_machine_of_one_s_own_is_stated() -> None:
    local = LocalMachine(
        owned=False, purchase_usd=Decimal(1000), resale=0.5, watts=300.0, electricity_usd_per_kwh=Decimal("0.2"),
        upkeep_per_year=Decimal(50), value_per_hour=Decimal("0.1"), setup_hours=2.0, wage=Decimal(10),
    )  # fmt: skip
    project = frame(Option(name="o", kind="local", local=local, hours_per_run=10.0), credits_usd=Decimal(5))
    project = replace(project, tax_rate=Decimal("0.1"))
    estimate = estimate_option(project, project.options[0], context_of(project, today=TODAY))
    assert {line.grade for line in estimate.lines if line.service in ("Local", "Credits", "Tax")} == {STATED}
    assert {"Purchase", "Resale", "Upkeep", "OtherUse", "SetUp", "Electricity"} <= {
        line.usage_type for line in estimate.lines
    }


def test_what_a_stated_price_says_nothing_of_is_not_suggested() -> None:
    option = replace(EC2, usd_per_hour=Decimal("0.21"), instance="g4dn.12xlarge")
    project = frame(option)
    found = suggestions(board_of(project, context_of(project, today=TODAY)))
    assert not [
        each for each in found if "instead of g4dn" in each.text or "spot" in each.text or "reserved" in each.text
    ]
