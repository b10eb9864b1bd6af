"""The documentation as a site: it builds without a warning, asks no other host, and leads where one wants to go."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import pytest

pytest.importorskip("material", reason="the site needs the extra docs")

ROOT = Path(__file__).resolve().parents[2]
MOST_BYTES = 12_000_000
"""Of the built site, so that tables stay tables and do not become the price book. [bytes]"""
LOADED = {"script": "src", "img": "src", "iframe": "src", "source": "src", "video": "src"}
"""What a browser fetches by itself, and where it is named; links of style sheets and icons besides."""


class _Page(HTMLParser):
    """What a page links to, fetches, and can be linked at."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.fetched: list[str] = []
        self.anchors: set[str] = {""}
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        self.anchors |= {named[each] for each in ("id", "name") if each in named}
        if tag == "a" and "href" in named:
            self.links.append(named["href"])
        if tag in LOADED and LOADED[tag] in named:
            self.fetched.append(named[LOADED[tag]])
        if tag == "link" and named.get("rel") not in ("canonical", "next", "prev", "alternate"):
            self.fetched.append(named["href"])


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    site = tmp_path_factory.mktemp("site")
    ran = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(site)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return site, ran.stdout + ran.stderr


@pytest.fixture(scope="module")
def pages(built: tuple[Path, str]) -> Mapping[str, _Page]:
    site, _ = built
    return {
        f"/{path.relative_to(site).as_posix()}": _Page(path.read_text(encoding="utf-8"))
        for path in site.rglob("*.html")
        if path.name != "404.html"  # its links begin at the root of a host
    }


def _target(page: str, link: str) -> tuple[str, str] | None:
    """Return page and anchor that a link leads to, or None where that is another host."""
    parts = urlsplit(link)
    if parts.scheme or parts.netloc:
        return None
    path = urljoin(page, parts.path) if parts.path else page
    return f"{path}index.html" if path.endswith("/") else path, unquote(parts.fragment)


def test_the_site_builds_without_a_warning(built: tuple[Path, str]) -> None:
    _, told = built
    assert "WARNING" not in told
    assert "ERROR" not in told


def test_every_link_and_anchor_of_the_site_leads_somewhere(built: tuple[Path, str], pages: Mapping[str, _Page]) -> None:
    site, _ = built
    lost = []
    for name, page in pages.items():
        for link in page.links:
            found = _target(name, link)
            if found is None:
                continue
            path, anchor = found
            leads = anchor in pages[path].anchors if path in pages else (site / path[1:]).is_file()
            if not leads:
                lost.append(f"{name}: {link}")
    assert lost == []


def test_the_site_asks_no_other_host(built: tuple[Path, str], pages: Mapping[str, _Page]) -> None:
    site, _ = built
    fetched = {f"{name}: {each}" for name, page in pages.items() for each in page.fetched if urlsplit(each).netloc}
    assert fetched == set()
    styles = {
        f"{path.name}: {found}"
        for path in site.rglob("*.css")
        for found in re.findall(r"(?:url\(|@import )[\"']?(?:https?:)?//[^)\"']*", path.read_text(encoding="utf-8"))
    }
    assert styles == set()


def _clicks(pages: Mapping[str, _Page], start: str) -> Iterator[tuple[str, int]]:
    """Yield each page that links lead to, with the least number of clicks from the start."""
    seen, edge, clicks = {start}, [start], 0
    while edge:
        yield from ((page, clicks) for page in edge)
        reached = (_target(page, link) for page in edge for link in pages[page].links)
        edge = list(
            dict.fromkeys(found[0] for found in reached if found and found[0] in pages and found[0] not in seen)
        )
        seen.update(edge)
        clicks += 1


@pytest.mark.parametrize(
    "page", ["how-to/which-gpu-is-mine", "how-to/choose-a-machine", "reference/devices", "faq", "explanation/limits"]
)
def test_a_reader_is_there_in_two_clicks(pages: Mapping[str, _Page], page: str) -> None:
    assert dict(_clicks(pages, "/index.html"))[f"/{page}/index.html"] <= 2


def test_every_page_is_reached(pages: Mapping[str, _Page]) -> None:
    assert set(pages) - dict(_clicks(pages, "/index.html")).keys() == set()


@pytest.mark.parametrize(
    ("word", "location"),
    [
        ("RTX 4060 Laptop", "reference/devices/#ada-laptop-gpus"),
        ("p4d.24xlarge", "reference/machines/#p4"),
        ("eu-central-2", "reference/regions/#aws"),
        ("Tesla P100-PCIE-16GB", "how-to/which-gpu-is-mine/#what-is-printed-where"),
    ],
)
def test_the_search_finds_what_is_known(built: tuple[Path, str], word: str, location: str) -> None:
    found = {entry["location"] for entry in _index(built[0]) if word in re.sub(r"<[^>]*>", "", entry["text"])}
    assert location in found


@cache
def _index(site: Path) -> list[dict[str, str]]:
    docs: list[dict[str, str]] = json.loads((site / "search" / "search_index.json").read_text(encoding="utf-8"))["docs"]
    return docs


def test_the_site_stays_small(built: tuple[Path, str]) -> None:
    site, _ = built
    assert sum(path.stat().st_size for path in site.rglob("*") if path.is_file()) < MOST_BYTES
