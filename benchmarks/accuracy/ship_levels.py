"""Write the levels where the library reads them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.accuracy.dataset import DEVICES
from benchmarks.accuracy.levels_fit import Joint, Start
from benchmarks.accuracy.steps import steps
from cloudcost.json_text import json_text
from cloudcost.timing.levels.launches import CLASSES
from cloudcost.timing.levels.table import FILE, SCHEMA, Levels
from cloudcost.timing.rates.coefficients import COLUMNS
from cloudcost.timing.rates.equation import Array
from cloudcost.timing.rates.fitting import Fit

COMPILED = dict.fromkeys(("bn.byte", "act.byte", "bias.byte", "rest.byte"), -0.55)
"""What torch.compile makes of element-wise passes: -1.0 in the log of timm's forward passes (235 pairs, compiled and
eager, 79 networks; RTX 4090 and RTX PRO 6000), taken as half of that in the backward pass and in training, where batch
normalisation has to compute its statistics. [log]"""
COMPILED_LAUNCH = -0.7
"""The same of the host: compiled regions launch several operations at once; an assumption. [log]"""


def start_of(base: Fit) -> Start:
    """Return what the levels start from: the mean of T4 and V100, and what each fitted device departs from it by."""
    width = len(COLUMNS)
    by_device = {name: base.parameters[place, :width] for place, name in enumerate(DEVICES)}
    centre: Array = (by_device["T4"] + by_device["V100"]) / 2
    return Start(centre=centre, own={name: held - centre for name, held in by_device.items()})


def fitted_levels(shared: Path, base: Fit) -> tuple[Levels, dict[str, float]]:
    """Return the levels of all steps, and the hosts' factors."""
    joint = Joint(table=steps(shared), levels=start_of(base).levels())
    unknowns = joint.fit()
    levels = joint.levels_at(unknowns)
    factors = {**levels.factors, "stack/torch-compile": COMPILED}
    logs = {**levels.launch_logs, "torch-compile": COMPILED_LAUNCH}
    return replace(levels, factors=factors, launch_logs=logs), joint.host_factors(unknowns)


def ship_levels(levels: Levels, hosts: dict[str, float], *, file: Path = FILE) -> None:
    """Write the levels; the hosts' factors go along for who writes `hosts.csv`."""
    document: dict[str, Any] = {
        "schema": SCHEMA,
        "centre": _named(levels.centre),
        "own": {name: _named(held) for name, held in levels.own.items()},
        "cache": {"share": levels.cache_share, "reach": levels.cache_reach, "infinity": levels.infinity_share},
        "launch_us": {name: round(1e6 * float(us), 2) for name, us in zip(CLASSES, levels.launch_seconds, strict=True)},
        "launch_logs": _rounded(levels.launch_logs),
        "sharpness": round(levels.sharpness, 3),
        "relatives": dict(levels.relatives),
        "hosts": {name: round(factor, 3) for name, factor in sorted(hosts.items())},
        "factors": {name: _rounded(held) for name, held in sorted(levels.factors.items())},
        "measured": {name: dict(held) for name, held in sorted(levels.measured.items())},
    }
    file.write_text(json_text(document, indent=1, rows=["factors", "measured"], compact=True), encoding="utf-8")


def _named(values: Array) -> dict[str, float]:
    return {column.name: round(float(value), 4) for column, value in zip(COLUMNS, values, strict=True)}


def _rounded(held: Any) -> dict[str, float]:
    return {name: round(float(np.round(value, 3)), 3) for name, value in held.items()}
