"""Scale a device's model by a few numbers with priors, from step times alone: its device, its host, its software.

The log of what a device takes is moved by a sum of effects, each with a prior about zero: one of the device, one of the
software stack, one of the precision; the log of what launches cost, by one of the host. A network errs by an effect of
its own, which no other network has, so that many runs of one network do not count as many. The effects are found
together, maximum a posteriori, by Gauss and Newton's steps; what stays unsure of them is the inverse of the Hessian.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from cloudcost.frozen import dataclass
from cloudcost.timing.rates.equation import Array

STACK_SD = 0.10
"""Of the log: what one machine's version of a software stack takes against the measured ones. [1]"""
PRECISION_SD = 0.12
"""Of the log: a device's own departure at one precision and memory format. [1]"""
LEAST_DEVICE_SD = 0.10
"""Of the log: cards of one name differ by clocks, cooling and the power limit that is set; of the same order as what
three Radeons of different makers show. [1]"""
LEAST_HOST_SD = 0.15
"""Of the log: computers of one name differ by memory, driver and what else runs. [1]"""
NETWORK_SHARE = 0.6
"""Share of the variance of a cell's error that all cells of its network have in common. [1]"""
ROUNDS, LONGEST_STEP = 12, 0.7


class Predict(Protocol):
    """Predicts the runs where device and host are scaled."""

    def __call__(self, device_logs: Array, host_logs: Array) -> tuple[Array, Array, Array]:
        """Return the seconds of the runs, and the slopes of their logarithm by the two logs; shapes (runs,)."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What a run ran on and under; runs share the effects of what they have in common.

    Parameters
    ----------
    device : str
    host : str
    stack : str
    precision : str
        With the memory format, where it matters.
    network : str
    """

    device: str
    host: str
    stack: str
    precision: str
    network: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Priors:
    """Standard deviations of the log before any run. [1]

    Parameters
    ----------
    device, host : float
        Of the device's and the host's models.
    residual : float
        That the form leaves in a cell.
    """

    device: float
    host: float
    residual: float


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineScale:
    """What a device's model is scaled by, and how sure that is.

    Parameters
    ----------
    device_log, host_log : float
        Logs of the factors.
    device_sd, host_sd : float
        Standard deviations of them.
    correlation : float
        Of the two. [1]
    runs : int
        That speak of this device, host, stack and precision. [count]
    """

    device_log: float
    host_log: float
    device_sd: float
    host_sd: float
    correlation: float = 0.0
    runs: int = 0


def scale_of(
    predict: Predict,
    seconds: Array,
    settings: Sequence[Setting],
    priors: Sequence[Priors],
    wanted: Setting,
    own: Priors,
) -> MachineScale:
    """Return by what the model of a device is to be scaled.

    Parameters
    ----------
    predict : Predict
        Of the runs.
    seconds : float64, shape (runs,)
        Measured. [s]
    settings, priors : sequence
        One per run.
    wanted : Setting
        What is to be predicted; its network does not matter.
    own : Priors
        Of its model.
    """
    effects = _Effects(settings, priors, wanted, own)
    unknowns, covariance = _posterior(predict, np.log(seconds), effects)
    of_device, of_host = effects.wanted
    both = np.stack([of_device, of_host])
    mean, spread = both @ unknowns, both @ covariance @ both.T
    device_sd, host_sd = (float(np.sqrt(spread[k, k])) for k in (0, 1))
    return MachineScale(
        device_log=float(mean[0]),
        host_log=float(mean[1]),
        device_sd=device_sd,
        host_sd=host_sd,
        correlation=float(spread[0, 1] / (device_sd * host_sd)),
        runs=sum(_place(each) == _place(wanted) for each in settings),
    )


class _Effects:
    """The unknowns: which runs feel them, and their priors."""

    def __init__(self, settings: Sequence[Setting], priors: Sequence[Priors], wanted: Setting, own: Priors) -> None:
        self.names: dict[tuple[str, ...], int] = {}
        self.spreads: list[float] = []
        rows = [self._felt(*pair) for pair in zip(settings, priors, strict=True)]
        last = self._felt(wanted, own, network=False)
        size = len(self.spreads)
        self.device, self.host, self.network = (
            np.array([_marked(row[side], size) for row in rows]).reshape(len(rows), size) for side in (0, 1, 2)
        )
        self.wanted = _marked(last[0], size), _marked(last[1], size)
        self.noise = np.array([each.residual * np.sqrt(1 - NETWORK_SHARE) for each in priors])

    def _felt(self, of: Setting, priors: Priors, *, network: bool = True) -> tuple[list[int], list[int], list[int]]:
        device_sd = max(priors.device, LEAST_DEVICE_SD)
        device = [
            self._place(("device", of.device), device_sd),
            self._place(("stack", of.stack), STACK_SD),
            self._place(("precision", of.device, of.stack, of.precision), PRECISION_SD),
        ]
        host = [self._place(("host", of.host), max(priors.host, LEAST_HOST_SD))]
        own = [self._place(("network", of.network), priors.residual * np.sqrt(NETWORK_SHARE))] if network else []
        return device, host, own

    def _place(self, name: tuple[str, ...], spread: float) -> int:
        if name not in self.names:
            self.names[name] = len(self.spreads)
            self.spreads.append(spread)
        return self.names[name]


def _posterior(predict: Predict, measured: Array, effects: _Effects) -> tuple[Array, Array]:
    """Return the effects and their covariance."""
    pull = np.diag(1 / np.array(effects.spreads) ** 2)
    unknowns = np.zeros(len(effects.spreads))
    hessian = pull
    for _ in range(ROUNDS if len(measured) else 0):
        predicted, by_device, by_host = predict(effects.device @ unknowns, effects.host @ unknowns)
        residuals = measured - np.log(predicted) - effects.network @ unknowns
        slopes = by_device[:, None] * effects.device + by_host[:, None] * effects.host + effects.network
        weighted = slopes / effects.noise[:, None] ** 2
        hessian = weighted.T @ slopes + pull
        step = np.linalg.solve(hessian, weighted.T @ residuals - pull @ unknowns)
        unknowns = unknowns + np.clip(step, -LONGEST_STEP, LONGEST_STEP)
        if np.abs(step).max() < 1e-6:
            break
    covariance: Array = np.asarray(np.linalg.inv(hessian), dtype=np.float64)
    return unknowns, covariance


def _marked(places: Sequence[int], size: int) -> Array:
    marks: Array = np.zeros(size)
    marks[list(places)] = 1.0
    return marks


def _place(setting: Setting) -> tuple[str, str, str, str]:
    return setting.device, setting.host, setting.stack, setting.precision


def most_telling(
    device_shares: Array, host_shares: Array, priors: Priors, count: int, families: Sequence[str] = ()
) -> list[int]:
    """Return which cells tell most of device and host together: their determinant of information, one after another.

    Parameters
    ----------
    device_shares, host_shares : float64, shape (cells,)
        Slopes of the log of their seconds by the logs of device and host.
    priors : Priors
    count : int
        Cells. [count]
    families : sequence of str
        Of the cells' networks, where it matters: each is chosen once, as its networks err alike.

    Examples
    --------
    Of a cell that the host rules, one that the device rules and two between them, the first two:

    >>> shares = np.array([0.5, 0.0, 1.0, 0.6])
    >>> sorted(most_telling(shares, 1 - shares, Priors(device=0.3, host=0.3, residual=0.1), 2))
    [1, 2]
    """
    information = np.diag([1 / priors.device**2, 1 / priors.host**2])
    slopes = np.stack([device_shares, host_shares], axis=1) / priors.residual
    names = list(families) or [str(place) for place in range(len(slopes))]
    chosen: list[int] = []
    for _ in range(min(count, len(set(names)))):
        taken = {names[place] for place in chosen}
        gains = [
            -1.0 if name in taken else float(np.linalg.det(information + np.outer(slope, slope)))
            for name, slope in zip(names, slopes, strict=True)
        ]
        best = int(np.argmax(gains))
        chosen.append(best)
        information = information + np.outer(slopes[best], slopes[best])
    return chosen
