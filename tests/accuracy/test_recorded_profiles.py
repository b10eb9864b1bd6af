"""What the recorded profiles show stays within the harness's limits, computed from the records by the code as it is."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

pytest.importorskip("benchmarks.profiles.report", reason="the benchmarks are not part of this installation")

from benchmarks.profiles.report import PAIRS, without

from cloudcost.domain.profile import Profile
from cloudcost.profiling.fit import leave_one_out, pace_faults
from cloudcost.profiling.record import read_profile, require_one_environment
from cloudcost.profiling.use import step_seconds

RUNS = Path(__file__).parents[2] / "benchmarks" / "profiles" / "runs"
pytestmark = pytest.mark.slow


@cache
def recorded() -> tuple[tuple[str, Profile], ...]:
    return tuple((path.name, read_profile(path)) for path in sorted(RUNS.glob("*.json.gz")))


def _mean(errors: list[float]) -> float:
    return sum(errors) / len(errors)


def test_records_are_of_one_calm_machine() -> None:
    named = recorded()
    require_one_environment([(name, profile.environment) for name, profile in named])
    assert pace_faults(named) == ()
    assert len({profile.network.name for _, profile in named if profile.mode == "step"}) >= 10
    assert max(step.spread for _, profile in named for step in profile.steps) <= 0.10


def test_operations_and_overhead_make_up_the_step() -> None:
    closures = [step.closure for _, profile in recorded() for step in profile.steps if step.closure is not None]
    assert len(closures) == sum(len(profile.steps) for _, profile in recorded())
    assert sum(closure <= 0.05 for closure in closures) >= 0.95 * len(closures)
    assert max(closures) <= 0.12


def test_a_third_batch_follows_from_two() -> None:
    errors = []
    for _, profile in recorded():
        measured = {step.batch: step.seconds for step in profile.steps}
        for low, high, target in PAIRS:
            if {low, high, target} <= set(measured):
                predicted, _ = step_seconds(without(profile, (low, high)), target)
                errors.append(abs(predicted / measured[target] - 1))
    assert len(errors) >= 8
    assert _mean(errors) <= 0.08
    assert max(errors) <= 0.15


@pytest.mark.parametrize(("alone", "limit"), [(False, 0.12), (True, 0.08)])
def test_a_cnn_left_out_is_predicted(alone: bool, limit: float) -> None:
    rows = leave_one_out(recorded(), alone=alone)
    assert len({name for name, _, _, _ in rows}) >= 10
    assert _mean([abs(predicted / measured - 1) for _, _, measured, predicted in rows]) <= limit
