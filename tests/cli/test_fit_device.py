"""`fit --device`: a known device scaled by a few steps, as a user calls it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cloudcost.cli import run

RUNS = "network,batch,seconds\nshufflenet_v2_x1_0,8,0.018\nvgg16,32,0.105\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "runs.csv").write_text(RUNS)
    return tmp_path


def test_two_runs_scale_a_device_and_predict_uses_them(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["fit", "--device", "geforce rtx 4090", "runs.csv", "-o", "mine.json", "--today", "2026-11-29"]
    assert run(command) == 0
    text = capsys.readouterr().out
    assert "RTX 4090 in desktop, torch: 2 runs of 2 CNNs" in text
    assert max(map(len, text.splitlines())) <= 80
    document = json.loads((folder / "mine.json").read_text())
    assert document["schema"] == "cloudcost.calibration/1"
    assert str(folder) not in (folder / "mine.json").read_text()
    arguments = ["predict", "resnet50", "--batch", "32", "--device", "RTX 4090", "--device", "./mine.json"]
    assert run([*arguments, "--format", "json"]) == 0
    plain, own = json.loads(capsys.readouterr().out)["predictions"]
    assert (plain["basis"], own["basis"]) == ("transferred", "fitted")
    widths = [high / low for low, high in (plain["interval_seconds"], own["interval_seconds"])]
    assert widths[1] < widths[0]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--device", "RTX 9999", "runs.csv"], "fit: no device 'RTX 9999'; cloudcost devices lists"),
        (["--device", "RTX 4090", "--host", "desk", "runs.csv"], "fit: no host 'desk'; "),
        (["--device", "RTX 4090", "--stack", "jax", "runs.csv"], "fit:--stack: none of torch"),
        (["--device", "RTX 4090", "nothing.csv"], "nothing.csv: cannot be read"),
        (["--host", "desktop", "runs.csv"], "fit: --host and --stack are of a known device"),
    ],
)
@pytest.mark.usefixtures("folder")
def test_what_cannot_be_fitted_is_told(arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["fit", *arguments, "-o", "mine.json"]) == 2
    assert told in capsys.readouterr().err


@pytest.mark.parametrize("name", ["Arc A770", "B200", "MI300X"])
@pytest.mark.usefixtures("folder")
def test_a_device_without_a_model_gets_one_from_its_own_steps(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Its data sheet is enough to begin with where steps scale it; the band is that of a device that few speak of."""
    assert run(["predict", "resnet50", "--batch", "32", "--device", name]) == 3
    assert "cloudcost fit --device" in capsys.readouterr().err
    assert run(["fit", "--device", name, "runs.csv", "-o", "mine.json"]) == 0
    capsys.readouterr()
    assert run(["predict", "resnet50", "--batch", "32", "--device", "./mine.json", "--format", "json"]) == 0
    [step] = json.loads(capsys.readouterr().out)["predictions"]
    low, high = step["interval_seconds"]
    assert step["basis"] == "fitted"
    assert 1.4**2 < high / low < 2**2


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--calibrate", "-o", "here.json"], "give it the ending .csv"),
        (["--calibrate", "0", "-o", "here.csv"], "minutes up to 60, not 0"),
        (["resnet18", "--calibrate", "1", "-o", "here.csv"], "leave out NETWORK and --batch"),
        (["--calibrate"], "-o: needed with --calibrate"),
        (["resnet18"], "NETWORK and --batch are needed, or --calibrate"),
    ],
)
def test_a_calibration_that_cannot_be_timed_is_told(
    arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["profile", *arguments]) == 2
    assert told in capsys.readouterr().err


def test_a_calibration_that_is_written_anew_is_read_anew(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    seconds = []
    for slower in ("0.105", "0.210"):
        (folder / "runs.csv").write_text(RUNS.replace("0.105", slower))
        assert run(["fit", "--device", "RTX 4090", "runs.csv", "-o", "again.json", "--today", "2026-11-29"]) == 0
        capsys.readouterr()
        assert run(["predict", "vgg16", "--batch", "32", "--device", "./again.json", "--format", "json"]) == 0
        seconds.append(json.loads(capsys.readouterr().out)["predictions"][0]["seconds_per_iteration"])
        (folder / "again.json").unlink()
    assert seconds[1] > 1.2 * seconds[0]
