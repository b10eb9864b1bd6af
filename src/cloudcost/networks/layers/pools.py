"""Pools: maxima and means of windows."""

from __future__ import annotations

from cloudcost.domain.network import Op
from cloudcost.networks.layers.base import LayerList, Padding, Pair, Tensor, four_sided, pair


class PoolLayers(LayerList):
    """Layers that take a maximum or a mean of windows."""

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
        rows, columns = pair(size)
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
        k, d = pair(kernel), pair(dilation)
        s = k if stride is None else pair(stride)
        pad = four_sided(padding, (height, width), k, s, d)
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
