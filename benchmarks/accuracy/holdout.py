"""Leave CNNs, families, sizes and devices out, fit on the rest and predict what was left out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import exp, hypot, log
from statistics import NormalDist

import numpy as np
import pandas as pd

from benchmarks.accuracy.dataset import DEVICES, DataSet, select
from benchmarks.accuracy.keras_networks import FAMILIES, keras_network
from benchmarks.accuracy.ship import fitted_model
from cloudcost.timing.anchors import Known, Place, correct
from cloudcost.timing.predict import error_parts
from cloudcost.timing.rates.device_model import DeviceModel
from cloudcost.timing.rates.equation import Array
from cloudcost.timing.rates.fitting import fit
from cloudcost.timing.rates.layers.fit import LANDMARKS, fit_layers
from cloudcost.timing.rates.workload import modelled_step, network_features

UNCOVERED = frozenset({"AlexNet", "MobileNetV2"})
"""The only ones with large kernels at stride 1 and with depthwise convolutions."""
MATCHED = "tf2.5"


def labels(table: pd.DataFrame, by: str) -> pd.Series:
    """Return what is left out together: ``cnn``, ``family``, ``size`` (a CNN's image size) or ``batch``."""
    if by == "cnn":
        return table.model
    if by == "family":
        return table.model.map(lambda name: FAMILIES.get(name, name))
    if by == "size":
        return table.model + "-" + table.image_px.astype(str)
    return table.model + "-" + table.batch.astype(str)


def folds(data: DataSet, by: str, *, count: int = LANDMARKS) -> Iterator[tuple[Array, list[DeviceModel]]]:
    """Yield, for each group left out, which cells it holds, and the models fitted to the rest.

    `count` is of the landmarks of the process over layers; 0 leaves it out.
    """
    groups = labels(data.table, by).to_numpy()
    start = fit(data.rows).parameters if by in {"size", "batch"} else None
    for group in np.unique(groups):
        out = groups == group
        rows = [select(part, ~out[places]) for part, places in zip(data.rows, data.places, strict=True)]
        base = fit(rows, start=start, steps=3 if start is not None else 6)
        if not count:
            yield out, [fitted_model(base, place, part) for place, part in enumerate(rows)]
            continue
        result = fit_layers(rows, base, data.singles, count=count)
        models = zip(rows, result.processes, strict=True)
        yield out, [fitted_model(result.fit, place, *each) for place, each in enumerate(models)]


def held_out(data: DataSet, by: str, *, count: int = LANDMARKS) -> pd.DataFrame:
    """Return every cell predicted by a fit that did not know it: `seconds`, `parts`, `unseen`, `error` (of the log)."""
    frames = [predicted(data.table[out], models) for out, models in folds(data, by, count=count)]
    return pd.concat(frames).sort_index()


def predicted(table: pd.DataFrame, models: Sequence[DeviceModel]) -> pd.DataFrame:
    """Return cells of the data set as device models predict them, the stack matched."""
    rows = []
    for row in table.itertuples():
        model = models[DEVICES.index(str(row.gpu))]
        features = network_features(keras_network(str(row.model), int(str(row.image_px))))
        one = modelled_step(model, features, int(str(row.batch)))
        parts = error_parts(model, one, MATCHED)
        rows.append((one.seconds, parts, one.unseen))
    frame = pd.DataFrame(rows, index=table.index, columns=["seconds", "parts", "unseen"])
    frame = frame.join(table[["model", "image_px", "batch", "gpu", "batch_latency_s"]])
    frame["error"] = np.log(frame.seconds / frame.batch_latency_s)
    frame["ape"] = (frame.seconds / frame.batch_latency_s - 1).abs() * 100
    frame["sd"] = [parts.total for parts in frame.parts]
    return frame


def coverage(frame: pd.DataFrame, level: float) -> pd.Series:
    """Return whether the band of each cell holds what was measured."""
    return frame.error.abs() <= NormalDist().inv_cdf((1 + level) / 2) * frame.sd


def anchored(frame: pd.DataFrame, *, same_device: bool, seed: int = 0) -> pd.DataFrame:
    """Return held-out cells corrected by one other measured cell of the CNN, drawn at random: on the device or not.

    Each cell is corrected once; `corrected` is its new absolute percentage error.
    """
    rng = np.random.default_rng(seed)
    result = frame.copy()
    shifted = np.empty(len(frame))
    place_of = {index: place for place, index in enumerate(frame.index)}
    for (_, _), group in frame.groupby(["model", "gpu"]):
        for index, row in group.iterrows():
            pool = frame[(frame.model == row.model) & ((frame.gpu == row.gpu) == same_device)]
            pool = pool.drop(index=[index], errors="ignore")
            other = pool.loc[rng.choice(pool.index)]
            known = Known(
                residual=log(other.batch_latency_s / other.seconds),
                parts=other.parts,
                device=str(other.gpu),
                place=place(other),
            )
            shifted[place_of[index]] = correct(row.parts, str(row.gpu), place(row), [known])[0]
    result["corrected"] = (np.exp(result.error + shifted) - 1).abs() * 100
    return result


def anchored_nearby(frame: pd.DataFrame, *, both: bool = False) -> pd.DataFrame:
    """Return held-out cells corrected by a run of the CNN on the device and at the size, at half or twice the batch.

    Every such pair is one row; `corrected` is the cell's new absolute percentage error, `inside` whether the 80 % band
    that is left holds the measured time. With `both`, one run at half and one at twice the batch correct it together.
    """
    rows = []
    for _, group in frame.groupby(["model", "gpu", "image_px"]):
        by_batch = {int(row.batch): row for _, row in group.iterrows()}
        for batch, row in by_batch.items():
            near = [by_batch[other] for other in (batch // 2, batch * 2) if other in by_batch]
            for runs in [near] * (len(near) == 2) if both else [[one] for one in near]:
                known = [
                    Known(residual=-float(one.error), parts=one.parts, device=str(one.gpu), place=place(one))
                    for one in runs
                ]
                shift, shared, own = correct(row.parts, str(row.gpu), place(row), known)
                error = float(row.error) + shift
                rows.append((abs(exp(error) - 1) * 100, abs(error) <= NormalDist().inv_cdf(0.9) * hypot(shared, own)))
    return pd.DataFrame(rows, columns=["corrected", "inside"])


def without_device(data: DataSet, runs: Sequence[int] = (0, 1, 3, 5, 10), *, draws: int = 5) -> pd.DataFrame:
    """Return the error on each GPU of a fit that never saw it, scaled by so many runs on it."""
    rng = np.random.default_rng(0)
    rows = []
    for place, device in enumerate(DEVICES):
        nothing = [select(part, np.full(len(part.seconds), k != place)) for k, part in enumerate(data.rows)]
        result = fit(nothing)
        model = replace(fitted_model(result, place, data.rows[place]), residual_sd=0.0)
        table = data.table[data.table.gpu == device]
        models: list[DeviceModel] = [model] * len(DEVICES)
        models = [model if k == place else other for k, other in enumerate(models)]
        errors = predicted(table, models).error.to_numpy()
        for count in runs:
            for _ in range(draws if count else 1):
                shift = np.median(errors[rng.choice(len(errors), count, replace=False)]) if count else 0.0
                rows.append((device, count, float(np.mean(np.abs(np.exp(errors - shift) - 1)) * 100)))
    frame = pd.DataFrame(rows, columns=["gpu", "runs", "mape"])
    return frame.groupby(["gpu", "runs"]).mape.mean().reset_index()


def place(row: pd.Series) -> Place:
    """Return where a cell lies among image sizes and batches."""
    return float(np.log2(row.image_px)), float(np.log2(row.batch))
