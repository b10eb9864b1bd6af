"""One joint fit of all levels: what arithmetic, stack, format, architecture, device and host do to each kind of work.

Maximum a posteriori: each level is normally distributed about zero with a spread by what it belongs to, residuals of
log seconds have a pseudo-Huber loss. Levenberg-Marquardt steps, numpy alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.accuracy.steps import step_network
from cloudcost.catalog.devices import device as catalogued
from cloudcost.timing.attention import first_kernel
from cloudcost.timing.levels.compose import (
    _PRODUCT,
    Arithmetic,
    arithmetic_of,
    cache_gb,
    centre_of,
    chain,
    rate_tflops,
)  # fmt: skip
from cloudcost.timing.levels.launches import CLASSES, FORWARD
from cloudcost.timing.levels.table import Levels, kind_of_column
from cloudcost.timing.rates.coefficients import COLUMNS, INDEX
from cloudcost.timing.rates.equation import Array, sheet_scale
from cloudcost.timing.rates.workload import _FORWARD, _SPARED, network_features

LAUNCH_US = (40.0, 60.0, 25.0, 35.0, 400.0, 70.0, 60.0, 70.0, 10.0, 600.0, 3.0, 600.0, 600.0)
"""Where the fit of what a call costs begins, in the order of `CALLS`: of the order that profiles of eager PyTorch
show. [us]"""
CALLS = (*CLASSES, "harness.once")
"""What a timing harness adds to each step that it times alone (it waits for the device before and after) is fitted but
not shipped."""
HARNESSED = frozenset({"desktop", "ryujaehun"})
_AHEAD = np.append(FORWARD, 0.0)
COUNT_SHIFT = -0.7
"""Calls cost the device less where the host's part is a term of its own. [log]"""
SHARPNESS = 3.0
NOISE, KNEE = 0.10, 0.20
"""Standard deviation of a step's log residual, and where the loss bends."""
RELATIVES = {
    "T4G": "T4", "V100-32GB": "V100", "V100-PCIe": "V100", "A100-80GB": "A100-40GB", "A100-PCIe-40GB": "A100-40GB",
    "A100-PCIe-80GB": "A100-40GB", "H100-PCIe": "H100", "H100-NVL": "H100", "H200": "H100",
    "RTX 4060 Ti 8GB": "RTX 4060 Ti", "A10G": "A10", "L40S": "RTX 6000 Ada", "L40": "RTX 6000 Ada",
    "RTX 3090 Ti": "RTX 3090",
}  # fmt: skip
"""Devices of one chip."""
SPREADS = {
    "arithmetic": (0.35, 0.0, 0.6), "stack": (0.0, 0.35, 0.0), "pure": (0.0, 0.3, 0.0), "layout": (0.0, 0.35, 0.0),
    "nchw": (0.0, 0.3, 0.0),
    "radeon": (0.0, 0.4, 0.7), "architecture": (0.0, 0.2, 0.25), "architecture/": (0.0, 0.12, 0.0),
    "gain": (0.0, 0.0, 0.2), "geforce": (0.0, 0.0, 0.2), "geforce/tensor": (0.0, 0.0, 0.25),
    "device": (0.0, 0.12, 0.25), "device/": (0.0, 0.0, 0.2), "variant": (0.0, 0.0, 0.08),
}  # fmt: skip
"""Of the log: of a level's factor on one column, on a kind, on a unit; a slash stands for one arithmetic of it."""
FLOP_ALONE = frozenset({"device/", "gain", "geforce", "geforce/tensor"})
"""Levels of multipliers alone."""
COUNT_SHARE = 0.4
"""Of a spread where a column counts calls: what a kernel costs the device beside its work differs little. [1]"""
FITTED_SHARE = 0.25
"""Of a device's spread where PROFET's steps were fitted on it. [1]"""
HOST_SPREAD, LAUNCH_SPREAD, ONCE_SPREAD, MIXED = 0.6, 0.3, 0.5, 0.2
STACK_HOST_SPREAD, MIXED_SPREAD, SHARPNESS_SPREAD = 0.3, 0.2, 0.3
LEAST_SHARE = 0.01
"""Of a step's time, from which a kind counts as measured. [1]"""
_WIDTH = len(COLUMNS)
Mask = np.ndarray[tuple[int, ...], np.dtype[np.bool_]]
_UPDATE = np.array([float(column.group == "sgd") for column in COLUMNS])
_BACKWARD = 1 - _FORWARD - _UPDATE


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """What the levels start from: the fit of PROFET's steps and what is not fitted."""

    centre: Array
    own: Mapping[str, Array]
    cache: tuple[float, float, float] = (0.85, 0.5, 0.25)

    def levels(self) -> Levels:
        """Return levels without any."""
        centre = self.centre.copy()
        centre[[column.unit == "count" for column in COLUMNS]] += COUNT_SHIFT
        return Levels(
            centre=centre,
            own=self.own,
            factors={},
            launch_seconds=1e-6 * np.array(LAUNCH_US[:-1]),
            sharpness=SHARPNESS,
            launch_logs={},
            relatives=RELATIVES,
            measured={},
            cache_share=self.cache[0],
            cache_reach=self.cache[1],
            infinity_share=self.cache[2],
        )


@dataclass(slots=True, kw_only=True)
class Joint:
    """The steps as arrays, and which unknowns each of them feels."""

    table: pd.DataFrame
    levels: Levels
    spreads: list[float] = field(default_factory=list)
    places: dict[tuple[str, str], int] = field(default_factory=dict)
    work: Array = field(init=False)
    launches: Array = field(init=False)
    models: Array = field(init=False)
    centres: Array = field(init=False)
    design: Array = field(init=False)
    hosts: Array = field(init=False)
    spread: Array = field(init=False)

    def __post_init__(self) -> None:
        self.table = self.table.reset_index(drop=True)
        self._arrays()
        keys = list(
            zip(self.table.device, self.table.precision, self.table["stack"], self.table.channels_last, strict=True)
        )
        distinct = list(dict.fromkeys(keys))
        self.models = np.array([distinct.index(key) for key in keys])
        reached = [self._reached(*key) for key in distinct]
        self.centres = np.array([centre for centre, _ in reached])
        ran = zip(self.table.host, self.table["stack"], self.table.precision, strict=True)
        felt = [self._host(*key) for key in ran]
        self.launch_places = [
            self.place("launch", name, ONCE_SPREAD if name.endswith("once") else LAUNCH_SPREAD) for name in CALLS
        ]
        self.sharp_place = self.place("sharpness", "", SHARPNESS_SPREAD)
        self.spread = np.array(self.spreads)
        self.design = np.zeros((len(distinct), len(COLUMNS), len(self.spreads)))
        for model, (_, pairs) in enumerate(reached):
            for column, place, weight in pairs:
                self.design[model, column, place] = weight
        self.hosts = np.zeros((len(self.table), len(self.spreads)))
        for row, places in enumerate(felt):
            self.hosts[row, places] = 1.0

    launch_places: list[int] = field(init=False)
    sharp_place: int = field(init=False)

    def place(self, level: str, key: str, spread: float) -> int:
        """Return the place of an unknown, made when it is first asked for."""
        if (level, key) not in self.places:
            self.places[level, key] = len(self.spreads)
            self.spreads.append(spread)
        return self.places[level, key]

    def _arrays(self) -> None:
        rows = len(self.table)
        self.work, self.launches = np.empty((rows, len(COLUMNS))), np.empty((rows, len(CALLS)))
        for place, row in enumerate(self.table.itertuples()):
            device = catalogued(str(row.device))
            arithmetic = arithmetic_of(device, row.precision)  # type: ignore[arg-type]
            network = step_network(str(row.network), int(str(row.image_px)), int(str(row.classes)))
            features, batch = network_features(network), int(str(row.batch))
            half, peak = bool(arithmetic == "half"), 1e3 * rate_tflops(device, arithmetic)
            balance = peak / device.bandwidth_gb_s if arithmetic == "fp32" else np.inf
            autocasts = half and str(row.precision) != "half"
            first = first_kernel(device.name, half=half)
            work = features.at([batch], balance, half_bytes=autocasts, attention=first)[0]
            work = work * sheet_scale(peak, device.bandwidth_gb_s, half_bytes=half)
            held = cache_gb(device, self.levels)
            if held:
                size = features.tensor_gb * batch * (0.5 if half else 1.0)
                work = work * (1 - self.levels.cache_share * _SPARED / (1 + size / (self.levels.cache_reach * held)))
            launches = np.append(features.launches, float(row.set in HARNESSED))
            if not row.update:
                work[[INDEX["sgd.byte"], INDEX["sgd.variables"]]] = 0.0
                launches[[CLASSES.index("update.tensor"), CLASSES.index("update.once")]] = 0.0
            self.work[place], self.launches[place] = work, launches

    def _reached(self, name: str, precision: Any, stack: str, last: bool) -> tuple[Array, list[tuple[int, int, float]]]:
        device = catalogued(name)
        usual = arithmetic_of(device, precision)
        centre = np.empty(len(COLUMNS))
        pairs: list[tuple[int, int, float]] = []
        for arithmetic in dict.fromkeys((usual, "fp32" if precision == "default" else usual)):
            levels = chain(device, RELATIVES, arithmetic, stack, channels_last=last, pure=precision == "half")
            apart = precision == "default" and usual == "tf32"
            chosen = _PRODUCT if arithmetic != usual else np.logical_not(_PRODUCT) if apart else np.full(_WIDTH, True)
            columns = np.flatnonzero(chosen)
            start = centre_of(device, arithmetic, self.levels)
            start = start + np.log(rate_tflops(device, usual) / rate_tflops(device, arithmetic)) * _PRODUCT
            centre[columns] = start[columns]
            for level, weight in levels.items():
                pairs += [(int(k), place, weight) for k in columns for place in self._keys(level, int(k))]
        return centre, pairs

    def _keys(self, level: str, column: int) -> Iterable[int]:
        parts = level.split("/")
        kind = level if level in SPREADS else parts[0]
        kind += "/" if len(parts) == 3 and parts[0] != "stack" else ""
        single, group, unit = SPREADS[kind]
        if parts[0] == "device" and parts[1] in self.levels.own and parts[-1] not in ("tf32", "half"):
            group, unit = FITTED_SHARE * group, FITTED_SHARE * unit
        if kind == "device/" and parts[1] in RELATIVES and parts[2] != "fp32":
            unit *= FITTED_SHARE
        of = COLUMNS[column]
        if of.unit == "count":
            single, group, unit = COUNT_SHARE * single, COUNT_SHARE * group, COUNT_SHARE * unit
        if single:
            yield self.place(level, of.name, single)
        if group and (kind_of_column(of) != "count" or not unit):
            yield self.place(level, kind_of_column(of), group)
        if unit and (kind not in FLOP_ALONE or of.unit == "flop"):
            yield self.place(level, of.unit, unit)

    def _host(self, host: str, stack: str, precision: str) -> list[int]:
        places = [self.place("host", host, HOST_SPREAD)]
        if precision == "amp":
            places.append(self.place("launch_logs", "amp", MIXED_SPREAD))
        if stack != "torch":
            places.append(self.place("launch_logs", stack, STACK_HOST_SPREAD))
        return places

    def seconds(self, unknowns: Array) -> Array:
        """Return the steps' seconds, as they were timed."""
        return self._assess(unknowns)[0]

    def _assess(self, unknowns: Array) -> tuple[Array, Array, Array, Array]:
        """Return seconds, slopes of their log by unknowns, shares of the time by column, the host's share."""
        parts = self.work * np.exp(self.centres + self.design @ unknowns)[self.models]
        each = np.exp(np.log(1e-6 * np.array(LAUNCH_US)) + unknowns[self.launch_places])
        factor = np.exp(self.hosts @ unknowns + np.where(self.table.precision == "amp", MIXED, 0.0))
        calls = self.launches * each * factor[:, None]
        p = 1 + (SHARPNESS - 1) * np.exp(unknowns[self.sharp_place])
        apart = self.table.apart.to_numpy(dtype=bool)
        ahead, behind = parts @ _FORWARD, parts @ (_BACKWARD + _UPDATE)
        host_ahead, host_behind = calls @ _AHEAD, calls @ (1 - _AHEAD)
        whole = _longer(ahead + behind, host_ahead + host_behind, p)
        first, second = _longer(ahead, host_ahead, p), _longer(behind, host_behind, p)
        total = np.where(apart, first[0] + second[0], whole[0])
        by_device = [np.where(apart, part[1], whole[1]) for part in (first, second)]
        by_host = [np.where(apart, part[2], whole[2]) for part in (first, second)]
        shares = parts * (by_device[0][:, None] * _FORWARD + by_device[1][:, None] * (_BACKWARD + _UPDATE))
        shares /= total[:, None]
        hosts = calls * (by_host[0][:, None] * _AHEAD + by_host[1][:, None] * (1 - _AHEAD)) / total[:, None]
        slopes = np.empty((len(total), len(self.spread)))
        for model in range(len(self.design)):
            rows = self.models == model
            slopes[rows] = shares[rows] @ self.design[model]
        slopes += self.hosts * hosts.sum(axis=1)[:, None]
        slopes[:, self.launch_places] += hosts
        return total, slopes, shares, hosts.sum(axis=1)

    def fit(self, keep: Mask | None = None, *, start: Array | None = None, steps: int = 15) -> Array:
        """Return the unknowns that best explain the kept rows."""
        measured = self.table.seconds.to_numpy(dtype=float)
        weight = np.ones(len(measured)) if keep is None else keep.astype(float)
        pull = 1 / self.spread**2
        unknowns = np.zeros(len(self.spread)) if start is None else start.copy()
        damping, cost = 1e-2, np.inf
        for _ in range(steps):
            seconds, slopes, _, _ = self._assess(unknowns)
            residuals = np.log(seconds / measured)
            cost = _cost(residuals, weight) + float(unknowns @ (pull * unknowns))
            pressed = weight / np.sqrt(1 + (residuals / KNEE) ** 2) / NOISE**2
            gradient = slopes.T @ (pressed * residuals) + pull * unknowns
            hessian = (slopes * pressed[:, None]).T @ slopes + np.diag(pull)
            for _ in range(6):
                step = np.linalg.solve(hessian + damping * np.diag(np.diag(hessian)), -gradient)
                trial = unknowns + np.clip(step, -1, 1)
                reached = _cost(np.log(self.seconds(trial) / measured), weight) + float(trial @ (pull * trial))
                if reached < cost:
                    break
                damping *= 10
            else:
                return unknowns
            unknowns, damping = trial, max(damping / 10, 1e-8)
            if cost - reached < 1e-3 * cost:
                break
        return unknowns

    def levels_at(self, unknowns: Array) -> Levels:
        """Return the levels that some unknowns stand for."""
        factors: dict[str, dict[str, float]] = {}
        logs: dict[str, float] = {"amp": MIXED}
        for (level, key), place in self.places.items():
            if level == "launch_logs":
                logs[key] = logs.get(key, 0.0) + float(unknowns[place])
            elif level not in ("host", "launch", "sharpness") and abs(unknowns[place]) >= 2e-3:
                factors.setdefault(level, {})[key] = float(unknowns[place])
        each = self.levels.launch_seconds * np.exp(unknowns[self.launch_places[: len(CLASSES)]])
        sharpness = 1 + (SHARPNESS - 1) * float(np.exp(unknowns[self.sharp_place]))
        return replace(
            self.levels, factors=factors, launch_logs=logs, launch_seconds=each, sharpness=sharpness,
            measured=self._measured(unknowns),
        )  # fmt: skip

    def host_factors(self, unknowns: Array) -> dict[str, float]:
        """Return the fitted factor of each host."""
        return {key: float(np.exp(unknowns[place])) for (level, key), place in self.places.items() if level == "host"}

    def _measured(self, unknowns: Array) -> dict[str, dict[str, Any]]:
        _, _, shares, hosts = self._assess(unknowns)
        found: dict[str, dict[str, Any]] = {}
        for name, rows in self.table.groupby("device").groups.items():
            top = shares[rows].max(axis=0)
            varieties = {
                variety
                for row in self.table.loc[rows].itertuples()
                for variety, part in network_features(
                    step_network(str(row.network), int(str(row.image_px)), int(str(row.classes)))
                ).varieties.items()
                if part >= LEAST_SHARE
            }
            found[str(name)] = {
                "rows": len(rows),
                "device_rows": int((hosts[rows] < 0.5).sum()),
                "architecture": catalogued(str(name)).architecture,
                "kinds": [c.name for c, share in zip(COLUMNS, top, strict=True) if share >= LEAST_SHARE],
                "varieties": sorted(varieties),
            }
        return found


def _cost(residuals: Array, weight: Array) -> float:
    return float((weight * 2 * (KNEE / NOISE) ** 2 * (np.sqrt(1 + (residuals / KNEE) ** 2) - 1)).sum())


def _longer(device: Array, host: Array, p: float) -> tuple[Array, Array, Array]:
    """Return the soft maximum of device and host, and its slopes by each."""
    top = np.maximum(device, host)
    both = top * ((device / top) ** p + (host / top) ** p) ** (1 / p)
    return both, (device / both) ** (p - 1), (host / both) ** (p - 1)


__all__ = ["Arithmetic", "Joint", "Start"]
