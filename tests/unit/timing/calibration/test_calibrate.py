"""Calibrations of known devices: what they change, how they are written and read, what is refused."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import pairwise
from math import exp
from pathlib import Path

import pytest

from cloudcost.errors import InputError, TimingError
from cloudcost.networks.registry import named_network
from cloudcost.profiling.calibration.runs import Usual, read_runs
from cloudcost.timing.calibration.calibrate import TimedRun, calibrate
from cloudcost.timing.calibration.calibration import Calibration, RunRecord, base_model, calibrated_model
from cloudcost.timing.calibration.calibration_file import calibration_of_document, to_json
from cloudcost.timing.predict import predict_step

DEVICE, HOST = "RTX 4090", "desktop"
CELLS = (("shufflenet_v2_x1_0", 8), ("vgg16", 32), ("resnet50", 32))


def run_of(name: str, batch: int, factor: float, device: str = DEVICE, host: str = HOST) -> TimedRun:
    """Return a run that takes so many times what is expected."""
    network = named_network(name)
    usual = predict_step(network, batch=batch, device=device, host=host, optimizer="sgd").seconds
    record = RunRecord(
        network=name, input=network.input, batch=batch, seconds=usual * factor, device=device, host=host, stack="torch",
        precision="default", channels_last=False, optimizer="sgd",
    )  # fmt: skip
    return TimedRun(record=record, network=network, where="runs.csv:2")


def calibrated(*runs: TimedRun, device: str = DEVICE) -> Calibration:
    return calibrate(device, runs, host=HOST, stack="torch", created="2026-11-29")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def width(low_high: tuple[float, float]) -> float:
    return low_high[1] / low_high[0]


def test_runs_that_take_longer_lengthen_what_is_predicted_and_narrow_its_band(folder: Path) -> None:
    network = named_network("resnet101")
    plain = predict_step(network, batch=32, device=DEVICE, host=HOST)
    widths = [width(plain.interval_seconds)]
    for count in (1, 2, 3):
        runs = [run_of(name, batch, 1.4) for name, batch in CELLS[:count]]
        (folder / f"here{count}.json").write_text(to_json(calibrated(*runs)))
        own = predict_step(network, batch=32, device=f"./here{count}.json")
        assert plain.seconds < own.seconds < 1.5 * plain.seconds
        assert own.basis == "fitted"
        widths.append(width(own.interval_seconds))
    assert widths[1] < widths[0]
    assert all(after < before + 0.03 for before, after in pairwise(widths))  # shares move with the factors


def test_a_model_is_never_less_sure_for_a_run() -> None:
    for device in ("T4", "RTX 4090", "RX 9070 XT"):
        found = calibrated(run_of("vgg16", 32, 1.2, device), device=device)
        for precision, last in found.scales:
            base = base_model(device, HOST, "torch", precision, channels_last=last)
            model = calibrated_model(found, precision, channels_last=last)
            assert model.device_sd <= base.device_sd
            assert model.host_sd <= base.host_sd


def test_a_run_of_another_card_in_the_machine_moves_the_host() -> None:
    found = calibrated(run_of("shufflenet_v2_x1_0", 2, 1.6, "RTX 3060"), device="RTX 5090")
    scale = found.scales["default", False]
    assert exp(scale.host_log) > 1.05
    assert scale.host_log > 2 * scale.device_log
    assert calibrated_model(found, "default", channels_last=False).basis == "transferred"


def test_a_calibration_is_read_as_it_was_written(folder: Path) -> None:
    found = calibrated(*(run_of(name, batch, 0.8) for name, batch in CELLS))
    read = calibration_of_document(json.loads(to_json(found)), where="here.json")
    assert read.runs == found.runs
    usual = found.scales["default", False]
    assert read.scales["default", False].device_log == pytest.approx(usual.device_log, rel=1e-4)


@pytest.mark.parametrize(
    ("key", "value", "told"),
    [
        ("stack", None, "here.json:stack: "),
        ("scales", [], "here.json:scales: "),
        ("runs", [{"network": "x"}], "here.json:runs.0.batch: "),
        ("colour", "red", "here.json:colour: "),
    ],
)
def test_a_damaged_calibration_is_refused_key_by_key(key: str, value: object, told: str) -> None:
    document = json.loads(to_json(calibrated(run_of("vgg16", 32, 1.0))))
    document[key] = value
    with pytest.raises(InputError, match=told):
        calibration_of_document(document, where="here.json")


def test_a_step_far_from_what_the_device_can_do_is_taken_for_a_mistake() -> None:
    wrong = run_of("vgg16", 32, 1000.0)  # milliseconds for seconds
    with pytest.raises(InputError, match=r"runs.csv:2: vgg16 at batch 32 takes .* times what a RTX 4090"):
        calibrated(wrong)
    with pytest.raises(InputError, match="no run to calibrate by"):
        calibrated()


def test_another_stack_than_the_calibrated_one_is_refused() -> None:
    with pytest.raises(TimingError, match="of 'torch', not 'tuned'"):
        calibrated_model(calibrated(run_of("vgg16", 32, 1.0)), "amp", channels_last=False, stack="tuned")


def test_a_table_of_step_times_is_read_with_what_is_usual(folder: Path) -> None:
    (folder / "runs.csv").write_text(
        "network,batch,seconds,image_px,precision,device\nresnet18,8,0.01,64,amp,\nvgg16,16,0.1,,,RTX 3060\n"
    )
    runs, system = read_runs(["runs.csv"], Usual(device=DEVICE, host=None, stack="torch"))
    assert system == ""
    assert [(run.record.device, run.record.host, run.record.precision) for run in runs] == [
        (DEVICE, "desktop", "amp"), ("RTX 3060", "desktop", "default"),
    ]  # fmt: skip
    assert runs[0].record.input == (3, 64, 64)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("network,batch\nresnet18,8\n", "runs.csv:1: no column seconds, add it"),
        ("network,batch,seconds,colour\n", "runs.csv:1: unknown column, 'colour'"),
        ("network,batch,seconds\nresnet18,0,0.1\n", "runs.csv:2:batch: a whole number from 1 on, not '0'"),
        ("network,batch,seconds\nresnet18,8,-1\n", "runs.csv:2:seconds: seconds of one step above 0, not '-1'"),
        ("network,batch,seconds\nresnet81,8,1\n", "runs.csv:2"),
        ("network,batch,seconds,precision\nresnet18,8,1,int3\n", "runs.csv:2:precision: none of default"),
        ("network,batch,seconds,device\nresnet18,8,1,RTX 9999\n", "runs.csv:2: no device 'RTX 9999'"),
    ],
)
def test_a_wrong_table_names_its_lines(text: str, told: str, folder: Path) -> None:
    (folder / "runs.csv").write_text(text)
    with pytest.raises(InputError) as refused:
        read_runs(["runs.csv"], Usual(device=DEVICE, host=None, stack="torch"))
    assert told in str(refused.value)


def test_a_calibration_outlives_its_runs_order() -> None:
    runs = [run_of(name, batch, 1.3) for name, batch in CELLS]
    one, other = calibrated(*runs), calibrated(*reversed(runs))
    assert one.scales["default", False].device_log == pytest.approx(other.scales["default", False].device_log, abs=1e-6)
    assert replace(one, runs=()) != one
