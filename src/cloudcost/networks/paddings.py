"""Padding that a network JSON does not state in numbers."""

from __future__ import annotations

from dataclasses import replace

from cloudcost.domain.network import Op
from cloudcost.networks.checks import op_faults
from cloudcost.networks.kinds.table import kind_of
from cloudcost.networks.shapes import Sides


def tensorflow_padding(op: Op) -> Sides:
    """Return TensorFlow's padding, or of a transposed convolution the one that grows the map by the stride."""
    if len(op.inputs[0]) <= len(op.kernel):
        return (0,) * (2 * len(op.kernel))
    return kind_of(op).same(op)


def unstated_padding(op: Op) -> Sides:
    """Return the padding that explains the output when none is stated: none if it can, else "same"."""
    kind = kind_of(op)
    if kind.unstated is not None:
        return kind.unstated(op)
    none = (0,) * (2 * len(op.kernel))
    op = replace(op, padding=none)
    if kind.window == "none":
        return none
    if not any(key == "output" for key, _ in op_faults(op)):
        return none
    padded = replace(op, padding=tensorflow_padding(op))
    return padded.padding if not any(key == "output" for key, _ in op_faults(padded)) else none
