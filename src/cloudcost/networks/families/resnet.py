"""ResNet, ResNeXt and Wide ResNet, stride in the 3x3 convolution ("v1.5"), as torchvision defines them.

He et al. 2015 (arXiv:1512.03385), Xie et al. 2016 (arXiv:1611.05431), Zagoruyko and Komodakis 2016 (arXiv:1605.07146).
"""

from __future__ import annotations

from functools import partial

from cloudcost.networks.builder import Builder, Tensor
from cloudcost.networks.families.recipe import Recipe, classify, conv_bn


def _residual(b: Builder, x: Tensor, width: int, stride: int, *, bottleneck: bool, groups: int, base: int) -> Tensor:
    if bottleneck:
        channels = 4 * width
        inner = width * base // 64 * groups
        y = conv_bn(b, x, inner)
        y = conv_bn(b, y, inner, 3, stride=stride, groups=groups)
        y = conv_bn(b, y, channels, activation=None)
    else:
        channels = width
        y = conv_bn(b, x, width, 3, stride=stride)
        y = conv_bn(b, y, width, 3, activation=None)
    if stride != 1 or x.shape[0] != channels:
        with b.scope("downsample"):
            x = conv_bn(b, x, channels, stride=stride, activation=None)
    return b.relu(b.add(y, x))


def _resnet(
    b: Builder, classes: int, *, blocks: tuple[int, ...], bottleneck: bool, groups: int = 1, base: int = 64
) -> None:
    x = conv_bn(b, b.input, 64, 7, stride=2)
    x = b.max_pool(x, 3, stride=2, padding=1)
    for stage, count in enumerate(blocks):
        for block in range(count):
            stride = 2 if stage > 0 and block == 0 else 1
            with b.scope(f"layer{stage + 1}.{block}"):
                x = _residual(b, x, 64 * 2**stage, stride, bottleneck=bottleneck, groups=groups, base=base)
    classify(b, x, classes)


def _recipe(
    *blocks: int, bottleneck: bool = True, groups: int = 1, base: int = 64, aliases: tuple[str, ...] = ()
) -> Recipe:
    draw = partial(_resnet, blocks=blocks, bottleneck=bottleneck, groups=groups, base=base)
    return Recipe(draw=draw, aliases=aliases)


NETWORKS = {
    "resnet18": _recipe(2, 2, 2, 2, bottleneck=False),
    "resnet34": _recipe(3, 4, 6, 3, bottleneck=False),
    "resnet50": _recipe(3, 4, 6, 3, aliases=("resnet50_v1_5",)),
    "resnet101": _recipe(3, 4, 23, 3),
    "resnet152": _recipe(3, 8, 36, 3),
    "resnext50_32x4d": _recipe(3, 4, 6, 3, groups=32, base=4, aliases=("resnext50",)),
    "resnext101_32x8d": _recipe(3, 4, 23, 3, groups=32, base=8, aliases=("resnext101",)),
    "resnext101_64x4d": _recipe(3, 4, 23, 3, groups=64, base=4),
    "wide_resnet50_2": _recipe(3, 4, 6, 3, base=128, aliases=("wide_resnet50",)),
    "wide_resnet101_2": _recipe(3, 4, 23, 3, base=128, aliases=("wide_resnet101",)),
}
