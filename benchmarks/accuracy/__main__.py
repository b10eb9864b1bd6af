"""``python -m benchmarks.accuracy [fit|judge|ablate]``.

``fit`` fits the device models that ship; ``judge`` reruns every accuracy figure, prints them and writes
``docs/accuracy.md`` with its plots. Both read the folder ``shared/data`` beside the checkout.
"""

from __future__ import annotations

import sys
from pathlib import Path

from benchmarks.accuracy.dataset import load
from benchmarks.accuracy.ship import ship_fitted
from benchmarks.accuracy.ship_levels import fitted_levels, ship_levels

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"


def main(arguments: list[str]) -> int:
    """Run one of the commands."""
    if arguments not in (["fit"], ["judge"], ["ablate"]):
        print(__doc__, file=sys.stderr)
        return 2
    if not SHARED.is_dir():
        print("the folder shared/data is not beside this checkout", file=sys.stderr)
        return 2
    if arguments == ["fit"]:
        base = ship_fitted(load(SHARED))
        ship_levels(*fitted_levels(SHARED, base))
        return 0
    if arguments == ["ablate"]:
        from benchmarks.accuracy.ablation import write_ablation

        write_ablation(SHARED)
        return 0
    from benchmarks.accuracy.document import write
    from benchmarks.accuracy.figures import evaluate

    report = evaluate(load(SHARED), SHARED)
    for figure in report.figures:
        print(f"{figure.name}: {figure.value}" + (f" (limit {figure.limit})" if figure.limit else ""))
    write(report)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
