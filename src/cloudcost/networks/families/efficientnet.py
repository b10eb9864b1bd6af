"""EfficientNet B0 to B7 (Tan and Le 2019, arXiv:1905.11946), as torchvision defines them.

Default sizes are torchvision's (B2: 288 px, where the paper has 260). Stochastic depth drops whole samples of a
residual branch while training; it is a `dropout` here, in every block but the first, whose probability is 0.
"""

from __future__ import annotations

from functools import partial
from math import ceil

from cloudcost.networks.builder import Builder, Tensor
from cloudcost.networks.families.recipe import Recipe, classify, conv_bn, divisible, squeeze_excite

_STAGES = (
    (1, 3, 1, 16, 1), (6, 3, 2, 24, 2), (6, 5, 2, 40, 2), (6, 3, 2, 80, 3), (6, 5, 1, 112, 3), (6, 5, 2, 192, 4),
    (6, 3, 1, 320, 1),
)  # fmt: skip
"""Expansion, kernel, stride of the first block, channels, blocks (table 1 of the paper)."""


def _block(b: Builder, x: Tensor, channels: int, expansion: int, kernel: int, stride: int, *, drop: bool) -> Tensor:
    expanded = expansion * x.shape[0]
    y = x if expansion == 1 else conv_bn(b, x, expanded, activation="silu")
    y = conv_bn(b, y, expanded, kernel, stride=stride, groups=expanded, activation="silu")
    y = squeeze_excite(b, y, max(1, x.shape[0] // 4), activation="silu")
    y = conv_bn(b, y, channels, activation=None)
    if stride != 1 or y.shape[0] != x.shape[0]:
        return y
    return b.add(b.dropout(y) if drop else y, x)


def _efficientnet(b: Builder, classes: int, *, width: float, depth: float) -> None:
    x = conv_bn(b, b.input, divisible(32 * width), 3, stride=2, activation="silu")
    number = 0
    for expansion, kernel, first_stride, channels, blocks in _STAGES:
        for block in range(ceil(blocks * depth)):
            number += 1
            stride = first_stride if block == 0 else 1
            with b.scope(f"block{number}"):
                x = _block(b, x, divisible(channels * width), expansion, kernel, stride, drop=number > 1)
    x = conv_bn(b, x, 4 * x.shape[0], activation="silu")
    classify(b, x, classes, dropout=True)


_SCALES = (
    (1.0, 1.0, 224), (1.0, 1.1, 240), (1.1, 1.2, 288), (1.2, 1.4, 300),
    (1.4, 1.8, 380), (1.6, 2.2, 456), (1.8, 2.6, 528), (2.0, 3.1, 600),
)  # fmt: skip
"""Width, depth and image size of B0 to B7."""

NETWORKS = {
    f"efficientnet_b{number}": Recipe(draw=partial(_efficientnet, width=width, depth=depth), image_px=image_px)
    for number, (width, depth, image_px) in enumerate(_SCALES)
}
