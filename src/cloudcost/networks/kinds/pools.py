"""Kinds that take a maximum or a mean of windows."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from cloudcost.domain.network import Op, Shape
from cloudcost.errors import NetworkError
from cloudcost.networks.kinds.convolutions import zero_pad
from cloudcost.networks.kinds.launches import Passes, Sizes, moves
from cloudcost.networks.kinds.record import Fault, OpKind, described, is_even, items_of, map_of, windows
from cloudcost.networks.kinds.steps import Step, step
from cloudcost.networks.kinds.tracing import several, shape_words
from cloudcost.networks.shapes import text

if TYPE_CHECKING:
    from cloudcost.networks.kinds.traces import Node, Seen, TraceRule


def _pool_faults(op: Op) -> list[Fault]:
    depth, channels = (map_of(shape, op)[0] for shape in (op.inputs[0], op.output))
    if channels != depth or items_of(op.inputs[0], op) != items_of(op.output, op):
        return [("output", f"{op.kind} keeps {depth} channels, not {channels}")]
    if _is_adaptive(op) and not any(op.padding):
        return []
    for axis, size in enumerate(map_of(op.output, op)[1:]):
        floor, ceil = (windows(op, axis, ceil=ceil) for ceil in (False, True))
        if size not in (floor, ceil):
            sizes = f"{floor} px" if floor == ceil else f"{floor} or {ceil} px"
            return [("output", f"{described(op)} gives {sizes}, not {size}")]
    return []


def _is_adaptive(op: Op) -> bool:
    """Return whether it states no window: an adaptive pool, of which any size is right."""
    return set(op.kernel) == set(op.stride) == {1}


def _global_faults(op: Op) -> list[Fault]:
    channels = op.inputs[0][0]
    if op.output not in ((channels,), (channels, *(1,) * (len(op.inputs[0]) - 1))):
        return [("output", f"global_avg_pool of {text(op.inputs[0])} gives {channels} values, not {text(op.output)}")]
    return []


def _max_calls(op: Op, batch: int, _: tuple[bool, ...]) -> Passes:
    data, output = (batch, *op.inputs[0]), (batch, *op.output)
    name, window = f"max_pool{len(op.kernel)}d_with_indices", (op.kernel, op.stride)
    return (moves(name, (data,), output, window),), (moves(f"{name}_backward", (output, data), data, window),)


def _avg_calls(op: Op, batch: int, _: tuple[bool, ...]) -> Passes:
    data, output = (batch, *op.inputs[0]), (batch, *op.output)
    name = f"avg_pool{len(op.kernel)}d"
    return (moves(name, (data,), output),), (moves(f"{name}_backward", (output, data), data),)


def _global_calls(op: Op, batch: int, _: tuple[bool, ...]) -> Passes:
    data, output = (batch, *op.inputs[0]), (batch, *op.output)
    return (moves("mean", (data,), output),), (moves("div", (data,), data),)


def _room(op: Op, axis: int, *, up: bool) -> int:
    """Return the windows that fit, or that start within the padded map. [px]"""
    room = map_of(op.inputs[0], op)[axis + 1] + op.padding[axis] + op.padding[axis + len(op.kernel)]
    room -= op.dilation[axis] * (op.kernel[axis] - 1) + 1
    return (-(-room // op.stride[axis]) if up else room // op.stride[axis]) + 1


def _rounds_up(op: Op) -> bool:
    return any(_room(op, axis, up=False) < size for axis, size in enumerate(map_of(op.output, op)[1:]))


def _fits(op: Op) -> bool:
    written = map_of(op.output, op)[1:]
    return all(size in {_room(op, axis, up=up) for up in (False, True)} for axis, size in enumerate(written))


def _max_steps(op: Op, _: int) -> tuple[Step, ...]:
    rank = len(op.kernel)
    if _is_adaptive(op) or not _fits(op):
        return (step(f"AdaptiveMaxPool{rank}d", map_of(op.output, op)[1:]),)
    padding = op.padding[:rank] if is_even(op) else 0
    pool = step(f"MaxPool{rank}d", op.kernel, op.stride, padding, op.dilation, ceil_mode=_rounds_up(op))
    return (pool,) if is_even(op) else (zero_pad(op), pool)


def _avg_steps(op: Op, _: int) -> tuple[Step, ...]:
    rank = len(op.kernel)
    if _is_adaptive(op) or not _fits(op):
        return (step(f"AdaptiveAvgPool{rank}d", map_of(op.output, op)[1:]),)
    return (step(f"AvgPool{rank}d", op.kernel, op.stride, op.padding[:rank], ceil_mode=_rounds_up(op)),)


def _trace_pool(kind: str, rank: int, *, dilates: bool) -> TraceRule:
    def rule(seen: Seen, outputs: list[Shape]) -> list[Op | Node]:
        kernel = several(seen.argument(1, "kernel_size"), rank)
        stride = several(seen.argument(2, "stride") or kernel, rank)
        padding = several(seen.argument(3, "padding", 0), rank) * 2
        dilation = several(seen.argument(4, "dilation", 1), rank) if dilates else (1,) * rank
        return [seen.op(kind, outputs[0], kernel=kernel, stride=stride, padding=padding, dilation=dilation)]

    return rule


def adaptive_windows(read: Shape, written: Shape) -> tuple[Sizes, Sizes]:
    """Return kernel and stride of an adaptive pool between maps of these sizes; ones where windows overlap pixels."""
    if any(size < number for size, number in zip(read, written, strict=True)):
        return (1,) * len(read), (1,) * len(read)
    stride = tuple(max(size // number, 1) for size, number in zip(read, written, strict=True))
    kernel = (size - (number - 1) * step for size, number, step in zip(read, written, stride, strict=True))
    return tuple(max(size, 1) for size in kernel), stride


def _trace_adaptive(kind: str, rank: int) -> TraceRule:
    def rule(seen: Seen, outputs: list[Shape]) -> list[Op | Node]:
        read, written = seen.shapes()[0], outputs[0]
        if kind == "avg_pool" and len(written) == rank + 1 and set(written[1:]) == {1}:
            return [seen.op("global_avg_pool", written)]
        kernel, stride = adaptive_windows(read[-rank:], written[-rank:])
        none: tuple[int, ...] = (0,) * (2 * rank)
        return [seen.op(kind, written, kernel=kernel, stride=stride, padding=none, dilation=(1,) * rank)]

    return rule


def _global_steps(op: Op, _: int) -> tuple[Step, ...]:
    axes = tuple(range(2, len(op.inputs[0]) + 1))
    return (step("mean", axes, keepdim=len(op.output) > 1),)


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
        traced={f"max_pool{rank}d": _trace_pool("max_pool", rank, dilates=True) for rank in (1, 2, 3)}
        | {f"adaptive_max_pool{rank}d": _trace_adaptive("max_pool", rank) for rank in (1, 2, 3)},
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
        traced={f"avg_pool{rank}d": _trace_pool("avg_pool", rank, dilates=False) for rank in (1, 2, 3)}
        | {f"adaptive_avg_pool{rank}d": _trace_adaptive("avg_pool", rank) for rank in (1, 2, 3)},
    ),
    OpKind(
        name="global_avg_pool",
        faults=_global_faults,
        reads_map=True,
        keeps="nothing",
        group="pool",
        calls=_global_calls,
        steps=_global_steps,
        traced={"mean": _trace_mean},
    ),
)
