"""Steps that `benchmarks/profiles/record_gpu.sh` recorded, as rows of the joint fit.

A record is a folder with ``machine.json`` and ``steps.csv``; those under ``benchmarks/profiles/recorded`` are fitted
along. Steps ran in a plain loop with their optimizer; cells that asked cuDNN to search are left out, as are those that
failed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from cloudcost.catalog.devices import find_device
from cloudcost.networks.registry import is_network_name

RECORDED = Path(__file__).resolve().parents[1] / "profiles" / "recorded"
SCHEMA = "cloudcost.recorded_machine/1"
NAMES = {"vit_b_16": "vit_base_patch16_224"}
"""Networks that the script describes itself, as the joint fit names them."""
Step = tuple[object, ...]


def recorded_steps(folder: Path) -> Iterator[Step]:
    """Yield the steps of one record, in the order of `steps.FIELDS`; none where its device is in no table."""
    machine = json.loads((folder / "machine.json").read_text(encoding="utf-8"))
    if machine["schema"] != SCHEMA:
        raise ValueError(f"{folder}: {machine['schema']!r} is no record, {SCHEMA}")
    known = find_device(machine["device"])
    table = pd.read_csv(folder / "steps.csv")
    table = table[table.failed.isna() & (table.cudnn_benchmark == 0)]
    for row in table.itertuples() if known is not None else ():
        name = NAMES.get(str(row.network), str(row.network))
        if is_network_name(name):
            yield (
                "recorded", "torch", f"of {known.name}" if known else "", known.name if known else "", row.precision,
                row.layout == "nhwc", name, row.image_px, row.batch, 1000, True, False, row.seconds,
            )  # fmt: skip


def all_recorded(under: Path = RECORDED) -> list[Step]:
    """Return the steps of all records."""
    return [step for path in sorted(under.glob("*/machine.json")) for step in recorded_steps(path.parent)]
