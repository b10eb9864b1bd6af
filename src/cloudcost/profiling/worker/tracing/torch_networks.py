"""PyTorch definitions of some of the named networks, by torchvision's names: what the harness can time on its own.

Written for this package from the papers and the published layer tables; torchvision is not needed. Dropping whole
residual branches at random (EfficientNet, ConvNeXt) is left out: the time of a step with all branches is asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from torch import nn

from cloudcost.profiling.worker.tracing.torch_blocks import (
    BasicBlock,
    Bottleneck,
    ConvNeXtBlock,
    DenseBlock,
    Fire,
    InvertedResidual,
    LayerNorm2d,
    ShuffleUnit,
    conv_bn,
)

Build = Callable[[int, int], nn.Module]


def alexnet(classes: int, channels: int) -> nn.Module:
    """Krizhevsky's one-column network (2014)."""
    layers: list[nn.Module] = []
    width = channels
    for out, kernel, stride, padding, pool in (
        (64, 11, 4, 2, True), (192, 5, 1, 2, True), (384, 3, 1, 1, False), (256, 3, 1, 1, False), (256, 3, 1, 1, True),
    ):  # fmt: skip
        layers += [nn.Conv2d(width, out, kernel, stride, padding), nn.ReLU(inplace=True)]
        layers += [nn.MaxPool2d(3, 2)] if pool else []
        width = out
    head = [nn.Dropout(), nn.Linear(256 * 36, 4096), nn.ReLU(inplace=True)]
    head += [nn.Dropout(), nn.Linear(4096, 4096), nn.ReLU(inplace=True), nn.Linear(4096, classes)]
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(6), nn.Flatten(), *head)


def vgg(classes: int, channels: int, *, plan: tuple[int, ...], norm: bool = False) -> nn.Module:
    """Simonyan & Zisserman (2015); `plan` is the number of 3x3 convolutions before each pool."""
    layers: list[nn.Module] = []
    width = channels
    for count, out in zip(plan, (64, 128, 256, 512, 512), strict=True):
        for _ in range(count):
            layers.append(nn.Conv2d(width, out, 3, padding=1))
            layers += [nn.BatchNorm2d(out)] if norm else []
            layers.append(nn.ReLU(inplace=True))
            width = out
        layers.append(nn.MaxPool2d(2))
    head = [nn.Linear(512 * 49, 4096), nn.ReLU(inplace=True), nn.Dropout()]
    head += [nn.Linear(4096, 4096), nn.ReLU(inplace=True), nn.Dropout(), nn.Linear(4096, classes)]
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(7), nn.Flatten(), *head)


def resnet(
    classes: int, channels: int, *, block: type[BasicBlock] | type[Bottleneck], plan: tuple[int, ...]
) -> nn.Module:
    """He et al. (2016), the stride of a bottleneck in its 3x3 convolution."""
    layers: list[nn.Module] = [*conv_bn(channels, 64, 7, 2), nn.MaxPool2d(3, 2, 1)]
    width = 64
    for stage, count in enumerate(plan):
        for index in range(count):
            inner = 64 * 2**stage
            layers.append(block(width, inner, 2 if stage and not index else 1))
            width = inner * block.expansion
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(width, classes))


def squeezenet1_1(classes: int, channels: int) -> nn.Module:
    """Iandola et al. (2016), release 1.1."""
    pool = partial(nn.MaxPool2d, 3, 2, ceil_mode=True)
    return nn.Sequential(
        nn.Conv2d(channels, 64, 3, 2), nn.ReLU(inplace=True), pool(),
        Fire(64, 16, 64), Fire(128, 16, 64), pool(),
        Fire(128, 32, 128), Fire(256, 32, 128), pool(),
        Fire(256, 48, 192), Fire(384, 48, 192), Fire(384, 64, 256), Fire(512, 64, 256),
        nn.Dropout(), nn.Conv2d(512, classes, 1), nn.ReLU(inplace=True), nn.AdaptiveAvgPool2d(1), nn.Flatten(),
    )  # fmt: skip


def mobilenet_v2(classes: int, channels: int) -> nn.Module:
    """Sandler et al. (2018), width 1."""
    relu6 = nn.ReLU6
    layers: list[nn.Module] = list(conv_bn(channels, 32, 3, 2, activation=relu6))
    width = 32
    for expand, out, count, stride in (
        (1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1),
    ):  # fmt: skip
        for index in range(count):
            layers.append(InvertedResidual(width, width * expand, out, 3, 1 if index else stride, relu6))
            width = out
    layers += conv_bn(width, 1280, 1, 1, activation=relu6)
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(0.2), nn.Linear(1280, classes))


_V3_SMALL = (
    (16, 16, 3, 2, 8, False), (72, 24, 3, 2, 0, False), (88, 24, 3, 1, 0, False), (96, 40, 5, 2, 24, True),
    (240, 40, 5, 1, 64, True), (240, 40, 5, 1, 64, True), (120, 48, 5, 1, 32, True), (144, 48, 5, 1, 40, True),
    (288, 96, 5, 2, 72, True), (576, 96, 5, 1, 144, True), (576, 96, 5, 1, 144, True),
)  # fmt: skip
"""MobileNetV3-Small: expanded channels, output channels, kernel, stride, squeezed channels (0: none), hard swish."""


def mobilenet_v3_small(classes: int, channels: int) -> nn.Module:
    """Howard et al. (2019), small."""
    layers: list[nn.Module] = list(conv_bn(channels, 16, 3, 2, activation=nn.Hardswish))
    width = 16
    for inner, out, kernel, stride, squeeze, swish in _V3_SMALL:
        activation: type[nn.Module] = nn.Hardswish if swish else nn.ReLU
        layers.append(InvertedResidual(width, inner, out, kernel, stride, activation, squeeze, nn.ReLU, nn.Hardsigmoid))
        width = out
    layers += conv_bn(width, 576, 1, 1, activation=nn.Hardswish)
    head = [nn.Linear(576, 1024), nn.Hardswish(inplace=True), nn.Dropout(0.2), nn.Linear(1024, classes)]
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), *head)


def efficientnet_b0(classes: int, channels: int) -> nn.Module:
    """Tan & Le (2019), B0; the squeezed width is a quarter of the block's input."""
    layers: list[nn.Module] = list(conv_bn(channels, 32, 3, 2, activation=nn.SiLU))
    width = 32
    for expand, kernel, stride, out, count in (
        (1, 3, 1, 16, 1), (6, 3, 2, 24, 2), (6, 5, 2, 40, 2), (6, 3, 2, 80, 3), (6, 5, 1, 112, 3), (6, 5, 2, 192, 4),
        (6, 3, 1, 320, 1),
    ):  # fmt: skip
        for index in range(count):
            inner = width * expand
            squeeze = max(1, width // 4)
            layers.append(
                InvertedResidual(width, inner, out, kernel, 1 if index else stride, nn.SiLU, squeeze, nn.SiLU)
            )
            width = out
    layers += conv_bn(width, 1280, 1, 1, activation=nn.SiLU)
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(0.2), nn.Linear(1280, classes))


def mnasnet1_0(classes: int, channels: int) -> nn.Module:
    """Tan et al. (2019), B1, depth multiplier 1."""
    layers: list[nn.Module] = [*conv_bn(channels, 32, 3, 2), *conv_bn(32, 32, 3, 1, groups=32)]
    layers += conv_bn(32, 16, 1, 1, activation=None)
    width = 16
    for expand, kernel, stride, out, count in (
        (3, 3, 2, 24, 3), (3, 5, 2, 40, 3), (6, 5, 2, 80, 3), (6, 3, 1, 96, 2), (6, 5, 2, 192, 4), (6, 3, 1, 320, 1),
    ):  # fmt: skip
        for index in range(count):
            layers.append(InvertedResidual(width, width * expand, out, kernel, 1 if index else stride, nn.ReLU))
            width = out
    layers += conv_bn(width, 1280, 1, 1)
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(0.2), nn.Linear(1280, classes))


def densenet121(classes: int, channels: int) -> nn.Module:
    """Huang et al. (2017), growth 32, bottleneck 4."""
    layers: list[nn.Module] = [*conv_bn(channels, 64, 7, 2), nn.MaxPool2d(3, 2, 1)]
    width = 64
    for stage, count in enumerate((6, 12, 24, 16)):
        if stage:
            layers += [nn.BatchNorm2d(width), nn.ReLU(inplace=True), nn.Conv2d(width, width // 2, 1, bias=False)]
            layers.append(nn.AvgPool2d(2))
            width //= 2
        layers.append(DenseBlock(width, count, 32, 4))
        width += 32 * count
    layers += [nn.BatchNorm2d(width), nn.ReLU(inplace=True)]
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(width, classes))


def shufflenet_v2_x1_0(classes: int, channels: int) -> nn.Module:
    """Ma et al. (2018), width 1."""
    layers: list[nn.Module] = [*conv_bn(channels, 24, 3, 2), nn.MaxPool2d(3, 2, 1)]
    width = 24
    for out, count in ((116, 4), (232, 8), (464, 4)):
        for index in range(count):
            layers.append(ShuffleUnit(width, out, 1 if index else 2))
            width = out
    layers += conv_bn(width, 1024, 1, 1)
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(1024, classes))


def convnext_tiny(classes: int, channels: int) -> nn.Module:
    """Liu et al. (2022), tiny."""
    layers: list[nn.Module] = []
    width = channels
    for out, count in ((96, 3), (192, 3), (384, 9), (768, 3)):
        if layers:
            layers += [LayerNorm2d(width), nn.Conv2d(width, out, 2, 2)]
        else:
            layers += [nn.Conv2d(width, out, 4, 4), LayerNorm2d(out)]
        layers += [ConvNeXtBlock(out) for _ in range(count)]
        width = out
    head = [nn.AdaptiveAvgPool2d(1), LayerNorm2d(width), nn.Flatten(), nn.Linear(width, classes)]
    return nn.Sequential(*layers, *head)


TORCH_NETWORKS: dict[str, Build] = {
    "alexnet": alexnet,
    "convnext_tiny": convnext_tiny,
    "densenet121": densenet121,
    "efficientnet_b0": efficientnet_b0,
    "mnasnet1_0": mnasnet1_0,
    "mobilenet_v2": mobilenet_v2,
    "mobilenet_v3_small": mobilenet_v3_small,
    "resnet18": partial(resnet, block=BasicBlock, plan=(2, 2, 2, 2)),
    "resnet34": partial(resnet, block=BasicBlock, plan=(3, 4, 6, 3)),
    "resnet50": partial(resnet, block=Bottleneck, plan=(3, 4, 6, 3)),
    "shufflenet_v2_x1_0": shufflenet_v2_x1_0,
    "squeezenet1_1": squeezenet1_1,
    "vgg11": partial(vgg, plan=(1, 1, 2, 2, 2)),
    "vgg11_bn": partial(vgg, plan=(1, 1, 2, 2, 2), norm=True),
    "vgg16": partial(vgg, plan=(2, 2, 3, 3, 3)),
}
"""Name -> function of (classes, channels)."""


def torch_network(name: str, classes: int = 1000, channels: int = 3) -> nn.Module:
    """Return the network with fresh weights on torch's current default device.

    Raises
    ------
    KeyError
        When there is no torch definition of that name.

    Examples
    --------
    >>> import torch
    >>> with torch.device("meta"):
    ...     sum(p.numel() for p in torch_network("resnet18").parameters())
    11689512
    """
    return TORCH_NETWORKS[name](classes, channels)
