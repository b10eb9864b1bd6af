"""From a CNN of one's own to the answer: profile it here, then compare a project that uses it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="the extra torch is not installed")

from cloudcost.profiling.record import read_profile

NETS = """
from torch import nn


def make_net(classes=10, width=16):
    return nn.Sequential(
        nn.Conv2d(3, width, 3, padding=1), nn.BatchNorm2d(width), nn.ReLU(inplace=True), nn.MaxPool2d(2),
        nn.Conv2d(width, 2 * width, 3, padding=1), nn.ReLU(inplace=True), nn.AdaptiveAvgPool2d(1), nn.Flatten(),
        nn.Linear(2 * width, classes),
    )
"""
PROJECT = """
[dataset]
images = 5000
size = "100 MB"
location = "local"

[[training]]
network = "mynets:make_net"
image_px = 32
batch = 16
epochs = 20
runs = 3
profile = "runs/mine.json"

[[option]]
name = "here"
kind = "local"
owned = true
watts = 60
country = "MEX"

[[option]]
name = "rented"
kind = "ec2"
instance = "g4dn.xlarge"
"""


def cloudcost(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "cloudcost", *arguments], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
def test_a_profiled_network_is_measured_here_and_said_to_tell_nothing_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "mynets.py").write_text(NETS, encoding="utf-8")
    (tmp_path / "project.toml").write_text(PROJECT, encoding="utf-8")
    (tmp_path / "runs").mkdir()
    said = cloudcost(
        tmp_path,
        *("profile", "mynets:make_net", "--input", "3,32,32", "--classes", "10", "--kwargs", '{"width": 16}'),
        *("--batch", "16", "--quick", "-o", "runs/mine.json", "--format", "json"),
    )
    profile = read_profile(str(tmp_path / "runs" / "mine.json"))
    assert profile.quick
    assert profile.processes == 1
    assert json.loads(said)["summary"]["closure"] == profile.closure
    compared = json.loads(cloudcost(tmp_path, "compare", "project.toml", "--format", "json", "--today", "2026-11-22"))
    options = {option["name"]: option for option in compared["options"]}
    assert options["here"]["basis"] == "measured"
    assert options["rented"]["basis"] == "fitted"  # a processor's time tells nothing of a T4
    assert any("tells nothing of a GPU" in said for said in options["rented"]["assumptions"])
    measured = profile.steps[0].seconds
    assert options["here"]["seconds_per_iteration"] == pytest.approx(measured)
    assert options["here"]["hours_per_run"] == pytest.approx(measured * 20 * 313 / 3600)
