"""The columns of the timing model: what each coefficient multiplies, its unit, its operation kind and its prior.

A coefficient is stored relative to the data sheet: seconds per GFLOP times peak GFLOP/s, seconds per GB times GB/s, or
seconds per thousand calls. A value of 1 then means "runs at the rate of the data sheet", 8 on the bytes of a batch
normalisation means that its output crosses memory eight times. The physics behind each column is in
``docs/explanation/timing-model.md``.
"""

from __future__ import annotations

from functools import cache
from typing import Literal

import numpy as np

from cloudcost.frozen import dataclass

Array = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
Unit = Literal["flop", "byte", "count"]

PASSES = ("fwd", "dw", "dx")
"""Forward, gradient of the weights, gradient of the input."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of the model.

    Parameters
    ----------
    name : str
        ``pass.what`` of a convolution, else ``kind.what``.
    group : str
        Operation kind whose summed time it takes part in.
    unit : {"flop", "byte", "count"}
        GFLOP, GB or thousands of calls.
    prior : float
        Centre of its prior, relative to the data sheet; seconds per thousand calls for counts.
    """

    name: str
    group: str
    unit: Unit
    prior: float


_CONV: tuple[tuple[str, Unit, float], ...] = (
    ("pointwise_flop", "flop", 1.2),
    ("winograd_flop", "flop", 1.2),
    ("large_flop", "flop", 1.2),
    ("other_flop", "flop", 1.2),
    ("tiny_map_flop", "flop", 0.3),
    ("in_byte", "byte", 1.0),
    ("out_byte", "byte", 1.0),
    ("weight_byte", "byte", 1.0),
    ("calls", "count", 0.015),
)

_LIGHT: tuple[tuple[str, str, Unit, float], ...] = (
    ("bn.byte", "bn", "byte", 8.0),
    ("bn.calls", "bn", "count", 0.01),
    ("act.byte", "act", "byte", 5.0),
    ("act.calls", "act", "count", 0.01),
    ("pool.byte", "pool", "byte", 3.0),
    ("pool.calls", "pool", "count", 0.01),
    ("bias.byte", "bias", "byte", 4.0),
    ("bias.calls", "bias", "count", 0.01),
    ("dense.flop", "dense", "flop", 1.7),
    ("dense.weight_byte", "dense", "byte", 1.5),
    ("dense.calls", "dense", "count", 0.01),
    ("sgd.byte", "sgd", "byte", 4.0),
    ("sgd.variables", "sgd", "count", 0.01),
    ("dwc.flop", "dwc", "flop", 20.0),
    ("dwc.byte", "dwc", "byte", 2.0),
    ("dwc.calls", "dwc", "count", 0.01),
    ("rest.byte", "rest", "byte", 4.0),
    ("rest.l2_byte", "rest", "byte", 5.0),
    ("rest.calls", "rest", "count", 0.01),
    ("rest.constant", "rest", "count", 0.0003),
    ("attn.flop", "attn", "flop", 1.5),
    ("attn.byte", "attn", "byte", 1.3),
    ("attn.calls", "attn", "count", 0.01),
)

LATER: tuple[str, ...] = ("attn.flop", "attn.byte", "attn.calls")
"""Columns that device models written before them lack: products of activations and attention. Such a model takes
their priors, and all of their time counts as not measured."""

COLUMNS: tuple[Column, ...] = tuple(
    Column(name=f"{way}.{what}", group=way, unit=unit, prior=prior) for way in PASSES for what, unit, prior in _CONV
) + tuple(Column(name=name, group=group, unit=unit, prior=prior) for name, group, unit, prior in _LIGHT)

INDEX: dict[str, int] = {column.name: place for place, column in enumerate(COLUMNS)}

AHEAD = {"fwd": 1.0, "dw": 0.0, "dx": 0.0, "sgd": 0.0, "bn": 0.37, "pool": 0.28, "bias": 0.42, "dwc": 0.2}
"""Share of a group's columns that the forward pass takes: of bn, pool and bias as the profiled sums of the measured
data set split; of a group that is not named, one pass of three. [1]"""
ONE_PASS = 1 / 3

GROUPS: tuple[str, ...] = tuple(dict.fromkeys(column.group for column in COLUMNS))
"""Operation kinds, in the order of the columns."""

_BY_PASS = frozenset({*PASSES, "dense", "dwc", "sgd"})
"""Groups whose columns are counted pass by pass, or by what is trained."""
RUNNING_AHEAD, RUNNING_BEHIND = 2 / 3, 3 / 5
"""Memory passes of a batch normalisation on running statistics over one in training: forward it reads and writes once
where that reads twice; backward it reads gradient and input and writes once where that reads both twice. [1]"""


@cache
def times_of(backward: bool, again: bool, running: bool) -> Array:
    """Return how often the columns of an operation count: the forward share alone, the whole, or once more. [1]

    Parameters
    ----------
    backward, again : bool
        Whether it has a backward pass, and whether its forward pass is run again.
    running : bool
        Of a batch normalisation: whether it takes its running statistics.

    Returns
    -------
    float64, shape (columns,)
    """
    times = np.ones(len(COLUMNS))
    for place, column in enumerate(COLUMNS):
        if column.group not in _BY_PASS:
            ahead = AHEAD.get(column.group, ONE_PASS)
            behind = (1 - ahead) * backward
            if running and column.group == "bn":
                ahead, behind = RUNNING_AHEAD * ahead, RUNNING_BEHIND * behind
            times[place] = ahead * (1 + again) + behind
    return times
