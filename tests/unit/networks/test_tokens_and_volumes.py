"""Tokens, attention, sequences and volumes: counts worked out by hand or by PyTorch, and one test for each fault."""

from __future__ import annotations

import json
from math import prod

import pytest

from cloudcost.domain.network import Op, Shape
from cloudcost.errors import NetworkError
from cloudcost.networks.builder import Builder
from cloudcost.networks.checks import op_faults, parameter_tensors
from cloudcost.networks.counts import macs, network_macs
from cloudcost.networks.json_file import parse_network, to_json
from cloudcost.networks.registry import named_network

COUNTS = {
    "vit_b_16": (86_567_656, 17_563_828_224),
    "vit_b_32": (88_224_232, 4_409_186_304),
    "vit_l_16": (304_326_632, 61_554_712_576),
    "vit_l_32": (306_535_400, 15_377_539_072),
    "vit_h_14": (632_045_800, 167_295_109_120),
    "swin_t": (28_288_354, 4_490_566_656),
    "swin_s": (49_606_258, 8_740_875_264),
    "swin_b": (87_768_224, 15_430_946_816),
}
"""Trainable parameters and MACs of torchvision 0.29.1's networks by PyTorch 2.14.1's FlopCounterMode (forward pass,
training mode, attention on the math backend), read 2026-11-29."""


@pytest.mark.parametrize("name", COUNTS)
def test_named_transformers_have_the_counts_of_torchvision(name: str) -> None:
    network = named_network(name)
    assert (network.parameters, network_macs(network)) == COUNTS[name]
    assert sum(op.parameters for op in network.ops) == network.parameters


def test_parameters_of_the_second_swin_are_those_of_torchvision() -> None:
    parameters = [named_network(f"swin_v2_{size}").parameters for size in "tsb"]
    assert parameters == [28_351_570, 49_737_442, 87_930_848]


def test_windows_grow_with_the_map_and_are_padded() -> None:
    """A map of 60 px at a patch of 4 is 15 x 15 tokens: 3 x 3 windows of 7."""
    network = named_network("swin_t", image_px=60)
    shares = [op for op in network.ops if op.kind == "softmax"]
    assert shares[0].output == (9, 3, 49, 49)
    assert next(op.output for op in network.ops if op.function == "pad") == (21, 21, 96)
    assert next(op.output for op in network.ops if op.function == "slice") == (15, 15, 96)
    assert sum(op.function == "roll" for op in named_network("swin_t").ops) == 10  # two in five shifted blocks


def test_the_embedding_of_positions_grows_with_the_image() -> None:
    small, large = (named_network("vit_b_16", image_px=px) for px in (224, 384))
    assert large.parameters - small.parameters == (24**2 - 14**2) * 768


def op_of(kind: str, *inputs: Shape, output: Shape, **more: object) -> Op:
    return Op(kind=kind, name="a", inputs=inputs, output=output, **more)  # type: ignore[arg-type]


LINE = {"kernel": (3,), "stride": (2,), "padding": (1, 0), "dilation": (1,)}
VOLUME = {"kernel": (1, 3, 3), "stride": (1, 2, 1), "padding": (0, 1, 1, 0, 1, 1), "dilation": (1, 1, 1)}


def test_macs_of_sequences_volumes_and_products() -> None:
    assert macs(op_of("conv1d", (4, 9), output=(8, 4), groups=2, **LINE)) == 8 * 4 * 2 * 3
    assert macs(op_of("conv3d", (4, 5, 8, 8), output=(6, 5, 4, 8), **VOLUME)) == 6 * 5 * 4 * 8 * 4 * 9
    assert macs(op_of("matmul", (3, 5, 7), (3, 7, 2), output=(3, 5, 2))) == 3 * 5 * 7 * 2
    heads = op_of("attention", (2, 6, 4), (2, 9, 4), (2, 9, 5), output=(2, 6, 5))
    assert macs(heads) == 2 * 6 * 9 * (4 + 5)
    both_ways = op_of("recurrent", (7, 10), output=(7, 12), function="lstm", groups=2, calls=2, bias=True)
    first, second = 2 * 4 * 6 * (10 + 6), 2 * 4 * 6 * (12 + 6)
    assert macs(both_ways) == 7 * (first + second)


def test_items_of_a_sample_multiply_the_work_and_not_the_weights() -> None:
    one = op_of("conv2d", (3, 9, 9), output=(8, 7, 7), kernel=(3, 3), parameters=216)
    frames = op_of("conv2d", (16, 3, 9, 9), output=(16, 8, 7, 7), kernel=(3, 3), parameters=216)
    assert op_faults(one) == op_faults(frames) == []
    assert macs(frames) == 16 * macs(one)


FAULTS = [
    (op_of("conv1d", (4, 9), output=(8, 5), **LINE), "conv1d 3, stride 2, padding [1, 0] over 9 px gives 4 px, not 5"),
    (
        op_of("conv3d", (4, 5, 8, 8), output=(6, 5, 8, 8), **VOLUME),
        "conv3d 1x3x3, stride 1x2x1, padding [0, 1, 1, 0, 1, 1] over 5x8x8 px gives 5x4x8 px, not 5x8x8",
    ),
    (op_of("conv1d", (4, 9), output=(8, 4)), "conv1d has 1 numbers, not [1, 1]"),
    (
        op_of("conv1d", (4, 9), output=(8, 4), kernel=(3,)),
        "conv1d has as many numbers of kernel, stride, dilation and half of padding",
    ),
    (op_of("conv3d", (4, 8, 8), output=(6, 8, 8), **VOLUME),
     "conv3d reads channels x depth x height x width, not 4x8x8"),
    (op_of("reduce", (9, 4), output=()), "reduce gives one value or more, a single one is [1]"),
    (
        op_of("conv2d", (2, 3, 9, 9), output=(4, 8, 9, 9)),
        "conv2d from 2x3x9x9 keeps the maps of a sample, unlike 4x8x9x9",
    ),
    (op_of("matmul", (3, 5, 7), (3, 6, 2), output=(3, 5, 2)),
     "matmul reads two tensors of rows x inner and inner x columns, not 3x5x7 and 3x6x2"),
    (op_of("matmul", (3, 5, 7), (3, 7, 2), output=(3, 5, 3)), "matmul of 3x5x7 and 3x7x2 gives 3x5x2, not 3x5x3"),
    (op_of("attention", (2, 6, 4), (2, 6, 5), (2, 6, 4), output=(2, 6, 4)),
     "attention reads queries (heads, L, E), keys (heads, S, E), values (heads, S, V), not 2x6x4, 2x6x5, 2x6x4"),
    (op_of("attention", (2, 6, 4), (2, 6, 4), (2, 6, 4), output=(2, 6, 5)), "attention gives 2x6x4, not 2x6x5"),
    (op_of("attention", *[(2, 6, 4)] * 3, output=(2, 6, 4), parameters=100), "attention has at most 72, not 100"),
    (op_of("recurrent", (7, 10), output=(7, 12)), "recurrent is one of lstm, gru, rnn_tanh, rnn_relu, not ''"),
    (op_of("recurrent", (7, 10), output=(6, 12), function="gru"),
     "recurrent reads and writes steps x numbers, 7x10 to 6x12"),
    (op_of("recurrent", (7, 10), output=(7, 13), function="gru", groups=2), "2 directions do not divide 13 numbers"),
    (op_of("group_norm", (9, 4, 4), output=(9, 4, 4), groups=2), "2 groups do not divide the channels of 9x4x4"),
    (op_of("group_norm", (9, 4, 4), output=(9, 4, 5)), "group_norm keeps the shape 9x4x4, not 9x4x5"),
    (op_of("elementwise", (9, 4), (8, 4), output=(9, 4)), "elementwise cannot join 9x4, 8x4"),
    (op_of("elementwise", (9, 4), (9, 1), output=(9, 1)), "elementwise of 9x4, 9x1 gives 9x4, not 9x1"),
    (op_of("pool", (9, 4, 4), output=(8, 2, 2)), "pool keeps channels and axes of 9x4x4, not 8x2x2"),
    (op_of("reduce", (9, 4), output=(40,)), "reduce gives at most the 36 values of 9x4, not 40"),
    (op_of("reduce", (9, 4), output=(9,), axes=(2,)), "[2] are no axes of 9x4"),
    (op_of("permute", (9, 4), output=(4, 9), axes=(1, 1)), "[1, 1] is no order of the axes of 9x4"),
    (op_of("permute", (9, 4), output=(9, 4), axes=(1, 0)), "permute gives 4x9, not 9x4"),
    (op_of("transpose", (3, 9, 4), output=(3, 9, 4)),
     "transpose swaps the last two axes of 3x9x4, which does not give 3x9x4"),
    (op_of("expand", (3, 1), output=(4, 9)), "expand repeats 3x1 along axes of 1, which does not give 4x9"),
    (op_of("pad", (9,), output=(9,)), "pad reads channels x length, not 9"),
    (op_of("concat", (4, 8), output=(5, 8)), "concat of 4x8 gives 4x8, not 5x8"),
    (op_of("concat", (4, 8), output=(5, 8), parameters=9), "concat has at most 8, not 9"),
    (op_of("normalize", (4, 8), output=(8, 4)), "normalize keeps the shape 4x8, not 8x4"),
]  # fmt: skip


@pytest.mark.parametrize(("op", "message"), FAULTS)
def test_each_fault_of_a_kind_is_told(op: Op, message: str) -> None:
    assert [said for _, said in op_faults(op)] == [message]


def document(**op: object) -> str:
    return json.dumps({"input": [3, 8], "ops": [{"name": "a", "inputs": [[3, 8]], "output": [3, 8], **op}]})


@pytest.mark.parametrize(
    ("op", "message"),
    [
        ({"kind": "elementwise", "function": 3}, "function: a name is text, not 3"),
        ({"kind": "elementwise", "calls": 0}, "calls: a number from 1 to 2^40 is needed, not 0"),
        ({"kind": "reduce", "axes": 1}, "axes: a list of axes is needed, not 1"),
        ({"kind": "reduce", "axes": ["x"]}, "axes: a whole number is needed, not 'x'"),
        ({"kind": "attention", "mask": "some"}, 'mask: a mask is "causal" or "full", not \'some\''),
        ({"kind": "conv1d"}, "kernel: missing, write conv1d's [length]"),
        ({"kind": "conv1d", "kernel": [3, 3]}, "kernel: [length] is needed, not [3, 3]"),
        ({"kind": "conv1d", "kernel": 3, "padding": [1, 1, 1]}, "padding: padding is [left, right], not [1, 1, 1]"),
        (
            {"kind": "conv3d", "kernel": 3, "padding": [1, 1]},
            "padding: padding is [front, top, left, back, bottom, right], not [1, 1]",
        ),
    ],
)
def test_each_fault_of_a_key_is_told(op: dict[str, object], message: str) -> None:
    with pytest.raises(NetworkError) as caught:
        parse_network(document(**op), where="net.json")
    assert caught.value.faults == (f"net.json:ops[0].{message}",)


def test_padding_of_a_sequence_and_of_a_volume_is_found_and_widened() -> None:
    line = parse_network(document(kind="conv1d", kernel=3, output=[5, 8]))
    assert line.ops[0].padding == (1, 1)  # "same" explains the output
    volume = {"kind": "max_pool", "kernel": 2, "stride": 1, "padding": [0, 1, 1], "inputs": [[2, 4, 6, 6]]}
    [op] = parse_network(json.dumps({"input": [2, 4, 6, 6], "ops": [{**volume, "output": [2, 3, 7, 7]}]})).ops
    assert (op.kernel, op.stride, op.padding) == ((2, 2, 2), (1, 1, 1), (0, 1, 1, 0, 1, 1))


def test_what_generic_kinds_state_comes_back() -> None:
    b = Builder("net", (3, 8))
    x = b.operation("elementwise", b.input, function="tanh", calls=2)
    x = b.operation("reduce", x, output=(3,), axes=(1,), function="sum")
    network = b.build()
    again = parse_network(to_json(network))
    assert again == network
    assert [(op.function, op.axes, op.calls) for op in again.ops] == [("tanh", (), 2), ("sum", (1,), 1)]


def test_a_recurrent_layer_has_the_weights_of_its_gates() -> None:
    op = op_of("recurrent", (7, 10), output=(7, 12), function="lstm", groups=2, calls=2, bias=True)
    weights = 2 * 4 * 6 * ((10 + 6) + (12 + 6))
    biases = 2 * 2 * 2 * 4 * 6
    b = Builder("net", (7, 10))
    b.operation("recurrent", b.input, output=(7, 12), function="lstm", groups=2, calls=2, bias=True)
    assert b.build().parameters == weights + biases
    assert op_faults(op) == []
    assert sum(parameter_tensors(b.build().ops[0])) == weights + biases
    assert prod(op.output) == 84
