"""A million scenarios of the bundled project over all its options: seconds per option, and the peak of memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys

from benchmarks.speed.measure import Ratio

DRAWS = 1_000_000
PROMISED_SECONDS = 2.5
"""Per option on one core. [s]"""
PROMISED_MB = 400
"""Of the whole process. [10**6 bytes]"""

_PROGRAM = f"""
import json, resource, time
from datetime import date
from cloudcost.analysis.compare import context_of
from cloudcost.options.model import build_model
from cloudcost.analysis.uncertainty.assess import assess
from cloudcost.project.bundled import bundled_project_text
from cloudcost.project.file import parse_project

today = date(2026, 11, 22)
project = parse_project(bundled_project_text("reto"), name="reto.toml", today=today)
context = context_of(project, today=today)
models = [build_model(project, option, context) for option in project.options]
start, cpu = time.perf_counter(), time.process_time()
assess(models, draws={DRAWS})
print(json.dumps([
    len(models), time.perf_counter() - start, time.process_time() - cpu,
    resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
]))
"""


def million_scenarios() -> Ratio:
    """10^6 scenarios of all options in a process of their own, against what is promised.

    Raises
    ------
    MemoryError
        When the process took more memory than is promised.
    """
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    done = subprocess.run([sys.executable, "-c", _PROGRAM], check=True, capture_output=True, env=environment)
    options, _, cpu_seconds, peak_bytes = json.loads(done.stdout)
    peak = peak_bytes / 1e6
    if peak > PROMISED_MB:
        raise MemoryError(f"a million scenarios took {peak:.0f} MB, over {PROMISED_MB} MB")
    return Ratio(
        name=f"10^6 scenarios, CPU per option ({peak:.0f} MB)",
        yardstick="promised",
        limit=1.0,
        seconds=cpu_seconds / options,
        yardstick_seconds=PROMISED_SECONDS,
    )
