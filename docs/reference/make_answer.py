"""Draw the picture of the answer that README and the start page show: ``python docs/reference/make_answer.py``.

A test compares the picture with what this draws, so that the two cannot drift apart.
"""

from __future__ import annotations

import contextlib
import io
import tempfile
from pathlib import Path

from cloudcost.cli import run

PAGE = Path(__file__).parents[1] / "pictures" / "answer.svg"
PROJECT = Path(__file__).parents[2] / "examples" / "reto.toml"


def page(_text: str) -> str:
    """Return the totals of the bundled example with their bands, on the day of all pages."""
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()):
        picture = Path(folder) / "answer.svg"
        with contextlib.redirect_stderr(io.StringIO()):
            code = run(["compare", str(PROJECT), "--plot", str(picture), "--today", "2026-11-22"])
        assert code == 0
        return picture.read_text(encoding="utf-8")


if __name__ == "__main__":
    PAGE.write_text(page(""), encoding="utf-8")
