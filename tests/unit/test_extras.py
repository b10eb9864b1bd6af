"""What the program says of its optional dependencies is what pyproject.toml installs."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from cloudcost.errors import EXTRA_PACKAGES

PYPROJECT = Path(__file__).resolve().parents[2] / "pyproject.toml"


def test_the_pip_line_names_the_packages_of_the_extra() -> None:
    extras = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    for extra, packages in EXTRA_PACKAGES.items():
        named = {re.split(r"[<>=;\[ ]", requirement)[0] for requirement in extras[extra]}
        assert set(packages.split()) == named
