"""Kinds that multiply with a kernel: convolutions, transposed convolutions, linear maps."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from cloudcost.domain.network import Op, Shape
from cloudcost.networks.kinds.launches import Convolves, Dims, Launch, Multiplies, Pair, Passes, moves
from cloudcost.networks.kinds.record import Fault, OpKind, described, is_even, windows
from cloudcost.networks.kinds.steps import Step, step
from cloudcost.networks.kinds.tracing import two
from cloudcost.networks.shapes import Padding4, elements, text, transposed_output

if TYPE_CHECKING:
    from cloudcost.networks.kinds.traces import Node, Seen, TraceRule


def _group_faults(op: Op) -> list[Fault]:
    depth, channels = op.inputs[0][0], op.output[0]
    if depth % op.groups or channels % op.groups:
        return [("groups", f"{op.groups} groups do not divide {depth} and {channels} channels")]
    return []


def _convolution_faults(op: Op) -> list[Fault]:
    groups = _group_faults(op)
    if groups:
        return groups
    sizes = tuple(windows(op, axis, ceil=False) for axis in (0, 1))
    if op.output[1:] != sizes:
        return [("output", f"{described(op)} gives {text(sizes)} px, not {text(op.output[1:])}")]
    return []


def _least(op: Op, axis: int) -> int:
    return transposed_output(
        op.inputs[0][axis + 1],
        op.kernel[axis],
        stride=op.stride[axis],
        before=op.padding[axis],
        after=op.padding[axis + 2],
        dilation=op.dilation[axis],
    )


def _transposed_faults(op: Op) -> list[Fault]:
    groups = _group_faults(op)
    if groups:
        return groups
    for axis in (0, 1):
        least = _least(op, axis)
        most = least + max(op.stride[axis], op.dilation[axis]) - 1  # output_padding is less than either
        if not least <= op.output[axis + 1] <= most:
            range_px = f"{least} px" if least == most else f"{least} to {most} px"
            return [("output", f"{described(op)} gives {range_px}, not {op.output[axis + 1]}")]
    return []


def _linear_faults(op: Op) -> list[Fault]:
    source, output = op.inputs[0], op.output
    if len(output) == 1 or (len(source) == len(output) and source[:-1] == output[:-1]):
        return []
    return [("output", f"linear changes the last axis alone, {text(source)} does not become {text(output)}")]


def kernel_weights(read: int, written: int, kernel: Pair, groups: int) -> int:
    """Return the weights of a convolution from and to so many channels; a transposed one has them swapped. [count]

    Examples
    --------
    >>> kernel_weights(8, 16, (3, 3), 2)  # two groups of 4 x 8 kernels
    576
    """
    return read // groups * kernel[0] * kernel[1] * written


def _weights(op: Op) -> int:
    return kernel_weights(op.inputs[0][0], op.output[0], op.kernel, op.groups)


def _transposed_weights(op: Op) -> int:
    return kernel_weights(op.output[0], op.inputs[0][0], op.kernel, op.groups)


def _linear_weights(op: Op) -> int:
    positions = 1 if len(op.output) == 1 else elements(op.output[:-1])
    return elements(op.inputs[0]) // positions * op.output[-1]


def _transposed_padding(op: Op) -> Padding4:
    """Return the padding with which the map grows by the stride exactly."""
    rows, columns = (max(op.dilation[axis] * (op.kernel[axis] - 1) + 1 - op.stride[axis], 0) for axis in (0, 1))
    return (rows // 2, columns // 2, rows - rows // 2, columns - columns // 2)


def _trains_weights(op: Op) -> bool:
    """Return whether a step needs the gradient of the kernel, not of the bias alone."""
    return op.trained and not op.no_grad and not (op.bias and op.parameters == op.output[0] != _weights(op))


def _convolution_calls(op: Op, batch: int, wanted: tuple[bool, ...], *, transposed: bool = False) -> Passes:
    data: Dims = (batch, *op.inputs[0])
    output: Dims = (batch, *op.output)
    channels = (data[1], output[1] // op.groups) if transposed else (output[1], data[1] // op.groups)
    top, left, bottom, right = op.padding
    ahead: tuple[Launch, ...] = ()
    behind: tuple[Launch, ...] = ()
    if not is_even(op) and not transposed:
        padded: Dims = (*data[:2], data[2] + top + bottom, data[3] + left + right)
        ahead = (moves("constant_pad_nd", (data,), padded),)
        behind = (moves("constant_pad_nd", (padded,), data),) if wanted[0] else ()
        data, top, left = padded, 0, 0
    call = Convolves(
        data=data,
        weight=(*channels, *op.kernel),
        output=output,
        stride=op.stride,
        padding=(top, left),
        dilation=op.dilation,
        groups=op.groups,
        transposed=transposed,
        data_gradient=wanted[0],
        weight_gradient=_trains_weights(op),
    )
    return (*ahead, call), (call, *behind)


def _linear_calls(op: Op, batch: int, wanted: tuple[bool, ...]) -> Passes:
    data: Dims = (batch, *op.inputs[0])
    rows, inner, columns = prod(data[:-1]), data[-1], op.output[-1]
    behind: list[Launch] = [Multiplies(rows=rows, inner=columns, columns=inner)] if wanted[0] else []
    if op.trained and op.parameters != (columns if op.bias and inner > 1 else 0):
        behind.append(Multiplies(rows=columns, inner=rows, columns=inner))
    if op.bias and op.trained:
        behind.append(moves("sum", ((rows, columns),), (1, columns)))
    return (Multiplies(rows=rows, inner=inner, columns=columns, bias=op.bias),), tuple(behind)


def _convolution_steps(op: Op, _: int) -> tuple[Step, ...]:
    top, left, bottom, right = op.padding
    padding = (top, left) if is_even(op) else 0
    conv = step("Conv2d", op.inputs[0][0], op.output[0], op.kernel, op.stride, padding, op.dilation, op.groups, op.bias)
    return (conv,) if is_even(op) else (step("ZeroPad2d", (left, right, top, bottom)), conv)


def _transposed_steps(op: Op, _: int) -> tuple[Step, ...]:
    extra = (op.output[1] - _least(op, 0), op.output[2] - _least(op, 1))
    channels = (op.inputs[0][0], op.output[0])
    more = (op.padding[:2], extra, op.groups, op.bias, op.dilation)
    return (step("ConvTranspose2d", *channels, op.kernel, op.stride, *more),)


def _linear_steps(op: Op, _: int) -> tuple[Step, ...]:
    source = op.inputs[0]
    inner = source[-1] if len(op.output) == len(source) else prod(source)
    linear = step("Linear", inner, op.output[-1], op.bias)
    return (step("flatten", 1), linear) if len(source) > 1 and len(op.output) == 1 else (linear,)


def _trace_convolution(kind: str, dilation_at: int) -> TraceRule:
    def rule(seen: Seen, outputs: list[Shape]) -> list[Op | Node]:
        weight = seen.shape_of(1, "weight")
        stride, padding = two(seen.argument(3, "stride", 1)), seen.argument(4, "padding", 0)
        dilation = two(seen.argument(dilation_at, "dilation", 1))
        kernel = (weight[2], weight[3])
        if padding == "valid":
            top, left, bottom, right = 0, 0, 0, 0
        elif padding == "same":
            spans = [dilation[axis] * (kernel[axis] - 1) for axis in (0, 1)]
            top, left = spans[0] // 2, spans[1] // 2
            bottom, right = spans[0] - top, spans[1] - left
        else:
            top, left = bottom, right = two(padding)
        return [
            seen.op(
                kind,
                outputs[0],
                kernel=kernel,
                stride=stride,
                padding=(top, left, bottom, right),
                dilation=dilation,
                groups=seen.argument(6, "groups", 1),
                bias=seen.argument(2, "bias") is not None,
            )
        ]

    return rule


def _trace_linear(seen: Seen, outputs: list[Shape]) -> list[Op | Node]:
    return [seen.op("linear", outputs[0], bias=seen.argument(2, "bias") is not None)]


RECORDS = (
    OpKind(
        name="conv2d",
        faults=_convolution_faults,
        reads_map=True,
        writes_map=True,
        weights=_weights,
        bias=lambda op: op.output[0],
        macs=lambda op: elements(op.output) * (op.inputs[0][0] // op.groups) * op.kernel[0] * op.kernel[1],
        window="kernel",
        keeps="input",
        group="convolution",
        calls=_convolution_calls,
        steps=_convolution_steps,
        traced={"conv2d": _trace_convolution("conv2d", 5)},
    ),
    OpKind(
        name="conv_transpose2d",
        faults=_transposed_faults,
        reads_map=True,
        writes_map=True,
        weights=_transposed_weights,
        bias=lambda op: op.output[0],
        macs=lambda op: elements(op.inputs[0]) * (op.output[0] // op.groups) * op.kernel[0] * op.kernel[1],
        window="kernel",
        transposed=True,
        same=_transposed_padding,
        keeps="input",
        group="convolution",
        calls=lambda op, batch, wanted: _convolution_calls(op, batch, wanted, transposed=True),
        steps=_transposed_steps,
        traced={"conv_transpose2d": _trace_convolution("conv_transpose2d", 7)},
    ),
    OpKind(
        name="linear",
        faults=_linear_faults,
        weights=_linear_weights,
        bias=lambda op: op.output[-1],
        macs=lambda op: elements(op.inputs[0]) // (elements(op.output) // op.output[-1]) * elements(op.output),
        keeps="input",
        group="product",
        calls=_linear_calls,
        steps=_linear_steps,
        traced={"linear": _trace_linear},
    ),
)
