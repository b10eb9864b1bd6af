"""Spot capacity as a chain of spells: how long an instance lives, how long the wait for the next one is."""

from __future__ import annotations

from datetime import date
from typing import Literal

from cloudcost.frozen import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class SpotRegime:
    """One kind of spell: an up-time that ends in an interruption, and the wait for capacity that follows.

    Parameters
    ----------
    up_seconds : float
        Mean of the exponential up-time. [s]
    wait_seconds : float
        Mean of the gamma-distributed wait. [s]
    wait_shape : float
        Shape of that gamma: 1 is exponential, more is more regular. [1]
    share : float
        Of all spells in the long run; the shares of a zone sum to 1. [1]
    following : tuple of float
        Chance of each of the zone's regimes for the next spell, in their order; sums to 1. [1]
    """

    up_seconds: float
    wait_seconds: float
    wait_shape: float = 1.0
    share: float = 1.0
    following: tuple[float, ...] = (1.0,)


@dataclass(frozen=True, slots=True, kw_only=True)
class SpotZone:
    """The spot capacity of one instance type in one place: regimes that follow each other as a Markov chain.

    Parameters
    ----------
    name : str
        ``us-east-1f/aws-02-15-2023``: zone and campaign of the trace that it was fitted on.
    regimes : tuple of SpotRegime
    available : float or None
        Chance that a random moment, at which an instance is asked for, finds capacity; None: as the regimes' up-times
        and waits follow each other. [1]
    """

    name: str
    regimes: tuple[SpotRegime, ...]
    available: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SpotModel:
    """What is believed about spot capacity: it behaves as one of `zones`, each as likely; a run stays in its zone.

    Parameters
    ----------
    accelerator : str
        What it holds for: ``V100``, ``K80``, ``CPU``; ``any`` where no trace of the type exists.
    zones : tuple of SpotZone
    basis : {"banded", "traced", "assumed", "given"}
        Interruptions as the provider's band of the type and region says, waits of traces; all fitted on traces of this
        accelerator; pooled over all accelerators since it was never traced; the user's own.
    source : str
        Where the traces are from.
    as_of : date or None
        Day of the fit, or of the band.
    interruptions, waits : str
        What tells them, in words.
    billed_by : str
        The service that bills it: what an interrupted instance costs is its rule.
    """

    accelerator: str
    zones: tuple[SpotZone, ...]
    basis: Literal["banded", "traced", "assumed", "given"]
    source: str = ""
    as_of: date | None = None
    interruptions: str = ""
    waits: str = ""
    billed_by: str = "AmazonEC2"
