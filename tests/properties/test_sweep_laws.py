"""A sweep without lines prices as an estimate does, to the last digit."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.laws import examples

from cloudcost.analysis.compare import context_of
from cloudcost.analysis.estimate import estimate_option
from cloudcost.analysis.sweep.kernel import Kernel
from cloudcost.domain.project import Project
from cloudcost.money import scaled_decimal
from cloudcost.testing.projects import projects

TODAY = date(2026, 11, 22)


@settings(max_examples=examples(120), deadline=None, suppress_health_check=[HealthCheck.too_slow])
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
