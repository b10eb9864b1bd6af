"""Kinds that multiply matrices: linear maps, products of two activations, attention, recurrent layers."""

from __future__ import annotations

from dataclasses import replace
from math import prod
from typing import TYPE_CHECKING

from cloudcost.domain.network import Op, Shape
from cloudcost.errors import NetworkError
from cloudcost.networks.kinds.launches import Attends, Dims, Launch, Multiplies, Passes, moves
from cloudcost.networks.kinds.record import Fault, OpKind
from cloudcost.networks.kinds.steps import Step, step
from cloudcost.networks.shapes import broadcast, elements, text

if TYPE_CHECKING:
    from cloudcost.networks.kinds.traces import Chain, Node, Seen


def _linear_faults(op: Op) -> list[Fault]:
    source, output = op.inputs[0], op.output
    if len(output) == 1 or (len(source) == len(output) and source[:-1] == output[:-1]):
        return []
    return [("output", f"linear changes the last axis alone, {text(source)} does not become {text(output)}")]


def _linear_weights(op: Op) -> int:
    positions = 1 if len(op.output) == 1 else elements(op.output[:-1])
    return elements(op.inputs[0]) // positions * op.output[-1]


def _linear_macs(op: Op) -> int:
    return elements(op.inputs[0]) // (elements(op.output) // op.output[-1]) * elements(op.output)


def _linear_calls(op: Op, batch: int, wanted: tuple[bool, ...]) -> Passes:
    data: Dims = (batch, *op.inputs[0]) if len(op.output) > 1 else (batch, elements(op.inputs[0]))
    rows, inner, columns = prod(data[:-1]), data[-1], op.output[-1]
    behind: list[Launch] = [Multiplies(rows=rows, inner=columns, columns=inner)] if wanted[0] else []
    if op.trained and op.parameters != (columns if op.bias and inner > 1 else 0):
        behind.append(Multiplies(rows=columns, inner=rows, columns=inner))
    if op.bias and op.trained:
        behind.append(moves("sum", ((rows, columns),), (1, columns)))
    return (Multiplies(rows=rows, inner=inner, columns=columns, bias=op.bias),), tuple(behind)


def _linear_steps(op: Op, _: int) -> tuple[Step, ...]:
    source = op.inputs[0]
    inner = source[-1] if len(op.output) == len(source) else prod(source)
    linear = step("Linear", inner, op.output[-1], op.bias)
    return (step("flatten", 1), linear) if len(source) > 1 and len(op.output) == 1 else (linear,)


def _trace_linear(seen: Seen, outputs: list[Shape]) -> list[Op | Node]:
    return [seen.op("linear", outputs[0], bias=seen.argument(2, "bias") is not None)]


def product_sizes(op: Op) -> tuple[int, int, int, int] | None:
    """Return how many products of which rows, inner and columns an operation is, None where shapes do not fit.

    Examples
    --------
    >>> product_sizes(Op(kind="matmul", name="a", inputs=((3, 49, 32), (3, 32, 49)), output=(3, 49, 49)))
    (3, 49, 32, 49)
    """
    if len(op.inputs) != 2 or min(map(len, op.inputs)) < 2:
        return None
    left, right = op.inputs
    items = broadcast((left[:-2], right[:-2])) if left[:-2] or right[:-2] else ()
    if items is None or left[-1] != right[-2]:
        return None
    return prod(items), left[-2], left[-1], right[-1]


def _product_faults(op: Op) -> list[Fault]:
    sizes = product_sizes(op)
    listed = " and ".join(map(text, op.inputs))
    if sizes is None:
        return [("inputs", f"matmul reads two tensors of rows x inner and inner x columns, not {listed}")]
    times, rows, _, columns = sizes
    if op.output[-2:] != (rows, columns) or elements(op.output) != times * rows * columns:
        return [("output", f"matmul of {listed} gives {text((times, rows, columns))}, not {text(op.output)}")]
    return []


def _product_macs(op: Op) -> int:
    return prod(product_sizes(op) or ())


def _product_calls(op: Op, batch: int, wanted: tuple[bool, ...]) -> Passes:
    times, rows, inner, columns = product_sizes(op) or (0, 0, 0, 0)
    times *= batch
    behind: list[Launch] = []
    if wanted[-1]:
        behind.append(Multiplies(rows=inner, inner=rows, columns=columns, times=times))
    if wanted[0]:
        behind.append(Multiplies(rows=rows, inner=columns, columns=inner, times=times))
    return (Multiplies(rows=rows, inner=inner, columns=columns, times=times),), tuple(behind)


def _trace_product(seen: Seen, outputs: list[Shape]) -> list[Op | Node]:
    if len(seen.nodes) == 1 and len(seen.reads) == 1:  # by weights or constants, as a linear map does
        return [seen.op("linear", outputs[0])]
    if len(seen.nodes) != 2:
        raise NetworkError(f"{seen.func} of {len(seen.nodes)} tensors has no operation kind")
    return [seen.op("matmul", outputs[0])]


def attention_sizes(op: Op) -> tuple[int, int, int, int, int] | None:
    """Return heads, queries, keys, numbers of a query and of a value, None where shapes do not fit. [count]

    Examples
    --------
    >>> token = (12, 197, 64)
    >>> attention_sizes(Op(kind="attention", name="a", inputs=(token, token, token), output=token))
    (12, 197, 197, 64, 64)
    """
    if len(op.inputs) not in (3, 4) or min(map(len, op.inputs[:3])) < 2:
        return None
    query, key, value = op.inputs[:3]
    heads = prod(query[:-2])
    fits = query[-1] == key[-1] and key[-2] == value[-2] and heads % prod(key[:-2]) == heads % prod(value[:-2]) == 0
    return (heads, query[-2], key[-2], query[-1], value[-1]) if fits else None


def attention_matrix(op: Op) -> int:
    """Return the shares that all queries of a sample give to all keys. [count]"""
    heads, queries, keys, *_ = attention_sizes(op) or (0, 0, 0)
    return heads * queries * keys


def _attention_faults(op: Op) -> list[Fault]:
    sizes = attention_sizes(op)
    if sizes is None:
        listed = ", ".join(map(text, op.inputs))
        return [
            ("inputs", f"attention reads queries (heads, L, E), keys (heads, S, E), values (heads, S, V), not {listed}")
        ]
    expected = (*op.inputs[0][:-1], sizes[-1])
    return [] if op.output == expected else [("output", f"attention gives {text(expected)}, not {text(op.output)}")]


def _attention_macs(op: Op) -> int:
    *_, head, values = attention_sizes(op) or (0, 0, 0, 0, 0)
    return attention_matrix(op) * (head + values)


def _attention_calls(op: Op, batch: int, _: tuple[bool, ...]) -> Passes:
    heads, queries, keys, head, values = attention_sizes(op) or (0, 0, 0, 0, 0)
    call = Attends(times=batch * heads, queries=queries, keys=keys, head=head, values=values)
    return (call,), (call,)


def _attention_steps(op: Op, _: int) -> tuple[Step, ...]:
    named = {"is_causal": True} if op.mask == "causal" else {}
    attends = step("scaled_dot_product_attention", **named)
    return (attends, step("Weighs", op.parameters)) if op.parameters else (attends,)


def _trace_attention(seen: Seen, outputs: list[Shape]) -> list[Op | Node]:
    masked = seen.argument(3, "attn_mask") is not None
    causal = bool(seen.argument(5, "is_causal", False))
    return [seen.op("attention", outputs[0], mask="full" if masked else "causal" if causal else "")]


def _trace_heads(seen: Seen, outputs: list[Shape]) -> list[Op | Node | Chain]:
    """Return projections, one attention and a projection, as `torch.nn.MultiheadAttention` runs without its weights."""
    from cloudcost.networks.kinds.traces import Chain

    given = (seen.argument(position, name) for position, name in ((7, "bias_k"), (8, "bias_v"), (9, "add_zero_attn")))
    padded = seen.argument(14, "key_padding_mask") is not None
    if any(map(bool, given)) or seen.argument(15, "need_weights", True) or len(seen.nodes) != 3:
        raise NetworkError(f"{seen.func} gives its weights away or adds keys, which is counted call by call")
    if seen.argument(17, "use_separate_proj_weight", False) or seen.nodes[1] != seen.nodes[2]:
        raise NetworkError(f"{seen.func} with separate projections is counted call by call")
    masked = padded or seen.argument(16, "attn_mask") is not None
    causal = masked and not padded and bool(seen.argument(24, "is_causal", False))
    queries, keys, _ = seen.shapes()
    heads, width = seen.argument(4, "num_heads", 1), queries[-1]
    biased = seen.argument(6, "in_proj_bias") is not None
    ops = _projected(seen.nodes[0].name, seen.nodes[1].name, queries, keys, heads, biased)  # type: ignore[arg-type]
    head: Shape = (heads, queries[0], width // heads)  # type: ignore[operator,assignment]
    across = replace(ops[-1], inputs=(head, ops[-1].output, ops[-1].output))
    made = len(ops)
    last = seen.argument(12, "out_proj_bias") is not None
    ops += [
        replace(
            across, kind="attention", sources=tuple(f"#{made - back}" for back in (5, 3, 1)), output=head,
            mask="causal" if causal else "full" if masked else "",
        ),
        Op(kind="permute", name="", sources=(f"#{made}",), inputs=(head,), output=(head[1], head[0], head[2]),
           axes=(1, 0, 2)),
        Op(kind="reshape", name="", sources=(f"#{made + 1}",), inputs=((head[1], head[0], head[2]),), output=queries),
        Op(kind="linear", name="", sources=(f"#{made + 2}",), inputs=(queries,), output=outputs[0], bias=last,
           parameters=width * width + last * width),
    ]  # fmt: skip
    return [Chain(ops=tuple(ops))]


def _projected(asks: str, asked: str, queries: Shape, keys: Shape, heads: int, biased: bool) -> list[Op]:
    """Return the operations that make queries, keys and values, each of which is the last but four, two and none."""
    width = queries[-1]
    head = (heads, -1, width // heads)
    ops: list[Op] = []

    def add(kind: str, source: str, read: Shape, written: Shape, **more: object) -> str:
        ops.append(Op(kind=kind, name="", sources=(source,), inputs=(read,), output=written, **more))  # type: ignore[arg-type]
        return f"#{len(ops) - 1}"

    def project(source: str, read: Shape, parts: int) -> str:
        wide = (*read[:-1], parts * width)
        parameters = parts * width * (width + biased)
        made = add("linear", source, read, wide, bias=biased, parameters=parameters)
        if parts == 1:
            return made
        apart = (read[0], parts, width)
        return add("permute", add("reshape", made, wide, apart), apart, (parts, read[0], width), axes=(1, 0, 2))

    together = asks == asked
    packed = project(asked, keys, 3 if together else 2)
    alone = packed if together else project(asks, queries, 1)
    for source, tokens in ((alone, queries), (packed, keys), (packed, keys)):
        part = (1, tokens[0], width)
        if source == packed:
            source = add("split", source, ops[int(packed[1:])].output, part)
        else:
            source = add("reshape", source, queries, part)
        add("reshape", source, part, (head[0], tokens[0], head[2]))
    return ops


_GATES = {"lstm": 4, "gru": 3, "rnn_tanh": 1, "rnn_relu": 1}
"""Matrices that each layer multiplies a step's input and state with, by PyTorch's function. [count]"""


def _gate_numbers(op: Op) -> int:
    """Return what all gates of one layer write at one position. [count]"""
    return _GATES.get(op.function, 1) * op.output[-1]


def _recurrent_faults(op: Op) -> list[Fault]:
    if op.function not in _GATES:
        return [("function", f"recurrent is one of {', '.join(_GATES)}, not {op.function!r}")]
    if len(op.inputs[0]) != 2 or len(op.output) != 2 or op.inputs[0][0] != op.output[0]:
        return [("output", f"recurrent reads and writes steps x numbers, {text(op.inputs[0])} to {text(op.output)}")]
    if op.output[-1] % op.groups:
        return [("groups", f"{op.groups} directions do not divide {op.output[-1]} numbers")]
    return []


def _recurrent_weights(op: Op) -> int:
    state = op.output[-1] // op.groups
    return _gate_numbers(op) * (op.inputs[0][-1] + state + (op.calls - 1) * (op.output[-1] + state))


def _recurrent_calls(op: Op, batch: int, _: tuple[bool, ...]) -> Passes:
    steps, rows = op.inputs[0][0], batch
    inner, columns = _recurrent_weights(op) // _gate_numbers(op), _gate_numbers(op)
    ahead: tuple[Launch, ...] = (Multiplies(rows=rows, inner=inner, columns=columns, bias=op.bias),) * steps
    behind = (
        Multiplies(rows=rows, inner=columns, columns=inner),
        Multiplies(rows=columns, inner=rows, columns=inner),
    ) * steps
    return ahead, behind


def _recurrent_steps(op: Op, _: int) -> tuple[Step, ...]:
    name = {"lstm": "LSTM", "gru": "GRU"}.get(op.function, "RNN")
    more = {} if name != "RNN" else {"nonlinearity": op.function.removeprefix("rnn_")}
    layer = step(
        name, op.inputs[0][-1], op.output[-1] // op.groups, op.calls,
        bias=op.bias, batch_first=True, bidirectional=op.groups == 2, **more,
    )  # fmt: skip
    return (layer, step("First"))


def _trace_recurrent(seen: Seen, outputs: list[Shape]) -> list[Op | Node]:
    biased, layers, both = (seen.argument(place, "") for place in (3, 4, 7))
    steps = seen.shapes()[0]
    if len(steps) != 2:
        raise NetworkError(f"{seen.func} over {text(steps)} has no operation kind, only over steps x numbers")
    made = seen.op(
        "recurrent", outputs[0], function=seen.func, bias=bool(biased), calls=layers, groups=2 if both else 1
    )
    return [made]


RECORDS = (
    OpKind(
        name="linear",
        faults=_linear_faults,
        weights=_linear_weights,
        bias=lambda op: op.output[-1],
        macs=_linear_macs,
        keeps="input",
        group="product",
        calls=_linear_calls,
        steps=_linear_steps,
        traced={"linear": _trace_linear},
    ),
    OpKind(
        name="matmul",
        faults=_product_faults,
        many=True,
        macs=_product_macs,
        keeps="input",
        group="attention",
        calls=_product_calls,
        steps=lambda _op, _first: (Step(name="matmul", reads="pairs"),),
        traced=dict.fromkeys(("matmul", "bmm", "mm"), _trace_product),
    ),
    OpKind(
        name="attention",
        faults=_attention_faults,
        many=True,
        most=attention_matrix,
        macs=_attention_macs,
        matrix=attention_matrix,
        keeps="both",
        group="attention",
        calls=_attention_calls,
        steps=_attention_steps,
        traced={
            "scaled_dot_product_attention": _trace_attention,
            "multi_head_attention_forward": _trace_heads,
        },
    ),
    OpKind(
        name="recurrent",
        faults=_recurrent_faults,
        weights=_recurrent_weights,
        bias=lambda op: 2 * op.calls * _gate_numbers(op),
        macs=lambda op: op.inputs[0][0] * _recurrent_weights(op),
        keeps="both",
        group="product",
        calls=_recurrent_calls,
        steps=_recurrent_steps,
        traced=dict.fromkeys(_GATES, _trace_recurrent),
    ),
)
