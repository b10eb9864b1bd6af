"""Laws of the user's own discounts: nothing off is nothing changed, more off is never dearer, each line is exact."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.laws import examples
from tests.projects import build_project, build_training

from cloudcost.analysis.compare import compare, context_of
from cloudcost.catalog.books.book import PriceBook, load_book
from cloudcost.domain.prices import STATED, PriceKey
from cloudcost.domain.project import Option, Project
from cloudcost.errors import ProjectFileError
from cloudcost.options.model import OptionModel, build_model
from cloudcost.pricing.bill.bill import Bill
from cloudcost.pricing.discounts import discount_on, names_with_lists
from cloudcost.project.file import parse_project
from cloudcost.testing.projects import projects

TODAY = date(2026, 11, 22)
EC2 = Option(name="ec2", kind="ec2", instance="g4dn.xlarge", hours_per_run=5.0)
SPOT = replace(EC2, name="spot", purchase="spot")
GCP = Option(name="gcp", kind="cloud", instance="g2-standard-4", region="us-central1", hours_per_run=5.0)
NAMES = names_with_lists(load_book())
shares = st.decimals(0, Decimal("0.999999999"), places=9)


def model_of(project: Project) -> OptionModel:
    return build_model(project, project.options[0], context_of(project, today=TODAY))


def frame(option: Option, **discounts: Decimal) -> Project:
    return build_project(option, trainings=(build_training(runs=4),), discounts=tuple(discounts.items()))


@settings(max_examples=examples(40), deadline=None)
@given(project=projects(max_trainings=1, max_options=1), name=st.sampled_from(NAMES))
def test_nothing_off_changes_nothing(project: Project, name: str) -> None:
    plain = replace(project, discounts=())
    none = replace(project, discounts=((name, Decimal(0)),))
    counts = [training.runs.expected for training in project.trainings]
    assume(isinstance(model_of(plain).priced, Bill))
    assert model_of(none).lines(counts) == model_of(plain).lines(counts)


@settings(max_examples=examples(40), deadline=None)
@given(project=projects(max_trainings=2, max_options=1), less=shares, more=shares)
def test_more_off_is_never_dearer_and_each_line_is_the_list_price_less_its_share(
    project: Project, less: Decimal, more: Decimal
) -> None:
    less, more = sorted((less, more))
    plain, some, most = (
        model_of(replace(project, credits_usd=Decimal(0), tax_rate=Decimal(0), discounts=(("aws", share),)))
        for share in (Decimal(0), less, more)
    )
    counts = [training.runs.expected for training in project.trainings]
    assume(isinstance(plain.priced, Bill))
    assert most.bill.total_usd(counts) <= some.bill.total_usd(counts) <= plain.bill.total_usd(counts)
    for listed, line in zip(plain.lines(counts), some.lines(counts), strict=True):
        off = discount_on(listed.service, listed.purchase, (("aws", less),)) if listed.grade != STATED else 0
        assert line.exact_usd == listed.exact_usd * (1 - Fraction(off))
        assert ("(discounts)" in line.why) == bool(off)


@settings(max_examples=examples(40), deadline=None)
@given(one=shares, other=shares)
def test_the_nearest_name_decides(one: Decimal, other: Decimal) -> None:
    agreed = (("aws", one), ("AmazonS3", other))
    assert discount_on("AmazonS3", "on-demand", agreed) == other
    assert discount_on("AmazonEC2", "on-demand", agreed) == one == discount_on("AmazonEC2", "spot", agreed)
    assert discount_on("AmazonEC2", "spot", (*agreed, ("spot", other))) == other
    assert discount_on("GCP", "on-demand", agreed) == discount_on("my own cloud", "on-demand", agreed) == 0


def test_an_answer_is_that_of_cheaper_prices() -> None:
    """0.526 x 0.9 USD an hour, whatever asks: lines, totals, simulation, tax and support."""
    plain, less = model_of(frame(EC2)), model_of(frame(EC2, AmazonEC2=Decimal("0.1")))
    hours = [line for line in plain.lines([4]) if line.usage_type == "BoxUsage:g4dn.xlarge"]
    cheaper = [line for line in less.lines([4]) if line.usage_type == "BoxUsage:g4dn.xlarge"]
    assert [line.tiers[0].unit_price_usd for line in cheaper] == [Decimal("0.4734")] * len(hours)
    compared = compare(frame(EC2, AmazonEC2=Decimal("0.1")), today=TODAY)
    [estimate] = compared.options
    assert estimate.total_usd == less.bill.total_usd([4])
    assert "discounts as agreed: 10 % off AmazonEC2" in estimate.assumptions


def test_spot_and_other_clouds_have_shares_of_their_own() -> None:
    for option, name in ((SPOT, "spot"), (GCP, "gcp"), (GCP, "GCP")):
        plain, less = (model_of(frame(option, **{name: share})) for share in (Decimal(0), Decimal("0.25")))
        assert less.bill.total_usd([4]) < plain.bill.total_usd([4])


def test_own_prices_are_taken_as_they_are() -> None:
    own = replace(EC2, usd_per_hour=Decimal("0.5"))
    plain, less = (model_of(frame(own, AmazonEC2=share)) for share in (Decimal(0), Decimal("0.25")))
    [one], [other] = ([line for line in each.lines([4]) if line.grade == STATED] for each in (plain, less))
    assert one == other


def test_a_savings_plan_of_the_book_is_taken_off_like_the_machine_itself() -> None:
    key = PriceKey("AmazonEC2", "us-east-1", "BoxUsage:g4dn.xlarge", purchase="compute-savings-plan-1y-no-upfront")
    listed = load_book().price(key._replace(purchase="on-demand"), TODAY)
    rate = replace(listed, purchase=key.purchase, valid_from=None)
    book = PriceBook.of([*load_book().prices(), rate])
    option = replace(EC2, purchase=key.purchase)
    project = frame(option, aws=Decimal("0.5"))
    lines = build_model(project, option, replace(context_of(project, today=TODAY), book=book)).lines([4])
    [committed] = [line for line in lines if line.purchase == key.purchase]
    assert committed.exact_usd == 8760 * Fraction(listed.tiers[0].unit_price_usd) / 2


FILE = """
[project]
region = "us-east-1"
duration = "5 days"
discounts = {discounts}
[dataset]
images = 1000
size = "1 GB"
[[training]]
network = "resnet50"
epochs = 1
runs = 1
[[option]]
kind = "ec2"
instance = "g4dn.xlarge"
"""


@pytest.mark.parametrize(
    ("discounts", "message"),
    [
        (
            "{awz = 0.1}",
            r'd\.toml:project\.discounts: no provider or service with list prices, "awz", did you mean aws',
        ),
        ("{GoogleColab = 0.1}", r"no provider or service with list prices, \"GoogleColab\""),
        ("{aws = 1}", r"d\.toml:project\.discounts: aws is no share of 0 to under 1 with at most 9 decimals, .*7 %"),
        ("{aws = -0.1}", "aws is no share of 0 to under 1"),
        ("{aws = nan}", "aws is no share of 0 to under 1"),
        ("{aws = '7 %'}", "aws is no share of 0 to under 1"),
        ("{aws = 0.1234567891}", "aws is no share .* with at most 9 decimals"),
        ("{}", r"d\.toml:project\.discounts: not a table of discounts"),
        ("0.07", r"d\.toml:project\.discounts: not a table of discounts, 0\.07, write \{aws = 0\.07\}"),
    ],
)
def test_a_discount_that_is_none_is_a_fault(discounts: str, message: str) -> None:
    with pytest.raises(ProjectFileError, match=message):
        parse_project(FILE.format(discounts=discounts), name="d.toml", today=TODAY)


def test_so_is_one_of_a_project_made_in_python() -> None:
    with pytest.raises(ProjectFileError, match="no provider or service with list prices"):
        compare(frame(EC2, awz=Decimal("0.1")), today=TODAY)
