"""Kinds that take a maximum or a mean of windows."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from cloudcost.domain.network import Op, Shape
from cloudcost.errors import NetworkError
from cloudcost.networks.kinds.launches import Passes, moves
from cloudcost.networks.kinds.record import Fault, OpKind, described, is_even, windows
from cloudcost.networks.kinds.steps import Step, step
from cloudcost.networks.kinds.tracing import shape_words, two
from cloudcost.networks.shapes import text

if TYPE_CHECKING:
    from cloudcost.networks.kinds.traces import Node, Seen, TraceRule


def _pool_faults(op: Op) -> list[Fault]:
    if op.output[0] != op.inputs[0][0]:
        return [("output", f"{op.kind} keeps {op.inputs[0][0]} channels, not {op.output[0]}")]
    if _is_adaptive(op) and not any(op.padding):
        return []
    for axis in (0, 1):
        floor, ceil = (windows(op, axis, ceil=ceil) for ceil in (False, True))
        if op.output[axis + 1] not in (floor, ceil):
            sizes = f"{floor} px" if floor == ceil else f"{floor} or {ceil} px"
            return [("output", f"{described(op)} gives {sizes}, not {op.output[axis + 1]}")]
    return []


def _is_adaptive(op: Op) -> bool:
    """Return whether it states no window: an adaptive pool, of which any size is right."""
    return op.kernel == op.stride == (1, 1)


def _global_faults(op: Op) -> list[Fault]:
    channels = op.inputs[0][0]
    if op.output not in ((channels,), (channels, 1, 1)):
        return [("output", f"global_avg_pool of {text(op.inputs[0])} gives {channels} values, not {text(op.output)}")]
    return []


def _max_calls(op: Op, batch: int, _: tuple[bool, ...]) -> Passes:
    data, output = (batch, *op.inputs[0]), (batch, *op.output)
    name, window = "max_pool2d_with_indices", (op.kernel, op.stride)
    return (moves(name, (data,), output, window),), (moves(f"{name}_backward", (output, data), data, window),)


def _avg_calls(op: Op, batch: int, _: tuple[bool, ...]) -> Passes:
    data, output = (batch, *op.inputs[0]), (batch, *op.output)
    return (moves("avg_pool2d", (data,), output),), (moves("avg_pool2d_backward", (output, data), data),)


def _global_calls(op: Op, batch: int, _: tuple[bool, ...]) -> Passes:
    data, output = (batch, *op.inputs[0]), (batch, *op.output)
    return (moves("mean", (data,), output),), (moves("div", (data,), data),)


def _room(op: Op, axis: int, *, up: bool) -> int:
    """Return the windows that fit, or that start within the padded map. [px]"""
    room = op.inputs[0][axis + 1] + op.padding[axis] + op.padding[axis + 2]
    room -= op.dilation[axis] * (op.kernel[axis] - 1) + 1
    return (-(-room // op.stride[axis]) if up else room // op.stride[axis]) + 1


def _rounds_up(op: Op) -> bool:
    return any(_room(op, axis, up=False) < op.output[axis + 1] for axis in (0, 1))


def _fits(op: Op) -> bool:
    return all(op.output[axis + 1] in {_room(op, axis, up=up) for up in (False, True)} for axis in (0, 1))


def _max_steps(op: Op, _: int) -> tuple[Step, ...]:
    top, left, bottom, right = op.padding
    padding = (top, left) if is_even(op) else 0
    pool = step("MaxPool2d", op.kernel, op.stride, padding, op.dilation, ceil_mode=_rounds_up(op))
    return (pool,) if is_even(op) else (step("ZeroPad2d", (left, right, top, bottom)), pool)


def _avg_steps(op: Op, _: int) -> tuple[Step, ...]:
    if _is_adaptive(op) or not _fits(op):
        return (step("AdaptiveAvgPool2d", op.output[1:]),)
    return (step("AvgPool2d", op.kernel, op.stride, op.padding[:2], ceil_mode=_rounds_up(op)),)


def _trace_pool(kind: str, *, dilates: bool) -> TraceRule:
    def rule(seen: Seen, outputs: list[Shape]) -> list[Op | Node]:
        kernel = two(seen.argument(1, "kernel_size"))
        stride = two(seen.argument(2, "stride") or kernel)
        vertical, horizontal = two(seen.argument(3, "padding", 0))
        dilation = two(seen.argument(4, "dilation", 1)) if dilates else (1, 1)
        padding = (vertical, horizontal, vertical, horizontal)
        return [seen.op(kind, outputs[0], kernel=kernel, stride=stride, padding=padding, dilation=dilation)]

    return rule


def _trace_adaptive(seen: Seen, outputs: list[Shape]) -> list[Op | Node]:
    output = outputs[0]
    if output[1:] == (1, 1):
        return [seen.op("global_avg_pool", output)]
    _, height, width = seen.shapes()[0]
    stride = (max(height // output[1], 1), max(width // output[2], 1))
    kernel = (max(height - (output[1] - 1) * stride[0], 1), max(width - (output[2] - 1) * stride[1], 1))
    if height < output[1] or width < output[2]:
        kernel = stride = (1, 1)
    return [seen.op("avg_pool", output, kernel=kernel, stride=stride)]


def _trace_mean(seen: Seen, outputs: list[Shape]) -> list[Op | Node]:
    shape = seen.shapes()[0]
    if len(shape) != 3 or prod(outputs[0]) != shape[0]:
        raise NetworkError(f"mean of {shape_words(shape)} to {shape_words(outputs[0])} is no mean over the map")
    return [seen.op("global_avg_pool", outputs[0])]


RECORDS = (
    OpKind(
        name="max_pool",
        faults=_pool_faults,
        reads_map=True,
        writes_map=True,
        window="pool",
        keeps="both",
        group="pool",
        calls=_max_calls,
        steps=_max_steps,
        traced={"max_pool2d": _trace_pool("max_pool", dilates=True)},
    ),
    OpKind(
        name="avg_pool",
        faults=_pool_faults,
        reads_map=True,
        writes_map=True,
        window="pool",
        keeps="nothing",
        group="pool",
        calls=_avg_calls,
        steps=_avg_steps,
        traced={"avg_pool2d": _trace_pool("avg_pool", dilates=False), "adaptive_avg_pool2d": _trace_adaptive},
    ),
    OpKind(
        name="global_avg_pool",
        faults=_global_faults,
        reads_map=True,
        keeps="nothing",
        group="pool",
        calls=_global_calls,
        steps=lambda op, _: (step("mean", (2, 3), keepdim=len(op.output) == 3),),
        traced={"mean": _trace_mean},
    ),
)
