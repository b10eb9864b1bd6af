"""One operation of every kind, as the builder draws it from maps of 8 x 12 x 12 numbers.

A kind without an example here turns the tests of kinds red. Draw the kind in its fullest form: with bias, groups,
parameters, a window that does not fit, so that each part of its record is used.
"""

from __future__ import annotations

from collections.abc import Callable

from cloudcost.networks.builder import Builder, Tensor

Draw = Callable[[Builder, Tensor], object]
"""Adds operations that read a map; the last one is the example."""


def _activation(kind: str) -> Draw:
    return lambda b, x: b.activation(x, kind)


EXAMPLES: dict[str, Draw] = {
    "conv2d": lambda b, x: b.conv(x, 16, 3, stride=2, padding=1, groups=2),
    "conv_transpose2d": lambda b, x: b.conv_transpose(x, 6, 2, stride=2),
    "linear": lambda b, x: b.linear(b.flatten(x), 5),
    "batch_norm": lambda b, x: b.batch_norm(x),
    "layer_norm": lambda b, x: b.layer_norm(b.permute(x, (1, 2, 0)), channels_last=True),
    "relu": _activation("relu"),
    "relu6": _activation("relu6"),
    "hard_swish": _activation("hard_swish"),
    "hard_sigmoid": _activation("hard_sigmoid"),
    "sigmoid": _activation("sigmoid"),
    "silu": _activation("silu"),
    "gelu": _activation("gelu"),
    "softmax": _activation("softmax"),
    "scale": lambda b, x: b.scale(x, parameters=8),
    "dropout": lambda b, x: b.dropout(x),
    "max_pool": lambda b, x: b.max_pool(x, 3, stride=2, padding=1),
    "avg_pool": lambda b, x: b.avg_pool(x, 5, stride=2, ceil_mode=True),
    "global_avg_pool": lambda b, x: b.global_avg_pool(x),
    "add": lambda b, x: b.add(x, x, b.global_avg_pool(x)),
    "multiply": lambda b, x: b.multiply(x, b.global_avg_pool(x)),
    "concat": lambda b, x: b.concat(x, b.relu(x)),
    "split": lambda b, x: b.split(x, (3, 5)),
    "permute": lambda b, x: b.shuffle(x, 4),
    "upsample": lambda b, x: b.upsample(x, 2),
    "pad": lambda b, x: b.pad(x, (1, 0, 2, 3)),
    "flatten": lambda b, x: b.flatten(x),
    "conv1d": lambda b, x: b.conv(_line(b, x), 16, 3, stride=2, padding=(0, 1), groups=2),
    "conv3d": lambda b, x: b.conv(_volume(b, x), 6, (1, 3, 1), stride=(1, 2, 1), padding=(0, 1, 0)),
    "conv_transpose1d": lambda b, x: b.conv_transpose(_line(b, x), 6, 4, stride=2, padding=1),
    "conv_transpose3d": lambda b, x: b.conv_transpose(_volume(b, x), 6, 2, stride=2),
    "matmul": lambda b, x: b.matmul(_tokens(b, x), b.transpose(_tokens(b, x))),
    "attention": lambda b, x: b.attention(*[_heads(b, x)] * 3, mask="full", parameters=2 * 144),
    "recurrent": lambda b, x: b.operation(
        "recurrent", b.reshape(x, (16, 72)), output=(16, 10), function="lstm", groups=2, calls=2, bias=True
    ),
    "group_norm": lambda b, x: b.operation("group_norm", x, groups=4),
    "instance_norm": lambda b, x: b.operation("instance_norm", x),
    "local_response_norm": lambda b, x: b.operation(
        "local_response_norm", x, kernel=(5,), stride=(1,), dilation=(1,), padding=(0, 0)
    ),
    "elementwise": lambda b, x: b.operation("elementwise", x, function="prelu", parameters=8),
    "normalize": lambda b, x: b.operation("normalize", x, function="rms_norm", parameters=8, calls=2),
    "pool": lambda b, x: b.operation("pool", x, output=(8, 5, 7), function="lp_pool2d"),
    "reduce": lambda b, x: b.operation("reduce", x, output=(1, 12, 12), axes=(0,), function="amax"),
    "copy": lambda b, x: b.operation("copy", x, b.relu(x), output=(2, 8, 12, 12), function="stack", parameters=3),
    "reshape": lambda b, x: b.reshape(x, (2, 4, 144)),
    "transpose": lambda b, x: b.transpose(x),
    "expand": lambda b, x: b.operation("expand", b.global_avg_pool(x), output=(8, 12, 12)),
}


def _line(b: Builder, x: Tensor) -> Tensor:
    return b.reshape(x, (8, 144))


def _volume(b: Builder, x: Tensor) -> Tensor:
    return b.reshape(x, (4, 2, 12, 12))


def _tokens(b: Builder, x: Tensor) -> Tensor:
    return b.permute(_line(b, x), (1, 0))


def _heads(b: Builder, x: Tensor) -> Tensor:
    return b.reshape(x, (2, 144, 4))


def drawn(kind: str) -> Builder:
    """Return a builder whose last operation is the example of a kind; a 1x1 convolution makes the map it reads."""
    builder = Builder(kind, (3, 12, 12))
    x = builder.conv(builder.input, 8, 1, bias=False, name="first")
    EXAMPLES[kind](builder, x)
    return builder
