"""Layers that join, part, move or enlarge tensors and compute next to nothing."""

from __future__ import annotations

from collections.abc import Sequence

from cloudcost.domain.network import Op, Shape
from cloudcost.networks.layers.base import LayerList, Padding, Pair, Tensor, listed, sided, sizes
from cloudcost.networks.shapes import broadcast, elements, text


class JoiningLayers(LayerList):
    """Layers that join, part, move or enlarge tensors."""

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
            raise self._fault("concat", name, f"maps of different sizes, {listed(xs)}")
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
        return self._emit(
            Op(kind="permute", name=name, sources=(x.name,), inputs=(x.shape,), output=output, axes=tuple(order))
        )

    def shuffle(self, x: Tensor, groups: int, *, name: str | None = None) -> Tensor:
        """Return `x` with its channels dealt out over `groups` (ShuffleNet): a permutation that keeps the shape."""
        name = self._named("permute", name)
        if x.shape[0] % groups:
            raise self._fault("permute", name, f"{groups} groups do not divide {x.shape[0]} channels")
        return self._emit(
            Op(kind="permute", name=name, sources=(x.name,), inputs=(x.shape,), output=x.shape, groups=groups)
        )

    def upsample(
        self, x: Tensor, factor: Pair = 2, *, size: tuple[int, ...] | None = None, name: str | None = None
    ) -> Tensor:
        """Return the map enlarged by `factor`, or to `size` (height, width)."""
        name = self._named("upsample", name)
        read = self._map(x, "upsample", name)
        grown = (pixels * times for pixels, times in zip(read, sizes(factor, len(read)), strict=True))
        output = (x.shape[0], *(grown if size is None else size))
        return self._emit(Op(kind="upsample", name=name, sources=(x.name,), inputs=(x.shape,), output=output))

    def pad(self, x: Tensor, padding: Padding, *, name: str | None = None) -> Tensor:
        """Return the map with zeros around it; negative padding crops."""
        name = self._named("pad", name)
        read = self._map(x, "pad", name)
        rank = len(read)
        ones = (1,) * rank
        pad = sided(padding, read, ones, ones, ones)
        output = (x.shape[0], *(pixels + pad[axis] + pad[axis + rank] for axis, pixels in enumerate(read)))
        if min(output) < 1:
            raise self._fault("pad", name, f"nothing is left of a map of {text(read)} px")
        return self._emit(
            Op(
                kind="pad",
                name=name,
                sources=(x.name,),
                inputs=(x.shape,),
                output=output,
                padding=pad,
                kernel=ones,
                stride=ones,
                dilation=ones,
            )
        )

    def reshape(self, x: Tensor, shape: Shape, *, name: str | None = None) -> Tensor:
        """Return the same numbers in another shape, without moving any."""
        return self.operation("reshape", x, output=shape, name=name)

    def transpose(self, x: Tensor, *, name: str | None = None) -> Tensor:
        """Return `x` with its last two axes swapped, as the product behind it reads it without moving any number."""
        return self.operation("transpose", x, output=(*x.shape[:-2], *reversed(x.shape[-2:])), name=name)

    def copy(self, *xs: Tensor, shape: Shape, function: str, name: str | None = None) -> Tensor:
        """Return a new tensor of any shape with numbers of `xs`: rolled, padded, stacked, picked."""
        return self.operation("copy", *xs, output=shape, function=function, name=name)

    def flatten(self, x: Tensor, *, name: str | None = None) -> Tensor:
        """Return all values of `x` as one vector."""
        name = self._named("flatten", name)
        return self._emit(
            Op(kind="flatten", name=name, sources=(x.name,), inputs=(x.shape,), output=(elements(x.shape),))
        )

    def _elementwise(self, kind: str, xs: tuple[Tensor, ...], name: str | None) -> Tensor:
        name = self._named(kind, name)
        shapes = tuple(x.shape for x in xs)
        output = broadcast(shapes) if len(xs) > 1 else None
        if output is None:
            raise self._fault(kind, name, f"these do not go together, {listed(xs)}")
        return self._emit(Op(kind=kind, name=name, sources=tuple(x.name for x in xs), inputs=shapes, output=output))
