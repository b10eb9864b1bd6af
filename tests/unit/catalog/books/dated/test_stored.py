from __future__ import annotations

import json
import subprocess
import sys
import threading
from datetime import date
from pathlib import Path

import pytest
from tests.books import own_book, own_price

from cloudcost.catalog.books.book import book_names, load_book
from cloudcost.catalog.books.dated.folder import VARIABLE, data_folder
from cloudcost.catalog.books.dated.store import books_to_write
from cloudcost.domain.prices import PriceKey
from cloudcost.errors import CatalogError, InputError, OutputError

KEY = PriceKey("AmazonEC2", "us-east-1", "BoxUsage:g4dn.xlarge")
TODAY = date(2026, 11, 29)


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(VARIABLE, str(tmp_path / "data"))
    return tmp_path / "data"


def usd(on: date) -> str:
    return str(load_book(on=on).price(KEY, on).tiers[0].unit_price_usd)


def test_a_book_counts_from_its_day_on_and_the_shipped_one_before_and_beside_it() -> None:
    name = own_book([own_price("0.5")])
    assert (usd(date(2026, 11, 19)), usd(date(2026, 11, 20)), usd(TODAY)) == ("0.526", "0.5", "0.5")
    assert load_book(on=TODAY).name == load_book().name == name == "aws-2026-11-20"
    assert load_book(on=date(2026, 11, 19)).name == "aws-2026-11"
    other = PriceKey("AmazonEC2", "us-east-1", "BoxUsage:p5.48xlarge")
    assert str(load_book().price(other, TODAY).tiers[0].unit_price_usd) == "55.04"
    assert str(load_book().price(KEY, date(2025, 3, 1)).tiers[0].unit_price_usd) == "0.526", "history of the shipped"


def test_a_list_of_a_day_to_come_counts_from_then_on_and_not_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a day the book of today answers: of SOURCE_DATE_EPOCH, else of the clock."""
    old, new = own_book([own_price("0.5")]), own_book([own_price("0.4")], date(2199, 1, 1))
    assert load_book().name == load_book(on=TODAY).name == old
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1795737600")  # 2026-11-27
    assert load_book().name == old
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1795046400")  # 2026-11-19
    assert load_book().name == "aws-2026-11"
    assert load_book(on=date(2199, 1, 1)).name == load_book(new).name == new


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"name": 0}, "book: no name of a price book, 0, give one of"),
        ({"name": ["aws-2026-11"]}, "book: no name of a price book"),
        ({"on": "2026-11-20"}, "on: no day, '2026-11-20', give a date"),
        ({"on": 0}, "on: no day, 0, give a date"),
    ],
)
def test_what_is_no_name_and_no_day_is_said(arguments: dict[str, object], said: str) -> None:
    with pytest.raises(InputError, match=said):
        load_book(**arguments)  # type: ignore[arg-type]


@pytest.mark.parametrize("inner", ["", "/deeper"])
def test_a_file_where_the_folder_of_data_should_be_is_said(
    inner: str, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data.write_text("a file")
    monkeypatch.setenv(VARIABLE, f"{data}{inner}")
    for ask in (load_book, book_names):
        with pytest.raises(InputError, match=rf"environment:{VARIABLE}: no folder, '{data}{inner}' is a file or lies"):
            ask()
    with pytest.raises(OutputError, match="no price book can be written, Not a directory"):
        own_book([own_price("0.5")])
    monkeypatch.delenv(VARIABLE)
    monkeypatch.setenv("XDG_DATA_HOME", str(data))
    assert book_names() == ("aws-2026-11",), "nobody named it: a home that is none"


def test_a_second_book_of_a_day_has_a_name_of_its_own_and_wins() -> None:
    first = own_book([own_price("0.5")])
    second = own_book([own_price("0.4")])
    assert (first, second) == ("aws-2026-11-20", "aws-2026-11-20-2")
    assert usd(TODAY) == "0.4"
    assert book_names()[-2:] == (first, second)
    assert load_book(first).sha256 != load_book(second).sha256


def test_the_same_rows_have_the_same_sum_and_others_another() -> None:
    shipped = load_book("aws-2026-11").sha256
    name = own_book([own_price("0.5")])
    before = load_book(name).sha256
    assert before == load_book(name).sha256 != shipped


TABLES = ("prices/AmazonEC2-us-east-1.csv", "sources.csv")


def flipped(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-3])


def linked(path: Path) -> None:
    path.rename(path.with_suffix(".moved"))
    path.symlink_to(path.with_suffix(".moved"))


def longer(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"x")


HARMS = [
    *((harm, path) for harm in (flipped, cut, linked, longer, Path.unlink) for path in TABLES),
    (cut, "manifest.json"),
    (Path.unlink, "manifest.json"),
]


@pytest.mark.parametrize(("harm", "path"), HARMS)
def test_a_book_that_was_harmed_is_refused_and_the_one_before_it_answers(harm: object, path: str, data: Path) -> None:
    good = own_book([own_price("0.5")], date(2026, 11, 10))
    bad = own_book([own_price("0.4")])
    harm(data / "books" / bad / path)  # type: ignore[operator]
    book = load_book(on=TODAY)
    assert (book.name, usd(TODAY)) == (good, "0.5")
    [warning] = book.warnings
    assert warning.startswith(f"price book {bad} is refused, {data}")
    assert "import again; aws-2026-11-10 answers" in warning
    assert "\n" not in warning
    with pytest.raises(InputError):
        load_book(bad)


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("schema", "cloudcost.book/9", "no manifest of a price book"),
        ("name", "aws-2026-11-21", "name: not the name and day of a book"),
        ("files", [], "files: no list"),
        ("path", "../../secret.csv", "files: a path that is none within the book, '../../secret.csv'"),
        ("path", "/etc/passwd", "a path that is none within the book"),
        ("path", "prices/../../x", "a path that is none within the book"),
        ("size_bytes", True, "no size of a file"),
        ("size_bytes", 10**12, "no size of a file"),
        ("sha256", "abc", "no SHA-256 sum"),
    ],
)
def test_a_manifest_that_lies_is_refused(key: str, value: object, said: str, data: Path) -> None:
    name = own_book([own_price("0.5")])
    path = data / "books" / name / "manifest.json"
    content = json.loads(path.read_text())
    (content if key in content else content["files"][0])[key] = value
    path.write_text(json.dumps(content))
    [warning] = load_book(on=TODAY).warnings
    assert said in warning
    assert usd(TODAY) == "0.526"


def test_what_is_not_whole_is_not_seen_and_taken_away_by_the_next_writer(data: Path) -> None:
    half = data / "books" / ".cloudcost-abc"
    half.mkdir(parents=True)
    (half / "manifest.json").write_text("{")
    assert book_names() == ("aws-2026-11",)
    own_book([own_price("0.5")])
    assert not half.exists()


def test_writers_wait_for_one_another(data: Path) -> None:
    names: list[str] = []
    threads = [threading.Thread(target=lambda: names.append(own_book([own_price("0.5")]))) for _ in range(4)]
    with books_to_write():
        for thread in threads:
            thread.start()
        assert not names
    for thread in threads:
        thread.join()
    assert sorted(names) == ["aws-2026-11-20", *(f"aws-2026-11-20-{number}" for number in (2, 3, 4))]
    assert all(not load_book(name).warnings for name in names)


def test_a_folder_that_cannot_be_made_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv(VARIABLE, str(tmp_path / "file"))
    with pytest.raises(OutputError, match="no price book can be written"):
        own_book([own_price("0.5")])


def test_the_variable_names_a_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "")
    with pytest.raises(InputError, match="environment:CLOUDCOST_DATA: no folder, ''"):
        load_book(on=TODAY)


def test_without_the_variable_it_is_the_folder_that_the_system_keeps(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("platformdirs")
    monkeypatch.delenv(VARIABLE)
    folder = data_folder()
    assert folder is not None
    assert folder.name == "cloudcost"


def test_a_name_that_is_none_is_told_with_what_there_is() -> None:
    own_book([own_price("0.5")])
    with pytest.raises(CatalogError, match="no price book 'aws-2026-11-21'; did you mean aws-2026-11-2"):
        load_book("aws-2026-11-21")


def test_a_process_that_was_killed_holds_no_lock(data: Path) -> None:
    script = "import os\nfrom cloudcost.catalog.books.dated.store import books_to_write\nwith books_to_write():\n"
    killed = subprocess.run([sys.executable, "-c", f"{script}    os.kill(os.getpid(), 9)"], check=False)
    assert killed.returncode == -9
    assert (data / "books").is_dir()
    assert own_book([own_price("0.5")]) == "aws-2026-11-20"


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere platformdirs itself is asked")
@pytest.mark.parametrize("home", ["/home/somebody", "/root"])
@pytest.mark.parametrize("data", [None, "", "/srv/data", "relative/data"])
def test_on_linux_the_folder_is_where_platformdirs_says(
    home: str, data: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    platformdirs = pytest.importorskip("platformdirs")
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.setenv("HOME", home)
    if data is None:
        monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    else:
        monkeypatch.setenv("XDG_DATA_HOME", data)
    assert data_folder() == Path(platformdirs.user_data_path("cloudcost", appauthor=False))
