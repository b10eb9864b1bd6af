"""stdout and stderr that the caller closed, or that are full: data lost is exit 2, words lost change no exit code."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

FAR = Path(__file__).parents[1] / "golden" / "verdicts" / "03-far-in-the-future.toml"
RETO = Path(__file__).parents[2] / "examples" / "reto.toml"
NEEDS_FULL = pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
DATA = [["--version"], ["networks"], ["schema"], ["sweep", str(RETO), "--over", "training.epochs=1,2"]]


def ended(words: list[str], redirected: str) -> subprocess.CompletedProcess[str]:
    """Run the program under a shell's redirections."""
    command = ["sh", "-c", f'"$@" {redirected}', "sh", sys.executable, "-m", "cloudcost", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


@pytest.mark.parametrize("words", DATA, ids=[each[0] for each in DATA])
def test_data_that_a_closed_stdout_loses_is_an_error(words: list[str]) -> None:
    done = ended(words, ">&-")
    assert done.returncode == 2
    assert done.stderr == "stdout: cannot be written, it is closed, give it a file or a pipe\n"


def test_a_verb_that_writes_a_file_needs_no_stdout(tmp_path: Path) -> None:
    done = ended(["init", str(tmp_path / "p.toml")], ">&-")
    assert (done.returncode, (tmp_path / "p.toml").exists()) == (0, True)


@NEEDS_FULL
@pytest.mark.parametrize("redirected", ["2>/dev/full", "2>&-"])
@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["compare", "no-such.toml"], 2),
        (["compare", "--no-such-flag"], 2),
        (["no-such-verb"], 2),
        (["compare", str(RETO), "--draws", "0", "--fail-over", "0.01"], 1),
    ],
    ids=["file", "flag", "verb", "limit"],
)
def test_words_that_stderr_loses_change_no_exit_code(words: list[str], code: int, redirected: str) -> None:
    assert ended(words, redirected).returncode == code


@NEEDS_FULL
def test_warnings_that_stderr_loses_leave_the_answer() -> None:
    asked = ["compare", str(FAR), "--draws", "0", "--today", "2026-11-22"]
    lost, told = ended(asked, "2>/dev/full"), ended(asked, "")
    assert told.stderr.startswith("warning: ")
    assert (lost.returncode, lost.stdout) == (told.returncode, told.stdout)


@NEEDS_FULL
def test_both_full_is_an_error() -> None:
    assert ended(["networks"], ">/dev/full 2>/dev/full").returncode == 2
    assert ended(["networks"], ">&- 2>&-").returncode == 2
