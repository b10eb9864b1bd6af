"""A CNN written down layer by layer; every shape and parameter count follows.

Each method takes the tensors it reads, adds one operation and returns the tensor that it writes. The order of the
calls is the order of execution. Nothing is computed but shapes: no numbers flow.

>>> b = Builder("tiny", (3, 32, 32))
>>> x = b.relu(b.conv(b.input, 8, 3, padding="same"))
>>> x = b.linear(b.flatten(b.global_avg_pool(x)), 10)
>>> network = b.build()
>>> network.parameters  # 3 x 3 x 3 x 8 + 8, and 8 x 10 + 10
314
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal, TypeAlias

from cloudcost.domain.network import Network, Op, Shape
from cloudcost.errors import NetworkError
from cloudcost.networks.shapes import (
    Padding4,
    broadcast,
    elements,
    same_padding,
    text,
    transposed_output,
    window_output,
)

Pair: TypeAlias = int | tuple[int, int]
Padding: TypeAlias = int | tuple[int, int] | Padding4 | Literal["same", "valid"]


@dataclass(frozen=True, slots=True)
class Tensor:
    """What an operation writes: its name (empty for the network's input) and its shape per sample."""

    name: str
    shape: Shape


class Builder:
    """Collects the operations of one network.

    Parameters
    ----------
    name : str
    input : (C, H, W)
        Shape of one image.

    Notes
    -----
    `kernel`, `stride` and `dilation` are one int or (height, width). `padding` is one int, (vertical, horizontal),
    (top, left, bottom, right), "valid" or "same" (TensorFlow's, which may be asymmetric). `name` is optional
    everywhere: operations are numbered by kind within the current `scope`. `shares` names an earlier operation whose
    parameters this one uses again: the network counts them once. `l2` marks a kernel with an L2 penalty that each
    step computes (Keras regularisers).
    """

    def __init__(self, name: str, input: tuple[int, int, int]) -> None:  # noqa: A002
        if len(input) != 3 or min(input) < 1:
            raise NetworkError(f"{name}: an input is (channels, height, width), each at least 1, not {tuple(input)}")
        self.name = name
        self.input = Tensor("", tuple(input))
        self._image: tuple[int, int, int] = input
        self._ops: list[Op] = []
        self._by_name: dict[str, Op] = {}
        self._numbers: dict[str, int] = {}
        self._prefix = ""
        self._parameters = 0

    # ---- convolutions and linear maps -------------------------------------------------------------------------

    def conv(
        self,
        x: Tensor,
        channels: int,
        kernel: Pair,
        *,
        stride: Pair = 1,
        padding: Padding = 0,
        dilation: Pair = 1,
        groups: int = 1,
        bias: bool = True,
        l2: bool = False,
        name: str | None = None,
        shares: str | None = None,
    ) -> Tensor:
        """Return a convolution of `x` with `channels` outputs.

        Raises
        ------
        NetworkError
            When the kernel is larger than the padded map, or `groups` does not divide the channels.
        """
        name = self._named("conv2d", name)
        depth, height, width = self._map(x, "conv2d", name)
        if groups < 1 or depth % groups or channels % groups:
            raise self._fault("conv2d", name, f"{groups} groups divide neither or only one of {depth} and {channels}")
        k, s, d = _pair(kernel), _pair(stride), _pair(dilation)
        pad = _padding(padding, (height, width), k, s, d)
        rows, columns = self._windows("conv2d", name, (height, width), k, s, d, pad)
        parameters = depth // groups * k[0] * k[1] * channels + bias * channels
        return self._emit(
            Op(
                kind="conv2d",
                name=name,
                sources=(x.name,),
                inputs=(x.shape,),
                output=(channels, rows, columns),
                kernel=k,
                stride=s,
                padding=pad,
                dilation=d,
                groups=groups,
                bias=bias,
                parameters=parameters,
                l2=l2,
            ),
            shares,
        )

    def depthwise(
        self,
        x: Tensor,
        kernel: Pair,
        *,
        multiplier: int = 1,
        stride: Pair = 1,
        padding: Padding = 0,
        dilation: Pair = 1,
        bias: bool = True,
        l2: bool = False,
        name: str | None = None,
        shares: str | None = None,
    ) -> Tensor:
        """Return a depthwise convolution: a `conv` with as many groups as channels."""
        depth = self._map(x, "conv2d", name or "depthwise")[0]
        return self.conv(
            x,
            depth * multiplier,
            kernel,
            stride=stride,
            padding=padding,
            dilation=dilation,
            groups=depth,
            bias=bias,
            l2=l2,
            name=name,
            shares=shares,
        )

    def conv_transpose(
        self,
        x: Tensor,
        channels: int,
        kernel: Pair,
        *,
        stride: Pair = 1,
        padding: Padding = 0,
        output_padding: Pair = 0,
        dilation: Pair = 1,
        groups: int = 1,
        bias: bool = True,
        l2: bool = False,
        name: str | None = None,
        shares: str | None = None,
    ) -> Tensor:
        """Return a transposed convolution; with "same" padding the map grows by the stride exactly."""
        name = self._named("conv_transpose2d", name)
        depth, height, width = self._map(x, "conv_transpose2d", name)
        if groups < 1 or depth % groups or channels % groups:
            raise self._fault(
                "conv_transpose2d", name, f"{groups} groups do not divide {depth} and {channels} channels"
            )
        k, s, d, extra = _pair(kernel), _pair(stride), _pair(dilation), _pair(output_padding)
        if padding == "same":
            spans = [d[axis] * (k[axis] - 1) + 1 - s[axis] for axis in (0, 1)]
            pad = (max(spans[0], 0) // 2, max(spans[1], 0) // 2, -(-max(spans[0], 0) // 2), -(-max(spans[1], 0) // 2))
            extra = (max(-spans[0], 0), max(-spans[1], 0))
        else:
            pad = _padding(padding, (height, width), k, s, d)
        rows, columns = (
            transposed_output(
                size,
                k[axis],
                stride=s[axis],
                before=pad[axis],
                after=pad[axis + 2],
                dilation=d[axis],
                extra=extra[axis],
            )
            for axis, size in enumerate((height, width))
        )
        if rows < 1 or columns < 1:
            raise self._fault("conv_transpose2d", name, f"nothing is left of a map of {height}x{width} px")
        return self._emit(
            Op(
                kind="conv_transpose2d",
                name=name,
                sources=(x.name,),
                inputs=(x.shape,),
                output=(channels, rows, columns),
                kernel=k,
                stride=s,
                padding=pad,
                dilation=d,
                groups=groups,
                bias=bias,
                parameters=depth * k[0] * k[1] * (channels // groups) + bias * channels,
                l2=l2,
            ),
            shares,
        )

    def linear(
        self,
        x: Tensor,
        features: int,
        *,
        bias: bool = True,
        l2: bool = False,
        name: str | None = None,
        shares: str | None = None,
    ) -> Tensor:
        """Return a linear map of the last axis of `x`: of a vector, or of each position of an (H, W, C) map."""
        weights = x.shape[-1] * features
        return self._emit(
            Op(
                kind="linear",
                name=self._named("linear", name),
                sources=(x.name,),
                inputs=(x.shape,),
                output=(*x.shape[:-1], features),
                bias=bias,
                parameters=weights + bias * features,
                l2=l2,
            ),
            shares,
        )

    # ---- normalisation, scales and activations ----------------------------------------------------------------

    def batch_norm(
        self,
        x: Tensor,
        *,
        scale: bool = True,
        center: bool = True,
        name: str | None = None,
        shares: str | None = None,
    ) -> Tensor:
        """Return `x` normalised per channel; C parameters each for `scale` and `center` (running statistics none)."""
        return self._same("batch_norm", x, name, parameters=x.shape[0] * (scale + center), shares=shares)

    def layer_norm(
        self, x: Tensor, *, channels_last: bool = False, name: str | None = None, shares: str | None = None
    ) -> Tensor:
        """Return `x` normalised over its channels, the first axis or (`channels_last`) the last; 2 C parameters."""
        size = x.shape[-1 if channels_last else 0]
        return self._same("layer_norm", x, name, parameters=2 * size, shares=shares)

    def scale(self, x: Tensor, *, parameters: int = 0, name: str | None = None, shares: str | None = None) -> Tensor:
        """Return `x` times a constant, or times `parameters` trainable factors (ConvNeXt's layer scale has C)."""
        return self._same("scale", x, name, parameters=parameters, shares=shares)

    def activation(self, x: Tensor, kind: str, *, name: str | None = None) -> Tensor:
        """Return an elementwise activation by its kind: ``"relu"``, ``"silu"``, ``"hard_swish"`` ..."""
        return self._same(kind, x, name)

    def relu(self, x: Tensor, *, name: str | None = None) -> Tensor:
        """Return max(x, 0)."""
        return self._same("relu", x, name)

    def relu6(self, x: Tensor, *, name: str | None = None) -> Tensor:
        """Return min(max(x, 0), 6)."""
        return self._same("relu6", x, name)

    def hard_swish(self, x: Tensor, *, name: str | None = None) -> Tensor:
        """Return x relu6(x + 3) / 6."""
        return self._same("hard_swish", x, name)

    def hard_sigmoid(self, x: Tensor, *, name: str | None = None) -> Tensor:
        """Return relu6(x + 3) / 6."""
        return self._same("hard_sigmoid", x, name)

    def sigmoid(self, x: Tensor, *, name: str | None = None) -> Tensor:
        """Return 1 / (1 + exp(-x))."""
        return self._same("sigmoid", x, name)

    def silu(self, x: Tensor, *, name: str | None = None) -> Tensor:
        """Return x sigmoid(x), also called swish."""
        return self._same("silu", x, name)

    def gelu(self, x: Tensor, *, name: str | None = None) -> Tensor:
        """Return x times the normal distribution function of x."""
        return self._same("gelu", x, name)

    def softmax(self, x: Tensor, *, name: str | None = None) -> Tensor:
        """Return the shares exp(x) / sum exp(x)."""
        return self._same("softmax", x, name)

    def dropout(self, x: Tensor, *, name: str | None = None) -> Tensor:
        """Return `x` with values dropped at random while training."""
        return self._same("dropout", x, name)

    # ---- pools ------------------------------------------------------------------------------------------------

    def max_pool(
        self,
        x: Tensor,
        kernel: Pair,
        *,
        stride: Pair | None = None,
        padding: Padding = 0,
        dilation: Pair = 1,
        ceil_mode: bool = False,
        name: str | None = None,
    ) -> Tensor:
        """Return the maximum of each window; the stride is the kernel's size unless it is given."""
        return self._pool("max_pool", x, kernel, stride, padding, dilation, ceil_mode, name)

    def avg_pool(
        self,
        x: Tensor,
        kernel: Pair,
        *,
        stride: Pair | None = None,
        padding: Padding = 0,
        ceil_mode: bool = False,
        name: str | None = None,
    ) -> Tensor:
        """Return the mean of each window; the stride is the kernel's size unless it is given."""
        return self._pool("avg_pool", x, kernel, stride, padding, 1, ceil_mode, name)

    def adaptive_avg_pool(self, x: Tensor, size: Pair, *, name: str | None = None) -> Tensor:
        """Return means over a grid of `size` windows, however large the map is; of a smaller map pixels repeat."""
        rows, columns = _pair(size)
        if rows == columns == 1:
            return self.global_avg_pool(x, name=name)
        name = self._named("avg_pool", name)
        depth, height, width = self._map(x, "avg_pool", name)
        stride = (max(height // rows, 1), max(width // columns, 1))
        kernel = (max(height - (rows - 1) * stride[0], 1), max(width - (columns - 1) * stride[1], 1))
        if height < rows or width < columns:
            kernel = stride = (1, 1)
        return self._emit(
            Op(
                kind="avg_pool",
                name=name,
                sources=(x.name,),
                inputs=(x.shape,),
                output=(depth, rows, columns),
                kernel=kernel,
                stride=stride,
            )
        )

    def global_avg_pool(self, x: Tensor, *, keep_map: bool = True, name: str | None = None) -> Tensor:
        """Return the mean of each channel: (C, 1, 1), or (C,) without `keep_map` as Keras has it."""
        name = self._named("global_avg_pool", name)
        depth, _, _ = self._map(x, "global_avg_pool", name)
        output = (depth, 1, 1) if keep_map else (depth,)
        return self._emit(Op(kind="global_avg_pool", name=name, sources=(x.name,), inputs=(x.shape,), output=output))

    # ---- joining, parting and reshaping -----------------------------------------------------------------------

    def add(self, *xs: Tensor, name: str | None = None) -> Tensor:
        """Return the sum of tensors of one shape (or broadcast along axes of 1)."""
        return self._elementwise("add", xs, name)

    def multiply(self, *xs: Tensor, name: str | None = None) -> Tensor:
        """Return the product of tensors, one of which may have one value per channel (squeeze and excitation)."""
        return self._elementwise("multiply", xs, name)

    def concat(self, *xs: Tensor, name: str | None = None) -> Tensor:
        """Return tensors behind one another along the channels."""
        name = self._named("concat", name)
        if len({x.shape[1:] for x in xs}) != 1:
            raise self._fault("concat", name, f"maps of different sizes, {_listed(xs)}")
        output = (sum(x.shape[0] for x in xs), *xs[0].shape[1:])
        return self._emit(
            Op(
                kind="concat",
                name=name,
                sources=tuple(x.name for x in xs),
                inputs=tuple(x.shape for x in xs),
                output=output,
            )
        )

    def split(self, x: Tensor, channels: Sequence[int], *, name: str | None = None) -> tuple[Tensor, ...]:
        """Return consecutive parts of `x` with so many channels each; one operation per part."""
        name = self._named("split", name)
        if sum(channels) != x.shape[0]:
            raise self._fault("split", name, f"parts of {sum(channels)} channels together, but {x.shape[0]} are there")
        return tuple(
            self._emit(
                Op(
                    kind="split",
                    name=f"{name}.{index}",
                    sources=(x.name,),
                    inputs=(x.shape,),
                    output=(part, *x.shape[1:]),
                )
            )
            for index, part in enumerate(channels)
        )

    def permute(self, x: Tensor, order: Sequence[int], *, name: str | None = None) -> Tensor:
        """Return `x` with its axes in another order, e.g. (1, 2, 0) for channels last."""
        name = self._named("permute", name)
        if sorted(order) != list(range(len(x.shape))):
            raise self._fault("permute", name, f"{tuple(order)} is no order of {len(x.shape)} axes")
        output = tuple(x.shape[axis] for axis in order)
        return self._emit(Op(kind="permute", name=name, sources=(x.name,), inputs=(x.shape,), output=output))

    def shuffle(self, x: Tensor, groups: int, *, name: str | None = None) -> Tensor:
        """Return `x` with its channels dealt out over `groups` (ShuffleNet): a permutation that keeps the shape."""
        name = self._named("permute", name)
        if x.shape[0] % groups:
            raise self._fault("permute", name, f"{groups} groups do not divide {x.shape[0]} channels")
        return self._emit(
            Op(kind="permute", name=name, sources=(x.name,), inputs=(x.shape,), output=x.shape, groups=groups)
        )

    def upsample(
        self, x: Tensor, factor: Pair = 2, *, size: tuple[int, int] | None = None, name: str | None = None
    ) -> Tensor:
        """Return the map enlarged by `factor`, or to `size` (height, width)."""
        name = self._named("upsample", name)
        depth, height, width = self._map(x, "upsample", name)
        rows, columns = _pair(factor)
        output = (depth, height * rows, width * columns) if size is None else (depth, *size)
        return self._emit(Op(kind="upsample", name=name, sources=(x.name,), inputs=(x.shape,), output=output))

    def pad(self, x: Tensor, padding: Padding, *, name: str | None = None) -> Tensor:
        """Return the map with zeros around it; negative padding crops."""
        name = self._named("pad", name)
        depth, height, width = self._map(x, "pad", name)
        top, left, bottom, right = _padding(padding, (height, width), (1, 1), (1, 1), (1, 1))
        output = (depth, height + top + bottom, width + left + right)
        if min(output) < 1:
            raise self._fault("pad", name, f"nothing is left of a map of {height}x{width} px")
        return self._emit(
            Op(
                kind="pad",
                name=name,
                sources=(x.name,),
                inputs=(x.shape,),
                output=output,
                padding=(top, left, bottom, right),
            )
        )

    def flatten(self, x: Tensor, *, name: str | None = None) -> Tensor:
        """Return all values of `x` as one vector."""
        name = self._named("flatten", name)
        return self._emit(
            Op(kind="flatten", name=name, sources=(x.name,), inputs=(x.shape,), output=(elements(x.shape),))
        )

    # ---- the network ------------------------------------------------------------------------------------------

    @contextmanager
    def scope(self, name: str) -> Iterator[None]:
        """Put ``name.`` before the names of the operations added within."""
        outer = self._prefix
        self._prefix = f"{outer}{name}."
        try:
            yield
        finally:
            self._prefix = outer

    def build(self) -> Network:
        """Return the network as it stands.

        Raises
        ------
        NetworkError
            When there is no operation.
        """
        if not self._ops:
            raise NetworkError(f"{self.name}: a network without operations, add some before build()")
        return Network(name=self.name, input=self._image, ops=tuple(self._ops), parameters=self._parameters)

    def _named(self, kind: str, name: str | None) -> str:
        if name is not None:
            return self._prefix + name
        stem = self._prefix + kind
        number = self._numbers[stem] = self._numbers.get(stem, 0) + 1
        return f"{stem}_{number}"

    def _emit(self, op: Op, shares: str | None = None) -> Tensor:
        if op.name in self._by_name or not op.name:
            raise NetworkError(f"{self.name}: two operations are called {op.name!r}, names are unique")
        if shares is None:
            self._parameters += op.parameters
        elif shares not in self._by_name:
            raise NetworkError(f"{self.name}: {op.name} shares parameters of {shares!r}, which is no earlier operation")
        elif self._by_name[shares].parameters != op.parameters:
            raise NetworkError(
                f"{self.name}: {op.name} has {op.parameters} parameters and shares {shares!r}, which has "
                f"{self._by_name[shares].parameters}"
            )
        self._ops.append(op)
        self._by_name[op.name] = op
        return Tensor(op.name, op.output)

    def _same(
        self, kind: str, x: Tensor, name: str | None, *, parameters: int = 0, shares: str | None = None
    ) -> Tensor:
        return self._emit(
            Op(
                kind=kind,
                name=self._named(kind, name),
                sources=(x.name,),
                inputs=(x.shape,),
                output=x.shape,
                parameters=parameters,
            ),
            shares,
        )

    def _elementwise(self, kind: str, xs: tuple[Tensor, ...], name: str | None) -> Tensor:
        name = self._named(kind, name)
        shapes = tuple(x.shape for x in xs)
        output = broadcast(shapes) if len(xs) > 1 else None
        if output is None:
            raise self._fault(kind, name, f"these do not go together, {_listed(xs)}")
        return self._emit(Op(kind=kind, name=name, sources=tuple(x.name for x in xs), inputs=shapes, output=output))

    def _pool(
        self,
        kind: str,
        x: Tensor,
        kernel: Pair,
        stride: Pair | None,
        padding: Padding,
        dilation: Pair,
        ceil_mode: bool,
        name: str | None,
    ) -> Tensor:
        name = self._named(kind, name)
        depth, height, width = self._map(x, kind, name)
        k, d = _pair(kernel), _pair(dilation)
        s = k if stride is None else _pair(stride)
        pad = _padding(padding, (height, width), k, s, d)
        rows, columns = self._windows(kind, name, (height, width), k, s, d, pad, ceil=ceil_mode)
        return self._emit(
            Op(
                kind=kind,
                name=name,
                sources=(x.name,),
                inputs=(x.shape,),
                output=(depth, rows, columns),
                kernel=k,
                stride=s,
                padding=pad,
                dilation=d,
            )
        )

    def _windows(
        self,
        kind: str,
        name: str,
        size: tuple[int, int],
        kernel: tuple[int, int],
        stride: tuple[int, int],
        dilation: tuple[int, int],
        pad: Padding4,
        *,
        ceil: bool = False,
    ) -> tuple[int, int]:
        rows = window_output(
            size[0], kernel[0], stride=stride[0], before=pad[0], after=pad[2], dilation=dilation[0], ceil=ceil
        )
        columns = window_output(
            size[1], kernel[1], stride=stride[1], before=pad[1], after=pad[3], dilation=dilation[1], ceil=ceil
        )
        if rows < 1 or columns < 1:
            raise self._fault(
                kind, name, f"a map of {text(size)} px is smaller than its {text(kernel)} window, use a larger image"
            )
        return rows, columns

    def _map(self, x: Tensor, kind: str, name: str) -> tuple[int, int, int]:
        if len(x.shape) != 3:
            raise self._fault(kind, name, f"reads a map of channels x height x width, not {text(x.shape)}")
        return x.shape[0], x.shape[1], x.shape[2]

    def _fault(self, kind: str, name: str, what: str) -> NetworkError:
        return NetworkError(f"{self.name}: {name} ({kind}): {what}")


def _pair(value: Pair) -> tuple[int, int]:
    return (value, value) if isinstance(value, int) else value


def _padding(
    padding: Padding,
    size: tuple[int, int],
    kernel: tuple[int, int],
    stride: tuple[int, int],
    dilation: tuple[int, int],
) -> Padding4:
    if isinstance(padding, int):
        return (padding, padding, padding, padding)
    if isinstance(padding, str):
        if padding == "valid":
            return (0, 0, 0, 0)
        if padding != "same":
            raise ValueError(f'padding is numbers, "same" or "valid", not {padding!r}')
        top, bottom = same_padding(size[0], kernel[0], stride=stride[0], dilation=dilation[0])
        left, right = same_padding(size[1], kernel[1], stride=stride[1], dilation=dilation[1])
        return (top, left, bottom, right)
    if len(padding) == 2:
        return (padding[0], padding[1], padding[0], padding[1])
    return padding


def _listed(xs: Sequence[Tensor]) -> str:
    return ", ".join(f"{x.name or 'input'} {text(x.shape)}" for x in xs)
