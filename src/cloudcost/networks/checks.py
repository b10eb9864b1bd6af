"""Whether what an operation writes follows from what it reads: one rule per kind.

A check returns what is wrong as (key, message) pairs, the key being the JSON key that is to be looked at; nothing
is wrong with an operation of the builder's. Pools may round their size up or down; a pool without a stated window is
an adaptive one, of which any size is right.
"""

from __future__ import annotations

from collections.abc import Callable

from cloudcost.domain.network import Op, Shape
from cloudcost.networks.shapes import broadcast, elements, text, transposed_output, window_output

Fault = tuple[str, str]

SAME_SHAPE = frozenset(
    {
        "batch_norm", "layer_norm", "relu", "relu6", "hard_swish", "hard_sigmoid", "sigmoid", "silu", "gelu",
        "softmax", "scale", "dropout",
    }
)  # fmt: skip
_MANY_INPUTS = frozenset({"add", "multiply", "concat"})
_WITH_PARAMETERS = frozenset({"conv2d", "conv_transpose2d", "linear", "batch_norm", "layer_norm", "scale"})


def op_faults(op: Op) -> list[Fault]:
    """Return what does not fit together within one operation, nothing if all does.

    Examples
    --------
    >>> op_faults(Op(kind="relu", name="a", inputs=((8, 4, 4),), output=(8, 4, 5)))
    [('output', 'relu keeps the shape 8x4x4, not 8x4x5')]
    """
    if not op.inputs or (len(op.inputs) > 1 and op.kind not in _MANY_INPUTS):
        return [
            ("inputs", f"{op.kind} reads {'one shape or more' if not op.inputs else 'one shape'}, not {len(op.inputs)}")
        ]
    found = _shape_faults(op)
    return found or _parameter_faults(op)


def expected_weights(op: Op) -> int:
    """Return the parameters that an operation has besides its bias. [count]

    Examples
    --------
    >>> expected_weights(Op(kind="conv2d", name="a", inputs=((3, 9, 9),), output=(8, 7, 7), kernel=(3, 3)))
    216
    """
    source = op.inputs[0]
    match op.kind:
        case "conv2d":
            return source[0] // op.groups * op.kernel[0] * op.kernel[1] * op.output[0]
        case "conv_transpose2d":
            return source[0] * op.kernel[0] * op.kernel[1] * (op.output[0] // op.groups)
        case "linear":
            return _features(op) * op.output[-1]
        case "batch_norm" | "layer_norm":
            return 2 * source[0 if op.kind == "batch_norm" else -1]
        case _:
            return 0


def bias_parameters(op: Op) -> int:
    """Return the parameters of the bias that an operation has or could have. [count]"""
    match op.kind:
        case "conv2d" | "conv_transpose2d":
            return op.output[0]
        case "linear":
            return op.output[-1]
        case _:
            return 0


def most_that_sharing_saves(ops: tuple[Op, ...]) -> int:
    """Return how many parameters would be shared if all operations that are alike shared theirs. [count]"""
    seen: set[tuple[str, int, tuple[int, int], int]] = set()
    saved = 0
    for op in ops:
        key = (op.kind, op.parameters, op.kernel, op.groups)
        if key in seen:
            saved += op.parameters
        seen.add(key)
    return saved


def _shape_faults(op: Op) -> list[Fault]:
    if op.kind in SAME_SHAPE:
        if op.output != op.inputs[0]:
            return [("output", f"{op.kind} keeps the shape {text(op.inputs[0])}, not {text(op.output)}")]
        return []
    if op.kind in _MAP_RULES:
        if len(op.inputs[0]) != 3:
            return [("inputs[0]", f"{op.kind} reads channels x height x width, not {text(op.inputs[0])}")]
        if op.kind != "global_avg_pool" and len(op.output) != 3:
            return [("output", f"{op.kind} writes channels x height x width, not {text(op.output)}")]
        return _MAP_RULES[op.kind](op)
    return _RULES[op.kind](op)


def _parameter_faults(op: Op) -> list[Fault]:
    if op.kind not in _WITH_PARAMETERS:
        if op.parameters or op.bias:
            return [("parameters", f"{op.kind} has no parameters, not {op.parameters}")]
        return []
    if op.parameters == 0:  # frozen, or without scale and shift
        return []
    weights = expected_weights(op)
    match op.kind:
        case "scale":
            allowed = {min(op.parameters, 2 * elements(op.output))}
        case "batch_norm":
            allowed = {weights, weights // 2}
        case "layer_norm":
            sizes = {op.output[0], op.output[-1], elements(op.output)}
            allowed = sizes | {2 * size for size in sizes}
        case _:
            allowed = {weights + (bias_parameters(op) if op.bias else 0)}
    if op.parameters in allowed:
        return []
    with_bias = " with bias" if op.bias else ""
    expected = weights + (bias_parameters(op) if op.bias else 0)
    return [
        (
            "parameters",
            f"{op.kind} from {text(op.inputs[0])} to {text(op.output)}{with_bias} has {expected}, not {op.parameters}",
        )
    ]


def _convolution(op: Op) -> list[Fault]:
    groups = _group_faults(op)
    if groups:
        return groups
    sizes = tuple(_windows(op, axis, ceil=False) for axis in (0, 1))
    if op.output[1:] != sizes:
        return [("output", f"{_described(op)} gives {text(sizes)} px, not {text(op.output[1:])}")]
    return []


def _transposed(op: Op) -> list[Fault]:
    groups = _group_faults(op)
    if groups:
        return groups
    for axis in (0, 1):
        least = transposed_output(
            op.inputs[0][axis + 1],
            op.kernel[axis],
            stride=op.stride[axis],
            before=op.padding[axis],
            after=op.padding[axis + 2],
            dilation=op.dilation[axis],
        )
        most = least + max(op.stride[axis], op.dilation[axis]) - 1  # output_padding is less than either
        if not least <= op.output[axis + 1] <= most:
            range_px = f"{least} px" if least == most else f"{least} to {most} px"
            return [("output", f"{_described(op)} gives {range_px}, not {op.output[axis + 1]}")]
    return []


def _pool(op: Op) -> list[Fault]:
    if op.output[0] != op.inputs[0][0]:
        return [("output", f"{op.kind} keeps {op.inputs[0][0]} channels, not {op.output[0]}")]
    if op.kernel == op.stride == (1, 1) and not any(op.padding):
        return []
    for axis in (0, 1):
        floor, ceil = (_windows(op, axis, ceil=ceil) for ceil in (False, True))
        if op.output[axis + 1] not in (floor, ceil):
            sizes = f"{floor} px" if floor == ceil else f"{floor} or {ceil} px"
            return [("output", f"{_described(op)} gives {sizes}, not {op.output[axis + 1]}")]
    return []


def _global_pool(op: Op) -> list[Fault]:
    channels = op.inputs[0][0]
    if op.output not in ((channels,), (channels, 1, 1)):
        return [("output", f"global_avg_pool of {text(op.inputs[0])} gives {channels} values, not {text(op.output)}")]
    return []


def _upsample(op: Op) -> list[Fault]:
    source = op.inputs[0]
    if op.output[0] != source[0] or op.output[1] < source[1] or op.output[2] < source[2]:
        return [("output", f"upsample keeps channels and enlarges {text(source)}, not to {text(op.output)}")]
    return []


def _pad(op: Op) -> list[Fault]:
    depth, height, width = op.inputs[0]
    top, left, bottom, right = op.padding
    expected = (depth, height + top + bottom, width + left + right)
    if op.output != expected:
        return [
            (
                "output",
                f"pad of {text(op.inputs[0])} by {list(op.padding)} gives {text(expected)}, not {text(op.output)}",
            )
        ]
    return []


def _linear(op: Op) -> list[Fault]:
    source, output = op.inputs[0], op.output
    if len(output) == 1 or (len(source) == len(output) and source[:-1] == output[:-1]):
        return []
    return [("output", f"linear changes the last axis alone, {text(source)} does not become {text(output)}")]


def _elementwise(op: Op) -> list[Fault]:
    shape = broadcast(op.inputs)
    if shape is None:
        return [("inputs", f"{op.kind} cannot join {_listed(op.inputs)}")]
    if shape != op.output:
        return [("output", f"{op.kind} of {_listed(op.inputs)} gives {text(shape)}, not {text(op.output)}")]
    return []


def _concat(op: Op) -> list[Fault]:
    if len({len(shape) for shape in (*op.inputs, op.output)}) != 1:
        return [("inputs", f"concat cannot join {_listed(op.inputs)} to {text(op.output)}")]
    for axis in range(len(op.output)):
        rests = {shape[:axis] + shape[axis + 1 :] for shape in (*op.inputs, op.output)}
        if len(rests) == 1 and sum(shape[axis] for shape in op.inputs) == op.output[axis]:
            return []
    rests = {shape[1:] for shape in op.inputs}
    if len(rests) > 1:
        return [("inputs", f"concat cannot join maps of different sizes, {_listed(op.inputs)}")]
    channels = sum(shape[0] for shape in op.inputs)
    gives = text((channels, *op.inputs[0][1:]))
    return [("output", f"concat of {_listed(op.inputs)} gives {gives}, not {text(op.output)}")]


def _split(op: Op) -> list[Fault]:
    source = op.inputs[0]
    same_rank = len(source) == len(op.output)
    changed = [] if not same_rank else [(a, b) for a, b in zip(source, op.output, strict=True) if a != b]
    if not same_rank or len(changed) > 1 or any(part > whole for whole, part in changed):
        return [("output", f"split takes a part of one axis of {text(source)}, not {text(op.output)}")]
    return []


def _same_elements(op: Op) -> list[Fault]:
    if elements(op.inputs[0]) != elements(op.output):
        return [
            (
                "output",
                f"{op.kind} keeps the {elements(op.inputs[0])} values of {text(op.inputs[0])}, "
                f"not the {elements(op.output)} of {text(op.output)}",
            )
        ]
    return []


_MAP_RULES: dict[str, Callable[[Op], list[Fault]]] = {
    "conv2d": _convolution,
    "conv_transpose2d": _transposed,
    "max_pool": _pool,
    "avg_pool": _pool,
    "global_avg_pool": _global_pool,
    "upsample": _upsample,
    "pad": _pad,
}
_RULES: dict[str, Callable[[Op], list[Fault]]] = {
    "linear": _linear,
    "add": _elementwise,
    "multiply": _elementwise,
    "concat": _concat,
    "split": _split,
    "permute": _same_elements,
    "flatten": _same_elements,
}


def _group_faults(op: Op) -> list[Fault]:
    depth, channels = op.inputs[0][0], op.output[0]
    if depth % op.groups or channels % op.groups:
        return [("groups", f"{op.groups} groups do not divide {depth} and {channels} channels")]
    return []


def _windows(op: Op, axis: int, *, ceil: bool) -> int:
    return window_output(
        op.inputs[0][axis + 1],
        op.kernel[axis],
        stride=op.stride[axis],
        before=op.padding[axis],
        after=op.padding[axis + 2],
        dilation=op.dilation[axis],
        ceil=ceil,
    )


def _features(op: Op) -> int:
    positions = 1 if len(op.output) == 1 else elements(op.output[:-1])
    return elements(op.inputs[0]) // positions


def _described(op: Op) -> str:
    size = f"{op.kind} {text(op.kernel)}, stride {text(op.stride)}, padding {list(op.padding)}"
    dilated = f", dilation {text(op.dilation)}" if op.dilation != (1, 1) else ""
    return f"{size}{dilated} over {text(op.inputs[0][1:])} px"


def _listed(shapes: tuple[Shape, ...]) -> str:
    return ", ".join(map(text, shapes))
