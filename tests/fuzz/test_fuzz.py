"""The fuzzing starts from inputs that work, and a short run breaks no rule; `fuzz.py` says how to run a long one."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

FUZZ = Path(__file__).with_name("fuzz.py")


def run_fuzz(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, str(FUZZ), *words], capture_output=True, text=True, check=False)


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="limits and signals as on POSIX")
def test_some_mutated_inputs_break_no_rule() -> None:
    done = run_fuzz("--inputs", "250", "--seed", "2026", "--workers", "2", "--light")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "broke a rule: 0" in done.stdout


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="limits and signals as on POSIX")
def test_every_example_works_before_it_is_mutated() -> None:
    done = run_fuzz("--examples")
    assert done.returncode == 0, done.stdout + done.stderr
