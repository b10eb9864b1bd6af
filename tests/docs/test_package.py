"""What is handed on: the source archive is the whole repository, the wheel the package alone, both say what is true."""

from __future__ import annotations

import email
import os
import re
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from email.message import Message
from pathlib import Path
from types import ModuleType

import pytest

pytest.importorskip("hatchling", reason="building wants hatchling, which the extra dev brings")

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
ADDRESS = "https://example.org/someone/cloudcost"


@pytest.fixture(scope="module")
def hook() -> ModuleType:
    from importlib.util import module_from_spec, spec_from_file_location

    spec = spec_from_file_location("hatch_build", ROOT / "hatch_build.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Return the source archive and the wheel."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "hatchling", "build", "-d", str(folder)]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    [source], [wheel] = folder.glob("*.tar.gz"), folder.glob("*.whl")
    return source, wheel


def _metadata(wheel: Path) -> Message:
    with zipfile.ZipFile(wheel) as archive:
        [name] = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
        return email.message_from_bytes(archive.read(name))


def _links(text: str) -> list[str]:
    prose = re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
    return re.findall(r"\]\(([^)\s]+)\)", prose)


def test_the_source_archive_holds_every_file_of_the_repository(built: tuple[Path, Path]) -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("no repository of git here")
    with tarfile.open(built[0]) as archive:
        held = {name.partition("/")[2] for name in archive.getnames()}
    assert {name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()} - held == set()


def test_the_wheel_holds_the_package_with_its_tables_and_nothing_else(built: tuple[Path, Path]) -> None:
    with zipfile.ZipFile(built[1]) as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}
    source = ROOT / "src"
    package = {
        path.relative_to(source).as_posix()
        for path in (source / "cloudcost").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert held == package


def test_the_description_of_the_package_leads_nowhere_beside_it(built: tuple[Path, Path]) -> None:
    metadata = _metadata(built[1])
    text = str(metadata.get_payload())
    assert metadata["Description-Content-Type"].startswith("text/markdown")
    assert text.startswith("# cloudcost")
    assert [link for link in _links(text) if not link.startswith("https://")] == []
    repository = PROJECT["tool"]["hatch"]["metadata"]["hooks"]["custom"]["repository"]
    urls = metadata.get_all("Project-URL", [])
    assert bool(urls) is bool(repository)
    assert all(repository in each for each in urls)


def test_with_an_address_every_link_of_readme_leads_into_the_repository(hook: ModuleType) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    text = hook.with_absolute_links(readme, ADDRESS)
    targets = {link for link in _links(readme) if not link.startswith("https://")}
    assert targets
    led = {link.partition("?")[0] for link in _links(text) if link.startswith(ADDRESS)}
    assert {re.sub(r".*/(blob|raw)/main/", "", link) for link in led} == targets
    assert [link for link in _links(text) if not link.startswith("https://")] == []
    assert set(hook.addresses(ADDRESS)) >= {"Documentation", "Changelog", "Issues", "Source"}


@pytest.mark.parametrize(
    ("text", "with_address", "without"),
    [
        ("[a](docs/a.md)", f"[a]({ADDRESS}/blob/main/docs/a.md)", "a"),
        ("![a picture](docs/a.png)", f"![a picture]({ADDRESS}/raw/main/docs/a.png)", "a picture"),
        (
            "[![a](docs/a.png)](docs/b.md)",
            f"[![a]({ADDRESS}/raw/main/docs/a.png)]({ADDRESS}/blob/main/docs/b.md)",
            "a",
        ),
        ("![a](docs/a.svg)", f"![a]({ADDRESS}/raw/main/docs/a.svg?sanitize=true)", "a"),
        ("[a](https://b.org) [c](#d)", "[a](https://b.org) [c](#d)", "[a](https://b.org) [c](#d)"),
        ("```\n[a](b)\n```", "```\n[a](b)\n```", "```\n[a](b)\n```"),
    ],
    ids=["link", "picture", "picture with a link", "drawn picture", "elsewhere", "code"],
)
def test_links_become_absolute_or_their_text(hook: ModuleType, text: str, with_address: str, without: str) -> None:
    assert hook.with_absolute_links(text, ADDRESS) == with_address
    assert hook.with_absolute_links(text, "") == without


def test_the_citation_is_of_this_version_and_these_authors() -> None:
    yaml = pytest.importorskip("yaml", reason="CITATION.cff is YAML: the extra docs brings a reader")
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    project = PROJECT["project"]
    assert (citation["title"], citation["version"], citation["license"]) == (
        project["name"],
        project["version"],
        project["license"],
    )
    assert citation["authors"] == project["authors"]


def test_the_tests_run_from_the_source_archive_without_torch(built: tuple[Path, Path], tmp_path: Path) -> None:
    with tarfile.open(built[0]) as archive:
        archive.extractall(tmp_path, filter="data")
    [folder] = tmp_path.iterdir()
    # All of the extras' modules are collected, few tests are run.
    few = ["tests/extras", "tests/architecture/test_package_data.py", "tests/docs/test_docs.py", "-k", "data or links"]
    script = f"import sys, pytest; sys.modules['torch'] = None; sys.exit(pytest.main({['-q', '-x', *few]}))"
    ran = subprocess.run(
        [sys.executable, "-c", script],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": f"{folder / 'src'}{os.pathsep}{folder}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout[-2000:]
