"""`init` and `schema`, as a user calls them."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from cloudcost.cli import run
from cloudcost.project.bundled import bundled_project_text
from cloudcost.project.describe.reference import project_reference
from cloudcost.project.describe.schema import project_schema
from cloudcost.project.file import read_project


def test_init_writes_a_file_that_reads_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["init"]) == 0
    assert [path.name for path in tmp_path.iterdir()] == ["project.toml"]
    assert read_project(Path("project.toml"), today=date(2026, 11, 22)).name == "my project"


def test_init_keeps_a_file_that_is_there_unless_forced(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "mine.toml"
    path.write_text("mine")
    assert run(["init", str(path)]) == 2
    assert path.read_text() == "mine"
    assert capsys.readouterr().err == (f"{path}: there is a file already, {path}, choose another path or use --force\n")
    assert run(["init", str(path), "--force"]) == 0
    assert path.read_text() == bundled_project_text("template")


def test_init_does_not_follow_a_dangling_link(tmp_path: Path) -> None:
    (tmp_path / "link.toml").symlink_to(tmp_path / "nowhere.toml")
    assert run(["init", str(tmp_path / "link.toml")]) == 2
    assert not (tmp_path / "nowhere.toml").exists()


def test_init_writes_to_stdout(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["init", "-"]) == 0
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == (bundled_project_text("template"), "")


@pytest.mark.parametrize("path", [".", "/proc/none/project.toml", "", "a\0b"])
def test_init_on_a_path_that_cannot_be_written(
    path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["init", path]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_schema_prints_json_schema(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["schema"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed == project_schema()
    assert printed["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_schema_prints_the_reference_page(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["schema", "--format", "md"]) == 0
    assert capsys.readouterr().out == project_reference()


def test_schema_prints_the_names_that_keys_take(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["schema", "--format", "names"]) == 0
    printed = capsys.readouterr().out
    assert all(len(line) <= 80 for line in printed.splitlines())
    for name in ("eu-west-1", "RTX 3060", "A100-80GB", "paperspace", "europe-west4", "Mexico", "aws-2026-11"):
        assert name in printed
