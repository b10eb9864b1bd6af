"""What importing costs, what the package promises, and how its layers lie."""

from __future__ import annotations

import ast
import importlib
import inspect
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pydantic_core
import pytest

import cloudcost
from cloudcost.project.keys.validator import stored

SOURCE = Path(cloudcost.__file__).parent
ROOT = SOURCE.parent.parent
HEAVY = ("numpy", "pandas", "scipy", "pydantic", "matplotlib", "torch", "boto3", "typing")


def loaded(code: str) -> set[str]:
    """Return the modules that a fresh interpreter has after running `code`, those of its start-up left out."""
    script = f"import sys\nbefore = set(sys.modules)\n{code}\nprint('\\n'.join(sorted(set(sys.modules) - before)))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_importing_the_package_loads_nothing_heavy() -> None:
    modules = loaded("import cloudcost")
    assert "cloudcost" in modules
    assert [name for name in HEAVY if name in modules] == []
    assert [name for name in modules if name.startswith("cloudcost.")] == []


@pytest.mark.parametrize("verb", ["compare", "estimate", "price"])
def test_the_parser_of_a_verb_loads_no_table_library(verb: str) -> None:
    modules = loaded(f"from cloudcost.cli import build_parser\nbuild_parser({verb!r})")
    assert [name for name in HEAVY[:-1] if name in modules] == []


def ran(*arguments: str) -> str:
    """Return code that runs a command line, its output thrown away."""
    return (
        "import io, contextlib\nfrom cloudcost.cli import run\n"
        "with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):\n"
        f"    assert run({list(arguments)}) == 0"
    )


NOT_FOR_COMPARING = frozenset(
    {
        *("pandas", "scipy", "matplotlib", "torch", "boto3", "pydantic", "numpy.ma"),
        *("difflib", "importlib.resources", "shutil", "tempfile", "zipfile"),
        *("cloudcost.options.times.measured", "cloudcost.spot.fitting", "cloudcost.domain.profile"),
        *("cloudcost.catalog.aws.free_tier", "cloudcost.catalog.books.missing", "cloudcost.networks.json_reader"),
        *("cloudcost.files.documents", "cloudcost.files.writing", "cloudcost.networks.families.densenet"),
        *("cloudcost.render.lines", "cloudcost.timing.rates.device_file", "cloudcost.timing.calls.own_machine"),
    }
)
"""What a comparison of the bundled project has no use for: reading documents and profiles, names near to unknown ones,
writing files, other families of networks. Each costs a start-up milliseconds."""


@pytest.mark.skipif(
    stored()["core"] != pydantic_core.__version__,
    reason="the plan of keys is of another pydantic core",
)
def test_comparing_loads_only_what_it_uses() -> None:
    modules = loaded(ran("compare", "--today", "2026-11-22"))
    assert sorted(NOT_FOR_COMPARING & modules) == []


def test_what_comparing_does_not_load_is_there() -> None:
    assert [name for name in NOT_FOR_COMPARING if name.startswith("cloudcost.") and find_spec(name) is None] == []


def test_help_loads_argparse_and_little_else() -> None:
    modules = loaded(ran("--help"))
    assert [
        name for name in ("dataclasses", "decimal", "json", "pathlib", "shutil", "signal", "typing") if name in modules
    ] == []
    ours = {name for name in modules if name.startswith("cloudcost.")}
    assert ours == {"cloudcost.cli", "cloudcost.cli.signals", "cloudcost.cli.streams", "cloudcost.errors"}


def test_public_names_are_listed_once_and_live_where_they_are_defined() -> None:
    assert sorted(cloudcost._HOME) == sorted(cloudcost.__all__)
    assert len(set(cloudcost.__all__)) == len(cloudcost.__all__)
    for name in cloudcost.__all__:
        value = getattr(cloudcost, name)
        if inspect.isclass(value) or inspect.isfunction(value):
            assert value.__module__ == f"cloudcost.{cloudcost._HOME[name]}", name


def test_type_checkers_see_the_names_that_load_lazily() -> None:
    tree = ast.parse((SOURCE / "__init__.py").read_text(encoding="utf-8"))
    [block] = [node for node in tree.body if isinstance(node, ast.If)]
    seen = {
        alias.name: (node.module or "").removeprefix("cloudcost.")
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert seen == cloudcost._HOME


def test_a_name_that_is_not_public_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'comparre'"):
        getattr(cloudcost, "comparre")  # noqa: B009
    assert dir(cloudcost) == sorted(cloudcost.__all__)


def all_modules() -> list[str]:
    return sorted(
        ".".join(path.relative_to(SOURCE.parent).with_suffix("").parts).removesuffix(".__init__")
        for path in SOURCE.rglob("*.py")
    )


def test_every_list_of_names_is_honest() -> None:
    for name in all_modules():
        text = (find_spec(name) or sys).__dict__.get("origin") or ""
        if name == "cloudcost.testing" or not text or "__all__" not in Path(text).read_text(encoding="utf-8"):
            continue
        module = importlib.import_module(name)
        assert [each for each in module.__all__ if not hasattr(module, each)] == [], name


def test_the_layers_hold() -> None:
    if find_spec("importlinter") is None or not (ROOT / "pyproject.toml").is_file():
        pytest.skip("needs the extra dev and a checkout")
    script = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports())"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_catalogue_data_stays_under_400_kb_in_the_wheel() -> None:
    """A wheel is a zip file: what counts is the compressed size of the tables."""
    import zlib

    tables = [path for path in (SOURCE / "catalog" / "data").rglob("*") if path.is_file()]
    assert len(tables) > 40
    assert sum(len(zlib.compress(path.read_bytes(), 6)) for path in tables) < 400_000
    assert sum(path.stat().st_size for path in tables) < 2_600_000


def test_no_module_is_much_longer_than_300_lines() -> None:
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in SOURCE.rglob("*.py")}
    assert {str(path.relative_to(SOURCE)): count for path, count in lengths.items() if count > 380} == {}


def test_money_code_never_meets_a_float() -> None:
    exact = ("bill", "closing", "curve", "lines", "pieces", "prices", "rows", "total", "whole_runs")
    for name in ("money.py", "pricing/tiers.py", *(f"pricing/bill/{each}.py" for each in exact)):
        tree = ast.parse((SOURCE / name).read_text(encoding="utf-8"))
        floats = [
            node.lineno for node in ast.walk(tree) if isinstance(node, ast.Constant) and type(node.value) is float
        ]
        assert floats == [], name


def test_no_class_name_is_used_twice() -> None:
    seen: dict[str, list[str]] = {}
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                seen.setdefault(node.name, []).append(path.relative_to(SOURCE).as_posix())
    assert {name: places for name, places in seen.items() if len(places) > 1} == {}
