"""The figures of the levels: by device, host, stack and precision, with families and with devices left out."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.accuracy.levels_fit import Joint
from benchmarks.accuracy.levels_judge import devices_out, families_out, summary
from benchmarks.accuracy.ship_levels import start_of
from benchmarks.accuracy.steps import steps
from cloudcost.timing.rates.equation import Array
from cloudcost.timing.rates.fitting import Fit

AWS_USD = {"T4": 0.752, "A10G": 1.212, "T4G": 0.556, "V100": 3.06}
"""g4dn.2xlarge, g5.2xlarge, g5g.2xlarge and p3.2xlarge on demand, us-east-1, November 2026. [USD/h]"""
LEFT_OUT = (
    "T4", "V100", "A10G", "T4G", "RTX 4060 Ti", "RX 5700", "RX 6800", "RX 7700S", "RX 7900 XTX", "Radeon 680M",
    "Radeon 780M", "A100-40GB", "GTX 1080 Ti", "RTX 2080 Ti", "Titan Xp", "Titan RTX", "RTX 3090", "RTX 4090", "H100",
)  # fmt: skip
BY = ["device", "stack", "precision"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelReport:
    """What the levels reach: every step with its family left out, and of some devices with the device left out."""

    families: pd.DataFrame
    devices: pd.DataFrame


def evaluate_levels(shared: Path, base: Fit) -> LevelReport:
    """Fit without each family and without each device."""
    joint = Joint(table=steps(shared), levels=start_of(base).levels())
    full: Array = joint.fit()
    return LevelReport(families=families_out(joint, full), devices=devices_out(joint, full, LEFT_OUT))


def level_rows(report: LevelReport) -> list[tuple[str, str, str]]:
    """Return the figures that have limits: name, value, limit."""
    rows = []
    for device, limit in (("T4", 18), ("V100", 14), ("A10G", 14), ("T4G", 14)):
        part = report.families[(report.families.set == "aws") & (report.families.device == device)]
        rows.append((f"PyTorch on {device}, leave one family out", _error(part), f"{limit} % mean"))
    desk = report.families[report.families.set == "desktop"]
    rows.append(("RTX 4060 Ti, leave one family out", _error(desk[desk.device == "RTX 4060 Ti"]), "25 % mean"))
    rows.append(("Radeons, leave one family out", _error(desk[desk.device != "RTX 4060 Ti"]), "25 % mean"))
    aws = report.devices[report.devices.set == "aws"]
    rows.append(("PyTorch on AWS, leave one device and its host out", _error(aws), ""))
    away = report.devices[report.devices.set == "desktop"]
    rows.append(("RTX 4060 Ti and Radeons, leave one device and its host out", _error(away), ""))
    ruled = report.families.host_share >= 0.5
    for name, rows_of in (("over", ruled), ("under", ~ruled)):
        rows.append(
            (f"steps with a host's share {name} one half, leave one family out", _error(report.families[rows_of]), "")
        )
    amp = report.families[(report.families.set == "reports") & (report.families.precision == "amp")]
    bias = float(np.expm1(amp.error.median()) * 100)
    rows.append(("single reports in AMP, leave one family out", f"{_error(amp)}, bias {bias:+.0f} %", "15 % median"))
    right, regret = decision(aws)
    rows.append(("order of costs right on AWS, leave one device out", f"{right:.1%}", "95 %"))
    rows.append(("regret of the cheapest choice on AWS, leave one device out", f"{regret:.2%} mean", "2 %"))
    return rows


def _error(frame: pd.DataFrame) -> str:
    return f"{frame.ape.mean():.1f} % mean, {frame.ape.median():.1f} % median of {len(frame)}"


def decision(frame: pd.DataFrame) -> tuple[float, float]:
    """Return the share of pairs of devices whose order of cost is right, and the mean regret of the cheapest."""
    usd = frame.device.map(AWS_USD) / 3600
    true = frame.assign(usd=usd * frame.seconds).pivot_table(index="network", columns="device", values="usd")
    said = frame.assign(usd=usd * frame.predicted).pivot_table(index="network", columns="device", values="usd")
    right: list[bool] = []
    for one, other in combinations(true.columns, 2):
        known = (true[one] + true[other]).notna()
        right += list(((true[one] > true[other]) == (said[one] > said[other]))[known])
    chosen = true.to_numpy()[np.arange(len(true)), np.nanargmin(said.to_numpy(), axis=1)]
    return float(np.mean(right)), float((chosen / true.min(axis=1).to_numpy() - 1).mean())


def level_markdown(report: LevelReport) -> str:
    """Return the tables by device, host, stack and precision."""
    lines = [
        "What to expect by device, stack and precision: each step predicted by a fit without its network's family"
        " (covered: by the 80 % band; width: its half, as a factor).",
        "",
        "| steps | device | host | stack | precision | mean error | median | bias | covered | width |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    lines += _table(report.families, ["device", "host", "stack", "precision"])
    lines += ["", "The same devices never measured: each left out with its relatives and its host.", ""]
    lines += [
        "| steps | device | host | stack | precision | mean error | median | bias |",
        "|---|---|---|---|---|---|---|---|",
    ]
    bands_of_known = 2  # columns: of levels that count the device as measured
    lines += [
        "|".join(line.split("|")[: -bands_of_known - 1]) + "|"
        for line in _table(report.devices, ["device", "host", "stack", "precision"])
    ]
    return "\n".join(lines)


def _table(frame: pd.DataFrame, by: list[str]) -> list[str]:
    lines = []
    for _, row in summary(frame, by).reset_index().iterrows():
        named = " | ".join(str(row[each]) for each in by)
        lines.append(
            f"| {row.steps:.0f} | {named} | {row['mean']:.1f} % | {row['median']:.1f} % | {row.bias:+.0f} %"
            f" | {row.covered:.0f} % | x/{row.width:.2f} |"
        )
    return lines
