"""Laws of permanent free quotas in a comparison: what a priced usage file has free, in every engine, over regions."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.billing import at_runs
from tests.laws import examples
from tests.projects import build_project, build_training

from cloudcost.analysis.compare import context_of
from cloudcost.analysis.sweep.kernel import Kernel
from cloudcost.analysis.uncertainty.scenarios import simulate
from cloudcost.catalog.aws.allowances import quotas
from cloudcost.catalog.books.book import load_book
from cloudcost.domain.left_on import LeftOn
from cloudcost.domain.project import Dataset, Option
from cloudcost.money import exact_sum, scaled_decimal
from cloudcost.options.model import OptionModel, build_model
from cloudcost.pricing.bill.lines import price_usage
from cloudcost.results.spreads import Spreads

TODAY = date(2026, 11, 22)
START = datetime(2026, 8, 10, tzinfo=UTC)
EC2 = Option(name="ec2", kind="ec2", instance="g4dn.xlarge", hours_per_run=5.0)
KMS = LeftOn(service="awskms", usage_type="KMS-Requests", quantity=Decimal(30_000))


def known() -> list[tuple[str, str, str]]:
    """Return what has a quota and a price: service, usage type, region."""
    book = load_book()
    return [
        (service, usage_type, region)
        for service, usage_type in quotas()
        for region in book.regions(service)
        if book.candidates(service=service, region=region, usage_type=usage_type, purchase="on-demand")
    ]


KNOWN = known()
rows = st.builds(
    lambda what, quantity, begin, days: LeftOn(
        service=what[0], usage_type=what[1], region=what[2], quantity=quantity,
        since=START + timedelta(hours=begin), until=START + timedelta(hours=begin, days=days),
    ),
    st.sampled_from(KNOWN),
    st.decimals(min_value="0.001", max_value=60_000, places=3),
    st.integers(0, 2000),
    st.integers(1, 70),
)  # fmt: skip


def model_of(*standing: LeftOn) -> OptionModel:
    project = build_project(
        EC2,
        days=20,
        start=START.date(),
        trainings=(build_training(runs=3),),
        dataset=Dataset(images=50_000, size_bytes=10**10),
        left_on=standing,
    )
    return build_model(project, EC2, context_of(project, today=TODAY))


@settings(max_examples=examples(60), deadline=None)
@given(standing=st.lists(rows, min_size=1, max_size=5))
@example(standing=[KMS, replace(KMS, quantity=Decimal(5_000))])
def test_a_comparison_takes_off_what_a_priced_file_does(standing: list[LeftOn]) -> None:
    model, without = model_of(*standing), model_of()
    metered = [usage for usage in model.usages if (usage.service, usage.usage_type) in quotas()]
    priced = price_usage(at_runs(metered, [3]), load_book(), on=TODAY, free_tier=True, quotas=True)
    more = exact_sum([line.amount_usd for line in model.lines([3])])
    more -= exact_sum([line.amount_usd for line in without.lines([3])])
    # a share of a month that is no finite decimal is rounded down to 1e-12 of the price's unit
    assert abs(more - exact_sum([line.amount_usd for line in priced])) <= Decimal("1e-9")


@settings(max_examples=20, deadline=None)
@given(standing=st.lists(rows, min_size=1, max_size=4))
def test_every_engine_takes_the_same_off(standing: list[LeftOn]) -> None:
    model = model_of(*standing)
    total = exact_sum([line.amount_usd for line in model.lines([3])])
    context = context_of(model.project, today=TODAY)
    [outcome] = Kernel(context).outcomes(model.project, model.project.options, (3,))
    assert outcome.total is not None
    assert scaled_decimal(outcome.total, 10) == total
    assert abs(model.bill.curve(1, 3).at(3) - Fraction(total)) < Fraction(1, 10**8)
    [simulated] = simulate([model], draws=1, spreads=Spreads.none())
    assert simulated.totals_usd.values[0] == pytest.approx(float(total), abs=0.01)


def test_the_first_20_000_kms_requests_of_a_month_are_free_once_per_account() -> None:
    def usd(*standing: LeftOn) -> Decimal:
        lines = model_of(*standing).lines([3])
        return exact_sum([line.amount_usd for line in lines if line.usage_type == "KMS-Requests"])

    september = replace(KMS, since=datetime(2026, 9, 1, tzinfo=UTC), until=datetime(2026, 10, 1, tzinfo=UTC))
    assert usd(september) == Decimal("0.03")  # 10,000 of 30,000 at 0.03 USD per 10,000
    assert usd(replace(september, quantity=Decimal(20_000))) == 0
    there = replace(september, region="us-west-2", quantity=Decimal(20_000))
    assert usd(september, there) == Decimal("0.09")  # 50,000 in two regions: 20,000 are free, not 40,000
    [line] = [line for line in model_of(september).lines([3]) if line.usage_type == "KMS-Requests"]
    assert "the first 20,000 Requests a month are free for good, once per account" in line.why
    [said] = [each for each in model_of(september).assumptions if "KMS-Requests are free" in each]
    assert said.startswith("20,000 Requests of KMS-Requests are free each month, once per account")
