"""The table of levels that ships: logarithms of factors on the columns of the timing model, by what they belong to.

One joint fit gives them (``python -m benchmarks.accuracy fit``). A level's name says what it belongs to
(``stack/torch``, ``architecture/Ada``, ``device/RTX 3090``); it holds factors for single columns
(``fwd.winograd_flop``), for kinds (``conv.byte``, all bytes of convolutions) and for units (``flop``), which multiply.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from cloudcost.frozen import dataclass
from cloudcost.timing.levels.launches import CLASSES
from cloudcost.timing.rates.coefficients import COLUMNS, Column
from cloudcost.timing.rates.equation import Array

SCHEMA = "cloudcost.levels/1"
"""History: 1, first."""
FILE = Path(__file__).parent / "data" / "levels.json"
_CONVOLUTIONS = frozenset({"fwd", "dw", "dx"})


def kind_of_column(column: Column) -> str:
    """Return the kind that a column belongs to: what a level may scale together.

    Examples
    --------
    >>> [kind_of_column(column) for column in COLUMNS[:9:2]]
    ['conv.flop', 'conv.large', 'conv.flop', 'conv.byte', 'count']
    """
    if column.unit == "count":
        return "count"
    if column.name.endswith("large_flop"):
        return "conv.large"
    return f"{'conv' if column.group in _CONVOLUTIONS else column.group}.{column.unit}"


KEYS: tuple[tuple[str, ...], ...] = tuple(
    tuple(dict.fromkeys((column.name, kind_of_column(column), column.unit))) for column in COLUMNS
)
"""What a level may name to reach each column."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Levels:
    """The shipped levels.

    Parameters
    ----------
    centre : float64, shape (columns,)
        Logarithms of the coefficients that everything starts from: what T4 and V100 have in common under TensorFlow.
    own : mapping of str to float64, shape (columns,)
        What K80, M60, T4 and V100 depart from it by. [log]
    factors : mapping of str to mapping of str to float
        Level's name -> column, kind or unit -> log of a factor.
    launch_seconds : float64, shape (12,)
        Of each class of call on a host of factor 1. [s]
    sharpness : float
        How abruptly the longer of host and device rules. [1]
    launch_logs : mapping of str to float
        Of the host's cost, by stack or precision. [log]
    relatives : mapping of str to str
        Device -> the device whose level it takes, of the same chip.
    measured : mapping of str to mapping
        Device -> ``rows`` (of them ``device_rows`` ruled by the device, not the host), ``architecture``, ``kinds``
        (columns with at least a hundredth of some step's time) and ``varieties`` of convolution.
    cache_share, cache_reach : float
        Up to which share bytes are spared by the last-level cache, and tensors of how many times its size. [1]
    infinity_share : float
        Of AMD's Infinity Cache that counts as such. [1]
    """

    centre: Array
    own: Mapping[str, Array]
    factors: Mapping[str, Mapping[str, float]]
    launch_seconds: Array
    sharpness: float
    launch_logs: Mapping[str, float]
    relatives: Mapping[str, str]
    measured: Mapping[str, Mapping[str, Any]]
    cache_share: float
    cache_reach: float
    infinity_share: float

    @property
    def architectures(self) -> frozenset[str]:
        """Architectures of which some device was measured."""
        return frozenset(name.split("/")[1] for name in self.factors if name.startswith("architecture/"))

    def logs(self, weights: Mapping[str, float]) -> Array:
        """Return the weighted sum of some levels, float64 of shape (columns,). [log]"""
        total = np.zeros(len(COLUMNS))
        for name, weight in weights.items():
            held = self.factors.get(name)
            if held:
                total += weight * np.array([sum(held.get(key, 0.0) for key in keys) for keys in KEYS])
        return total


def levels_of(document: Any) -> Levels:
    """Return the levels that a document holds; columns that it lacks keep their priors."""
    return Levels(
        centre=_columns(document["centre"], [float(np.log(column.prior)) for column in COLUMNS]),
        own={name: _columns(held, [0.0] * len(COLUMNS)) for name, held in document["own"].items()},
        factors=document["factors"],
        launch_seconds=np.array([1e-6 * document["launch_us"][name] for name in CLASSES]),
        sharpness=document["sharpness"],
        launch_logs=document["launch_logs"],
        relatives=document["relatives"],
        measured=document["measured"],
        cache_share=document["cache"]["share"],
        cache_reach=document["cache"]["reach"],
        infinity_share=document["cache"]["infinity"],
    )


@cache
def shipped_levels() -> Levels:
    """Return the levels that ship."""
    return levels_of(json.loads(FILE.read_text(encoding="utf-8")))


def _columns(held: Mapping[str, float], otherwise: list[float]) -> Array:
    return np.array([held.get(column.name, other) for column, other in zip(COLUMNS, otherwise, strict=True)])
