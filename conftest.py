"""Modules that need an extra are collected for their doctests only where that extra is installed."""

from __future__ import annotations

import re
from importlib.util import find_spec
from pathlib import Path

SOURCE = Path(__file__).parent / "src"
TESTS = Path(__file__).parent / "tests" / "extras"
TORCH = re.compile(r"^(import|from) torch\b", re.MULTILINE)


def _needing_torch() -> list[str]:
    """Return the harness's modules that import torch as they load, by themselves or through one another."""
    paths = (SOURCE / "cloudcost" / "profiling").rglob("*.py")
    texts = {path: path.read_text(encoding="utf-8") for path in paths if path.stem != "__init__"}
    needing = {path for path, text in texts.items() if TORCH.search(text)}
    while True:
        names = "|".join(re.escape(_dotted(path)) for path in needing)
        direct = re.compile(rf"^from ({names}) import", re.MULTILINE)
        more = {path for path, text in texts.items() if direct.search(text)} - needing
        if not more:
            return sorted(map(str, needing))
        needing |= more


def _dotted(path: Path) -> str:
    return ".".join(path.relative_to(SOURCE).with_suffix("").parts)


def _helping_tests() -> list[str]:
    """Return what tests that need torch share; the tests themselves skip where it is not there, and say so."""
    helpers = (path for path in TESTS.rglob("*.py") if not path.name.startswith(("test_", "conftest")))
    return sorted(str(path) for path in helpers if TORCH.search(path.read_text(encoding="utf-8")))


collect_ignore = [] if find_spec("torch") else [*_needing_torch(), *_helping_tests()]
