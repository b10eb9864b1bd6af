"""VGG with 11 to 19 layers, with and without batch norm (Simonyan and Zisserman 2014, arXiv:1409.1556)."""

from __future__ import annotations

from functools import partial

from cloudcost.networks.builder import Builder
from cloudcost.networks.families.recipe import Recipe

_REPEATS = {11: (1, 1, 2, 2, 2), 13: (2, 2, 2, 2, 2), 16: (2, 2, 3, 3, 3), 19: (2, 2, 4, 4, 4)}
"""Convolutions before each of the five pools, by depth (table 1 of the paper)."""


def _vgg(b: Builder, classes: int, *, repeats: tuple[int, ...], norm: bool) -> None:
    x = b.input
    with b.scope("features"):
        for count, channels in zip(repeats, (64, 128, 256, 512, 512), strict=True):
            for _ in range(count):
                x = b.conv(x, channels, 3, padding=1)
                x = b.relu(b.batch_norm(x) if norm else x)
            x = b.max_pool(x, 2)
    x = b.flatten(b.adaptive_avg_pool(x, 7))
    with b.scope("classifier"):
        for _ in range(2):
            x = b.dropout(b.relu(b.linear(x, 4096)))
        b.linear(x, classes)


NETWORKS = {
    f"vgg{depth}{'_bn' if norm else ''}": Recipe(draw=partial(_vgg, repeats=repeats, norm=norm))
    for depth, repeats in _REPEATS.items()
    for norm in (False, True)
}
