"""ShuffleNet v2 (Ma et al. 2018, arXiv:1807.11164), as torchvision defines it."""

from __future__ import annotations

from functools import partial

from cloudcost.networks.builder import Builder, Tensor
from cloudcost.networks.families.recipe import Recipe, classify, conv_bn

_BLOCKS = (4, 8, 4)


def _unit(b: Builder, x: Tensor, channels: int, stride: int) -> Tensor:
    half = channels // 2
    if stride == 1:
        kept, x = b.split(x, (half, half))
    else:
        kept = conv_bn(b, x, x.shape[0], 3, stride=stride, groups=x.shape[0], activation=None)
        kept = conv_bn(b, kept, half)
    x = conv_bn(b, x, half)
    x = conv_bn(b, x, half, 3, stride=stride, groups=half, activation=None)
    return b.shuffle(b.concat(kept, conv_bn(b, x, half)), 2)


def _shufflenet(b: Builder, classes: int, *, widths: tuple[int, int, int], last: int) -> None:
    x = conv_bn(b, b.input, 24, 3, stride=2)
    x = b.max_pool(x, 3, stride=2, padding=1)
    for stage, (channels, blocks) in enumerate(zip(widths, _BLOCKS, strict=True), start=2):
        for block in range(blocks):
            with b.scope(f"stage{stage}.{block}"):
                x = _unit(b, x, channels, 2 if block == 0 else 1)
    classify(b, conv_bn(b, x, last), classes)


NETWORKS = {
    "shufflenet_v2_x0_5": Recipe(draw=partial(_shufflenet, widths=(48, 96, 192), last=1024)),
    "shufflenet_v2_x1_0": Recipe(
        draw=partial(_shufflenet, widths=(116, 232, 464), last=1024), aliases=("shufflenet_v2",)
    ),
    "shufflenet_v2_x1_5": Recipe(draw=partial(_shufflenet, widths=(176, 352, 704), last=1024)),
    "shufflenet_v2_x2_0": Recipe(draw=partial(_shufflenet, widths=(244, 488, 976), last=2048)),
}
