"""Padding that a network JSON does not state in numbers."""

from __future__ import annotations

from dataclasses import replace

from cloudcost.domain.network import Op
from cloudcost.networks.checks import op_faults
from cloudcost.networks.shapes import Padding4, same_padding

_WINDOWED = frozenset({"conv2d", "conv_transpose2d", "max_pool", "avg_pool"})


def tensorflow_padding(op: Op) -> Padding4:
    """Return TensorFlow's padding, or of a transposed convolution the one that grows the map by the stride."""
    if len(op.inputs[0]) != 3:
        return (0, 0, 0, 0)
    if op.kind == "conv_transpose2d":
        rows, columns = (max(op.dilation[axis] * (op.kernel[axis] - 1) + 1 - op.stride[axis], 0) for axis in (0, 1))
        return (rows // 2, columns // 2, rows - rows // 2, columns - columns // 2)
    (top, bottom), (left, right) = (
        same_padding(op.inputs[0][axis + 1], op.kernel[axis], stride=op.stride[axis], dilation=op.dilation[axis])
        for axis in (0, 1)
    )
    return (top, left, bottom, right)


def unstated_padding(op: Op) -> Padding4:
    """Return the padding that explains the output when none is stated: none if it can, else "same"."""
    if op.kind == "pad" and len(op.inputs[0]) == len(op.output) == 3:
        rows, columns = (op.output[axis] - op.inputs[0][axis] for axis in (1, 2))
        return (rows // 2, columns // 2, rows - rows // 2, columns - columns // 2)
    if op.kind not in _WINDOWED:
        return (0, 0, 0, 0)
    if not any(key == "output" for key, _ in op_faults(op)):
        return (0, 0, 0, 0)
    padded = replace(op, padding=tensorflow_padding(op))
    return padded.padding if not any(key == "output" for key, _ in op_faults(padded)) else (0, 0, 0, 0)
