"""Kinds that normalise: over a batch, channels, groups of channels, or channels beside one another."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from cloudcost.domain.network import Op, Shape
from cloudcost.networks.kinds.launches import Dims, Launch, Moves, Passes, moves
from cloudcost.networks.kinds.record import Fault, OpKind
from cloudcost.networks.kinds.steps import Step, step
from cloudcost.networks.kinds.tracing import same
from cloudcost.networks.shapes import text

if TYPE_CHECKING:
    from cloudcost.networks.kinds.traces import Node, Seen


def _norm_calls(op: Op, batch: int, _: tuple[bool, ...]) -> Passes:
    data: Dims = (batch, *op.inputs[0])
    output: Dims = (batch, *op.output)
    name = f"native_{op.kind}"
    ahead, behind = (
        Moves(name=each, inputs=(data,), output=output, running=op.eval_mode) for each in (name, f"{name}_backward")
    )
    return (ahead,), (behind,)


def _instance_calls(op: Op, batch: int, _: tuple[bool, ...]) -> Passes:
    """Return what PyTorch runs: a batch normalisation over one image that has the channels of all."""
    whole: Dims = (1, batch * op.inputs[0][0], *op.inputs[0][1:])
    name = "native_batch_norm"
    return (moves(name, (whole,), whole),), (moves(f"{name}_backward", (whole,), whole),)


def _layer_norm_sizes(op: Op) -> frozenset[int]:
    sizes = {op.output[0], *(prod(op.output[-axes:]) for axes in range(1, len(op.output) + 1))}
    return frozenset(sizes | {2 * size for size in sizes})


def _layer_norm_steps(op: Op, _: int) -> tuple[Step, ...]:
    numbers, last = op.parameters, op.output[-1]
    if numbers in (0, last, 2 * last):
        return (step("LayerNorm", last, eps=1e-6, elementwise_affine=numbers > 0, bias=numbers == 2 * last),)
    if len(op.output) == 3 and numbers == 2 * op.output[0]:
        return (step("permute", (0, 2, 3, 1)), step("LayerNorm", op.output[0], eps=1e-6), step("permute", (0, 3, 1, 2)))
    ends = (op.output[-axes:] for axes in range(1, len(op.output) + 1))
    whole = next((end for end in ends if prod(end) in (numbers, numbers / 2)), op.output)
    return (step("LayerNorm", whole, eps=1e-6, bias=numbers == 2 * prod(whole)),)


def _channels(op: Op) -> int:
    return op.inputs[0][0]


def _affine(op: Op) -> frozenset[int]:
    """Return the parameters that scale and shift, or either, of each channel can have."""
    return frozenset(number for size in _possible_channels(op) for number in (size, 2 * size))


def _possible_channels(op: Op) -> Shape:
    """Return what may be the channels: the first axis, or the second where maps come several to a sample."""
    return op.inputs[0][: 2 if len(op.inputs[0]) in (2, 4, 5) else 1]


def _batch_norm_steps(op: Op, _: int) -> tuple[Step, ...]:
    rank = max(len(op.output) - 1, 1)
    return (step(f"BatchNorm{rank}d", _channels(op), affine=op.parameters > 0),)


def _group_faults(op: Op) -> list[Fault]:
    if op.output != op.inputs[0]:
        return [("output", f"{op.kind} keeps the shape {text(op.inputs[0])}, not {text(op.output)}")]
    if not any(size % op.groups == 0 for size in _possible_channels(op)):
        return [("groups", f"{op.groups} groups do not divide the channels of {text(op.inputs[0])}")]
    return []


def _instance_steps(op: Op, _: int) -> tuple[Step, ...]:
    rank = min(max(len(op.output) - 1, 1), 3)
    return (step(f"InstanceNorm{rank}d", _channels(op), affine=op.parameters > 0),)


def _window(op: Op) -> int:
    """Return over how many channels a local response is normalised. [count]"""
    return op.kernel[0]


def _local_calls(op: Op, batch: int, _: tuple[bool, ...]) -> Passes:
    data: Dims = (batch, *op.inputs[0])
    flat: Dims = (batch, 1, op.inputs[0][0], *op.inputs[0][1:])
    padded: Dims = (batch, 1, op.inputs[0][0] + _window(op) - 1, *op.inputs[0][1:])
    ahead: tuple[Launch, ...] = (
        moves("mul", (data, data), data),
        moves("constant_pad_nd", (flat,), padded),
        moves("avg_pool3d", (padded,), flat),
        moves("mul", (data,), data),
        moves("add", (data,), data),
        moves("pow", (data,), data),
        moves("div", (data, data), data),
    )
    behind: tuple[Launch, ...] = (
        *(moves("div", (data, data), data),) * 3,
        *(moves("mul", (data, data), data),) * 4,
        *(moves("mul", (data,), data),) * 2,
        moves("neg", (data,), data),
        moves("pow", (data,), data),
        moves("avg_pool3d_backward", (flat, padded), padded),
        moves("constant_pad_nd", (padded,), flat),
        *(moves("add", (data, data), data),) * 2,
    )
    return ahead, behind


def _trace_batch_norm(seen: Seen, outputs: list[Shape]) -> list[Op | Node]:
    return [seen.op("batch_norm", outputs[0], eval_mode=seen.argument(5, "training", False) is False)]


def _trace_group(seen: Seen, outputs: list[Shape]) -> list[Op | Node]:
    return [seen.op("group_norm", outputs[0], groups=seen.argument(1, "num_groups", 1))]


def _trace_local(seen: Seen, outputs: list[Shape]) -> list[Op | Node]:
    size = seen.argument(1, "size", 5)
    return [seen.op("local_response_norm", outputs[0], kernel=(size,), stride=(1,), dilation=(1,), padding=(0, 0))]


RECORDS = (
    OpKind(
        name="batch_norm",
        weights=lambda op: 2 * _channels(op),
        allowed=_affine,
        tensors=2,
        keeps="input",
        group="norm",
        calls=_norm_calls,
        steps=_batch_norm_steps,
        traced={"batch_norm": _trace_batch_norm},
    ),
    OpKind(
        name="layer_norm",
        weights=lambda op: 2 * op.inputs[0][-1],
        allowed=_layer_norm_sizes,
        tensors=2,
        keeps="input",
        group="norm",
        autocast="full",
        calls=_norm_calls,
        steps=_layer_norm_steps,
        traced={"layer_norm": same("layer_norm")},
    ),
    OpKind(
        name="group_norm",
        faults=_group_faults,
        weights=lambda op: 2 * _channels(op),
        allowed=_affine,
        tensors=2,
        keeps="input",
        group="norm",
        autocast="full",
        calls=_norm_calls,
        steps=lambda op, _: (step("GroupNorm", op.groups, _channels(op), affine=op.parameters > 0),),
        traced={"group_norm": _trace_group},
    ),
    OpKind(
        name="instance_norm",
        weights=lambda op: 2 * _channels(op),
        allowed=_affine,
        tensors=2,
        keeps="input",
        group="norm",
        calls=_instance_calls,
        steps=_instance_steps,
        traced={"instance_norm": same("instance_norm")},
    ),
    OpKind(
        name="local_response_norm",
        rank=1,
        keeps="both",
        group="norm",
        calls=_local_calls,
        steps=lambda op, _: (step("LocalResponseNorm", _window(op)),),
        traced={"local_response_norm": _trace_local},
    ),
)
