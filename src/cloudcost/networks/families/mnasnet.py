"""MNASNet-B1 (Tan et al. 2018, arXiv:1807.11626), as torchvision defines it."""

from __future__ import annotations

from functools import partial

from cloudcost.networks.builder import Builder
from cloudcost.networks.families.mobilenet import inverted_residual
from cloudcost.networks.families.recipe import Recipe, classify, conv_bn, divisible

_STAGES = ((24, 3, 2, 3, 3), (40, 5, 2, 3, 3), (80, 5, 2, 6, 3), (96, 3, 1, 6, 2), (192, 5, 2, 6, 4), (320, 3, 1, 6, 1))
"""Channels, kernel, stride of the first block, expansion, blocks (figure 7 of the paper)."""


def _mnasnet(b: Builder, classes: int, *, width: float) -> None:
    x = conv_bn(b, b.input, divisible(32 * width), 3, stride=2)
    x = conv_bn(b, x, x.shape[0], 3, groups=x.shape[0])
    x = conv_bn(b, x, divisible(16 * width), activation=None)
    for stage, (channels, kernel, first_stride, expansion, blocks) in enumerate(_STAGES, start=1):
        for block in range(blocks):
            with b.scope(f"stage{stage}.{block}"):
                x = inverted_residual(
                    b,
                    x,
                    divisible(channels * width),
                    expansion * x.shape[0],
                    kernel=kernel,
                    stride=first_stride if block == 0 else 1,
                    activation="relu",
                )
    classify(b, conv_bn(b, x, 1280), classes, dropout=True)


NETWORKS = {
    "mnasnet0_5": Recipe(draw=partial(_mnasnet, width=0.5)),
    "mnasnet0_75": Recipe(draw=partial(_mnasnet, width=0.75)),
    "mnasnet1_0": Recipe(draw=partial(_mnasnet, width=1.0), aliases=("mnasnet",)),
    "mnasnet1_3": Recipe(draw=partial(_mnasnet, width=1.3)),
}
