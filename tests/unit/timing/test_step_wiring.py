"""A network JSON may leave out who reads what: shapes tell it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cloudcost.networks.registry import named_network
from cloudcost.timing.predict import predict_step
from cloudcost.timing.wiring import wired


@pytest.mark.parametrize("name", ["resnet50", "vgg16", "inception_v3", "mobilenet_v2", "densenet121"])
def test_predictions_hardly_depend_on_stated_sources(name: str) -> None:
    whole = named_network(name)
    bare = replace(whole, ops=tuple(replace(op, sources=()) for op in whole.ops))
    one = predict_step(whole, batch=32, device="T4")
    other = predict_step(bare, batch=32, device="T4")
    assert other.seconds == pytest.approx(one.seconds, rel=0.01)
    assert other.memory_bytes == pytest.approx(one.memory_bytes, rel=0.1)


def test_a_wired_network_is_left_alone() -> None:
    whole = named_network("resnet18")
    assert wired(whole) is whole
