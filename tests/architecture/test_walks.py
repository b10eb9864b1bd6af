"""The walks of docs/explanation/architecture.md, and what packages say of themselves, are those of the code."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.layering import exempt_edges

import cloudcost

if TYPE_CHECKING:
    from grimp import ImportGraph

grimp = pytest.importorskip("grimp", reason="import-linter is not installed")

SOURCE = Path(cloudcost.__file__).parent
PAGE = SOURCE.parent.parent / "docs" / "explanation" / "architecture.md"


def walks() -> dict[str, list[str]]:
    """Return the files of each walk, in order, by its heading."""
    _, *parts = re.split(r"^## ", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {part.partition("\n")[0]: re.findall(r"^\| `([\w/]+\.py)` \|", part, re.MULTILINE) for part in parts}


@pytest.fixture(scope="module")
def graph() -> ImportGraph:
    built: ImportGraph = grimp.build_graph("cloudcost", cache_dir=None)
    for importer, imported in exempt_edges():
        built.remove_import(importer=importer, imported=imported)
    return built


def climbs(walk: list[str], graph: ImportGraph) -> list[str]:
    """Return what is wrong with a walk: a file that knows a later one, or that no later one knows."""
    modules = ["cloudcost." + file.removesuffix(".py").replace("/", ".") for file in walk]
    found = []
    for position, module in enumerate(modules[:-1]):
        later = modules[position + 1 :]
        found += [f"{module} knows {other}" for other in later if graph.chain_exists(module, other)]
        if not any(graph.chain_exists(other, module) for other in later):
            found.append(f"none that follows knows {module}")
    return found


def test_a_walk_that_climbs_is_found(graph: ImportGraph) -> None:
    assert climbs(["domain/prices.py", "catalog/tables.py"], graph) == []
    assert climbs(["catalog/tables.py", "domain/prices.py"], graph) == [
        "cloudcost.catalog.tables knows cloudcost.domain.prices",
        "none that follows knows cloudcost.catalog.tables",
    ]


def test_there_are_four_walks_each_to_the_estimate() -> None:
    found = walks()
    assert len(found) == 4
    assert [name for name, walk in found.items() if "analysis/estimate.py" not in walk] == []


@pytest.mark.parametrize(("name", "walk"), walks().items())
def test_every_file_of_a_walk_is_there_and_it_runs_downhill(name: str, walk: list[str], graph: ImportGraph) -> None:
    assert [file for file in walk if not (SOURCE / file).is_file()] == []
    assert climbs(walk, graph) == []


PACKAGES = ("analysis", "bills", "domain", "networks", "pricing", "profiling", "render", "scan", "timing", "usage")


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_says_what_is_in_it_and_nothing_that_is_not(package: str) -> None:
    folder = SOURCE / package
    said = ast.get_docstring(ast.parse((folder / "__init__.py").read_text(encoding="utf-8"))) or ""
    named = set(re.findall(r"(?<!`)`([a-z_0-9]+)`(?!`)", said))
    there = {path.stem for path in folder.iterdir() if path.suffix == ".py" or (path / "__init__.py").is_file()}
    assert named - there == set()
    assert len(named) * 2 > len(there - {"__init__"})
