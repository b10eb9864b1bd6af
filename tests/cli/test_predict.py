"""`cloudcost predict`: its JSON, its tables, and one clear line for what it cannot do."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from cloudcost.cli import run
from cloudcost.networks.json_file import to_json
from cloudcost.networks.registry import named_network


def test_json_has_the_fields_of_the_contract(capsys: pytest.CaptureFixture[str]) -> None:
    command = "predict resnet18 --batch 32 --device T4 --instance p3.8xlarge --format json"
    assert run(command.split()) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["schema"] == "cloudcost.prediction/1"
    assert (document["network"], document["image_px"], document["batch"]) == ("resnet18", 224, 32)
    single, four = document["predictions"]
    assert (single["device"], single["instance"], single["gpus"]) == ("T4", None, 1)
    assert (four["device"], four["instance"], four["gpus"]) == ("V100", "p3.8xlarge", 4)
    low, high = single["interval_seconds"]
    assert low < single["seconds_per_iteration"] < high
    assert single["basis"] == "fitted"
    assert single["level"] == 0.8
    assert single["fits_memory"] is True
    assert single["largest_batch"] > 32
    assert {"stack", "unseen_share"} <= set(single)


@pytest.mark.parametrize("form", ["text", "md", "csv"])
def test_every_format_names_every_device(form: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(f"predict resnet18 --batch 8 --device K80 --device V100 --format {form}".split()) == 0
    out = capsys.readouterr().out
    assert "K80" in out
    assert "V100" in out
    if form == "csv":
        rows = list(csv.DictReader(io.StringIO(out)))
        assert [row["device"] for row in rows] == ["K80", "V100"]
        assert float(rows[0]["seconds_per_iteration"]) > float(rows[1]["seconds_per_iteration"])


def test_without_a_device_the_usual_ones_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["predict", "resnet18", "--batch", "8"]) == 0
    out = capsys.readouterr().out
    assert all(device in out for device in ("T4", "V100", "A100", "H100"))


def test_a_network_file_keeps_its_own_size(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "net.json"
    path.write_text(to_json(named_network("resnet18", image_px=96)), encoding="utf-8")
    assert run(["predict", str(path), "--batch", "8", "--device", "T4", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["image_px"] == 96
    assert run(["predict", str(path), "--batch", "8", "--image-px", "64"]) == 2
    assert "leave out --image-px" in capsys.readouterr().err


def test_a_measured_time_becomes_the_basis(capsys: pytest.CaptureFixture[str]) -> None:
    command = "predict resnet18 --batch 32 --device T4 --device V100 --measured T4=0.2 --format json"
    assert run(command.split()) == 0
    here, there = json.loads(capsys.readouterr().out)["predictions"]
    assert (here["basis"], there["basis"]) == ("measured", "anchored")
    assert here["seconds_per_iteration"] == pytest.approx(0.2, rel=0.03)


@pytest.mark.parametrize(
    ("command", "code", "words"),
    [
        ("resnet18 --batch 0", 2, "not 0"),
        ("resnet18 --batch 8 --gpus 0", 2, "--gpus"),
        ("resnet18 --batch x", 2, "whole number"),
        ("resnet18 --batch 8 --device T44", 3, "did you mean T4"),
        ("resnet51 --batch 8", 2, "did you mean resnet50"),
        ("inception_v3 --image-px 32 --batch 8", 2, "too small"),
        ("resnet18 --batch 8 --device MI300X", 3, "no timing model for MI300X"),
        ("resnet18 --batch 8 --instance p3.3xlarge", 3, "did you mean p3.2xlarge"),
        ("resnet18 --batch 8 --instance t3.medium", 3, "no GPU"),
        ("resnet18 --batch 8 --instance g4dn.xlarge --gpus 2", 2, "has 1 GPU"),
        ("resnet18 --batch 8 --measured T4", 2, "T4=0.123"),
        ("resnet18 --batch 8 --measured T4=-1", 2, "above 0"),
        ("resnet18 --batch 8 --device nothere.json", 2, "cannot be read"),
        ("nothere.json --batch 8", 2, "nothere.json"),
    ],
)
def test_bad_input_is_one_clear_line(command: str, code: int, words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["predict", *command.split()]) == code
    captured = capsys.readouterr()
    assert captured.out == ""
    assert words in captured.err
    assert captured.err.count("\n") == 1


def test_one_instance_without_a_model_does_not_hide_the_others(capsys: pytest.CaptureFixture[str]) -> None:
    command = "predict resnet18 --batch 8 --instance g4dn.xlarge --instance trn1.2xlarge --format json"
    assert run(command.split()) == 0
    captured = capsys.readouterr()
    assert [row["instance"] for row in json.loads(captured.out)["predictions"]] == ["g4dn.xlarge"]
    assert "trn1.2xlarge" in captured.err


@pytest.mark.parametrize("stack", ["nope", "tf2.6", "", "pytroch"])
def test_a_stack_that_nobody_measured_is_refused(stack: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["predict", "resnet18", "--batch", "8", "--device", "T4", "--stack", stack]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("predict:--stack: no measurement is of this stack, ")
    assert "known are tf2.5, torch" in told.err


@pytest.mark.parametrize("stack", ["tf2.5", "TF2.5", "pytorch"])
def test_a_stack_that_was_measured_is_taken(stack: str) -> None:
    assert run(["predict", "resnet18", "--batch", "8", "--device", "T4", "--stack", stack]) == 0


@pytest.mark.parametrize(
    ("measured", "precision", "said"),
    [
        ("T4=1e-300", "fp32", "faster than T4 computes"),
        ("T4=0.01", "fp32", "faster than T4 computes"),
        ("A100=0.002", "fp32", "faster than A100 computes"),
        ("H100=0.0002", "amp", "faster than H100 computes"),
        ("T4=1e300", "fp32", "longer than 1,000,000 s"),
    ],
)
def test_a_measured_step_that_cannot_be_is_refused(
    measured: str, precision: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["predict", "resnet50", "--batch", "32", "--device", "V100", "--measured", measured]
    assert run([*command, "--precision", precision]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert f"predict:--measured: {said}" in told.err


def test_every_published_step_can_be() -> None:
    """What the accuracy tables hold as measured is never called impossible: T4, V100, K80 at several precisions."""
    for measured in ("T4=0.30", "V100=0.09", "K80=0.6"):
        assert run(["predict", "resnet50", "--batch", "32", "--device", "M60", "--measured", measured]) == 0


def test_figures_have_no_exponent(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["predict", "vgg16", "--batch", "4096", "--device", "K80"]) == 0
    assert "e+" not in capsys.readouterr().out


@pytest.mark.parametrize("form", ["text", "md", "csv"])
def test_a_device_named_with_controls_prints_none(form: str, capsys: pytest.CaptureFixture[str]) -> None:
    run(["predict", "resnet18", "--batch", "1", "--device", "\x1bT4", "--format", form])
    told = capsys.readouterr()
    assert "\x1b" not in told.out + told.err


def test_images_that_are_not_square_and_other_channels(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["predict", "resnet18", "--input", "1,96,160", "--classes", "7", "--batch", "8", "--device", "T4"]) == 0
    assert "resnet18, 96x160 px" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("predict resnet18 --input 3,64 --batch 8", "takes one input of channels, height and width"),
        ("predict resnet18 --input 3,64,64 --image-px 64 --batch 8", "beside image_px"),
        ("predict resnet18 --input 3,wide --batch 8", "channels, height and width such as 3,64,64 are needed"),
        ("predict resnet18 --kwargs {} --input 3,64,64 --input 7 --batch 8", "takes one input of channels"),
        ("predict resnet18 --kwargs {broken --batch 8", "--kwargs:line 1: not JSON"),
        ('predict resnet18 --kwargs {"a":1,"a":2} --batch 8', "--kwargs: not JSON, the key 'a' stands twice"),
        ("predict resnet18 --kwargs [1] --batch 8", "--kwargs: a JSON object, not '[1]'"),
        ("predict resnet18 --batch 8 --measured T44=1", "predict:--measured: no device 'T44', did you mean T4"),
    ],
)
def test_sizes_that_make_no_sense_are_one_line(command: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(command.split()) == 2
    told = capsys.readouterr().err
    assert said in told
    assert len(told.splitlines()) == 1


@pytest.mark.parametrize("device", ["K80", "T4", "V100", "GTX 1080 Ti"])
def test_bf16_is_refused_where_it_is_emulated(device: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["predict", "resnet18", "--batch", "8", "--device", device, "--precision", "bf16"]) == 3
    assert f"no bf16 on {device}: " in capsys.readouterr().err


def test_a_stated_stack_and_host_stand_in_the_title(capsys: pytest.CaptureFixture[str]) -> None:
    command = ["predict", "resnet18", "--batch", "32", "--device", "T4"]
    assert run(command) == 0
    assert capsys.readouterr().out.splitlines()[0] == "resnet18, 224x224 px, batch 32 per GPU, default"
    assert run([*command, "--stack", "tuned", "--host", "g5"]) == 0
    assert capsys.readouterr().out.splitlines()[0].endswith(", default, tuned, host g5")
