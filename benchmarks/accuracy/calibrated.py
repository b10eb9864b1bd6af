"""``python -m benchmarks.accuracy.calibrated``: leave a device and its host out, then calibrate by a few of its steps.

For each device of the AWS and the desktop sets the levels are fitted anew without it, its relatives and its host; the
steps that tell most (`most_telling`, chosen by what the model says, before anything is measured) calibrate it, and the
others are predicted. Prints the mean error and how many lie inside the 80 % band, with 0, 1, 2 and 3 runs.
"""

from __future__ import annotations

import copy
import sys
from collections.abc import Sequence

import numpy as np
import pandas as pd

from benchmarks.accuracy.__main__ import SHARED
from benchmarks.accuracy.dataset import load
from benchmarks.accuracy.levels_fit import RELATIVES, Joint
from benchmarks.accuracy.levels_judge import FAMILIES, guessed_host
from benchmarks.accuracy.ship_levels import start_of
from benchmarks.accuracy.steps import steps
from cloudcost.catalog.devices import device as catalogued
from cloudcost.timing.bands import CLOSE
from cloudcost.timing.calibration.calibration import DEPARTURE_SD
from cloudcost.timing.calibration.scaling import MachineScale, Predict, Priors, Setting, most_telling, scale_of
from cloudcost.timing.levels.compose import NEW_SD, RELATIVE_SD, RESIDUAL_SDS, is_radeon
from cloudcost.timing.rates.equation import Array
from cloudcost.timing.rates.fitting import fit

DEVICES = (
    "A10G", "T4", "T4G", "V100", "RTX 4060 Ti", "RX 5700", "RX 6800", "RX 7700S", "RX 7900 XTX", "Radeon 680M",
    "Radeon 780M",
)  # fmt: skip
HOST_SD = 0.3
"""Of a host that was never seen, of the log. [1]"""
COUNTS = (0, 1, 2, 3)
UNUSUAL = frozenset({"convnext", "convmixer", "alexnet", "vit", "swin", "deit"})
"""Families with kinds of operation that few measured networks have: no network to calibrate a machine by."""
INSIDE = 1.2816
"""Standard deviations on each side of an 80 % band. [1]"""


def without(joint: Joint, full: Array, name: str) -> Array:
    """Return the unknowns of a fit without a device, its relatives and its host, whose factor is guessed."""
    table = joint.table
    chip = RELATIVES.get(name, name)
    relatives = {name, chip, *(each for each, of in RELATIVES.items() if of == chip)}
    held = set(table.host[table.device == name]) - {"server", "desktop"}
    out = table.device.isin(list(relatives)).to_numpy() | table.host.isin(list(held)).to_numpy()
    unknowns = joint.fit(~out, start=full)
    for host in held:
        unknowns[joint.places["host", host]] = guessed_host(joint, unknowns, host, set(table.host[~out]))
    return unknowns


def predictor(joint: Joint, unknowns: Array, rows: list[int]) -> Predict:
    """Return what predicts some rows where device and host are scaled, as the rows were timed."""
    part = copy.copy(joint)
    part.table = joint.table.iloc[rows].reset_index(drop=True)
    part.models, part.hosts = joint.models[rows], joint.hosts[rows]

    def predict(device_logs: Array, host_logs: Array) -> tuple[Array, Array, Array]:
        moved = copy.copy(part)
        moved.work = joint.work[rows] * np.exp(device_logs)[:, None]
        moved.launches = joint.launches[rows] * np.exp(host_logs)[:, None]
        seconds, _, shares, hosts = moved._assess(unknowns)
        return seconds, shares.sum(axis=1), hosts

    return predict


def judged(joint: Joint, full: Array, name: str) -> list[dict[str, object]]:
    """Return, per precision and number of runs, the mean error and coverage of the other steps of a device."""
    unknowns = without(joint, full, name)
    found: list[dict[str, object]] = []
    for precision in ("default", "half"):
        here = (joint.table.device == name) & (joint.table.precision == precision)
        rows = [*map(int, np.flatnonzero(here & joint.table.set.isin(["aws", "desktop"])))]
        if rows:
            found += _of_rows(joint, unknowns, rows, name, precision)
    return found


def _of_rows(joint: Joint, unknowns: Array, rows: list[int], name: str, precision: str) -> list[dict[str, object]]:
    residual = RESIDUAL_SDS["half" if precision == "half" else "tf32"]
    device_sd = NEW_SD if is_radeon(catalogued(name)) else RELATIVE_SD
    priors = Priors(device=device_sd, host=HOST_SD, residual=float(np.hypot(residual, DEPARTURE_SD)))
    measured = joint.table.seconds.to_numpy(dtype=float)[rows]
    settings = [_setting(joint.table.iloc[row]) for row in rows]
    predict = predictor(joint, unknowns, rows)
    nothing: Array = np.zeros(len(rows))
    _, by_device, by_host = predict(nothing, nothing)
    families = [_family(setting.network) for setting in settings]
    usual = [place for place, name in enumerate(families) if name not in UNUSUAL]
    kinds = [families[place] for place in usual]
    found: list[dict[str, object]] = []
    for count in COUNTS:
        chosen = [usual[each] for each in most_telling(by_device[usual], by_host[usual], priors, count, kinds)]
        scale = MachineScale(device_log=0, host_log=0, device_sd=device_sd, host_sd=HOST_SD)
        if chosen:
            some = [settings[each] for each in chosen]
            scale = scale_of(
                predictor(joint, unknowns, [rows[each] for each in chosen]), measured[chosen], some,
                [priors] * count, some[0], priors,
            )  # fmt: skip
        seconds, shares, hosts = predict(nothing + scale.device_log, nothing + scale.host_log)
        sd = np.sqrt((shares * scale.device_sd) ** 2 + (hosts * scale.host_sd) ** 2 + (CLOSE * priors.residual) ** 2)
        rest = np.setdiff1d(np.arange(len(rows)), chosen)
        errors = np.log(seconds / measured)[rest]
        found.append(
            {
                "device": name, "precision": precision, "steps": len(rest), "runs": count,
                "error": float(np.abs(np.expm1(errors)).mean() * 100),
                "inside": float((np.abs(errors) <= INSIDE * sd[rest]).mean() * 100),
                "chosen": ", ".join(settings[each].network for each in chosen),
            }
        )  # fmt: skip
    return found


def _family(name: str) -> str:
    return next((each for each in FAMILIES if each in name), name)


def _setting(row: pd.Series) -> Setting:
    return Setting(
        device=str(row.device), host=str(row.host), stack=str(row["stack"]), precision=str(row.precision),
        network=str(row.network),
    )  # fmt: skip


def table(names: Sequence[str] = DEVICES) -> pd.DataFrame:
    """Return all figures: a row per device and precision, errors and coverage by the number of runs."""
    joint = Joint(table=steps(SHARED), levels=start_of(fit(load(SHARED).rows)).levels())
    full = joint.fit()
    frame = pd.DataFrame([row for name in names for row in judged(joint, full, name)])
    wide = frame.pivot(index=["device", "precision"], columns="runs", values=["error", "inside"])
    return wide.round(0).reindex(pd.MultiIndex.from_frame(frame[["device", "precision"]].drop_duplicates()))


if __name__ == "__main__":
    print(table(sys.argv[1:] or DEVICES).to_string())
