"""Kinds that move, enlarge or reshape a tensor and compute next to nothing."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from cloudcost.domain.network import Op, Shape
from cloudcost.errors import NetworkError
from cloudcost.networks.kinds.convolutions import zero_pad
from cloudcost.networks.kinds.launches import Dims, Passes, moves
from cloudcost.networks.kinds.record import Fault, OpKind, same_elements
from cloudcost.networks.kinds.steps import Step, step
from cloudcost.networks.kinds.tracing import read_elements, read_shape, same, shape_words
from cloudcost.networks.shapes import Sides, broadcast, text

if TYPE_CHECKING:
    from cloudcost.networks.kinds.traces import Node, Seen


def _permute_faults(op: Op) -> list[Fault]:
    source = op.inputs[0]
    if not op.axes:
        return same_elements(op)
    if sorted(op.axes) != list(range(len(source))):
        return [("axes", f"{list(op.axes)} is no order of the axes of {text(source)}")]
    expected = tuple(source[axis] for axis in op.axes)
    return [] if op.output == expected else [("output", f"permute gives {text(expected)}, not {text(op.output)}")]


def _upsample_faults(op: Op) -> list[Fault]:
    source, output = op.inputs[0], op.output
    same_axes = len(output) == len(source) and output[0] == source[0]
    if not same_axes or any(after < before for before, after in zip(source[1:], output[1:], strict=True)):
        return [("output", f"upsample keeps channels and enlarges {text(source)}, not to {text(op.output)}")]
    return []


def _pad_faults(op: Op) -> list[Fault]:
    rank, source = len(op.padding) // 2, op.inputs[0]
    if rank >= len(source):
        return [("padding", f"pad by {list(op.padding)} has more axes than {text(source)}")]
    grown = (size + op.padding[axis] + op.padding[axis + rank] for axis, size in enumerate(source[-rank:]))
    expected = (*source[:-rank], *grown)
    if op.output == expected:
        return []
    return [
        ("output", f"pad of {text(op.inputs[0])} by {list(op.padding)} gives {text(expected)}, not {text(op.output)}")
    ]


def _unstated_pad(op: Op) -> Sides:
    source, output = op.inputs[0], op.output
    if len(source) != len(output) or not 2 <= len(source) <= 4:
        return (0, 0, 0, 0)
    more = [after - before for before, after in zip(source[1:], output[1:], strict=True)]
    return (*(size // 2 for size in more), *(size - size // 2 for size in more))


def _permute_calls(op: Op, batch: int, _: tuple[bool, ...]) -> Passes:
    if op.groups == 1:  # a view: later operations read it in place
        return (), ()
    deep, depth = op.groups, op.output[0] // op.groups
    there: Dims = (batch, depth, deep, *op.output[1:])
    back: Dims = (batch, deep, depth, *op.output[1:])
    return (moves("clone", (there,), there),), (moves("clone", (back,), back),)


def _upsample_calls(op: Op, batch: int, _: tuple[bool, ...]) -> Passes:
    data, output = (batch, *op.inputs[0]), (batch, *op.output)
    name = f"upsample_nearest{len(op.output) - 1}d"
    return (moves(name, (data,), output),), (moves(f"{name}_backward", (output,), data),)


def _pad_calls(op: Op, batch: int, _: tuple[bool, ...]) -> Passes:
    data, output = (batch, *op.inputs[0]), (batch, *op.output)
    name = "constant_pad_nd"
    return (moves(name, (data,), output),), (moves(name, (output,), data),)


def _permute_steps(op: Op, _: int) -> tuple[Step, ...]:
    back = step("reshape", (-1, *op.output))
    if op.groups > 1:
        return (step("unflatten", 1, (op.groups, -1)), step("transpose", 1, 2), back)
    source = op.inputs[0]
    if op.axes:
        return (step("permute", (0, *(axis + 1 for axis in op.axes))),)
    if op.output == (*source[1:], source[0]):
        return (step("permute", (0, *range(2, len(source) + 1), 1)),)
    if op.output == (source[-1], *source[:-1]):
        return (step("permute", (0, len(source), *range(1, len(source)))),)
    return (back,)


def _reshape_steps(op: Op, _: int) -> tuple[Step, ...]:
    return (step("reshape", (-1, *op.output)),)


def _transpose_faults(op: Op) -> list[Fault]:
    source = op.inputs[0]
    if len(source) > 1 and op.output == (*source[:-2], source[-1], source[-2]):
        return []
    return [("output", f"transpose swaps the last two axes of {text(source)}, which does not give {text(op.output)}")]


def _expand_faults(op: Op) -> list[Fault]:
    source, output = op.inputs[0], op.output
    behind = output[-len(source) :]
    if broadcast((output, source)) == output or broadcast((source, behind)) == behind:
        return []
    return [("output", f"expand repeats {text(op.inputs[0])} along axes of 1, which does not give {text(op.output)}")]


def _no_calls(_op: Op, _batch: int, _wanted: tuple[bool, ...]) -> Passes:
    return (), ()


def _expand_calls(op: Op, batch: int, wanted: tuple[bool, ...]) -> Passes:
    behind = (moves("sum", ((batch, *op.output),), (batch, *op.inputs[0])),)
    return (), behind if wanted[0] else ()


def _trace_permute(seen: Seen, outputs: list[Shape]) -> list[Op | Node]:
    node, shape = seen.nodes[0], read_shape(seen)
    if shape == node.shape and len(shape) <= 3:
        return [seen.op("permute", outputs[0])]
    if len(shape) == len(node.shape) + 1 and prod(shape[:2]) == node.shape[0]:  # channels dealt out in groups
        sources = tuple(each.name for each in seen.nodes)
        return [Op(kind="permute", name="", sources=sources, inputs=(node.shape,), output=node.shape, groups=shape[0])]
    raise NetworkError(
        f"{seen.func} of {shape_words(shape)} per image, which {node.name or 'the input'} wrote as "
        f"{shape_words(node.shape)}, has no operation kind"
    )


def _trace_reshape(seen: Seen, outputs: list[Shape]) -> list[Op | Node]:
    node = seen.nodes[0]
    if seen.reads[0].shape[0] * prod(outputs[0]) != read_elements(seen):
        raise NetworkError(f"{seen.func} to {shape_words(outputs[0])} mixes the images of a batch")
    if len(outputs[0]) == 1 and len(node.shape) > 1:
        return [seen.op("flatten", outputs[0])]
    return [node]


def _trace_pad(seen: Seen, outputs: list[Shape]) -> list[Op | Node]:
    sides = seen.argument(1, "pad", ())
    if not isinstance(sides, (list, tuple)) or len(sides) not in (2, 4) or len(outputs[0]) != 3:
        raise NetworkError(f"pad by {sides!r} has no operation kind, only height and width")
    left, right, top, bottom = (*sides, 0, 0)[:4]
    return [seen.op("pad", outputs[0], padding=(top, left, bottom, right))]


RECORDS = (
    OpKind(
        name="permute",
        faults=_permute_faults,
        keeps="nothing",
        group="rest",
        calls=_permute_calls,
        steps=_permute_steps,
        traced=dict.fromkeys(("permute", "transpose", "movedim", "swapaxes"), _trace_permute),
    ),
    OpKind(
        name="upsample",
        faults=_upsample_faults,
        reads_map=True,
        writes_map=True,
        keeps="nothing",
        group="rest",
        calls=_upsample_calls,
        steps=lambda op, _: (step("Upsample", size=op.output[1:]),),
        traced=dict.fromkeys(("interpolate", "upsample"), same("upsample")),
    ),
    OpKind(
        name="pad",
        faults=_pad_faults,
        reads_map=True,
        writes_map=True,
        unstated=_unstated_pad,
        keeps="nothing",
        group="rest",
        calls=_pad_calls,
        steps=lambda op, _: (zero_pad(op),),
        traced={"pad": _trace_pad},
    ),
    OpKind(
        name="flatten",
        faults=same_elements,
        keeps="nothing",
        group="free",
        calls=_no_calls,
        steps=lambda op, first: (step("flatten", 1),) if len(op.output) == 1 else _reshape_steps(op, first),
        traced=dict.fromkeys(("flatten", "view", "reshape", "unflatten", "squeeze", "unsqueeze"), _trace_reshape),
    ),
    OpKind(
        name="reshape",
        faults=same_elements,
        keeps="nothing",
        group="free",
        calls=_no_calls,
        steps=_reshape_steps,
    ),
    OpKind(
        name="transpose",
        faults=_transpose_faults,
        keeps="nothing",
        group="free",
        calls=_no_calls,
        steps=lambda _op, _first: (step("transpose", -2, -1),),
    ),
    OpKind(
        name="expand",
        faults=_expand_faults,
        keeps="nothing",
        group="free",
        calls=_expand_calls,
        steps=lambda op, _: (step("Sized", op.output, 0),),
    ),
)
