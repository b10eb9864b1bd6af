"""The scaling of a model by a few runs: it finds what was put in, and is surer with each run."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cloudcost.timing.calibration.scaling import MachineScale, Predict, Priors, Setting, most_telling, scale_of
from cloudcost.timing.rates.equation import Array

PRIORS = Priors(device=0.2, host=0.3, residual=0.12)
HERE = Setting(device="card", host="desk", stack="torch", precision="tf32", network="")


def runs_of(device: list[float], host: list[float]) -> Predict:
    """Return a predictor of cells that take so long on the device and on the host, which add up."""
    by_device, by_host = np.array(device), np.array(host)

    def predict(device_logs: Array, host_logs: Array) -> tuple[Array, Array, Array]:
        of_device, of_host = by_device * np.exp(device_logs), by_host * np.exp(host_logs)
        seconds = of_device + of_host
        return seconds, of_device / seconds, of_host / seconds

    return predict


def settings_of(count: int, **fields: str) -> list[Setting]:
    return [replace(HERE, network=f"net{k}", **fields) for k in range(count)]


def scale(predict: Predict, seconds: list[float], settings: list[Setting]) -> MachineScale:
    return scale_of(predict, np.array(seconds), settings, [PRIORS] * len(settings), HERE, PRIORS)


@given(device=st.floats(-0.5, 0.5), host=st.floats(-0.6, 0.6))
@settings(max_examples=25, deadline=None)
def test_many_runs_find_the_factors_that_were_put_in(device: float, host: float) -> None:
    cells = runs_of([1.0, 0.01] * 20, [0.01, 1.0] * 20)
    seconds, _, _ = cells(np.full(40, device), np.full(40, host))
    found = scale(cells, [*map(float, seconds)], settings_of(40))
    assert found.device_log == pytest.approx(device, abs=0.05)
    assert found.host_log == pytest.approx(host, abs=0.05)


@given(st.lists(st.tuples(st.booleans(), st.floats(0.6, 1.6)), min_size=1, max_size=5))
@settings(max_examples=25, deadline=None)
def test_each_run_makes_surer(cells: list[tuple[bool, float]]) -> None:
    before = (10.0, 10.0)
    for count in range(len(cells) + 1):
        device = [1.0 if of_device else 1e-6 for of_device, _ in cells[:count]]
        predict = runs_of(device, [1.0 if each < 1 else 1e-6 for each in device])
        found = scale(predict, [factor for _, factor in cells[:count]], settings_of(count))
        assert found.device_sd <= before[0] * (1 + 1e-3)
        assert found.host_sd <= before[1] * (1 + 1e-3)
        before = found.device_sd, found.host_sd


def test_no_run_leaves_the_model_as_it_is() -> None:
    found = scale(runs_of([], []), [], [])
    assert (found.device_log, found.host_log, found.runs) == (0.0, 0.0, 0)


def test_a_launch_bound_run_tells_of_the_host_and_a_compute_bound_one_of_the_device() -> None:
    launch = scale(runs_of([0.001], [1.0]), [2.0], settings_of(1))
    compute = scale(runs_of([1.0], [0.001]), [2.0], settings_of(1))
    assert launch.host_log > 0.5
    assert abs(launch.device_log) < 0.01
    assert compute.device_log > 0.3
    assert abs(compute.host_log) < 0.01


def test_a_run_of_another_device_in_the_same_machine_tells_of_the_host() -> None:
    found = scale(runs_of([0.001], [1.0]), [2.0], settings_of(1, device="other card"))
    here = scale(runs_of([0.001], [1.0]), [2.0], settings_of(1))
    assert found.host_log == pytest.approx(here.host_log, abs=1e-3)
    assert found.runs == 0


def test_a_run_of_another_device_moves_this_one_by_what_their_stack_has_in_common() -> None:
    own = scale(runs_of([1.0], [0.001]), [2.0], settings_of(1))
    other = scale(runs_of([1.0], [0.001]), [2.0], settings_of(1, device="other card"))
    elsewhere = scale(runs_of([1.0], [0.001]), [2.0], settings_of(1, device="other card", stack="tuned"))
    assert own.device_log > other.device_log > elsewhere.device_log == 0.0


def test_many_runs_of_one_network_count_less_than_of_many() -> None:
    same = scale(runs_of([1.0] * 6, [0.001] * 6), [1.5] * 6, [replace(HERE, network="one")] * 6)
    many = scale(runs_of([1.0] * 6, [0.001] * 6), [1.5] * 6, settings_of(6))
    assert many.device_sd < same.device_sd
    assert many.device_log > same.device_log


def test_the_most_telling_cells_are_the_extremes_and_of_different_families() -> None:
    shares = np.array([0.02, 0.05, 0.5, 0.97, 0.99])
    assert set(most_telling(shares, 1 - shares, PRIORS, 2)) == {0, 4}
    chosen = most_telling(shares, 1 - shares, PRIORS, 3, ["a", "a", "b", "c", "c"])
    assert set(chosen) == {0, 2, 4}
