"""How an operation's output size follows from its input size: the arithmetic that builder and JSON reader share.

Sizes are pixels along one axis. What an operation does to channels stands with the builder and the checks.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from cloudcost.domain.network import Shape

Sides = tuple[int, ...]


def window_output(
    size: int, kernel: int, *, stride: int = 1, before: int = 0, after: int = 0, dilation: int = 1, ceil: bool = False
) -> int:
    """Return how many windows fit along one axis; 0 or less when not even one does. [px]

    Parameters
    ----------
    size, kernel : int
        [px]
    stride, dilation : int
        [px]
    before, after : int
        Padding at either end. [px]
    ceil : bool, default False
        Let the last window hang over the end, as long as it starts before it (pooling with ceil_mode).

    Notes
    -----
    floor((size + before + after - dilation (kernel - 1) - 1) / stride) + 1. PyTorch documentation of Conv2d and
    MaxPool2d, read 2026-11-22.

    Examples
    --------
    >>> window_output(224, 7, stride=2, before=3, after=3), window_output(112, 3, stride=2, ceil=True)
    (112, 56)
    """
    room = size + before + after - dilation * (kernel - 1) - 1
    if not ceil:
        return room // stride + 1 if room >= 0 else 0
    windows = -(-room // stride) + 1
    return windows - 1 if (windows - 1) * stride >= size + before else windows


def same_padding(size: int, kernel: int, *, stride: int = 1, dilation: int = 1) -> tuple[int, int]:
    """Return the padding before and after that makes the output ceil(size / stride), as TensorFlow pads. [px]

    The odd pixel goes to the end, so that a strided window starts one pixel later than with PyTorch's padding.

    Examples
    --------
    >>> same_padding(224, 3, stride=2), same_padding(56, 3)
    ((0, 1), (1, 1))
    """
    windows = -(-size // stride)
    total = max((windows - 1) * stride + dilation * (kernel - 1) + 1 - size, 0)
    return total // 2, total - total // 2


def transposed_output(
    size: int, kernel: int, *, stride: int = 1, before: int = 0, after: int = 0, dilation: int = 1, extra: int = 0
) -> int:
    """Return the size that a transposed convolution writes along one axis. [px]

    Parameters
    ----------
    extra : int, default 0
        PyTorch's output_padding. [px]

    Examples
    --------
    >>> transposed_output(28, 2, stride=2)
    56
    """
    return (size - 1) * stride - before - after + dilation * (kernel - 1) + extra + 1


def broadcast(shapes: tuple[Shape, ...]) -> Shape | None:
    """Return the shape of an elementwise operation, None where the shapes do not go together.

    A vector of C values stands for one value per channel.

    Examples
    --------
    >>> broadcast(((64, 56, 56), (64, 1, 1))), broadcast(((64, 56, 56), (32, 56, 56)))
    ((64, 56, 56), None)
    """
    rank = max(len(shape) for shape in shapes)
    wide = [shape + (1,) * (rank - len(shape)) for shape in shapes]
    output = []
    for axis in zip(*wide, strict=True):
        size = max(axis)
        if any(part not in (1, size) for part in axis):
            return None
        output.append(size)
    return tuple(output)


def elements(shape: Shape) -> int:
    """Return the number of values in a shape.

    Examples
    --------
    >>> elements((3, 224, 224))
    150528
    """
    return prod(shape)


def shapes_of(given: Shape | Sequence[Shape]) -> tuple[Shape, ...]:
    """Return one or several shapes as several.

    Examples
    --------
    >>> shapes_of((3, 32, 32)), shapes_of([(3, 32, 32), (17,)])
    (((3, 32, 32),), ((3, 32, 32), (17,)))
    """
    sizes = [size for size in given if isinstance(size, int)]
    if len(sizes) == len(given):
        return (tuple(sizes),)
    return tuple(tuple(shape) for shape in given if not isinstance(shape, int))


def text(shape: Shape) -> str:
    """Return a shape as people write it.

    Examples
    --------
    >>> text((3, 224, 224))
    '3x224x224'
    """
    return "x".join(map(str, shape))
