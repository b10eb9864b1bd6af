"""What a step of a described transformer keeps for its backward pass, beside what PyTorch keeps."""

from __future__ import annotations

import pytest

pytest.importorskip("torch", reason="the extra torch is not installed")
import torch
from torch.nn.attention import SDPBackend, sdpa_kernel

from cloudcost.domain.network import Network
from cloudcost.networks.registry import named_network
from cloudcost.profiling.worker.tracing.network_module import NetworkModule
from cloudcost.timing.rates.features import features_of


def kept_by_torch(network: Network, kernels: list[SDPBackend]) -> float:
    """Return the numbers of one image in tensors that autograd saves, parameters left out."""
    module = NetworkModule(network)
    own = {each.untyped_storage().data_ptr() for each in module.parameters()}
    saved: dict[int, torch.Tensor] = {}

    def keep(tensor: torch.Tensor) -> torch.Tensor:
        saved[tensor.untyped_storage().data_ptr()] = tensor
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor), sdpa_kernel(kernels):
        module(torch.randn(2, *network.input))
    return sum(x.untyped_storage().nbytes() for place, x in saved.items() if place not in own) / 4 / 2


@pytest.mark.parametrize("name", ["deit_tiny", pytest.param("swin_t", marks=pytest.mark.slow)])
def test_kept_numbers_are_those_that_autograd_saves(name: str) -> None:
    network = named_network(name, image_px=64, classes=10)
    features = features_of(network)
    lean = kept_by_torch(network, [SDPBackend.FLASH_ATTENTION, SDPBackend.MATH])
    assert features.kept(0) == pytest.approx(lean, rel=0.15)
    full = kept_by_torch(network, [SDPBackend.MATH])
    assert features.kept(-1) == pytest.approx(full, rel=0.15)
