"""Every kind of operation through everything that reads its record."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from math import prod

import numpy as np
import pytest
from tests.unit.networks.kind_examples import EXAMPLES, drawn

from cloudcost.domain.network import Network, Op
from cloudcost.errors import NetworkError, UnknownOpError
from cloudcost.networks.builder import Builder
from cloudcost.networks.checks import op_faults, parameter_tensors
from cloudcost.networks.counts import macs
from cloudcost.networks.json_file import network_document, parse_network, to_json
from cloudcost.networks.kinds.table import KINDS
from cloudcost.timing.calls.expand import step_calls
from cloudcost.timing.calls.framework import launched
from cloudcost.timing.memory import kept_elements
from cloudcost.timing.rates.features import features_of


def example(kind: str) -> tuple[Network, Op]:
    network = drawn(kind).build()
    return network, network.ops[-1]


def without_last(network: Network) -> Network:
    ops = network.ops[:-1]
    return replace(network, ops=ops, parameters=sum(op.parameters for op in ops))


STATED = {"scale", "concat", "elementwise", "normalize", "copy", "attention"}
"""Kinds whose parameters are stated or none: a constant, or any number of them."""
FIXED = {"matmul", "attention"}
"""Kinds that read several tensors, but not any number."""
ATTRIBUTES = (
    "kernel", "stride", "padding", "dilation", "groups", "bias", "function", "axes", "calls", "mask",
)  # fmt: skip

every_kind = pytest.mark.parametrize("kind", KINDS)


def test_every_kind_has_an_example_and_every_example_a_kind() -> None:
    assert set(EXAMPLES) == set(KINDS)


@every_kind
def test_the_checks_accept_the_example_and_refuse_another_output(kind: str) -> None:
    _, op = example(kind)
    assert (op.kind, op_faults(op)) == (kind, [])
    wrong = replace(op, output=(op.output[0] + 10_007, *op.output[1:]))
    if kind != "copy":  # which may write any shape
        assert [key for key, _ in op_faults(wrong)] in (["output"], ["parameters"], ["groups"])


@every_kind
def test_the_checks_refuse_a_second_input_where_the_kind_reads_one(kind: str) -> None:
    _, op = example(kind)
    twice = replace(op, inputs=(op.inputs[0], op.inputs[0]))
    assert ([key for key, _ in op_faults(twice)] == ["inputs"]) != KINDS[kind].many or kind in FIXED


@every_kind
def test_parameters_are_whole_tensors_and_a_wrong_number_is_refused(kind: str) -> None:
    _, op = example(kind)
    assert sum(parameter_tensors(op)) == op.parameters
    assert kind in STATED or (op.parameters > 0) == (KINDS[kind].weights is not None)
    assert (kind in STATED) == (KINDS[kind].most is not None)
    assert op_faults(replace(op, parameters=10**9 + 7)) != []


@every_kind
def test_json_keeps_the_kind_and_finds_what_is_not_stated(kind: str) -> None:
    network, op = example(kind)
    assert parse_network(to_json(network)) == network
    document = json.loads(json.dumps(network_document(network)))
    for key in ("padding", "parameters", "bias"):
        document["ops"][-1].pop(key, None)
    if op.bias:
        document["ops"][-1]["bias"] = True
    if kind not in STATED:
        del document["parameters"]
        assert op_faults(parse_network(json.dumps(document)).ops[-1]) == []
        assert parse_network(json.dumps(document)).parameters == network.parameters


@every_kind
def test_the_timing_model_counts_it_and_nothing_for_free_kinds_alone(kind: str) -> None:
    network, op = example(kind)
    alone, before = features_of(network), features_of(without_last(network))
    more = alone.at([4], 100.0) - before.at([4], 100.0)
    assert np.any(more > 0) == (KINDS[kind].group != "free")
    assert alone.records >= before.records
    assert np.all(np.isfinite(alone.at([1, 64], 100.0, half_bytes=True, fuses=True)))
    assert macs(op) >= 0
    assert (macs(op) > 0) == (KINDS[kind].group in ("convolution", "product", "attention"))


@every_kind
def test_memory_keeps_what_the_record_says(kind: str) -> None:
    network, op = example(kind)
    more = kept_elements(network) - kept_elements(without_last(network))
    kept = KINDS[kind].keeps
    if kept in ("output", "both"):
        assert more >= prod(op.output)
    elif kept == "nothing":
        assert more == 0
    else:
        assert more >= 0


@every_kind
def test_a_step_calls_what_the_record_says(kind: str) -> None:
    network, op = example(kind)
    ahead, behind = KINDS[kind].calls(op, 2, (True,) * len(op.inputs))
    said = Counter(
        call.key for call in (*(launched("forward", x) for x in ahead), *(launched("backward", x) for x in behind))
    )
    assert said - Counter(call.key for call in step_calls(network, 2)) == Counter()
    assert ahead or KINDS[kind].group in ("rest", "free")


@every_kind
def test_the_builder_takes_any_kind_by_name(kind: str) -> None:
    builder = drawn(kind)
    *_, op = builder.build().ops
    again = Builder(kind, (3, 12, 12))
    tensors = {"": again.input}
    for each in builder.build().ops:
        attributes = {key: getattr(each, key) for key in ATTRIBUTES}
        xs = [tensors[source] for source in each.sources]
        tensors[each.name] = again.operation(
            each.kind,
            *xs,
            output=each.output,
            name=each.name,
            parameters=each.parameters if each.kind in STATED else None,
            **attributes,
        )
    assert again.build().ops[-1] == op


def test_the_builder_refuses_what_a_record_refuses() -> None:
    b = Builder("net", (3, 8, 8))
    with pytest.raises(NetworkError, match="relu keeps the shape 3x8x8, not 4x8x8"):
        b.operation("relu", b.input, output=(4, 8, 8))
    with pytest.raises(NetworkError, match="add reads one shape or more, not 0"):
        b.operation("add")


def test_a_kind_without_a_record_is_an_error_everywhere() -> None:
    strange = Op(kind="no_such_kind", name="a", sources=("",), inputs=((3, 4, 4),), output=(3, 4, 4))
    network = Network(name="n", input=(3, 4, 4), ops=(strange,), parameters=0)
    b = Builder("net", (3, 8, 8))
    for ask in (
        lambda: op_faults(strange),
        lambda: macs(strange),
        lambda: features_of(network),
        lambda: kept_elements(network),
        lambda: step_calls(network, 1),
        lambda: to_json(network),
        lambda: b.activation(b.input, "no_such_kind"),
    ):
        with pytest.raises(UnknownOpError, match="'no_such_kind' is no kind of operation, known are conv2d"):
            ask()


def test_no_function_of_pytorch_stands_for_two_kinds() -> None:
    names = [name for kind in KINDS.values() for name in kind.traced]
    assert len(names) == len(set(names))
