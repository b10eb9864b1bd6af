"""Kinds that say how many bytes move and how often, whatever is computed: any pass, norm, pool, reduction or copy.

What PyTorch has a function for that no other kind stands for is one of them, with the function's name beside it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Literal, TypeAlias

from cloudcost.domain.network import Op
from cloudcost.networks.kinds.launches import Dims, Launch, Passes, moves
from cloudcost.networks.kinds.record import Fault, Group, OpKind
from cloudcost.networks.kinds.steps import Step, step
from cloudcost.networks.kinds.tracing import named
from cloudcost.networks.shapes import broadcast, elements, text

if TYPE_CHECKING:
    from cloudcost.networks.kinds.traces import TraceRule

Calls: TypeAlias = Callable[[Op, int, tuple[bool, ...]], Passes]

PASSES = (
    "leaky_relu", "rrelu", "prelu", "elu", "selu", "celu", "tanh", "mish", "softplus", "softsign", "softshrink",
    "hardshrink", "tanhshrink", "threshold", "logsigmoid", "log_sigmoid", "clamp", "clip", "clamp_max", "pow", "square",
    "sqrt", "rsqrt", "exp", "expm1", "log", "log1p", "log2", "abs", "neg", "sign", "reciprocal", "sin", "cos", "erf",
    "maximum", "minimum", "where", "lerp", "addcmul", "addcdiv", "masked_fill", "atan", "floor", "round", "softmin",
)  # fmt: skip
"""PyTorch's functions that compute each number of the output from the numbers at its place."""

NORMS = ("rms_norm", "normalize")
"""PyTorch's functions that keep the shape and divide by what they sum over some of its axes."""

_MODULES: dict[str, Step] = {
    "leaky_relu": step("LeakyReLU", 0.1),
    "elu": step("ELU"),
    "selu": step("SELU"),
    "celu": step("CELU"),
    "tanh": step("Tanh"),
    "mish": step("Mish"),
    "softplus": step("Softplus"),
    "softsign": step("Softsign"),
    "softshrink": step("Softshrink"),
    "hardshrink": step("Hardshrink"),
    "rrelu": step("RReLU"),
    "log_sigmoid": step("LogSigmoid"),
    "logsigmoid": step("LogSigmoid"),
}
"""How a pass runs; others run as a multiplication, which moves the same bytes."""

LARGEST_TABLE = 10**9
"""Weights that a call may take in, of which one sample reads few: a table of labels. More is a mistake. [count]"""


def _pass_faults(op: Op) -> list[Fault]:
    shape = broadcast(op.inputs)
    listed = ", ".join(map(text, op.inputs))
    if shape is None:
        return [("inputs", f"elementwise cannot join {listed}")]
    if shape != op.output:
        return [("output", f"elementwise of {listed} gives {text(shape)}, not {text(op.output)}")]
    return []


def _pool_faults(op: Op) -> list[Fault]:
    source, output = op.inputs[0], op.output
    if len(source) < 2 or len(source) != len(output) or source[0] != output[0]:
        return [("output", f"pool keeps channels and axes of {text(source)}, not {text(output)}")]
    return []


def _reduce_faults(op: Op) -> list[Fault]:
    source = elements(op.inputs[0])
    if not op.output:
        return [("output", "reduce gives one value or more, a single one is [1]")]
    if not 0 < elements(op.output) <= source:
        return [("output", f"reduce gives at most the {source} values of {text(op.inputs[0])}, not {text(op.output)}")]
    if any(not -len(op.inputs[0]) <= axis < len(op.inputs[0]) for axis in op.axes):
        return [("axes", f"{list(op.axes)} are no axes of {text(op.inputs[0])}")]
    return []


def _passes(name: str, *, reads: int) -> Calls:
    """Return the calls of a kind that passes over its numbers `calls` times, and `reads` tensors backward."""

    def calls(op: Op, batch: int, wanted: tuple[bool, ...]) -> Passes:
        shapes: tuple[Dims, ...] = tuple((batch, *shape) for shape in op.inputs)
        output: Dims = (batch, *op.output)
        label = op.function or name
        ahead: tuple[Launch, ...] = (moves(label, shapes, output),) * op.calls
        behind: list[Launch] = []
        for shape, needed in zip(shapes, wanted, strict=False):
            if needed or not behind:
                behind += [moves(f"{label}_backward", (output, shape)[:reads], shape)] * op.calls
        if op.parameters:
            behind.append(moves("sum", (output,), (op.parameters,)))
        return ahead, tuple(behind)

    return calls


def _stand_in(op: Op, first: Step) -> tuple[Step, ...]:
    """Return a step and one that takes the parameters in."""
    return (first, step("Weighs", op.parameters)) if op.parameters else (first,)


def _pass_steps(op: Op, _: int) -> tuple[Step, ...]:
    if len(op.inputs) > 1:
        return _stand_in(op, Step(name="mul", reads="pairs"))
    if op.function == "prelu":
        return (step("PReLU", op.parameters),)
    known = _MODULES.get(op.function)
    return _stand_in(op, step("mul", 1.0) if known is None else known)


def _sized_steps(op: Op, _: int) -> tuple[Step, ...]:
    return (step("Sized", op.output, op.parameters),)


def _reduce_steps(op: Op, first: int) -> tuple[Step, ...]:
    axes = tuple(axis % len(op.inputs[0]) + 1 for axis in op.axes)
    if not axes:
        return _sized_steps(op, first)
    names = {"amax": "amax", "max": "amax", "amin": "amin", "min": "amin", "sum": "sum"}
    return (step(names.get(op.function, "mean"), axes), step("reshape", (-1, *op.output)))


def _generic(
    name: str,
    functions: tuple[str, ...] = (),
    *,
    group: Group,
    faults: Callable[[Op], list[Fault]] | None = None,
    keeps: Literal["nothing", "input", "output", "both"],
    steps: Callable[[Op, int], tuple[Step, ...]],
    many: bool = False,
    weighed: bool = False,
    reads: int = 2,
) -> OpKind:
    """Return the record of a generic kind; `weighed` ones may have any parameters."""
    rule: TraceRule = named(name)
    return OpKind(
        name=name,
        faults=faults,
        keeps=keeps,
        group=group,
        many=many,
        most=(lambda op: max(2 * elements(op.output), LARGEST_TABLE)) if weighed else None,
        calls=_passes(name, reads=reads),
        steps=steps,
        traced=dict.fromkeys(functions, rule),
    )


RECORDS = (
    _generic(
        "elementwise", PASSES,
        group="activation", faults=_pass_faults, keeps="input", steps=_pass_steps, many=True, weighed=True,
    ),
    _generic(
        "normalize", NORMS, group="norm", keeps="input", weighed=True,
        steps=lambda op, _: _stand_in(op, step("normalize", dim=1)),
    ),
    _generic("pool", group="pool", faults=_pool_faults, keeps="both", steps=_sized_steps),
    _generic("reduce", group="pool", faults=_reduce_faults, keeps="nothing", steps=_reduce_steps, reads=1),
    _generic(
        "copy", group="rest", faults=lambda _op: [], keeps="nothing", steps=_sized_steps, many=True, weighed=True,
        reads=1,
    ),
)  # fmt: skip
