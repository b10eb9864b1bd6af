"""The documented matrix of regions and services is what the price book has."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "reference"


def test_the_page_is_what_the_script_makes() -> None:
    code = "import make_price_coverage as m; raise SystemExit(m.page(m.PAGE.read_text()) != m.PAGE.read_text())"
    result = subprocess.run([sys.executable, "-c", code], cwd=FOLDER, check=False)
    assert result.returncode == 0, "run docs/reference/make_price_coverage.py"
