"""The documentation says what the program does: outputs, references, links, names."""

from __future__ import annotations

import contextlib
import dataclasses
import io
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pydantic_core
import pytest

import cloudcost
from cloudcost.catalog.devices import devices
from cloudcost.catalog.providers import find_provider, providers
from cloudcost.cli import VERBS, build_parser, run
from cloudcost.domain import profile
from cloudcost.project.keys.validator import stored
from cloudcost.results.crossings import HORIZON
from cloudcost.timing.known import known_device

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"


def _machinery() -> ModuleType:
    from importlib.util import module_from_spec, spec_from_file_location

    spec = spec_from_file_location("docs_refresh", DOCS / "refresh.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


REFRESH = _machinery()
PAGES: list[Path] = REFRESH.pages()
TEXTS = [ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *PAGES, *sorted((DOCS / "decisions").glob("*.md"))]


def _name(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def _acted_on(page: Path) -> bool:
    blocks = REFRESH.blocks(page.read_text(encoding="utf-8"))
    return any(block.language in ("console", "python") and "shown" not in block.directives for block in blocks)


LONG = ("docs/how-to/forty-questions.md",)
"""Pages whose commands take over ten seconds."""


def _marked(page: Path) -> object:
    return pytest.param(page, marks=[pytest.mark.slow] if _name(page) in LONG else [])


@pytest.mark.parametrize("page", [_marked(page) for page in PAGES if _acted_on(page)], ids=_name)
def test_a_page_shows_what_the_program_prints(page: Path) -> None:
    differs = REFRESH.difference(page, REFRESH.refreshed(page))
    assert differs is None, f"{differs}\nrun python docs/refresh.py {_name(page)}"


@pytest.mark.parametrize(
    "page", [page for page in PAGES if "<!-- needs:" in page.read_text(encoding="utf-8")], ids=_name
)
def test_blocks_that_need_an_extra_are_run_where_it_is_installed(page: Path) -> None:
    for block in REFRESH.blocks(page.read_text(encoding="utf-8")):
        for module in block.directives.get("needs", "").split():
            pytest.importorskip(module, reason=f"{_name(page)}:{block.first} needs {module}")


def test_a_wrong_output_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(REFRESH, "ROOT", tmp_path)
    page = tmp_path / "page.md"
    page.write_text("```console\n$ cloudcost --version\ncloudcost 0.0.0\n```\n", encoding="utf-8")
    assert "cloudcost 0.0.0" in (REFRESH.difference(page, REFRESH.refreshed(page)) or "")


def test_an_unexpected_exit_code_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(REFRESH, "ROOT", tmp_path)
    page = tmp_path / "page.md"
    page.write_text("```console\n$ cloudcost compare nothing.toml\n```\n", encoding="utf-8")
    with pytest.raises(REFRESH.BlockError, match=r"page\.md:1: ended with 2"):
        REFRESH.refreshed(page)


def test_pages_made_from_the_code_are_up_to_date() -> None:
    for page, text in REFRESH.remade():
        if page.name == "validator.json" and stored()["core"] != pydantic_core.__version__:
            continue  # made for another version of pydantic's core, where the models are asked
        assert REFRESH.difference(page, text) is None, "run python docs/refresh.py"


# ---- links ---------------------------------------------------------------------------------------------------------


def _prose(page: Path) -> str:
    """Return a page without its fenced blocks and code spans."""
    text = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    return re.sub(r"`[^`\n]*`", "code", text)


def _anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as the usual Markdown hosts make them."""
    text = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    seen: Counter[str] = Counter()
    anchors = set()
    for heading in re.findall(r"^#{1,6} (.+)$", text, re.MULTILINE):
        slug = re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
        anchors.add(f"{slug}-{seen[slug]}" if seen[slug] else slug)
        seen[slug] += 1
    return anchors


@pytest.mark.parametrize("page", TEXTS, ids=_name)
def test_links_lead_somewhere(page: Path) -> None:
    lost = []
    for target in re.findall(r"\]\(([^)\s]+)\)", _prose(page)):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        there = (page.parent / path).resolve() if path else page
        if not there.exists() or (anchor and anchor not in _anchors(there)):
            lost.append(target)
    assert lost == []


def test_every_page_can_be_reached_from_the_index() -> None:
    linked = set(re.findall(r"\]\(([^)#\s]+\.md)[)#]", _prose(DOCS / "index.md")))
    pages = {page.relative_to(DOCS).as_posix() for page in DOCS.rglob("*.md") if "decisions" not in page.parts}
    assert pages - {"index.md"} - linked == set()


def test_every_decision_is_listed() -> None:
    listed = set(re.findall(r"\]\(([^)]+)\)", _prose(DOCS / "decisions" / "README.md")))
    assert {page.name for page in (DOCS / "decisions").glob("0*.md")} ^ listed == set()


# ---- references ----------------------------------------------------------------------------------------------------


def test_every_public_name_is_in_the_reference() -> None:
    text = (DOCS / "reference" / "python-api.md").read_text(encoding="utf-8")
    assert [name for name in cloudcost.__all__ if not re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text)] == []


@pytest.mark.parametrize("verb", VERBS)
def test_every_flag_of_a_verb_is_in_the_reference(verb: str) -> None:
    text = (DOCS / "reference" / "cli.md").read_text(encoding="utf-8")
    section = re.split(r"^## ", text, flags=re.MULTILINE)
    [own] = [part for part in section if part.startswith(f"{verb}\n")]
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.suppress(SystemExit):
        build_parser(verb).parse_args([verb, "--help"])
    flags = set(re.findall(r"^  (?:-\w[^,\n]*, )?(--[a-z-]+)", out.getvalue(), re.MULTILINE)) - {"--help"}
    assert [flag for flag in sorted(flags) if f"`{flag}" not in own] == []


def test_what_is_said_not_to_be_supported_is_not() -> None:
    """What has come since stands on the page no longer; what has gone is named."""
    text = (DOCS / "explanation" / "limits.md").read_text(encoding="utf-8")
    for name, device in (("B200", "B200"), ("MI300X", "MI300X"), ("Arc", "Arc A770")):
        assert name in text
        assert set(known_device(devices()[device]).times.values()) == {"stated"}
    titles = [each.title.removeprefix("Microsoft ").removesuffix(" Cloud") for each in providers()]
    assert [title for title in titles if title not in text] == []
    for name in ("Vast.ai", "CoreWeave", "Oracle", "Alibaba"):
        assert name in text
        assert find_provider(name) is None
    assert f"{HORIZON:,} runs" in text
    project = (DOCS / "reference" / "project-file.md").read_text(encoding="utf-8")
    assert not re.search(r"carbon|co2", project, re.IGNORECASE)


# ---- JSON ----------------------------------------------------------------------------------------------------------


def _keys(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for key, part in value.items():
            yield str(key)
            yield from _keys(part)
    elif isinstance(value, list):
        for part in value:
            yield from _keys(part)


def _section(schema: str) -> str:
    """Return what the page says of a schema, with the parts that it refers to."""
    text = (DOCS / "reference" / "json.md").read_text(encoding="utf-8")
    parts = {part.split("\n")[0]: part for part in re.split(r"^## ", text, flags=re.MULTILINE)}
    own = parts[schema]
    shared = {
        "#line": "LINE",
        "#option": "cloudcost.comparison/1",
        "#cloudcostcomparison1": "cloudcost.comparison/1",
        "#cloudcostnetwork1": "cloudcost.network/1",
        "#cloudcostreasons1": "cloudcost.reasons/1",
    }
    return own + "".join(parts[name] for link, name in shared.items() if f"({link})" in own) + parts["LINE"]


def _undocumented(schema: str, keys: set[str]) -> list[str]:
    named = set(re.findall(r"`(\w+)`", _section(schema)))
    return sorted(each for each in keys - named if each.isidentifier())  # others are texts: why rows were left out


@pytest.mark.parametrize(
    "command",
    [
        ["compare", "--budget", "75", "--deadline", "4 days", "--draws", "50"],
        ["estimate", "--option", "EC2 g4dn.xlarge"],
        ["why"],
        ["quick", "resnet18", "--images", "2000", "--epochs", "2", "--runs", "1", "--gpu", "RTX 3060"],
        ["price", "usage.csv"],
        ["predict", "lenet5", "--batch", "64", "--device", "T4", "--instance", "p3.8xlarge"],
        ["prices", "list", "--contains", "g4dn.xlarge", "--region", "us-east-1"],
        ["prices", "show", "g4dn.xlarge"],
        ["networks"],
        ["networks", "lenet5"],
    ],
    ids=" ".join,
)
def test_every_key_of_an_output_is_documented(
    command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(REFRESH.TODAY))
    Path("usage.csv").write_text(
        "service,region,usage_type,quantity,unit\nAmazonS3,us-east-1,TimedStorage-ByteHrs,52900,GB-Mo\n"
    )
    assert run([*command, "--format", "json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert _undocumented(document["schema"], set(_keys(document))) == []


def test_every_key_of_a_profile_is_documented() -> None:
    records = (
        profile.Environment,
        profile.StepRecord,
        profile.OpRecord,
        profile.LoadingRecord,
        profile.EnergyRecord,
        profile.CommunicationRecord,
        profile.Profile,
    )
    keys = {field.name for record in records for field in dataclasses.fields(record)}
    assert _undocumented("cloudcost.profile/1", keys | {"schema", "summary", "closure", "seconds_by_kind"}) == []
