"""Convolutions and transposed convolutions over one, two or three axes."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from cloudcost.domain.network import Op, Shape
from cloudcost.networks.kinds.launches import Convolves, Dims, Launch, Passes, Sizes, moves
from cloudcost.networks.kinds.record import Fault, OpKind, described, is_even, items_of, map_of, windows
from cloudcost.networks.kinds.steps import Step, step
from cloudcost.networks.kinds.tracing import several
from cloudcost.networks.shapes import Sides, elements, text, transposed_output

if TYPE_CHECKING:
    from cloudcost.networks.kinds.traces import Node, Seen, TraceRule


def _channels(op: Op) -> tuple[int, int]:
    """Return the channels of the maps that an operation reads and writes."""
    return map_of(op.inputs[0], op)[0], map_of(op.output, op)[0]


def _group_faults(op: Op) -> list[Fault]:
    if items_of(op.inputs[0], op) != items_of(op.output, op):
        return [("output", f"{op.kind} from {text(op.inputs[0])} keeps the maps of a sample, unlike {text(op.output)}")]
    depth, channels = _channels(op)
    if depth % op.groups or channels % op.groups:
        return [("groups", f"{op.groups} groups do not divide {depth} and {channels} channels")]
    return []


def _convolution_faults(op: Op) -> list[Fault]:
    groups = _group_faults(op)
    if groups:
        return groups
    sizes = tuple(windows(op, axis, ceil=False) for axis in range(len(op.kernel)))
    written = map_of(op.output, op)[1:]
    if written != sizes:
        return [("output", f"{described(op)} gives {text(sizes)} px, not {text(written)}")]
    return []


def _least(op: Op, axis: int) -> int:
    return transposed_output(
        map_of(op.inputs[0], op)[axis + 1],
        op.kernel[axis],
        stride=op.stride[axis],
        before=op.padding[axis],
        after=op.padding[axis + len(op.kernel)],
        dilation=op.dilation[axis],
    )


def _transposed_faults(op: Op) -> list[Fault]:
    groups = _group_faults(op)
    if groups:
        return groups
    for axis, size in enumerate(map_of(op.output, op)[1:]):
        least = _least(op, axis)
        most = least + max(op.stride[axis], op.dilation[axis]) - 1  # output_padding is less than either
        if not least <= size <= most:
            range_px = f"{least} px" if least == most else f"{least} to {most} px"
            return [("output", f"{described(op)} gives {range_px}, not {size}")]
    return []


def kernel_weights(read: int, written: int, kernel: Sizes, groups: int) -> int:
    """Return the weights of a convolution from and to so many channels; a transposed one has them swapped. [count]

    Examples
    --------
    >>> kernel_weights(8, 16, (3, 3), 2)  # two groups of 4 x 8 kernels
    576
    """
    return read // groups * prod(kernel) * written


def _weights(op: Op) -> int:
    return kernel_weights(*_channels(op), op.kernel, op.groups)


def _transposed_weights(op: Op) -> int:
    read, written = _channels(op)
    return kernel_weights(written, read, op.kernel, op.groups)


def _macs(op: Op) -> int:
    return elements(op.output) * (_channels(op)[0] // op.groups) * prod(op.kernel)


def _transposed_macs(op: Op) -> int:
    return elements(op.inputs[0]) * (_channels(op)[1] // op.groups) * prod(op.kernel)


def _transposed_padding(op: Op) -> Sides:
    """Return the padding with which the map grows by the stride exactly."""
    spans = [max(op.dilation[axis] * (size - 1) + 1 - op.stride[axis], 0) for axis, size in enumerate(op.kernel)]
    return (*(span // 2 for span in spans), *(span - span // 2 for span in spans))


def _flat(dims: Dims) -> Dims:
    """Return the dimensions of a 1-d map as those of a 2-d one of height 1."""
    return dims if len(dims) > 3 else (*dims[:2], 1, *dims[2:])


def _batched(op: Op, shape: Shape, batch: int) -> Dims:
    """Return the dimensions of all maps of a batch."""
    return (batch * prod(items_of(shape, op)), *map_of(shape, op))


def _trains_weights(op: Op) -> bool:
    """Return whether a step needs the gradient of the kernel, not of the bias alone."""
    return op.trained and not op.no_grad and not (op.bias and op.parameters == op.output[0] != _weights(op))


def _convolution_calls(op: Op, batch: int, wanted: tuple[bool, ...], *, transposed: bool = False) -> Passes:
    rank = len(op.kernel)
    data, output = _batched(op, op.inputs[0], batch), _batched(op, op.output, batch)
    channels = (data[1], output[1] // op.groups) if transposed else (output[1], data[1] // op.groups)
    before = op.padding[:rank]
    ahead: tuple[Launch, ...] = ()
    behind: tuple[Launch, ...] = ()
    if not is_even(op) and not transposed:
        sizes = (size + before[axis] + op.padding[axis + rank] for axis, size in enumerate(data[2:]))
        padded: Dims = (*data[:2], *sizes)
        ahead = (moves("constant_pad_nd", (data,), padded),)
        behind = (moves("constant_pad_nd", (padded,), data),) if wanted[0] else ()
        data, before = padded, (0,) * rank
    call = Convolves(
        data=_flat(data),
        weight=_flat((*channels, *op.kernel)),
        output=_flat(output),
        stride=op.stride,
        padding=before,
        dilation=op.dilation,
        groups=op.groups,
        transposed=transposed,
        data_gradient=wanted[0],
        weight_gradient=_trains_weights(op),
    )
    return (*ahead, call), (call, *behind)


def zero_pad(op: Op) -> Step:
    """Return the step that puts zeros around a map, the last axis first as PyTorch has it."""
    rank = len(op.padding) // 2
    sides = [side for axis in reversed(range(rank)) for side in (op.padding[axis], op.padding[axis + rank])]
    return step(f"ConstantPad{rank}d", tuple(sides), 0.0)


def _convolution_steps(op: Op, _: int) -> tuple[Step, ...]:
    rank = len(op.kernel)
    padding = op.padding[:rank] if is_even(op) else 0
    name = f"Conv{rank}d"
    conv = step(name, *_channels(op), op.kernel, op.stride, padding, op.dilation, op.groups, op.bias)
    return (conv,) if is_even(op) else (zero_pad(op), conv)


def _transposed_steps(op: Op, _: int) -> tuple[Step, ...]:
    rank = len(op.kernel)
    extra = tuple(size - _least(op, axis) for axis, size in enumerate(map_of(op.output, op)[1:]))
    more = (op.padding[:rank], extra, op.groups, op.bias, op.dilation)
    return (step(f"ConvTranspose{rank}d", *_channels(op), op.kernel, op.stride, *more),)


def _trace_convolution(kind: str, rank: int, dilation_at: int) -> TraceRule:
    def rule(seen: Seen, outputs: list[Shape]) -> list[Op | Node]:
        kernel = seen.shape_of(1, "weight")[2:]
        stride, padding = several(seen.argument(3, "stride", 1), rank), seen.argument(4, "padding", 0)
        dilation = several(seen.argument(dilation_at, "dilation", 1), rank)
        if padding == "valid":
            before = after = (0,) * rank
        elif padding == "same":
            spans = [step * (size - 1) for step, size in zip(dilation, kernel, strict=True)]
            before = tuple(span // 2 for span in spans)
            after = tuple(span - span // 2 for span in spans)
        else:
            before = after = several(padding, rank)
        return [
            seen.op(
                kind,
                outputs[0],
                kernel=kernel,
                stride=stride,
                padding=(*before, *after),
                dilation=dilation,
                groups=seen.argument(6, "groups", 1),
                bias=seen.argument(2, "bias") is not None,
            )
        ]

    return rule


def _convolution(rank: int) -> OpKind:
    name = f"conv{rank}d"
    return OpKind(
        name=name,
        faults=_convolution_faults,
        reads_map=True,
        writes_map=True,
        rank=rank,
        weights=_weights,
        bias=lambda op: _channels(op)[1],
        macs=_macs,
        window="kernel",
        keeps="input",
        group="convolution",
        calls=_convolution_calls,
        steps=_convolution_steps,
        traced={name: _trace_convolution(name, rank, 5)},
    )


def _transposed(rank: int) -> OpKind:
    name = f"conv_transpose{rank}d"
    return OpKind(
        name=name,
        faults=_transposed_faults,
        reads_map=True,
        writes_map=True,
        rank=rank,
        weights=_transposed_weights,
        bias=lambda op: _channels(op)[1],
        macs=_transposed_macs,
        window="kernel",
        transposed=True,
        same=_transposed_padding,
        keeps="input",
        group="convolution",
        calls=lambda op, batch, wanted: _convolution_calls(op, batch, wanted, transposed=True),
        steps=_transposed_steps,
        traced={name: _trace_convolution(name, rank, 7)},
    )


RECORDS = (
    *(_convolution(rank) for rank in (2, 1, 3)),
    *(_transposed(rank) for rank in (2, 1, 3)),
)
