"""A network as people ask for it: names, sizes, and what does not go together."""

from __future__ import annotations

from pathlib import Path

import pytest

from cloudcost.errors import InputError
from cloudcost.networks.json_file import to_json
from cloudcost.networks.registry import named_network
from cloudcost.profiling.requests import NetworkRequest, requested_inputs, requested_network


def test_a_named_network_takes_images_that_are_not_square() -> None:
    wide = requested_network(NetworkRequest(network="resnet18", inputs=((1, 96, 160),), classes=7))
    assert wide.input == (1, 96, 160)
    assert wide.ops[-1].output == (7,)
    turned = requested_network(NetworkRequest(network="resnet18", inputs=((1, 160, 96),), classes=7))
    assert wide.parameters == turned.parameters


@pytest.mark.parametrize(
    ("request_", "inputs", "stated"),
    [
        (NetworkRequest(network="lenet5"), ((1, 32, 32),), True),
        (NetworkRequest(network="resnet18", image_px=64, channels=4), ((4, 64, 64),), True),
        (NetworkRequest(network="nets:make", image_px=64), ((3, 64, 64),), True),
        (NetworkRequest(network="nets:make"), ((3, 224, 224),), False),
        (NetworkRequest(network="nets:make", inputs=((2, 64), (5,))), ((2, 64), (5,)), True),
    ],
)
def test_what_is_not_stated_is_the_network_s_own(
    request_: NetworkRequest, inputs: tuple[tuple[int, ...], ...], stated: bool
) -> None:
    assert requested_inputs(request_) == (inputs, stated)


def test_a_file_keeps_its_own_size(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(to_json(named_network("lenet5")))
    assert requested_network(NetworkRequest(network=str(path), inputs=((1, 32, 32),))).input == (1, 32, 32)
    with pytest.raises(InputError, match="the file's images are 1x32x32, its own size holds"):
        requested_network(NetworkRequest(network=str(path), image_px=64))


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"network": "resnet18", "inputs": ((3, 64, 64),), "image_px": 64}, "beside image_px, 3,64,64"),
        ({"network": "a:b", "inputs": ((3, 64, 0),)}, "1 to 4 sizes from 1 to 65,536, 3,64,0"),
        ({"network": "a:b", "inputs": ((3,),) * 17}, "at most 16 inputs, 17"),
        ({"network": "resnet18", "kwargs": {"width": 2}}, "only a factory or a library's network takes them"),
        ({"network": "resnet18", "inputs": ((64, 64),)}, "takes one input of channels, height and width, 64,64"),
        ({"network": "a.json", "classes": 3}, "the file's own outputs hold, 3"),
    ],
)
def test_what_does_not_go_together_is_one_line(asked: dict[str, object], said: str) -> None:
    with pytest.raises(InputError, match=said) as caught:
        requested_inputs(NetworkRequest(**asked))  # type: ignore[arg-type]
    assert "\n" not in str(caught.value)
