"""ConvNeXt (Liu et al. 2022, arXiv:2201.03545), as torchvision defines it.

Within a block the map is (H, W, C) and the 1x1 convolutions are linear maps of its last axis. Stochastic depth is a
`dropout` in every block but the first, whose probability is 0.
"""

from __future__ import annotations

from functools import partial

from cloudcost.networks.builder import Builder, Tensor
from cloudcost.networks.families.recipe import Recipe

_TO_LAST = (1, 2, 0)
_TO_FIRST = (2, 0, 1)


def _layer_norm(b: Builder, x: Tensor) -> Tensor:
    return b.permute(b.layer_norm(b.permute(x, _TO_LAST), channels_last=True), _TO_FIRST)


def _block(b: Builder, x: Tensor, *, drop: bool) -> Tensor:
    channels = x.shape[0]
    y = b.permute(b.depthwise(x, 7, padding=3), _TO_LAST)
    y = b.linear(b.layer_norm(y, channels_last=True), 4 * channels)
    y = b.permute(b.linear(b.gelu(y), channels), _TO_FIRST)
    y = b.scale(y, parameters=channels)
    return b.add(b.dropout(y) if drop else y, x)


def _convnext(b: Builder, classes: int, *, widths: tuple[int, ...], blocks: tuple[int, ...]) -> None:
    x = _layer_norm(b, b.conv(b.input, widths[0], 4, stride=4))
    for stage, (channels, count) in enumerate(zip(widths, blocks, strict=True)):
        if stage > 0:
            x = b.conv(_layer_norm(b, x), channels, 2, stride=2)
        for block in range(count):
            with b.scope(f"stage{stage + 1}.{block}"):
                x = _block(b, x, drop=stage + block > 0)
    b.linear(b.flatten(_layer_norm(b, b.global_avg_pool(x))), classes)


NETWORKS = {
    "convnext_tiny": Recipe(draw=partial(_convnext, widths=(96, 192, 384, 768), blocks=(3, 3, 9, 3))),
    "convnext_small": Recipe(draw=partial(_convnext, widths=(96, 192, 384, 768), blocks=(3, 3, 27, 3))),
    "convnext_base": Recipe(draw=partial(_convnext, widths=(128, 256, 512, 1024), blocks=(3, 3, 27, 3))),
    "convnext_large": Recipe(draw=partial(_convnext, widths=(192, 384, 768, 1536), blocks=(3, 3, 27, 3))),
}
