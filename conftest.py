"""Doctests of modules that need an extra are collected only where that extra is installed."""

from __future__ import annotations

import re
from importlib.util import find_spec
from pathlib import Path

PROFILING = Path(__file__).parent / "src" / "cloudcost" / "profiling"


def _needing_torch() -> list[str]:
    """Return the harness's modules that import torch as they load, by themselves or through one another."""
    texts = {path: path.read_text(encoding="utf-8") for path in PROFILING.glob("*.py")}
    needing = {path for path, text in texts.items() if re.search(r"^(import|from) torch\b", text, re.MULTILINE)}
    while True:
        names = "|".join(path.stem for path in needing)
        direct = re.compile(rf"^from cloudcost\.profiling(\.({names}) import| import .*\b({names})\b)", re.MULTILINE)
        more = {path for path, text in texts.items() if direct.search(text)} - needing
        if not more:
            return sorted(map(str, needing))
        needing |= more


collect_ignore = [] if find_spec("torch") else _needing_torch()
