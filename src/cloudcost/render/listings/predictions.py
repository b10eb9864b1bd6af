"""Predicted steps: text, JSON (`cloudcost.prediction/1`), CSV and Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap
from typing import TYPE_CHECKING

from cloudcost.figures import figure
from cloudcost.frozen import dataclass
from cloudcost.json_text import json_text
from cloudcost.networks.shapes import text
from cloudcost.render.tables.columns import plain
from cloudcost.render.tables.writer import Cell, csv_table, markdown_table, text_table

if TYPE_CHECKING:
    import pandas as pd

    from cloudcost.domain.devices import Instance
    from cloudcost.domain.network import Network
    from cloudcost.domain.timing import StepTime

SCHEMA = "cloudcost.prediction/1"
"""History: 1 is the first."""
WIDTH = 80
"""Columns of text output; no row of notes is wider. [characters]"""
_HEADS = ("device", "instance", "gpus", "s/step", "80 % band", "images/s", "fits", "largest batch", "basis")
_CSV_HEADS = (
    "device", "instance", "gpus", "seconds_per_iteration", "low_seconds", "high_seconds", "level", "fits_memory",
    "largest_batch", "basis", "stack", "unseen_share",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class PredictedStep:
    """A step on a device.

    Parameters
    ----------
    device : str
        As it was asked for.
    instance : Instance or None
        None where a device was asked for.
    gpus : int
        [count]
    step : StepTime
    """

    device: str
    instance: Instance | None
    gpus: int
    step: StepTime

    @property
    def place(self) -> str:
        """The instance, or the device where none was asked for."""
        return self.device if self.instance is None else self.instance.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Predictions:
    """Steps of a CNN on several devices.

    Parameters
    ----------
    network : Network
    batch : int
        Per GPU. [images]
    precision : str
    rows : tuple of PredictedStep
    untold : tuple of str
        Why no model can tell of other devices that were asked for.
    stack, host : str or None
        Where they were stated.
    """

    network: Network
    batch: int
    precision: str
    rows: tuple[PredictedStep, ...]
    untold: tuple[str, ...] = ()
    stack: str | None = None
    host: str | None = None

    def __repr__(self) -> str:
        return f"<Predictions of {self.network.name} at a batch of {self.batch} on {len(self.rows)} devices>"

    def __str__(self) -> str:
        return predictions_text(self)

    def to_frame(self) -> pd.DataFrame:
        """Return a DataFrame with a row per device. [s]"""
        from cloudcost.render.notebook.frames import frame_of_csv

        return frame_of_csv(predictions_csv(self))

    def to_json(self) -> str:
        """Return JSON, `cloudcost.prediction/1`."""
        return predictions_json(self)

    def _repr_markdown_(self) -> str:
        return predictions_markdown(self)


def predictions_json(found: Predictions) -> str:
    """Return predictions as JSON."""
    gpus = {row.gpus for row in found.rows}
    document = {
        "schema": SCHEMA,
        "network": found.network.name,
        "image_px": found.network.input[-1],
        "batch": found.batch,
        "global_batch": found.batch * gpus.pop() if len(gpus) == 1 else None,
        "precision": found.precision,
        "predictions": [_record(row, found.batch) for row in found.rows],
    }
    return json_text(document)


def _record(row: PredictedStep, batch: int) -> dict[str, object]:
    step = row.step
    return {
        "device": row.device if row.instance is None else row.instance.device,
        "instance": None if row.instance is None else row.instance.name,
        "gpus": row.gpus,
        "global_batch": batch * row.gpus,
        "seconds_per_iteration": step.seconds,
        "interval_seconds": list(step.interval_seconds),
        "level": step.level,
        "images_per_second": batch * row.gpus / step.seconds,
        "fits_memory": step.fits_memory,
        "largest_batch": step.largest_batch,
        "memory_bytes": step.memory_bytes,
        "basis": step.basis,
        "stack": step.stack,
        "unseen_share": step.unseen_share,
        "notes": list(step.notes),
    }


def _cells(row: PredictedStep, batch: int) -> tuple[str, ...]:
    step = row.step
    low, high = step.interval_seconds
    return (
        row.device,
        "" if row.instance is None else row.instance.name,
        str(row.gpus),
        figure(step.seconds, 4),
        f"{figure(low)} - {figure(high)}",
        figure(batch * row.gpus / step.seconds, 4),
        {True: "yes", False: "no", None: "?"}[step.fits_memory],
        "?" if step.largest_batch is None else str(step.largest_batch),
        step.basis,
    )


def predictions_text(found: Predictions, width: int = WIDTH) -> str:
    """Return predictions for a terminal: columns that hold something, then every note with where it counts."""
    stated = "".join(f", {plain(each)}" for each in (found.stack, found.host and f"host {found.host}") if each)
    size = f"{_size(found.network)}, batch {found.batch} per GPU"
    title = f"{plain(found.network.name)}, {size}, {found.precision}{stated}\n\n"
    cells = [_cells(row, found.batch) for row in found.rows]
    keep = [k for k in range(len(_HEADS)) if any(row[k] for row in cells)]
    table = text_table([_HEADS[k] for k in keep], [[row[k] for k in keep] for row in cells])
    notes: dict[str, list[str]] = {}
    for row in found.rows:
        for note in row.step.notes:
            notes.setdefault(note, []).append(row.place)
    said = [
        line
        for note, where in notes.items()
        for line in wrap(f"{plain(', '.join(dict.fromkeys(where)))}: {note}", width, subsequent_indent="  ")
    ]
    return title + table + ("\n" + "\n".join(said) + "\n" if said else "")


def _size(network: Network) -> str:
    """Return what the network reads: pixels of images, all axes of anything else."""
    if len(network.input) == 3 and not network.more_inputs:
        return f"{network.input[1]}x{network.input[2]} px"
    return " and ".join(map(text, (network.input, *network.more_inputs)))


def predictions_markdown(found: Predictions) -> str:
    """Return predictions as a Markdown table."""
    return markdown_table(_HEADS, [_cells(row, found.batch) for row in found.rows])


def predictions_csv(found: Predictions) -> str:
    """Return predictions as CSV, a row per device."""
    return csv_table(_CSV_HEADS, [_csv_row(row) for row in found.rows])


def _csv_row(row: PredictedStep) -> Sequence[Cell]:
    step = row.step
    low, high = step.interval_seconds
    return (
        row.device,
        "" if row.instance is None else row.instance.name,
        row.gpus,
        *(f"{value:.6g}" for value in (step.seconds, low, high)),
        step.level,
        "" if step.fits_memory is None else str(step.fits_memory).lower(),
        step.largest_batch,
        step.basis,
        step.stack,
        f"{step.unseen_share:.3g}",
    )
