"""Trace real networks of public libraries and hold counts against PyTorch's own.

  python -m benchmarks.tracing ../shared/cases/timing/real_networks.csv
  python -m benchmarks.tracing LIST.csv --only timm

The list is a CSV with the columns library, name and input (CxHxW); libraries that are not installed are told and left
out. Parameters are held against the module's trainable ones, MACs against
`torch.utils.flop_counter.FlopCounterMode` over the forward pass in training mode, attention on the math backend.
"""

from __future__ import annotations

import argparse
import csv
import gc
import sys
from collections import Counter
from pathlib import Path

from benchmarks.tracing.compare import compared
from benchmarks.tracing.libraries import build


def main() -> int:
    """Trace each network of a list; return 0."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("list", type=Path)
    parser.add_argument("--only", default="", help="rows whose library or name holds this text")
    arguments = parser.parse_args()
    with arguments.list.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if arguments.only in f"{row['library']} {row['name']}"]
    said: Counter[str] = Counter()
    for row in rows:
        if row["library"] == "textbook":
            continue
        label = f"{row['library'].split()[0]:<12.12} {row['name']:<34.34}"
        try:
            module = build(row["library"], row["name"])
        except Exception as error:
            said["not built"] += 1
            print(f"{label} not built: {type(error).__name__}: {error!s:.120}")
            continue
        shape = tuple(int(part) for part in row["input"].split("x"))
        outcome, text = compared(module, shape, row["name"])
        said[outcome] += 1
        print(f"{label} {outcome}: {text}", flush=True)
        del module
        gc.collect()
    print(", ".join(f"{count} {outcome}" for outcome, count in said.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
