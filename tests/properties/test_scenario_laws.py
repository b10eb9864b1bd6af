"""Laws of scenarios: they agree with the exact estimate wherever one can be made, on random projects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cloudcost.analysis.compare import context_of
from cloudcost.analysis.estimate import estimate_model
from cloudcost.analysis.uncertainty.distributions import sample_counts
from cloudcost.analysis.uncertainty.scenarios import simulate
from cloudcost.analysis.uncertainty.scenarios.draws import Draws
from cloudcost.domain.project import Count, Project
from cloudcost.errors import CatalogError, TimingError
from cloudcost.options.model import OptionModel, build_model
from cloudcost.results.spreads import Spreads
from cloudcost.testing import projects

pytestmark = pytest.mark.slow

TODAY = date(2026, 11, 22)
CENT = 0.01
SETTINGS = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def models_of(project: Project) -> list[OptionModel]:
    context = context_of(project, today=TODAY)
    models = []
    for option in project.options:
        try:
            model = build_model(project, option, context)
            model.lines([1] * len(project.trainings))
        except (CatalogError, TimingError):
            continue
        models.append(model)
    return models


def exact_usd(model: OptionModel, runs: Sequence[int] | None = None) -> float:
    total = estimate_model(model, runs).total_usd
    assert total is not None
    return float(total)


@SETTINGS
@given(projects())
def test_a_scenario_without_spread_is_the_exact_estimate_to_a_cent(project: Project) -> None:
    models = models_of(project)
    for model, simulated in zip(models, simulate(models, draws=2, spreads=Spreads.none()), strict=True):
        estimate = estimate_model(model)
        assert estimate.total_usd is not None
        assert estimate.hours is not None
        assert [float(estimate.total_usd)] * 2 == pytest.approx(simulated.totals_usd.values.tolist(), abs=CENT)
        assert [estimate.hours] * 2 == pytest.approx(simulated.hours.values.tolist(), rel=1e-6)
        late = model.calendar_obstacle([each.runs.expected for each in project.trainings])
        assert (0 if late or simulated.never else 2) == simulated.within_duration


@SETTINGS
@given(projects(), st.integers(0, 2**32))
def test_each_scenario_of_runs_costs_what_the_exact_bill_costs_at_those_runs(project: Project, seed: int) -> None:
    models = models_of(project)
    draws = Draws(seed=seed, start=0, count=3)
    drawn = [
        draws.from_cells(f"runs/{each.name}", lambda rng, n, each=each: sample_counts(each.runs, rng, n).astype(float))  # type: ignore[misc]
        for each in project.trainings
    ]
    for model, simulated in zip(
        models, simulate(models, draws=3, seed=seed, spreads=Spreads.only("runs")), strict=True
    ):
        expected = [exact_usd(model, [int(each[i]) for each in drawn]) for i in range(3)]
        assert expected == pytest.approx(simulated.totals_usd.values.tolist(), abs=CENT)


@SETTINGS
@given(project=projects(), epochs=st.integers(2, 60), by_steps=st.booleans())
def test_a_scenario_of_epochs_costs_what_a_project_with_those_epochs_costs(
    project: Project, epochs: int, *, by_steps: bool
) -> None:
    """Epochs change times, readings, checkpoints and what versions of them are kept; steps keep their length."""
    if by_steps:
        options = [replace(each, hours_per_run=None, seconds_per_step=0.05) for each in project.options]
        project = replace(project, options=tuple(options))
    certain = Count.fixed(epochs)
    target = replace(project, trainings=tuple(replace(each, epochs=certain) for each in project.trainings))
    if not by_steps:  # hours stand for a run of the expected epochs
        scale = [epochs / each.epochs.expected for each in project.trainings]
        if len(set(scale)) > 1:
            return
        options = [replace(each, hours_per_run=(each.hours_per_run or 0) * scale[0]) for each in target.options]
        target = replace(target, options=tuple(options))
    uncertain = Count(kind="list", expected=0, low=epochs, high=epochs, values=(epochs,))
    spread = tuple(
        replace(each, epochs=replace(uncertain, expected=each.epochs.expected)) for each in project.trainings
    )
    models = models_of(replace(project, trainings=spread))
    exact = {model.option.name: exact_usd(model) for model in models_of(target) if not model.obstacle}
    for model, simulated in zip(models, simulate(models, draws=1, spreads=Spreads.only("epochs")), strict=True):
        if simulated.never or model.obstacle or model.option.name not in exact:
            continue
        assert exact[model.option.name] == pytest.approx(simulated.totals_usd.values[0], abs=CENT)


@SETTINGS
@given(projects(), st.sampled_from((1, 5)))
def test_chances_of_being_cheapest_sum_to_at_most_one(project: Project, seed: int) -> None:
    models = models_of(project)
    results = simulate(models, draws=64, seed=seed, budget_usd=Decimal(50), deadline_seconds=86400.0)
    assert sum(each.cheapest or 0 for each in results) <= 64
    for each in results:
        assert 0 <= (each.cheapest or 0) <= each.within_duration <= 64 - each.never
        assert each.within_budget is not None
        assert int(np.count_nonzero(each.totals_usd.values <= 50.005)) >= each.within_budget
