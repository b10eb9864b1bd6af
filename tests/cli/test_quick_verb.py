"""`quick` as a newcomer types it: one screen answers, what is missing is named, what it assumed can be saved."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import sys
from pathlib import Path

import pytest

from cloudcost.cli import run
from cloudcost.render.tables.columns import display_width

ASKED = ["quick", "resnet18", "--images", "60k", "--epochs", "5", "--runs", "3", "--today", "2026-11-22"]


def test_one_screen_answers(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*ASKED, "--gpu", "geforce rtx 3060"]) == 0
    rows = capsys.readouterr().out.splitlines()
    assert len(rows) <= 25
    assert max(map(display_width, rows)) <= 80
    assert rows[0] == "Answer: your RTX 3060, on your own machine"
    assert [row.partition(":")[0] for row in rows[1:4]] == ["Price and time", "Risk", "Next best"]
    assert "that it takes longer than 4 days" in rows[2]
    assert "what would change it" in rows
    assert rows[-1].startswith("224 px, batch 32; ")
    assert rows[-1].endswith("--assumptions; as a file: --save project.toml")


def test_without_a_gpu_the_cloud_alone_is_compared_and_that_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(ASKED) == 0
    first = " ".join(capsys.readouterr().out.splitlines()[:2])
    assert "in the cloud (no --gpu, so that no machine of your own is compared)" in first


def test_the_small_print_is_there_when_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*ASKED, "--gpu", "RTX 3060", "--assumptions"]) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert "assumed - " in out
    assert "rows of the price book considered" in out


def test_what_it_assumed_is_a_project_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "project.toml"
    assert run([*ASKED, "--gpu", "RTX 3060", "--save", str(path), "--format", "json"]) == 0
    quick = {each["name"]: each["total_usd"] for each in json.loads(capsys.readouterr().out)["options"]}
    assert run(["compare", str(path), "--today", "2026-11-22", "--draws", "0", "--format", "json"]) == 0
    compared = {each["name"]: each["total_usd"] for each in json.loads(capsys.readouterr().out)["options"]}
    assert compared == quick
    assert "assumed: 110 kB an image" in path.read_text(encoding="utf-8")
    assert run([*ASKED, "--save", str(path)]) == 2
    assert "project.toml" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("flags", "fault"),
    [
        (["quick"], "quick: missing, NETWORK (resnet50), --images (pictures of the data set), --epochs (times that"),
        (
            ["quick", "resnet18", "--images", "100", "--runs", "2"],
            "--epochs (times that a run goes through all images); as in: cloudcost quick resnet18 --images 100 ",
        ),
        ([*ASKED, "--epochs", "many"], "--epochs: no whole number from 1 to 1,000,000, 'many', write 38"),
        ([*ASKED, "--images", "1.5"], "--images: no whole number from 1 to 1,000,000,000,000, '1.5', write 60000"),
        ([*ASKED, "--country", "Atlantis"], "--country: not known, 'Atlantis', "),
        ([*ASKED, "--images", "60.000"], "--images: a decimal point or thousands, '60.000', write 60000"),
        ([*ASKED, "--epoch", "3"], "unrecognized arguments: --epoch 3; did you mean --epochs? (see cloudcost --help)"),
        ([*ASKED, "--region", "Europe"], 'no code of a region, "Europe", Europe has eu-central-1, '),
        (
            ["quick", "qqqq", *ASKED[2:]],
            "cloudcost networks lists them; of any other a network JSON, package.",
        ),
        (["quick", "vit base", *ASKED[2:]], "did you mean vit_b_"),
        ([*ASKED, "--gpu", " "], "--gpu: no name of a GPU, ' ', leave it out for the cloud alone"),
        ([*ASKED, "--size", ""], "--size: not stated, '', write it with its unit, such as '7 GB', or leave it out"),
        ([*ASKED, "--days", "-1"], "--days: no number of days above 0, '-1', write 4"),
        ([*ASKED, "--gpu", "RTX 4099"], "did you mean RTX 4090"),
        ([*ASKED, "--size", "7 foo"], "quick:dataset.size: "),
        (["quick", "resnet19", *ASKED[2:]], "did you mean resnet18"),
        (["quick", "GPT-2", *ASKED[2:]], "it is a language model, and networks of images alone are known here; of any"),
        (["quick", "yolo v8", *ASKED[2:]], "it is a detector, which has more than its CNN, and no detector is known"),
        (["quick", "mobilenet_v3", *ASKED[2:]], "did you mean mobilenet_v3_small or mobilenet_v3_large?"),
        (["quick", "yolo", "v8", *ASKED[2:]], "unrecognized arguments: v8; a name or a size of several words goes in"),
        ([*ASKED, "--images", "data/train"], "to count the files of a folder: find data/train -type f | wc -l"),
        ([*ASKED, "--images", "-5000"], "--images: no whole number from 1 to 1,000,000,000,000, '-5000'"),
        ([*ASKED, "--images", "1,5"], "--images: a decimal comma or thousands, '1,5', write it without the comma"),
        ([*ASKED, "--images", "1,2M"], "--images: a decimal comma or thousands, '1,2M'"),
        ([*ASKED, "--gpu", "8GB"], "--gpu: a size of memory, '8GB', write the GPU's name, which nvidia-smi shows"),
        (
            [*ASKED, "--budget", "50€"],
            "in USD, not '50€': write the dollars; --currency EUR=0.92 shows a second column",
        ),
        ([*ASKED, "--budget", "20 pesos"], "a budget is in USD, not '20 pesos'"),
        ([*ASKED, "--budget", "0"], "a budget is above 0 USD, not '0': a shell takes $50 for 0, write 50 or '$50'"),
        ([*ASKED, "--budget", "1.500"], "'1.500' reads in two ways, write 1500 or 1.50"),
        ([*ASKED, "--budget", "-3"], "an amount of USD is a number that is not negative"),
    ],
)
def test_a_missing_or_wrong_fact_is_named(flags: list[str], fault: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(flags) == 2
    err = capsys.readouterr().err
    assert fault in " ".join(err.split())
    assert len(err.splitlines()) == 1


@pytest.mark.parametrize("gpu", [["--gpu", "RTX 3050 laptop"], ["--gpu", "GTX 970", "--days", "2"], []])
def test_an_answer_with_waits_and_an_own_machine_that_cannot_is_one_screen(
    gpu: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["quick", "vgg19", "--images", "10000", "--epochs", "30", "--runs", "5", "--today", "2026-11-22"]
    assert run([*asked, *gpu]) == 0
    assert len(capsys.readouterr().out.splitlines()) <= 25


def test_all_faults_of_a_question_are_named_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    wrong = ["quick", "resnet19", "--images", "many", "--epochs", "x", "--runs", "0", "--gpu", "8GB", "--days", "no"]
    assert run([*wrong, "--country", "Germnay"]) == 2
    named = [row.partition(":")[0] for row in capsys.readouterr().err.splitlines()]
    assert named == ["NETWORK", "--images", "--epochs", "--runs", "--gpu", "--days", "--country"]


def test_a_missing_fact_keeps_what_was_typed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["quick", "alexnet", "--images", "16k", "--epochs", "25", "--gpu", "GTX 1660 Super"]) == 2
    typed = "cloudcost quick alexnet --images 16k --epochs 25 --runs 15 --gpu 'GTX 1660 Super'"
    assert capsys.readouterr().err.rstrip().endswith(typed)


def test_several_gpus_of_the_own_machine_are_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "project.toml"
    assert run([*ASKED, "--gpu", "2x RTX 3060", "--save", str(path), "--format", "json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["own"] == "your 2 x RTX 3060"
    assert answer["verdict_parts"]["answer"] == "your 2 x RTX 3060, on your own machine"
    assert "gpus = 2" in path.read_text(encoding="utf-8")


def test_a_time_that_nothing_meets_says_what_would_do_it(capsys: pytest.CaptureFixture[str]) -> None:
    """The days that are named do do it."""
    hard = ["quick", "resnet101", "--images", "1.2M", "--epochs", "90", "--runs", "5", "--today", "2026-11-22"]
    assert run([*hard, "--days", "1h", "--budget", "10"]) == 3
    out = capsys.readouterr().out
    assert len(out.splitlines()) <= 8
    days = " ".join(out.split()).partition("(--days ")[2].partition(")")[0]
    assert "whatever it costs: " in " ".join(out.split())
    assert run([*hard, "--days", days]) == 0


def test_a_gpu_without_a_time_says_the_way_on(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*ASKED, "--gpu", "Arc A770"]) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert "your Arc A770: " in out


def test_names_with_quotes_break_no_file(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["quick", 'a"b\nc', *ASKED[2:]]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_a_budget_that_nothing_meets_says_why(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*ASKED, "--budget", "0.001"]) == 3
    assert "Answer: nothing of the price book qualifies: " in capsys.readouterr().out


def test_on_a_terminal_what_is_not_told_is_asked_until_it_can_be_read() -> None:
    """Each fact in turn, wrong answers again; the answers are those of the flags."""
    answers = ["resnet19", "resnet18", "many", "60k", "5", "3", "RTX 4099", "RTX 3060"]
    pid, terminal = pty.fork()
    if pid == 0:  # pragma: no cover
        os.execv(sys.executable, [sys.executable, "-m", "cloudcost", "quick", "--today", "2026-11-22"])
    told = ""
    for answer in answers:
        while not told.endswith("? "):
            told += os.read(terminal, 65536).decode()
        os.write(terminal, f"{answer}\n".encode())
        told += os.read(terminal, len(answer)).decode()
    with contextlib.suppress(OSError):  # the end of a terminal
        while part := os.read(terminal, 65536):
            told += part.decode()
    os.close(terminal)
    assert os.waitpid(pid, 0)[1] == 0
    assert "did you mean resnet18" in told
    assert "--images: no whole number" in told
    assert "did you mean RTX 4090" in told
    assert "Answer: your RTX 3060, on your own machine" in told


@pytest.mark.parametrize(("written", "days"), [("2 weeks", "14 days"), ("36 h", "1.5 days"), ("4 days", "4 days")])
def test_a_time_may_have_its_unit(written: str, days: str, tmp_path: Path) -> None:
    path = tmp_path / "project.toml"
    assert run([*ASKED, "--days", written, "--budget", "$500", "--save", str(path)]) == 0
    assert f'duration = "{days}"' in path.read_text(encoding="utf-8")
