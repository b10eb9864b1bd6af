"""A file fetched whole: tried again after a while, gone on with where it broke off, held against what the server said.

What has no length, is longer or shorter than the server states, is over the limit, is a web page, or changes while it
is fetched is never taken for the file. A part that was fetched is gone on with by ``Range``, under ``If-Range`` with
the validator that came with it (RFC 9110, section 14), so that it is never put together with a part of another file.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from http.client import HTTPException, HTTPResponse
from select import select

from cloudcost.catalog.books.fetching.partial import LONGEST_TAG, Partial, unwritable
from cloudcost.catalog.books.fetching.web import BeyondError, PassingError, ask
from cloudcost.errors import DownloadError
from cloudcost.frozen import dataclass

BLOCK = 2**18
"""Read at a time. [bytes]"""
LEAST = 2**10
"""In the time of a timeout; a server that sends less stands still. [bytes]"""
FURTHER = 2**20
"""A try that brought so much was of use: the count of tries begins anew. [bytes]"""
PACKED = frozenset({"", "identity", "gzip", "x-gzip"})
"""Codings of an answer that the importer reads."""
_RANGE = re.compile(r"bytes (\d{1,18})-(\d{1,18})/(\d{1,18})")
Watch = Callable[[int, int | None], None]
"""Told what there is of a file and what there will be, None where that is not known. [bytes]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchLimits:
    """How long and how much a fetch may try.

    Parameters
    ----------
    tries : int
        Without getting further. [count]
    timeout_seconds : float
        To connect, and in which nothing comes. [s]
    wait_seconds : float
        Before the second try; before each further one twice as long. [s]
    largest_bytes : int
        Of a file, as it comes. [bytes]
    """

    tries: int = 4
    timeout_seconds: float = 30.0
    wait_seconds: float = 1.0
    largest_bytes: int = 2 * 2**30


def download(url: str, part: Partial, *, limits: FetchLimits, watch: Watch) -> None:
    """Fetch a file whole into its part.

    Parameters
    ----------
    url : str
    part : Partial
        May have the beginning of the file from an earlier fetch.
    limits : FetchLimits
    watch : callable
        Told how far it is.

    Raises
    ------
    DownloadError
        When it cannot be had, or is not what the server says.
    OutputError
        When it cannot be written.
    """
    tries = 0
    while True:
        before = part.size_bytes
        try:
            _attempt(url, part, limits, watch)
            return
        except PassingError as error:
            tries = 1 if part.size_bytes >= before + FURTHER else tries + 1
            if tries >= limits.tries:
                often = f" after {tries} tries" if tries > 1 else ""
                raise DownloadError(
                    f"{url}: {error}{often}, try again later", unreachable=error.unreachable and not part.size_bytes
                ) from None
            time.sleep(max(limits.wait_seconds * 2 ** (tries - 1), error.wait_seconds))


def _attempt(url: str, part: Partial, limits: FetchLimits, watch: Watch) -> None:
    """Ask once, from where the part ends, and take what comes."""
    tag = part.tag
    offset = part.size_bytes if tag else 0
    headers = {"Accept-Encoding": "gzip"}
    if offset:
        headers |= {"Range": f"bytes={offset}-", "If-Range": tag}
    try:
        answer = ask(url, headers=headers, timeout_seconds=limits.timeout_seconds)
    except BeyondError as error:
        if offset and error.whole_bytes == offset:  # it was whole already
            return
        part.forget()
        raise
    with answer:
        _require_file(url, answer)
        if answer.status == 206 and offset:
            total: int | None = _continued(answer, part, offset, tag)
        else:
            total, offset = _total(url, answer), 0
            part.begin(_tag(answer))
        if total is not None and total > limits.largest_bytes:
            part.forget()
            raise DownloadError(f"{url}: larger than is taken, {total:,} bytes, raise --max-size if it is right")
        _take(url, answer, part, offset, total, limits, watch)


def _require_file(url: str, answer: HTTPResponse) -> None:
    """Refuse an answer that no list comes in.

    Raises
    ------
    DownloadError
        With what it is instead.
    """
    kind = answer.headers.get_content_type()
    if kind in ("text/html", "application/xhtml+xml"):
        raise DownloadError(f"{url}: a web page instead of a price list, {kind}, check the address and your network")
    coding = str(answer.headers.get("Content-Encoding", "")).strip().casefold()
    if coding not in PACKED:
        raise DownloadError(f"{url}: packed in a way that was not asked for, {coding[:40]!r}, fetch it by hand")


def _tag(answer: HTTPResponse) -> str:
    """Return the validator of a file that its parts may be put together by; empty where there is none."""
    tag = str(answer.headers.get("ETag", "")).strip()
    if not tag:
        tag = str(answer.headers.get("Last-Modified", "")).strip()
    elif not (tag.startswith('"') and tag.endswith('"')):  # a weak one holds of files that differ in their bytes
        return ""
    return tag if tag.isascii() and tag.isprintable() and len(tag) <= LONGEST_TAG else ""


def _total(url: str, answer: HTTPResponse) -> int | None:
    """Return how long the whole file is that an answer brings; None where it comes in pieces that tell its end.

    Raises
    ------
    DownloadError
        When the answer is no whole file, or cannot tell its end.
    """
    if answer.status != 200:
        raise DownloadError(f"{url}: the server gives no whole file, HTTP {answer.status}, check the address")
    if answer.chunked:
        return None
    stated = {text.strip() for text in answer.headers.get_all("Content-Length", [])}
    if len(stated) != 1:
        said = "no length" if not stated else "two lengths"
        raise DownloadError(f"{url}: the server states {said}, so that a cut list would look whole, fetch it by hand")
    [text] = stated
    if not (text.isascii() and text.isdigit() and len(text) <= 18 and int(text)):
        raise DownloadError(f"{url}: no length of a price list, {text[:40]!r} bytes, check the address")
    return int(text)


def _continued(answer: HTTPResponse, part: Partial, offset: int, tag: str) -> int:
    """Return how long the whole file is that an answer brings the rest of.

    Raises
    ------
    PassingError
        When it is the rest of another file, or another part; what there is is then of no use.
    """
    found = _RANGE.fullmatch(str(answer.headers.get("Content-Range", "")).strip())
    first, last, total = map(int, found.groups()) if found else (-1, -1, -1)
    length = answer.headers.get("Content-Length")
    fits = first == offset and last + 1 == total and (answer.chunked or length == str(total - offset))
    same = _tag(answer) in ("", tag)
    if fits and same:
        return total
    part.forget()
    what = "the list changed while it was fetched" if not same else "the server gave another part than was asked for"
    raise PassingError(what)


def _take(
    url: str, answer: HTTPResponse, part: Partial, offset: int, total: int | None, limits: FetchLimits, watch: Watch
) -> None:
    """Write what comes behind what there is.

    Raises
    ------
    PassingError
        When it breaks off.
    DownloadError
        When it is no list, or longer than stated or than is taken.
    """
    if not answer.chunked:
        answer.length = None  # read to its end, whatever length was stated
    got, since, then = offset, time.monotonic(), offset
    try:
        file = part.path.open("ab")
    except OSError as error:
        raise unwritable(part.path, error) from None
    with file:
        while block := _block(answer, got, total, limits):
            got += len(block)
            if (fault := _fault(block, got, len(block), total, limits)) is not None:
                part.forget()
                raise DownloadError(f"{url}: {fault}")
            try:
                file.write(block)
                file.flush()
            except OSError as error:
                raise unwritable(part.path, error) from None
            watch(got, total)
            now = time.monotonic()
            if now - since > limits.timeout_seconds:
                if got - then < LEAST:
                    raise PassingError(f"under {LEAST} bytes came in {limits.timeout_seconds:g} s")
                since, then = now, got
    if total is not None and got < total:
        raise PassingError(f"broke off after {got:,} of {total:,} bytes")
    if not got:
        raise DownloadError(f"{url}: an empty file instead of a price list, check the address")


def _block(answer: HTTPResponse, got: int, total: int | None, limits: FetchLimits) -> bytes:
    """Return what comes next, one byte more than there should be at most; nothing at the end.

    Raises
    ------
    PassingError
        When the connection breaks or nothing comes.
    """
    of = "" if total is None else f" of {total:,}"
    if got == total and not select([answer], [], [], min(limits.timeout_seconds, 0.5))[0]:
        return b""  # the server says no more, and leaves the connection open
    try:
        return answer.read1(BLOCK if total is None else min(BLOCK, total - got + 1))
    except TimeoutError:
        raise PassingError(f"nothing came for {limits.timeout_seconds:g} s after {got:,}{of} bytes") from None
    except (OSError, HTTPException, ValueError) as error:
        if got == total:
            return b""
        raise PassingError(f"broke off after {got:,}{of} bytes, {type(error).__name__}") from None


def _fault(block: bytes, got: int, length: int, total: int | None, limits: FetchLimits) -> str | None:
    """Return what is wrong with what came; None where nothing is."""
    if total is not None and got > total:
        return f"longer than the {total:,} bytes that the server stated, so that neither is right, try again later"
    if got > limits.largest_bytes:
        return f"larger than is taken, over {limits.largest_bytes:,} bytes, raise --max-size if it is right"
    if got == length and block.lstrip().startswith(b"<"):
        return "a web page instead of a price list, its first sign is '<', check the address and your network"
    return None
