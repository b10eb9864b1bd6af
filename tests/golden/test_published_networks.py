"""Parameter counts and GMACs of the named networks against those that were published (networks.csv)."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from cloudcost.networks.counts import is_auxiliary, network_macs
from cloudcost.networks.registry import named_network, network_names, smallest_image_px

with Path(__file__).with_name("networks.csv").open(encoding="utf-8", newline="") as _file:
    ROWS = list(csv.DictReader(_file))


def test_every_network_has_a_published_count() -> None:
    assert sorted(row["name"] for row in ROWS) == list(network_names())
    assert all(row["source"] and row["convention"] for row in ROWS)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["name"])
def test_counts_are_the_published_ones(row: dict[str, str]) -> None:
    network = named_network(row["name"])
    assert network.input[1:] == (int(row["image_px"]),) * 2
    assert network.parameters == int(row["parameters"]) == sum(op.parameters for op in network.ops)
    if row["gmacs"]:
        decimals = len(row["gmacs"].partition(".")[2])
        last_digit = 0.5 * 10**-decimals  # published figures are rounded
        published = float(row["gmacs"])
        found = network_macs(network, auxiliary=False) / 1e9
        assert abs(found - published) <= max(0.01 * published, 1.02 * last_digit)


def test_googlenet_without_its_auxiliary_heads_is_torchvisions_pretrained_one() -> None:
    ops = named_network("googlenet").ops
    assert sum(op.parameters for op in ops if not is_auxiliary(op)) == 6_624_904


def test_inception_v3_without_its_auxiliary_head_is_the_pretrained_one() -> None:
    ops = named_network("inception_v3").ops
    assert sum(op.parameters for op in ops if not is_auxiliary(op)) == 23_834_568


@pytest.mark.parametrize(
    ("name", "least_px"),
    [
        ("alexnet", 63), ("vgg16", 32), ("densenet121", 29), ("googlenet", 15), ("inception_v3", 75),
        ("squeezenet1_0", 21), ("squeezenet1_1", 17), ("convnext_tiny", 32), ("resnet50", 1), ("mobilenet_v2", 1),
        ("vit_b_16", 16), ("vit_h_14", 14), ("swin_t", 4),
    ],
)  # fmt: skip
def test_the_least_image_is_torchvisions_min_size(name: str, least_px: int) -> None:
    assert smallest_image_px(name) == least_px


def test_lenet5_has_the_layers_of_the_paper() -> None:
    sizes = [op.output for op in named_network("lenet5").ops if op.kind in ("conv2d", "max_pool", "linear")]
    assert sizes == [(6, 28, 28), (6, 14, 14), (16, 10, 10), (16, 5, 5), (120,), (84,), (10,)]
