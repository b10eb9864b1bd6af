"""How far single convolutions run off the form: a Gaussian process over their shapes, one for each device.

The time of each pass of each convolution is the form's times ``exp(g)``. ``g`` varies smoothly with the convolution's
place among all (`cloudcost.timing.rates.convolution.places_of`) and is 0 where nothing like it was measured. It is a
sum of bumps around landmarks, so that a device keeps some hundred numbers; `fit` finds them.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from math import log2
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from cloudcost.frozen import dataclass
from cloudcost.timing.rates.convolution import PIXELS_UNIT, PLACES, places_of

if TYPE_CHECKING:
    from typing import Any

    from cloudcost.timing.rates.equation import Array
    from cloudcost.timing.rates.features import NetworkFeatures

_Places: TypeAlias = np.ndarray[tuple[int], np.dtype[np.intp]]

LENGTH = 1.2
"""Units of `places_of` over which two convolutions stop running alike: a Gaussian's standard deviation. [1]"""
JITTER = 1e-6
"""Added to the landmarks' own likeness, for its root. [1]"""
NEAREST = 1e-4
"""Share of a place's variance that no landmark tells, below which no further landmark is taken. [1]"""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LayerProcess:
    """One device's deviations from the form.

    Parameters
    ----------
    landmarks : float64, shape (landmarks, 8)
        Places of convolutions that stand for all.
    root : float64, shape (landmarks, landmarks)
        Of `root_of`: makes the bumps around them independent.
    weights : float64, shape (3, landmarks)
        Height of each independent bump, by pass; of the log. [1]
    covariance : float64, shape (3 landmarks, 3 landmarks)
        Of the weights.
    cross : float64, shape (parameters, 3 landmarks)
        Covariance of the device model's parameters with the weights.
    """

    landmarks: Array
    root: Array
    weights: Array
    covariance: Array
    cross: Array

    def deviations(self, places: Array) -> tuple[Array, Array]:
        """Return the bumps at places, shape (places, landmarks), and the factors of their passes, (places, 3)."""
        bumps = likeness(places, self.landmarks) @ self.root
        return bumps, np.exp(bumps @ self.weights.T)

    def variance(self, slopes: Array, bumps: Array) -> float:
        """Return what the weights add to the variance of a step's logarithm.

        Parameters
        ----------
        slopes : float64, shape (parameters,)
            Of the logarithm by the device model's parameters.
        bumps : float64, shape (3 landmarks,)
            By the weights.
        """
        return float(bumps @ self.covariance @ bumps + 2 * slopes @ self.cross @ bumps)

    def less_sure(self, times: float) -> LayerProcess:
        """Return the same process with standard deviations so many times as large."""
        return replace(self, covariance=times**2 * self.covariance, cross=times**2 * self.cross)


def likeness(places: Array, others: Array) -> Array:
    """Return how alike convolutions run, 1 at the same place, shape (places, others)."""
    distance = ((places[:, None, :] - others[None, :, :]) ** 2).sum(axis=2)
    alike: Array = np.exp(-distance / (2 * LENGTH**2))
    return alike


def root_of(landmarks: Array) -> Array:
    """Return what turns the likeness to landmarks into independent bumps, shape (landmarks, landmarks)."""
    own = likeness(landmarks, landmarks) + JITTER * np.eye(len(landmarks))
    root: Array = np.linalg.inv(np.linalg.cholesky(own)).T
    return root


def landmarks_among(places: Array, count: int) -> Array:
    """Return the places that tell most of all others, each next the one of which those before tell least."""
    places = np.unique(places.round(6), axis=0)
    left = np.ones(len(places))
    factor = np.zeros((len(places), count))
    chosen: list[int] = []
    while len(chosen) < min(count, len(places)):
        place, taken = int(np.argmax(left)), len(chosen)
        if left[place] < NEAREST:
            break
        alike = likeness(places, places[[place]])[:, 0] - factor[:, :taken] @ factor[place, :taken]
        factor[:, taken] = alike / np.sqrt(left[place])
        left = np.maximum(left - factor[:, taken] ** 2, 0.0)
        chosen.append(place)
    return places[chosen]


@lru_cache(maxsize=128)
def _still(process: LayerProcess, features: NetworkFeatures) -> tuple[Array, Array, _Places]:
    """Return what no batch changes: distinct convolutions' first coordinate at batch 1, likeness by the others, places.

    The batch moves the first coordinate alone, and likeness is a product over coordinates.
    """
    places, each = np.unique(places_of(features.conv, 1.0), axis=0, return_inverse=True)
    return places[:, 0], likeness(places[:, 1:], process.landmarks[:, 1:]), each.ravel().astype(np.intp)


def deviating_work(
    process: LayerProcess,
    features: NetworkFeatures,
    batch: int,
    balance: float,
    memory_bytes: float | None,
    coefficients: Array,
) -> tuple[Array, Array]:
    """Return what the deviations add to a step's work, and the slopes of its seconds by the weights.

    Parameters
    ----------
    process : LayerProcess
    features : NetworkFeatures
    batch : int
        [images]
    balance : float
    memory_bytes : float or None
        As `NetworkFeatures.at`.
    coefficients : float64, shape (27,)
        Seconds of a unit of each column of the convolutions.

    Returns
    -------
    float64, shape (27,)
        In the units of a network's work. [GFLOP, GB, 1000 calls]
    float64, shape (3 landmarks,)
        [s]
    """
    first, others, each = _still(process, features)
    ahead = first[:, None] + log2(batch) / PIXELS_UNIT - process.landmarks[:, 0]
    bumps = (np.exp(ahead**2 / (-2 * LENGTH**2)) * others) @ process.root
    factors = np.exp(bumps @ process.weights.T)[each]
    work = features.layers(batch, balance, memory_bytes)
    more = np.concatenate([(factors[:, way] - 1) @ work[:, way] for way in range(3)])
    seconds = np.stack([work[:, way] @ coefficients[9 * way : 9 * way + 9] for way in range(3)], axis=1)
    slopes = (seconds * factors).T @ bumps[each]
    return more, slopes.ravel()


KEYS = ("process_landmarks", "process_weights", "process_covariance", "process_cross")
"""Of a device model's document."""


def process_to_json(process: LayerProcess) -> dict[str, Any]:
    """Return a process as keys of a JSON document, its covariance as rows of the lower triangle."""
    lower = [row[: place + 1] for place, row in enumerate(process.covariance)]
    return {
        "process_landmarks": [[round(float(v), 6) for v in row] for row in process.landmarks],
        "process_weights": _short(process.weights, 5),
        "process_covariance": _short(lower, 3),
        "process_cross": _short(process.cross, 3),
    }


def _short(rows: Any, digits: int) -> list[list[float]]:
    return [[float(f"{v:.{digits}g}") for v in row] for row in rows]


def process_from_json(document: Any) -> LayerProcess | None:
    """Return the process that a faultless document describes, None where it has none."""
    if KEYS[0] not in document:
        return None
    landmarks = np.array(document["process_landmarks"], dtype=np.float64).reshape(-1, PLACES)
    size = 3 * len(landmarks)
    covariance = np.zeros((size, size))
    for place, row in enumerate(document["process_covariance"]):
        covariance[place, : place + 1] = covariance[: place + 1, place] = row
    return LayerProcess(
        landmarks=landmarks,
        root=root_of(landmarks),
        weights=np.array(document["process_weights"], dtype=np.float64),
        covariance=covariance,
        cross=np.array(document["process_cross"], dtype=np.float64),
    )
