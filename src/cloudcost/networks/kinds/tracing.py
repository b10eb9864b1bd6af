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


def named(kind: str) -> TraceRule:
    """Return the rule of a call that is one operation of a generic kind, which keeps the function's name."""
    return lambda seen, outputs: [seen.op(kind, outputs[0], function=seen.func)]


def several(value: object, rank: int) -> tuple[int, ...]:
    """Return a kernel, stride or padding as PyTorch writes it with one number for each axis.

    Raises
    ------
    NetworkError
        When it is neither a number nor as many as there are axes.
    """
    if isinstance(value, int):
        return (value,) * rank
    if isinstance(value, (list, tuple)) and all(isinstance(part, int) for part in value):
        if len(value) == 1:
            return (*value,) * rank
        if len(value) == rank:
            return tuple(value)
    raise NetworkError(f"a kernel, stride or padding of {value!r} over {rank} axes is not understood")


def shape_words(shape: Shape) -> str:
    """Return a shape for a message."""
    return "x".join(map(str, shape)) or "no axes"


def read_shape(seen: Seen) -> Shape:
    """Return the shape of the first tensor as it is now, per sample."""
    return tuple(seen.reads[0].shape[1:])


def read_elements(seen: Seen) -> int:
    """Return the numbers of the first tensor, batch included. [count]"""
    return prod(seen.reads[0].shape)
