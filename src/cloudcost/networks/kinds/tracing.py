"""What the rules of traced calls share; the values that they get are those of `traces`, which only a tracer loads."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from cloudcost.errors import NetworkError

if TYPE_CHECKING:
    from cloudcost.domain.network import Shape
    from cloudcost.networks.kinds.traces import Seen, TraceRule


def same(kind: str) -> TraceRule:
    """Return the rule of a call that is one operation of a kind, whatever its arguments."""
    return lambda seen, outputs: [seen.op(kind, outputs[0])]


def two(value: object) -> tuple[int, int]:
    """Return height and width of a kernel, stride or padding as PyTorch writes it.

    Raises
    ------
    NetworkError
        When it is neither a number nor several.
    """
    if isinstance(value, int):
        return (value, value)
    if isinstance(value, (list, tuple)) and value and all(isinstance(part, int) for part in value):
        return (value[0], value[-1])
    raise NetworkError(f"a kernel, stride or padding of {value!r} is not understood")


def shape_words(shape: Shape) -> str:
    """Return a shape for a message."""
    return "x".join(map(str, shape)) or "no axes"


def read_shape(seen: Seen) -> Shape:
    """Return the shape of the first tensor as it is now, per sample."""
    return tuple(seen.reads[0].shape[1:])


def read_elements(seen: Seen) -> int:
    """Return the numbers of the first tensor, batch included. [count]"""
    return prod(seen.reads[0].shape)
