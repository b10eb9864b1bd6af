"""Kinds that move, enlarge or reshape a tensor and compute next to nothing."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from cloudcost.domain.network import Op, Shape
from cloudcost.errors import NetworkError
from cloudcost.networks.kinds.launches import Dims, Passes, moves
from cloudcost.networks.kinds.record import Fault, OpKind, same_elements
from cloudcost.networks.kinds.steps import Step, step
from cloudcost.networks.kinds.tracing import read_elements, read_shape, same, shape_words
from cloudcost.networks.shapes import Padding4, text

if TYPE_CHECKING:
    from cloudcost.networks.kinds.traces import Node, Seen


def _upsample_faults(op: Op) -> list[Fault]:
    source = op.inputs[0]
    if op.output[0] != source[0] or op.output[1] < source[1] or op.output[2] < source[2]:
        return [("output", f"upsample keeps channels and enlarges {text(source)}, not to {text(op.output)}")]
    return []


def _pad_faults(op: Op) -> list[Fault]:
    depth, height, width = op.inputs[0]
    top, left, bottom, right = op.padding
    expected = (depth, height + top + bottom, width + left + right)
    if op.output == expected:
        return []
    return [
        ("output", f"pad of {text(op.inputs[0])} by {list(op.padding)} gives {text(expected)}, not {text(op.output)}")
    ]


def _unstated_pad(op: Op) -> Padding4:
    if len(op.inputs[0]) != 3 or len(op.output) != 3:
        return (0, 0, 0, 0)
    rows, columns = (op.output[axis] - op.inputs[0][axis] for axis in (1, 2))
    return (rows // 2, columns // 2, rows - rows // 2, columns - columns // 2)


def _permute_calls(op: Op, batch: int, _: tuple[bool, ...]) -> Passes:
    if op.groups == 1:  # a view: later operations read it in place
        return (), ()
    deep, depth = op.groups, op.output[0] // op.groups
    there: Dims = (batch, depth, deep, *op.output[1:])
    back: Dims = (batch, deep, depth, *op.output[1:])
    return (moves("clone", (there,), there),), (moves("clone", (back,), back),)


def _upsample_calls(op: Op, batch: int, _: tuple[bool, ...]) -> Passes:
    data, output = (batch, *op.inputs[0]), (batch, *op.output)
    name = "upsample_nearest2d"
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
    if op.output == (*source[1:], source[0]):
        return (step("permute", (0, *range(2, len(source) + 1), 1)),)
    if op.output == (source[-1], *source[:-1]):
        return (step("permute", (0, len(source), *range(1, len(source)))),)
    return (back,)


def _pad_steps(op: Op, _: int) -> tuple[Step, ...]:
    top, left, bottom, right = op.padding
    return (step("ZeroPad2d", (left, right, top, bottom)),)


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
        faults=same_elements,
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
        steps=_pad_steps,
        traced={"pad": _trace_pad},
    ),
    OpKind(
        name="flatten",
        faults=same_elements,
        keeps="nothing",
        group="free",
        calls=lambda _op, _batch, _wanted: ((), ()),
        steps=lambda _op, _first: (step("flatten", 1),),
        traced=dict.fromkeys(("flatten", "view", "reshape", "unflatten", "squeeze", "unsqueeze"), _trace_reshape),
    ),
)
