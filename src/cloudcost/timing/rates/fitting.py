"""Fit the timing model to measured steps: maximum a posteriori, all devices at once.

Devices are tied by the covariance of their priors: what makes one kind of operation slow on one device probably does
so on the others. Sums of profiled operation kinds, where they exist, are fitted along with the steps at a lower
weight: they tell the kinds apart. Needs numpy alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field

import numpy as np

from cloudcost.frozen import dataclass
from cloudcost.timing.rates.coefficients import COLUMNS, GROUPS
from cloudcost.timing.rates.convolution import PLACES
from cloudcost.timing.rates.equation import (
    PRIOR,
    PROFILE_SCALE,
    SIZE,
    WIDTH,
    Array,
    Work,
    group_slopes,
    seconds_and_slopes,
)

NOISE = 0.2
"""Standard deviation that a prior of 1 is worth against a residual; also the knee of the loss. [1]"""
GROUP_WEIGHT = 0.15
"""Weight of the logarithm of a profiled sum against that of a step. [1]"""
STEPS = 6
LONGEST_STEP = 1.5
SCALED_GROUPS = frozenset({"fwd", "dw", "dx", "dense"})
"""Kinds whose profiled sums carry a free scale per device: on K80 the profile overstates them."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LayerRows:
    """The convolutions of all steps, one after another.

    Parameters
    ----------
    work : float64, shape (layers, 3, 9)
        Seconds of each pass's columns at a coefficient of 1.
    places : float64, shape (layers, 8)
        As `cloudcost.timing.rates.convolution.places_of`.
    rows : int, shape (layers,)
        Which step each belongs to; steps in order, each with at least one.
    """

    work: Array
    places: Array
    rows: np.ndarray[tuple[int], np.dtype[np.intp]]


NO_LAYERS = LayerRows(work=np.zeros((0, 3, 9)), places=np.zeros((0, PLACES)), rows=np.zeros(0, dtype=np.intp))


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurements:
    """Timed steps on one device.

    Parameters
    ----------
    work : Work
        One row per step.
    seconds : float64, shape (rows,)
    groups : mapping of str to float64, shape (rows,)
        Profiled seconds by operation kind; NaN where there is none.
    layers : LayerRows
        Their convolutions one by one, which `cloudcost.timing.rates.layers.fit` needs.
    """

    work: Work
    seconds: Array
    groups: Mapping[str, Array] = field(default_factory=dict)
    layers: LayerRows = NO_LAYERS


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """The parameters of all devices and how sure they are.

    Parameters
    ----------
    parameters : float64, shape (devices, parameters)
    covariance : float64, shape (devices * parameters, devices * parameters)
        Inverse of the final Hessian, times the noise's variance.
    """

    parameters: Array
    covariance: Array


def prior_covariance(devices: int) -> Array:
    """Return the covariance of the priors of all devices, shape (devices * parameters, devices * parameters).

    Notes
    -----
    Between two coefficients: 0.5**2 if of the same unit, plus 0.7**2 if of the same column, plus 0.5**2 if of the same
    device and unit, plus 0.42**2 if of the same device and column. Host parameters: 0.5**2 shared and 0.5**2 own.
    """
    unit = np.array(["scalar" if column.name == "dwc.flop" else column.unit for column in COLUMNS])
    same_unit = (unit[:, None] == unit[None, :]).astype(float)
    shared = np.zeros((SIZE, SIZE))
    own = np.zeros((SIZE, SIZE))
    shared[:WIDTH, :WIDTH] = 0.25 * same_unit + 0.49 * np.eye(WIDTH)
    own[:WIDTH, :WIDTH] = 0.25 * same_unit + 0.42**2 * np.eye(WIDTH)
    host = np.arange(WIDTH, PROFILE_SCALE)
    shared[host, host] = own[host, host] = 0.25
    own[PROFILE_SCALE, PROFILE_SCALE] = 0.09
    return np.kron(np.ones((devices, devices)), shared) + np.kron(np.eye(devices), own)


def fit(
    measurements: Sequence[Measurements],
    *,
    centre: Array = PRIOR,
    covariance: Array | None = None,
    start: Array | None = None,
    steps: int = STEPS,
) -> Fit:
    """Return the parameters that best explain the measurements, given the priors.

    Parameters
    ----------
    measurements : sequence of Measurements
        One per device; a device without rows keeps to what the others and the priors say.
    centre : float64, shape (parameters,)
        Of the prior of each device.
    covariance : float64, shape (devices * parameters, devices * parameters), optional
        Of the priors; `prior_covariance` unless given.
    start : float64, shape (devices, parameters), optional
        Where to begin; the priors unless given.
    steps : int
        At most so many. [count]

    Notes
    -----
    Minimises the sum of a pseudo-Huber loss of log residuals (knee `NOISE`) plus ``NOISE**2`` times the squared
    distance from the prior in its own covariance; Levenberg-Marquardt steps from the prior.
    """
    devices = len(measurements)
    spread = prior_covariance(devices) if covariance is None else covariance
    precision: Array = np.asarray(NOISE**2 * np.linalg.inv(spread), dtype=np.float64)
    middle = np.tile(centre, devices)
    current = middle.copy() if start is None else np.asarray(start, dtype=np.float64).ravel().copy()
    damping = 1e-3
    cost, gradient, hessian = _assess(current, measurements, precision, middle)
    for _ in range(steps):
        for _ in range(8):
            step = np.linalg.solve(hessian + damping * np.diag(np.diag(hessian)), -gradient)
            trial = current + np.clip(step, -LONGEST_STEP, LONGEST_STEP)
            result = _assess(trial, measurements, precision, middle)
            if result[0] <= cost:
                current, (cost, gradient, hessian) = trial, result
                damping = max(damping / 10, 1e-9)
                break
            damping *= 10
        else:
            break
    covariance_after: Array = np.asarray(NOISE**2 * np.linalg.inv(hessian), dtype=np.float64)
    return Fit(parameters=current.reshape(devices, SIZE), covariance=covariance_after)


def _assess(
    flat: Array, measurements: Sequence[Measurements], precision: Array, centre: Array
) -> tuple[float, Array, Array]:
    """Return the cost and, for Gauss and Newton's step, its gradient and Hessian."""
    away = flat - centre
    pull = precision @ away
    cost = float(away @ pull)
    gradient, hessian = pull.copy(), precision.copy()
    for device, rows in enumerate(measurements):
        if not len(rows.seconds):
            continue
        part = slice(device * SIZE, (device + 1) * SIZE)
        residuals, slopes = _residuals(flat[part], rows)
        bend = np.sqrt(1 + (residuals / NOISE) ** 2)
        cost += float(np.sum(2 * NOISE**2 * (bend - 1)))
        weighted = slopes / bend[:, None]
        gradient[part] += weighted.T @ residuals
        hessian[part, part] += weighted.T @ slopes
    return cost, gradient, hessian


def _residuals(parameters: Array, rows: Measurements) -> tuple[Array, Array]:
    """Return log residuals and their slopes of steps and profiled sums together."""
    predicted, slopes = seconds_and_slopes(parameters, rows.work)
    all_residuals, all_slopes = [np.log(predicted / rows.seconds)], [slopes]
    for name, measured in rows.groups.items():
        known = np.isfinite(measured)
        work = Work(
            device=rows.work.device[known], records=rows.work.records[known], input_gb=rows.work.input_gb[known]
        )
        total, slope = group_slopes(parameters, work, GROUPS.index(name))
        residual = np.log(total / measured[known])
        if name in SCALED_GROUPS:
            residual = residual + parameters[PROFILE_SCALE]
            slope[:, PROFILE_SCALE] = 1.0
        all_residuals.append(GROUP_WEIGHT * residual)
        all_slopes.append(GROUP_WEIGHT * slope)
    return np.concatenate(all_residuals), np.vstack(all_slopes)
