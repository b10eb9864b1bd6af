"""Whether what an operation writes follows from what it reads: the rules are in the records of `kinds`.

A check returns what is wrong as (key, message) pairs, the key being the JSON key that is to be looked at; nothing
is wrong with an operation of the builder's. Pools may round their size up or down; a pool without a stated window is
an adaptive one, of which any size is right.
"""

from __future__ import annotations

from cloudcost.domain.network import Op
from cloudcost.networks.kinds.record import Fault, OpKind
from cloudcost.networks.kinds.table import kind_of
from cloudcost.networks.shapes import text


def op_faults(op: Op) -> list[Fault]:
    """Return what does not fit together within one operation, nothing if all does.

    Examples
    --------
    >>> op_faults(Op(kind="relu", name="a", inputs=((8, 4, 4),), output=(8, 4, 5)))
    [('output', 'relu keeps the shape 8x4x4, not 8x4x5')]
    """
    kind = kind_of(op)
    if not op.inputs or (len(op.inputs) > 1 and not kind.many):
        return [
            ("inputs", f"{op.kind} reads {'one shape or more' if not op.inputs else 'one shape'}, not {len(op.inputs)}")
        ]
    found = _shape_faults(op, kind)
    return found or _parameter_faults(op, kind)


def expected_weights(op: Op) -> int:
    """Return the parameters that an operation has besides its bias. [count]

    Examples
    --------
    >>> expected_weights(Op(kind="conv2d", name="a", inputs=((3, 9, 9),), output=(8, 7, 7), kernel=(3, 3)))
    216
    """
    weights = kind_of(op).weights
    return 0 if weights is None else weights(op)


def bias_parameters(op: Op) -> int:
    """Return the parameters of the bias that an operation has or could have. [count]"""
    bias = kind_of(op).bias
    return 0 if bias is None else bias(op)


def parameter_tensors(op: Op) -> tuple[int, ...]:
    """Return the numbers in each tensor of trained parameters: weights and bias, or scale and shift. [count]

    Examples
    --------
    >>> parameter_tensors(Op(kind="batch_norm", name="a", inputs=((8, 4, 4),), output=(8, 4, 4), parameters=16))
    (8, 8)
    """
    if not trained_parameters(op):
        return ()
    bias = bias_parameters(op) if op.bias else 0
    if op.parameters == bias:  # the bias alone is trained
        return (bias,)
    half = 2 * op.parameters == expected_weights(op)  # scale or shift alone
    count = 1 if half else kind_of(op).tensors
    sizes = ((op.parameters - bias) // count,) * count
    return (*sizes, bias) if bias else sizes


def trained_parameters(op: Op) -> int:
    """Return the parameters of an operation that a step trains. [count]

    Examples
    --------
    >>> from dataclasses import replace
    >>> norm = Op(kind="batch_norm", name="a", inputs=((8, 4, 4),), output=(8, 4, 4), parameters=16)
    >>> trained_parameters(norm), trained_parameters(replace(norm, trained=False))
    (16, 0)
    """
    return op.parameters if op.trained and not op.no_grad else 0


def trains_kernel(op: Op) -> bool:
    """Return whether a step needs the gradient of an operation's weights, not of its bias alone."""
    trained = trained_parameters(op)
    return trained > 0 and not (op.bias and trained == bias_parameters(op) != expected_weights(op))


def most_that_sharing_saves(ops: tuple[Op, ...]) -> int:
    """Return how many parameters would be shared if all operations that are alike shared theirs. [count]"""
    seen: set[tuple[str, int, tuple[int, ...], int]] = set()
    saved = 0
    for op in ops:
        key = (op.kind, op.parameters, op.kernel, op.groups)
        if key in seen:
            saved += op.parameters
        seen.add(key)
    return saved


def _shape_faults(op: Op, kind: OpKind) -> list[Fault]:
    if kind.rank is not None and len(op.kernel) != kind.rank:
        return [("kernel", f"{op.kind} has {kind.rank} numbers, not {list(op.kernel)}")]
    sizes = (len(op.stride), len(op.dilation), len(op.padding) / 2)
    if kind.window != "none" and set(sizes) != {len(op.kernel)}:
        return [("kernel", f"{op.kind} has as many numbers of kernel, stride, dilation and half of padding")]
    least = (len(op.kernel) if kind.window != "none" else 1) + 1
    axes = {2: "channels x length", 3: "channels x height x width", 4: "channels x depth x height x width"}[least]
    if kind.reads_map and len(op.inputs[0]) < least:
        return [("inputs[0]", f"{op.kind} reads {axes}, not {text(op.inputs[0])}")]
    if kind.writes_map and len(op.output) < least:
        return [("output", f"{op.kind} writes {axes}, not {text(op.output)}")]
    if kind.faults is not None:
        return kind.faults(op)
    if op.output != op.inputs[0]:
        return [("output", f"{op.kind} keeps the shape {text(op.inputs[0])}, not {text(op.output)}")]
    return []


def _parameter_faults(op: Op, kind: OpKind) -> list[Fault]:
    if kind.most is not None:
        most = kind.most(op)
        return [] if op.parameters <= most else [("parameters", f"{op.kind} has at most {most}, not {op.parameters}")]
    if kind.weights is None:
        if op.parameters or op.bias:
            return [("parameters", f"{op.kind} has no parameters, not {op.parameters}")]
        return []
    weights, bias = kind.weights(op), bias_parameters(op) if op.bias else 0
    expected = weights + bias
    gain = kind.bias(op) if kind.bias is not None else 0  # weight normalisation has a length for each output channel
    own = {expected, bias, expected + gain}  # the bias alone may be trained
    allowed = own if kind.allowed is None else kind.allowed(op)
    if op.parameters == 0 or op.parameters in allowed:  # none: frozen, or without scale and shift
        return []
    with_bias = " with bias" if op.bias else ""
    return [
        (
            "parameters",
            f"{op.kind} from {text(op.inputs[0])} to {text(op.output)}{with_bias} has {expected}, not {op.parameters}",
        )
    ]
