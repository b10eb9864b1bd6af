"""SqueezeNet 1.0 and 1.1 (Iandola et al. 2016, arXiv:1602.07360), as torchvision defines them."""

from __future__ import annotations

from functools import partial

from cloudcost.networks.builder import Builder, Tensor
from cloudcost.networks.families.recipe import Recipe

_FIRES = ((16, 64), (16, 64), (32, 128), (32, 128), (48, 192), (48, 192), (64, 256), (64, 256))
"""Squeezed and expanded channels of the eight fire modules (table 1 of the paper)."""


def _fire(b: Builder, x: Tensor, squeezed: int, expanded: int) -> Tensor:
    x = b.relu(b.conv(x, squeezed, 1))
    return b.concat(b.relu(b.conv(x, expanded, 1)), b.relu(b.conv(x, expanded, 3, padding=1)))


def _squeezenet(b: Builder, classes: int, *, channels: int, kernel: int, pools: tuple[int, ...]) -> None:
    """Add all layers; `pools` are the fire modules that a pool comes after, counted from 1."""
    x = b.relu(b.conv(b.input, channels, kernel, stride=2))
    x = b.max_pool(x, 3, stride=2, ceil_mode=True)
    for number, (squeezed, expanded) in enumerate(_FIRES, start=1):
        with b.scope(f"fire{number}"):
            x = _fire(b, x, squeezed, expanded)
        if number in pools:
            x = b.max_pool(x, 3, stride=2, ceil_mode=True)
    x = b.relu(b.conv(b.dropout(x), classes, 1))
    b.flatten(b.global_avg_pool(x))


NETWORKS = {
    "squeezenet1_0": Recipe(draw=partial(_squeezenet, channels=96, kernel=7, pools=(3, 7)), aliases=("squeezenet",)),
    "squeezenet1_1": Recipe(draw=partial(_squeezenet, channels=64, kernel=3, pools=(2, 4))),
}
