"""``python -m benchmarks.accuracy [fit|judge]``: fit the shipped device models, or rerun every accuracy figure."""

from __future__ import annotations

import sys
from pathlib import Path

from benchmarks.accuracy.dataset import load
from benchmarks.accuracy.published import published
from benchmarks.accuracy.ship import ship_fitted, ship_transferred

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"


def main(arguments: list[str]) -> int:
    """Run one of the two commands."""
    if arguments == ["fit"]:
        base = ship_fitted(load(SHARED))
        ship_transferred(published(SHARED), base)
        return 0
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
