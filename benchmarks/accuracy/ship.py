"""Fit every shipped device model and write it where the library reads it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np

from benchmarks.accuracy.dataset import DEVICES, SHEET, DataSet
from cloudcost.timing.rates.coefficients import COLUMNS
from cloudcost.timing.rates.device_file import write_device_model
from cloudcost.timing.rates.device_model import DeviceModel
from cloudcost.timing.rates.equation import PROFILE_SCALE, SIZE, Array, seconds_and_slopes
from cloudcost.timing.rates.fitting import Fit, Measurements, fit

DATA = Path(__file__).resolve().parents[2] / "src" / "cloudcost" / "timing" / "rates" / "data"
MEMORY = {"M60": 8e9, "T4": 16e9, "K80": 12e9, "V100": 16e9}
NAMES = {
    "M60": ("Tesla M60",),
    "T4": ("Tesla T4",),
    "K80": ("Tesla K80",),
    "V100": ("Tesla V100", "V100-SXM2-16GB", "V100 SXM2 16GB", "V100-SXM2-32GB", "V100 SXM2 32GB"),
}
SHARED = {"M60": 0.45, "T4": 0.45, "K80": 0.2, "V100": 0.45}
"""Share of the variance of one cell's error that other devices have in common: the correlation of leave-one-CNN-out
errors between devices; K80 shares less than the others."""
RESIDUAL_SD = {"M60": 0.035, "T4": 0.040, "K80": 0.055, "V100": 0.045}
"""Of the log, what the form leaves; bands of leave-one-CNN-out then cover what they claim."""


def ship_fitted(data: DataSet, *, folder: Path = DATA) -> Fit:
    """Fit K80, M60, T4 and V100 and write their models."""
    result = fit(data.rows)
    for place, device in enumerate(DEVICES):
        write_device_model(fitted_model(result, place, data.rows[place]), folder / f"{device.lower()}-fp32.json")
    return result


def fitted_model(result: Fit, place: int, rows: Measurements, fitted_on: date | None = None) -> DeviceModel:
    """Return the model of one of the four measured devices."""
    device = DEVICES[place]
    peak, bandwidth = SHEET[device]
    start = place * SIZE
    part = slice(start, start + PROFILE_SCALE)
    return DeviceModel(
        device=device,
        names=NAMES[device],
        stack="tf2.5",
        stack_text="TensorFlow 2.5, fp32, SGD, synthetic data",
        peak_gflop_s=peak,
        bandwidth_gb_s=bandwidth,
        memory_bytes=MEMORY[device],
        fuses=True,
        parameters=np.concatenate([result.parameters[place, :PROFILE_SCALE], [0.0]]),
        covariance=result.covariance[part, part],
        residual_sd=RESIDUAL_SD[device],
        shared_share=SHARED[device],
        ranges=ranges(result.parameters[place], rows),
        provenance={
            "source": "PROFET (SC'22), ddps-lab/profet commit e69477fe, MIT; one GPU of the AWS instance",
            "rows": f"{len(rows.seconds)} steps of 11 CNNs, 32-256 px, batch 16-256, and their profiled sums",
            "fitted": str(fitted_on or date(2026, 11, 22)),
        },
    )


def ranges(parameters: Array, rows: Measurements) -> dict[str, float]:
    """Return the largest share of a step's time that each column has in the measurements."""
    _, slopes = seconds_and_slopes(parameters, rows.work)
    return {column.name: float(slopes[:, k].max()) for k, column in enumerate(COLUMNS)}
