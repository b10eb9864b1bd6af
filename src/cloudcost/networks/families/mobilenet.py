"""MobileNet v2 and v3, as torchvision defines them (arXiv:1801.04381, arXiv:1905.02244)."""

from __future__ import annotations

from functools import partial

from cloudcost.networks.builder import Builder, Tensor
from cloudcost.networks.families.recipe import Recipe, classify, conv_bn, divisible, squeeze_excite

_V2_STAGES = (
    (1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1),
)  # fmt: skip
"""Expansion, channels, blocks, stride of the first block (table 2 of the v2 paper)."""

_V3_LARGE = (
    (3, 16, 16, False, "relu", 1), (3, 64, 24, False, "relu", 2), (3, 72, 24, False, "relu", 1),
    (5, 72, 40, True, "relu", 2), (5, 120, 40, True, "relu", 1), (5, 120, 40, True, "relu", 1),
    (3, 240, 80, False, "hard_swish", 2), (3, 200, 80, False, "hard_swish", 1), (3, 184, 80, False, "hard_swish", 1),
    (3, 184, 80, False, "hard_swish", 1), (3, 480, 112, True, "hard_swish", 1), (3, 672, 112, True, "hard_swish", 1),
    (5, 672, 160, True, "hard_swish", 2), (5, 960, 160, True, "hard_swish", 1), (5, 960, 160, True, "hard_swish", 1),
)  # fmt: skip
_V3_SMALL = (
    (3, 16, 16, True, "relu", 2), (3, 72, 24, False, "relu", 2), (3, 88, 24, False, "relu", 1),
    (5, 96, 40, True, "hard_swish", 2), (5, 240, 40, True, "hard_swish", 1), (5, 240, 40, True, "hard_swish", 1),
    (5, 120, 48, True, "hard_swish", 1), (5, 144, 48, True, "hard_swish", 1), (5, 288, 96, True, "hard_swish", 2),
    (5, 576, 96, True, "hard_swish", 1), (5, 576, 96, True, "hard_swish", 1),
)  # fmt: skip
"""Kernel, expanded channels, channels, squeeze and excitation, activation, stride (tables 1 and 2 of the v3 paper)."""


def inverted_residual(
    b: Builder,
    x: Tensor,
    channels: int,
    expanded: int,
    *,
    kernel: int,
    stride: int,
    activation: str,
    squeeze: int | None = None,
) -> Tensor:
    """Return expansion, depthwise convolution, gate and projection, added to `x` where the shapes agree."""
    y = x if expanded == x.shape[0] else conv_bn(b, x, expanded, activation=activation)
    y = conv_bn(b, y, expanded, kernel, stride=stride, groups=expanded, activation=activation)
    if squeeze is not None:
        y = squeeze_excite(b, y, squeeze, gate="hard_sigmoid")
    y = conv_bn(b, y, channels, activation=None)
    return b.add(x, y) if y.shape == x.shape and stride == 1 else y


def _v2(b: Builder, classes: int) -> None:
    x = conv_bn(b, b.input, 32, 3, stride=2, activation="relu6")
    number = 0
    for expansion, channels, blocks, first_stride in _V2_STAGES:
        for block in range(blocks):
            number += 1
            stride = first_stride if block == 0 else 1
            with b.scope(f"block{number}"):
                x = inverted_residual(
                    b, x, channels, expansion * x.shape[0], kernel=3, stride=stride, activation="relu6"
                )
    x = conv_bn(b, x, 1280, activation="relu6")
    classify(b, x, classes, dropout=True)


def _v3(b: Builder, classes: int, *, blocks: tuple[tuple[int, int, int, bool, str, int], ...], last: int) -> None:
    x = conv_bn(b, b.input, 16, 3, stride=2, activation="hard_swish")
    for number, (kernel, expanded, channels, gated, activation, stride) in enumerate(blocks, start=1):
        squeeze = divisible(expanded // 4) if gated else None
        with b.scope(f"block{number}"):
            x = inverted_residual(
                b, x, channels, expanded, kernel=kernel, stride=stride, activation=activation, squeeze=squeeze
            )
    x = conv_bn(b, x, 6 * x.shape[0], activation="hard_swish")
    x = b.linear(b.flatten(b.global_avg_pool(x)), last)
    b.linear(b.dropout(b.hard_swish(x)), classes)


NETWORKS = {
    "mobilenet_v2": Recipe(draw=_v2),
    "mobilenet_v3_large": Recipe(draw=partial(_v3, blocks=_V3_LARGE, last=1280)),
    "mobilenet_v3_small": Recipe(draw=partial(_v3, blocks=_V3_SMALL, last=1024)),
}
