"""Measured times of this CNN correct the prediction, where it was timed and as far as devices share their errors.

Each prediction's log error is taken as a sum of Gaussian parts: the software stack's (the same on every device, and a
smaller part of each device's own), the network's (shared by devices alike), the device model's (shared by the cells of
one device as far as they stand on the same coefficients) and the cell's own. A measurement tells the sum of its parts;
the best estimate of another cell's error, and what then remains unsure, follow by conditioning.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np

RUN_NOISE = 0.02
"""Of a measured time, of the log: 0.5-2.3 % between runs of the measured data set. [1]"""
STACK_COMMON = 0.8
"""Share of the stack's variance that all devices have in common. [1]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """The standard deviations of one cell's log error, by part.

    Parameters
    ----------
    stack : float
        0 where the stack is known to match.
    network : float
        What devices alike share for one CNN.
    device : float
        What all cells of this device share for one CNN.
    own : float
        The cell's alone.
    """

    stack: float
    network: float
    device: float
    own: float

    @property
    def total(self) -> float:
        """Standard deviation of the whole. [1]"""
        return sqrt(self.stack**2 + self.network**2 + self.device**2 + self.own**2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A measured cell: how far it lay from its prediction.

    Parameters
    ----------
    residual : float
        Log of measured over predicted seconds.
    parts : Parts
    same_device : bool
        As the cell that is predicted.
    same_cell : bool
        Same device, batch and settings: the measurement is what is asked for.
    """

    residual: float
    parts: Parts
    same_device: bool
    same_cell: bool


def correct(target: Parts, known: Sequence[Known]) -> tuple[float, float, float]:
    """Return the expected log error of a cell, and the shared and own standard deviations that remain.

    Examples
    --------
    >>> parts = Parts(stack=0.0, network=0.0, device=0.06, own=0.06)
    >>> shift, shared, own = correct(parts, [Known(residual=0.2, parts=parts, same_device=True, same_cell=False)])
    >>> round(shift, 3)  # half of it, less a little for the run's noise: 0.2 x 36 / (72 + 4)
    0.095
    """
    if not known:
        return 0.0, sqrt(STACK_COMMON * target.stack**2 + target.network**2), _own_part(target)
    size = len(known)
    gram = np.empty((size, size))
    for row, one in enumerate(known):
        for column, other in enumerate(known):
            gram[row, column] = _covariance(one.parts, other.parts, same_device=one.same_device == other.same_device)
        gram[row, row] = one.parts.total**2 + RUN_NOISE**2
    reach = np.array(
        [
            target.total**2 if one.same_cell else _covariance(target, one.parts, same_device=one.same_device)
            for one in known
        ]
    )
    weights = np.linalg.solve(gram, reach)
    shift = float(weights @ [one.residual for one in known])
    left = max(target.total**2 - float(weights @ reach), 0.25 * RUN_NOISE**2)
    # What a measurement elsewhere leaves unsure of the shared parts is shared still.
    common = STACK_COMMON * target.stack**2 + target.network**2
    share = common / target.total**2 if not any(one.same_device for one in known) else 0.0
    return shift, sqrt(share * left), sqrt((1 - share) * left)


def _own_part(parts: Parts) -> float:
    return sqrt((1 - STACK_COMMON) * parts.stack**2 + parts.device**2 + parts.own**2)


def _covariance(one: Parts, other: Parts, *, same_device: bool) -> float:
    common = one.network * other.network
    if same_device:
        return one.stack * other.stack + common + one.device * other.device
    return STACK_COMMON * one.stack * other.stack + common
