"""Laws of credits that expire: they pay what AWS charges in the months before, and every engine counts them alike."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.laws import examples
from tests.projects import build_project, build_training

from cloudcost.analysis.compare import context_of
from cloudcost.analysis.sweep.kernel import Kernel
from cloudcost.analysis.uncertainty.scenarios import simulate
from cloudcost.catalog.providers import is_aws
from cloudcost.domain.left_on import LeftOn
from cloudcost.domain.project import Dataset, Option, Project
from cloudcost.money import exact_sum, scaled_decimal
from cloudcost.options.model import OptionModel, build_model
from cloudcost.results.spreads import Spreads
from cloudcost.units import BillingMonth
from cloudcost.usage.calendar import kept_window

TODAY = date(2026, 11, 22)
START = date(2026, 10, 1)
EC2 = Option(name="ec2", kind="ec2", instance="g4dn.xlarge", hours_per_run=5.0)
COLAB = Option(name="colab", kind="colab", accelerator="T4", hours_per_run=5.0)
options = st.sampled_from([EC2, COLAB])


def frame(option: Option, expire: date | None, *, days: int = 75, keep: int = 2, runs: int = 4) -> Project:
    return build_project(
        option,
        days=days,
        start=START,
        keep_months=keep,
        credits_usd=Decimal(100),
        credits_expire=expire,
        tax_rate=Decimal("0.16"),
        trainings=(build_training(runs=runs),),
        dataset=Dataset(images=50_000, size_bytes=2 * 10**12),
    )


def model_of(project: Project) -> OptionModel:
    return build_model(project, project.options[0], context_of(project, today=TODAY))


def credited(model: OptionModel, runs: int) -> Decimal:
    return -exact_sum([line.amount_usd for line in model.lines([runs]) if line.service == "Credits"])


@settings(max_examples=examples(40), deadline=None)
@given(
    option=options, day=st.integers(-5, 220), days=st.integers(1, 100), keep=st.integers(0, 3), runs=st.integers(0, 5)
)
@example(option=EC2, day=31, days=75, keep=2, runs=4)  # from 1 November on: October alone is paid
def test_credits_are_worth_what_is_charged_before_they_expire(
    option: Option, day: int, days: int, keep: int, runs: int
) -> None:
    expire = START + timedelta(days=day)
    project = frame(option, expire, days=days, keep=keep)
    model = model_of(project)
    outlast = kept_window(project).end.date() <= expire
    paid = [
        line.amount_usd
        for line in model.lines([runs])
        if is_aws(line.service) and (outlast or line.month is None or line.month < BillingMonth.of(expire))
    ]
    assert credited(model, runs) == min(Decimal(100), exact_sum(paid))


@settings(max_examples=20, deadline=None)
@given(option=options, first=st.integers(0, 220), later=st.integers(0, 60), runs=st.integers(0, 5))
def test_credits_that_last_longer_are_worth_no_less(option: Option, first: int, later: int, runs: int) -> None:
    early, late = (model_of(frame(option, START + timedelta(days=day))) for day in (first, first + later))
    assert credited(early, runs) <= credited(late, runs) <= credited(model_of(frame(option, None)), runs)


@settings(max_examples=20, deadline=None)
@given(option=options, day=st.integers(0, 220), runs=st.integers(1, 5))
def test_every_engine_counts_them_alike(option: Option, day: int, runs: int) -> None:
    project = frame(option, START + timedelta(days=day), runs=runs)
    model = model_of(project)
    total = exact_sum([line.amount_usd for line in model.lines([runs])])
    [outcome] = Kernel(context_of(project, today=TODAY)).outcomes(project, project.options, (runs,))
    assert outcome.total is not None
    assert scaled_decimal(outcome.total, 10) == total
    assert abs(model.bill.curve(1, runs).at(runs) - Fraction(total)) < Fraction(1, 10**8)
    [simulated] = simulate([model], draws=1, spreads=Spreads.none())
    assert simulated.totals_usd.values[0] == pytest.approx(float(total), abs=0.01)


def test_what_is_left_on_after_they_expired_is_paid_for() -> None:
    expire = date(2027, 3, 1)
    standing = LeftOn(service="AmazonSageMaker", usage_type="Host:ml.g5.xlarge")
    ends = kept_window(frame(EC2, expire)).end
    assert ends.date() < expire
    project = replace(
        frame(EC2, expire), credits_usd=Decimal(10_000), left_on=(replace(standing, until=ends.replace(month=5)),)
    )
    model = model_of(project)
    after = [line for line in model.lines([4]) if line.month is not None and line.month >= BillingMonth(2027, 3)]
    assert exact_sum([line.amount_usd for line in after]) > 100
    rest = [line for line in model.lines([4]) if line not in after and line.service not in ("Credits", "Tax")]
    assert credited(model, 4) == exact_sum([line.amount_usd for line in rest])
