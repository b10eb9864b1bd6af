"""What a calibration found, and the steps that it rests on, as text."""

from __future__ import annotations

from collections.abc import Sequence
from math import exp
from typing import TYPE_CHECKING

from cloudcost.profiling.calibration.runs import COLUMNS
from cloudcost.render.tables.columns import plain
from cloudcost.render.tables.writer import Cell, csv_table, text_table

if TYPE_CHECKING:
    from cloudcost.profiling.calibration.chosen import Order, TimedStep
    from cloudcost.timing.calibration.calibration import Calibration

INSIDE = 1.2816
"""Standard deviations on each side of an 80 % band. [1]"""


def calibration_text(found: Calibration, output: str) -> str:
    """Return by what a device is scaled at the precisions of its runs, and how sure that is."""
    told = {(run.precision, run.channels_last) for run in found.runs if run.device == found.device}
    rows = [
        (
            f"{precision}{', channels last' if last else ''}",
            *(f"x{exp(log):.2f}" for log in (scale.device_log, scale.host_log)),
            *(f"x/{exp(INSIDE * sd):.2f}" for sd in (scale.device_sd, scale.host_sd)),
        )
        for (precision, last), scale in found.scales.items()
        if (precision, last) in (told or {("default", False)})
    ]
    heads = ("precision", "device", "host", "device, 80 %", "host, 80 %")
    runs, cnns = len(found.runs), len({run.network for run in found.runs})
    lines = [
        f"{found.device} in {found.host}, {found.stack}: {runs} {'run' if runs == 1 else 'runs'} of "
        f"{cnns} {'CNN' if cnns == 1 else 'CNNs'}",
        "times of device and host against those expected:",
        text_table(heads, rows, right={1, 2, 3, 4}).rstrip("\n"),
        f"written: {plain(output)}",
    ]
    return "\n".join(lines) + "\n"


def timed_csv(steps: Sequence[TimedStep], order: Order) -> str:
    """Return the steps of `profile --calibrate` as the table that `fit --device` reads."""
    rows = []
    for step in steps:
        cells: dict[str, Cell] = {
            "network": step.network, "batch": step.batch, "seconds": f"{step.seconds:.6g}", "image_px": order.image_px,
            "precision": order.precision, "channels_last": "true" if order.channels_last else "",
            "optimizer": order.optimizer, "device": step.device,
        }  # fmt: skip
        rows.append([cells.get(name) for name in COLUMNS])
    return csv_table(COLUMNS, rows)


def timed_text(steps: Sequence[TimedStep], precision: str, output: str) -> str:
    """Return the steps of `profile --calibrate`, and what to do with them."""
    shown = [
        (step.network, step.side, str(step.batch), f"{1e3 * step.seconds:.4g}", f"{1e3 * step.first_seconds:.4g}")
        for step in steps
    ]
    table = text_table(("network", "", "batch", "ms/step", "at first"), shown, right={2, 3, 4})
    name, path = plain(steps[0].device), plain(output)
    return (
        f"{name}, {precision}\n\n{table}\nwritten: {path}\n"
        f'next: cloudcost fit --device "{name}" {path} -o device.json\n'
    )
