"""The columns of the timing model: what each coefficient multiplies, its unit, its operation kind and its prior.

A coefficient is stored relative to the data sheet: seconds per GFLOP times peak GFLOP/s, seconds per GB times GB/s, or
seconds per thousand calls. A value of 1 then means "runs at the rate of the data sheet", 8 on the bytes of a batch
normalisation means that its output crosses memory eight times. The physics behind each column is in
``docs/explanation/timing-model.md``.
"""

from __future__ import annotations

from typing import Literal

from cloudcost.frozen import dataclass

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

GROUPS: tuple[str, ...] = tuple(dict.fromkeys(column.group for column in COLUMNS))
"""Operation kinds, in the order of the columns."""
