"""A network's training step as calls: counts and shapes that can be checked by hand."""

from __future__ import annotations

from collections import Counter

import pytest

from cloudcost.networks.builder import Builder
from cloudcost.networks.registry import named_network, network_names
from cloudcost.timing.calls.expand import step_calls
from cloudcost.timing.calls.framework import convolution, plain, product


def _keys(builder: Builder, batch: int = 2, optimizer: str = "momentum") -> Counter[str]:
    return Counter(call.key for call in step_calls(builder.build(), batch, optimizer))


def test_a_small_network_call_by_call() -> None:
    b = Builder("tiny", (3, 8, 8))
    x = b.relu(b.batch_norm(b.conv(b.input, 4, 3, padding=1, bias=False)))
    b.linear(b.flatten(b.global_avg_pool(x)), 5)
    assert _keys(b) == {
        "convolution 2x3x8x8 4x3x3x3 s1 p1": 1,
        "convolution_backward 2x3x8x8 4x3x3x3 s1 p1 weights": 1,
        "native_batch_norm 2x4x8x8": 1,
        "native_batch_norm_backward 2x4x8x8": 1,
        "relu 2x4x8x8": 1,
        "threshold_backward 2x4x8x8 2x4x8x8": 1,
        "mean 2x4x8x8 > 2x4x1x1": 1,
        "div 2x4x8x8": 1,
        "addmm 2x4 4x5": 1,
        "mm 2x5 5x4": 1,
        "mm 5x2 2x4": 1,
        "sum 2x5 > 1x5": 1,
        "_log_softmax 2x5": 1,
        "_log_softmax_backward_data 2x5 2x5": 1,
        "nll_loss_forward 2x5 > 1": 1,
        "nll_loss_backward 2x5": 1,
        **{f"mul {n}": c for n, c in ((108, 1), (4, 2), (20, 1), (5, 1))},
        **{f"add {n} {n}": c for n, c in ((108, 2), (4, 4), (20, 2), (5, 2))},
    }


def test_gradients_of_a_branch_are_summed() -> None:
    b = Builder("branch", (3, 8, 8))
    x = b.conv(b.input, 4, 1)
    b.add(b.relu(x), b.relu(x), x)
    assert _keys(b)["add 2x4x8x8 2x4x8x8"] == 2 + 2  # two additions forward, three gradients summed by two


def test_optimizers_make_other_calls() -> None:
    b = Builder("one", (3, 8, 8))
    b.conv(b.input, 4, 1, bias=False)
    counts = {
        name: sum(c.phase == "optimizer" for c in step_calls(b.build(), 2, name))
        for name in ("sgd", "momentum", "adam")
    }
    assert counts == {"sgd": 1, "momentum": 3, "adam": 7}
    with pytest.raises(ValueError, match="sgd, momentum, adam"):
        step_calls(b.build(), 2, "lion")
    with pytest.raises(ValueError, match="batch of 1 or more"):
        step_calls(b.build(), 0)


@pytest.mark.parametrize("name", network_names())
def test_every_named_network_has_calls_for_every_operation(name: str) -> None:
    network = named_network(name)
    calls = step_calls(network, 2)
    forward = sum(call.flops for call in calls if call.phase == "forward")
    backward = sum(call.flops for call in calls if call.phase == "backward")
    again = sum(call.flops for call in calls if call.op == "attention")  # its backward pass computes the shares anew
    assert 1.5 * forward < backward < 2.0001 * forward + 0.5 * again
    updated = sum(call.written_bytes for call in calls if call.phase == "optimizer" and call.op == "mul") / 4
    assert updated == network.parameters


def test_kinds_tell_maps_that_fill_no_vector() -> None:
    def kind(px: int) -> str:
        size = (16, 64, px, px)
        return convolution("forward", size, (64, 64, 1, 1), size, stride=(1, 1), padding=(0, 0)).kind

    assert [kind(px) for px in (8, 7, 3)] == ["conv_1x1", "conv_1x1_odd", "conv_1x1_tiny"]
    assert plain("forward", "relu", ((2, 8, 2, 2),), (2, 8, 2, 2)).kind == "relu_tiny"


def test_kinds_tell_batches_that_run_other_code() -> None:
    def kind(images: int, stride: int = 1, dilation: int = 1) -> str:
        size, output = (images, 64, 8, 8), (images, 64, 8 // stride, 8 // stride)
        return convolution(
            "backward", size, (64, 64, 1, 1), output, stride=(stride, stride), padding=(0, 0),
            dilation=(dilation, dilation),
        ).kind  # fmt: skip

    assert (kind(15), kind(16)) == ("conv_1x1_few_backward", "conv_1x1_backward")
    assert kind(15, stride=2) == kind(15, dilation=2) == "conv_1x1_backward"


def test_flops_count_two_per_multiplication() -> None:
    assert product("forward", 8, 512, 10).flops == 2 * 8 * 512 * 10
    depthwise = convolution(
        "forward", (1, 6, 4, 4), (6, 1, 3, 3), (1, 6, 4, 4), stride=(1, 1), padding=(1, 1), groups=6
    )
    assert depthwise.flops == 2 * 6 * 16 * 9
    assert depthwise.kind == "conv_depthwise"
    both = convolution("backward", (1, 6, 4, 4), (6, 6, 3, 3), (1, 6, 4, 4), stride=(1, 1), padding=(1, 1))
    weights = convolution(
        "backward", (1, 6, 4, 4), (6, 6, 3, 3), (1, 6, 4, 4), stride=(1, 1), padding=(1, 1), data_gradient=False
    )
    assert both.flops == 2 * weights.flops
