"""What follows from a spot model by itself: long-run shares, means, and the model of two means alone."""

from __future__ import annotations

import math
from functools import cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from cloudcost.catalog.billing_rules import billing_rule, free_if_interrupted_seconds
from cloudcost.domain.spot import SpotModel, SpotRegime, SpotZone
from cloudcost.frozen import dataclass

Floats = npt.NDArray[np.float64]


class SpotBilling(NamedTuple):
    """How a service bills spot instances.

    Parameters
    ----------
    free_seconds : float
        An instance that it interrupts before this age costs nothing. [s]
    minimum_seconds : float
        Billed at least at each start. [s]
    """

    free_seconds: float
    minimum_seconds: float


@cache
def spot_billing(service: str = "AmazonEC2") -> SpotBilling:
    """Return how a service bills spot instances, as the table of billing rules has it.

    Examples
    --------
    >>> spot_billing("AmazonEC2").free_seconds, spot_billing("Azure").free_seconds
    (3600.0, 0.0)
    """
    rule = billing_rule(service)
    return SpotBilling(float(free_if_interrupted_seconds(service)), float(rule.minimum_seconds))


def exponential_model(mean_up_seconds: float, mean_wait_seconds: float = 0.0) -> SpotModel:
    """Return the model in which up-times and waits are exponential and independent.

    Parameters
    ----------
    mean_up_seconds : float
        Of an instance from its start to its interruption. [s]
    mean_wait_seconds : float
        From an interruption to the next start; 0 where capacity is always there. [s]

    Raises
    ------
    ValueError
        When the up-time is not positive or the wait is negative, or one is not finite.

    Examples
    --------
    >>> availability(exponential_model(7200.0, 3600.0))
    0.6666666666666666
    """
    if not (math.isfinite(mean_up_seconds) and mean_up_seconds > 0):
        raise ValueError(f"mean up-time, {mean_up_seconds}, give seconds above 0")
    if not (math.isfinite(mean_wait_seconds) and mean_wait_seconds >= 0):
        raise ValueError(f"mean wait, {mean_wait_seconds}, give seconds from 0 on")
    regime = SpotRegime(up_seconds=float(mean_up_seconds), wait_seconds=float(mean_wait_seconds))
    return SpotModel(accelerator="any", zones=(SpotZone(name="given", regimes=(regime,)),), basis="given")


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneArrays:
    """A zone's regimes as arrays of shape (regimes,); `following` is (regimes, regimes)."""

    up: Floats
    wait: Floats
    shape: Floats
    share: Floats
    following: Floats
    available: float | None = None

    @property
    def cycle_seconds(self) -> float:
        """Mean of an up-time and the wait after it. [s]"""
        return float(self.share @ (self.up + self.wait))

    @property
    def running(self) -> Floats:
        """Chance that a random moment falls into an up-time, by regime. [1]"""
        parts = self.share * self.up
        return parts / (self.cycle_seconds if self.available is None else parts.sum() / self.available)

    @property
    def waiting(self) -> Floats:
        """Chance that a random moment falls into a wait, by regime; with `running` they sum to 1. [1]"""
        parts = self.share * self.wait
        if self.available is None:
            return parts / self.cycle_seconds
        return parts * ((1.0 - self.available) / parts.sum()) if parts.any() else parts

    @property
    def first_seconds(self) -> Floats:
        """Mean wait that is left at a random moment within one, by regime. [s]

        A gamma of shape k and mean w leaves w (1 + 1/k) / 2.
        """
        return self.wait * (1.0 + 1.0 / self.shape) / 2.0


def zone_arrays(zone: SpotZone) -> ZoneArrays:
    """Return the regimes of a zone as arrays, chances scaled to sum to exactly 1."""
    regimes = zone.regimes
    share = np.array([regime.share for regime in regimes])
    following = np.array([regime.following for regime in regimes])
    return ZoneArrays(
        up=np.array([regime.up_seconds for regime in regimes]),
        wait=np.array([regime.wait_seconds for regime in regimes]),
        shape=np.array([regime.wait_shape for regime in regimes]),
        share=share / share.sum(),
        following=following / following.sum(axis=1, keepdims=True),
        available=zone.available,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelArrays:
    """All zones side by side, each with as many regimes as the largest, the rest of chance 0.

    Parameters
    ----------
    up, wait : ndarray of shape (zones, regimes)
        Means. [s]
    following : ndarray of shape (zones, regimes, regimes)
        [1]
    running, waiting : ndarray of shape (zones, regimes)
        Chance that a random moment falls into an up-time, or a wait, of the regime; together they sum to 1. [1]
    first_wait_seconds : float
        Mean wait before the first start. [s]
    hardest_up_seconds : float
        The zone that is hardest to finish in has no regime with a longer mean up-time. [s]
    billing : SpotBilling
    """

    up: Floats
    wait: Floats
    following: Floats
    running: Floats
    waiting: Floats
    first_wait_seconds: float
    hardest_up_seconds: float
    billing: SpotBilling


def model_arrays(model: SpotModel) -> ModelArrays:
    """Return the zones of a model as stacked arrays, each zone as likely."""
    zones = [zone_arrays(zone) for zone in model.zones]
    most = max(zone.up.size for zone in zones)
    shape = (len(zones), most)
    up, wait, running, waiting = np.empty(shape), np.empty(shape), np.zeros(shape), np.zeros(shape)
    following = np.zeros((*shape, most))
    first_wait = 0.0
    for number, zone in enumerate(zones):
        size = zone.up.size
        up[number], wait[number] = zone.up[0], zone.wait[0]
        up[number, :size], wait[number, :size] = zone.up, zone.wait
        running[number, :size], waiting[number, :size] = zone.running / len(zones), zone.waiting / len(zones)
        following[number, :size, :size] = zone.following
        following[number, size:, 0] = 1.0
        first_wait += float(zone.waiting @ zone.first_seconds) / len(zones)
    return ModelArrays(
        up=up,
        wait=wait,
        following=following,
        running=running,
        waiting=waiting,
        first_wait_seconds=first_wait,
        hardest_up_seconds=float(up.max(axis=1).min()),
        billing=spot_billing(model.billed_by),
    )


def availability(model: SpotModel) -> float:
    """Return the share of time in which capacity is there, the mean over the zones. [1]"""
    return math.fsum(float(zone_arrays(zone).running.sum()) for zone in model.zones) / len(model.zones)


def mean_up_seconds(model: SpotModel) -> float:
    """Return the mean up-time of an instance, the mean over the zones. [s]"""
    return math.fsum(r.share * r.up_seconds for zone in model.zones for r in zone.regimes) / len(model.zones)


def mean_wait_seconds(model: SpotModel) -> float:
    """Return the mean wait for capacity after an interruption, the mean over the zones. [s]"""
    return math.fsum(r.share * r.wait_seconds for zone in model.zones for r in zone.regimes) / len(model.zones)
