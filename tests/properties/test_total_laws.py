"""Totals without lines are the sums of the lines, to the last digit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cloudcost.analysis.compare import context_of
from cloudcost.analysis.estimate import estimate_option
from cloudcost.analysis.sweep.kernel import Kernel
from cloudcost.catalog.book import load_book
from cloudcost.domain.lines import LineItem
from cloudcost.domain.project import Project
from cloudcost.domain.usage import RunUsage, Span
from cloudcost.money import exact_sum, scaled_decimal
from cloudcost.pricing.affine import at_runs
from cloudcost.pricing.lines import price_usage
from cloudcost.pricing.totals import compile_totals
from cloudcost.testing.projects import projects
from cloudcost.units import BillingMonth

TODAY = date(2026, 11, 22)
KINDS = (
    ("AmazonS3", "TimedStorage-ByteHrs", "byte-hours", 10**17),
    ("AmazonS3", "Requests-Tier1", "requests", 10**9),
    ("AmazonS3", "DataTransfer-Out-Bytes", "bytes", 10**15),
    ("AmazonEC2", "DataTransfer-Out-Bytes", "bytes", 10**13),
    ("AmazonEC2", "BoxUsage:g4dn.xlarge", "seconds", 10**8),
    ("GoogleColab", "ComputeUnits", "micro-units", 10**10),
)
"""Service, usage type, unit and a large quantity: tiers, packs, and traffic whose free part two services share."""


@st.composite
def usages(draw: st.DrawFn) -> RunUsage:
    service, usage_type, unit, most = draw(st.sampled_from(KINDS))
    region = "global" if service == "GoogleColab" else draw(st.sampled_from(("us-east-1", "us-west-2", "eu-west-1")))
    per_run = draw(st.just(()) | st.tuples(st.integers(0, most // 100), st.integers(0, most // 100)))
    return RunUsage(
        service=service,
        region=region,
        usage_type=usage_type,
        unit=unit,
        month=BillingMonth(2026, draw(st.sampled_from((11, 12)))),
        fixed=draw(st.integers(0, most)),
        per_run=per_run,
        span=draw(st.sampled_from((None, Span(0, 3, 10), Span(3, 7, 10), Span(7, 10, 10)))) if per_run else None,
    )


def total_of(lines: Sequence[LineItem], names: tuple[str, ...] = ("",)) -> Decimal:
    return exact_sum([line.amount_usd for line in lines if line.service.startswith(names)])


@settings(max_examples=200, deadline=None)
@given(metered=st.lists(usages(), max_size=8), runs=st.tuples(st.integers(0, 100), st.integers(0, 100)))
def test_a_total_is_the_sum_of_the_rounded_lines(metered: list[RunUsage], runs: tuple[int, int]) -> None:
    book = load_book()
    lines = price_usage(at_runs(metered, runs), book, on=TODAY, free_tier=True)
    sums = compile_totals(metered, book, on=TODAY).at(runs)
    assert scaled_decimal(sums.charged + sums.own, 10) == total_of(lines)
    assert scaled_decimal(sums.aws, 10) == total_of(lines, ("Amazon", "AWS"))


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(project=projects(max_trainings=2, max_options=3), scale=st.integers(0, 3))
def test_a_sweep_prices_an_option_as_an_estimate_does(project: Project, scale: int) -> None:
    kernel = Kernel(context_of(project, today=TODAY))
    first = tuple(training.runs.expected * scale for training in project.trainings)
    kernel.outcomes(project, project.options, first)  # what is remembered of it changes nothing
    runs = tuple(training.runs.expected for training in project.trainings)
    context = context_of(project, today=TODAY)
    for option, outcome in zip(project.options, kernel.outcomes(project, project.options, runs), strict=True):
        estimate = estimate_option(project, option, context)
        total = None if outcome.total is None else scaled_decimal(outcome.total, 10)
        assert total == estimate.total_usd
        assert (outcome.feasible, outcome.reason) == (estimate.feasible, estimate.reason)
        times = (outcome.hours, outcome.hours_per_run, outcome.seconds_per_iteration)
        expected = (estimate.hours, estimate.hours_per_run, estimate.seconds_per_iteration)
        assert [each is None for each in times] == [each is None for each in expected]
        known = [each for each in times if each is not None]
        assert known == pytest.approx([each for each in expected if each is not None], rel=1e-12)  # summed otherwise
        assert (outcome.basis, outcome.guaranteed) == (estimate.basis, estimate.guaranteed)
