"""Further CNNs of the published RTX 3090 table, written with the builder so that they can calibrate a device model.

After the papers of each: SE-ResNet (arXiv:1709.01507), pre-activation ResNet (1603.05027), Darknet-53 (1804.02767),
ConvMixer (2201.09792), RepVGG (2101.03697), and ResNets and ResNeXts of other depths.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial

from benchmarks.accuracy.keras_networks import BUILDERS
from cloudcost.domain.network import Network
from cloudcost.networks.builder import Builder, Tensor
from cloudcost.networks.families.recipe import classify, conv_bn, squeeze_excite

Draw = Callable[[Builder], None]
CLASSES = 1000


def _resnet(b: Builder, *, blocks: tuple[int, ...], gated: bool = False, groups: int = 1, base: int = 64) -> None:
    x = b.max_pool(conv_bn(b, b.input, 64, 7, stride=2), 3, stride=2, padding=1)
    for stage, count in enumerate(blocks):
        width = 64 * 2**stage
        for block in range(count):
            stride = 2 if stage and not block else 1
            inner = width * base // 64 * groups
            with b.scope(f"{stage}.{block}"):
                y = conv_bn(b, conv_bn(b, x, inner), inner, 3, stride=stride, groups=groups)
                y = conv_bn(b, y, 4 * width, activation=None)
                if gated:
                    y = squeeze_excite(b, y, width // 4)
                if x.shape != y.shape:
                    x = conv_bn(b, x, 4 * width, stride=stride, activation=None)
                x = b.relu(b.add(y, x))
    classify(b, x, CLASSES)


def _resnet_v2(b: Builder, *, blocks: tuple[int, ...]) -> None:
    def conv(x: Tensor, channels: int, kernel: int = 1, stride: int = 1) -> Tensor:
        return b.conv(x, channels, kernel, stride=stride, padding=kernel // 2, bias=False)

    x = b.max_pool(conv(b.input, 64, 7, 2), 3, stride=2, padding=1)
    for stage, count in enumerate(blocks):
        width = 64 * 2**stage
        for block in range(count):
            stride = 2 if stage and not block else 1
            ready = b.relu(b.batch_norm(x))
            y = b.relu(b.batch_norm(conv(ready, width)))
            y = conv(b.relu(b.batch_norm(conv(y, width, 3, stride))), 4 * width)
            x = b.add(conv(ready, 4 * width, 1, stride) if x.shape != y.shape else x, y)
    classify(b, b.relu(b.batch_norm(x)), CLASSES)


def _darknet53(b: Builder) -> None:
    x = conv_bn(b, b.input, 32, 3)
    for stage, count in enumerate((1, 2, 8, 8, 4)):
        channels = 64 * 2**stage
        x = conv_bn(b, x, channels, 3, stride=2)
        for _ in range(count):
            x = b.add(conv_bn(b, conv_bn(b, x, channels // 2), channels, 3), x)
    classify(b, x, CLASSES)


def _convmixer(b: Builder, *, width: int, depth: int, kernel: int, patch: int) -> None:
    x = b.batch_norm(b.gelu(b.conv(b.input, width, patch, stride=patch)))
    for _ in range(depth):
        x = b.add(b.batch_norm(b.gelu(b.depthwise(x, kernel, padding="same"))), x)
        x = b.batch_norm(b.gelu(b.conv(x, width, 1)))
    classify(b, x, CLASSES)


def _repvgg(b: Builder, *, blocks: tuple[int, ...], widths: tuple[int, ...]) -> None:
    x = b.input
    for count, channels in zip((1, *blocks), (64, *widths), strict=True):
        for block in range(count):
            stride = 1 if block else 2
            branches = [conv_bn(b, x, channels, 3, stride=stride, activation=None)]
            branches.append(conv_bn(b, x, channels, stride=stride, activation=None))
            if x.shape == branches[0].shape:
                branches.append(b.batch_norm(x))
            x = b.relu(b.add(*branches))
    classify(b, x, CLASSES)


def _inception_resnet_v2(b: Builder) -> None:
    BUILDERS["InceptionResNetV2"](b, CLASSES)


NETWORKS: dict[str, Draw] = {
    "resnet26": partial(_resnet, blocks=(2, 2, 2, 2)),
    "resnet200": partial(_resnet, blocks=(3, 24, 36, 3)),
    "resnext101_32x4d": partial(_resnet, blocks=(3, 4, 23, 3), groups=32, base=4),
    "seresnet50": partial(_resnet, blocks=(3, 4, 6, 3), gated=True),
    "seresnet101": partial(_resnet, blocks=(3, 4, 23, 3), gated=True),
    "seresnet152": partial(_resnet, blocks=(3, 8, 36, 3), gated=True),
    "seresnext50_32x4d": partial(_resnet, blocks=(3, 4, 6, 3), gated=True, groups=32, base=4),
    "seresnext101_32x8d": partial(_resnet, blocks=(3, 4, 23, 3), gated=True, groups=32, base=8),
    "resnetv2_50": partial(_resnet_v2, blocks=(3, 4, 6, 3)),
    "resnetv2_101": partial(_resnet_v2, blocks=(3, 4, 23, 3)),
    "darknet53": _darknet53,
    "convmixer_768_32": partial(_convmixer, width=768, depth=32, kernel=7, patch=7),
    "convmixer_1024_20_ks9_p14": partial(_convmixer, width=1024, depth=20, kernel=9, patch=14),
    "convmixer_1536_20": partial(_convmixer, width=1536, depth=20, kernel=9, patch=7),
    "repvgg_a2": partial(_repvgg, blocks=(2, 4, 14, 1), widths=(96, 192, 384, 1408)),
    "repvgg_b0": partial(_repvgg, blocks=(4, 6, 16, 1), widths=(64, 128, 256, 1280)),
    "repvgg_b1": partial(_repvgg, blocks=(4, 6, 16, 1), widths=(128, 256, 512, 2048)),
    "repvgg_b2": partial(_repvgg, blocks=(4, 6, 16, 1), widths=(160, 320, 640, 2560)),
    "inception_resnet_v2": _inception_resnet_v2,
}


@cache
def timm_network(name: str, image_px: int) -> Network:
    """Return one of these CNNs at an image size."""
    b = Builder(name, (3, image_px, image_px))
    NETWORKS[name](b)
    return b.build()
