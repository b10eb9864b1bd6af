"""The example notebook runs from top to bottom, and what is shown are a table and figures."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

NOTEBOOK = Path(__file__).parents[3] / "docs" / "how-to" / "leaves.ipynb"
TODAY = "1795348800"
"""2026-11-22, as SOURCE_DATE_EPOCH. [s]"""

pytestmark = pytest.mark.skipif(
    any(find_spec(name) is None for name in ("nbconvert", "ipykernel")) or not NOTEBOOK.is_file(),
    reason="needs nbconvert and ipykernel (extra dev) and a checkout",
)


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """What the cells show, by kind of content, as a fresh kernel has it."""
    folder = tmp_path_factory.mktemp("notebook")
    environment = os.environ | {
        "SOURCE_DATE_EPOCH": TODAY, "IPYTHONDIR": str(folder), "JUPYTER_CONFIG_DIR": str(folder),
    }  # fmt: skip
    command = ["-m", "nbconvert", "--to", "notebook", "--execute", "--output-dir", str(folder), str(NOTEBOOK)]
    done = subprocess.run([sys.executable, *command], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    cells = json.loads((folder / NOTEBOOK.name).read_text(encoding="utf-8"))["cells"]
    return [output["data"] for cell in cells for output in cell.get("outputs", ()) if "data" in output]


def test_the_table_is_shown_with_bands_chances_reasons_and_bars(shown: list[dict[str, Any]]) -> None:
    [table] = ["".join(each["text/html"]) for each in shown if "Comparison of leaves" in "".join(each["text/plain"])]
    assert "<table>" in table
    for said in ("80 % band", "cheapest", "in 4 days", "\u2588", "the runs take 720 h"):
        assert said in table, said


def test_the_figures_are_shown(shown: list[dict[str, Any]]) -> None:
    drawn = ["".join(each["image/svg+xml"]) for each in shown if "image/svg+xml" in each]
    assert len(drawn) == 2
    assert all(figure.startswith("<svg") for figure in drawn)
    pytest.importorskip("resvg_py", reason="needs the extra plot")
    figures = [base64.b64decode(each["image/png"]) for each in shown if "image/png" in each]
    assert len(figures) == 2
    assert all(figure.startswith(b"\x89PNG") and len(figure) > 10_000 for figure in figures)


def test_reasons_and_short_texts_are_shown(shown: list[dict[str, Any]]) -> None:
    assert any("What would change the answer" in "".join(each.get("text/markdown", "")) for each in shown)
    assert all(len("".join(each["text/plain"])) < 2000 for each in shown)


def test_the_notebook_lies_here_without_outputs() -> None:
    cells = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    assert [cell["id"] for cell in cells if cell.get("outputs") or cell.get("execution_count")] == []
