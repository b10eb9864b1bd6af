"""Convolutions, transposed convolutions and linear maps."""

from __future__ import annotations

from cloudcost.domain.network import Op
from cloudcost.networks.kinds.convolutions import kernel_weights
from cloudcost.networks.layers.base import LayerList, Padding, Pair, Tensor, sided, sizes
from cloudcost.networks.shapes import Sides, text, transposed_output


class ConvolutionLayers(LayerList):
    """Layers that multiply with a kernel."""

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
        """Return a convolution of `x` with `channels` outputs, over as many axes as its map has.

        Raises
        ------
        NetworkError
            When the kernel is larger than the padded map, or `groups` does not divide the channels.
        """
        rank = len(x.shape) - 1 if len(x.shape) > 1 else 2
        kind = f"conv{rank}d"
        name = self._named(kind, name)
        size, depth = self._map(x, kind, name), x.shape[0]
        if groups < 1 or depth % groups or channels % groups:
            raise self._fault(kind, name, f"{groups} groups do not divide {depth} and {channels} channels")
        k, s, d = sizes(kernel, rank), sizes(stride, rank), sizes(dilation, rank)
        pad = sided(padding, size, k, s, d)
        written = self._windows(kind, name, size, k, s, d, pad)
        parameters = kernel_weights(depth, channels, k, groups) + bias * channels
        return self._emit(
            Op(
                kind=kind,
                name=name,
                sources=(x.name,),
                inputs=(x.shape,),
                output=(channels, *written),
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
        self._map(x, "conv2d", name or "depthwise")
        depth = x.shape[0]
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
        rank = len(x.shape) - 1 if len(x.shape) > 1 else 2
        kind = f"conv_transpose{rank}d"
        name = self._named(kind, name)
        size, depth = self._map(x, kind, name), x.shape[0]
        if groups < 1 or depth % groups or channels % groups:
            raise self._fault(kind, name, f"{groups} groups do not divide {depth} and {channels} channels")
        k, s, d, extra = (sizes(value, rank) for value in (kernel, stride, dilation, output_padding))
        if padding == "same":
            spans = [d[axis] * (k[axis] - 1) + 1 - s[axis] for axis in range(rank)]
            pad: Sides = (*(max(span, 0) // 2 for span in spans), *(-(-max(span, 0) // 2) for span in spans))
            extra = tuple(max(-span, 0) for span in spans)
        else:
            pad = sided(padding, size, k, s, d)
        written = tuple(
            transposed_output(
                pixels,
                k[axis],
                stride=s[axis],
                before=pad[axis],
                after=pad[axis + rank],
                dilation=d[axis],
                extra=extra[axis],
            )
            for axis, pixels in enumerate(size)
        )
        if min(written) < 1:
            raise self._fault(kind, name, f"nothing is left of a map of {text(size)} px")
        return self._emit(
            Op(
                kind=kind,
                name=name,
                sources=(x.name,),
                inputs=(x.shape,),
                output=(channels, *written),
                kernel=k,
                stride=s,
                padding=pad,
                dilation=d,
                groups=groups,
                bias=bias,
                parameters=kernel_weights(channels, depth, k, groups) + bias * channels,
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
