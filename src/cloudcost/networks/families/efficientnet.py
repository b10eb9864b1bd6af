"""EfficientNet B0 to B7 and v2 (Tan and Le 2019, arXiv:1905.11946; 2021, arXiv:2104.00298), as torchvision has them.

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
    return _skip(b, x, y, stride, drop=drop)


def _fused_block(
    b: Builder, x: Tensor, channels: int, expansion: int, kernel: int, stride: int, *, drop: bool
) -> Tensor:
    """Return one convolution in place of expansion and depthwise convolution, and no gate (v2)."""
    y = conv_bn(b, x, channels if expansion == 1 else expansion * x.shape[0], kernel, stride=stride, activation="silu")
    if expansion != 1:
        y = conv_bn(b, y, channels, activation=None)
    return _skip(b, x, y, stride, drop=drop)


def _skip(b: Builder, x: Tensor, y: Tensor, stride: int, *, drop: bool) -> Tensor:
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


def _efficientnet_v2(
    b: Builder, classes: int, *, stages: tuple[tuple[int, int, int, int], ...], fused: int, width: int
) -> None:
    """Add all layers; the first `fused` stages have no depthwise convolutions."""
    x = conv_bn(b, b.input, width, 3, stride=2, activation="silu")
    number = 0
    for stage, (expansion, first_stride, channels, blocks) in enumerate(stages):
        build = _fused_block if stage < fused else _block
        for block in range(blocks):
            number += 1
            stride = first_stride if block == 0 else 1
            with b.scope(f"block{number}"):
                x = build(b, x, channels, expansion, 3, stride, drop=number > 1)
    classify(b, conv_bn(b, x, 1280, activation="silu"), classes, dropout=True)


_V2_STAGES = {
    "s": ((1, 1, 24, 2), (4, 2, 48, 4), (4, 2, 64, 4), (4, 2, 128, 6), (6, 1, 160, 9), (6, 2, 256, 15)),
    "m": (
        (1, 1, 24, 3),
        (4, 2, 48, 5),
        (4, 2, 80, 5),
        (4, 2, 160, 7),
        (6, 1, 176, 14),
        (6, 2, 304, 18),
        (6, 1, 512, 5),
    ),
    "l": (
        (1, 1, 32, 4),
        (4, 2, 64, 7),
        (4, 2, 96, 7),
        (4, 2, 192, 10),
        (6, 1, 224, 19),
        (6, 2, 384, 25),
        (6, 1, 640, 7),
    ),
}
"""Expansion, stride of the first block, channels, blocks (table 4 of the v2 paper); three stages are fused."""

_SCALES = (
    (1.0, 1.0, 224), (1.0, 1.1, 240), (1.1, 1.2, 288), (1.2, 1.4, 300),
    (1.4, 1.8, 380), (1.6, 2.2, 456), (1.8, 2.6, 528), (2.0, 3.1, 600),
)  # fmt: skip
"""Width, depth and image size of B0 to B7."""

NETWORKS = {
    f"efficientnet_b{number}": Recipe(draw=partial(_efficientnet, width=width, depth=depth), image_px=image_px)
    for number, (width, depth, image_px) in enumerate(_SCALES)
} | {
    f"efficientnet_v2_{size}": Recipe(
        draw=partial(_efficientnet_v2, stages=stages, fused=3, width=stages[0][2]),
        image_px=384 if size == "s" else 480,
    )
    for size, stages in _V2_STAGES.items()
}
