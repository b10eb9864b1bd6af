"""What a family states about each of its networks, and the few layer groups that many families share."""

from __future__ import annotations

from collections.abc import Callable

from cloudcost.frozen import dataclass
from cloudcost.networks.builder import Builder, Padding, Pair, Tensor


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How a named network is built, and at which size unless another is asked for.

    Parameters
    ----------
    draw : callable
        Adds every layer to a builder, given the number of classes.
    image_px : int
        Height and width of the images that the published counts hold for. [px]
    channels, classes : int
    aliases : tuple of str
        Other names in use.
    """

    draw: Callable[[Builder, int], None]
    image_px: int = 224
    channels: int = 3
    classes: int = 1000
    aliases: tuple[str, ...] = ()


def conv_bn(
    b: Builder,
    x: Tensor,
    channels: int,
    kernel: Pair = 1,
    *,
    stride: Pair = 1,
    padding: Padding | None = None,
    groups: int = 1,
    activation: str | None = "relu",
) -> Tensor:
    """Return convolution without bias, batch norm and activation; padded by half the kernel unless told."""
    if padding is None:
        rows, columns = (kernel, kernel) if isinstance(kernel, int) else kernel
        padding = (rows // 2, columns // 2)
    x = b.batch_norm(b.conv(x, channels, kernel, stride=stride, padding=padding, groups=groups, bias=False))
    return x if activation is None else b.activation(x, activation)


def squeeze_excite(b: Builder, x: Tensor, squeeze: int, *, activation: str = "relu", gate: str = "sigmoid") -> Tensor:
    """Return `x` weighted per channel by a bottleneck of `squeeze` channels over its means."""
    with b.scope("se"):
        weights = b.activation(b.conv(b.global_avg_pool(x), squeeze, 1), activation)
        weights = b.activation(b.conv(weights, x.shape[0], 1), gate)
        return b.multiply(weights, x)


def classify(b: Builder, x: Tensor, classes: int, *, dropout: bool = False) -> Tensor:
    """Return class scores from the means of each channel."""
    x = b.flatten(b.global_avg_pool(x))
    if dropout:
        x = b.dropout(x)
    return b.linear(x, classes)


def divisible(value: float, by: int = 8) -> int:
    """Return the multiple of `by` nearest to `value`, but never more than a tenth below it.

    Examples
    --------
    >>> divisible(83), divisible(10)
    (80, 16)
    """
    rounded = max(by, int(value + by / 2) // by * by)
    return rounded if rounded >= 0.9 * value else rounded + by
