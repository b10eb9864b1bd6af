"""What is frozen of a named network: its stages by size of map, its backbone before the head."""

from __future__ import annotations

from collections import Counter

import pytest

from cloudcost.domain.network import Network
from cloudcost.errors import NetworkError
from cloudcost.networks.builder import Builder
from cloudcost.networks.freezing import frozen, stage_numbers
from cloudcost.networks.json_file import parse_network, to_json
from cloudcost.networks.registry import named_network, network_names

HEADS = {
    "resnet50": 512 * 4 * 1000 + 1000,
    "vgg16": 123_642_856,  # the three linear layers of torchvision's classifier
    "mobilenet_v3_large": 2_511_080,
    "convnext_tiny": 768 * 2 + 768 * 1000 + 1000,
    "squeezenet1_1": 512 * 1000 + 1000,
    "densenet121": 1024 * 1000 + 1000,
    "lenet5": 59_134,
}
"""Parameters behind the backbone, as torchvision parts features and classifier. [count]"""


@pytest.mark.parametrize(("name", "head"), HEADS.items())
def test_a_backbone_ends_where_the_classifier_begins(name: str, head: int) -> None:
    network = frozen(named_network(name), "backbone")
    assert head == network.parameters
    assert network == parse_network(to_json(network))


def test_image_size_and_classes_do_not_move_the_head() -> None:
    for px in (32, 64, 300):
        assert frozen(named_network("resnet18", image_px=px, classes=7), "backbone").parameters == 512 * 7 + 7


def test_stages_are_those_of_torchvision() -> None:
    network = named_network("resnet50")
    numbers = stage_numbers(network)
    trained = Counter(numbers[op.name] for op in network.ops if op.parameters and op.name in numbers)
    assert trained == {1: 2, 2: 20, 3: 26, 4: 38, 5: 20}  # conv1, layer1 to layer4, two tensors a convolution
    for stage in (1, 2, 3, 4):
        names = {op.name.split(".")[0] for op in network.ops if numbers.get(op.name) == stage + 1 and "." in op.name}
        assert names == {f"layer{stage}"}


def test_a_decoder_is_no_backbone() -> None:
    network = frozen(named_network("unet"), "backbone")
    assert {op.name.split(".")[0] for op in network.ops if not op.trained} == {f"down{level}" for level in range(1, 6)}


def test_auxiliary_heads_are_trained() -> None:
    network = frozen(named_network("googlenet"), "backbone")
    assert all(op.trained for op in network.ops if op.name.startswith("aux"))
    assert network.parameters == sum(op.parameters for op in network.ops if op.trained)


@pytest.mark.parametrize("name", network_names()[::7])
def test_each_stage_more_leaves_less_to_train(name: str) -> None:
    network = named_network(name)
    most = max(stage_numbers(network).values())
    left = [frozen(network, count).parameters for count in range(1, most + 1)]
    assert left == sorted(left, reverse=True)
    assert left[-1] == frozen(network, "backbone").parameters < network.parameters
    assert sum(op.parameters for op in network.ops) == sum(op.parameters for op in frozen(network, most).ops)


RESNET = named_network("resnet18")


def _bare(*, layers: int) -> Network:
    b = Builder("bare", (1, 8, 8))
    x = b.input
    for _ in range(layers):
        x = b.conv(x, 4, 3, padding=1)
    return b.build()


@pytest.mark.parametrize(
    ("network", "freeze", "told"),
    [
        (RESNET, 6, 'resnet18:freeze: "backbone" or a number of stages, it has 1 to 5 stages, not 6'),
        (RESNET, 0, 'resnet18:freeze: "backbone" or a number of stages, it has 1 to 5 stages, not 0'),
        (_bare(layers=2), 2, 'bare:freeze: "backbone" or a number of stages, it has 1 stage, not 2'),
        (_bare(layers=1), "backbone",
         "bare:freeze: \"backbone\" or a number of stages, it has no stage before its head, not 'backbone'"),
    ],
)  # fmt: skip
def test_what_cannot_be_frozen_is_told(network: Network, freeze: str | int, told: str) -> None:
    with pytest.raises(NetworkError) as caught:
        frozen(network, freeze)
    assert caught.value.faults == (told,)
