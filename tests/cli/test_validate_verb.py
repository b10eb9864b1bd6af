"""``cloudcost validate``: files that compare would answer, and every fault of those that it would not."""

from __future__ import annotations

from pathlib import Path

import pytest

from cloudcost.cli import run

RIGHT = """[dataset]
images = 6000
size = "1 GB"
[[training]]
network = "resnet18"
epochs = 3
[[option]]
kind = "ec2"
instance = "g4dn.xlarge"
[[option]]
kind = "ec2"
instance = "p3.2xlarge"
"""
DAY = ["--today", "2026-11-22"]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name, text in (
        ("project.toml", RIGHT),
        ("names/project.toml", RIGHT.replace("resnet18", "resnet1").replace("g4dn", "g4dm")),
        ("files/project.toml", RIGHT.replace("epochs = 3", 'epochs = 3\nprofile = "gone.json"')),
        ("toml/project.toml", RIGHT.replace("images = 6000", "images =")),
    ):
        Path(name).parent.mkdir(exist_ok=True)
        Path(name).write_text(text, encoding="utf-8")
    return tmp_path


def test_a_right_file_says_how_many_options_can_be_had(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["validate", *DAY]) == 0
    assert capsys.readouterr().out == "project.toml: right, 1 of 2 options can be had\n"  # p3 can no longer be started


def test_every_fault_of_every_file_is_told_under_its_own_path(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    paths = ["names/project.toml", "project.toml", "files/project.toml", "toml/project.toml", "none/project.toml"]
    assert run(["validate", *paths, *DAY]) == 2
    told = capsys.readouterr()
    assert told.out == "project.toml: right, 1 of 2 options can be had\n"
    lines = told.err.splitlines()
    assert [line.partition(":")[0] for line in lines] == [paths[0], paths[0], *paths[2:]]
    assert "unknown network" in lines[0]
    assert "unknown machine type" in lines[1]
    assert "gone.json" in lines[2]
    assert "no such file" in lines[4]


def test_a_file_named_twice_is_checked_once(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["validate", "project.toml", "project.toml", *DAY]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 1


def test_a_right_file_is_one_that_compare_answers(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for path in sorted(folder.rglob("project.toml")):
        compared = run(["compare", str(path), "--draws", "0", *DAY])
        assert (run(["validate", str(path), *DAY]) == 2) is (compared == 2)
