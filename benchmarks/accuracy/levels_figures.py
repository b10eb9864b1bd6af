"""The figures of the levels that have limits: by device, host, stack and precision, families and devices left out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.accuracy import calibrated
from benchmarks.accuracy.levels_fit import Joint
from benchmarks.accuracy.levels_judge import devices_out, families_out, judged
from benchmarks.accuracy.ship_levels import start_of
from benchmarks.accuracy.steps import steps
from cloudcost.catalog.devices import device
from cloudcost.timing.levels.compose import MANY_ROWS, arithmetic_of
from cloudcost.timing.rates.equation import Array
from cloudcost.timing.rates.fitting import Fit

AWS_USD = {"T4": 0.752, "A10G": 1.212, "T4G": 0.556, "V100": 3.06}
"""g4dn.2xlarge, g5.2xlarge, g5g.2xlarge and p3.2xlarge on demand, us-east-1, November 2026. [USD/h]"""
AWS, RTX, RADEON = ("T4", "V100", "A10G", "T4G"), ("RTX 4060 Ti",), (
    "RX 5700", "RX 6800", "RX 7700S", "RX 7900 XTX", "Radeon 680M", "Radeon 780M",
)  # fmt: skip
LEFT_OUT = (
    *AWS, *RTX, *RADEON, "A100-40GB", "GTX 1080 Ti", "RTX 2080 Ti", "Titan Xp", "Titan RTX", "RTX 3090", "RTX 4090",
    "H100",
)  # fmt: skip
FAMILY_LIMITS = {"T4": 18, "V100": 14, "A10G": 14, "T4G": 14, "RTX 4060 Ti": 25}
DEVICE_LIMITS = {"T4": 10, "V100": 16, "A10G": 10, "RTX 4060 Ti": 27}
"""Half of the error before devices, hosts and stacks were modelled apart. [%]"""
WIDTHS = {"tf32": 1.25, "fp32": 1.4, "amp": 1.5}
"""Half of the 80 % band of a known device and stack, at most, as a factor."""
ATTENTION = {"ViT-B/16": "vit_base_patch16_224", "Swin-T": "swin_tiny_patch4_window7_224"}
"""ConvNeXt-T has no row among timm's of this card that a network of ours is alike."""
INSIDE = 1.2816
"""Standard deviations on each side of an 80 % band. [1]"""

Row = tuple[str, str, str]
"""Name of a figure, the figure, its limit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelReport:
    """What the levels reach.

    Parameters
    ----------
    families, devices : DataFrame
        Every step predicted without its network's family; steps of `LEFT_OUT` without their device and host.
    shipped : DataFrame
        Every step by the fit of all.
    runs : DataFrame
        As `calibrated.judged` has them: a row per device, precision and number of calibrating runs.
    """

    families: pd.DataFrame
    devices: pd.DataFrame
    shipped: pd.DataFrame
    runs: pd.DataFrame


def evaluate_levels(shared: Path, base: Fit) -> LevelReport:
    """Fit without each family and without each device; calibrate those of AWS and of desktops."""
    joint = Joint(table=steps(shared), levels=start_of(base).levels())
    full: Array = joint.fit()
    return LevelReport(
        families=families_out(joint, full),
        devices=devices_out(joint, full, LEFT_OUT),
        shipped=judged(joint, full, np.full(len(joint.table), True)),
        runs=pd.DataFrame([row for name in calibrated.DEVICES for row in calibrated.judged(joint, full, name)]),
    )


def level_rows(report: LevelReport) -> list[Row]:
    """Return the figures that have limits: name, value, limit."""
    return [
        *_families(report.families), *_devices(report.devices), *_calibrated(report.runs), *_reports(report.families),
        *_stacks(report), *_attention(report.families), *_shares(report.families), *_bands(report),
        *_decisions(report.devices),
    ]  # fmt: skip


def _families(frame: pd.DataFrame) -> Iterator[Row]:
    for name in AWS:
        part = frame[(frame.set == "aws") & (frame.device == name)]
        yield f"error, PyTorch on {name}, leave one family out", _error(part), f"{FAMILY_LIMITS[name]} % mean"
    desk = frame[frame.set == "desktop"]
    yield "error, RTX 4060 Ti, leave one family out", _error(desk[desk.device.isin(RTX)]), "25 % mean"
    yield "error, Radeons, leave one family out", _error(desk[desk.device.isin(RADEON)]), "25 % mean"


def _devices(frame: pd.DataFrame) -> Iterator[Row]:
    aws, desk = frame[frame.set == "aws"], frame[frame.set == "desktop"]
    for name in AWS:
        limit = f"{DEVICE_LIMITS[name]} % mean" if name in DEVICE_LIMITS else ""
        yield f"error, {name} and its host left out, no run on it", _error(aws[aws.device == name]), limit
    for precision in ("default", "half"):
        part = desk[desk.device.isin(RTX) & (desk.precision == precision)]
        limit = f"{DEVICE_LIMITS['RTX 4060 Ti']} % mean" if precision == "default" else ""
        yield f"error, RTX 4060 Ti and its host left out, {precision}, no run on it", _error(part), limit
    yield "error, Radeons, each and its host left out, no run on it", _error(desk[desk.device.isin(RADEON)]), ""


def _calibrated(runs: pd.DataFrame) -> Iterator[Row]:
    groups = (("AWS", AWS, 18), ("RTX 4060 Ti", RTX, 30), ("Radeons", RADEON, 30))
    for name, devices, most in groups:
        part = runs[runs.device.isin(devices)]
        for count, limit in ((1, ""), (2, f"{most} % mean, each"), (3, "no worse than with two")):
            each = part[part.runs == count]
            mean = float(np.average(each.error, weights=each.steps))
            inside = float(np.average(each.inside, weights=each.steps))
            worst = each.sort_values("error").iloc[-1]
            where = f"{worst.device}, {worst.precision}"
            value = f"{mean:.1f} % mean, {inside:.0f} % in the band; most {worst.error:.0f} % ({where})"
            yield f"error, {name}, device and host left out, {count} chosen run{'s' * (count > 1)}", value, limit


def _reports(frame: pd.DataFrame) -> Iterator[Row]:
    amp = frame[(frame.set == "reports") & (frame.precision == "amp")]
    said = {"stack stated": amp.predicted, "stack not stated": amp.eager}
    for name, seconds in said.items():
        off = (seconds / amp.seconds - 1).to_numpy(dtype=float)
        median, bias = float(np.median(np.abs(off))), float(np.median(off))
        value = f"{100 * median:.1f} % median of {len(amp)}, bias {100 * bias:+.1f} %"
        yield f"error, single reports in AMP, {name}, leave one family out", value, "15 % median, bias within 7 %"


def _stacks(report: LevelReport) -> Iterator[Row]:
    for name, stacks, limit in (
        ("MXNet (tuned)", ("tuned",), "15 % median"), ("Paddle (tuned)", ("tuned-paddle",), ""),
        ("TensorFlow's containers", ("tf2-ngc", "tf2-xla"), ""), ("PyTorch's recipes", ("torch",), ""),
    ):  # fmt: skip
        for how, frame in (("in the fit", report.shipped), ("leave one family out", report.families)):
            part = frame[frame.set.isin(["dle", "reports"]) & frame["stack"].isin(stacks)]
            bias = float(np.expm1(part.error.median()) * 100)
            value = f"{_error(part)}, bias {bias:+.0f} %, {_inside(part):.0f} % in the band"
            yield f"error, published steps, {name}, {how}", value, limit if how == "in the fit" else ""


def _attention(frame: pd.DataFrame) -> Iterator[Row]:
    timm = frame[(frame.set == "timm") & ~frame.channels_last.astype(bool)]
    for name, network in ATTENTION.items():
        [error] = timm[timm.network == network].error
        value = f"{100 * abs(np.expm1(error)):.1f} %, predicted {'longer' if error > 0 else 'shorter'} than measured"
        yield f"error, {name} at 224 px on RTX 3090, AMP, its family left out", value, "20 %"
    part = timm[timm.network.str.contains("vit|deit|swin")]
    yield f"error, {len(part)} ViTs and Swins on RTX 3090, AMP, families left out", _error(part), ""


def _shares(frame: pd.DataFrame) -> Iterator[Row]:
    ruled = frame.host_share >= 0.5
    for name, rows in (("over", ruled), ("under", ~ruled)):
        for place, part in (("all sets", frame), ("AWS", frame[frame.set == "aws"])):
            of = part[rows.loc[part.index]]
            yield f"error, host's share {name} one half, {place}, leave one family out", _error(of), ""


def _bands(report: LevelReport) -> Iterator[Row]:
    aws, desk = (report.families[report.families.set == name] for name in ("aws", "desktop"))
    sets = {
        **{f"PyTorch on {name}": aws[aws.device == name] for name in AWS},
        "RTX 4060 Ti": desk[desk.device.isin(RTX)],
        "Radeons": desk[desk.device.isin(RADEON)],
        **{name: report.families[report.families.set == name] for name in ("ryujaehun", "timm", "dle", "reports")},
        "Lambda": report.families[report.families.set.isin(["lambda", "lambda-logs"])],
    }
    for name, part in sets.items():
        yield f"80 % band covers, {name}, leave one family out", _covers(part), "75-88 %"
    for name, devices in (("AWS", AWS), ("RTX 4060 Ti", RTX), ("Radeons", RADEON)):
        part = report.devices[report.devices.device.isin(devices) & report.devices.set.isin(["aws", "desktop"])]
        yield f"80 % band covers, {name}, each device and its host left out", _covers(part), "75-88 %"
    torch = report.families[report.families["stack"] == "torch"]
    known = torch[torch.groupby("device").seconds.transform("size") >= MANY_ROWS]
    kinds = [_arithmetic(*each) for each in zip(known.device, known.precision, strict=True)]
    for kind, most in WIDTHS.items():
        width = np.exp(INSIDE * known.sd[[each == kind for each in kinds]])
        value = f"x/{width.median():.2f} median, x/{width.quantile(0.9):.2f} at most of nine in ten"
        yield f"width of the 80 % band, device and stack known, {kind}", value, f"x/{most}"


def _arithmetic(name: str, precision: str) -> str:
    """Return the arithmetic of a step's convolutions; pure half, which has no limit, is a kind of its own."""
    return arithmetic_of(device(name), "default") if precision == "default" else precision


def _covers(part: pd.DataFrame) -> str:
    return f"{_inside(part):.0f} % of {len(part)}, x/{np.exp(INSIDE * part.sd.median()):.2f}"


def _inside(part: pd.DataFrame) -> float:
    return float((part.error.abs() <= INSIDE * part.sd).mean() * 100)


def _decisions(frame: pd.DataFrame) -> Iterator[Row]:
    right, regret = decision(frame[frame.set == "aws"])
    yield "order of costs right on AWS, leave one device out", f"{right:.1%}", "95 %"
    yield "regret of the cheapest choice on AWS, leave one device out", f"{regret:.2%} mean", "2 %"


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
