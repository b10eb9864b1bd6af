"""Doctests of modules that need an extra are collected only where that extra is installed."""

from __future__ import annotations

import re
from importlib.util import find_spec
from pathlib import Path

SOURCE = Path(__file__).parent / "src"


def _needing_torch() -> list[str]:
    """Return the harness's modules that import torch as they load, by themselves or through one another."""
    paths = (SOURCE / "cloudcost" / "profiling").rglob("*.py")
    texts = {path: path.read_text(encoding="utf-8") for path in paths if path.stem != "__init__"}
    needing = {path for path, text in texts.items() if re.search(r"^(import|from) torch\b", text, re.MULTILINE)}
    while True:
        names = "|".join(re.escape(_dotted(path)) for path in needing)
        direct = re.compile(rf"^from ({names}) import", re.MULTILINE)
        more = {path for path, text in texts.items() if direct.search(text)} - needing
        if not more:
            return sorted(map(str, needing))
        needing |= more


def _dotted(path: Path) -> str:
    return ".".join(path.relative_to(SOURCE).with_suffix("").parts)


collect_ignore = [] if find_spec("torch") else _needing_torch()
