"""Convolutions, transposed convolutions and linear maps."""

from __future__ import annotations

from cloudcost.domain.network import Op
from cloudcost.networks.kinds.convolutions import kernel_weights
from cloudcost.networks.layers.base import LayerList, Padding, Pair, Tensor, four_sided, pair
from cloudcost.networks.shapes import transposed_output


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
        """Return a convolution of `x` with `channels` outputs.

        Raises
        ------
        NetworkError
            When the kernel is larger than the padded map, or `groups` does not divide the channels.
        """
        name = self._named("conv2d", name)
        depth, height, width = self._map(x, "conv2d", name)
        if groups < 1 or depth % groups or channels % groups:
            raise self._fault("conv2d", name, f"{groups} groups do not divide {depth} and {channels} channels")
        k, s, d = pair(kernel), pair(stride), pair(dilation)
        pad = four_sided(padding, (height, width), k, s, d)
        rows, columns = self._windows("conv2d", name, (height, width), k, s, d, pad)
        parameters = kernel_weights(depth, channels, k, groups) + bias * channels
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
        k, s, d, extra = pair(kernel), pair(stride), pair(dilation), pair(output_padding)
        if padding == "same":
            spans = [d[axis] * (k[axis] - 1) + 1 - s[axis] for axis in (0, 1)]
            pad = (max(spans[0], 0) // 2, max(spans[1], 0) // 2, -(-max(spans[0], 0) // 2), -(-max(spans[1], 0) // 2))
            extra = (max(-spans[0], 0), max(-spans[1], 0))
        else:
            pad = four_sided(padding, (height, width), k, s, d)
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
