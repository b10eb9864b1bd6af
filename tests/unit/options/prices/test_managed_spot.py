"""Managed spot training where its savings are stated: the rate on demand of so many fewer seconds."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.laws import examples
from tests.projects import build_project, build_training

from cloudcost.analysis.compare import compare, context_of
from cloudcost.catalog.books.importing.offers import rule_for
from cloudcost.domain.lines import LineItem
from cloudcost.domain.project import Option
from cloudcost.errors import ProjectFileError
from cloudcost.options.model import build_model
from cloudcost.project.file import parse_project

TODAY = date(2026, 11, 22)
SPOT = Option(name="jobs", kind="sagemaker", instance="ml.g4dn.xlarge", purchase="spot", hours_per_run=5.0)
shares = st.decimals(0, 1, places=4)


def hours(option: Option, **facts: object) -> LineItem:
    project = build_project(option, trainings=(build_training(runs=4),), **facts)  # type: ignore[arg-type]
    lines = build_model(project, option, context_of(project, today=TODAY)).lines([4])
    [line] = [each for each in lines if each.usage_type.endswith(":ml.g4dn.xlarge")]
    return line


@settings(max_examples=examples(30), deadline=None)
@given(saved=shares)
def test_a_job_comes_to_its_seconds_less_the_savings_at_the_rate_on_demand(saved: Decimal) -> None:
    line = hours(replace(SPOT, spot_savings=saved))
    assert line.usage_type == "TrSpt:ml.g4dn.xlarge"
    assert line.exact_usd == line.quantity * (1 - Fraction(saved)) * Fraction(
        "0.736"
    )  # Train:ml.g4dn.xlarge, us-east-1


def test_savings_are_said_and_a_discount_is_taken_off_what_is_left() -> None:
    option = replace(SPOT, spot_savings=Decimal("0.65"))
    line = hours(option, discounts=(("aws", Decimal("0.1")),))
    assert line.tiers[0].unit_price_usd == Decimal("0.23184")  # 0.736 x 0.35 x 0.9
    [estimate] = compare(build_project(option), today=TODAY).options
    assert any("managed spot saves 65 %" in each and "0.736 USD an hour" in each for each in estimate.assumptions)


def test_without_savings_the_spot_price_of_the_machine_tells() -> None:
    assert hours(SPOT).tiers[0].unit_price_usd < Decimal("0.736")


def test_rates_that_a_list_has_of_managed_spot_are_not_taken_for_its_price() -> None:
    rule = rule_for("AmazonSageMaker", "TrSpt:ml.g4dn.xlarge")
    assert rule is not None
    assert rule.refused


FILE = """
[project]
region = "us-east-1"
duration = "5 days"
[dataset]
images = 1000
size = "1 GB"
[[training]]
network = "resnet50"
epochs = 1
runs = 1
[[option]]
kind = "sagemaker"
instance = "ml.g4dn.xlarge"
{keys}
"""


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ("spot_savings = 0.5", r"s\.toml:option\[0\]\.spot_savings: given without spot capacity, 0\.5, .*\"spot\""),
        (
            'purchase = "spot"\nspot_savings = 0.5\nusd_per_hour = 0.2',
            r"s\.toml:option\[0\]\.spot_savings: given beside a price of your own, which has them in it, 0\.5, ",
        ),
        ('purchase = "spot"\nspot_savings = 1.5', r"s\.toml:option\[0\]\.spot_savings: "),
        ('purchase = "spot"\nspot_savings = -0.5', r"s\.toml:option\[0\]\.spot_savings: "),
    ],
)
def test_savings_that_are_none_are_a_fault(keys: str, message: str) -> None:
    with pytest.raises(ProjectFileError, match=message):
        parse_project(FILE.format(keys=keys), name="s.toml", today=TODAY)
