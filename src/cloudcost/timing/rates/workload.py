"""One cell, a network at a batch on a device model: its time, its slopes and the shares of the time.

Features of a network, its work at a batch and the cell itself are kept for a while: the same network is asked for on
many devices, and at one batch.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from cloudcost.frozen import dataclass
from cloudcost.timing.attention import first_kernel
from cloudcost.timing.rates.coefficients import AHEAD, COLUMNS, INDEX, ONE_PASS, PASSES
from cloudcost.timing.rates.equation import (
    HOST_BASE,
    HOST_RECORD,
    PROFILE_SCALE,
    WIDTH,
    Array,
    Work,
    seconds_and_slopes,
)
from cloudcost.timing.rates.features import NetworkFeatures, features_of
from cloudcost.timing.rates.layers.process import deviating_work

if TYPE_CHECKING:
    from cloudcost.domain.network import Network
    from cloudcost.timing.rates.device_model import DeviceModel

_KEPT_NETWORKS = 64
_features: dict[int, tuple[Network, NetworkFeatures]] = {}

BEYOND = 1.2
"""A column's share of a step's time is covered up to so many times the largest share that was measured. [1]"""

_FORWARD: Array = np.array([AHEAD.get(column.group, ONE_PASS) for column in COLUMNS])
"""Share of each column that the forward pass takes, where every operation is trained. [1]"""
_FORWARD[INDEX["rest.l2_byte"]] = 0.4

_SPARED: Array = np.array([float(column.unit == "byte" and column.group != "sgd") for column in COLUMNS])
"""Bytes that a last-level cache may spare: activations and the weights that convolutions read."""

_CONVOLVES: Array = np.array([float(column.group in PASSES) for column in COLUMNS])

CONV = 9 * len(PASSES)
"""Columns of convolutions, the first ones."""
_LARGE = [INDEX[f"{way}.large_flop"] for way in PASSES]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ModelledStep:
    """A network at a batch on a device model.

    Parameters
    ----------
    seconds : float
        Of one step on one GPU. [s]
    slopes : float64, shape (parameters - 1,)
        Of the logarithm of `seconds` by the parameters of the device model.
    variance : float
        Of the logarithm, from the parameters' covariance. [1]
    unseen : float
        Share of the time in columns that no measurement covers. [1]
    large : float
        Share of the time in convolutions of large kernels. [1]
    forward : float
        Share of the time that the forward pass takes. [1]
    device_share : float
        Share of the time that the device rules, not the host. [1]
    host_share : float
        Share of the time that the host rules. [1]
    """

    seconds: float
    slopes: Array
    variance: float
    unseen: float
    large: float
    forward: float
    device_share: float
    host_share: float


def network_features(network: Network) -> NetworkFeatures:
    """Return a network's features, computed once for as long as the network is in use."""
    held = _features.get(id(network))
    if held is not None and held[0] is network:
        return held[1]
    features = features_of(network)
    if len(_features) >= _KEPT_NETWORKS:
        _features.pop(next(iter(_features)))
    _features[id(network)] = (network, features)
    return features


@lru_cache(maxsize=1024)
def _work(
    features: NetworkFeatures,
    batch: int,
    balance: float,
    autocasts: bool,
    fuses: bool,
    attention: int,
    product_factor: float,
    memory: float | None,
) -> Array:
    return features.at(
        [batch],
        balance,
        half_bytes=autocasts,
        fuses=fuses,
        attention=attention,
        product_factor=product_factor,
        memory_bytes=memory,
    )


def kept_on(model: DeviceModel, features: NetworkFeatures) -> float:
    """Return what the backward pass reads again on a device, whose kernel of attention decides. [elements per image]"""
    return features.kept(first_kernel(model.device, half=model.half_bytes))


def _memory(model: DeviceModel) -> float | None:
    """Return the memory that convolutions have to find room in, where steps that fill it were in the fit. [bytes]"""
    return model.memory_bytes if model.process is not None else None


def device_work(model: DeviceModel, features: NetworkFeatures, batch: int) -> Array:
    """Return the seconds of each column at a coefficient of 1, float64 of shape (1, columns)."""
    first = first_kernel(model.device, half=model.half_bytes)
    asked = (model.balance, model.autocasts, model.fuses, first, model.product_factor, _memory(model))
    work = _work(features, batch, *asked) * _constants(model)[0]
    if model.cache_gb:
        size = features.tensor_gb * batch * (0.5 if model.half_bytes else 1.0)
        work *= 1 - model.cache_share * _SPARED / (1 + size / (model.cache_reach * model.cache_gb))
    return work


def host_records(model: DeviceModel, features: NetworkFeatures) -> float:
    """Return what the host's cost grows with: layer records [1000 calls], or the calls of PyTorch [s]."""
    if model.launch_seconds is not None:
        return float(features.launches @ model.launch_seconds)
    return features.records - (features.fused_records if model.fuses else 0.0)


@lru_cache(maxsize=1024)
def modelled_step(model: DeviceModel, features: NetworkFeatures, batch: int) -> ModelledStep:
    """Return a network's step at a batch on a device model."""
    _, coefficients, measured = _constants(model)
    asked = device_work(model, features, batch)
    bumps = _deviate(model, features, batch, asked)
    work = Work(
        device=asked,
        records=np.array([host_records(model, features)]),
        input_gb=np.array([features.input_gb * batch]),
    )
    total, all_slopes = seconds_and_slopes(model.parameters, work)
    slopes = all_slopes[0, :PROFILE_SCALE]
    shares = slopes[:WIDTH]
    parts = work.device[0] * coefficients
    device = float(parts.sum())
    ahead = parts * _FORWARD
    if features.ahead is not None:  # frozen or recomputed operations: the shares are not the usual ones
        ahead = device_work(model, features.ahead, batch)[0] * coefficients
    variance = float(slopes @ model.covariance @ slopes)
    if model.process is not None and bumps is not None:
        variance += model.process.variance(slopes, float(shares.sum()) / device * bumps)
    return ModelledStep(
        seconds=float(total[0]),
        slopes=slopes,
        variance=variance,
        unseen=_unseen(model, features, shares, measured),
        large=float(shares[_LARGE].sum()),
        forward=float(ahead.sum()) / device,
        device_share=float(shares.sum()),
        host_share=float(slopes[HOST_BASE] + slopes[HOST_RECORD]),
    )


def _deviate(model: DeviceModel, features: NetworkFeatures, batch: int, asked: Array) -> Array | None:
    """Add what the device's process says of the convolutions to a step's work, in place; return the slopes by weights.

    Returns
    -------
    float64, shape (3 landmarks,), or None
        Of the device's seconds, where there is a process.
    """
    if model.process is None or not features.conv.shape[1]:
        return None
    scale, coefficients, _ = _constants(model)
    more, slopes = deviating_work(
        model.process, features, batch, model.balance, _memory(model), (scale * coefficients)[:CONV]
    )
    asked[0, :CONV] += more * scale[:CONV]
    return slopes


def _unseen(model: DeviceModel, features: NetworkFeatures, shares: Array, measured: Array) -> float:
    """Return the share of the time in columns, and varieties of convolution, that no measurement covers."""
    beyond = np.maximum(shares - measured, 0.0)
    for name, part in features.varieties.items():
        if name not in model.varieties:
            beyond = np.maximum(beyond, part * shares * _CONVOLVES)
    return float(beyond.sum())


@lru_cache(maxsize=256)
def _constants(model: DeviceModel) -> tuple[Array, Array, Array]:
    """Return a model's scale, its coefficients and the shares of the time up to which it was measured."""
    limit = np.array([model.ranges.get(column.name, 0.0) for column in COLUMNS])
    return model.scale, np.exp(model.parameters[:WIDTH]), np.maximum(BEYOND * limit, 0.01)
