"""What one image's share of a tensor is, and the free operations that read it in another shape.

Images come in a batch of a prime number that no axis has otherwise, so that the axis which carries the batch is the one
that the prime divides, wherever a module moves it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from math import prod

import torch

from cloudcost.domain.network import Op, Shape
from cloudcost.errors import NetworkError
from cloudcost.networks.checks import op_faults
from cloudcost.networks.kinds.traces import Node
from cloudcost.networks.shapes import text

BATCH = 1009
"""Images of the traced pass, a prime: an axis that it divides carries the batch. [count]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class PerImage:
    """A tensor as a rule sees it: one image of it, behind a batch of one."""

    shape: tuple[int, ...]


def batch_axis(tensor: torch.Tensor) -> int | None:
    """Return the axis of a tensor that carries the batch, None where none does.

    Raises
    ------
    NetworkError
        When two axes do: images are compared with each other.
    """
    axes = [axis for axis, size in enumerate(tensor.shape) if size and size % BATCH == 0]
    if len(axes) > 1:
        sizes = text(tuple(size for axis, size in enumerate(tensor.shape) if axis not in axes)) or "one value"
        raise NetworkError(
            f"a tensor of {sizes} for each pair of images relates the images of a batch to one another, "
            "so that its size does not follow from one image"
        )
    return axes[0] if axes else None


def per_image(tensor: torch.Tensor) -> Shape:
    """Return the shape of one image's share of a tensor.

    Raises
    ------
    NetworkError
        When two axes carry the batch: images are compared with each other.

    Examples
    --------
    >>> per_image(torch.empty(BATCH * 4, 49, 96, device="meta")), per_image(torch.empty(7, BATCH, 8, device="meta"))
    ((4, 49, 96), (7, 8))
    """
    shape, axis = tuple(tensor.shape), batch_axis(tensor)
    if axis is None:  # what was reduced over the batch keeps an axis of one there
        return (shape[1:] if len(shape) > 1 and shape[0] == 1 else shape) or (1,)
    share = shape[axis] // BATCH
    ahead = () if all(size == 1 for size in shape[:axis]) else shape[:axis]
    return (*ahead, *((share,) if share > 1 else ()), *shape[axis + 1 :]) or (1,)


def views(node: Node, shape: Shape) -> list[Op]:
    """Return the free operations after which a tensor is read in another shape than it was written in."""
    have, want = prod(node.shape), prod(shape)
    if have == want:
        return [_turned(node.shape, shape)]
    if want > have:
        repeated = _free("expand", node.shape, shape)
        return [repeated] if not op_faults(repeated) else [replace(repeated, kind="copy", function="expand")]
    part = _free("split", node.shape, shape)
    if not op_faults(part):
        return [part]
    crop = (
        [node.shape[:axis] + shape[axis:] for axis in reversed(range(len(shape)))]
        if len(shape) == len(node.shape)
        else []
    )
    parts = [_free("split", before, after) for before, after in pairwise([node.shape, *crop]) if before != after]
    if parts and not any(map(op_faults, parts)):
        return parts
    return [_free("flatten", node.shape, (have,)), _free("split", (have,), (want,)), _free("reshape", (want,), shape)]


def _turned(before: Shape, after: Shape) -> Op:
    """Return the free operation that has the same numbers in another order or shape."""
    op = _free("flatten" if len(after) == 1 else "reshape", before, after)
    if len(after) == len(before) > 1 and sorted(after) == sorted(before):
        if (*after[:-2], after[-1], after[-2]) == before:
            return replace(op, kind="transpose")
        if after in ((*before[1:], before[0]), (before[-1], *before[:-1])):
            return replace(op, kind="permute")
    return op


def _free(kind: str, before: Shape, after: Shape) -> Op:
    return Op(kind=kind, name="", inputs=(before,), output=after)


def tensors_in(values: Iterable[object]) -> Iterator[torch.Tensor]:
    """Yield the tensors in nested lists, tuples and mappings, in order."""
    for value in values:
        if isinstance(value, torch.Tensor):
            yield value
        elif isinstance(value, Mapping):
            yield from tensors_in(value.values())
        elif isinstance(value, (list, tuple)):
            yield from tensors_in(value)
