"""`prices update` through the command line, against a server on loopback and against folders."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from tests.books import own_book, own_price
from tests.offers import list_of
from tests.price_server import PriceServer, cut, price_server, stalled, status

from cloudcost.catalog.books.book import book_names, load_book
from cloudcost.catalog.books.dated.folder import VARIABLE
from cloudcost.cli import run

TODAY = ["--today", "2026-11-29"]
QUICK = ["--tries", "1", "--timeout", "0.3", *TODAY]
ROOT = "/offers/v1.0/aws"
DAY = date(2026, 11, 20)
S3 = own_price("0.02", service="AmazonS3", usage_type="TimedStorage-ByteHrs", unit="GB-Mo")
LISTS = {
    f"{ROOT}/AmazonEC2/current/us-east-1/index.csv": list_of([own_price("0.5")], offer="AmazonEC2", published=DAY),
    f"{ROOT}/AmazonS3/current/us-east-1/index.csv": list_of([S3], offer="AmazonS3", published=DAY),
}
BOTH = ["--services", "AmazonEC2,AmazonS3", "--regions", "us-east-1"]


@pytest.fixture(scope="module")
def running() -> Iterator[PriceServer]:
    with price_server() as server:
        yield server


@pytest.fixture(autouse=True)
def server(running: PriceServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PriceServer:
    monkeypatch.setenv(VARIABLE, str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    running.files = {path: text.encode() for path, text in LISTS.items()}
    running.faults, running.asked, running.no_head = [], [], False
    return running


def update(server: PriceServer, *arguments: str) -> int:
    return run(["prices", "update", "--from", server.url, *arguments])


def test_an_update_is_a_book_that_answers(server: PriceServer, capsys: pytest.CaptureFixture[str]) -> None:
    assert update(server, *BOTH, *QUICK, "--format", "json") == 0
    captured = capsys.readouterr()
    found = json.loads(captured.out)
    assert found["schema"] == "cloudcost.price_update/1"
    assert [(each["service"], each["region"], each["published"], each["prices"]) for each in found["lists"]] == [
        ("AmazonEC2", "us-east-1", "2026-11-20", 1), ("AmazonS3", "us-east-1", "2026-11-20", 1),
    ]  # fmt: skip
    assert "prices diff aws-2026-11 aws-2026-11-20 shows what is other" in captured.err
    key = {"service": "AmazonEC2", "region": "us-east-1", "usage_type": "BoxUsage:g4dn.xlarge"}
    price = load_book().find(**key, on=date(2026, 11, 29))
    assert (str(price.tiers[0].unit_price_usd), price.source) == ("0.5", "list-AmazonEC2-20261120000000")
    assert load_book().source(price.source).url == (
        "https://pricing.us-east-1.amazonaws.com/offers/v1.0/aws/AmazonEC2/20261120000000/index.csv"
    )
    assert update(server, *BOTH, *QUICK) == 0
    assert "nothing new: aws-2026-11-20 holds all of it" in capsys.readouterr().out


def test_a_dry_run_lists_sizes_and_takes_nothing(
    server: PriceServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert update(server, *BOTH, *QUICK, "--dry-run", "--format", "json") == 0
    lists = json.loads(capsys.readouterr().out)["lists"]
    assert [(each["address"], each["size_bytes"], each["book"]) for each in lists] == [
        (f"{server.url}{path}", len(data), None) for path, data in server.files.items()
    ]
    assert {method for method, *_ in server.asked} == {"HEAD"}
    assert not (tmp_path / "data").exists()
    assert update(server, *BOTH, *QUICK, "--dry-run") == 0
    said = capsys.readouterr().out
    assert "2 lists, 0.0 MB; nothing was fetched" in said
    assert max(map(len, said.splitlines())) <= 80
    server.no_head = True
    assert update(server, *BOTH, *QUICK, "--dry-run") == 0
    assert "2 of a size that the server does not say; nothing was fetched" in capsys.readouterr().out
    assert update(server, *BOTH, *QUICK) == 0


def test_lists_in_a_folder_are_read_where_they_lie(
    server: PriceServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for path, data in server.files.items():
        file = tmp_path / "mirror" / path.lstrip("/")
        file.parent.mkdir(parents=True)
        file.write_bytes(data)
    command = ["prices", "update", "--from", "mirror", *BOTH, *QUICK]
    assert run([*command, "--dry-run"]) == 0
    assert run(command) == 0
    assert load_book().name == "aws-2026-11-20"
    assert sorted(path.name for path in (tmp_path / "mirror").rglob("*.csv")) == ["index.csv"] * 2
    capsys.readouterr()
    assert run([*command, "--services", "awskms"]) == 2
    assert "awskms/current/us-east-1/index.csv: there is no such list" in capsys.readouterr().err
    assert run([*command, "--max-size", "10 B"]) == 2
    assert "larger than is taken" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("project", "asked"),
    [
        (None, ["us-east-1"]),
        ('[project]\nregion = "eu-west-1"\n', ["eu-west-1", "us-east-1"]),
    ],
)
def test_the_regions_are_those_of_the_project(
    project: str | None, asked: list[str], server: PriceServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if project is not None:
        rest = '[dataset]\nimages = 1\nsize = "1 GB"\n[[training]]\nnetwork = "resnet18"\nepochs = 1\n'
        options = "".join(
            f'[[option]]\nname = "{name}"\n{facts}\n'
            for name, facts in (
                ("A", 'kind = "ec2"\ninstance = "g4dn.xlarge"\nregion = "us-east-1"'),
                ("B", 'kind = "local"\ndevice = "RTX 3060"\nowned = true\ncountry = "MEX"'),
            )
        )
        (tmp_path / "p.toml").write_text(project + rest + options)
    named = [] if project is None else ["p.toml"]
    assert update(server, *named, "--services", "AmazonS3", *QUICK, "--dry-run", "--skip-missing") == 0
    assert [path.split("/")[-2] for _, path, _ in server.asked] == asked
    assert f"regions {', '.join(asked)}" in capsys.readouterr().err.replace("\n", " ")


def test_a_list_that_is_not_there_is_told_before_any_is_fetched(
    server: PriceServer, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["--services", "AmazonEC2,awskms,AmazonSNS", "--regions", "us-east-1", *QUICK]
    for more in ([], ["--dry-run"]):
        assert update(server, *command, *more) == 2
        captured = capsys.readouterr()
        assert captured.out == ""
        lines = captured.err.splitlines()
        assert [line.split("aws/")[1].split("/")[0] for line in lines] == ["awskms", "AmazonSNS"]
        assert all("there is no such list, HTTP 404 Not Found" in line for line in lines)
    assert {method for method, *_ in server.asked} == {"HEAD"}
    assert update(server, *command, "--skip-missing") == 0
    captured = capsys.readouterr()
    assert captured.err.count("left out, there is no such list") == 2
    assert update(server, "--services", "awskms", *QUICK, "--skip-missing") == 2, "nothing is left"


WRONG = {
    "another offer": (list_of([S3], offer="AmazonS3", published=DAY), "the list of AmazonS3, not of AmazonEC2"),
    "another region": (
        list_of([own_price("0.5", region="eu-west-1")], offer="AmazonEC2", published=DAY),
        "a list of eu-west-1, not of us-east-1",
    ),
    "cut": (LISTS[f"{ROOT}/AmazonEC2/current/us-east-1/index.csv"][:-30], "index.csv:7: "),
    "nothing": ("no list\n", "no price list, its first 20 rows have no header"),
    "damaged": ("\x1f\ufffd", "no price list"),
}


@pytest.mark.parametrize(("text", "said"), WRONG.values(), ids=WRONG)
def test_what_is_no_such_list_is_refused_by_its_address_and_the_old_book_answers(
    text: str, said: str, server: PriceServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old = own_book([own_price("0.4", as_of=date(2026, 11, 10))], date(2026, 11, 10))
    server.files[f"{ROOT}/AmazonEC2/current/us-east-1/index.csv"] = text.encode()
    assert update(server, *BOTH, *QUICK) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    [line] = captured.err.splitlines()
    assert line.startswith(f"{server.url}{ROOT}/AmazonEC2/current/us-east-1/index.csv")
    assert said in line
    assert (book_names()[1:], load_book().name) == ((old,), old)
    left = sorted(path.name for path in (tmp_path / "data" / "downloads").glob("*.part"))
    assert [name.split("-")[0] for name in left] == ["AmazonS3"], "the good one is kept for the next update"


def test_a_server_that_fails_leaves_the_old_book_and_the_next_update_goes_on(
    server: PriceServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old = own_book([own_price("0.4", as_of=date(2026, 11, 10))], date(2026, 11, 10))
    server.faults = [cut(500), status(503)]
    assert update(server, *BOTH, *QUICK) == 2
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 2
    assert "broke off after 500 of" in lines[0]
    assert "HTTP 503 Service Unavailable, try again later" in lines[1]
    assert load_book().name == old
    server.asked = []
    assert update(server, *BOTH, *QUICK) == 0
    assert [asked for method, _, asked in server.asked if method == "GET"] == ["bytes=500-", ""]
    assert load_book().name == "aws-2026-11-20"
    assert not [path for path in (tmp_path / "data" / "downloads").iterdir() if path.suffix], "only the lock is left"


def test_a_server_that_is_not_there_is_asked_once(capsys: pytest.CaptureFixture[str]) -> None:
    begin = ["prices", "update", "--from", "http://127.0.0.1:9"]
    assert run([*begin, *BOTH, *QUICK]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 2
    assert "the server cannot be reached, Connection refused, try again later" in lines[0]
    assert lines[1] == "http://127.0.0.1:9: 1 more list was not tried"
    assert run([*begin, *BOTH, *QUICK, "--dry-run"]) == 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--services", ","], "names with commas between them"),
        (["--services", "AmazonRDS"], "cloudcost prices nothing of 'AmazonRDS'"),
        (["--regions", "mars"], "no region 'mars'"),
        (["--max-size", "many"], "a size is a number and one of"),
        (["--max-size", "0 B"], "a size that a list may have is over 0"),
        (["--timeout", "nan"], "a number of seconds up to 3600"),
        (["--tries", "0"], "a number from 1 to 20"),
        (["gone.toml"], "gone.toml"),
    ],
)
def test_odd_arguments_are_refused_before_anything_is_asked(
    arguments: list[str], said: str, server: PriceServer, capsys: pytest.CaptureFixture[str]
) -> None:
    assert update(server, *arguments, *TODAY) == 2
    assert said in capsys.readouterr().err
    assert server.asked == []


def test_a_folder_of_data_that_is_a_file_is_one_line(
    server: PriceServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "data").write_text("a file")
    assert update(server, *BOTH, *QUICK) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert "downloads: cannot be written, Not a directory, mend it or set CLOUDCOST_DATA" in line


def test_two_updates_at_once_do_no_harm(server: PriceServer, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "cloudcost", "prices", "update", "--from", server.url, *BOTH, *TODAY]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    said = sorted(each.communicate(timeout=60)[0].splitlines()[-1] for each in both)
    assert [each.returncode for each in both] == [0, 0]
    assert said == ["nothing new: aws-2026-11-20 holds all of it", "wrote the price book aws-2026-11-20"]
    assert not [path for path in (tmp_path / "data" / "downloads").iterdir() if path.suffix]


def test_an_update_that_is_interrupted_is_gone_on_with_by_the_next(server: PriceServer, tmp_path: Path) -> None:
    server.faults = [stalled(700)]
    child = subprocess.Popen(
        [sys.executable, "-m", "cloudcost", "prices", "update", "--from", server.url, *BOTH, *TODAY],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ},
    )  # fmt: skip
    end = time.monotonic() + 20
    while time.monotonic() < end and not any(
        path.stat().st_size == 700 for path in (tmp_path / "data" / "downloads").glob("*.part")
    ):
        time.sleep(0.02)
    child.send_signal(signal.SIGINT)
    _, said = child.communicate(timeout=20)
    assert child.returncode == 130
    assert "Traceback" not in said
    assert book_names() == ("aws-2026-11",)
    server.asked = []
    assert update(server, *BOTH, *QUICK) == 0
    assert [asked for method, _, asked in server.asked if method == "GET"] == ["bytes=700-", ""]
