"""Device models from published throughputs: one precision at a time, all devices of it tied to one another."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from benchmarks.accuracy.published import network_of
from cloudcost.catalog.devices import device as catalogued
from cloudcost.domain.devices import Device
from cloudcost.domain.project import Precision
from cloudcost.timing.rates.coefficients import COLUMNS, INDEX
from cloudcost.timing.rates.equation import COPY, HOST_BASE, HOST_RECORD, SIZE, Array, Work, sheet_scale
from cloudcost.timing.rates.fitting import Fit, Measurements, fit
from cloudcost.timing.rates.workload import network_features

Key = tuple[str, bool]
"""A device's name and whether the memory format is channels last."""

FLOP = np.array([column.unit == "flop" for column in COLUMNS])
UPDATE = [INDEX["sgd.byte"], INDEX["sgd.variables"]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """A fit of one precision: devices in order, the last of them without data (any other GPU)."""

    precision: Precision
    keys: tuple[Key, ...]
    rows: tuple[Measurements, ...]
    fit: Fit


def peak_gflop_s(device: Device, precision: str) -> float:
    """Return the rate that coefficients of a precision are relative to. [GFLOP/s]"""
    rates = {"fp32": device.fp32_tflops, "tf32": device.tf32_tflops, "amp": device.fp16_tensor_tflops}
    return 1e3 * (rates[precision] or device.fp32_tflops)


def work_of_rows(table: pd.DataFrame, device: Device, precision: str) -> Work:
    """Return the work of published rows on a device."""
    peak, bandwidth = peak_gflop_s(device, precision), device.bandwidth_gb_s
    tensor = precision != "fp32"
    x = np.empty((len(table), len(COLUMNS)))
    records, input_gb = np.empty(len(table)), np.empty(len(table))
    for place, row in enumerate(table.itertuples()):
        features = network_features(network_of(str(row.network), int(str(row.image_px))))
        batch = int(str(row.batch))
        x[place] = features.at([batch], np.inf if tensor else peak / bandwidth, half_bytes=precision == "amp")[0]
        if not row.update:
            x[place, UPDATE] = 0.0
        records[place], input_gb[place] = features.records, features.input_gb * batch
    scale = sheet_scale(peak, bandwidth, half_bytes=precision == "amp")
    return Work(device=x * scale, records=records, input_gb=input_gb)


def measurements_of(table: pd.DataFrame, key: Key, precision: str) -> Measurements:
    """Return one device's published steps on a single GPU."""
    part = table[(table.device == key[0]) & (table.channels_last == key[1])]
    work = work_of_rows(part, catalogued(key[0]), precision)
    return Measurements(work=work, seconds=part.seconds.to_numpy(dtype=float))


def centre_of(base: Fit, precision: str) -> Array:
    """Return the centre of the priors: what T4 and V100 have in common, at the rates of a precision."""
    centre: Array = base.parameters[[1, 3]].mean(axis=0).copy()
    if precision != "fp32":
        centre[: len(COLUMNS)][FLOP] += np.log(2.5)
    centre[COPY] = np.log(0.02)
    centre[HOST_BASE] = np.log(1e-3)
    centre[HOST_RECORD] = np.log(0.1)
    centre[-1] = 0.0
    return centre


def fit_precision(table: pd.DataFrame, base: Fit, precision: Precision) -> Transfer:
    """Fit all devices with published single-GPU steps at a precision, and one without any."""
    part = table[(table.precision == precision) & (table.gpus == 1)]
    keys: tuple[Key, ...] = tuple(
        sorted({(str(d), bool(c)) for d, c in zip(part.device, part.channels_last, strict=True)})
    )
    rows = [measurements_of(part, key, precision) for key in keys]
    nothing = Work(device=np.zeros((0, len(COLUMNS))), records=np.zeros(0), input_gb=np.zeros(0))
    rows.append(Measurements(work=nothing, seconds=np.zeros(0)))
    result = fit(rows, centre=centre_of(base, precision), steps=12)
    assert result.parameters.shape == (len(keys) + 1, SIZE)
    return Transfer(precision=precision, keys=keys, rows=tuple(rows), fit=result)
