"""`fit --device`: a known device scaled by a few steps, as a user calls it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

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


PROJECT = """
[project]
name = "own card"
duration = "9 days"

[dataset]
images = 20000
size = "400 MB"

[[training]]
network = "resnet50"
batch = 32
epochs = 3
runs = 2

[[option]]
name = "mine"
kind = "local"
owned = true
device = "DEVICE"
country = "MEX"

[[option]]
name = "as listed"
kind = "local"
owned = true
device = "RTX 4090"
country = "MEX"
"""


def _compared(text: str, capsys: pytest.CaptureFixture[str]) -> dict[str, dict[str, Any]]:
    Path("own").mkdir(exist_ok=True)
    Path("own/project.toml").write_text(text)
    assert run(["compare", "own/project.toml", "--format", "json", "--today", "2026-11-29"]) == 0
    return {option["name"]: option for option in json.loads(capsys.readouterr().out)["options"]}


@pytest.mark.usefixtures("folder")
def test_a_project_names_a_calibration_as_its_device(capsys: pytest.CaptureFixture[str]) -> None:
    Path("own").mkdir()
    assert run(["fit", "--device", "RTX 4090", "runs.csv", "-o", "own/mine.json", "--today", "2026-11-29"]) == 0
    capsys.readouterr()
    command = ["predict", "resnet50", "--batch", "32", "--optimizer", "momentum", "--device", "own/mine.json"]
    assert run([*command, "--format", "json"]) == 0
    predicted = json.loads(capsys.readouterr().out)["predictions"][0]
    options = _compared(PROJECT.replace("DEVICE", "./mine.json"), capsys)
    mine, listed = options["mine"], options["as listed"]
    assert (mine["basis"], listed["basis"]) == ("fitted", "transferred")
    assert mine["seconds_per_iteration"] == pytest.approx(predicted["seconds_per_iteration"])
    assert mine["interval_seconds"] == pytest.approx(predicted["interval_seconds"])
    widths = [high / low for low, high in (mine["interval_seconds"], listed["interval_seconds"])]
    assert widths[0] < widths[1]
    said = "times by ./mine.json: the model of the RTX 4090 in desktop, calibrated by 2 measured steps of 2026-11-29"
    assert said in mine["assumptions"]
    assert any("1 x RTX 4090 at its usual share" in note for note in mine["assumptions"])


@pytest.mark.parametrize(
    ("device", "more", "told"),
    [
        (
            "./none.json",
            "",
            "project.toml:option.mine.device: own/none.json: cannot be read, No such file or directory",
        ),
        ("../runs.csv", "", 'option[0].device: unknown device, "../runs.csv", the file of a device\'s model ends in'),
        ("../mine.json", 'host = "g5"', "project.toml:option.mine.host: ../mine.json is of desktop, 'g5', remove host"),
    ],
)
@pytest.mark.usefixtures("folder")
def test_a_device_file_that_does_not_fit_is_told(
    device: str, more: str, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["fit", "--device", "RTX 4090", "runs.csv", "-o", "mine.json", "--today", "2026-11-29"]) == 0
    Path("own").mkdir()
    Path("own/project.toml").write_text(PROJECT.replace('"DEVICE"', f'"{device}"\n{more}'))
    assert run(["compare", "own/project.toml"]) == 2
    assert told in capsys.readouterr().err


def test_a_calibrated_device_is_not_scaled_a_second_time_by_a_step_of_it(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["fit", "--device", "RTX 4090", "runs.csv", "-o", "mine.json", "--today", "2026-11-29"]) == 0
    arguments = ["predict", "vgg16", "--batch", "32", "--device", "./mine.json", "--format", "json"]
    capsys.readouterr()
    found = []
    for more in ([], ["--measured", "RTX 4090=0.105"]):
        assert run([*arguments, *more]) == 0
        found.append(json.loads(capsys.readouterr().out)["predictions"][0])
    assert found[1]["basis"] == "measured"
    assert found[1]["seconds_per_iteration"] == pytest.approx(0.105, rel=0.02)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("./none.json", "./none.json: cannot be read, No such file or directory, name a device model file"),
        ("./none", "predict:--device: no device model's file, './none', such a file ends in .json"),
    ],
)
@pytest.mark.usefixtures("folder")
def test_a_device_file_that_is_not_there_is_told_as_one(
    name: str, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["predict", "resnet18", "--batch", "8", "--device", name]) == 2
    assert told in capsys.readouterr().err


@pytest.mark.usefixtures("folder")
def test_a_host_beside_a_calibration_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["fit", "--device", "RTX 4090", "runs.csv", "-o", "mine.json", "--today", "2026-11-29"]) == 0
    command = ["predict", "resnet18", "--batch", "8", "--device", "./mine.json", "--host", "g5"]
    assert run(command) == 2
    assert "predict:--host: ./mine.json has a host of its own, 'g5', leave out" in capsys.readouterr().err
