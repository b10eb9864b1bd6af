"""Read the measured data set and make it ready for fitting and judging."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.accuracy.keras_networks import keras_network
from benchmarks.accuracy.single_layers import single_layers
from cloudcost.timing.rates.coefficients import COLUMNS, GROUPS
from cloudcost.timing.rates.convolution import places_of
from cloudcost.timing.rates.equation import Array, Work, sheet_scale
from cloudcost.timing.rates.fitting import LayerRows, Measurements
from cloudcost.timing.rates.layers.fit import SingleLayers
from cloudcost.timing.rates.workload import network_features

DEVICES = ("M60", "T4", "K80", "V100")
SHEET = {"M60": (4824.0, 160.0), "T4": (8141.0, 320.0), "K80": (4113.0, 240.0), "V100": (14130.0, 900.0)}
"""Peak [GFLOP/s] and bandwidth [GB/s] of the data sheets that the study used."""
MEMORY = {"M60": 8e9, "T4": 16e9, "K80": 12e9, "V100": 16e9}
"""Of one GPU of the instance. [bytes]"""

_CONV = {"Conv2D": "fwd", "_FusedConv2D": "fwd", "Conv2DBackpropFilter": "dw", "Conv2DBackpropInput": "dx"}
_OPS = {
    **_CONV,
    **dict.fromkeys(("FusedBatchNormV3", "FusedBatchNormGradV3"), "bn"),
    **dict.fromkeys(("Relu", "ReluGrad", "Relu6", "Relu6Grad", "Softmax"), "act"),
    **dict.fromkeys(("MaxPool", "MaxPoolGrad", "AvgPool", "AvgPoolGrad"), "pool"),
    **dict.fromkeys(("BiasAdd", "BiasAddGrad"), "bias"),
    "MatMul": "dense",
    "ResourceApplyGradientDescent": "sgd",
    **dict.fromkeys(
        (
            "DepthwiseConv2dNative",
            "DepthwiseConv2dNativeBackpropInput",
            "DepthwiseConv2dNativeBackpropFilter",
        ),
        "dwc",
    ),
    **dict.fromkeys(
        ("AddN", "AddV2", "Mul", "Pad", "Slice", "Square", "Sum", "Tile", "ConcatV2", "RandomUniform", "GreaterEqual"),
        "rest",
    ),
}
STEPS_IN_PROFILE = 2
Places = np.ndarray[tuple[int], np.dtype[np.intp]]
INCOMPLETE = frozenset({"InceptionResNetV2"})


@dataclass(frozen=True, slots=True, kw_only=True)
class DataSet:
    """All cells of all devices; `table` has one row per cell, the others one per device in `DEVICES`' order."""

    table: pd.DataFrame
    rows: tuple[Measurements, ...]
    places: tuple[Places, ...]
    singles: Mapping[int, SingleLayers]


def load(data: Path) -> DataSet:
    """Return the cells of `timings/profet_workloads_dev.csv.gz` with features and profiled sums."""
    table = pd.read_csv(data / "timings" / "profet_workloads_dev.csv.gz")
    ops = pd.read_csv(data / "timings" / "profet_ops_dev.csv.gz")
    keys = ["model", "image_px", "batch", "instance"]
    ops = ops[(ops.side == "device") & ops.op.isin(list(_OPS)) & ~ops.model.isin(list(INCOMPLETE))]
    sums = (
        ops.assign(group=ops.op.map(_OPS)).groupby([*keys, "group"]).total_us.sum().unstack() / STEPS_IN_PROFILE * 1e-6
    )
    table = table.join(sums, on=keys)
    rows, places = [], []
    for device in DEVICES:
        part = table[table.gpu == device]
        rows.append(_measurements(part, device))
        places.append(np.flatnonzero(table.gpu == device))
    return DataSet(table=table, rows=tuple(rows), places=tuple(places), singles=single_layers(data, DEVICES, SHEET))


def _measurements(part: pd.DataFrame, device: str) -> Measurements:
    peak, bandwidth = SHEET[device]
    work = work_of(part, peak, bandwidth, MEMORY[device])
    used = {
        group: np.array([any(work.device[row, k] > 0 for k in _columns(group)) for row in range(len(part))])
        for group in GROUPS
    }
    groups = {
        group: np.where(used[group], part[group].to_numpy(dtype=float), np.nan) for group in GROUPS if group in part
    }
    seconds = part.batch_latency_s.to_numpy(dtype=float)
    return Measurements(
        work=work, seconds=seconds, groups=groups, layers=_layers_of(part, peak, bandwidth, MEMORY[device])
    )


def _layers_of(part: pd.DataFrame, peak: float, bandwidth: float, memory_bytes: float) -> LayerRows:
    """Return the convolutions of the cells of a table, one by one."""
    work, places, rows = [], [], []
    for row, cell in enumerate(part.itertuples()):
        features = network_features(keras_network(str(cell.model), int(str(cell.image_px))))
        batch = float(str(cell.batch))
        work.append(features.layers(batch, peak / bandwidth, memory_bytes))
        places.append(places_of(features.conv, batch))
        rows.append(np.full(features.conv.shape[1], row, dtype=np.intp))
    scale = sheet_scale(peak, bandwidth)[:27].reshape(3, 9)
    return LayerRows(work=np.concatenate(work) * scale, places=np.concatenate(places), rows=np.concatenate(rows))


def work_of(part: pd.DataFrame, peak: float, bandwidth: float, memory_bytes: float) -> Work:
    """Return the work of the cells of a table on a device of these rates and memory."""
    x = np.empty((len(part), len(COLUMNS)))
    records, input_gb = np.empty(len(part)), np.empty(len(part))
    for row, cell in enumerate(part.itertuples()):
        features = network_features(keras_network(str(cell.model), int(str(cell.image_px))))
        x[row] = features.at([int(str(cell.batch))], peak / bandwidth, fuses=True, memory_bytes=memory_bytes)[0]
        records[row] = features.records - features.fused_records
        input_gb[row] = features.input_gb * int(str(cell.batch))
    return Work(device=x * sheet_scale(peak, bandwidth), records=records, input_gb=input_gb)


def _columns(group: str) -> list[int]:
    return [k for k, column in enumerate(COLUMNS) if column.group == group]


def select(rows: Measurements, keep: Array) -> Measurements:
    """Return some rows of the measurements."""
    work = Work(device=rows.work.device[keep], records=rows.work.records[keep], input_gb=rows.work.input_gb[keep])
    groups = {name: values[keep] for name, values in rows.groups.items()}
    inside = keep[rows.layers.rows]
    layers = LayerRows(
        work=rows.layers.work[inside],
        places=rows.layers.places[inside],
        rows=(np.cumsum(keep) - 1)[rows.layers.rows[inside]],
    )
    return Measurements(work=work, seconds=rows.seconds[keep], groups=groups, layers=layers)
