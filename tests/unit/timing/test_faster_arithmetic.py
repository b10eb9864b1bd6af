"""Faster arithmetic never makes a step slower: libraries choose."""

from __future__ import annotations

import pytest

from cloudcost.networks.registry import named_network
from cloudcost.timing.predict import predict_step


@pytest.mark.parametrize("device", ["RTX 3090", "RTX 4070", "A10G", "A100-40GB", "T4"])
@pytest.mark.parametrize("network", ["efficientnet_b0", "vgg16", "resnet50"])
def test_reduced_precision_is_never_slower_than_fp32(network: str, device: str) -> None:
    cnn = named_network(network)
    plain = predict_step(cnn, batch=64, device=device, precision="fp32").seconds
    assert predict_step(cnn, batch=64, device=device, precision="tf32").seconds <= plain
    assert predict_step(cnn, batch=64, device=device, precision="amp").seconds <= plain


def test_tensor_cores_prefer_channels_last() -> None:
    network = named_network("resnet50")
    first, last = (
        predict_step(network, batch=64, device="A100", precision="amp", channels_last=layout).seconds
        for layout in (False, True)
    )
    assert last < 0.85 * first
