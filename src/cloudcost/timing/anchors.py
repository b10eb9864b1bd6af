"""Measured times of this CNN correct the prediction, where it was timed and as far as devices share their errors.

Each prediction's log error is taken as a sum of Gaussian parts: the software stack's (the same on every device, and a
smaller part of each device's own), a whole device's (where its model is transferred), the network's (shared by
devices), the network's on this device, and the cell's own. The network's parts are alike in cells that lie near each
other in image size and batch, and fade with the distance. A measurement tells the sum of its parts; the best estimate
of another cell's error, and what then remains unsure, follow by conditioning.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import exp, log, sqrt

import numpy as np

from cloudcost.frozen import dataclass

RUN_NOISE = 0.02
"""Of a measured time, of the log: 0.5-2.3 % between runs of the measured data set. [1]"""
STACK_COMMON = 0.8
"""Share of the stack's variance that all devices have in common. [1]"""
SIZE_REACH, BATCH_REACH = 1.5, 3.5
"""Doublings of image side, and of batch, after which two cells' errors have 1/e of their parts in common.
Leave-one-CNN-out errors correlate 0.85, 0.72, 0.54, 0.22 at one to four doublings of the batch, 0.63, 0.16 at one and
two of the side; these reaches say 0.83, 0.65, 0.43, 0.24 and 0.58, 0.15, the cell's own part left out. [doublings]"""

LIKELY_FACTOR = 1.5
"""By so much a measured step may well be off what was predicted: beyond the usual 80 % band. [1]"""

Place = tuple[float, float]
"""Base-2 logarithms of image side and batch."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """The standard deviations of one cell's log error, by part.

    Parameters
    ----------
    stack : float
        0 where the stack is known to match.
    whole_device : float
        Of all CNNs on this device.
    network : float
        What devices share for one CNN, in cells alike.
    device : float
        What cells alike share for one CNN on this device.
    own : float
        The cell's alone.
    """

    stack: float
    whole_device: float
    network: float
    device: float
    own: float

    @property
    def total(self) -> float:
        """Standard deviation of the whole. [1]"""
        return sqrt(self.stack**2 + self.whole_device**2 + self.network**2 + self.device**2 + self.own**2)

    @property
    def shared(self) -> float:
        """Standard deviation of what all devices have in common for one CNN and stack. [1]"""
        return sqrt(STACK_COMMON * self.stack**2 + self.network**2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A measured cell: how far it lay from its prediction.

    Parameters
    ----------
    residual : float
        Log of measured over predicted seconds.
    parts : Parts
    device : str
    place : Place
    """

    residual: float
    parts: Parts
    device: str
    place: Place


def correct(target: Parts, device: str, place: Place, known: Sequence[Known]) -> tuple[float, float, float]:
    """Return the expected log error of a cell, and the shared and own standard deviations that remain.

    Parameters
    ----------
    target : Parts
        Of the cell that is predicted.
    device : str
    place : Place
    known : sequence of Known

    Examples
    --------
    >>> parts = Parts(stack=0.0, whole_device=0.0, network=0.0, device=0.06, own=0.06)
    >>> near = Known(residual=0.2, parts=parts, device="T4", place=(7.0, 5.0))
    >>> shift, shared, own = correct(parts, "T4", (7.0, 6.0), [near])
    >>> round(shift, 3)  # 0.2 x 36 exp(-1/3.5**2) / (36 + 36 + 4)
    0.087
    """
    if not known:
        return 0.0, target.shared, sqrt(max(target.total**2 - target.shared**2, 0.0))
    size = len(known)
    gram = np.empty((size, size))
    for row, one in enumerate(known):
        for column, other in enumerate(known):
            gram[row, column] = _covariance(one.parts, one.device, one.place, other)
        gram[row, row] = one.parts.total**2 + RUN_NOISE**2
    reach = np.array([_covariance(target, device, place, one) for one in known])
    weights = np.linalg.solve(gram, reach)
    shift = float(weights @ [one.residual for one in known])
    left = max(target.total**2 - float(weights @ reach), (RUN_NOISE / 2) ** 2)
    here = any(one.device == device for one in known)
    # What a measurement on another device leaves unsure of the shared parts is shared still.
    share = 0.0 if here else target.shared**2 / target.total**2
    return shift, sqrt(share * left), sqrt((1 - share) * left)


def tells(target: Parts, device: str, place: Place, known: Sequence[Known]) -> bool:
    """Return whether measurements say anything of a cell, whatever they are.

    Their weight has to be such that steps of `LIKELY_FACTOR` times what was predicted would move the cell by more than
    two runs of one step differ from each other: from a twentieth on.

    Examples
    --------
    >>> parts = Parts(stack=0.0, whole_device=0.1, network=0.05, device=0.08, own=0.03)
    >>> runs = [Known(residual=0.0, parts=parts, device="V100", place=(7.8, batch)) for batch in (6, 12)]
    >>> [tells(parts, "T4", (7.8, 5), [run]) for run in runs]
    [True, False]
    """
    ones = [replace(one, residual=log(LIKELY_FACTOR)) for one in known]
    return correct(target, device, place, ones)[0] > RUN_NOISE


def _covariance(one: Parts, device: str, place: Place, other: Known) -> float:
    distance = ((place[0] - other.place[0]) / SIZE_REACH) ** 2 + ((place[1] - other.place[1]) / BATCH_REACH) ** 2
    alike = exp(-distance)
    common = alike * one.network * other.parts.network
    if device != other.device:
        return STACK_COMMON * one.stack * other.parts.stack + common
    own = one.own * other.parts.own if distance == 0 else 0.0
    wide = one.whole_device * other.parts.whole_device
    return one.stack * other.parts.stack + wide + common + alike * one.device * other.parts.device + own
