"""Ctrl-C and SIGTERM end with one line and their code whenever they come; a full disk is told, help included."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cloudcost.cli import run, signals

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals as on POSIX")

CODES = {signal.SIGINT: (130, "interrupted\n"), signal.SIGTERM: (143, "terminated\n")}
WAIT = (
    "import sys, time, cloudcost.cli as cli\n"
    "def wait(_):\n    print('at work', flush=True)\n    time.sleep(60)\n"
    "cli._run = wait\n"
    "from cloudcost.__main__ import main\n"
    "sys.exit(main())\n"
)
"""The program, at work until something ends it."""


def started(*words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )


@pytest.mark.parametrize("number", CODES)
def test_a_signal_at_work_is_one_line_and_its_code(number: signal.Signals) -> None:
    process = started("-c", WAIT)
    assert process.stdout is not None
    assert process.stdout.readline() == "at work\n"
    process.send_signal(number)
    _, said = process.communicate(timeout=30)
    assert (process.returncode, said) == CODES[number]


@pytest.mark.parametrize("number", CODES)
def test_a_signal_while_modules_load_is_one_line_and_its_code(number: signal.Signals) -> None:
    """What loads the command line is held up, as a slow disk would do."""
    code = WAIT.replace("import sys, time, cloudcost.cli as cli\n", "import sys, time\n").partition("def wait")[0] + (
        "import builtins\nplain = builtins.__import__\n"
        "def slow(name, *rest):\n"
        "    if name == 'cloudcost.cli':\n        print('loading', flush=True)\n        time.sleep(60)\n"
        "    return plain(name, *rest)\n"
        "from cloudcost.__main__ import main\nbuiltins.__import__ = slow\nsys.exit(main())\n"
    )
    process = started("-c", code)
    assert process.stdout is not None
    assert process.stdout.readline() == "loading\n"
    process.send_signal(number)
    _, said = process.communicate(timeout=30)
    assert (process.returncode, said) == CODES[number]


@pytest.mark.parametrize("number", CODES)
def test_a_signal_that_python_drops_in_a_callback_counts_a_moment_later(number: signal.Signals) -> None:
    """Raised within a weak reference's callback, where an import's locks have theirs, an exception goes nowhere."""
    code = WAIT.replace(
        "    print('at work', flush=True)\n    time.sleep(60)\n",
        "    import os, weakref\n    class Held: pass\n    held = Held()\n"
        f"    kept = weakref.ref(held, lambda _: os.kill(os.getpid(), {int(number)}))\n"
        "    del held\n    time.sleep(60)\n",
    )
    process = started("-c", code)
    _, said = process.communicate(timeout=30)
    assert (process.returncode, said) == CODES[number]


@pytest.mark.slow
@pytest.mark.parametrize("number", CODES)
def test_a_signal_at_any_moment_ends_without_a_traceback(number: signal.Signals) -> None:
    for moment in range(12):
        process = started("-m", "cloudcost", "compare", "--draws", "0", "--today", "2026-11-22")
        time.sleep(0.03 * moment)
        process.send_signal(number)
        _, said = process.communicate(timeout=30)
        # before the program's first line it is Python that is ended
        assert "Traceback" not in said or "cloudcost" not in said
        assert process.returncode in {0, CODES[number][0], -number} or re.search("import (site|runpy)", said)


SWEEP = ["-m", "cloudcost", "sweep", "p.toml", "--over", "training.runs=1:2000", "--over", "project.machines=1:2000"]


def swept(folder: Path) -> subprocess.Popen[str]:
    """A sweep of two processes that would take hours."""
    from cloudcost.project.bundled import bundled_project_text

    (folder / "p.toml").write_text(bundled_project_text("reto"), encoding="utf-8")
    words = [sys.executable, *SWEEP, "-o", "s.csv", "--workers", "2"]
    return subprocess.Popen(words, cwd=folder, stderr=subprocess.PIPE, text=True, start_new_session=True)


def await_file(folder: Path, *, rows: bool) -> None:
    """Return once a sweep has begun its file, or has written its first rows to it."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        sizes = [each.stat().st_size for each in folder.glob(".cloudcost-*")]
        if any(sizes) or (sizes and not rows):
            return
        time.sleep(0.02)


def all_end(group: int) -> bool:
    """Return whether every process of a group ends in time."""
    for _ in range(200):
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    os.killpg(group, signal.SIGKILL)
    return False


@pytest.mark.slow
@pytest.mark.parametrize("number", CODES)
@pytest.mark.parametrize("to_all", [False, True], ids=["one", "group"])
def test_a_sweep_ends_with_its_processes_and_without_a_traceback(
    number: signal.Signals, to_all: bool, tmp_path: Path
) -> None:
    # Processes start, or rows are written, which test_sweep_verb.py has for the other two.
    for rows in (False, True) if to_all == (number == signal.SIGTERM) else (False,):
        process = swept(tmp_path)
        await_file(tmp_path, rows=rows)
        for _ in range(2):  # Ctrl-C is often pressed twice
            os.killpg(process.pid, number) if to_all else process.send_signal(number)
        _, said = process.communicate(timeout=30)
        assert process.returncode == CODES[number][0]
        assert all_end(process.pid)
        assert said.count("\n") == 1
        assert {each.name for each in tmp_path.iterdir()} <= {"p.toml", "s.csv.part"}


@pytest.mark.slow
def test_a_killed_sweep_leaves_no_process_behind(tmp_path: Path) -> None:
    process = swept(tmp_path)
    await_file(tmp_path, rows=True)
    process.kill()
    process.communicate(timeout=30)
    assert all_end(process.pid)


def test_an_error_that_wraps_an_interruption_counts_as_one(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def wrapped(_: list[str]) -> int:
        raise RuntimeError("Error calling __set_name__") from KeyboardInterrupt()

    monkeypatch.setattr("cloudcost.cli._run", wrapped)
    monkeypatch.setattr(signals, "received", [int(signal.SIGINT)])
    monkeypatch.setattr(signals, "end_at_once", lambda: None)
    assert run([]) == 130
    assert capsys.readouterr().err == "interrupted\n"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize("words", [["--help"], ["compare", "--help"], ["--version"], ["schema"], ["networks"]])
def test_a_full_disk_is_told(words: list[str]) -> None:
    with open("/dev/full", "w") as full:  # noqa: PTH123 (a device)
        done = subprocess.run(
            [sys.executable, "-m", "cloudcost", *words], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert done.returncode == 2
    assert done.stderr == "stdout: cannot be written, No space left on device, free some space\n"
