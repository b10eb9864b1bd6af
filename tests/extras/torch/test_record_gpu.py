"""The script that records steps on a machine with one GPU, tried on the CPU with small images."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

pytest.importorskip("torch", reason="the extra torch is not installed")

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
