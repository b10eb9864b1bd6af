"""The form of a step's time, its value and its slopes.

``y = (device**p + host**p)**(1/p) + b * input_gb``: the device works through its kernels while the host prepares the
next ones, so the longer of the two rules, softly; the copy of the batch from the host's memory comes on top.
`device` is a sum of positive coefficients times the columns of `cloudcost.timing.rates.coefficients`; `host` is
``h0 + h1 * records``. Every parameter is kept as the logarithm of its ratio to the data sheet (or of seconds).
"""

from __future__ import annotations

import numpy as np

from cloudcost.frozen import dataclass
from cloudcost.timing.rates.coefficients import COLUMNS, GROUPS

Array = np.ndarray[tuple[int, ...], np.dtype[np.float64]]

WIDTH = len(COLUMNS)
HOST_BASE, HOST_RECORD, COPY, SHARPNESS, PROFILE_SCALE = range(WIDTH, WIDTH + 5)
"""Places behind the columns: log h0 [log s], log h1 [log s per 1000 records], log b [log s/GB], log(p - 1), and the
log scale of profiled convolutions, which only the fit knows."""
SIZE = WIDTH + 5

PRIOR: Array = np.concatenate([np.log([column.prior for column in COLUMNS]), np.log([1.2e-3, 0.07, 0.4, 0.5]), [0.0]])
"""Centres of the priors. h0 1.2 ms, h1 0.07 s per 1000 records, b 0.4 s/GB, p 1.5."""

_ALWAYS_FP32 = frozenset({"sgd.byte", "rest.l2_byte"})

_IN_GROUP: Array = np.array([[column.group == group for group in GROUPS] for column in COLUMNS], dtype=np.float64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What steps ask of a device, one row per step, scaled by its data sheet.

    Parameters
    ----------
    device : float64, shape (rows, columns)
        Seconds of each column at a coefficient of 1.
    records : float64, shape (rows,)
        [1000 calls]
    input_gb : float64, shape (rows,)
        [GB]
    """

    device: Array
    records: Array
    input_gb: Array


def sheet_scale(peak_gflop_s: float, bandwidth_gb_s: float, *, half_bytes: bool = False) -> Array:
    """Return what turns GFLOP, GB and thousands of calls into seconds at a coefficient of 1, shape (columns,).

    With `half_bytes` activations and the weights that convolutions read move in half precision; what the optimizer
    and the penalties read stays in fp32.
    """
    scale = {"flop": 1 / peak_gflop_s, "byte": 1 / bandwidth_gb_s, "count": 1.0}
    half = 0.5 if half_bytes else 1.0
    return np.array(
        [scale[c.unit] * (half if c.unit == "byte" and c.name not in _ALWAYS_FP32 else 1.0) for c in COLUMNS]
    )


def seconds(parameters: Array, work: Work) -> Array:
    """Return seconds per step, float64 of shape (rows,)."""
    device, host, p = _sides(parameters, work)
    top = np.maximum(device, host)
    core = top * ((device / top) ** p + (host / top) ** p) ** (1 / p)
    total: Array = core + np.exp(parameters[COPY]) * work.input_gb
    return total


def seconds_and_slopes(parameters: Array, work: Work) -> tuple[Array, Array]:
    """Return seconds per step and the slopes of their logarithm, float64 of shape (rows, parameters)."""
    device, host, p = _sides(parameters, work)
    top = np.maximum(device, host)
    rise_device, rise_host = (device / top) ** p, (host / top) ** p
    both = rise_device + rise_host
    core = top * both ** (1 / p)
    copy = np.exp(parameters[COPY]) * work.input_gb
    total = core + copy
    slopes = np.zeros((len(total), SIZE))
    by_device, by_host = (device / core) ** (p - 1), (host / core) ** (p - 1)
    slopes[:, :WIDTH] = by_device[:, None] * np.exp(parameters[:WIDTH]) * work.device
    slopes[:, HOST_BASE] = by_host * np.exp(parameters[HOST_BASE])
    slopes[:, HOST_RECORD] = by_host * np.exp(parameters[HOST_RECORD]) * work.records
    slopes[:, COPY] = copy
    mean_log = (rise_device * np.log(device / top) + rise_host * np.log(host / top)) / both
    slopes[:, SHARPNESS] = core * (mean_log / p - np.log(both) / p**2) * (p - 1)
    return total, slopes / total[:, None]


def group_slopes(parameters: Array, work: Work, group: int) -> tuple[Array, Array]:
    """Return one kind's device time and the slopes of its logarithm, shapes (rows,) and (rows, parameters)."""
    parts = work.device * (np.exp(parameters[:WIDTH]) * _IN_GROUP[:, group])
    total = parts.sum(axis=1)
    slopes = np.zeros((len(total), SIZE))
    slopes[:, :WIDTH] = parts / total[:, None]
    return total, slopes


def _sides(parameters: Array, work: Work) -> tuple[Array, Array, float]:
    device = work.device @ np.exp(parameters[:WIDTH])
    host = np.exp(parameters[HOST_BASE]) + np.exp(parameters[HOST_RECORD]) * work.records
    return device, host, 1.0 + float(np.exp(parameters[SHARPNESS]))
