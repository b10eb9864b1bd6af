"""The script that records steps on a machine with one GPU, tried on the CPU with small images."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

pytest.importorskip("torch", reason="the extra torch is not installed")

from benchmarks.accuracy.recorded import recorded_steps  # noqa: E402
from benchmarks.accuracy.steps import FIELDS  # noqa: E402
from benchmarks.profiles import record_gpu  # noqa: E402

from cloudcost.catalog.devices import device as catalogued  # noqa: E402
from cloudcost.catalog.devices import find_device  # noqa: E402
from cloudcost.profiling.calibration.runs import Usual, read_runs  # noqa: E402
from cloudcost.profiling.record import read_profile  # noqa: E402

ROOT = Path(__file__).resolve().parents[3]
SCRIPT = ROOT / "benchmarks" / "profiles" / "record_gpu.sh"


def recorded(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHON": sys.executable}
    return subprocess.run(
        ["bash", str(SCRIPT), str(folder), *arguments], env=environment, capture_output=True, text=True, check=False
    )


def test_the_script_records_cells_and_a_profile_on_the_cpu(tmp_path: Path) -> None:
    done = recorded(tmp_path / "out", "--device", "cpu", "--tiny", "--only", "mobilenet_v2")
    assert done.returncode == 0, done.stderr
    with (tmp_path / "out" / "steps.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {(row["precision"], row["layout"]) for row in rows} == {
        (precision, layout) for precision in ("fp32", "amp") for layout in ("nchw", "nhwc")
    }
    assert all(not row["failed"] and float(row["forward_seconds"]) > 0 for row in rows)
    assert all(float(row["least"]) <= float(row["seconds"]) <= float(row["most"]) for row in rows)
    machine = json.loads((tmp_path / "out" / "machine.json").read_text(encoding="utf-8"))
    assert machine["schema"] == "cloudcost.recorded_machine/1"
    assert [step.batch for step in read_profile(tmp_path / "out" / "profiles" / "mobilenet_v2-fp32.json").steps] == [
        2,
        4,
    ]
    assert not (tmp_path / "out" / "packages").exists()  # a torch that is there is used
    assert_fits_read(tmp_path / "out", rows)


def assert_fits_read(folder: Path, rows: list[dict[str, str]]) -> None:
    """What was recorded is what both fits read: `fit --device`, and the joint fit where its device is in the table."""
    usual = Usual(device="Ryzen 5 3600", host="desktop", stack="torch")
    runs, _ = read_runs([str(folder / "runs.csv")], usual)
    assert [run.record.seconds for run in runs] == [float(row["seconds"]) for row in rows]
    assert [(run.record.precision, run.record.channels_last) for run in runs] == [
        (row["precision"], row["layout"] == "nhwc") for row in rows
    ]
    assert all(run.record.input == (3, 32, 32) for run in runs)
    told = json.loads((folder / "machine.json").read_text(encoding="utf-8"))
    if find_device(told["device"]) is None:
        assert list(recorded_steps(folder)) == []
        (folder / "machine.json").write_text(json.dumps(told | {"device": "Ryzen 5 3600"}), encoding="utf-8")
    steps = [dict(zip(FIELDS, step, strict=True)) for step in recorded_steps(folder)]
    assert [step["seconds"] for step in steps] == [float(row["seconds"]) for row in rows]
    assert {(step["network"], step["batch"], step["update"]) for step in steps} == {("mobilenet_v2", 2, True)}
    for step in steps:
        assert catalogued(str(step["device"])).kind == "cpu"


def test_a_profile_that_takes_too_long_ends_with_all_that_it_started(tmp_path: Path) -> None:
    """No worker goes on after the time is over, and no file is left half written."""
    mark = tmp_path / "alive"
    child = f"import pathlib, time; time.sleep(1.5); pathlib.Path({str(mark)!r}).touch()"
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"
    begun = time.monotonic()
    assert not record_gpu._in_time([sys.executable, "-c", parent], 1.0)
    assert time.monotonic() - begun < 1.4
    time.sleep(1.0)
    assert not mark.exists()
    assert record_gpu._in_time([sys.executable, "-c", "pass"], 20.0)
    assert not record_gpu._in_time([sys.executable, "-c", "raise SystemExit(1)"], 20.0)
    assert not record_gpu._in_time([sys.executable, "-c", "pass"], 0.5)


def test_without_a_gpu_the_script_says_how_to_try_it(tmp_path: Path) -> None:
    import torch

    if torch.cuda.is_available():
        pytest.skip("a GPU is here")
    done = recorded(tmp_path / "out")
    assert done.returncode == 2
    assert "--device cpu --tiny" in done.stderr


def test_all_networks_of_the_script_take_a_step(tmp_path: Path) -> None:
    from benchmarks.profiles.record_gpu import NETWORKS, Cell, cells, timed

    named = {cell.network for cell in cells(tiny=False)}
    assert named == set(NETWORKS)
    for name in ("vit_b_16", "resnet50"):
        row = timed(Cell(network=name, precision="fp32", layout="nchw", batch=2, image_px=32), "cpu", tiny=True)
        assert "failed" not in row
