"""Inception v3 (Szegedy et al. 2015, arXiv:1512.00567), as torchvision defines and trains it.

The auxiliary head reads a map of 17 pixels or more, that is an image of 299 px or more; torchvision cannot train it
on smaller ones, where this network goes without it. The blocks are called as in torchvision: 5b to 7c.
"""

from __future__ import annotations

from cloudcost.networks.builder import Builder, Tensor
from cloudcost.networks.families.recipe import Recipe, classify, conv_bn

_AUXILIARY_MAP_PX = 17
"""A 5x5 mean with stride 3 leaves the 5 px that the head's 5x5 convolution needs."""


def _chain(b: Builder, x: Tensor, *layers: tuple[int, int | tuple[int, int]], last_stride: int = 1) -> Tensor:
    """Return convolutions behind one another; a last one with stride is not padded."""
    for position, (channels, kernel) in enumerate(layers, start=1):
        if position == len(layers) and last_stride > 1:
            x = conv_bn(b, x, channels, kernel, stride=last_stride, padding=0)
        else:
            x = conv_bn(b, x, channels, kernel)
    return x


def _mean3(b: Builder, x: Tensor) -> Tensor:
    return b.avg_pool(x, 3, stride=1, padding=1)


def _block_35px(b: Builder, x: Tensor, pool: int) -> Tensor:
    return b.concat(
        conv_bn(b, x, 64),
        _chain(b, x, (48, 1), (64, 5)),
        _chain(b, x, (64, 1), (96, 3), (96, 3)),
        conv_bn(b, _mean3(b, x), pool),
    )


def _to_17px(b: Builder, x: Tensor) -> Tensor:
    return b.concat(
        _chain(b, x, (384, 3), last_stride=2),
        _chain(b, x, (64, 1), (96, 3), (96, 3), last_stride=2),
        b.max_pool(x, 3, stride=2),
    )


def _block_17px(b: Builder, x: Tensor, c: int) -> Tensor:
    return b.concat(
        conv_bn(b, x, 192),
        _chain(b, x, (c, 1), (c, (1, 7)), (192, (7, 1))),
        _chain(b, x, (c, 1), (c, (7, 1)), (c, (1, 7)), (c, (7, 1)), (192, (1, 7))),
        conv_bn(b, _mean3(b, x), 192),
    )


def _to_8px(b: Builder, x: Tensor) -> Tensor:
    return b.concat(
        _chain(b, x, (192, 1), (320, 3), last_stride=2),
        _chain(b, x, (192, 1), (192, (1, 7)), (192, (7, 1)), (192, 3), last_stride=2),
        b.max_pool(x, 3, stride=2),
    )


def _block_8px(b: Builder, x: Tensor) -> Tensor:
    one = conv_bn(b, x, 320)
    three = conv_bn(b, x, 384)
    three = b.concat(conv_bn(b, three, 384, (1, 3)), conv_bn(b, three, 384, (3, 1)))
    double = _chain(b, x, (448, 1), (384, 3))
    double = b.concat(conv_bn(b, double, 384, (1, 3)), conv_bn(b, double, 384, (3, 1)))
    return b.concat(one, three, double, conv_bn(b, _mean3(b, x), 192))


def _head(b: Builder, x: Tensor, classes: int) -> None:
    with b.scope("aux"):
        x = conv_bn(b, b.avg_pool(x, 5, stride=3), 128)
        x = conv_bn(b, x, 768, 5, padding=0)
        classify(b, x, classes)


def _inception_v3(b: Builder, classes: int) -> None:
    x = conv_bn(b, b.input, 32, 3, stride=2, padding=0)
    x = conv_bn(b, x, 32, 3, padding=0)
    x = conv_bn(b, x, 64, 3)
    x = b.max_pool(x, 3, stride=2)
    x = conv_bn(b, x, 80)
    x = conv_bn(b, x, 192, 3, padding=0)
    x = b.max_pool(x, 3, stride=2)
    for name, pool in (("5b", 32), ("5c", 64), ("5d", 64)):
        with b.scope(name):
            x = _block_35px(b, x, pool)
    with b.scope("6a"):
        x = _to_17px(b, x)
    for name, inner in (("6b", 128), ("6c", 160), ("6d", 160), ("6e", 192)):
        with b.scope(name):
            x = _block_17px(b, x, inner)
    if min(x.shape[1:]) >= _AUXILIARY_MAP_PX:
        _head(b, x, classes)
    with b.scope("7a"):
        x = _to_8px(b, x)
    for name in ("7b", "7c"):
        with b.scope(name):
            x = _block_8px(b, x)
    classify(b, x, classes, dropout=True)


NETWORKS = {"inception_v3": Recipe(draw=_inception_v3, image_px=299, aliases=("inception3",))}
