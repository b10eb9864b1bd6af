"""Single convolutions timed by Justus et al. (2018), for the process over layers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from cloudcost.timing.rates.convolution import classes, effort_lines, layer_work, places_of
from cloudcost.timing.rates.equation import sheet_scale
from cloudcost.timing.rates.layers.fit import SingleLayers

FEWEST_CHANNELS = 16
"""Channels read, below which these layers stand apart: a network has such layers once, at its images."""


def single_layers(
    data: Path, devices: Sequence[str], sheets: Mapping[str, tuple[float, float]]
) -> dict[int, SingleLayers]:
    """Return, by a device's place, square convolutions of usual strides without activation and bias.

    Forward alone where nothing was trained, else all passes: TensorFlow 1.x.
    """
    table = pd.read_csv(data / "timings" / "justus_conv.csv.gz")
    usual = table.kernel.isin([1, 3, 5, 7]) & table.stride.isin([1, 2]) & (table.c_in >= FEWEST_CHANNELS)
    table = table[usual & (table.padding == "same") & (table.use_bias == 0) & (table.activation == "none")]
    return {
        place: _layers(table[table.gpu_type == device], *sheets[device])
        for place, device in enumerate(devices)
        if (table.gpu_type == device).any()
    }


def _layers(part: pd.DataFrame, peak: float, bandwidth: float) -> SingleLayers:
    side, out = part.image_px.to_numpy(float), np.ceil((part.image_px / part.stride).to_numpy(float))
    kernel, stride, one = part.kernel.to_numpy(float), part.stride.to_numpy(float), np.ones(len(part))
    conv = np.array(
        [side, side, part.c_in, out, out, part.c_out, kernel, kernel, stride, one, one, (kernel == 3) & (stride == 1)],
        dtype=np.float64,
    )
    lines, columns = effort_lines(conv), classes(conv)
    batch = part.batch.to_numpy(float)
    backward = (part.optimizer != "none").to_numpy(float)
    passes = np.array([one, backward, one])
    conv[10] = backward
    lines[5] = backward
    work = np.stack(
        [
            layer_work(conv[:, [k]], lines[:, [k]], columns[:, [k]], passes[:, [k]], batch[k], peak / bandwidth)[0]
            for k in range(len(part))
        ]
    )
    return SingleLayers(
        work=work * sheet_scale(peak, bandwidth)[:27].reshape(3, 9),
        places=places_of(conv, batch),
        seconds=part.median_ms.to_numpy(float) * 1e-3,
    )
