"""Print each measure's ratio to its yardstick: `python -m benchmarks.speed [NAME ...] [--check]`.

With ``--check`` the exit code is 1 where a promised ratio is passed. To add a measure, write a function that returns a
`Ratio` and name it in `MEASURES`.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Mapping

os.environ.setdefault("OMP_NUM_THREADS", "1")

from benchmarks.speed import pricing, scenarios, startup, sweep
from benchmarks.speed.measure import Ratio

MEASURES: Mapping[str, Callable[[], Ratio]] = {
    "vectorised": pricing.vectorised_cost,
    "exact": pricing.exact_lines,
    "import": startup.import_cloudcost,
    "help": startup.print_help,
    "compare": startup.compare_reto,
    "compare-month-end": startup.compare_over_a_month_end,
    "compare-without-bytecode": startup.compare_without_bytecode,
    "sweep-grid": sweep.grid_of_the_bundled_project,
    "sweep-random": sweep.random_projects,
    "scenarios": scenarios.million_scenarios,
}


def main() -> int:
    """Run the measures that were named, or all of them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", choices=[[], *MEASURES], help="measures to run (default: all)")
    parser.add_argument("--check", action="store_true", help="end with 1 where a promised ratio is passed")
    arguments = parser.parse_args()
    kept = True
    print(f"{'measure':<48}{'ratio':>7}{'at most':>9}{'seconds':>10}  yardstick")
    for name in arguments.names or MEASURES:
        result = MEASURES[name]()
        kept &= result.kept
        mark = "" if result.kept else "  PASSED"
        print(
            f"{result.name:<48}{result.ratio:>7.2f}{result.limit:>9.1f}{result.seconds:>10.4f}  "
            f"{result.yardstick} {result.yardstick_seconds:.4f}{mark}",
            flush=True,
        )
    return 1 if arguments.check and not kept else 0


if __name__ == "__main__":
    sys.exit(main())
