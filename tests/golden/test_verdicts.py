"""What `compare` answers to projects with a fault or a trap in them, word for word: one project, one page each.

The projects are tests/golden/verdicts/*.toml, each with its trap told in its first comment. A page holds the exit code,
what goes to stderr, and what is printed. Read it before it is written anew: no sentence may claim more than was
computed.
``UPDATE_GOLDEN=1 pytest tests/golden/test_verdicts.py`` writes the pages.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from cloudcost.cli import run

FOLDER = Path(__file__).parent / "verdicts"
PROJECTS = sorted(FOLDER.glob("*.toml"))
MANY = re.compile(
    r"(?<![\d.,:-])1 (?:months|years|weeks|days|hours|minutes|runs|epochs|steps|machines|GPUs|images|options|changes|"
    r"rows|lines|objects|requests|volumes|scenarios|draws)\b"
)
"""One thing that is counted as many."""


@pytest.mark.parametrize("project", PROJECTS, ids=lambda path: path.stem)
def test_a_verdict_says_what_it_said_when_it_was_read(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(FOLDER)
    code = run(["compare", project.name, "--today", "2026-11-22", "--draws", "500", "--assumptions"])
    told = capsys.readouterr()
    page = f"exit {code}\n--- stderr\n{told.err}--- stdout\n{told.out}"
    pinned = project.with_suffix(".txt")
    if os.environ.get("UPDATE_GOLDEN"):
        pinned.write_text(page, encoding="utf-8")
    assert pinned.read_text(encoding="utf-8") == page


@pytest.mark.parametrize("folder", [FOLDER, FOLDER.parents[2] / "docs"], ids=["verdicts", "docs"])
def test_no_page_counts_one_thing_as_many(folder: Path) -> None:
    pages = [path for path in sorted(folder.rglob("*")) if path.suffix in {".txt", ".md"}]
    assert pages
    wrong = [(path.name, found) for path in pages for found in MANY.findall(path.read_text(encoding="utf-8"))]
    assert not wrong
