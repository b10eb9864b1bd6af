"""`cloudcost report`: one file, whole or not at all, the same bytes for the same day and seed."""

from __future__ import annotations

from pathlib import Path

import pytest

from cloudcost.cli import run

PROJECT = """
[project]
name = "a <b> & c"
region = "us-east-1"
duration = "4 days"
start = 2026-11-22

[dataset]
images = 1000
size = "1 GB"

[[training]]
network = "resnet18"
image_px = 224
batch = 32
epochs = 2
runs = 3
hours_per_run = 1
hours_per_run_on = "T4"

[[option]]
name = "cloud"
kind = "ec2"
instance = "g4dn.xlarge"

[[option]]
name = "own"
kind = "local"
owned = true
device = "RTX 3060"
watts = 300
country = "MEX"
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    path = tmp_path / "project.toml"
    path.write_text(PROJECT, encoding="utf-8")
    return path


def test_report_writes_one_page_that_names_no_other_file(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out.html"
    assert run(["report", str(project), "-o", str(out), "--today", "2026-11-22", "--draws", "100"]) == 0
    assert "The cheapest layout of the data set" in out.read_text(encoding="utf-8")
    page = out.read_text(encoding="utf-8")
    assert capsys.readouterr().out == ""
    assert page.startswith("<!DOCTYPE html>")
    assert "a &lt;b&gt; &amp; c" in page
    assert "<b> & c" not in page
    for forbidden in ("src=", "@import", "url(", "http-equiv=refresh", "<iframe"):
        assert forbidden not in page
    assert "100 scenarios with seed 1" in page
    assert page.index('id="verdict"') < page.index('id="totals-title"') < page.index('id="sources-title"')
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_the_same_day_and_seed_write_the_same_bytes(project: Path, tmp_path: Path) -> None:
    pages = []
    for name in ("a.html", "b.html"):
        line = ["report", str(project), "-o", str(tmp_path / name), "--today", "2026-11-22", "--draws", "50"]
        assert run([*line, "--seed", "7"]) == 0
        pages.append((tmp_path / name).read_bytes())
    assert pages[0] == pages[1]


def test_without_a_simulation_the_page_says_that_there_are_no_bands(project: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.html"
    assert run(["report", str(project), "-o", str(out), "--today", "2026-11-22", "--draws", "0"]) == 0
    assert "No bands: the totals were not simulated." in out.read_text(encoding="utf-8")


def test_a_path_that_cannot_be_written_is_named(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "taken").write_text("a file", encoding="utf-8")
    out = tmp_path / "taken" / "out.html"
    assert run(["report", str(project), "-o", str(out), "--today", "2026-11-22", "--draws", "0"]) == 2
    assert f"{out}: cannot be written" in capsys.readouterr().err


def test_where_nothing_can_be_priced_the_page_says_why(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = PROJECT.replace('region = "us-east-1"', 'region = "me-central-1"').partition('[[option]]\nname = "own"')[0]
    project.write_text(text, encoding="utf-8")
    out = tmp_path / "out.html"
    assert run(["report", str(project), "-o", str(out), "--today", "2026-11-22", "--draws", "0", "--no-assumed"]) == 3
    assert "No option can be priced: cloud: no price for" in out.read_text(encoding="utf-8")
    assert "cloud: " in capsys.readouterr().err


QUICK = ("--today", "2026-11-22", "--draws", "0")


def test_a_page_that_is_there_is_kept_unless_forced(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out.html"
    out.write_text("mine", encoding="utf-8")
    assert run(["report", str(project), "-o", str(out), *QUICK]) == 2
    assert out.read_text(encoding="utf-8") == "mine"
    assert "there is a file already" in capsys.readouterr().err
    assert run(["report", str(project), "-o", str(out), "--force", *QUICK]) == 0
    assert out.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


@pytest.mark.parametrize("way", ["itself", "link"])
def test_a_page_never_takes_the_place_of_the_project(
    way: str, project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = project if way == "itself" else tmp_path / "link.html"
    if way == "link":
        out.symlink_to(project)
    assert run(["report", str(project), "-o", str(out), "--force", *QUICK]) == 2
    assert "is what is read" in capsys.readouterr().err
    assert project.read_text(encoding="utf-8") == PROJECT


@pytest.mark.parametrize("runs", ["{mean = 150}", "[1, 150, 180, 240]", "{low = 1, mode = 120, high = 200}", "1000000"])
@pytest.mark.parametrize("hours", ["0.1", "24"])
def test_inputs_far_from_their_middle_are_reported(runs: str, hours: str, project: Path, tmp_path: Path) -> None:
    text = PROJECT.replace("epochs = 2", f"epochs = {runs}")
    text = text.replace("[dataset]", f"hours_per_day = {hours}\n[dataset]", 1)
    project.write_text(text, encoding="utf-8")
    assert run(["report", str(project), "-o", str(tmp_path / "out.html"), *QUICK]) in {0, 3}
    assert run(["compare", str(project), "--explain", *QUICK]) in {0, 3}
