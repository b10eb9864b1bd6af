"""Unit tests lie where what they test lies: `tests/unit/pricing/bill` holds those of `cloudcost/pricing/bill`."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

UNIT = Path(__file__).parents[1] / "unit"
SOURCE = Path(__file__).parents[2] / "src" / "cloudcost"


def imported(path: Path) -> set[str]:
    """Return the modules that a file names in its imports, those of a package's members too."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{name.name}" for name in node.names)}
        elif isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
    return found


def strays(unit: Path, source: Path) -> list[str]:
    """Return the test files that lie in no package's folder, or that use and name no module of their package."""
    found = []
    for path in sorted(unit.rglob("test_*.py")):
        folder = path.parent.relative_to(unit)
        package = ".".join(("cloudcost", *folder.parts))
        uses = any(f"{module}.".startswith(f"{package}.") for module in imported(path))
        names = any(path.stem.startswith(f"test_{module.stem}") for module in (source / folder).glob("[a-z]*.py"))
        if not (source / folder / "__init__.py").exists() or not (uses or names):
            found.append(path.relative_to(unit).as_posix())
    return found


def test_unit_tests_lie_where_what_they_test_lies() -> None:
    assert strays(UNIT, SOURCE) == []


@pytest.mark.parametrize(
    ("place", "text", "lost"),
    [
        ("pricing/test_tiers_of_a_bill.py", "", False),
        ("pricing/test_other.py", "from cloudcost.pricing import tiers", False),
        ("pricing/test_other.py", "from cloudcost.spot import replay", True),
        ("nowhere/test_other.py", "from cloudcost.pricing import tiers", True),
    ],
)
def test_a_stray_is_found(place: str, text: str, lost: bool, tmp_path: Path) -> None:
    path = tmp_path / place
    path.parent.mkdir()
    path.write_text(text, encoding="utf-8")
    assert bool(strays(tmp_path, SOURCE)) is lost
