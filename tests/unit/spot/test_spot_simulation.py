"""The formula and the sampler against runs walked event by event."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator

import numpy as np
import pytest

from cloudcost.catalog.spot.traced import spot_model
from cloudcost.domain.spot import SpotModel
from cloudcost.spot.expected import expected_spot_run
from cloudcost.spot.model import exponential_model
from cloudcost.spot.sampling import draw_histories, sample_in_histories, sample_spot_run
from cloudcost.spot.simulation import SimulatedRun, Spell, simulate_run, simulate_spot_runs

HOUR = 3600.0


def _means(outcomes: list[SimulatedRun | None]) -> tuple[float, float, float, float]:
    done = [one for one in outcomes if one is not None]
    assert len(done) == len(outcomes)
    return (
        float(np.mean([one.billed_seconds for one in done])),
        float(np.mean([one.wall_seconds for one in done])),
        float(np.mean([one.starts for one in done])),
        float(np.mean([one.lost_seconds for one in done])),
    )


@pytest.mark.parametrize("up_hours", [0.5, 2.0, 10.0])
@pytest.mark.parametrize("checkpoint", [0.0, 60.0, 600.0])
def test_formula_agrees_with_the_event_simulation(up_hours: float, checkpoint: float) -> None:
    model = exponential_model(up_hours * HOUR, 0.5 * HOUR)
    run = expected_spot_run(8 * HOUR, checkpoint, 300.0, model)
    rng = np.random.default_rng(11)
    billed, wall, _, _ = _means(simulate_spot_runs(rng, 1500, 8 * HOUR, checkpoint, 300.0, model, run.interval_seconds))
    assert float(run.billed_seconds) == pytest.approx(billed, rel=0.02)
    assert float(run.wall_seconds) == pytest.approx(wall, rel=0.02)


def test_formula_agrees_with_the_event_simulation_under_regimes() -> None:
    model = spot_model("V100", zone="us-west-2b")
    run = expected_spot_run(6 * HOUR, 60.0, 300.0, model)
    outcomes = simulate_spot_runs(np.random.default_rng(4), 6000, 6 * HOUR, 60.0, 300.0, model, run.interval_seconds)
    billed, wall, starts, lost = _means(outcomes)
    assert float(run.billed_seconds) == pytest.approx(billed, rel=0.01)
    assert float(run.wall_seconds) == pytest.approx(wall, rel=0.03)  # a standard error of 1.2 %
    assert float(run.starts) == pytest.approx(starts, rel=0.03)
    assert float(run.lost_seconds) == pytest.approx(lost, rel=0.04)


@pytest.mark.parametrize("interval", [None, math.inf])
@pytest.mark.parametrize("model", [exponential_model(2 * HOUR, HOUR), spot_model("V100", 8)])
def test_sampled_runs_have_the_expected_means(model: SpotModel, interval: float | None) -> None:
    work = 2.5 * HOUR
    run = expected_spot_run(work, 60.0, 300.0, model, interval)
    draws = sample_spot_run(np.random.default_rng(2), np.full(200_000, work), 60.0, 300.0, model, interval)
    assert draws.billed_seconds.mean() == pytest.approx(float(run.billed_seconds), rel=0.01)
    assert draws.wall_seconds.mean() == pytest.approx(float(run.wall_seconds), rel=0.02)
    assert draws.starts.mean() == pytest.approx(float(run.starts), rel=0.02)
    assert draws.running_seconds.mean() == pytest.approx(float(run.running_seconds), rel=0.01)
    assert bool(np.all(draws.running_seconds <= draws.wall_seconds + 1e-6))
    assert bool(np.all(draws.billed_seconds <= draws.running_seconds + 60.0 + 1e-6))


def test_sampled_runs_spread_like_simulated_ones() -> None:
    model = exponential_model(2 * HOUR, HOUR)
    outcomes = simulate_spot_runs(np.random.default_rng(8), 4000, 5 * HOUR, 60.0, 300.0, model, 1200.0)
    walls = np.array([one.wall_seconds for one in outcomes if one is not None])
    bills = np.array([one.billed_seconds for one in outcomes if one is not None])
    draws = sample_spot_run(np.random.default_rng(9), np.full(100_000, 5 * HOUR), 60.0, 300.0, model, 1200.0)
    for level in (0.1, 0.5, 0.9):
        assert np.quantile(draws.wall_seconds, level) == pytest.approx(np.quantile(walls, level), rel=0.04)
        assert np.quantile(draws.billed_seconds, level) == pytest.approx(np.quantile(bills, level), rel=0.04)


def test_the_same_seed_gives_the_same_runs_and_blocks_change_nothing() -> None:
    model = spot_model("K80")
    work = np.random.default_rng(0).uniform(HOUR, 20 * HOUR, 1000)
    one = sample_spot_run(np.random.default_rng(5), work, 60.0, 300.0, model)
    two = sample_spot_run(np.random.default_rng(5), work, 60.0, 300.0, model)
    assert np.array_equal(one.wall_seconds, two.wall_seconds)
    histories = draw_histories(np.random.default_rng(5), model)
    moments = np.random.default_rng(6).random(1000)

    def walls(block: slice) -> list[float]:
        draws = sample_in_histories(
            histories,
            moments[block],
            work[block],
            checkpoint_seconds=60.0,
            restart_seconds=300.0,
            interval_seconds=900.0,
        )
        return [float(wall) for wall in draws.wall_seconds]

    assert walls(slice(None)) == walls(slice(0, 300)) + walls(slice(300, None))


def _endless(up: float, wait: float) -> Iterator[Spell]:
    return itertools.repeat((up, wait))


def test_simulation_gives_up_after_the_most_starts() -> None:
    outcome = simulate_run(
        _endless(1000.0, 10.0),
        0.0,
        2000.0,
        checkpoint_seconds=0.0,
        restart_seconds=0.0,
        interval_seconds=math.inf,
        most_starts=5,
    )
    assert outcome is None


def test_simulation_by_hand() -> None:
    """Ups of 2 h, waits of 1 h, restart 10 min, interval 50 min: two stretches kept each time, 10 min lost."""
    outcome = simulate_run(
        _endless(2 * HOUR, HOUR),
        1800.0,
        5 * 3000.0,
        checkpoint_seconds=0.0,
        restart_seconds=600.0,
        interval_seconds=3000.0,
    )
    assert outcome == SimulatedRun(
        billed_seconds=4 * HOUR + 3600.0, wall_seconds=1800.0 + 6 * HOUR + 3600.0, starts=3, lost_seconds=1200.0
    )
