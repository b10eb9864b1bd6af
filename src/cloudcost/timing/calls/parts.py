"""The time of a call that is part of one that was timed: a single gradient, a normalisation on running statistics.

A profile of the whole network times both gradients of a convolution in one call; a frozen layer asks for one of them.
The gradient of the input is the same products as the forward pass, turned round, and takes about as long; that of the
weights is the rest.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import assert_never

from cloudcost.timing.calls.framework import Call

LEAST, MOST = 0.15, 0.7
"""Between these shares of both gradients that of the input alone lies. Measured on 22 convolutions (1x1, 3x3, 7x7,
grouped, depthwise; batch 4 and 16; AMD EPYC, one thread, PyTorch 2.13, 2026-11-29): 0.16 to 0.68, and within a tenth
of the forward pass over both where the stride is 1; what is left was the weights' alone. [1]"""
FEW, FEW_TINY = 0.62, 0.84
"""The same of 1x1 convolutions of few images, which PyTorch runs as a plain product per image: turned round it is the
slower, the more so on maps of up to 9 pixels (0.54 to 0.70, and 0.72 to 0.91, 22 of them at batch 4 and 8). [1]"""
EVEN = 0.5
"""The same where the forward pass was not timed. [1]"""
RUNNING_FORWARD, RUNNING_BACKWARD = 0.17, 0.92
"""A batch normalisation on running statistics over one in training, which goes through its input twice more to have
mean and variance: 0.12 to 0.23 and 0.63 to 1.02 (six maps, batch 8, the same machine). [1]"""


def part_seconds(call: Call, seconds_of: Callable[[Call], float | None]) -> float | None:
    """Return the time of a part, from the times of its whole; None where that has none. [s]

    Parameters
    ----------
    call : Call
    seconds_of : callable
        The time of another call, None where it is not known. [s]
    """
    if call.whole is None:
        return None
    whole = seconds_of(call.whole)
    if whole is None:
        return None
    match call.part:
        case "data":
            return whole * _data_share(call, whole, seconds_of)
        case "weights":
            return whole * (1 - _data_share(call, whole, seconds_of))
        case "running":
            return whole * (RUNNING_BACKWARD if call.op.endswith("_backward") else RUNNING_FORWARD)
        case "bias" | "":  # a sum over the output: next to nothing beside products
            return None
        case _:
            assert_never(call.part)


def _data_share(call: Call, whole: float, seconds_of: Callable[[Call], float | None]) -> float:
    if call.kind.startswith("conv_1x1_few"):
        return FEW_TINY if "_tiny" in call.kind else FEW
    ahead = None if call.ahead is None else seconds_of(call.ahead)
    return EVEN if ahead is None else min(max(ahead / whole, LEAST), MOST)
