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
from cloudcost.timing.rates.equation import PROFILE_SCALE, WIDTH, Array, Work, seconds_and_slopes
from cloudcost.timing.rates.features import NetworkFeatures, features_of

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
    """

    seconds: float
    slopes: Array
    variance: float
    unseen: float
    large: float
    forward: float
    device_share: float


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
    features: NetworkFeatures, batch: int, balance: float, half_bytes: bool, fuses: bool, attention: int
) -> Array:
    return features.at([batch], balance, half_bytes=half_bytes, fuses=fuses, attention=attention)


def kept_on(model: DeviceModel, features: NetworkFeatures) -> float:
    """Return what the backward pass reads again on a device, whose kernel of attention decides. [elements per image]"""
    return features.kept(first_kernel(model.device, half=model.half_bytes))


@lru_cache(maxsize=1024)
def modelled_step(model: DeviceModel, features: NetworkFeatures, batch: int) -> ModelledStep:
    """Return a network's step at a batch on a device model."""
    scale, coefficients, measured = _constants(model)
    first = first_kernel(model.device, half=model.half_bytes)
    work = Work(
        device=_work(features, batch, model.balance, model.half_bytes, model.fuses, first) * scale,
        records=np.array([features.records - (features.fused_records if model.fuses else 0.0)]),
        input_gb=np.array([features.input_gb * batch]),
    )
    total, all_slopes = seconds_and_slopes(model.parameters, work)
    slopes = all_slopes[0, :PROFILE_SCALE]
    shares = slopes[:WIDTH]
    parts = work.device[0] * coefficients
    device = float(parts.sum())
    ahead = parts * _FORWARD
    if features.ahead is not None:  # frozen or recomputed operations: the shares are not the usual ones
        ahead = (
            _work(features.ahead, batch, model.balance, model.half_bytes, model.fuses, first)[0] * scale * coefficients
        )
    return ModelledStep(
        seconds=float(total[0]),
        slopes=slopes,
        variance=float(slopes @ model.covariance @ slopes),
        unseen=float(np.maximum(shares - measured, 0.0).sum()),
        large=float(shares[_LARGE].sum()),
        forward=float(ahead.sum()) / device,
        device_share=float(shares.sum()),
    )


@lru_cache(maxsize=256)
def _constants(model: DeviceModel) -> tuple[Array, Array, Array]:
    """Return a model's scale, its coefficients and the shares of the time up to which it was measured."""
    limit = np.array([model.ranges.get(column.name, 0.0) for column in COLUMNS])
    return model.scale, np.exp(model.parameters[:WIDTH]), np.maximum(BEYOND * limit, 0.01)
