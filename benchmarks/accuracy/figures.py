"""Every accuracy figure, as rows of a table: what, on what, the figure, and the limit where there is one."""

from __future__ import annotations

import time
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.optimize import nnls

from benchmarks.accuracy.dataset import DEVICES, MEMORY, SHEET, DataSet
from benchmarks.accuracy.holdout import UNCOVERED, anchored, anchored_nearby, coverage, held_out, without_device
from benchmarks.accuracy.keras_networks import BUILDERS, keras_network
from benchmarks.accuracy.levels_figures import LevelReport, evaluate_levels, level_rows
from benchmarks.accuracy.published import network_of, published
from cloudcost.networks.registry import named_network
from cloudcost.timing.memory import USABLE, step_bytes
from cloudcost.timing.predict import predict_step
from cloudcost.timing.rates.coefficients import COLUMNS, INDEX, PASSES
from cloudcost.timing.rates.features import features_of
from cloudcost.timing.rates.fitting import fit
from cloudcost.timing.rates.layers.fit import fit_layers
from cloudcost.timing.rates.workload import network_features

USD_PER_HOUR = {"K80": 0.90, "M60": 0.75, "T4": 0.526, "V100": 3.06}
"""p2.xlarge, g3s.xlarge, g4dn.xlarge, p3.2xlarge on demand, us-east-1, November 2026. [USD/h]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One accuracy figure."""

    name: str
    value: str
    limit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """All figures, and the predictions that plots need."""

    figures: tuple[Figure, ...]
    by_cnn: pd.DataFrame
    left_out: pd.DataFrame
    timm: pd.DataFrame
    levels: LevelReport


def evaluate(data: DataSet, folder: Path) -> Report:
    """Rerun everything."""
    started = time.process_time()
    base = fit(data.rows)
    fit_layers(data.rows, base, data.singles)
    fitted_in = time.process_time() - started
    cnn, family, size = held_out(data, "cnn"), held_out(data, "family"), held_out(data, "size")
    figures = [
        _error("leave one CNN out", cnn, "7.2"),
        _error("leave one CNN out, kinds of operation covered", cnn[~cnn.model.isin(UNCOVERED)], "5.7"),
        _error("leave one family out", family, "7.8"),
        _error("a known CNN at a new image size", size, "7"),
        _error("a known CNN at a new batch", held_out(data, "batch"), ""),
        _error("roofline, leave one CNN out", roofline(data, "model"), ""),
        *_bands(cnn, "leave one CNN out"),
        *_bands(family, "leave one family out"),
        *choices(cnn, "this model"),
        *choices(roofline(data, "model"), "roofline"),
        *_anchors(cnn),
        *_new_devices(data),
    ]
    table = published(folder)
    levels = evaluate_levels(folder, base)
    timm = levels.families[(levels.families.set == "timm") & ~levels.families.channels_last.astype(bool)]
    figures += [Figure(name=name, value=value, limit=limit) for name, value, limit in level_rows(levels)]
    figures += [*_timm(timm), *_gpus(table), _across_stacks(table), _memory(data)]
    figures += _speed(fitted_in)
    by_cnn = cnn.pivot_table(index="model", columns="gpu", values="ape").round(1)
    return Report(figures=tuple(figures), by_cnn=by_cnn, left_out=cnn, timm=timm, levels=levels)


def _error(name: str, frame: pd.DataFrame, limit: str) -> Figure:
    value = f"{frame.ape.mean():.2f} % mean, {frame.ape.median():.2f} % median"
    return Figure(name=f"error, {name}", value=value, limit=f"{limit} % mean" if limit else "")


def _bands(frame: pd.DataFrame, name: str) -> list[Figure]:
    worst = coverage(frame, 0.8).groupby(frame.model).mean()
    least = f"{worst.min():.0%} ({worst.idxmin()})"
    return [
        Figure(name=f"80 % band covers, {name}", value=f"{coverage(frame, 0.8).mean():.1%}", limit="77-83 %"),
        Figure(name=f"90 % band covers, {name}", value=f"{coverage(frame, 0.9).mean():.1%}", limit="86-92 %"),
        Figure(name=f"80 % band, least of any CNN, {name}", value=least, limit="50 %"),
    ]


def roofline(data: DataSet, by: str) -> pd.DataFrame:
    """Return the classical bound, predicted where its group (``model``) is left out.

    Seconds are ``a max(FLOPs / peak, bytes / bandwidth) + b launches + c``, the three fitted per device by relative
    non-negative least squares on the rest.
    """
    table = data.table
    bound, launches = np.empty(len(table)), np.empty(len(table))
    for place, row in enumerate(table.itertuples()):
        peak, bandwidth = SHEET[str(row.gpu)]
        features = network_features(keras_network(str(row.model), int(str(row.image_px))))
        ih, iw, ci, oh, ow, co, kh, kw, _, groups, has_dx, _ = features.conv
        batch = int(str(row.batch))
        passes = 2 + has_dx
        work = features.at([batch], np.inf)[0]
        flop = (passes * 2e-9 * batch * oh * ow * kh * kw * ci * co / groups).sum()
        moved = (passes * 4e-9 * batch * (ih * iw * ci + oh * ow * co)).sum()
        flop += work[[INDEX["dense.flop"], INDEX["dwc.flop"]]].sum()
        moved += work[[k for k, c in enumerate(COLUMNS) if c.unit == "byte" and c.group not in PASSES]].sum()
        bound[place] = max(flop / peak, moved / bandwidth)
        launches[place] = features.records
    frame = table[["model", "image_px", "batch", "gpu", "batch_latency_s"]].copy()
    columns = np.column_stack([bound, launches, np.ones(len(table))]) / frame.batch_latency_s.to_numpy()[:, None]
    relative = np.empty(len(frame))
    for device in DEVICES:
        for group in frame[by].unique():
            rest = ((frame.gpu == device) & (frame[by] != group)).to_numpy()
            here = ((frame.gpu == device) & (frame[by] == group)).to_numpy()
            factors, _ = nnls(columns[rest], np.ones(int(rest.sum())))
            relative[here] = columns[here] @ factors
    frame["seconds"] = relative * frame.batch_latency_s
    frame["error"] = np.log(relative)
    frame["ape"] = np.abs(relative - 1) * 100
    return frame


def choices(frame: pd.DataFrame, name: str) -> list[Figure]:
    """Return how well costs are ordered and what the choice costs too much."""
    usd = frame.gpu.map(USD_PER_HOUR) / 3600
    keys = ["model", "image_px", "batch"]
    true = frame.assign(usd=usd * frame.batch_latency_s).pivot_table(index=keys, columns="gpu", values="usd")
    said = frame.assign(usd=usd * frame.seconds).pivot_table(index=keys, columns="gpu", values="usd")
    near = [0, 0]
    whole = [0, 0]
    for one, other in combinations(DEVICES, 2):
        ratio, guess = (true[one] / true[other]).dropna(), (said[one] / said[other]).dropna()
        right = np.sign(np.log(ratio)) == np.sign(np.log(guess))
        close = np.abs(np.log(ratio)) <= np.log(1.25)
        near = [near[0] + int(right[close].sum()), near[1] + int(close.sum())]
        whole = [whole[0] + int(right.sum()), whole[1] + len(right)]
    three = [device for device in DEVICES if device != "T4"]
    complete = true[three].notna().sum(axis=1) > 1
    best = true.loc[complete, three]
    places = np.nanargmin(said.loc[complete, three].to_numpy(), axis=1)
    paid = best.to_numpy()[np.arange(len(best)), places]
    regret = paid / best.min(axis=1).to_numpy() - 1
    ours = name == "this model"
    return [
        Figure(name=f"order of costs right, all pairs, {name}", value=f"{whole[0] / whole[1]:.1%}"),
        Figure(
            name=f"order of costs right, costs within 25 % of each other, {name}",
            value=f"{near[0] / near[1]:.1%} of {near[1]} pairs",
            limit="85 %" if ours else "",
        ),
        Figure(
            name=f"regret of the cheapest choice without g4dn.xlarge, {name}",
            value=f"{regret.mean():.2%} mean, {regret.max():.1%} worst",
            limit="1.5 % mean" if ours else "",
        ),
    ]


def _anchors(frame: pd.DataFrame) -> list[Figure]:
    same, other = anchored(frame, same_device=True), anchored(frame, same_device=False)
    near, between = anchored_nearby(frame), anchored_nearby(frame, both=True)
    return [
        Figure(
            name="error, leave one CNN out, with one run of the CNN on the same device",
            value=f"{same.corrected.mean():.2f} % mean (without: {frame.ape.mean():.2f} %)",
            limit="lower by 0.5 points",
        ),
        Figure(
            name="error, leave one CNN out, with one run of the CNN on another device",
            value=f"{other.corrected.mean():.2f} % mean (without: {frame.ape.mean():.2f} %)",
            limit="no higher",
        ),
        Figure(
            name="error, leave one CNN out, with one run at half or twice the batch",
            value=f"{near.corrected.mean():.2f} % mean, {near.corrected.median():.2f} % median",
            limit="4.4 % mean",
        ),
        Figure(
            name="error, leave one CNN out, with two runs, at half and twice the batch",
            value=f"{between.corrected.mean():.2f} % mean, {between.corrected.median():.2f} % median",
        ),
        Figure(name="80 % band covers, with one run at half or twice the batch", value=f"{near.inside.mean():.1%}"),
    ]


def _new_devices(data: DataSet) -> list[Figure]:
    frame = without_device(data)
    mean = frame.groupby("runs").mape.mean()
    each = frame[frame.runs == 0].set_index("gpu").mape.round(0).astype(int).to_dict()
    return [
        Figure(
            name=f"error, a GPU left out, {runs} calibrating runs on it",
            value=f"{mape:.1f} % mean" + (f" ({', '.join(f'{k} {v}' for k, v in each.items())})" if not runs else ""),
            limit="16 %" if runs == 3 else "",
        )
        for runs, mape in mean.items()
    ]


def _timm(frame: pd.DataFrame) -> list[Figure]:
    error = (frame.predicted / frame.seconds - 1).abs() * 100
    order = (frame.batch / frame.seconds).corr(frame.batch / frame.predicted, method="spearman")
    name = f"RTX 3090, AMP, {len(frame)} CNNs, leave one family out"
    return [
        Figure(name=f"error, {name}", value=f"{error.median():.1f} % median", limit="20 % median"),
        Figure(name=f"Spearman's rank correlation of images/s, {name}", value=f"{order:.3f}", limit="0.95"),
    ]


_STEPS_OF = {"K80": "TensorFlow 1.2; the stack factor is of one K80"}
"""Where the stack of the rows is not the one that the device model speaks of."""


def _gpus(table: pd.DataFrame) -> list[Figure]:
    part = table[table.gpus > 1]
    errors = [
        abs(
            predict_step(
                network_of(str(row.network), int(str(row.image_px))),
                batch=int(str(row.batch)),
                device=str(row.device),
                precision=row.precision,  # type: ignore[arg-type]
                gpus=int(str(row.gpus)),
            ).seconds
            / float(str(row.seconds))
            - 1
        )
        * 100
        for row in part.itertuples()
    ]
    part = part.assign(error=errors, kind=part.device.str.split("-").str[0])
    return [
        Figure(
            name=f"error, 2-8 {device}, {len(rows)} rows ({_STEPS_OF.get(str(device), 'one GPU of it is in the fit')})",
            value=f"{rows.error.median():.1f} % median",
            limit="20 % median",
        )
        for device, rows in part.groupby("kind")
    ]


def _across_stacks(table: pd.DataFrame) -> Figure:
    part = table[(table.precision == "fp32") & table.device.isin(DEVICES) & (table.gpus == 1)]
    inside = []
    for row in part.itertuples():
        network = network_of(str(row.network), int(str(row.image_px)))
        low, high = predict_step(network, batch=int(str(row.batch)), device=str(row.device)).interval_seconds
        inside.append(low <= float(str(row.seconds)) <= high)
    return Figure(
        name=f"80 % band, stack unknown, covers published steps of fitted devices ({len(part)})",
        value=f"{np.mean(inside):.0%}",
        limit="75 %",
    )


def _memory(data: DataSet) -> Figure:
    ran = {(row.model, row.image_px, row.batch, row.gpu) for row in data.table.itertuples()}
    right = total = 0
    for name in BUILDERS:
        for px in (32, 64, 128, 224, 256):
            if name == "InceptionResNetV2" and px < 128:
                continue
            features = network_features(keras_network(name, px))
            for batch in (16, 32, 64, 128, 256):
                need = step_bytes(features.kept_elements, features.parameters, batch=batch)
                for device, memory in MEMORY.items():
                    total += 1
                    right += (need <= USABLE * memory) == ((name, px, batch, device) in ran)
    return Figure(name=f"memory: fits or not, as it ran or is absent ({total} cells)", value=f"{right / total:.1%}")


def _speed(fitted_in: float) -> list[Figure]:
    network = named_network("resnet152")
    started = time.process_time()
    features_of(network)
    featured = time.process_time() - started
    started = time.process_time()
    for batch in range(1, 2501):
        for device in ("K80", "M60", "T4", "V100"):
            predict_step(network, batch=batch, device=device)
    predicted = time.process_time() - started
    return [
        Figure(
            name="processor time to fit K80, M60, T4 and V100", value=f"{fitted_in:.2f} s", limit="5 s with all others"
        ),
        Figure(name="processor time of ResNet-152's features", value=f"{1e3 * featured:.1f} ms", limit="20 ms"),
        Figure(name="processor time of 10,000 predictions", value=f"{predicted:.1f} s", limit="5 s"),
    ]
