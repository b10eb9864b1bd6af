"""A predicted or measured time of one training step, with its band and where it comes from."""

from __future__ import annotations

from typing import Literal

from cloudcost.frozen import dataclass

Basis = Literal["measured", "anchored", "fitted", "transferred"]
"""``measured``: this CNN was timed on this device; ``anchored``: corrected by a measurement of this CNN elsewhere;
``fitted``: a device model from measurements; ``transferred``: from specifications or published throughputs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepTime:
    """Seconds per training step (one optimizer update) with a multiplicative band.

    Parameters
    ----------
    seconds : float
        The median estimate. [s]
    interval_seconds : (float, float)
        The band at `level`. [s]
    level : float
        Probability that the band claims. [1]
    shared_sd : float
        Standard deviation of the log of the part of the error that all devices share for this CNN. [1]
    own_sd : float
        The same for the part of this device and cell alone. [1]
    basis : Basis
    fits_memory : bool or None
        None where the device's memory is not known.
    largest_batch : int or None
        The largest batch per GPU that fits. [images]
    memory_bytes : int or None
        What the step is estimated to need on each GPU. [bytes]
    stack : str
        The software stack that the estimate speaks of.
    unseen_share : float
        Share of the time in operations or ranges that no measurement covers. [1]
    notes : tuple of str
        What was assumed, one sentence each.
    """

    seconds: float
    interval_seconds: tuple[float, float]
    level: float = 0.8
    shared_sd: float
    own_sd: float
    basis: Basis
    fits_memory: bool | None = None
    largest_batch: int | None = None
    memory_bytes: int | None = None
    stack: str = ""
    unseen_share: float = 0.0
    notes: tuple[str, ...] = ()
