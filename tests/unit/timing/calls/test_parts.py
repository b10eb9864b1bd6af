"""A machine profiled on a whole network knows its frozen steps: parts of timed calls, and what lies between."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cloudcost.networks.freezing import frozen
from cloudcost.networks.registry import named_network
from cloudcost.timing.calls.expand import step_calls
from cloudcost.timing.calls.framework import Call, convolution
from cloudcost.timing.calls.own_machine import CallModel, call_seconds, predict_calls, whole_calls
from cloudcost.timing.calls.parts import FEW_TINY, MOST, RUNNING_FORWARD

WHOLE = named_network("resnet18", image_px=64)
CALLS = step_calls(WHOLE, 8)


def _machine(overhead: float = 0.0) -> CallModel:
    timed = {call.key: 1e-5 + (call.flops + call.read_bytes) * 1e-10 for call in CALLS}
    return CallModel(
        name="a CPU",
        environment={},
        overhead_seconds=overhead,
        timed=timed,
        kinds={},
        fallbacks={},
        sd=0.2,
        timed_sd=0.05,
    )


def _gradients(
    size: int, batch: int = 16, kernel: int = 3, data_gradient: bool = True, weight_gradient: bool = True
) -> Call:
    padding = (kernel // 2, kernel // 2)
    return convolution(
        "backward", (batch, 64, size, size), (64, 64, kernel, kernel), (batch, 64, size, size),
        stride=(1, 1), padding=padding, data_gradient=data_gradient, weight_gradient=weight_gradient,
    )  # fmt: skip


def _timed(whole: float, ahead: float, call: Call) -> CallModel:
    assert call.whole is not None
    assert call.ahead is not None
    return replace(_machine(), timed={call.whole.key: whole, call.ahead.key: ahead})


def test_one_gradient_is_the_forward_pass_turned_round_and_the_other_one_the_rest() -> None:
    data, weights = _gradients(14, weight_gradient=False), _gradients(14, data_gradient=False)
    machine = _timed(0.010, 0.004, data)
    assert call_seconds(machine, data)[0] == pytest.approx(0.004)
    assert call_seconds(machine, weights)[0] == pytest.approx(0.006)
    slow = _timed(0.010, 0.050, data)  # a forward pass that is slow for reasons of its own
    assert call_seconds(slow, data)[0] == pytest.approx(MOST * 0.010)


def test_few_images_on_tiny_maps_have_a_share_of_their_own() -> None:
    data = _gradients(3, batch=8, kernel=1, weight_gradient=False)
    assert call_seconds(_timed(0.010, 0.004, data), data)[0] == pytest.approx(FEW_TINY * 0.010)


def test_a_part_that_was_timed_has_its_own_time() -> None:
    data = _gradients(14, weight_gradient=False)
    machine = _timed(0.010, 0.004, data)
    assert call_seconds(replace(machine, timed={**machine.timed, data.key: 0.001}), data) == (0.001, "timed")


def test_running_statistics_are_a_share_of_those_of_the_batch() -> None:
    ops = tuple(replace(op, eval_mode=op.kind == "batch_norm") for op in WHOLE.ops)
    machine = _machine()
    for call in step_calls(replace(WHOLE, ops=ops), 8):
        if call.part == "running" and call.phase == "forward":
            assert call.whole is not None
            assert call_seconds(machine, call)[0] == pytest.approx(RUNNING_FORWARD * machine.timed[call.whole.key])


def test_every_frozen_step_follows_from_the_whole_one() -> None:
    machine = _machine()
    for stages in (1, 2, 3, 4, "backbone"):
        found = predict_calls(machine, step_calls(frozen(WHOLE, stages), 8))
        assert (found.timed_share, found.unseen_share) == (1.0, 0.0)
        assert found.seconds < predict_calls(machine, CALLS).seconds


def test_what_lies_between_calls_is_python_s_part_of_a_forward_pass() -> None:
    backbone = frozen(WHOLE, "backbone")
    calls, whole = step_calls(backbone, 8), whole_calls(backbone, 8, "momentum")
    assert whole == CALLS
    assert whole_calls(WHOLE, 8, "momentum") == ()
    bare, between = (predict_calls(_machine(each), calls, whole=whole).seconds for each in (0.0, 1e-5))
    share = (between - bare) / (1e-5 * len(CALLS))
    assert len(calls) / len(CALLS) < share < 1
    assert predict_calls(_machine(1e-5), CALLS, whole=CALLS) == predict_calls(_machine(1e-5), CALLS)
