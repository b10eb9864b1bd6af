"""Pools: maxima and means of windows."""

from __future__ import annotations

from cloudcost.domain.network import Op
from cloudcost.networks.kinds.pools import adaptive_windows
from cloudcost.networks.layers.base import LayerList, Padding, Pair, Tensor, sided, sizes


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
        written = sizes(size, max(len(x.shape) - 1, 1))
        if set(written) == {1}:
            return self.global_avg_pool(x, name=name)
        name = self._named("avg_pool", name)
        read = self._map(x, "avg_pool", name)
        kernel, stride = adaptive_windows(read, written)
        return self._emit(
            Op(
                kind="avg_pool",
                name=name,
                sources=(x.name,),
                inputs=(x.shape,),
                output=(x.shape[0], *written),
                kernel=kernel,
                stride=stride,
                padding=(0,) * (2 * len(written)),
                dilation=(1,) * len(written),
            )
        )

    def global_avg_pool(self, x: Tensor, *, keep_map: bool = True, name: str | None = None) -> Tensor:
        """Return the mean of each channel: (C, 1, 1), or (C,) without `keep_map` as Keras has it."""
        name = self._named("global_avg_pool", name)
        ones = (1,) * len(self._map(x, "global_avg_pool", name))
        output = (x.shape[0], *ones) if keep_map else (x.shape[0],)
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
        size = self._map(x, kind, name)
        k, d = sizes(kernel, len(size)), sizes(dilation, len(size))
        s = k if stride is None else sizes(stride, len(size))
        pad = sided(padding, size, k, s, d)
        written = self._windows(kind, name, size, k, s, d, pad, ceil=ceil_mode)
        return self._emit(
            Op(
                kind=kind,
                name=name,
                sources=(x.name,),
                inputs=(x.shape,),
                output=(x.shape[0], *written),
                kernel=k,
                stride=s,
                padding=pad,
                dilation=d,
            )
        )
