"""From a network's operations to the calls of one training step (forward, loss, backward, optimizer).

The rules are those of eager PyTorch, checked call by call against recorded steps. Gradients of a tensor that several
operations read are summed by `add`; the layers that read the image compute no gradient of it.
"""

from __future__ import annotations

from collections import defaultdict
from math import prod
from typing import TYPE_CHECKING

from cloudcost.errors import UnknownOpError
from cloudcost.timing.calls import Call, Dims, Phase, convolution, plain, pool_geometry, product

if TYPE_CHECKING:
    from cloudcost.domain.network import Network, Op, Shape

_ACTIVATIONS = {
    "relu": ("relu", "threshold_backward"),
    "relu6": ("hardtanh", "hardtanh_backward"),
    "hard_swish": ("hardswish", "hardswish_backward"),
    "hard_sigmoid": ("hardsigmoid", "hardsigmoid_backward"),
    "sigmoid": ("sigmoid", "sigmoid_backward"),
    "silu": ("silu", "silu_backward"),
    "gelu": ("gelu", "gelu_backward"),
    "softmax": ("_softmax", "_softmax_backward_data"),
}
_KEEP_INPUT = frozenset({"relu6", "hard_swish", "silu"})
"""Activations whose gradient needs their input: in place, as torchvision has them on maps, they copy it first."""
_UPDATES = {
    "sgd": (("add", 2),),
    "momentum": (("mul", 1), ("add", 2), ("add", 2)),
    "adam": (("lerp", 2), ("mul", 1), ("addcmul", 3), ("sqrt", 1), ("div", 1), ("add", 1), ("addcdiv", 3)),
}
"""Per tensor of parameters: the calls of its update and how many tensors of its shape each reads."""


def step_calls(network: Network, batch: int, optimizer: str = "momentum") -> tuple[Call, ...]:
    """Return the calls of one training step.

    Parameters
    ----------
    network : Network
    batch : int
        [images]
    optimizer : {"sgd", "momentum", "adam"}

    Raises
    ------
    UnknownOpError
        For an operation kind without a rule.
    ValueError
        For an optimizer without one, or a batch below 1.
    """
    if optimizer not in _UPDATES or batch < 1:
        raise ValueError(f"a step has an optimizer of {', '.join(_UPDATES)} and a batch of 1 or more")
    forward: list[Call] = []
    backward: list[Call] = []
    trained: set[str] = set()
    previous = ""
    for op in network.ops:
        sources = op.sources or (previous,)
        wanted = tuple(source in trained for source in sources)
        if any(wanted) or op.parameters:
            trained.add(op.name)
        ahead, behind = _op_calls(op, batch, wanted)
        forward += ahead
        if op.name in trained:
            backward += behind
        previous = op.name
    backward += _gradient_sums(network, batch, trained)
    last = network.ops[-1].output
    loss_forward, loss_backward = _loss(batch, last)
    return (*forward, *loss_forward, *loss_backward, *backward, *_updates(network, optimizer))


def _gradient_sums(network: Network, batch: int, trained: set[str]) -> list[Call]:
    readers: defaultdict[str, list[Op]] = defaultdict(list)
    for op in network.ops:
        for source in op.sources:
            readers[source].append(op)
    calls: list[Call] = []
    for op in network.ops:
        parts = [reader.output for reader in readers[op.name] if reader.kind == "split"]
        others = len(readers[op.name]) - len(parts)
        shape: Dims = (batch, *op.output)
        if op.name in trained and parts:
            calls.append(plain("backward", "cat", tuple((batch, *part) for part in parts), shape))
        if op.name in trained:
            calls += [plain("backward", "add", (shape, shape), shape)] * max(others + bool(parts) - 1, 0)
    return calls


def _op_calls(op: Op, batch: int, wanted: tuple[bool, ...]) -> tuple[list[Call], list[Call]]:
    data: Dims = (batch, *op.inputs[0])
    output: Dims = (batch, *op.output)
    match op.kind:
        case "conv2d" | "conv_transpose2d":
            return _conv(op, data, output, wanted[0])
        case "linear":
            return _linear(op, data, output, wanted[0])
        case "batch_norm" | "layer_norm":
            name = f"native_{op.kind}"
            return [plain("forward", name, (data,), output)], [plain("backward", f"{name}_backward", (data,), output)]
        case kind if kind in _ACTIVATIONS:
            ahead, behind = _ACTIVATIONS[kind]
            saved = [plain("forward", "clone", (data,), data)] if kind in _KEEP_INPUT and prod(data[2:]) > 1 else []
            return [*saved, plain("forward", ahead, (data,), output)], [plain("backward", behind, (data, data), output)]
        case "max_pool":
            geometry = pool_geometry(op.kernel, op.stride)
            name = "max_pool2d_with_indices"
            ahead_call = plain("forward", name, (data,), output, geometry=geometry)
            return [ahead_call], [plain("backward", f"{name}_backward", (output, data), data, geometry=geometry)]
        case "avg_pool":
            return (
                [plain("forward", "avg_pool2d", (data,), output)],
                [plain("backward", "avg_pool2d_backward", (output, data), data)],
            )
        case "global_avg_pool":
            return [plain("forward", "mean", (data,), output)], [plain("backward", "div", (data,), data)]
        case "add":
            shapes = tuple((batch, *shape) for shape in op.inputs)
            return _chain("add", shapes, output), []
        case "multiply":
            return _multiply(op, batch, output, wanted)
        case "concat":
            return [plain("forward", "cat", tuple((batch, *shape) for shape in op.inputs), output)], []
        case "split":
            return [], []
        case "permute":
            if op.groups == 1:  # a view: later operations read it in place
                return [], []
            deep, depth = op.groups, op.output[0] // op.groups
            there: Dims = (batch, depth, deep, *op.output[1:])
            back: Dims = (batch, deep, depth, *op.output[1:])
            return [plain("forward", "clone", (there,), there)], [plain("backward", "clone", (back,), back)]
        case "upsample":
            name = "upsample_nearest2d"
            return (
                [plain("forward", name, (data,), output)],
                [plain("backward", f"{name}_backward", (output,), data)],
            )
        case "pad":
            name = "constant_pad_nd"
            return [plain("forward", name, (data,), output)], [plain("backward", name, (output,), data)]
        case "scale":
            if not op.parameters:
                factor = [plain("backward", "mul", (output, ()), output)] if wanted[0] else []
                return [plain("forward", "mul", (output, ()), output)], factor
            weight = (op.parameters, 1, 1) if len(output) == 4 else (op.parameters,)
            scaled = plain("backward", "mul", (output, weight), output)
            return [plain("forward", "mul", (output, weight), output)], [
                *([scaled] if wanted[0] else []),
                plain("backward", "mul", (output, output), output),
                plain("backward", "sum", (output,), (1, *weight)),
            ]
        case "dropout":
            return (
                [
                    plain("forward", "bernoulli", (data,), data),
                    plain("forward", "div", (data,), data),
                    plain("forward", "mul", (data, data), data),
                ],
                [plain("backward", "mul", (data, data), data)],
            )
        case "flatten":
            return [], []
        case kind:
            raise UnknownOpError(
                f"{op.name}:kind: no rule for the calls of {kind!r}, known kinds are in domain.network"
            )


def _conv(op: Op, data: Dims, output: Dims, wanted: bool) -> tuple[list[Call], list[Call]]:
    transposed = op.kind == "conv_transpose2d"
    channels = (data[1], output[1] // op.groups) if transposed else (output[1], data[1] // op.groups)
    top, left, bottom, right = op.padding
    ahead: list[Call] = []
    behind: list[Call] = []
    if (top, left) != (bottom, right) and not transposed:
        padded: Dims = (*data[:2], data[2] + top + bottom, data[3] + left + right)
        ahead.append(plain("forward", "constant_pad_nd", (data,), padded))
        behind += [plain("backward", "constant_pad_nd", (padded,), data)] if wanted else []
        data, top, left = padded, 0, 0
    calls = [
        convolution(
            phase,
            data,
            (*channels, *op.kernel),
            output,
            stride=op.stride,
            padding=(top, left),
            dilation=op.dilation,
            groups=op.groups,
            transposed=transposed,
            data_gradient=wanted,
        )
        for phase in _BOTH
    ]
    return [*ahead, calls[0]], [calls[1], *behind]


_BOTH: tuple[Phase, Phase] = ("forward", "backward")


def _linear(op: Op, data: Dims, output: Dims, wanted: bool) -> tuple[list[Call], list[Call]]:
    rows, inner, columns = prod(data[:-1]), data[-1], output[-1]
    behind = [product("backward", rows, columns, inner)] if wanted else []
    behind.append(product("backward", columns, rows, inner))
    if op.bias:
        behind.append(plain("backward", "sum", ((rows, columns),), (1, columns)))
    return [product("forward", rows, inner, columns, bias=op.bias)], behind


def _chain(name: str, shapes: tuple[Dims, ...], output: Dims) -> list[Call]:
    return [plain("forward", name, (output, shape), output) for shape in shapes[1:]]


def _multiply(op: Op, batch: int, output: Dims, wanted: tuple[bool, ...]) -> tuple[list[Call], list[Call]]:
    shapes: list[Dims] = [(batch, *shape) for shape in op.inputs]
    shapes = [shape + (1,) * (len(output) - len(shape)) for shape in shapes]
    ahead = [plain("forward", "mul", tuple(sorted(shapes[:2], key=prod, reverse=True)), output)]
    behind: list[Call] = []
    for index, shape in enumerate(shapes):
        if wanted[index % len(wanted)]:
            other = shapes[1 - index] if index < 2 else output
            behind.append(plain("backward", "mul", (output, other), output))
            if shape != output:
                behind.append(plain("backward", "sum", (output,), shape))
    return ahead, behind


def _loss(batch: int, output: Shape) -> tuple[list[Call], list[Call]]:
    scores: Dims = (batch, *output)
    return (
        [plain("forward", "_log_softmax", (scores,), scores), plain("forward", "nll_loss_forward", (scores,), ())],
        [
            plain("backward", "nll_loss_backward", (scores,), scores),
            plain("backward", "_log_softmax_backward_data", (scores, scores), scores),
        ],
    )


def _updates(network: Network, optimizer: str) -> list[Call]:
    calls: list[Call] = []
    for op in network.ops:
        for size in _parameter_sizes(op):
            calls += [plain("optimizer", name, ((size,),) * count, (size,)) for name, count in _UPDATES[optimizer]]
    return calls


def parameter_tensors(network: Network) -> int:
    """Return how many tensors the parameters are in. [count]"""
    return sum(len(_parameter_sizes(op)) for op in network.ops)


def _parameter_sizes(op: Op) -> tuple[int, ...]:
    """Return the numbers in each tensor of parameters: weights and bias, or scale and shift."""
    if not op.parameters:
        return ()
    if op.kind in {"batch_norm", "layer_norm"}:
        return (op.parameters // 2, op.parameters // 2)
    if not op.bias:
        return (op.parameters,)
    bias = op.output[-1] if op.kind == "linear" else op.output[0]
    return (op.parameters - bias, bias)
