"""Kinds that join tensors or take a part of one."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from cloudcost.domain.network import Op, Shape
from cloudcost.errors import NetworkError
from cloudcost.networks.kinds.launches import Dims, Launch, Passes, moves
from cloudcost.networks.kinds.record import Fault, OpKind
from cloudcost.networks.kinds.steps import Step, step
from cloudcost.networks.kinds.tracing import shape_words
from cloudcost.networks.shapes import broadcast, elements, text

if TYPE_CHECKING:
    from cloudcost.networks.kinds.traces import Node, Seen, TraceRule


def _listed(shapes: tuple[Shape, ...]) -> str:
    return ", ".join(map(text, shapes))


def _broadcast_faults(op: Op) -> list[Fault]:
    shape = broadcast(op.inputs)
    if shape is None:
        return [("inputs", f"{op.kind} cannot join {_listed(op.inputs)}")]
    if shape != op.output:
        return [("output", f"{op.kind} of {_listed(op.inputs)} gives {text(shape)}, not {text(op.output)}")]
    return []


def _concat_faults(op: Op) -> list[Fault]:
    if len({len(shape) for shape in (*op.inputs, op.output)}) != 1:
        return [("inputs", f"concat cannot join {_listed(op.inputs)} to {text(op.output)}")]
    for axis in range(len(op.output)):
        rests = {shape[:axis] + shape[axis + 1 :] for shape in (*op.inputs, op.output)}
        given = op.output[axis] - sum(shape[axis] for shape in op.inputs)
        if len(rests) == 1 and (given == 0 or (given > 0 and op.parameters)):
            return []
    rests = {shape[1:] for shape in op.inputs}
    if len(rests) > 1:
        return [("inputs", f"concat cannot join maps of different sizes, {_listed(op.inputs)}")]
    channels = sum(shape[0] for shape in op.inputs)
    gives = text((channels, *op.inputs[0][1:]))
    return [("output", f"concat of {_listed(op.inputs)} gives {gives}, not {text(op.output)}")]


def _split_faults(op: Op) -> list[Fault]:
    source = op.inputs[0]
    same_rank = len(source) == len(op.output)
    changed = [] if not same_rank else [(a, b) for a, b in zip(source, op.output, strict=True) if a != b]
    if not same_rank or len(changed) > 1 or any(part > whole for whole, part in changed):
        return [("output", f"split takes a part of one axis of {text(source)}, not {text(op.output)}")]
    return []


def _add_calls(op: Op, batch: int, _: tuple[bool, ...]) -> Passes:
    output: Dims = (batch, *op.output)
    return tuple(moves("add", (output, (batch, *shape)), output) for shape in op.inputs[1:]), ()


def _multiply_calls(op: Op, batch: int, wanted: tuple[bool, ...]) -> Passes:
    output: Dims = (batch, *op.output)
    shapes: list[Dims] = [(batch, *shape) for shape in op.inputs]
    shapes = [shape + (1,) * (len(output) - len(shape)) for shape in shapes]
    ahead = moves("mul", tuple(sorted(shapes[:2], key=prod, reverse=True)), output)
    behind: list[Launch] = []
    for index, shape in enumerate(shapes):
        if wanted[index % len(wanted)]:
            other = shapes[1 - index] if index < 2 else output
            behind.append(moves("mul", (output, other), output))
            if shape != output:
                behind.append(moves("sum", (output,), shape))
    return (ahead,), tuple(behind)


def _concat_calls(op: Op, batch: int, _: tuple[bool, ...]) -> Passes:
    return (moves("cat", tuple((batch, *shape) for shape in op.inputs), (batch, *op.output)),), ()


def _concat_steps(op: Op, _: int) -> tuple[Step, ...]:
    axes = [axis for axis, size in enumerate(op.output) if sum(shape[axis] for shape in op.inputs) == size]
    others = [axis for axis, size in enumerate(op.output) if any(shape[axis] != size for shape in op.inputs)]
    if op.parameters:
        return (step("Sized", op.output, op.parameters),)
    return (Step(name="cat", arguments=((others or axes or [0])[0] + 1,), reads="list"),)


def part_axis(op: Op) -> int:
    """Return the axis of a sample that an operation takes a part of, the first where it takes all."""
    return next((axis for axis, (a, b) in enumerate(zip(op.inputs[0], op.output, strict=True)) if a != b), 0)


def _split_steps(op: Op, first: int) -> tuple[Step, ...]:
    axis = part_axis(op)
    return (step("narrow", axis + 1, min(first, op.inputs[0][axis] - op.output[axis]), op.output[axis]),)


def _trace_joined(kind: str) -> TraceRule:
    """Return the rule of a sum or product, which with one tensor is a scale."""

    def rule(seen: Seen, outputs: list[Shape]) -> list[Op | Node]:
        return [seen.op(kind if len(seen.nodes) > 1 else "scale", outputs[0])]

    return rule


def _trace_concat(seen: Seen, outputs: list[Shape]) -> list[Op | Node]:
    axis = seen.argument(1, "dim", 0)
    if axis not in (1, -len(outputs[0])):
        raise NetworkError(f"cat along axis {axis} has no operation kind, only along the channels")
    return [seen.op("concat", outputs[0])]


def _trace_split(seen: Seen, outputs: list[Shape]) -> list[Op | Node]:
    source = seen.shapes()[0]
    whole: list[Op | Node] = []
    for output in outputs:
        if output[1:] != source[1:]:
            raise NetworkError(
                f"{seen.func} of {shape_words(source)} to {shape_words(output)} is no split of the channels"
            )
        whole.append(seen.nodes[0] if output == source else seen.op("split", output))
    return whole


RECORDS = (
    OpKind(
        name="add",
        faults=_broadcast_faults,
        many=True,
        keeps="nothing",
        group="rest",
        autocast="joins",
        calls=_add_calls,
        steps=lambda _op, _first: (Step(name="add", reads="pairs"),),
        traced=dict.fromkeys(("add", "sub", "rsub"), _trace_joined("add")),
    ),
    OpKind(
        name="multiply",
        faults=_broadcast_faults,
        many=True,
        keeps="input",
        group="rest",
        calls=_multiply_calls,
        steps=lambda _op, _first: (Step(name="mul", reads="pairs"),),
        traced=dict.fromkeys(("mul", "multiply", "div", "truediv"), _trace_joined("multiply")),
    ),
    OpKind(
        name="concat",
        faults=_concat_faults,
        many=True,
        most=lambda op: elements(op.output) - sum(map(elements, op.inputs)),
        keeps="nothing",
        group="rest",
        calls=_concat_calls,
        steps=_concat_steps,
        traced=dict.fromkeys(("cat", "concat", "concatenate"), _trace_concat),
    ),
    OpKind(
        name="split",
        faults=_split_faults,
        keeps="nothing",
        part=True,
        group="rest",
        calls=lambda _op, _batch, _wanted: ((), ()),
        steps=_split_steps,
        traced=dict.fromkeys(("chunk", "split", "tensor_split", "split_with_sizes", "getitem", "narrow"), _trace_split),
    ),
)
