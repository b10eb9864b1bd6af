"""Laws of Savings Plans: the commitment is paid whole, what it covers costs nothing more, and the rest is on demand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.laws import examples
from tests.projects import build_project, build_training

from cloudcost.analysis.compare import context_of
from cloudcost.analysis.uncertainty.scenarios import simulate
from cloudcost.catalog.aws.commitments.savings_plans import savings_plans
from cloudcost.domain.lines import LineItem
from cloudcost.domain.project import Option, Project
from cloudcost.errors import CatalogError
from cloudcost.money import LINE_PLACES, exact_sum, scaled_decimal
from cloudcost.options.model import OptionModel, build_model
from cloudcost.results.spreads import Spreads

TODAY = date(2026, 11, 22)
HOURS = 8760
plans = st.sampled_from(sorted(savings_plans()))
cents = st.integers(1, 300).map(lambda cents: Decimal(cents) / 100)


def option_of(purchase: str, **facts: object) -> Option:
    plan = savings_plans()[purchase]
    kind, instance = ("ec2", "g4dn.xlarge") if plan.covers == "AmazonEC2" else ("sagemaker", "ml.g4dn.xlarge")
    base = Option(name="o", kind=kind, instance=instance, hours_per_run=5.0, purchase=purchase)  # type: ignore[arg-type]
    return replace(base, **facts)  # type: ignore[arg-type]


def project_of(option: Option, *, days: int = 30, machines: int = 1, runs: int = 6) -> Project:
    return build_project(option, days=days, machines=machines, start=TODAY, trainings=(build_training(runs=runs),))


def model_of(project: Project) -> OptionModel:
    return build_model(project, project.options[0], context_of(project, today=TODAY))


def split(lines: tuple[LineItem, ...]) -> tuple[Decimal, Decimal, Decimal]:
    """Return the commitment, the machines' hours on demand, and all else. [USD]"""
    sums = {True: Decimal(0), False: Decimal(0), None: Decimal(0)}
    for line in lines:
        hours = line.usage_type.startswith(("BoxUsage:", "Train:"))
        sums[True if line.service.endswith("SavingsPlans") else False if hours else None] += line.amount_usd
    return sums[True], sums[False], sums[None]


@settings(max_examples=examples(30), deadline=None)
@given(
    purchase=plans, rate=cents, committed=st.one_of(st.none(), st.just(Decimal(0)), cents),
    machines=st.integers(1, 4), days=st.integers(1, 500), runs=st.integers(0, 9),
)  # fmt: skip
@example(
    purchase="compute-savings-plan-1y-no-upfront", rate=Decimal("0.4"), committed=None, machines=1, days=366, runs=1
)
def test_a_commitment_is_paid_whole_and_only_what_is_above_it_on_demand(
    purchase: str, rate: Decimal, committed: Decimal | None, machines: int, days: int, runs: int
) -> None:
    option = option_of(purchase, usd_per_hour=rate, commitment_usd_per_hour=committed)
    project = project_of(option, days=days, machines=machines)
    on_demand = replace(option, purchase="on-demand", usd_per_hour=None, commitment_usd_per_hour=None)
    paid, above, rest = split(model_of(project).lines([runs]))
    _, plain, same = split(model_of(replace(project, options=(on_demand,))).lines([runs]))
    plan = savings_plans()[purchase]
    terms = -(-days * 24 // (HOURS * plan.years))
    per_hour = rate * machines if committed is None else committed
    assert (paid, rest) == (per_hour * terms * HOURS * plan.years, same)
    share = max(1 - Fraction(per_hour) / Fraction(rate * machines), Fraction(0))
    assert abs(Fraction(above) - share * Fraction(plain)) < Fraction(1, 10**7)  # the share of a second is rounded


@settings(max_examples=examples(20), deadline=None)
@given(purchase=plans, rate=cents, low=cents, more=cents, runs=st.integers(1, 9))
def test_a_larger_commitment_leaves_less_on_demand(
    purchase: str, rate: Decimal, low: Decimal, more: Decimal, runs: int
) -> None:
    def above(committed: Decimal) -> Decimal:
        option = option_of(purchase, usd_per_hour=rate, commitment_usd_per_hour=committed)
        return split(model_of(project_of(option, machines=2)).lines([runs]))[1]

    assert above(low + more) <= above(low)
    assert above(2 * rate) == 0


@settings(max_examples=examples(10), deadline=None)
@given(rate=cents, committed=cents, machines=st.integers(1, 3))
def test_every_engine_bills_a_plan_alike(rate: Decimal, committed: Decimal, machines: int) -> None:
    option = option_of("compute-savings-plan-1y-no-upfront", usd_per_hour=rate, commitment_usd_per_hour=committed)
    model = model_of(project_of(option, machines=machines))
    exact = exact_sum([line.amount_usd for line in model.lines([6])])
    [simulated] = simulate([model], draws=1, spreads=Spreads.none())
    assert scaled_decimal(model.bill.total([6]), LINE_PLACES) == exact
    assert simulated.totals_usd.values[0] == pytest.approx(float(exact), abs=0.01)


@pytest.mark.parametrize("purchase", sorted(savings_plans()))
def test_a_plan_without_a_known_rate_says_what_brings_it(purchase: str) -> None:
    plan = savings_plans()[purchase]
    priced = model_of(project_of(option_of(purchase))).priced
    assert isinstance(priced, CatalogError)
    listed = "AWSComputeSavingsPlan" if plan.covers == "AmazonEC2" else "AWSMachineLearningSavingsPlans"
    assert f"no rate of this {plan.title} is known, bring it with cloudcost prices import FILE" in str(priced)
    assert f"(the region's index.json of {listed}), or state it as usd_per_hour" in str(priced)


def test_what_a_plan_covers_is_said() -> None:
    option = option_of("compute-savings-plan-1y-no-upfront", usd_per_hour=Decimal("0.4"))
    said = "\n".join(model_of(project_of(option, machines=2)).assumptions)
    assert "Compute Savings Plan: 0.8 USD are committed for each hour of 1 year, used or not; its rate of" in said
    part = replace(option, commitment_usd_per_hour=Decimal("0.2"))
    said = "\n".join(model_of(project_of(part, machines=2)).assumptions)
    assert "while both machines run at once, 75 % is above the commitment and is billed on demand" in said
    more = replace(option, commitment_usd_per_hour=Decimal(1))
    said = "\n".join(model_of(project_of(more)).assumptions)
    assert "the machine cannot use the whole commitment, even in an hour in which nothing stands idle" in said
