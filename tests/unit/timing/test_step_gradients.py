"""Freezing is exact about what runs: no gradient below the first trained operation, the input's alone above it."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.laws import examples

from cloudcost.domain.network import Network, Op
from cloudcost.errors import NetworkError
from cloudcost.networks.builder import Builder
from cloudcost.networks.json_file import network_document, parse_network, to_json
from cloudcost.networks.registry import named_network
from cloudcost.timing.calls.expand import parameter_tensors, step_calls
from cloudcost.timing.gradients import step_gradients
from cloudcost.timing.memory import kept_elements, step_bytes
from cloudcost.timing.predict import predict_forward, predict_step
from cloudcost.timing.rates.features import features_of

WHOLE = named_network("resnet18", image_px=64)
PLACES = len(WHOLE.ops)


def _small() -> Network:
    """Return two residual blocks and a head: enough for laws that are tried often."""
    b = Builder("small", (3, 16, 16))
    x = b.relu(b.batch_norm(b.conv(b.input, 8, 3, padding=1)))
    for channels in (8, 16):
        y = b.batch_norm(b.conv(b.relu(b.batch_norm(b.conv(x, channels, 3, padding=1))), channels, 3, padding=1))
        x = b.relu(b.add(y, x if channels == 8 else b.conv(x, channels, 1)))
    b.linear(b.flatten(b.global_avg_pool(x)), 10)
    return b.build()


SMALL = _small()
PARTS = len(SMALL.ops)


def _frozen(network: Network, places: range, *, no_grad: bool = False) -> Network:
    ops = tuple(
        replace(op, trained=no_grad, no_grad=no_grad) if place in places else op for place, op in enumerate(network.ops)
    )
    trained = sum(op.parameters for op in ops if op.trained and not op.no_grad)
    return replace(network, ops=ops, parameters=trained)


def _seconds(network: Network, device: str = "T4") -> float:
    return predict_step(network, batch=16, device=device).seconds


@settings(max_examples=examples(40))
@given(first=st.integers(0, PARTS - 2), more=st.integers(0, PARTS))
def test_freezing_more_of_the_beginning_never_takes_longer_nor_keeps_more(first: int, more: int) -> None:
    fewer = _frozen(SMALL, range(first))
    further = _frozen(SMALL, range(min(first + more, PARTS - 1)))
    assert _seconds(further) <= _seconds(fewer) * (1 + 1e-9) <= _seconds(SMALL) * (1 + 2e-9)
    passing = 3 * 16 * 16 + 3 * 16 * 16 * 16  # the image, and an addition of two maps to a third
    assert kept_elements(further) <= max(kept_elements(fewer), passing) <= kept_elements(SMALL)
    assert len(step_calls(further, 4)) <= len(step_calls(fewer, 4)) <= len(step_calls(SMALL, 4))
    assert further.parameters <= fewer.parameters


@given(last=st.integers(1, PARTS - 1))
def test_below_the_first_trained_operation_no_grad_is_the_same_as_frozen(last: int) -> None:
    frozen, detached = (_frozen(SMALL, range(last), no_grad=no_grad) for no_grad in (False, True))
    assert step_calls(frozen, 4) == step_calls(detached, 4)
    assert kept_elements(frozen) == kept_elements(detached)
    assert _seconds(frozen) == _seconds(detached)


@given(first=st.integers(1, PARTS - 1))
def test_a_frozen_end_still_passes_the_gradient_on(first: int) -> None:
    frozen = _frozen(SMALL, range(first, PARTS))
    assert [each.backward for each in step_gradients(frozen)] == [True] * PARTS
    passes = Counter(call.part for call in step_calls(frozen, 4) if call.op == "convolution_backward")
    convolutions = [place >= first for place, op in enumerate(SMALL.ops) if op.kind == "conv2d"]
    assert passes["data"] == sum(convolutions)
    assert passes[""] + passes["weights"] == len(convolutions) - sum(convolutions)
    gone = _frozen(SMALL, range(PARTS - 1))  # the head alone is trained
    assert _seconds(gone) < _seconds(frozen) <= _seconds(SMALL)


def test_a_backbone_is_a_forward_pass_and_its_head() -> None:
    frozen = _frozen(WHOLE, range(PLACES - 1))
    phases = Counter(call.phase for call in step_calls(frozen, 4) if call.op == "convolution_backward")
    assert not phases
    assert parameter_tensors(frozen) == 2
    share = predict_forward(WHOLE, batch=64, device="T4")
    assert predict_step(frozen, batch=64, device="T4").seconds == pytest.approx(
        share * predict_step(WHOLE, batch=64, device="T4").seconds, rel=0.15
    )
    assert predict_forward(frozen, batch=64, device="T4") > 0.9


def test_frozen_weights_have_no_gradient_and_no_moments() -> None:
    frozen = features_of(_frozen(WHOLE, range(PLACES - 1)))
    assert (frozen.parameters, frozen.frozen) == (513_000, WHOLE.parameters - 513_000)
    some, all_ = (
        step_bytes(0.0, trained, batch=1, optimizer="adam", frozen=rest) for trained, rest in ((5, 95), (100, 0))
    )
    assert (some, all_) == (16 * 5 + 4 * 95, 16 * 100)


def test_a_gradient_does_not_cross_what_is_run_without() -> None:
    b = Builder("cut", (3, 8, 8))
    below = b.conv(b.input, 4, 3, name="below")
    side = b.conv(below, 4, 1, name="side")
    b.add(below, side)
    network = b.build()
    cut = replace(network, ops=tuple(replace(op, no_grad=op.name == "side") for op in network.ops))
    assert [each.backward for each in step_gradients(cut)] == [True, False, True]
    assert [each.sources for each in step_gradients(cut)] == [(False,), (False,), (True, False)]
    assert not [call for call in step_calls(cut, 2) if call.op == "add" and call.phase == "backward"]


def test_a_bias_alone_may_be_trained() -> None:
    b = Builder("bias", (3, 8, 8))
    b.conv(b.conv(b.input, 4, 3), 5, 3)
    network = b.build()
    ops = tuple(replace(op, parameters=op.output[0]) for op in network.ops)
    biases = replace(network, ops=ops, parameters=9)
    assert biases == parse_network(to_json(biases))
    assert [each.kernel for each in step_gradients(biases)] == [False, False]
    assert parameter_tensors(biases) == 2


def test_running_statistics_are_less_work() -> None:
    norms = range(PLACES)
    ops = tuple(replace(op, eval_mode=op.kind == "batch_norm") for op in WHOLE.ops)
    running = replace(WHOLE, ops=ops)
    assert 0.7 * _seconds(WHOLE) < _seconds(running) < _seconds(WHOLE)
    assert running == parse_network(to_json(running))
    assert sum(call.part == "running" for call in step_calls(running, 4)) == 2 * sum(
        WHOLE.ops[place].kind == "batch_norm" for place in norms
    )


class TestCheckpointedRegions:
    """A region's insides are not kept, and run forward once more."""

    REGIONS = replace(
        WHOLE,
        ops=tuple(
            replace(op, checkpoint=op.name.split(".")[0] if op.name.startswith("layer") else "") for op in WHOLE.ops
        ),
    )

    def test_its_forward_calls_come_twice(self) -> None:
        def ahead(network: Network) -> Counter[str]:
            return Counter(call.key for call in step_calls(network, 4) if call.op == "convolution")

        once, twice = ahead(WHOLE), ahead(self.REGIONS)
        inside = sum(op.kind == "conv2d" and bool(op.checkpoint) for op in self.REGIONS.ops)
        assert twice.total() - once.total() == inside

    def test_what_it_reads_is_kept_and_the_largest_inside(self) -> None:
        assert kept_elements(self.REGIONS) < 0.75 * kept_elements(WHOLE)

    def test_it_takes_up_to_a_third_more_time_and_no_more_forward(self) -> None:
        ratio = _seconds(self.REGIONS) / _seconds(WHOLE)
        assert 1.1 < ratio < 1.4
        forward = predict_forward(self.REGIONS, batch=16, device="T4")
        assert forward * ratio == pytest.approx(predict_forward(WHOLE, batch=16, device="T4"), rel=0.1)

    def test_a_region_without_gradient_runs_once(self) -> None:
        frozen = replace(
            self.REGIONS, ops=tuple(replace(op, no_grad=op is not self.REGIONS.ops[-1]) for op in self.REGIONS.ops)
        )
        assert not any(each.again for each in step_gradients(frozen))

    def test_what_comes_behind_the_last_kept_tensor_is_not_run_again(self) -> None:
        b = Builder("ends", (4, 8, 8))
        x = b.relu(b.conv(b.input, 4, 1))
        b.add(b.conv(x, 4, 1), x)
        network = b.build()
        region = replace(network, ops=tuple(replace(op, checkpoint="r") for op in network.ops))
        assert [each.again for each in step_gradients(region)] == [True, True, False, False]


@settings(max_examples=examples(40))
@given(
    flags=st.lists(
        st.tuples(st.booleans(), st.booleans(), st.booleans(), st.sampled_from(["", "a", "layer1"])),
        min_size=PARTS,
        max_size=PARTS,
    )
)
def test_what_is_trained_survives_the_file(flags: list[tuple[bool, bool, bool, str]]) -> None:
    def changed(op: Op, trained: bool, no_grad: bool, running: bool, region: str) -> Op:
        running = running and op.kind == "batch_norm"
        return replace(op, trained=trained, no_grad=no_grad, eval_mode=running, checkpoint=region)

    ops = tuple(changed(op, *flag) for op, flag in zip(SMALL.ops, flags, strict=True))
    trained = sum(op.parameters for op in ops if op.trained and not op.no_grad)
    network = replace(SMALL, ops=ops, parameters=trained)
    assert network == parse_network(to_json(network))


@pytest.mark.parametrize(
    ("key", "value", "told"),
    [
        ("trained", "no", "net.json:ops[0].trained: true or false is needed, not 'no'"),
        ("no_grad", 1, "net.json:ops[0].no_grad: true or false is needed, not 1"),
        (
            "eval_mode",
            True,
            "net.json:ops[0].eval_mode: batch_norm alone has running statistics, not conv2d, leave it out",
        ),
        ("checkpoint", 3, "net.json:ops[0].checkpoint: the name of a region is text, not 3"),
    ],
)  # fmt: skip
def test_each_fault_of_the_keys_is_told(key: str, value: object, told: str) -> None:
    b = Builder("net", (3, 8, 8))
    b.conv(b.input, 4, 3)
    document = network_document(b.build())
    ops = document["ops"]
    assert isinstance(ops, list)
    first = ops[0]
    assert isinstance(first, dict)
    text = json.dumps({**document, "ops": [{**first, key: value}]})
    with pytest.raises(NetworkError) as caught:
        parse_network(text, where="net.json")
    assert caught.value.faults == (told,)


def test_more_parameters_than_are_trained_is_a_fault() -> None:
    text = to_json(_frozen(WHOLE, range(PLACES - 1))).replace('"parameters": 513000', '"parameters": 11689512', 1)
    with pytest.raises(NetworkError, match="11,689,512 are stated, the operations train 513,000 together"):
        parse_network(text)
