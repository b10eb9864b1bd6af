"""Sweeps of 100,000 projects over two processes, against the minute that they may take."""

from __future__ import annotations

import time
from datetime import date

from benchmarks.speed.measure import Ratio
from cloudcost.analysis.sweep.plan import plan_sweep
from cloudcost.analysis.sweep.run import chunks_of
from cloudcost.project.bundled import bundled_project_text

PROMISED_SECONDS = 60.0
PROJECTS = 100_000
GRID = (
    "training.runs=1:20",
    "dataset.size=1:50 GB",
    "project.keep_months=0:9",
    "training.batch=4,8,12,16,20,24,32,40,48,64",
)
RANDOM = ("dataset.size=1 GB..200 GB", "training.runs=1..50", "option.idle_hours_per_day=0.0..4.0")
THREE_OPTIONS = """
[dataset]
images = 60000
size = "7 GB"
[[training]]
network = "resnet50"
epochs = 38
runs = 5
[[option]]
kind = "ec2"
instance = "g4dn.xlarge"
[[option]]
kind = "sagemaker"
instance = "ml.g4dn.xlarge"
[[option]]
kind = "local"
owned = true
device = "RTX 3060"
electricity_usd_per_kwh = 0.2
"""


def grid_of_the_bundled_project() -> Ratio:
    """Every option of the bundled project over a grid of runs, sizes, months and batches."""
    return _swept("sweep of a grid of 10^5 projects, 11 options", bundled_project_text("reto"), GRID, None)


def random_projects() -> Ratio:
    """Three options over random sizes, runs and idle hours: no two projects have anything in common."""
    return _swept("sweep of 10^5 random projects, 3 options", THREE_OPTIONS, RANDOM, PROJECTS)


def _swept(name: str, text: str, over: tuple[str, ...], sample: int | None) -> Ratio:
    job = plan_sweep(text, file="project.toml", path="", over=over, today=date(2026, 11, 22), sample=sample)
    assert job.projects == PROJECTS
    start = time.perf_counter()
    for _ in chunks_of(job, workers=2):
        pass
    return Ratio(
        name=name,
        yardstick="the minute promised",
        limit=1.0,
        seconds=time.perf_counter() - start,
        yardstick_seconds=PROMISED_SECONDS,
    )
