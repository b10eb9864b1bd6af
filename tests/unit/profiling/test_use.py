"""What a profile says about steps that were not timed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloudcost.domain.profile import Profile, StepRecord
from cloudcost.errors import TimingError
from cloudcost.profiling.use import batch_line, profile_faults, step_seconds

MakeProfile = Callable[..., Profile]


def _step(batch: int, seconds: float) -> StepRecord:
    return StepRecord(
        batch=batch, seconds=seconds, wall_seconds=seconds, process_seconds=(seconds,), quantiles=(seconds,) * 5,
        repeats=5, half_width=0.01, calls=10, operations_seconds=seconds, closure=0.0, closure_without_overhead=0.0,
    )  # fmt: skip


@given(
    start=st.floats(0.0, 1.0),
    slope=st.floats(1e-3, 1.0),
    batches=st.sets(st.integers(2, 64), min_size=2, max_size=4),
)
def test_a_line_through_points_on_a_line_is_that_line(start: float, slope: float, batches: set[int]) -> None:
    found_start, found_slope = batch_line([_step(batch, start + slope * batch) for batch in sorted(batches)])
    assert found_start == pytest.approx(start, abs=1e-6)
    assert found_slope == pytest.approx(slope, rel=1e-6)


def test_a_line_never_starts_below_nothing() -> None:
    start, slope = batch_line([_step(2, 0.1), _step(8, 0.8)])
    assert start == 0.0
    assert 0.05 < slope < 0.1


def test_a_line_needs_two_batches() -> None:
    with pytest.raises(ValueError, match="two batch sizes"):
        batch_line([_step(2, 0.1), _step(2, 0.2)])


def test_a_timed_batch_has_its_own_time(make_profile: MakeProfile) -> None:
    profile = make_profile()
    assert step_seconds(profile, 8)[0] == profile.steps[1].seconds


def test_another_batch_follows_the_line_and_is_less_sure(make_profile: MakeProfile) -> None:
    profile = replace(make_profile(), steps=(_step(2, 0.3), _step(8, 0.9)), ops=())
    seconds, sd = step_seconds(profile, 32)
    assert seconds == pytest.approx(0.1 + 0.1 * 32)
    assert sd > step_seconds(profile, 16)[1] > step_seconds(profile, 8)[1]


def test_code_that_changes_with_the_batch_widens_the_band(make_profile: MakeProfile) -> None:
    profile = make_profile(batches=(4, 8))
    over, under = step_seconds(profile, 16)[1], step_seconds(profile, 12)[1]
    assert over > under + 0.04
    without = make_profile("alexnet", batches=(4, 8))
    assert step_seconds(without, 16)[1] < over
    threads = replace(profile, environment=replace(profile.environment, threads=2))
    assert step_seconds(threads, 16)[1] < over
    assert step_seconds(make_profile(batches=(8, 16)), 32)[1] < over


def test_what_disturbs_the_machine_widens_the_band(make_profile: MakeProfile) -> None:
    profile = make_profile()
    disturbed = replace(profile.steps[1], quantiles=(1.2 * profile.steps[1].seconds,) * 5, disturbed_share=0.6)
    busy = replace(profile, steps=(profile.steps[0], disturbed))
    assert step_seconds(busy, 8)[0] == step_seconds(profile, 8)[0]
    assert step_seconds(busy, 8)[1] > 0.18 > step_seconds(profile, 8)[1]


@pytest.mark.parametrize(("others", "least"), [(1.0, 0.2), (1.1, 0.2), (2.5, 0.9)])
def test_a_step_that_was_never_calm_is_no_surer_than_any_that_was_partly_disturbed(
    others: float, least: float, make_profile: MakeProfile
) -> None:
    profile = make_profile()
    first, second = profile.steps
    partly = replace(first, quantiles=(others * first.seconds,) * 5, disturbed_share=0.9)
    never = replace(second, quantiles=(second.seconds,) * 5, disturbed_share=1.0)
    busy = replace(profile, steps=(partly, never))
    assert step_seconds(busy, never.batch)[1] >= max(step_seconds(busy, partly.batch)[1], least)


def test_a_single_batch_is_scaled_with_a_wide_band(make_profile: MakeProfile) -> None:
    profile = replace(make_profile(), steps=(_step(4, 0.4),))
    seconds, sd = step_seconds(profile, 8)
    assert seconds == pytest.approx(0.8)
    assert sd >= 0.2


def test_operations_alone_tell_no_step(make_profile: MakeProfile) -> None:
    with pytest.raises(TimingError, match="no step was timed"):
        step_seconds(make_profile(mode="operations"), 8)
    with pytest.raises(ValueError, match="at least 1"):
        step_seconds(make_profile(), 0)


def test_a_profile_of_something_else_says_in_what(make_profile: MakeProfile) -> None:
    profile = make_profile()
    fits = {"image_px": 64, "precision": "fp32", "optimizer": "momentum", "channels_last": False}
    assert profile_faults(profile, **fits) == ()  # type: ignore[arg-type]
    found = profile_faults(profile, image_px=224, precision="amp", optimizer="adam", channels_last=True)
    assert len(found) == 4
    assert "64x64 px, those of the training 224 px" in found[0]


@pytest.mark.parametrize("asked", [True, False])
@pytest.mark.parametrize("recorded", [True, False, None])
def test_a_profile_says_where_its_search_for_algorithms_was_another(
    recorded: bool | None, asked: bool, make_profile: MakeProfile
) -> None:
    """None: on a CPU, and in profiles made before it was recorded; nothing is said of what is not known."""
    profile = make_profile()
    profile = replace(profile, environment=replace(profile.environment, cudnn_benchmark=recorded))
    found = profile_faults(
        profile, image_px=64, precision="fp32", optimizer="momentum", channels_last=False, cudnn_benchmark=asked
    )
    told = {True: "on", False: "off"}
    wanted = f"its cudnn_benchmark is {told[bool(recorded)]}, that of the training {told[asked]}"
    assert found == (() if recorded in (None, asked) else (wanted,))


def test_operations_have_lines_of_their_own(make_profile: MakeProfile) -> None:
    profile = make_profile()
    truth = make_profile(batches=(32,)).steps[0].seconds
    assert step_seconds(profile, 32)[0] == pytest.approx(truth, rel=0.02)


def test_an_operation_that_gets_faster_does_not_draw_the_step_down(make_profile: MakeProfile) -> None:
    profile = make_profile()
    slow = max((op for op in profile.ops if op.batch == 2), key=lambda op: op.count * op.seconds)
    ops = tuple(replace(op, seconds=10 * op.seconds) if op is slow else op for op in profile.ops)
    sums = {batch: sum(op.count * op.seconds for op in ops if op.batch == batch) for batch in (2, 8)}
    steps = tuple(
        replace(step, seconds=sums[step.batch], operations_seconds=sums[step.batch]) for step in profile.steps
    )
    truth = make_profile(batches=(32,)).steps[0].operations_seconds
    assert step_seconds(replace(profile, ops=ops, steps=steps), 32)[0] == pytest.approx(truth, rel=0.05)


def test_three_batches_are_read_between_the_nearest(make_profile: MakeProfile) -> None:
    profile = replace(make_profile(), steps=(_step(2, 0.3), _step(8, 0.9), _step(32, 9.9)), ops=())
    assert step_seconds(profile, 3)[0] == pytest.approx(0.4)
