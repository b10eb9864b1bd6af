"""Calibrate a known device to a machine from the times of a few steps."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from math import hypot
from typing import get_args

import numpy as np

from cloudcost.catalog.devices import device as catalogued
from cloudcost.domain.network import Network
from cloudcost.domain.project import Precision
from cloudcost.errors import InputError, TimingError
from cloudcost.frozen import dataclass
from cloudcost.timing.calibration.calibration import (
    Calibration,
    Key,
    RunRecord,
    base_model,
    departure_sd,
    scale_sd,
    scaled,
)
from cloudcost.timing.calibration.scaling import MachineScale, Priors, Setting, scale_of
from cloudcost.timing.levels.compose import arithmetic_of
from cloudcost.timing.rates.device_model import DeviceModel
from cloudcost.timing.rates.equation import Array
from cloudcost.timing.rates.stepping import seconds_on
from cloudcost.timing.rates.workload import modelled_step, network_features

FARTHEST = 8.0
"""A step that is so many times longer or shorter than the model says is taken for a mistake. [1]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimedRun:
    """A measured step with the network that it was of.

    Parameters
    ----------
    record : RunRecord
    network : Network
    where : str
        How messages name it.
    """

    record: RunRecord
    network: Network
    where: str


def calibrate(
    device: str, runs: Sequence[TimedRun], *, host: str, stack: str, created: str, system: str = ""
) -> Calibration:
    """Return by what the model of a device is to be scaled on the machine of some runs.

    Runs of another device tell of the host and the stack that they share with this one, and a little of the device.

    Parameters
    ----------
    device : str
        Whose model is scaled.
    runs : sequence of TimedRun
    host : str
        The computer around it.
    stack : str
    created, system : str
        As `Calibration` has them.

    Raises
    ------
    InputError
        Without runs, or where a step is far from what the device can do: all such runs at once.
    UnknownDeviceError, CatalogError, TimingError
        When a device, a host or a model of it is not known.
    """
    if not runs:
        raise InputError("fit: no run to calibrate by, name profiles or tables of step times")
    models = [_model_of(run.record) for run in runs]
    seconds = np.array([run.record.seconds for run in runs])
    predict = _Predict(runs, models)
    _check_times(runs, seconds, predict)
    settings = [_setting(run.record) for run in runs]
    priors = [_priors(model) for model in models]
    scales: dict[Key, MachineScale] = {}
    for precision, last in product(get_args(Precision), (False, True)):
        try:
            base = base_model(device, host, stack, precision, channels_last=last)
        except TimingError:
            continue
        wanted = Setting(device=device, host=host, stack=stack, precision=_format(device, precision, last), network="")
        scales[precision, last] = scale_of(predict, seconds, settings, priors, wanted, _priors(base))
    if not scales:
        raise TimingError(f"no timing model for {device} to be scaled; profile your CNN there (cloudcost profile)")
    records = tuple(run.record for run in runs)
    return Calibration(
        device=device, host=host, system=system, stack=stack, runs=records, scales=scales, created=created
    )


class _Predict:
    """Predicts the runs where device and host are scaled."""

    def __init__(self, runs: Sequence[TimedRun], models: Sequence[DeviceModel]) -> None:
        self._runs, self._models = runs, models

    def __call__(self, device_logs: Array, host_logs: Array) -> tuple[Array, Array, Array]:
        cells = []
        for run, model, device_log, host_log in zip(self._runs, self._models, device_logs, host_logs, strict=True):
            moved = scaled(model, float(device_log), float(host_log))
            features = network_features(run.network)
            one = modelled_step(moved, features, run.record.batch)
            whole = seconds_on(moved, features, one, 1, None, run.record.optimizer)
            cells.append((whole, one.device_share, one.host_share))
        seconds, by_device, by_host = np.array(cells).T
        return seconds, by_device, by_host


def _model_of(record: RunRecord) -> DeviceModel:
    return base_model(record.device, record.host, record.stack, record.precision, channels_last=record.channels_last)


def _priors(model: DeviceModel) -> Priors:
    return Priors(device=scale_sd(model), host=model.host_sd, residual=hypot(model.residual_sd, departure_sd(model)))


def _setting(record: RunRecord) -> Setting:
    return Setting(
        device=record.device,
        host=record.host,
        stack=record.stack,
        precision=_format(record.device, record.precision, record.channels_last),
        network=record.network,
    )


def _format(device: str, precision: Precision, channels_last: bool) -> str:
    """Return in which arithmetic and format convolutions run: what precisions have in common."""
    arithmetic = arithmetic_of(catalogued(device), precision)
    return f"{arithmetic}, channels last" if channels_last else arithmetic


def _check_times(runs: Sequence[TimedRun], seconds: Array, predict: _Predict) -> None:
    nothing: Array = np.zeros(len(seconds))
    predicted, _, _ = predict(nothing, nothing)
    faults = []
    for run, measured, expected in zip(runs, seconds, predicted, strict=True):
        factor = measured / expected
        if not 1 / FARTHEST <= factor <= FARTHEST:
            faults.append(
                f"{run.where}: {run.record.network} at batch {run.record.batch} takes {factor:.2g} times what a "
                f"{run.record.device} is expected to, {measured:.3g} s, look at device, batch and unit"
            )
    if faults:
        raise InputError(*faults)
