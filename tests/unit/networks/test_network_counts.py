"""MACs and bytes of single operations, each worked out by hand."""

from __future__ import annotations

from cloudcost.domain.network import Op
from cloudcost.networks.builder import Builder
from cloudcost.networks.counts import macs, network_macs
from cloudcost.networks.registry import named_network


def _ops() -> dict[str, Op]:
    b = Builder("net", (8, 10, 10))
    x = b.conv(b.input, 16, 3, padding=1, groups=2, name="grouped")
    x = b.depthwise(x, 3, padding=1, stride=2, name="depthwise")
    x = b.conv_transpose(x, 4, 2, stride=2, name="up")
    y = b.linear(b.permute(x, (1, 2, 0)), 6, name="positions")
    b.linear(b.flatten(x, name="flat"), 5, name="vector")
    b.relu(y, name="relu")
    return {op.name: op for op in b.build().ops}


def test_macs() -> None:
    ops = _ops()
    assert macs(ops["grouped"]) == 16 * 100 * 4 * 9
    assert macs(ops["depthwise"]) == 16 * 25 * 9
    assert macs(ops["up"]) == 16 * 25 * 4 * 4
    assert macs(ops["positions"]) == 100 * 4 * 6
    assert macs(ops["vector"]) == 400 * 5
    assert macs(ops["relu"]) == macs(ops["flat"]) == 0


def test_auxiliary_heads_are_counted_unless_left_out() -> None:
    network = named_network("googlenet")
    heads = network_macs(network) - network_macs(network, auxiliary=False)
    by_hand = 128 * 16 * (512 + 528) + 2 * (2048 * 1024 + 1024 * 1000)
    assert heads == by_hand
