"""Kinds that pass over each number: activations, scales, dropout."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Literal

from cloudcost.domain.network import Op, Shape
from cloudcost.errors import NetworkError
from cloudcost.networks.kinds.launches import Dims, Launch, Passes, moves
from cloudcost.networks.kinds.record import OpKind
from cloudcost.networks.kinds.steps import Step, step
from cloudcost.networks.kinds.tracing import same
from cloudcost.networks.shapes import elements

if TYPE_CHECKING:
    from cloudcost.networks.kinds.traces import Node, Seen, TraceRule


def _activation(
    name: str,
    call: str,
    module: Step,
    *functions: str,
    keeps: Literal["input", "output"],
    copies: bool = False,
    backward: str = "",
    fuses: bool = False,
    rule: TraceRule | None = None,
    autocast: Literal["half", "full"] = "half",
) -> OpKind:
    """Return the record of an activation.

    Parameters
    ----------
    call, backward : str
        ATen's forward call and its backward one, the first with ``_backward`` unless it is given.
    module : Step
    functions : str
        Short names of PyTorch's functions.
    copies : bool
        Whether the gradient needs the input: in place, as torchvision has it on maps, it copies it first.
    autocast : {"half", "full"}
        Whether PyTorch keeps it in fp32 under automatic mixed precision.
    """

    def calls(op: Op, batch: int, wanted: tuple[bool, ...]) -> Passes:
        data: Dims = (batch, *op.inputs[0])
        output: Dims = (batch, *op.output)
        saved = (moves("clone", (data,), data),) if copies and wanted[0] and prod(data[2:]) > 1 else ()
        behind = moves(backward or f"{call}_backward", (data, data), output)
        return (*saved, moves(call, (data,), output)), (behind,)

    return OpKind(
        name=name,
        keeps=keeps,
        group="activation",
        fuses=fuses,
        autocast=autocast,
        calls=calls,
        steps=lambda _op, _first: (module,),
        traced={function: rule or same(name) for function in functions},
    )


def _trace_relu6(seen: Seen, outputs: list[Shape]) -> list[Op | Node]:
    low, high = seen.argument(1, "min_val", -1.0), seen.argument(2, "max_val", 1.0)
    if seen.func == "hardtanh" and (low, high) != (0.0, 6.0):
        raise NetworkError(f"hardtanh from {low} to {high} has no operation kind, only from 0 to 6 (relu6)")
    return [seen.op("relu6", outputs[0])]


def _scale_calls(op: Op, batch: int, wanted: tuple[bool, ...]) -> Passes:
    output: Dims = (batch, *op.output)
    if not op.parameters:
        factor = moves("mul", (output, ()), output)
        return (factor,), (factor,) if wanted[0] else ()
    weight: Dims = (op.parameters, 1, 1) if len(output) == 4 else (op.parameters,)
    scaled = moves("mul", (output, weight), output)
    behind: tuple[Launch, ...] = (scaled,) if wanted[0] else ()
    if op.trained:
        behind += (moves("mul", (output, output), output), moves("sum", (output,), (1, *weight)))
    return (scaled,), behind


def _scale_steps(op: Op, _: int) -> tuple[Step, ...]:
    if not op.parameters:
        return (step("mul", 1.0),)
    if len(op.output) == 3 and op.parameters == op.output[0]:
        return (step("Scale", (op.parameters, 1, 1)),)
    ends = [op.output[-axes:] for axes in range(1, len(op.output) + 1)]
    shape = next((end for end in ends if prod(end) == op.parameters), None)
    return (step("Weighs", op.parameters) if shape is None else step("Scale", shape),)


def _dropout_calls(op: Op, batch: int, _: tuple[bool, ...]) -> Passes:
    data: Dims = (batch, *op.inputs[0])
    drop = moves("mul", (data, data), data)
    return (moves("bernoulli", (data,), data), moves("div", (data,), data), drop), (drop,)


def _trace_dropout(seen: Seen, outputs: list[Shape]) -> list[Op | Node]:
    idle = seen.argument(2, "training", True) is False or seen.argument(1, "p", 0.5) == 0
    return [seen.nodes[0]] if idle else [seen.op("dropout", outputs[0])]


RECORDS = (
    _activation(
        "relu", "relu", step("ReLU", inplace=True), "relu", "clamp_min",
        keeps="output", backward="threshold_backward", fuses=True,
    ),
    _activation(
        "relu6", "hardtanh", step("ReLU6", inplace=True), "relu6", "hardtanh",
        keeps="output", copies=True, rule=_trace_relu6,
    ),
    _activation("hard_swish", "hardswish", step("Hardswish"), "hardswish", keeps="input", copies=True),
    _activation("hard_sigmoid", "hardsigmoid", step("Hardsigmoid"), "hardsigmoid", keeps="output"),
    _activation("sigmoid", "sigmoid", step("Sigmoid"), "sigmoid", keeps="output"),
    _activation("silu", "silu", step("SiLU"), "silu", keeps="input", copies=True),
    _activation("gelu", "gelu", step("GELU"), "gelu", keeps="input"),
    _activation(
        "softmax", "_softmax", step("Softmax", 1), "softmax", "log_softmax",
        keeps="output", backward="_softmax_backward_data", autocast="full",
    ),
    OpKind(
        name="scale",
        most=lambda op: 2 * elements(op.output),
        keeps="nothing",
        group="rest",
        autocast="widens",
        calls=_scale_calls,
        steps=_scale_steps,
    ),
    OpKind(
        name="dropout",
        keeps="nothing",
        group="rest",
        autocast="passes",
        calls=_dropout_calls,
        steps=lambda _op, _first: (step("Dropout", 0.5),),
        traced=dict.fromkeys(("dropout", "dropout2d", "alpha_dropout", "feature_alpha_dropout"), _trace_dropout),
    ),
)  # fmt: skip
