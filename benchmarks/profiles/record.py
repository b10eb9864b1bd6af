"""Profile the networks of the benchmark on this machine and write the records to a folder.

    python benchmarks/profiles/record.py benchmarks/profiles/runs
    python benchmarks/profiles/record.py OUT --only resnet18,squeezenet1_1 --seconds 4

Each network is profiled at 64 px in whole steps (three worker processes, batches 8, 16 and 32, one thread), and its
operations alone at batches 8 and 32; some again at 128 px. What is already in the folder is left as it is, but for
records whose processes differ by more than a tenth: they are made anew. The pace of the calm machine is handed on from
each record to the next, so that all of them are held against the same one.
"""

from __future__ import annotations

import argparse
import gzip
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from cloudcost.files.writing import write_whole
from cloudcost.profiling.plan import Limits, Plan
from cloudcost.profiling.record import read_profile, to_json
from cloudcost.profiling.run import run_profile

NETWORKS = (
    "squeezenet1_1", "mobilenet_v3_small", "shufflenet_v2_x1_0", "mobilenet_v2", "mnasnet1_0", "resnet18",
    "efficientnet_b0", "alexnet", "densenet121", "resnet50", "convnext_tiny",
)  # fmt: skip
LARGER = (
    "squeezenet1_1", "mobilenet_v3_small", "shufflenet_v2_x1_0", "mobilenet_v2", "mnasnet1_0", "resnet18",
    "efficientnet_b0", "alexnet",
)  # fmt: skip
"""Profiled at 128 px too, where no map is so small that another batch runs other code."""

RANGE = 0.10
"""Between the processes of a record; it is made anew above that. [1]"""


def plans(seconds: float) -> list[tuple[str, Plan]]:
    """Return the file name and the plan of each record."""
    limits = Limits(warmup=2, seconds=seconds)
    found: list[tuple[str, Plan]] = []
    for name in NETWORKS:
        whole = Plan(network=name, image=(3, 64, 64), batches=(8, 16, 32), limits=limits)
        alone = Plan(network=name, image=(3, 64, 64), batches=(8, 32), mode="operations")
        found += [(f"{name}-64px", whole), (f"{name}-64px-ops", alone)]
    for name in LARGER:
        found.append((f"{name}-128px", Plan(network=name, image=(3, 128, 128), batches=(4, 8, 16, 32), limits=limits)))
    return found


def settled(path: Path) -> bool:
    """Return whether a record is there whose processes agree."""
    return path.exists() and max((step.spread for step in read_profile(path).steps), default=0.0) <= RANGE


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", help="networks, with commas between them")
    parser.add_argument("--seconds", type=float, default=15.0, help="at most, per batch and process")
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    wanted = None if arguments.only is None else set(arguments.only.split(","))
    paces = [read_profile(path).pace_seconds for path in arguments.folder.glob("*.json.gz")]
    known = min((pace for pace in paces if pace is not None), default=None)
    for name, plan in plans(arguments.seconds):
        path = arguments.folder / f"{name}.json.gz"
        if settled(path) or (wanted is not None and plan.network not in wanted):
            continue
        begun = time.perf_counter()
        profile = run_profile(plan, created=datetime.now(UTC).date().isoformat(), known_pace=known)
        known = min(filter(None, (known, profile.pace_seconds)), default=None)
        if profile.interrupted:
            return 130
        write_whole(path, gzip.compress(to_json(profile).encode(), mtime=0))
        shown = ", ".join(
            f"{step.batch}: {step.seconds:.4g} s, closure {step.closure:.1%}, range {step.spread:.1%}, "
            f"disturbed {step.disturbed_share:.0%}"
            for step in profile.steps
        )
        shown += f"; pace {profile.pace_seconds}"
        print(f"{name} {time.perf_counter() - begun:.0f} s [{shown}]", file=sys.stderr, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
