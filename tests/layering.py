"""Which imports are exempt from the layers: those that pyproject.toml names, and no others."""

from __future__ import annotations

import tomllib
from pathlib import Path

PYPROJECT = Path(__file__).resolve().parents[1] / "pyproject.toml"


def exempt_edges() -> set[tuple[str, str]]:
    """Return who imports whom against the direction of the layers."""
    contracts = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]
    [layers] = [contract for contract in contracts if contract["type"] == "layers"]
    edges = {tuple(edge.split(" -> ")) for edge in layers["ignore_imports"]}
    return {(importer, imported) for importer, imported in edges}
