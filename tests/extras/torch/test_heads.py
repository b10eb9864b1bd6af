"""`torch.nn.MultiheadAttention`: projections around one attention, or products where its shares are asked for."""

from __future__ import annotations

from collections import Counter

import pytest

pytest.importorskip("torch", reason="the extra torch is not installed")
import torch
from torch import nn
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

from cloudcost.domain.network import Network
from cloudcost.networks.counts import network_macs
from cloudcost.networks.json_file import parse_network, to_json
from cloudcost.profiling.worker.tracing.trace import trace_module

IMAGE = (3, 16, 16)


class Tokens(nn.Module):
    """Sixteen tokens of an image, then a layer of heads, then classes."""

    def __init__(self, case: str) -> None:
        super().__init__()
        self.case = case
        self.patches, self.classes = nn.Conv2d(3, 32, 4, 4), nn.Linear(32, 10)
        first = case != "sequence first"
        match case:
            case "encoder":
                self.heads: nn.Module = nn.TransformerEncoderLayer(32, 4, 64, batch_first=True)
            case "decoder":
                self.heads = nn.TransformerDecoderLayer(32, 4, 64, batch_first=True)
            case _:
                self.heads = nn.MultiheadAttention(32, 4, batch_first=first, bias=case != "no bias")

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Attend in one of several ways."""
        y = self.patches(x).flatten(2).transpose(1, 2)
        match self.case:
            case "encoder":
                y = self.heads(y)
            case "decoder":
                y = self.heads(y[:, :5], y)
            case "across":
                y = self.heads(y[:, :5], y, y, need_weights=False)[0]
            case "with weights":
                y = self.heads(y, y, y)[0]
            case "sequence first":
                y = y.transpose(0, 1)
                y = self.heads(y, y, y, need_weights=False)[0].transpose(0, 1)
            case "masked":
                mask = torch.ones(16, 16, dtype=torch.bool, device=x.device)
                y = self.heads(y, y, y, need_weights=False, attn_mask=mask)[0]
            case _:
                y = self.heads(y, y, y, need_weights=False)[0]
        return self.classes(y.mean(1))


def traced(case: str) -> tuple[Network, int]:
    """Return the network, and PyTorch's count of its MACs."""
    with torch.device("meta"):
        module = Tokens(case)
    network = trace_module(module, IMAGE, case)
    assert network.parameters == sum(each.numel() for each in module.parameters())
    assert parse_network(to_json(network)) == network
    counter = FlopCounterMode(display=False)
    with torch.device("meta"), counter, sdpa_kernel(SDPBackend.MATH):
        module(torch.empty(4, *IMAGE))
    return network, counter.get_total_flops() // 8


@pytest.mark.parametrize(
    ("case", "attentions", "mask"),
    [
        ("itself", 1, ""), ("no bias", 1, ""), ("across", 1, ""), ("sequence first", 1, ""), ("masked", 1, "full"),
        ("encoder", 1, ""), ("decoder", 2, ""), ("with weights", 0, ""),
    ],
)  # fmt: skip
def test_heads_are_projections_around_an_attention(case: str, attentions: int, mask: str) -> None:
    network, macs = traced(case)
    assert network_macs(network) == macs
    found = [op for op in network.ops if op.kind == "attention"]
    assert len(found) == attentions
    assert {op.mask for op in found} <= {mask}
    assert all(op.inputs[1] == (4, 16 if op.inputs[1][1] == 16 else 5, 8) for op in found)
    if not attentions:  # the shares are asked for, so that they are computed one by one
        assert Counter(op.kind for op in network.ops)["matmul"] == 2


def test_dropout_with_probability_0_is_nothing() -> None:
    with torch.device("meta"):
        module = nn.Sequential(nn.Conv2d(3, 8, 3), nn.Dropout(0.0), nn.ReLU(), nn.Dropout(0.5))
    assert [op.kind for op in trace_module(module, IMAGE, "net").ops] == ["conv2d", "relu", "dropout"]
