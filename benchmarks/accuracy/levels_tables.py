"""The tables of `docs/accuracy.md` that levels give: what to expect on each device, and every step by where it ran."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from benchmarks.accuracy.levels_figures import LevelReport
from benchmarks.accuracy.levels_judge import summary
from cloudcost.catalog.devices import devices
from cloudcost.catalog.training.untimed import untimed
from cloudcost.domain.devices import Device
from cloudcost.errors import TimingError
from cloudcost.networks.registry import named_network
from cloudcost.timing.predict import predict_step

BY = ["device", "host", "stack", "precision"]
NAMED = 6
"""Devices of a group that are named, at most. [count]"""
PROBES = ("resnet50", "mobilenet_v2", "vgg16")
"""At 224 px and a batch of 32, whose bands stand for a group's."""


def level_markdown(report: LevelReport, tensorflow: pd.DataFrame) -> str:
    """Return the tables; `tensorflow` are PROFET's steps with a CNN left out, which K80 and M60 alone rest on."""
    lines = [
        "What to expect on each device in PyTorch's default precision, the stack stated (K80 and M60: TensorFlow 2.5, a"
        " CNN left out). First error: steps measured on these devices, each predicted without its CNN's family. Second:"
        " steps of the generation on devices that were left out with their relatives and hosts. Band: the half of 80 %"
        f" that `predict` gives today, as a factor (median of {len(PROBES)} CNNs).",
        "",
        "| generation | devices | basis | error, CNN's family left out | error, device never measured | band |",
        "|---|---|---|---|---|---|",
        *_groups(report, tensorflow),
        "",
        "With a few runs on a device that was left out with its host, chosen by what the model says before any is made"
        " (`profile --calibrate` takes two such): mean error of the other steps, and how many the 80 % band holds.",
        "",
        "| device | precision | no run | 1 run | 2 runs | 3 runs | the first two |",
        "|---|---|---|---|---|---|---|",
        *_calibrated(report.runs),
        "",
        "Every measured step, predicted by a fit without its network's family (covered: by the 80 % band; width: its"
        " half, as a factor).",
        "",
        *_table(report.families),
        "",
        "The same devices never measured: each left out with its relatives and its host.",
        "",
        *_table(report.devices),
    ]
    return "\n".join(lines)


def _groups(report: LevelReport, tensorflow: pd.DataFrame) -> Iterator[str]:
    known = {name: _basis(each) for name, each in devices().items()}
    generations = dict.fromkeys(
        each.architecture if each.kind == "gpu" else "processors" for each in devices().values()
    )
    order = ("fitted", "transferred", "state a time")
    for basis in order:
        for generation in generations:
            names = [
                name
                for name, each in devices().items()
                if (each.architecture if each.kind == "gpu" else "processors") == generation and known[name] == basis
            ]
            if names:
                yield _group(report, tensorflow, generation, names, basis)


def _group(report: LevelReport, tensorflow: pd.DataFrame, generation: str, names: list[str], basis: str) -> str:
    rest = len(names) - NAMED
    shown = ", ".join(names[:NAMED]) + (f" and {rest} more" if rest > 0 else "")
    if basis == "state a time":
        why = untimed()[generation][0] if generation in untimed() else "nothing was measured on the generation"
        return f"| {generation} | {shown} | {basis} | - | {why} | - |"
    default = report.families.precision.isin(["default", "fp32", "tf32"])
    here = report.families[report.families.device.isin(names) & default & report.families["stack"].eq("torch")]
    of_generation = report.devices.device.map(lambda name: devices()[name].architecture) == generation
    out = report.devices[of_generation & report.devices.precision.isin(["default", "fp32", "tf32"])]
    never = out if basis == "transferred" else out[out.device.isin(names)]
    if here.empty:
        here = tensorflow[tensorflow.gpu.isin(names)]
    return f"| {generation} | {shown} | {basis} | {_error(here)} | {_error(never)} | x/{_width(names):.2f} |"


def _error(frame: pd.DataFrame) -> str:
    return f"{frame.ape.mean():.0f} % ({len(frame)} steps)" if len(frame) else "not judged"


def _width(names: list[str]) -> float:
    found = []
    for name in names:
        for network in PROBES:
            stack = "tf2.5" if devices()[name].architecture in ("Kepler", "Maxwell") else "torch"
            step = predict_step(named_network(network), batch=32, device=name, stack=stack)
            found.append(step.interval_seconds[1] / step.seconds)
    return float(np.median(found))


def _basis(device: Device) -> str:
    try:
        return predict_step(named_network("resnet18"), batch=8, device=device.name).basis
    except TimingError:
        return "state a time"


def _calibrated(runs: pd.DataFrame) -> Iterator[str]:
    for (device, precision), part in runs.groupby(["device", "precision"], sort=False):
        by_count = part.set_index("runs")
        cells = [f"{row.error:.0f} %, {row.inside:.0f} % inside" for _, row in by_count.sort_index().iterrows()]
        yield f"| {device} | {precision} | {' | '.join(cells)} | {by_count.chosen[2]} |"


def _table(frame: pd.DataFrame) -> Iterator[str]:
    yield "| steps | device | host | stack | precision | mean error | median | bias | covered | width |"
    yield "|---|---|---|---|---|---|---|---|---|---|"
    for _, row in summary(frame, BY).reset_index().iterrows():
        named = " | ".join(str(row[each]) for each in BY)
        yield (
            f"| {row.steps:.0f} | {named} | {row['mean']:.1f} % | {row['median']:.1f} % | {row.bias:+.0f} %"
            f" | {row.covered:.0f} % | x/{row.width:.2f} |"
        )
