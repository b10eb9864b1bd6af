"""What each part of the core is worth: the errors of steps left out, each time with one part missing."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from math import inf
from pathlib import Path
from types import ModuleType
from unittest.mock import patch

from benchmarks.accuracy.dataset import DataSet, load
from benchmarks.accuracy.holdout import UNCOVERED, held_out
from cloudcost.timing.rates import convolution, features, workload
from cloudcost.timing.rates.layers.fit import LANDMARKS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "explanation" / "timing-model.md"
BEGIN, END = "<!-- ablation: begin -->", "<!-- ablation: end -->"

NO_ROOM: tuple[ModuleType, str, float] = (features, "ROOM_SHARE", inf)

Variant = tuple[str, tuple[tuple[ModuleType, str, float], ...], int, Callable[[DataSet], DataSet]]


def _same(data: DataSet) -> DataSet:
    return data


def _without_singles(data: DataSet) -> DataSet:
    return replace(data, singles={})


def _without_sums(data: DataSet) -> DataSet:
    return replace(data, rows=tuple(replace(rows, groups={}) for rows in data.rows))


VARIANTS: tuple[Variant, ...] = (
    ("as it ships", (), LANDMARKS, _same),
    ("24 landmarks", (), 24, _same),
    ("110 landmarks", (), 110, _same),
    ("no single convolutions", (), LANDMARKS, _without_singles),
    ("no limit by the memory left", (NO_ROOM,), LANDMARKS, _same),
    ("no process, no limit by the memory left", (NO_ROOM,), 0, _same),
    ("no sums of operation kinds", (), LANDMARKS, _without_sums),
    ("no waste of small sides", ((convolution, "TILE", 0.0),), LANDMARKS, _same),
    ("no padding at the edges", ((convolution, "HALO", 0.0),), LANDMARKS, _same),
    ("no cost of tiny maps", ((convolution, "TINY_MAP", 0.0),), LANDMARKS, _same),
    ("no Winograd", ((convolution, "WINOGRAD_LIMIT_GB", -1.0),), LANDMARKS, _same),
)
"""What is changed: constants, the landmarks (0: no process), the measurements."""


def ablation(shared: Path) -> str:
    """Return the table, in Markdown."""
    lines = [
        "| variant | one CNN left out | covered kinds | one family left out | covered kinds |",
        "|---|---|---|---|---|",
    ]
    for name, changes, count, change in VARIANTS:
        with ExitStack() as changed:
            for module, constant, value in changes:
                changed.enter_context(patch.object(module, constant, value))
            workload._features.clear()
            data = change(load(shared))
            cells = []
            for by in ("cnn", "family"):
                frame = held_out(data, by, count=count)
                parts = (frame.ape, frame[~frame.model.isin(UNCOVERED)].ape)
                cells += [f"{ape.mean():.2f} / {ape.median():.2f}" for ape in parts]
        print(name, *cells, sep=" | ")
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    workload._features.clear()
    return "\n".join(lines)


def write_ablation(shared: Path, page: Path = PAGE) -> None:
    """Put the table between the marks of the page."""
    text = page.read_text(encoding="utf-8")
    body = f"{BEGIN}\n{ablation(shared)}\n{END}"
    page.write_text(re.sub(f"{BEGIN}.*{END}", lambda _: body, text, flags=re.DOTALL), encoding="utf-8")
