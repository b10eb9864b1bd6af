"""Xception (Chollet 2016, arXiv:1610.02357), as keras.applications defines it, with TensorFlow's "same" padding."""

from __future__ import annotations

from cloudcost.networks.builder import Builder, Tensor
from cloudcost.networks.families.recipe import Recipe, classify, conv_bn


def _separable(b: Builder, x: Tensor, channels: int) -> Tensor:
    x = b.depthwise(x, 3, padding="same", bias=False)
    return b.batch_norm(b.conv(x, channels, 1, bias=False))


def _shrinking(b: Builder, x: Tensor, first: int, channels: int, *, relu_first: bool = True) -> Tensor:
    skipped = conv_bn(b, x, channels, stride=2, padding="same", activation=None)
    y = _separable(b, b.relu(x) if relu_first else x, first)
    y = _separable(b, b.relu(y), channels)
    return b.add(b.max_pool(y, 3, stride=2, padding="same"), skipped)


def _xception(b: Builder, classes: int) -> None:
    x = conv_bn(b, b.input, 32, 3, stride=2, padding=0)
    x = conv_bn(b, x, 64, 3, padding=0)
    for number, channels in ((2, 128), (3, 256), (4, 728)):
        with b.scope(f"block{number}"):
            x = _shrinking(b, x, channels, channels, relu_first=number > 2)
    for number in range(5, 13):
        with b.scope(f"block{number}"):
            y = x
            for _ in range(3):
                y = _separable(b, b.relu(y), 728)
            x = b.add(y, x)
    with b.scope("block13"):
        x = _shrinking(b, x, 728, 1024)
    for channels in (1536, 2048):
        x = b.relu(_separable(b, x, channels))
    classify(b, x, classes)


NETWORKS = {"xception": Recipe(draw=_xception, image_px=299)}
