"""What a sweep is asked for, and a row of its answer: both are plain values that any process understands."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from cloudcost.analysis.sweep.keys import SweptKey
from cloudcost.analysis.sweep.points import CHUNK, grid_size
from cloudcost.analysis.sweep.values import Values
from cloudcost.frozen import dataclass
from cloudcost.render.outputs import RowFormat

COLUMNS = (
    "option", "kind", "feasible", "reason", "total_usd", "hours", "wait_hours", "hours_per_run",
    "seconds_per_iteration", "basis", "cheapest",
)  # fmt: skip
"""Columns behind those of the swept keys."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A whole sweep.

    Parameters
    ----------
    text, file, path : str
        The project file's text, its name, and where it lies as the user named it (empty for a bundled one).
    keys : tuple of SweptKey
        In the order of the columns.
    values : tuple of Values
        Of each key.
    sample : int or None
        Projects to draw; None for the whole grid. [count]
    seed : int
    today : date
    as_of : date or None
    allow_assumed : bool
    form : RowFormat
        Of what a chunk returns: lines of CSV, or an Arrow stream.
    """

    text: str
    file: str
    path: str
    keys: tuple[SweptKey, ...]
    values: tuple[Values, ...]
    sample: int | None
    seed: int
    today: date
    as_of: date | None
    allow_assumed: bool
    form: RowFormat = "csv"

    @property
    def projects(self) -> int:
        """How many projects there are. [count]"""
        return grid_size(self.values) if self.sample is None else self.sample

    @property
    def chunks(self) -> int:
        """How many chunks they make. [count]"""
        return -(-self.projects // CHUNK)

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns."""
        return (*(key.text for key in self.keys), *COLUMNS)


class Row(NamedTuple):
    """One option of one project, behind the cells of the swept keys."""

    option: str
    kind: str
    feasible: bool
    reason: str
    total_usd: str | None
    hours: float | None
    wait_hours: float | None
    hours_per_run: float | None
    seconds_per_iteration: float | None
    basis: str | None
    cheapest: bool
