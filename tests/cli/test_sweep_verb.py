"""`cloudcost sweep` as a user meets it: rows on stdout, files, faults, a missing extra, Ctrl-C."""

from __future__ import annotations

import csv
import io
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cloudcost.cli import run

TODAY = ("--today", "2026-11-22")


def test_rows_go_to_stdout(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert run(["sweep", "--over", "training.runs=1,2", "--workers", "1", *TODAY]) == 0
    out, err = capfdbinary.readouterr()
    rows = list(csv.DictReader(io.StringIO(out.decode())))
    assert b"the bundled example" in err
    assert {row["training.runs"] for row in rows} == {"1", "2"}
    assert sum(row["cheapest"] == "True" for row in rows) == 2


def test_a_file_is_whole_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    over = ("--over", "training.runs=1:3", "--over", "option.Colab free.plan=free")
    assert run(["sweep", *over, "-o", str(path), *TODAY]) == 0
    assert [each.name for each in tmp_path.iterdir()] == ["rows.csv"]
    assert path.read_text().startswith("training.runs,option.Colab free.plan,option,")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--over", "training.bach=1"], "did you mean training.batch"),
        (["--over", "training.batch=1", "-o", "rows.xls"], "write .csv or .parquet"),
        (["--over", "training.batch=1", "-o", "/dev/null/rows.csv"], "cannot be written"),
        (["missing.toml", "--over", "training.batch=1"], "no such file"),
        (["--over", "training.batch=1", "--sample", "0"], "a whole number over 0"),
        ([], "--over"),
    ],
)
def test_faults_end_with_2(
    words: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["sweep", *words, *TODAY]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert said in err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("module", "words", "extra"),
    [("pyarrow", ["-o", "rows.parquet"], "parquet"), ("distributed", ["--dask", "tcp://localhost:1"], "dask")],
)
def test_a_missing_extra_is_named(
    module: str, words: list[str], extra: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None if name == module else object())
    assert run(["sweep", "--over", "training.runs=1", *words, *TODAY]) == 2
    assert f"needs the extra '{extra}': pip install {module}\n" in capsys.readouterr().err


@pytest.mark.skipif(os.name != "posix", reason="signals as on POSIX")
@pytest.mark.parametrize("workers", ["1", "2"])
def test_an_interruption_leaves_whole_rows_and_says_where(tmp_path: Path, workers: str) -> None:
    path = tmp_path / "rows.csv"
    part = tmp_path / "rows.csv.part"
    words = ["--over", "training.runs=1:1000", "--over", "project.machines=1:400", "--workers", workers]
    process = subprocess.Popen(
        [sys.executable, "-m", "cloudcost", "sweep", *words, "-o", str(path), *TODAY],
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    end = time.monotonic() + 60
    while sum(each.stat().st_size for each in tmp_path.glob(".cloudcost-*")) < 1000 and time.monotonic() < end:
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "rows.csv.part" in said
    assert "Traceback" not in said
    assert not path.exists()
    rows = list(csv.reader(io.StringIO(part.read_text())))
    assert len(rows) > 1000
    assert {len(row) for row in rows} == {13}
    assert [each.name for each in tmp_path.iterdir()] == ["rows.csv.part"]


@pytest.mark.skipif(os.name != "posix", reason="signals as on POSIX")
def test_a_request_to_end_leaves_nothing_and_says_so(tmp_path: Path) -> None:
    words = ["--over", "training.runs=1:1000", "--over", "project.machines=1:400", "--workers", "2"]
    process = subprocess.Popen(
        [sys.executable, "-m", "cloudcost", "sweep", *words, "-o", str(tmp_path / "rows.csv"), *TODAY],
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    end = time.monotonic() + 60
    while sum(each.stat().st_size for each in tmp_path.glob(".cloudcost-*")) < 1000 and time.monotonic() < end:
        time.sleep(0.02)
    process.terminate()
    _, said = process.communicate(timeout=60)
    assert (process.returncode, said.splitlines()[-1]) == (143, "terminated")
    assert list(tmp_path.iterdir()) == []
