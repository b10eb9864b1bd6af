"""AlexNet in one tower (Krizhevsky 2014, arXiv:1404.5997), as torchvision defines it."""

from __future__ import annotations

from cloudcost.networks.builder import Builder
from cloudcost.networks.families.recipe import Recipe


def _alexnet(b: Builder, classes: int) -> None:
    with b.scope("features"):
        x = b.relu(b.conv(b.input, 64, 11, stride=4, padding=2))
        x = b.max_pool(x, 3, stride=2)
        x = b.relu(b.conv(x, 192, 5, padding=2))
        x = b.max_pool(x, 3, stride=2)
        for channels in (384, 256, 256):
            x = b.relu(b.conv(x, channels, 3, padding=1))
        x = b.max_pool(x, 3, stride=2)
    x = b.flatten(b.adaptive_avg_pool(x, 6))
    with b.scope("classifier"):
        for _ in range(2):
            x = b.relu(b.linear(b.dropout(x), 4096))
        b.linear(x, classes)


NETWORKS = {"alexnet": Recipe(draw=_alexnet)}
