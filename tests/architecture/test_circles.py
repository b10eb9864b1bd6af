"""No module imports itself by way of others, whether at the top, inside a function or for type checkers alone."""

from __future__ import annotations

import pytest
from tests.layering import exempt_edges

grimp = pytest.importorskip("grimp", reason="import-linter is not installed")

EXEMPT = exempt_edges()
"""Methods of results that draw, tabulate or explain: they import what does it inside the method."""


@pytest.fixture(scope="module")
def imports() -> dict[str, set[str]]:
    graph = grimp.build_graph("cloudcost", cache_dir=None)
    return {
        name: {other for other in graph.find_modules_directly_imported_by(name) if (name, other) not in EXEMPT}
        for name in graph.modules
    }


def circles(imports: dict[str, set[str]]) -> list[str]:
    """Return the modules of all circles: what is left when, over and over, who imports or is imported by none goes."""
    left = {name: set(others) for name, others in imports.items()}
    size = -1
    while len(left) != size:
        size = len(left)
        imported = set().union(*left.values())
        left = {
            name: others & left.keys() for name, others in left.items() if others & left.keys() and name in imported
        }
    return sorted(left)


def test_a_circle_is_found() -> None:
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"b"}, "d": {"a"}}) == ["b", "c"]
    assert circles({"a": {"b"}, "b": {"c"}, "c": set()}) == []


def test_no_module_imports_itself_by_way_of_others(imports: dict[str, set[str]]) -> None:
    assert len(imports) > 300
    assert circles(imports) == []
