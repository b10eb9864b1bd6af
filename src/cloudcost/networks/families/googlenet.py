"""GoogLeNet with batch norm and both auxiliary heads, as torchvision trains it (Szegedy et al. 2014, arXiv:1409.4842).

The branch that the paper calls 5x5 has 3x3 kernels in torchvision, so it has them here (its issue 906).
"""

from __future__ import annotations

from cloudcost.networks.builder import Builder, Tensor
from cloudcost.networks.families.recipe import Recipe, classify, conv_bn

_BLOCKS = {
    "3a": (64, 96, 128, 16, 32, 32), "3b": (128, 128, 192, 32, 96, 64),
    "4a": (192, 96, 208, 16, 48, 64), "4b": (160, 112, 224, 24, 64, 64), "4c": (128, 128, 256, 24, 64, 64),
    "4d": (112, 144, 288, 32, 64, 64), "4e": (256, 160, 320, 32, 128, 128),
    "5a": (256, 160, 320, 32, 128, 128), "5b": (384, 192, 384, 48, 128, 128),
}  # fmt: skip
"""Channels of 1x1, 3x3 reduced, 3x3, 5x5 reduced, 5x5 and pool projection (table 1 of the paper)."""


def _block(b: Builder, x: Tensor, name: str) -> Tensor:
    one, three_in, three, five_in, five, pool = _BLOCKS[name]
    with b.scope(f"inception{name}"):
        return b.concat(
            conv_bn(b, x, one),
            conv_bn(b, conv_bn(b, x, three_in), three, 3),
            conv_bn(b, conv_bn(b, x, five_in), five, 3),
            conv_bn(b, b.max_pool(x, 3, stride=1, padding=1, ceil_mode=True), pool),
        )


def _head(b: Builder, x: Tensor, name: str, classes: int) -> None:
    with b.scope(name):
        x = conv_bn(b, b.adaptive_avg_pool(x, 4), 128)
        x = b.dropout(b.relu(b.linear(b.flatten(x), 1024)))
        b.linear(x, classes)


def _googlenet(b: Builder, classes: int) -> None:
    x = conv_bn(b, b.input, 64, 7, stride=2)
    x = b.max_pool(x, 3, stride=2, ceil_mode=True)
    x = conv_bn(b, conv_bn(b, x, 64), 192, 3)
    x = b.max_pool(x, 3, stride=2, ceil_mode=True)
    x = _block(b, _block(b, x, "3a"), "3b")
    x = _block(b, b.max_pool(x, 3, stride=2, ceil_mode=True), "4a")
    _head(b, x, "aux1", classes)
    for name in ("4b", "4c", "4d"):
        x = _block(b, x, name)
    _head(b, x, "aux2", classes)
    x = _block(b, x, "4e")
    x = _block(b, _block(b, b.max_pool(x, 2, ceil_mode=True), "5a"), "5b")
    classify(b, x, classes, dropout=True)


NETWORKS = {"googlenet": Recipe(draw=_googlenet, aliases=("inception_v1",))}
