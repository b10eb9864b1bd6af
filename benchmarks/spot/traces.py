"""Spot traces in the study's form: runs of equal state, one CSV for all of them."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

TRACES = Path(__file__).resolve().parents[3] / "shared" / "data" / "spot" / "spot_traces_dev.csv"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """Nodes available, or alive, at each tick."""

    kind: str
    nodes: str
    campaign: str
    zone: str
    accelerator: str
    count: int
    gap_seconds: float
    ticks: npt.NDArray[np.int64]

    @property
    def label(self) -> str:
        return f"{self.zone} {self.accelerator}x{self.count} {self.campaign[4:]} {self.kind[:5]} {self.nodes[0]}"


def read_traces(path: Path) -> list[Trace]:
    """Return the traces of a file, in its order."""
    groups: dict[tuple[str, ...], list[tuple[int, int, int]]] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            names = ("kind", "nodes", "campaign", "zone", "accelerator", "count", "gap_seconds")
            key = tuple(row[name] for name in names)
            groups.setdefault(key, []).append((int(row["first_tick"]), int(row["ticks"]), int(row["available"])))
    traces = []
    for (kind, nodes, campaign, zone, accelerator, count, gap), runs in groups.items():
        runs.sort()
        ticks = np.repeat([state for _, _, state in runs], [length for _, length, _ in runs])
        traces.append(
            Trace(
                kind=kind,
                nodes=nodes,
                campaign=campaign,
                zone=zone,
                accelerator={"intel": "CPU"}.get(accelerator, accelerator.upper()),
                count=1 if accelerator == "intel" else int(count),
                gap_seconds=float(gap),
                ticks=ticks,
            )
        )
    return traces
