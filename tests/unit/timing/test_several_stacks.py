"""Several K80 were only ever measured with software that ran one of them faster than the model's."""

from __future__ import annotations

import pytest

from cloudcost.networks.registry import named_network
from cloudcost.timing.communication import SEVERAL_STACKS
from cloudcost.timing.predict import predict_step


def test_several_k80_are_predicted_for_the_software_that_they_were_measured_with() -> None:
    network = named_network("resnet50")
    several = predict_step(network, batch=32, device="K80", gpus=4)
    same_stack = predict_step(network, batch=32, device="K80", gpus=4, stack="tf2.5")
    assert several.seconds / same_stack.seconds == pytest.approx(SEVERAL_STACKS["K80"])
    assert any("TensorFlow 1.2" in note for note in several.notes)


def test_a_measured_step_speaks_for_its_own_software() -> None:
    network = named_network("resnet50")
    alone = predict_step(network, batch=32, device="K80", measured={"K80": 0.65})
    assert not any("TensorFlow 1.2" in note for note in alone.notes)


def test_published_steps_of_several_k80_are_met_within_a_fifth() -> None:
    """tf_cnn_benchmarks guide, p2.8xlarge, ResNet-50, batch 64 a GPU, 2017: 384 images/s on 8 K80."""
    predicted = predict_step(named_network("resnet50"), batch=64, device="K80", gpus=8).seconds
    assert predicted == pytest.approx(8 * 64 / 384, rel=0.2)
