"""The CNNs of the measured data set as they were timed: Keras definitions, not torchvision's.

Written anew with the project's builder after the description of PROFET's workloads (ddps-lab/profet, commit e69477fe,
`data_generation/workload/model_info.py`) and Keras' documentation of its applications (TensorFlow 2.5).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from cloudcost.domain.network import Network
from cloudcost.networks.builder import Builder, Pair, Tensor

CLASSES = {32: 10, 64: 100, 128: 100, 224: 1000, 256: 1000}
"""Classes of the data set that PROFET draws at each image size. [count]"""


def _head(b: Builder, x: Tensor, classes: int) -> None:
    b.softmax(b.linear(x, classes))


def _lenet5(b: Builder, classes: int) -> None:
    x = b.max_pool(b.relu(b.conv(b.input, 6, 5)), 2)
    x = b.flatten(b.max_pool(b.relu(b.conv(x, 16, 5)), 2))
    x = b.relu(b.linear(b.relu(b.linear(x, 120)), 84))
    _head(b, x, classes)


def _mnist_cnn(b: Builder, classes: int) -> None:
    x = b.max_pool(b.relu(b.conv(b.input, 32, 3)), 2)
    x = b.max_pool(b.relu(b.conv(x, 64, 3)), 2)
    _head(b, b.dropout(b.flatten(x)), classes)


def _vgg(stages: tuple[tuple[int, ...], ...]) -> Callable[[Builder, int], None]:
    def build(b: Builder, classes: int) -> None:
        x = b.input
        for stage in stages:
            for channels in stage:
                x = b.relu(b.conv(x, channels, 3, padding="same"))
            x = b.max_pool(x, 2)
        x = b.flatten(x)
        for _ in range(2):
            x = b.relu(b.linear(x, 4096))
        _head(b, x, classes)

    return build


def _resnet_small(b: Builder, classes: int) -> None:
    x = b.batch_norm(b.relu(b.conv(b.input, 64, 7, stride=2, padding="same")))
    x = b.max_pool(x, 3, stride=2, padding="same")
    for channels, stride in ((64, 2), (64, 1), (128, 2), (128, 1)):
        shortcut = x if stride == 1 else b.batch_norm(b.conv(x, channels, 1, stride=stride))
        x = b.relu(b.batch_norm(b.conv(x, channels, 1, stride=stride, padding="same")))
        x = b.batch_norm(b.conv(x, channels, 1, padding="same"))
        x = b.relu(b.add(shortcut, x))
    _head(b, b.global_avg_pool(x, keep_map=False), classes)


def _resnet(repeats: tuple[int, ...]) -> Callable[[Builder, int], None]:
    def build(b: Builder, classes: int) -> None:
        def norm(x: Tensor) -> Tensor:
            return b.relu(b.batch_norm(x))

        def conv(x: Tensor, channels: int, kernel: int, stride: int = 1) -> Tensor:
            return b.conv(x, channels, kernel, stride=stride, padding="same", l2=True)

        x = b.max_pool(norm(conv(b.input, 64, 7, 2)), 3, stride=2, padding="same")
        for stage, repeat in enumerate(repeats):
            channels = 64 * 2**stage
            for block in range(repeat):
                stride = 2 if block == 0 and stage else 1
                y = conv(x if stage == block == 0 else norm(x), channels, 3, stride)
                y = conv(norm(y), channels, 3)
                shortcut = conv(x, channels, 1, stride) if x.shape != y.shape else x
                x = b.add(shortcut, y)
        x = norm(x)
        _head(b, b.flatten(b.avg_pool(x, (x.shape[1], x.shape[2]), stride=1)), classes)

    return build


def _alexnet(b: Builder, classes: int) -> None:
    def block(x: Tensor, channels: int, kernel: int) -> Tensor:
        return b.relu(b.batch_norm(b.conv(x, channels, kernel, padding="same")))

    x = b.max_pool(block(b.input, 96, 11), 2)
    x = b.max_pool(block(x, 256, 5), 2)
    x = b.max_pool(block(b.pad(x, 1), 512, 3), 2)
    x = block(b.pad(x, 1), 1024, 3)
    x = b.flatten(b.max_pool(block(b.pad(x, 1), 1024, 3), 2))
    for width in (3072, 4096):
        x = b.dropout(b.relu(_vector_norm(b, b.linear(x, width))))
    b.softmax(_vector_norm(b, b.linear(x, classes)))


def _vector_norm(b: Builder, x: Tensor) -> Tensor:
    return b.batch_norm(x)


def _mobilenet_v2(b: Builder, classes: int) -> None:
    def conv(x: Tensor, channels: int, kernel: int = 1, stride: int = 1) -> Tensor:
        return b.batch_norm(b.conv(x, channels, kernel, stride=stride, padding="same", bias=False))

    x = b.relu6(conv(b.input, 32, 3, 2))
    plan = ((1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1))
    for expansion, channels, repeat, first_stride in plan:
        for block in range(repeat):
            stride = first_stride if block == 0 else 1
            y = b.relu6(conv(x, expansion * x.shape[0])) if expansion > 1 else x
            if stride == 2:
                odd = (y.shape[1] % 2, y.shape[2] % 2)
                y = b.pad(y, (odd[0], odd[1], 1, 1))
                y = b.depthwise(y, 3, stride=2, bias=False)
            else:
                y = b.depthwise(y, 3, padding="same", bias=False)
            y = conv(b.relu6(b.batch_norm(y)), channels)
            x = b.add(x, y) if stride == 1 and x.shape == y.shape else y
    x = b.relu6(conv(x, 1280))
    _head(b, b.global_avg_pool(x, keep_map=False), classes)


def _inception_resnet_v2(b: Builder, classes: int) -> None:
    def conv(x: Tensor, channels: int, kernel: Pair = 1, stride: int = 1, padding: str = "same") -> Tensor:
        where = "valid" if padding == "valid" else "same"
        y = b.conv(x, channels, kernel, stride=stride, padding="valid" if where == "valid" else "same", bias=False)
        return b.relu(b.batch_norm(y, scale=False))

    def chain(x: Tensor, *steps: tuple[int, Pair]) -> Tensor:
        for channels, kernel in steps:
            x = conv(x, channels, kernel)
        return x

    def block(x: Tensor, branches: tuple[Tensor, ...], *, last: bool = False) -> Tensor:
        up = b.conv(b.concat(*branches), x.shape[0], 1, padding="same")
        x = b.add(x, b.scale(up))
        return x if last else b.relu(x)

    x = conv(b.input, 32, 3, 2, "valid")
    x = conv(conv(x, 32, 3, 1, "valid"), 64, 3)
    x = b.max_pool(x, 3, stride=2)
    x = conv(conv(x, 80, 1, 1, "valid"), 192, 3, 1, "valid")
    x = b.max_pool(x, 3, stride=2)
    pooled = conv(b.avg_pool(x, 3, stride=1, padding="same"), 64)
    x = b.concat(conv(x, 96), chain(x, (48, 1), (64, 5)), chain(x, (64, 1), (96, 3), (96, 3)), pooled)
    for _ in range(10):
        x = block(x, (conv(x, 32), chain(x, (32, 1), (32, 3)), chain(x, (32, 1), (48, 3), (64, 3))))
    long = conv(chain(x, (256, 1), (256, 3)), 384, 3, 2, "valid")
    x = b.concat(conv(x, 384, 3, 2, "valid"), long, b.max_pool(x, 3, stride=2))
    for _ in range(20):
        x = block(x, (conv(x, 192), chain(x, (128, 1), (160, (1, 7)), (192, (7, 1)))))
    parts = (
        conv(conv(x, 256), 384, 3, 2, "valid"),
        conv(conv(x, 256), 288, 3, 2, "valid"),
        conv(chain(x, (256, 1), (288, 3)), 320, 3, 2, "valid"),
        b.max_pool(x, 3, stride=2),
    )
    x = b.concat(*parts)
    for index in range(10):
        x = block(x, (conv(x, 192), chain(x, (192, 1), (224, (1, 3)), (256, (3, 1)))), last=index == 9)
    x = conv(x, 1536)
    _head(b, b.global_avg_pool(x, keep_map=False), classes)


_VGG = {
    "VGG11": ((64,), (128,), (256, 256), (512, 512), (512, 512)),
    "VGG13": ((64, 64), (128, 128), (256, 256), (512, 512), (512, 512)),
    "VGG19": ((64, 64), (128, 128), (256,) * 4, (512,) * 4, (512,) * 4),
}

BUILDERS: dict[str, Callable[[Builder, int], None]] = {
    "AlexNet": _alexnet,
    "InceptionResNetV2": _inception_resnet_v2,
    "LeNet5": _lenet5,
    "MNIST_CNN": _mnist_cnn,
    "MobileNetV2": _mobilenet_v2,
    "ResNet18": _resnet((2, 2, 2, 2)),
    "ResNet34": _resnet((3, 4, 6, 3)),
    "ResNetSmall": _resnet_small,
    **{name: _vgg(stages) for name, stages in _VGG.items()},
}

FAMILIES = {
    "VGG11": "VGG",
    "VGG13": "VGG",
    "VGG19": "VGG",
    "ResNet18": "ResNet",
    "ResNet34": "ResNet",
    "LeNet5": "small",
    "MNIST_CNN": "small",
}
"""Families that are left out together; a CNN that is not named here is a family of its own."""


@cache
def keras_network(name: str, image_px: int) -> Network:
    """Return one of the measured CNNs at one of the measured image sizes."""
    b = Builder(f"keras-{name}-{image_px}", (3, image_px, image_px))
    BUILDERS[name](b, CLASSES[image_px])
    return b.build()
