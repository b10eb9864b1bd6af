"""Fit the process over convolutions, and the form's parameters once more together with it.

The form is fitted first (`fitting`). Around that fit everything is linear: the logarithm of a step, of a profiled sum
and of a single convolution move by the parameters and by the weights of the bumps, each in proportion to its share of
the time. All of it is solved as one linear problem with Gaussian priors, twice, measurements that lie far off at less
weight the second time. Needs numpy alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from cloudcost.frozen import dataclass
from cloudcost.timing.rates.coefficients import GROUPS, PASSES
from cloudcost.timing.rates.equation import PRIOR, PROFILE_SCALE, SIZE, WIDTH, Array, Work, group_slopes
from cloudcost.timing.rates.equation import seconds_and_slopes as step_slopes
from cloudcost.timing.rates.fitting import SCALED_GROUPS, Fit, Measurements, prior_covariance
from cloudcost.timing.rates.layers.process import LayerProcess, landmarks_among, root_of

LANDMARKS = 36
"""Bumps of the process; 24 leave 0.05 points more of error, 110 no less."""
SHARED_SD, OWN_SD = 0.04, 0.06
"""Of the log of a convolution's pass: what devices have in common and what they have not. [1]"""
ALIKE_PASSES = 0.5
"""Correlation of the deviations of two passes. [1]"""
STEP_NOISE, SUM_NOISE, SINGLE_NOISE = 0.06, 0.4, 1.5
"""Of the log of a step, of a profiled sum, and of a single convolution. [1]"""
PRIOR_WEIGHT = 0.25
"""Variance of the form's priors here over that in `fitting`, whose noise of a step is 0.2. [1]"""
FAR = 2.0
"""Standard deviations from which on a measurement counts less. [1]"""
ROUNDS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class SingleLayers:
    """Convolutions that were timed by themselves on one device, with another software stack.

    Parameters
    ----------
    work : float64, shape (rows, 3, 9)
        Seconds at a coefficient of 1; 0 where a pass was not run.
    places : float64, shape (rows, 8)
    seconds : float64, shape (rows,)
    """

    work: Array
    places: Array
    seconds: Array


@dataclass(frozen=True, slots=True, kw_only=True)
class LayeredFit:
    """The form's fit, moved to where it fits best together with the process, and the process of each device."""

    fit: Fit
    processes: tuple[LayerProcess, ...]


class _Rows(NamedTuple):
    """A linear problem's rows: slopes, what is left to explain, and its noise."""

    slopes: Array
    left: Array
    noise: Array


def fit_layers(
    measurements: Sequence[Measurements], base: Fit, singles: Mapping[int, SingleLayers], *, count: int = LANDMARKS
) -> LayeredFit:
    """Return the processes of all devices, and the form's parameters beside them.

    Parameters
    ----------
    measurements : sequence of Measurements
        One per device, with the layers of their steps.
    base : Fit
        Of the form, to the same measurements.
    singles : mapping of int to SingleLayers
        Convolutions timed by themselves, by a device's place.
    count : int
        Of landmarks.
    """
    devices = len(measurements)
    landmarks = landmarks_among(np.concatenate([rows.layers.places for rows in measurements]), count)
    root = root_of(landmarks)
    empty = LayerProcess(
        landmarks=landmarks,
        root=root,
        weights=np.zeros((3, len(landmarks))),
        covariance=np.zeros((0, 0)),
        cross=np.zeros((0, 0)),
    )
    size = SIZE + 3 * len(landmarks)
    precision = _precision(devices, len(landmarks))
    rows = [_rows(base.parameters[place], part, singles.get(place), empty) for place, part in enumerate(measurements)]
    away = np.concatenate([np.concatenate([p - PRIOR, np.zeros(size - SIZE)]) for p in base.parameters])
    moved, covariance = _solve(rows, precision, away, size)
    weights = moved[:, SIZE:].reshape(devices, 3, len(landmarks))
    kept = np.concatenate([place * size + np.arange(SIZE) for place in range(devices)])
    fit = Fit(parameters=base.parameters + moved[:, :SIZE], covariance=covariance[np.ix_(kept, kept)])
    return LayeredFit(
        fit=fit,
        processes=tuple(
            LayerProcess(
                landmarks=landmarks,
                root=root,
                weights=weights[place],
                covariance=covariance[start + SIZE : start + size, start + SIZE : start + size],
                cross=covariance[start : start + PROFILE_SCALE, start + SIZE : start + size],
            )
            for place, start in enumerate(range(0, devices * size, size))
        ),
    )


def _precision(devices: int, landmarks: int) -> Array:
    """Return the inverse covariance of the priors of all parameters and weights, device by device."""
    size = SIZE + 3 * landmarks
    whole = np.zeros((devices, size, devices, size))
    form = np.linalg.inv(PRIOR_WEIGHT * prior_covariance(devices)).reshape(devices, SIZE, devices, SIZE)
    whole[:, :SIZE, :, :SIZE] = form
    between = np.linalg.inv(SHARED_SD**2 * np.ones((devices, devices)) + OWN_SD**2 * np.eye(devices))
    passes = np.linalg.inv(ALIKE_PASSES * np.ones((3, 3)) + (1 - ALIKE_PASSES) * np.eye(3))
    bumps = np.kron(passes, np.eye(landmarks))
    whole[:, SIZE:, :, SIZE:] = between[:, None, :, None] * bumps[None, :, None, :]
    return whole.reshape(devices * size, devices * size)


def _solve(rows: Sequence[_Rows], precision: Array, away: Array, size: int) -> tuple[Array, Array]:
    """Return how far each device's numbers move, shape (devices, size), and the covariance of all."""
    trust = [np.ones(len(part.left)) for part in rows]
    for _ in range(ROUNDS):
        hessian, pull = precision.copy(), -(precision @ away)
        for place, part in enumerate(rows):
            here = slice(place * size, (place + 1) * size)
            weight = trust[place] / part.noise**2
            hessian[here, here] += part.slopes.T @ (part.slopes * weight[:, None])
            pull[here] += part.slopes.T @ (weight * part.left)
        moved: Array = np.asarray(np.linalg.solve(hessian, pull), dtype=np.float64).reshape(len(rows), size)
        for place, part in enumerate(rows):
            off = np.abs(part.left - part.slopes @ moved[place]) / part.noise
            trust[place] = np.minimum(1.0, FAR / np.maximum(off, FAR))
    covariance: Array = np.asarray(np.linalg.inv(hessian), dtype=np.float64)
    return moved, covariance


def _rows(parameters: Array, rows: Measurements, single: SingleLayers | None, process: LayerProcess) -> _Rows:
    """Return one device's steps, profiled sums and single convolutions as a linear problem around its fit."""
    coefficients = np.exp(parameters[:27]).reshape(3, 9)
    count, bumps = len(rows.seconds), len(process.landmarks)
    times = (rows.layers.work * coefficients).sum(axis=2)
    around, _ = process.deviations(rows.layers.places)
    starts = np.searchsorted(rows.layers.rows, np.arange(count))
    by_bump = np.zeros((count, 3, bumps))
    if count:
        by_bump = np.add.reduceat(times[:, :, None] * around[:, None, :], starts, axis=0)
    total, slopes = step_slopes(parameters, rows.work)
    # of the log of a step by a second of the device
    rise = slopes[:, :WIDTH].sum(axis=1) / (rows.work.device @ np.exp(parameters[:WIDTH]))
    parts = [
        _Rows(
            slopes=np.hstack([slopes, (rise[:, None, None] * by_bump).reshape(count, -1)]),
            left=np.log(rows.seconds / total),
            noise=np.full(count, STEP_NOISE),
        )
    ]
    parts += [_sums(parameters, rows, name, by_bump) for name in rows.groups]
    if single is not None:
        parts.append(_singles(coefficients, single, process))
    return _Rows(*(np.concatenate(each) for each in zip(*parts, strict=True)))


def _sums(parameters: Array, rows: Measurements, name: str, by_bump: Array) -> _Rows:
    """Return the profiled sums of one operation kind."""
    known = np.isfinite(rows.groups[name])
    work = Work(device=rows.work.device[known], records=rows.work.records[known], input_gb=rows.work.input_gb[known])
    total, slopes = group_slopes(parameters, work, GROUPS.index(name))
    left = np.log(rows.groups[name][known] / total)
    if name in SCALED_GROUPS:
        left = left - parameters[PROFILE_SCALE]
        slopes[:, PROFILE_SCALE] = 1.0
    moved = np.zeros((len(total), *by_bump.shape[1:]))
    if name in PASSES:
        way = PASSES.index(name)
        moved[:, way] = by_bump[known, way] / total[:, None]
    return _Rows(
        np.hstack([slopes, moved.reshape(len(total), 3 * by_bump.shape[2])]), left, np.full(len(total), SUM_NOISE)
    )


def _singles(coefficients: Array, single: SingleLayers, process: LayerProcess) -> _Rows:
    """Return single convolutions, each against the median of those with the same passes: they ran another stack."""
    parts = single.work * coefficients
    total = parts.sum(axis=(1, 2))
    around, _ = process.deviations(single.places)
    slopes = np.zeros((len(total), SIZE))
    slopes[:, :27] = parts.reshape(len(total), 27) / total[:, None]
    moved = (parts.sum(axis=2) / total[:, None])[:, :, None] * around[:, None, :]
    left = np.log(single.seconds / total)
    forward = single.work[:, 1].sum(axis=1) == 0
    for same in (forward, ~forward):
        left[same] -= np.median(left[same])
    return _Rows(np.hstack([slopes, moved.reshape(len(total), -1)]), left, np.full(len(total), SINGLE_NOISE))
