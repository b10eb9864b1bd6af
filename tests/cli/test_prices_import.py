"""`prices import` through the command line, and what must never be left of one that fails."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import pytest
from tests.books import own_book, own_price
from tests.offers import list_of

from cloudcost.catalog.books.book import book_names, load_book
from cloudcost.catalog.books.dated.folder import VARIABLE
from cloudcost.cli import run

DAY = date(2026, 11, 20)
TODAY = ["--today", "2026-11-29"]


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(VARIABLE, str(tmp_path / "data"))
    return tmp_path / "data"


def listed(tmp_path: Path, usd: str = "0.5", name: str = "index.csv", day: date = DAY) -> str:
    path = tmp_path / name
    path.write_text(list_of([own_price(usd, as_of=day)], offer="AmazonEC2", published=day))
    return str(path)


def test_an_import_is_a_book_that_answers_from_its_day_on(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["prices", "import", listed(tmp_path), "--format", "json"]) == 0
    captured = capsys.readouterr()
    [file] = json.loads(captured.out)["files"]
    assert (file["offer"], file["published"], file["prices"], file["book"]) == (
        "AmazonEC2", "2026-11-20", 1, "aws-2026-11-20",
    )  # fmt: skip
    assert "prices diff aws-2026-11 aws-2026-11-20 shows what is other" in captured.err
    assert run(["prices", "show", "BoxUsage:g4dn.xlarge", *TODAY]) == 0
    shown = capsys.readouterr().out
    assert "0.5 USD per Hrs" in shown
    assert "list-AmazonEC2-20261120000000" in shown
    assert run(["prices", "check"]) == 0
    assert "all is well" in capsys.readouterr().out
    assert run(["prices", "import", listed(tmp_path)]) == 0
    assert "nothing new: aws-2026-11-20 holds all of it" in capsys.readouterr().out


def test_a_second_import_keeps_what_the_first_brought(tmp_path: Path) -> None:
    other = own_price("7", usage_type="BoxUsage:g5.xlarge", as_of=date(2026, 11, 25))
    (tmp_path / "b.csv").write_text(list_of([other], offer="AmazonEC2", published=date(2026, 11, 25)))
    assert run(["prices", "import", listed(tmp_path)]) == 0
    assert run(["prices", "import", str(tmp_path / "b.csv")]) == 0
    book = load_book()
    key = {"service": "AmazonEC2", "region": "us-east-1", "on": date(2026, 11, 29)}
    found = [book.find(usage_type=f"BoxUsage:{name}", **key) for name in ("g4dn.xlarge", "g5.xlarge")]  # type: ignore[arg-type]
    assert [str(price.tiers[0].unit_price_usd) for price in found] == ["0.5", "7"]
    assert book.name == "aws-2026-11-25"


def test_a_file_that_is_refused_leaves_the_others_out_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "bad.csv").write_text("nothing")
    assert run(["prices", "import", listed(tmp_path), str(tmp_path / "bad.csv")]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "bad.csv: no price list" in captured.err
    assert book_names() == ("aws-2026-11",)
    assert run(["prices", "import", str(tmp_path / "gone.csv")]) == 2
    assert "gone.csv: cannot be read, No such file or directory, name a file" in capsys.readouterr().err


def test_a_path_that_is_empty_is_said_as_it_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for files in ([""], [listed(tmp_path), ""]):
        assert run(["prices", "import", *files]) == 2
        assert "argument FILE: no path, '', name a file" in capsys.readouterr().err
    assert book_names() == ("aws-2026-11",)


def test_a_list_of_a_day_to_come_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = listed(tmp_path, day=date(2199, 1, 1))
    assert run(["prices", "import", path]) == 0
    said = f"{path}: published on 2199-01-01, to come: aws-2199-01-01 answers from that day on"
    assert said in capsys.readouterr().err
    assert load_book().name == "aws-2026-11"


def test_tables_fit_80_columns_and_hold_every_word(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    prices = [
        own_price("0.0123456789", purchase="reserved-1y-partial-upfront-convertible", region="ap-southeast-7"),
        own_price(
            "0.0235;51200:0.0225;512000:0.0215", service="AmazonS3", region="ap-southeast-7",
            usage_type="TimedStorage-ByteHrs", unit="GB-Mo",
        ),
        own_price("0.5"),
    ]  # fmt: skip
    folder = tmp_path / ("a-folder-with-a-long-name/" * 4)
    folder.mkdir(parents=True)
    path = folder / "index.csv"
    path.write_text(list_of([prices[1]], offer="AmazonS3", published=DAY))
    assert run(["prices", "import", str(path)]) == 0
    own_book(prices, date(2026, 11, 21))
    imported = capsys.readouterr().out
    assert run(["prices", "diff", "aws-2026-11", "aws-2026-11-21"]) == 0
    differing = capsys.readouterr().out
    for text in (imported, differing):
        assert max(map(len, text.splitlines())) <= 80
    assert "".join(imported.split()).count("a-folder-with-a-long-name") >= 1
    assert "index.csv" in imported
    assert "AmazonS3 ap-southeast-7\n" in differing
    assert "512000:0.0215" in differing
    assert "0.0123456789" in differing


def started(paths: list[str], data: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "cloudcost", "prices", "import", *paths],
        env={**os.environ, VARIABLE: str(data)}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def test_two_imports_at_once_are_two_books_and_the_second_holds_both(tmp_path: Path, data: Path) -> None:
    other = own_price("7", usage_type="BoxUsage:g5.xlarge")
    (tmp_path / "b.csv").write_text(list_of([other], offer="AmazonEC2", published=DAY))
    both = [started([path], data) for path in (listed(tmp_path), str(tmp_path / "b.csv"))]
    assert [each.communicate() and each.returncode for each in both] == [0, 0]
    assert book_names()[1:] == ("aws-2026-11-20", "aws-2026-11-20-2")
    rows = load_book().library.stored.places["AmazonEC2", "us-east-1"]  # type: ignore[attr-defined]
    assert {row[2] for row in rows} == {"BoxUsage:g4dn.xlarge", "BoxUsage:g5.xlarge"}


@pytest.mark.slow
def test_an_import_that_is_killed_at_any_moment_leaves_no_half_book(tmp_path: Path, data: Path) -> None:
    assert run(["prices", "import", listed(tmp_path, "0.4", day=date(2026, 11, 10))]) == 0
    shipped = load_book("aws-2026-11").prices(service="AmazonEC2", region="us-east-1")
    prices = {each.key: each for each in shipped if each.purchase == "on-demand" and each.valid_until is None}
    path = tmp_path / "large.csv"
    path.write_text(list_of(prices.values(), offer="AmazonEC2", published=DAY))
    begin = time.monotonic()
    whole = started([str(path)], tmp_path / "other")
    assert whole.communicate()
    takes = time.monotonic() - begin
    chance = random.Random(11)
    for _ in range(20):
        child = started([str(path)], data)
        time.sleep(chance.uniform(0.2, 1.1) * takes)
        child.kill()
        child.communicate()
        for name in book_names()[1:]:
            load_book(name)
        book = load_book()
        assert not book.warnings
        assert book.name.startswith(("aws-2026-11-10", "aws-2026-11-20"))
    last = started([str(path)], data)
    last.communicate()
    assert last.returncode == 0
    assert not list((data / "books").glob(".cloudcost-*"))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("options", "said"), [("size=192k", "No space left on device, free some space"), ("ro", "Read-only file system")]
)
def test_a_full_or_read_only_disk_is_one_line_and_the_old_book_answers(
    options: str, said: str, tmp_path: Path, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data.mkdir()
    if subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=192k", "tmpfs", str(data)], capture_output=True, check=False
    ).returncode:
        pytest.skip("no file system can be mounted here")
    try:
        assert run(["prices", "import", listed(tmp_path, "0.4", day=date(2026, 11, 10))]) == 0
        if options == "ro":
            subprocess.run(["mount", "-o", "remount,ro", str(data)], check=True)
        shipped = load_book("aws-2026-11").prices(service="AmazonEC2", region="us-east-1")
        prices = {each.key: each for each in shipped if each.purchase == "on-demand" and each.valid_until is None}
        (tmp_path / "large.csv").write_text(list_of(prices.values(), offer="AmazonEC2", published=DAY))
        capsys.readouterr()
        assert run(["prices", "import", str(tmp_path / "large.csv")]) == 2
        captured = capsys.readouterr()
        assert said in captured.err
        assert "the books that are there stay" in captured.err
        assert len(captured.err.strip().splitlines()) == 1
        assert book_names() == ("aws-2026-11", "aws-2026-11-10")
        assert not list((data / "books").glob(".cloudcost-*"))
        assert load_book().name == "aws-2026-11-10"
        assert not load_book().warnings
    finally:
        subprocess.run(["umount", str(data)], check=False)
