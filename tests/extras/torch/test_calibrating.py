"""`profile --calibrate` for real, on the CPU with small images, and what `fit --device` makes of it."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

pytest.importorskip("torch", reason="the extra torch is not installed")

from cloudcost.cli import run  # noqa: E402
from cloudcost.profiling.calibration.chosen import CHOSEN  # noqa: E402


def test_two_networks_are_timed_and_written_as_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["profile", "--calibrate", "0.001", "--image-px", "32", "-o", "here.csv"]) == 0
    assert "next: cloudcost fit --device" in capsys.readouterr().out
    with (tmp_path / "here.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["network"] for row in rows] == [name for name, _, _ in CHOSEN]
    assert all(float(row["seconds"]) > 0 and row["precision"] == "fp32" for row in rows)
