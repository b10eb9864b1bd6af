"""Bad and odd input at the command line: exit 2, one clear line each, nothing half written."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from cloudcost.cli import run

USAGE = "service,region,usage_type,quantity,unit\n"
PROJECT = """
[project]
name = "p"
region = "us-east-1"
duration = "4 days"
[dataset]
images = 1000
size = "1 GB"
[[training]]
network = "resnet18"
image_px = 64
batch = 32
epochs = 1
runs = 3
[[option]]
name = "mine"
kind = "local"
device = "RTX 3060"
owned = true
country = "MEX"
"""
TODAY = ["--today", "2026-12-01", "--draws", "10"]


def _compare(path: Path, text: str) -> int:
    path.write_text(text, encoding="utf-8")
    return run(["compare", str(path), *TODAY])


def test_a_pipe_is_written_to_and_stays_a_pipe(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read: list[str] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_text(encoding="utf-8")), daemon=True)
    reader.start()
    assert run(["init", "--force", str(pipe)]) == 0
    reader.join(10)
    assert pipe.is_fifo()
    assert read
    assert "[project]" in read[0]


def test_a_file_name_that_is_too_long_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["init", "x" * 300]) == 2
    assert capsys.readouterr().err.startswith("xxx")


def test_nothing_is_printed_where_the_figures_cannot_be_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project = tmp_path / "p.toml"
    project.write_text(PROJECT, encoding="utf-8")
    assert run(["compare", str(project), "--plot", str(project), *TODAY]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err == f"--plot: {project}: figures are written as .svg or .png, not '.toml', choose one of the two\n"


def test_a_usage_file_without_end_is_not_read_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("cloudcost.bills.usage_csv.LONGEST_FILE", 1 << 20)
    path = tmp_path / "u.csv"
    path.write_bytes(b"x" * ((1 << 20) + 1))
    assert run(["price", str(path)]) == 2
    assert capsys.readouterr().err == f"{path}: over 1 MiB, too long for usage, price it in parts\n"


def test_a_line_break_in_a_cell_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "u.csv"
    path.write_text(USAGE + '"Amazon\nS3",us-east-1,TimedStorage-ByteHrs,1,GB-Mo\n', encoding="utf-8")
    assert run(["price", str(path)]) == 2
    assert (
        capsys.readouterr().err == f"{path}:3: service has a character that is not printed, 'Amazon\\nS3', remove it\n"
    )


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("runs = 3", "runs = {mean = 5, dispersion = 1e-300}", "dispersion: less than 0.001, 1e-300"),
        (
            "runs = 3",
            'runs = 3\nprofile = "a\\u0000"',
            "cannot be read, no valid path, write it with cloudcost profile",
        ),
        ('"resnet18"', '"a\\u0000.json"', "cannot be read, no valid path"),
    ],
)
def test_a_project_with_an_odd_value_is_one_line(
    old: str, new: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _compare(tmp_path / "p.toml", PROJECT.replace(old, new)) == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1


def test_a_network_with_a_byte_order_mark_is_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["networks", "resnet18"]) == 0
    text = capsys.readouterr().out
    path = tmp_path / "n.json"
    path.write_text(text, encoding="utf-8-sig")
    assert run(["networks", str(path)]) == 0
    assert capsys.readouterr().out == text


@pytest.mark.parametrize(
    "arguments",
    [
        ["compare", "--seed", "9" * 5000],
        ["predict", "resnet18", "--batch", "9" * 5000],
        ["predict", "resnet18", "--batch", "8", "--device", "no such thing at all"],
    ],
)
def test_no_message_is_longer_than_a_few_lines(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(arguments) in {2, 3}
    assert 0 < len(capsys.readouterr().err) < 500


def test_a_number_of_thousands_of_digits_in_a_network(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "n.json"
    path.write_text('{"schema": ' + "9" * 5000 + "}", encoding="utf-8")
    assert run(["networks", str(path)]) == 2
    assert capsys.readouterr().err == f"{path}: not JSON, a number of 5000 digits, write one with cloudcost networks\n"


@pytest.mark.parametrize(
    ("instance", "remedy"),
    [
        (
            "Standard_NC6s_v33",
            "did you mean Standard_NC6s_v3 or Standard_NC12s_v3? cloudcost prices list --service Azure lists all, or "
            "state usd_per_hour and device",
        ),
        ("gpu_1x_zzz", "cloudcost prices list --service Azure lists them, or state usd_per_hour and device"),
    ],
)
def test_an_unknown_machine_of_another_cloud_says_what_to_do(
    instance: str, remedy: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    option = f'[[option]]\nname = "l"\nkind = "cloud"\nprovider = "azure"\ninstance = "{instance}"\n'
    option += 'region = "eastus"\n'
    assert _compare(tmp_path / "p.toml", PROJECT + option) == 2
    assert capsys.readouterr().err == f'p.toml:option[1].instance: unknown machine type, "{instance}", {remedy}\n'


@pytest.mark.parametrize(("closed", "code"), [(">&- 2>&-", 2), ("nope 2>&-", 2), ("nope >&- 2>&-", 2)])
def test_closed_streams_are_no_traceback_and_do_not_swap(closed: str, code: int) -> None:
    command = f'"{sys.executable}" -m cloudcost networks {closed}'
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (code, "", "")


def test_a_network_s_name_reaches_no_terminal_raw(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    op = '{"kind": "relu", "name": "r", "inputs": [[3, 8, 8]], "output": [3, 8, 8]}'
    path = tmp_path / "n.json"
    path.write_text(f'{{"name": "x\\u001b[31m", "input": [3, 8, 8], "ops": [{op}]}}', encoding="utf-8")
    assert run(["predict", str(path), "--batch", "8", "--device", "T4"]) == 0
    assert capsys.readouterr().out.startswith("x?[31m, 8x8 px")


def test_a_device_measured_twice_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    twice = ["--measured", "T4=0.1", "--measured", "T4=0.2"]
    assert run(["predict", "resnet18", "--batch", "8", *twice]) == 2
    assert capsys.readouterr().err == "predict:--measured: T4 twice, 'T4=0.2', keep one\n"
