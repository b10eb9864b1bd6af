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
}


def drawn(kind: str) -> Builder:
    """Return a builder whose last operation is the example of a kind; a 1x1 convolution makes the map it reads."""
    builder = Builder(kind, (3, 12, 12))
    x = builder.conv(builder.input, 8, 1, bias=False, name="first")
    EXAMPLES[kind](builder, x)
    return builder
