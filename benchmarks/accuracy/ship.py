"""Fit every shipped device model and write it where the library reads it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np

from benchmarks.accuracy.dataset import DEVICES, MEMORY, SHEET, DataSet
from cloudcost.timing.rates.coefficients import COLUMNS
from cloudcost.timing.rates.device_file import write_device_model
from cloudcost.timing.rates.device_model import DeviceModel
from cloudcost.timing.rates.equation import PROFILE_SCALE, SIZE, Array, seconds_and_slopes
from cloudcost.timing.rates.fitting import Fit, Measurements, fit
from cloudcost.timing.rates.layers.fit import fit_layers
from cloudcost.timing.rates.layers.process import LayerProcess

DATA = Path(__file__).resolve().parents[2] / "src" / "cloudcost" / "timing" / "rates" / "data"
NAMES = {
    "M60": ("Tesla M60",),
    "T4": ("Tesla T4",),
    "K80": ("Tesla K80",),
    "V100": ("Tesla V100", "V100-SXM2-16GB", "V100 SXM2 16GB", "V100-SXM2-32GB", "V100 SXM2 32GB"),
}
SHARED = {"M60": 0.45, "T4": 0.45, "K80": 0.2, "V100": 0.45}
"""Share of the variance of one cell's error that other devices have in common: the correlation of leave-one-CNN-out
errors between devices; K80 shares less than the others."""
RESIDUAL_SD = 0.045
"""Of the log, what form and process leave; bands of leave-one-CNN-out then cover what they claim. [1]"""
UNSURE = 2.0
"""Standard deviations over those of the fit: its measurements err together, by CNN, and it takes them as apart. Chosen
with `RESIDUAL_SD`. [1]"""


def ship_fitted(data: DataSet, *, folder: Path = DATA) -> Fit:
    """Fit K80, M60, T4 and V100 and write their models."""
    result = fit(data.rows)
    layered = fit_layers(data.rows, result, data.singles)
    for place, device in enumerate(DEVICES):
        model = fitted_model(layered.fit, place, data.rows[place], layered.processes[place])
        write_device_model(model, folder / f"{device.lower()}-fp32.json")
    return result


def fitted_model(
    result: Fit, place: int, rows: Measurements, process: LayerProcess | None = None, fitted_on: date | None = None
) -> DeviceModel:
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
        covariance=UNSURE**2 * result.covariance[part, part],
        residual_sd=RESIDUAL_SD,
        shared_share=SHARED[device],
        process=None if process is None else process.less_sure(UNSURE),
        ranges=ranges(result.parameters[place], rows),
        provenance={
            "source": "PROFET (SC'22), ddps-lab/profet commit e69477fe, MIT; one GPU of the AWS instance",
            "layers": "Justus et al. (2018), CDECatapult/ml-performance-prediction commit e649f32d, Apache-2.0",
            "rows": f"{len(rows.seconds)} steps of 11 CNNs, 32-256 px, batch 16-256, and their profiled sums",
            "fitted": str(fitted_on or date(2026, 11, 29)),
        },
    )


def ranges(parameters: Array, rows: Measurements) -> dict[str, float]:
    """Return the largest share of a step's time that each column has in the measurements."""
    _, slopes = seconds_and_slopes(parameters, rows.work)
    return {column.name: float(slopes[:, k].max()) for k, column in enumerate(COLUMNS)}
