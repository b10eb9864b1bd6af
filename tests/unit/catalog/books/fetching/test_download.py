"""A file is had whole or not at all, whatever the server does."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.price_server import (
    Fault,
    PriceServer,
    changed,
    chunked,
    cut,
    dripping,
    endless,
    garbage,
    price_server,
    stalled,
    stated,
    status,
)

from cloudcost.catalog.books.fetching.download import FetchLimits, download
from cloudcost.catalog.books.fetching.partial import Partial
from cloudcost.errors import DownloadError, OutputError

DATA = b'"SKU","a list"\n' * 2000
LIMITS = FetchLimits(tries=3, timeout_seconds=0.25, wait_seconds=0.01, largest_bytes=100_000)


@pytest.fixture(scope="module")
def running() -> Iterator[PriceServer]:
    with price_server() as server:
        yield server


@pytest.fixture
def server(running: PriceServer) -> PriceServer:
    running.files = {"/index.csv": DATA}
    running.faults, running.asked, running.headers = [], [], {}
    return running


@pytest.fixture
def part(tmp_path: Path) -> Partial:
    return Partial(tmp_path, "list")


def had(server: PriceServer, part: Partial, limits: FetchLimits = LIMITS) -> bytes:
    download(f"{server.url}/index.csv", part, limits=limits, watch=lambda *_: None)
    return part.path.read_bytes()


def ranges(server: PriceServer) -> list[str]:
    return [asked for _, _, asked in server.asked]


def test_a_file_is_fetched_whole_and_told_as_it_comes(server: PriceServer, part: Partial) -> None:
    told: list[tuple[int, int | None]] = []
    download(f"{server.url}/index.csv", part, limits=LIMITS, watch=lambda *far: told.append(far))
    assert part.path.read_bytes() == DATA
    assert told[-1] == (len(DATA), len(DATA))
    assert sorted(told) == told


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(0, 9000), max_size=2), st.booleans())
def test_a_file_that_breaks_off_anywhere_is_gone_on_with(
    server: PriceServer, part: Partial, cuts: list[int], tagged: bool
) -> None:
    """Each try begins at the byte after the last one that came."""
    part.forget()
    server.faults, server.asked = [cut(count) for count in cuts], []
    server.headers = {} if tagged else {"ETag": "", "Last-Modified": "Sat, 28 Nov 2026 10:00:00 GMT"}
    assert had(server, part) == DATA
    begins = [sum(cuts[:number]) for number in range(len(cuts) + 1)]
    assert ranges(server) == [f"bytes={begin}-" if begin else "" for begin in begins]


@pytest.mark.parametrize(
    "fault", [status(503), status(429, Retry_After="0"), status(500), garbage, stalled(0), status(408)]
)
def test_what_passes_is_tried_again(fault: Fault, server: PriceServer, part: Partial) -> None:
    server.faults = [fault, fault]
    assert had(server, part) == DATA
    assert len(server.asked) == 3


def test_a_fetch_that_was_given_up_is_gone_on_with_by_the_next(server: PriceServer, part: Partial) -> None:
    server.faults = [cut(9000), cut(1000), cut(500)]
    with pytest.raises(DownloadError, match=r"broke off after 10,500 of 30,000 bytes after 3 tries, try again later"):
        had(server, part)
    assert had(server, part) == DATA
    assert ranges(server)[-1] == "bytes=10500-"
    server.asked = []
    assert had(server, part) == DATA, "one that is whole is not fetched again"
    assert ranges(server) == ["bytes=30000-"]


def test_a_file_that_changed_meanwhile_is_fetched_anew(server: PriceServer, part: Partial) -> None:
    other = b'"SKU","another list"\n' * 1000

    def turns(handler: object, data: bytes) -> None:
        cut(9000)(handler, data)  # type: ignore[arg-type]
        server.files["/index.csv"] = other

    server.faults = [turns]
    assert had(server, part) == other
    assert ranges(server) == ["", "bytes=9000-"]


@pytest.mark.parametrize(
    "rest",
    [
        changed({"ETag": '"another"', "Content-Range": "bytes 9000-29999/30000"}, 206, DATA[9000:]),
        changed({"Content-Range": "bytes 8000-29999/30000"}, 206, DATA[8000:]),
        changed({"Content-Range": "bytes 9000-29999/40000"}, 206, DATA[9000:]),
        changed({"Content-Range": "bytes 9000-12000/30000"}, 206, DATA[9000:12001]),
        changed({}, 206, DATA[9000:]),
        status(416, Content_Range="bytes */40000"),
        status(416),
    ],
    ids=["other-tag", "other-begin", "other-length", "other-end", "no-range", "beyond", "beyond-unsaid"],
)
def test_a_part_that_does_not_fit_is_never_put_to_it(rest: Fault, server: PriceServer, part: Partial) -> None:
    server.faults = [cut(9000), rest]
    assert had(server, part) == DATA
    assert ranges(server) == ["", "bytes=9000-", ""]


@pytest.mark.parametrize("tag", ['W/"weak"', "", "unquoted"])
def test_without_a_strong_validator_a_file_is_fetched_anew(tag: str, server: PriceServer, part: Partial) -> None:
    server.headers = {"ETag": tag}
    server.faults = [cut(9000)]
    assert had(server, part) == DATA
    assert ranges(server) == ["", ""]


def test_a_server_that_ignores_ranges_gives_the_whole_again(server: PriceServer, part: Partial) -> None:
    server.faults = [cut(9000), stated(str(len(DATA)))]
    assert had(server, part) == DATA


def test_pieces_and_packed_files_are_taken_as_they_come(server: PriceServer, part: Partial) -> None:
    server.faults = [chunked]
    assert had(server, part) == DATA
    part.forget()
    packed = gzip.compress(DATA)
    server.faults = [changed({"Content-Encoding": "gzip"}, 200, packed)]
    assert had(server, part) == packed


REFUSED: list[tuple[str, Fault, str]] = [
    ("longer", stated("20000"), "longer than the 20,000 bytes that the server stated"),
    ("one-more", stated("29999"), "longer than the 29,999 bytes that the server stated"),
    ("no-length", stated(None), "the server states no length"),
    ("two-lengths", stated("30000", "29000"), "the server states two lengths"),
    ("no-number", stated("many"), "no length of a price list, 'many' bytes"),
    ("negative", stated("-5"), "no length of a price list, '-5' bytes"),
    ("empty", stated("0", keep=0), "no length of a price list, '0' bytes"),
    ("huge", stated("9" * 15), "larger than is taken, 999,999,999,999,999 bytes, raise --max-size"),
    ("endless", endless, "larger than is taken, over 100,000 bytes, raise --max-size"),
    ("page", changed({"Content-Type": "text/html; charset=utf-8"}), "a web page instead of a price list, text/html"),
    ("said-csv", changed({}, 200, b"\n <html>log in</html>"), "a web page instead of a price list, its first sign"),
    ("packing", changed({"Content-Encoding": "br"}), "packed in a way that was not asked for, 'br'"),
    ("forbidden", status(403), "there is no such list, HTTP 403 Forbidden"),
    ("gone", status(404), "there is no such list, HTTP 404 Not Found"),
    ("who", status(401), "the server gives no file, HTTP 401 Unauthorized, check the address"),
    ("odd", status(499), "the server gives no file, HTTP 499, check the address"),
    ("unasked", changed({"Content-Range": "bytes 0-29999/30000"}, 206), "no whole file, HTTP 206"),
    ("none", status(204), "no whole file, HTTP 204"),
    ("to-file", status(302, Location="file:///etc/passwd"), "not followed, HTTP 302 Found to 'file:///etc/passwd'"),
    ("to-http", status(301, Location="http://example.com/x"), "not followed, HTTP 301 Moved Permanently to 'http://ex"),
    ("to-ftp", status(307, Location="ftp://example.com/x"), "not followed, HTTP 307 Temporary Redirect to 'ftp://"),
    ("to-nowhere", status(302), "not followed, HTTP 302 Found to 'nowhere'"),
]


@pytest.mark.parametrize(("fault", "said"), [each[1:] for each in REFUSED], ids=[each[0] for each in REFUSED])
def test_what_no_other_try_mends_is_refused_at_once(
    fault: Fault, said: str, server: PriceServer, part: Partial
) -> None:
    server.faults = [fault]
    with pytest.raises(DownloadError) as caught:
        had(server, part)
    [line] = str(caught.value).splitlines()
    assert line.startswith(f"{server.url}/index.csv: ")
    assert said in line
    assert len(server.asked) == 1
    assert part.size_bytes == 0, "nothing of it is gone on with"


GIVEN_UP: list[tuple[str, Fault, str]] = [
    ("server", status(503), "the server gives no file, HTTP 503 Service Unavailable after 3 tries"),
    ("often", status(429), "HTTP 429 Too Many Requests after 3 tries"),
    ("cut", cut(100), "broke off after 300 of 30,000 bytes after 3 tries"),
    ("stall", stalled(100), "nothing came for 0.25 s after 300 of 30,000 bytes after 3 tries"),
    ("drip", dripping, "under 1024 bytes came in 0.25 s after 3 tries"),
    ("garbage", garbage, "no answer of a web server, BadStatusLine"),
    ("hang-up", lambda *_: None, "the server cannot be reached, Remote end closed connection without response"),
]


@pytest.mark.parametrize(("fault", "said"), [each[1:] for each in GIVEN_UP], ids=[each[0] for each in GIVEN_UP])
def test_what_does_not_pass_is_given_up_after_so_many_tries(
    fault: Fault, said: str, server: PriceServer, part: Partial
) -> None:
    server.faults = [fault] * 4
    with pytest.raises(DownloadError) as caught:
        had(server, part)
    [line] = str(caught.value).splitlines()
    assert said in line
    assert line.endswith("after 3 tries, try again later")
    assert len(server.asked) == 3


def test_a_redirect_that_stays_on_this_machine_is_followed_with_its_range(server: PriceServer, part: Partial) -> None:
    server.files["/moved"] = DATA
    moved = status(302, Location="/moved")
    server.faults = [moved, cut(9000), moved]
    assert had(server, part) == DATA
    assert [asked[1:] for asked in server.asked] == [
        ("/index.csv", ""), ("/moved", ""), ("/index.csv", "bytes=9000-"), ("/moved", "bytes=9000-"),
    ]  # fmt: skip


def test_redirects_without_an_end_are_not_followed(server: PriceServer, part: Partial) -> None:
    server.faults = [status(302, Location="/index.csv")] * 20
    with pytest.raises(DownloadError, match="a redirect that is not followed"):
        had(server, part)
    assert len(server.asked) < 12


def test_a_server_that_is_not_there_and_one_without_a_certificate_are_one_line(
    server: PriceServer, part: Partial
) -> None:
    limits = FetchLimits(tries=1, timeout_seconds=0.5)
    with pytest.raises(DownloadError, match="the server cannot be reached, Connection refused, try again later"):
        download("http://127.0.0.1:9/index.csv", part, limits=limits, watch=lambda *_: None)
    with pytest.raises(DownloadError, match="the server cannot be reached, "):
        download(f"{server.url.replace('http', 'https')}/x", part, limits=limits, watch=lambda *_: None)


def test_proxies_of_the_environment_are_not_asked_for_this_machine(
    server: PriceServer, part: Partial, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert had(server, part) == DATA
    monkeypatch.setenv("https_proxy", server.url)
    limits = FetchLimits(tries=1, timeout_seconds=0.5)
    with pytest.raises(DownloadError, match="the server cannot be reached, Tunnel connection failed: 501"):
        download("https://prices.invalid/index.csv", part, limits=limits, watch=lambda *_: None)


def test_a_folder_that_cannot_be_written_is_one_line(server: PriceServer, tmp_path: Path) -> None:
    part = Partial(tmp_path / "gone", "list")
    with pytest.raises(
        OutputError, match="cannot be written, No such file or directory, mend it or set CLOUDCOST_DATA"
    ):
        had(server, part)
