from __future__ import annotations

import math

import numpy as np
import pytest

from cloudcost.catalog.spot.traced import spot_model
from cloudcost.spot.expected import expected_spot_run
from cloudcost.spot.intervals import best_interval, young_interval
from cloudcost.spot.model import availability, exponential_model, mean_up_seconds, mean_wait_seconds

HOUR = 3600.0


@pytest.mark.parametrize("up_hours", [0.5, 2.0, 20.0])
@pytest.mark.parametrize("restart", [0.0, 600.0])
def test_without_checkpoints_the_time_is_the_classic_closed_form(up_hours: float, restart: float) -> None:
    up, wait, work = up_hours * HOUR, 0.25 * HOUR, 2 * HOUR
    run = expected_spot_run(work, 0.0, restart, exponential_model(up, wait), math.inf)
    failures = math.exp((work + restart) / up) - 1
    first = wait * wait / (up + wait)  # in a wait with chance wait/(up+wait), of which `wait` is left
    assert float(run.starts) == pytest.approx(1 + failures, rel=1e-12)
    assert float(run.wall_seconds) == pytest.approx(failures * (up + wait) + first, rel=1e-12)


def test_instances_interrupted_in_their_first_hour_are_free() -> None:
    """40 minutes of work: every failed attempt ends within the hour, so that only the last one is paid."""
    run = expected_spot_run(2400.0, 0.0, 0.0, exponential_model(1800.0), math.inf)
    assert float(run.billed_seconds) == pytest.approx(2400.0, rel=1e-12)
    assert float(run.running_seconds) > 3000.0


def test_a_long_attempt_pays_for_interruptions_after_the_first_hour() -> None:
    """Two hours of work, no checkpoint: E[U; U > 1 h, U < 2 h] per failure besides the two hours themselves."""
    up = 2 * HOUR
    run = expected_spot_run(2 * HOUR, 0.0, 0.0, exponential_model(up), math.inf)
    failures = math.e
    paid = (HOUR + up) * math.exp(-0.5) - (2 * HOUR + up) * math.exp(-1.0)
    assert float(run.billed_seconds) == pytest.approx(2 * HOUR + failures * paid, rel=1e-12)


def test_a_start_is_billed_for_at_least_a_minute() -> None:
    run = expected_spot_run(10.0, 0.0, 0.0, exponential_model(1e9), math.inf)
    assert float(run.billed_seconds) == pytest.approx(60.0, rel=1e-6)
    assert float(run.wall_seconds) == pytest.approx(10.0, rel=1e-6)


def test_without_interruptions_a_run_takes_work_restart_and_checkpoints() -> None:
    run = expected_spot_run(10 * HOUR, 30.0, 300.0, exponential_model(1e12, 50.0), HOUR)
    assert float(run.wall_seconds) == pytest.approx(10 * HOUR + 9 * 30 + 300, rel=1e-6)
    assert float(run.lost_seconds) == pytest.approx(0.0, abs=0.1)
    assert float(run.starts) == pytest.approx(1.0, abs=1e-6)


def test_no_work_costs_nothing() -> None:
    run = expected_spot_run(np.array([0.0, 60.0]), 30.0, 300.0, spot_model("V100"))
    assert (run.billed_seconds[0], run.wall_seconds[0], run.starts[0], run.lost_seconds[0]) == (0.0, 0.0, 0.0, 0.0)
    assert run.wall_seconds[1] > 60.0


def test_array_equals_scalars() -> None:
    model = spot_model("K80")
    work = np.array([[600.0, 7200.0], [100_000.0, 7200.0]])
    run = expected_spot_run(work, 60.0, 300.0, model, 1000.0)
    for place, hours in np.ndenumerate(work):
        one = expected_spot_run(float(hours), 60.0, 300.0, model, 1000.0)
        assert run.billed_seconds[place] == pytest.approx(float(one.billed_seconds), rel=1e-9)
        assert run.wall_seconds[place] == pytest.approx(float(one.wall_seconds), rel=1e-9)


def test_interpolation_over_many_lengths_is_within_one_percent() -> None:
    model = spot_model("V100")
    work = np.linspace(HOUR, 50 * HOUR, 5000)
    run = expected_spot_run(work, 60.0, 300.0, model)
    for place in (0, 37, 1234, 4999):
        one = expected_spot_run(float(work[place]), 60.0, 300.0, model)
        assert run.wall_seconds[place] == pytest.approx(float(one.wall_seconds), rel=0.01)
        assert run.billed_seconds[place] == pytest.approx(float(one.billed_seconds), rel=0.01)


def test_beyond_the_recursion_growth_is_linear() -> None:
    model = exponential_model(5 * HOUR, HOUR)
    run = expected_spot_run(np.array([4000.0, 5000.0, 8000.0]) * 60.0, 5.0, 60.0, model, 60.0)
    slopes = np.diff(run.wall_seconds) / np.array([1000.0, 3000.0])
    assert slopes[0] == pytest.approx(slopes[1], rel=1e-3)


@pytest.mark.parametrize("model", [exponential_model(2 * HOUR, HOUR), spot_model("V100"), spot_model(None)])
def test_work_much_longer_than_up_times_never_finishes_without_checkpoints(model: object) -> None:
    from cloudcost.domain.spot import SpotModel

    assert isinstance(model, SpotModel)
    hopeless = expected_spot_run(np.array([HOUR, 2000 * HOUR]), 0.0, 300.0, model, math.inf)
    assert hopeless.finishes.tolist() == [True, False]
    assert expected_spot_run(2000 * HOUR, 60.0, 300.0, model).finishes
    assert not expected_spot_run(1e9, 0.0, 300.0, model, math.inf).finishes  # beyond float range: infinite, not nan
    assert math.isinf(float(expected_spot_run(1e9, 0.0, 300.0, model, math.inf).billed_seconds))


def test_checkpoints_too_long_for_any_instance_never_finish() -> None:
    run = expected_spot_run(10 * HOUR, 40 * HOUR, 0.0, exponential_model(HOUR), HOUR)
    assert not run.finishes


def test_the_best_interval_is_best() -> None:
    for model in (exponential_model(4 * HOUR, HOUR), spot_model("V100")):
        best = best_interval(model, 60.0, 300.0)
        chosen = float(expected_spot_run(200 * HOUR, 60.0, 300.0, model, best).wall_seconds)
        for factor in (0.5, 0.8, 1.25, 2.0):
            other = float(expected_spot_run(200 * HOUR, 60.0, 300.0, model, best * factor).wall_seconds)
            assert chosen < other


@pytest.mark.parametrize("checkpoint", [5.0, 60.0])
def test_young_agrees_where_interruptions_are_rare(checkpoint: float) -> None:
    model = exponential_model(100 * HOUR)
    young = young_interval(checkpoint, 100 * HOUR)
    assert best_interval(model, checkpoint, 300.0) == pytest.approx(young, rel=0.02)


def test_a_free_checkpoint_is_written_each_minute() -> None:
    assert best_interval(exponential_model(HOUR), 0.0, 0.0) == pytest.approx(60.0)


def test_means_of_one_regime_are_its_own() -> None:
    model = exponential_model(3 * HOUR, HOUR)
    assert availability(model) == pytest.approx(0.75)
    assert mean_up_seconds(model) == 3 * HOUR
    assert mean_wait_seconds(model) == HOUR


@pytest.mark.parametrize(
    ("work", "checkpoint", "restart", "interval"),
    [(-1.0, 0.0, 0.0, None), (1.0, -1.0, 0.0, None), (1.0, 0.0, math.nan, None), (1.0, 0.0, 0.0, 0.0)],
)
def test_impossible_times_are_refused(work: float, checkpoint: float, restart: float, interval: float | None) -> None:
    with pytest.raises(ValueError, match="give seconds"):
        expected_spot_run(work, checkpoint, restart, exponential_model(HOUR), interval)


@pytest.mark.parametrize(("up", "wait"), [(0.0, 1.0), (1.0, -1.0), (math.inf, 1.0), (1.0, math.nan)])
def test_impossible_means_are_refused(up: float, wait: float) -> None:
    with pytest.raises(ValueError, match="give seconds"):
        exponential_model(up, wait)
