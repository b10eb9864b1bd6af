"""A model of a band: instances live as the band says, capacity is waited for as in the traces, all engines agree."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from cloudcost.catalog.spot.bands import capacity_model
from cloudcost.catalog.spot.traced import spot_model
from cloudcost.domain.spot import SpotModel, SpotRegime, SpotZone
from cloudcost.spot.expected import expected_spot_run
from cloudcost.spot.model import availability, exponential_model, mean_up_seconds, mean_wait_seconds, model_arrays
from cloudcost.spot.sampling import sample_spot_run
from cloudcost.spot.simulation import random_spells, simulate_run

TODAY = date(2026, 11, 22)
HOUR = 3600.0
T4 = capacity_model("g4dn.xlarge", "us-east-1", "T4", 1, TODAY)
V100 = capacity_model("p3.2xlarge", "us-east-1", "V100", 1, TODAY)


@pytest.mark.parametrize(("banded", "device"), [(T4, "T4"), (V100, "V100")])
def test_waits_stay_those_of_the_traces(banded: SpotModel, device: str) -> None:
    """Before the first start and after an interruption alike; only lifetimes are the band's."""
    traces = spot_model(device)
    assert availability(banded) == pytest.approx(availability(traces), rel=1e-6)
    assert mean_wait_seconds(banded) == pytest.approx(mean_wait_seconds(traces), rel=1e-6)  # shares have six decimals
    first = model_arrays(banded).first_wait_seconds
    assert first == pytest.approx(model_arrays(traces).first_wait_seconds, rel=1e-6)
    assert mean_up_seconds(banded) > 10 * mean_up_seconds(traces)


@pytest.mark.parametrize("model", [T4, V100])
def test_a_run_that_is_never_interrupted_waits_once(model: SpotModel) -> None:
    run = expected_spot_run(60.0, 0.0, 0.0, model, math.inf)
    assert float(run.wall_seconds) == pytest.approx(model_arrays(model).first_wait_seconds + 60.0, rel=0.01)


@pytest.mark.parametrize("work", [6 * HOUR, 60 * HOUR])
def test_sampled_runs_have_the_expected_means(work: float) -> None:
    run = expected_spot_run(work, 20.0, 300.0, T4, 2 * HOUR)
    draws = sample_spot_run(np.random.default_rng(3), np.full(100_000, work), 20.0, 300.0, T4, 2 * HOUR)
    assert draws.billed_seconds.mean() == pytest.approx(float(run.billed_seconds), rel=0.01)
    assert draws.running_seconds.mean() == pytest.approx(float(run.running_seconds), rel=0.01)
    assert draws.wall_seconds.mean() == pytest.approx(float(run.wall_seconds), rel=0.03)
    assert draws.starts.mean() == pytest.approx(float(run.starts), rel=0.01)


def test_the_formula_agrees_with_the_event_simulation() -> None:
    """Availability of its own, 30 %, beside lives of 5 h and waits of 1 h."""
    regime = SpotRegime(up_seconds=5 * HOUR, wait_seconds=HOUR, wait_shape=0.7)
    zone = SpotZone(name="made", regimes=(regime,), available=0.3)
    model = SpotModel(accelerator="any", zones=(zone,), basis="given")
    run = expected_spot_run(8 * HOUR, 60.0, 300.0, model, HOUR)
    rng = np.random.default_rng(12)
    outcomes = []
    for _ in range(4000):
        first, spells = random_spells(rng, model)
        outcome = simulate_run(
            spells, first, 8 * HOUR, checkpoint_seconds=60.0, restart_seconds=300.0, interval_seconds=HOUR
        )
        assert outcome is not None
        outcomes.append(outcome)
    assert np.mean([each.billed_seconds for each in outcomes]) == pytest.approx(float(run.billed_seconds), rel=0.01)
    assert np.mean([each.wall_seconds for each in outcomes]) == pytest.approx(float(run.wall_seconds), rel=0.02)
    assert np.mean([each.starts for each in outcomes]) == pytest.approx(float(run.starts), rel=0.02)


def test_a_band_interrupts_a_run_of_hours_rarely() -> None:
    """10-15 % a month: 6 h of work on a T4 are hardly ever interrupted, where K80 and V100 zones took 8 starts."""
    banded = expected_spot_run(6 * HOUR, 20.0, 300.0, T4, HOUR)
    traced = expected_spot_run(6 * HOUR, 20.0, 300.0, spot_model("T4"), HOUR)
    assert 1.0 < float(banded.starts) < 1.2
    assert float(traced.starts) > 3.0
    floor = expected_spot_run(6 * HOUR, 20.0, 300.0, T4, HOUR).starts - 1.0
    assert float(floor) >= 6.0 * -math.log(1 - 0.10) / 730


def test_an_interrupted_first_hour_is_free_where_the_service_says_so() -> None:
    """EC2 alone: elsewhere all hours that an instance runs are billed, of one run and of many."""
    ec2 = exponential_model(1800.0, 60.0)
    azure = replace(ec2, billed_by="Azure")
    asked = {"checkpoint_seconds": 10.0, "restart_seconds": 60.0, "interval": 600.0}
    free, billed = (expected_spot_run(36_000.0, asked["checkpoint_seconds"], asked["restart_seconds"], model,
                                      interval=asked["interval"]) for model in (ec2, azure))  # fmt: skip
    assert float(billed.billed_seconds) == pytest.approx(float(billed.running_seconds))
    assert float(free.billed_seconds) < 0.8 * float(billed.billed_seconds)
    assert float(free.wall_seconds) == float(billed.wall_seconds)
