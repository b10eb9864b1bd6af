"""Shapes and parameters that the builder's layers give, and what it refuses."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from cloudcost.domain.network import Op, Shape
from cloudcost.errors import NetworkError
from cloudcost.networks.builder import Builder, Padding, Pair, Tensor


def _last(draw: Callable[[Builder], Tensor | tuple[Tensor, ...]], shape: tuple[int, int, int] = (8, 17, 20)) -> Op:
    b = Builder("net", shape)
    draw(b)
    return b.build().ops[-1]


@pytest.mark.parametrize(
    ("kernel", "stride", "padding", "output", "stored"),
    [
        (3, 1, 0, (15, 18), (0, 0, 0, 0)),
        (3, 2, 1, (9, 10), (1, 1, 1, 1)),
        (3, 2, "same", (9, 10), (1, 0, 1, 1)),
        (2, 2, "same", (9, 10), (0, 0, 1, 0)),
        ((1, 7), 1, (0, 3), (17, 20), (0, 3, 0, 3)),
        (5, (1, 2), (1, 2, 3, 4), (17, 11), (1, 2, 3, 4)),
        (3, 1, "valid", (15, 18), (0, 0, 0, 0)),
    ],
)
def test_convolution_sizes(
    kernel: Pair, stride: Pair, padding: Padding, output: tuple[int, int], stored: tuple[int, int, int, int]
) -> None:
    op = _last(lambda b: b.conv(b.input, 4, kernel, stride=stride, padding=padding))
    assert (op.output, op.padding) == ((4, *output), stored)


def test_dilation_widens_the_window() -> None:
    assert _last(lambda b: b.conv(b.input, 4, 3, dilation=2)).output == (4, 13, 16)


def test_parameters_by_layer() -> None:
    assert _last(lambda b: b.conv(b.input, 4, 3)).parameters == 8 * 9 * 4 + 4
    assert _last(lambda b: b.conv(b.input, 4, 3, groups=4, bias=False)).parameters == 2 * 9 * 4
    assert _last(lambda b: b.depthwise(b.input, 3, multiplier=2)).parameters == 9 * 16 + 16
    assert _last(lambda b: b.conv_transpose(b.input, 6, 2, stride=2, groups=2)).parameters == 8 * 4 * 3 + 6
    assert _last(lambda b: b.linear(b.flatten(b.input), 5)).parameters == 8 * 17 * 20 * 5 + 5
    assert _last(lambda b: b.batch_norm(b.input)).parameters == 16
    assert _last(lambda b: b.batch_norm(b.input, scale=False)).parameters == 8
    assert _last(lambda b: b.layer_norm(b.input)).parameters == 16
    assert _last(lambda b: b.layer_norm(b.permute(b.input, (1, 2, 0)), channels_last=True)).parameters == 16
    assert _last(lambda b: b.scale(b.input)).parameters == 0
    assert _last(lambda b: b.scale(b.input, parameters=8)).parameters == 8


def test_regularised_kernels_are_marked() -> None:
    assert _last(lambda b: b.conv(b.input, 4, 3, l2=True)).l2
    assert _last(lambda b: b.depthwise(b.input, 3, l2=True)).l2
    assert _last(lambda b: b.linear(b.flatten(b.input), 5, l2=True)).l2
    assert not _last(lambda b: b.conv(b.input, 4, 3)).l2


@pytest.mark.parametrize(
    ("draw", "output"),
    [
        (lambda b: b.max_pool(b.input, 3, stride=2), (8, 8, 9)),
        (lambda b: b.max_pool(b.input, 3, stride=2, ceil_mode=True), (8, 8, 10)),
        (lambda b: b.max_pool(b.input, 2), (8, 8, 10)),
        (lambda b: b.max_pool(b.input, 3, stride=2, padding="same"), (8, 9, 10)),
        (lambda b: b.max_pool(b.input, 1, stride=2), (8, 9, 10)),
        (lambda b: b.avg_pool(b.input, 2, ceil_mode=True), (8, 9, 10)),
        (lambda b: b.adaptive_avg_pool(b.input, 7), (8, 7, 7)),
        (lambda b: b.adaptive_avg_pool(b.input, (30, 2)), (8, 30, 2)),
        (lambda b: b.adaptive_avg_pool(b.input, 1), (8, 1, 1)),
        (lambda b: b.global_avg_pool(b.input), (8, 1, 1)),
        (lambda b: b.global_avg_pool(b.input, keep_map=False), (8,)),
        (lambda b: b.conv_transpose(b.input, 4, 2, stride=2), (4, 34, 40)),
        (lambda b: b.conv_transpose(b.input, 4, 3, stride=2, padding=1, output_padding=1), (4, 34, 40)),
        (lambda b: b.conv_transpose(b.input, 4, 3, stride=2, padding="same"), (4, 34, 40)),
        (lambda b: b.conv_transpose(b.input, 4, 1, stride=2, padding="same"), (4, 34, 40)),
        (lambda b: b.conv_transpose(b.input, 4, 5, padding="same"), (4, 17, 20)),
        (lambda b: b.add(b.input, b.relu(b.input)), (8, 17, 20)),
        (lambda b: b.multiply(b.global_avg_pool(b.input), b.input), (8, 17, 20)),
        (lambda b: b.multiply(b.input, b.global_avg_pool(b.input, keep_map=False)), (8, 17, 20)),
        (lambda b: b.concat(b.input, b.relu(b.input)), (16, 17, 20)),
        (lambda b: b.split(b.input, (3, 5)), (5, 17, 20)),
        (lambda b: b.permute(b.input, (1, 2, 0)), (17, 20, 8)),
        (lambda b: b.shuffle(b.input, 2), (8, 17, 20)),
        (lambda b: b.upsample(b.input), (8, 34, 40)),
        (lambda b: b.upsample(b.input, size=(40, 40)), (8, 40, 40)),
        (lambda b: b.pad(b.input, (0, 1, 2, 3)), (8, 19, 24)),
        (lambda b: b.pad(b.input, -1), (8, 15, 18)),
        (lambda b: b.flatten(b.input), (2720,)),
        (lambda b: b.linear(b.permute(b.input, (1, 2, 0)), 3), (17, 20, 3)),
    ],
)
def test_shapes(draw: Callable[[Builder], Tensor], output: Shape) -> None:
    assert _last(draw).output == output


@pytest.mark.parametrize(
    "kind", ["relu", "relu6", "hard_swish", "hard_sigmoid", "sigmoid", "silu", "gelu", "softmax", "dropout"]
)
def test_elementwise_layers_keep_the_shape(kind: str) -> None:
    op = _last(lambda b: getattr(b, kind)(b.input))
    assert (op.kind, op.output, op.parameters) == (kind, (8, 17, 20), 0)
    assert op == _last(lambda b: b.activation(b.input, kind))


def test_names_are_numbered_within_their_scope() -> None:
    b = Builder("net", (3, 8, 8))
    x = b.relu(b.input)
    with b.scope("stem"), b.scope("a"):
        x = b.relu(b.relu(x), name="last")
    b.relu(x)
    assert [op.name for op in b.build().ops] == ["relu_1", "stem.a.relu_1", "stem.a.last", "relu_2"]
    assert [op.sources for op in b.build().ops] == [("",), ("relu_1",), ("stem.a.relu_1",), ("stem.a.last",)]


def test_shared_parameters_count_once() -> None:
    b = Builder("net", (8, 8, 8))
    x = b.conv(b.input, 8, 3, padding=1, name="first")
    b.conv(x, 8, 3, padding=1, shares="first")
    network = b.build()
    assert [op.parameters for op in network.ops] == [584, 584]
    assert network.parameters == 584


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (
            lambda b: b.conv(b.input, 4, 19),
            "conv2d_1 (conv2d): a map of 17x20 px is smaller than its 19x19 window, use a larger image",
        ),
        (
            lambda b: b.max_pool(b.input, 19),
            "max_pool_1 (max_pool): a map of 17x20 px is smaller than its 19x19 window, use a larger image",
        ),
        (lambda b: b.conv(b.input, 4, 3, groups=3), "conv2d_1 (conv2d): 3 groups do not divide 8 and 4 channels"),
        (
            lambda b: b.conv_transpose(b.input, 4, 3, groups=3),
            "conv_transpose2d_1 (conv_transpose2d): 3 groups do not divide 8 and 4 channels",
        ),
        (
            lambda b: b.conv_transpose(b.input, 4, 1, padding=9),
            "conv_transpose2d_1 (conv_transpose2d): nothing is left of a map of 17x20 px",
        ),
        (
            lambda b: b.add(b.input, b.max_pool(b.input, 2)),
            "add_1 (add): these do not go together, input 8x17x20, max_pool_1 8x8x10",
        ),
        (lambda b: b.add(b.input), "add_1 (add): these do not go together, input 8x17x20"),
        (
            lambda b: b.concat(b.input, b.max_pool(b.input, 2)),
            "concat_1 (concat): maps of different sizes, input 8x17x20, max_pool_1 8x8x10",
        ),
        (lambda b: b.split(b.input, (3, 4)), "split_1 (split): parts of 7 channels together, but 8 are there"),
        (lambda b: b.permute(b.input, (0, 1, 1)), "permute_1 (permute): (0, 1, 1) is no order of 3 axes"),
        (lambda b: b.shuffle(b.input, 3), "permute_1 (permute): 3 groups do not divide 8 channels"),
        (lambda b: b.pad(b.input, -9), "pad_1 (pad): nothing is left of a map of 17x20 px"),
        (
            lambda b: b.conv(b.flatten(b.input), 4, 1),
            "conv2d_1 (conv2d): reads a map of channels x height x width, not 2720",
        ),
        (lambda b: b.relu(b.relu(b.input, name="a"), name="a"), "two operations are called 'a', names are unique"),
        (
            lambda b: b.batch_norm(b.input, shares="a"),
            "batch_norm_1 shares parameters of 'a', which is no earlier operation",
        ),
        (
            lambda b: b.linear(b.linear(b.flatten(b.input), 4, name="a"), 4, shares="a"),
            "linear_1 has 20 parameters and shares 'a', which has 10884",
        ),
    ],
)
def test_what_does_not_fit_is_told(draw: Callable[[Builder], Tensor], message: str) -> None:
    with pytest.raises(NetworkError) as caught:
        _last(draw)
    assert str(caught.value) == f"net: {message}"


def test_an_input_has_three_positive_sizes() -> None:
    with pytest.raises(NetworkError, match=r"net: an input is \(channels, height, width\), each at least 1"):
        Builder("net", (3, 0, 5))


def test_a_network_without_operations_is_refused() -> None:
    with pytest.raises(NetworkError, match="net: a network without operations"):
        Builder("net", (3, 5, 5)).build()


def test_an_unknown_padding_word_is_refused() -> None:
    with pytest.raises(ValueError, match='padding is numbers, "same" or "valid"'):
        _last(lambda b: b.conv(b.input, 4, 3, padding="full"))  # type: ignore[arg-type]
