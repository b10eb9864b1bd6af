"""Price lists fetched from where they are published and made a dated book; where one fails, none is taken.

What was fetched stays in ``downloads`` of the user's data folder until all of it has become a book: an update that
failed, was interrupted or killed is gone on with by the next one for the same lists.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import date
from hashlib import sha256
from itertools import pairwise
from pathlib import Path

from cloudcost.catalog.books.dated.folder import VARIABLE, data_folder
from cloudcost.catalog.books.dated.store import LOCK, wait_for
from cloudcost.catalog.books.fetching.download import FetchLimits, download
from cloudcost.catalog.books.fetching.origin import OfferPlace, Origin
from cloudcost.catalog.books.fetching.partial import Partial, unwritable
from cloudcost.catalog.books.fetching.web import MISSING, UNKNOWN_METHOD, PassingError, ask
from cloudcost.catalog.books.importing.into_book import Import, ImportedFile, read_file, write_imported
from cloudcost.errors import DownloadError, InputError, OutputError
from cloudcost.frozen import dataclass

Watch = Callable[[float, str], None]
"""Told what share is done, and of what. [1]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class SizedOffer:
    """A list and how large it is.

    Parameters
    ----------
    place : OfferPlace
    address : str
    size_bytes : int or None
        As it comes, mostly packed; None where the server does not say. [bytes]
    fault : DownloadError or None
        Why it cannot be had.
    """

    place: OfferPlace
    address: str
    size_bytes: int | None = None
    fault: DownloadError | None = None


def is_missing(offer: SizedOffer) -> bool:
    """Return whether there is no such list where it was looked for."""
    return offer.fault is not None and offer.fault.status in MISSING


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """What came of an update.

    Parameters
    ----------
    done : Import
    fetched : tuple of SizedOffer
        A list for each of the files of `done`, in their order.
    missing : tuple of str
        Addresses of lists that are not there and were to be left out then.
    """

    done: Import
    fetched: tuple[SizedOffer, ...]
    missing: tuple[str, ...]


def sizes(origin: Origin, places: Sequence[OfferPlace], *, limits: FetchLimits, watch: Watch) -> tuple[SizedOffer, ...]:
    """Return how large lists are, without fetching them.

    Parameters
    ----------
    origin : Origin
    places : sequence of OfferPlace
    limits : FetchLimits
    watch : callable

    Notes
    -----
    A server that cannot be asked says so when the list is fetched; after the first that cannot be reached no other list
    is asked for.
    """
    found: list[SizedOffer] = []
    for number, place in enumerate(places):
        watch(0.05 * number / len(places), f"asking for {place}")
        if not origin.is_web:
            found.append(_lying(origin, place, limits))
            continue
        url = origin.address(place)
        fault: DownloadError | None = None
        size: int | None = None
        try:
            with ask(
                url, method="HEAD", headers={"Accept-Encoding": "gzip"}, timeout_seconds=limits.timeout_seconds
            ) as answer:
                stated = str(answer.headers.get("Content-Length", ""))
                size = int(stated[:18]) if stated.isascii() and stated.isdigit() else None
        except PassingError as error:
            fault = DownloadError(f"{url}: {error}, try again later", unreachable=error.unreachable)
        except DownloadError as error:
            fault = None if error.status in UNKNOWN_METHOD else error
        if size is not None and size > limits.largest_bytes:
            fault = DownloadError(f"{url}: larger than is taken, {size:,} bytes, raise --max-size if it is right")
        found.append(SizedOffer(place=place, address=url, size_bytes=size, fault=fault))
        if fault is not None and fault.unreachable:
            break
    return tuple(found)


def _lying(origin: Origin, place: OfferPlace, limits: FetchLimits) -> SizedOffer:
    path = origin.file(place)
    try:
        size = path.stat().st_size
    except OSError as error:
        told = f"{path}: there is no such list, {error.strerror}, name another folder, or use --skip-missing"
        return SizedOffer(place=place, address=str(path), fault=DownloadError(told, status=404))
    fault = None
    if size > limits.largest_bytes:
        fault = DownloadError(f"{path}: larger than is taken, {size:,} bytes, raise --max-size if it is right")
    return SizedOffer(place=place, address=str(path), size_bytes=size, fault=fault)


def update_book(
    origin: Origin,
    places: Sequence[OfferPlace],
    *,
    today: date,
    limits: FetchLimits,
    watch: Watch,
    skip_missing: bool = False,
) -> Update:
    """Fetch lists and write a book of them; nothing is written where one of them fails.

    Parameters
    ----------
    origin : Origin
    places : sequence of OfferPlace
    today : date
        The day of lists that state none.
    limits : FetchLimits
    watch : callable
    skip_missing : bool
        Whether lists that are not there are left out; else they are faults.

    Raises
    ------
    InputError
        With each list that cannot be had or is not what was asked for.
    OutputError
        When what comes cannot be written; the books that are there stay.
    """
    asked = sizes(origin, places, limits=limits, watch=watch)
    missing = [each for each in asked if is_missing(each)]
    if missing and (not skip_missing or len(missing) == len(places)):
        raise InputError(*(fault for each in missing if each.fault is not None for fault in each.fault.faults))
    wanted = [place for place in places if place not in {each.place for each in missing}]
    known = {each.place: each for each in asked}
    with _downloads(origin, wanted) as folder:
        fetched, files = _fetched(origin, wanted, known, folder, today=today, limits=limits, watch=watch)
        watch(0.99, "writing the book")
        done = write_imported(files)
        for each in fetched:
            _part(folder, each.address, each.place).forget()
    return Update(done=done, fetched=tuple(fetched), missing=tuple(each.address for each in missing))


def _fetched(
    origin: Origin,
    places: Sequence[OfferPlace],
    known: dict[OfferPlace, SizedOffer],
    folder: Path,
    *,
    today: date,
    limits: FetchLimits,
    watch: Watch,
) -> tuple[list[SizedOffer], list[ImportedFile]]:
    """Return the lists with their sizes, and what they hold.

    Raises
    ------
    InputError
        With the faults of all.
    """
    faults: list[str] = []
    fetched: list[SizedOffer] = []
    files: list[ImportedFile] = []
    shares = _shares(places, known)
    for number, place in enumerate(places):
        url = origin.address(place)
        try:
            if origin.is_web:
                part = _part(folder, url, place)
                download(url, part, limits=limits, watch=_within(watch, place, *shares[number]))
                path = part.path
            else:
                offer = _lying(origin, place, limits)
                if offer.fault is not None:
                    raise offer.fault
                path, url = origin.file(place), offer.address
            watch(shares[number][1], f"reading {place}")
            size = path.stat().st_size
            files.append(_read(path, url, place, today, mine=origin.is_web, folder=folder))
            fetched.append(SizedOffer(place=place, address=url, size_bytes=size))
        except DownloadError as error:
            faults += error.faults
            if error.unreachable:
                left = len(places) - number - 1
                untried = f"{left} more {'list was' if left == 1 else 'lists were'} not tried"
                faults += [f"{origin.stated}: {untried}"] if left else []
                break
        except InputError as error:
            faults += error.faults
    if faults:
        raise InputError(*faults)
    return fetched, files


def _read(path: Path, url: str, place: OfferPlace, today: date, *, mine: bool, folder: Path) -> ImportedFile:
    """Return what a list holds.

    Raises
    ------
    InputError
        When it is none, or that of another offer or region; what was fetched of it is then taken away.
    """
    try:
        found = read_file(path, seen_on=today)
        where = {price.region for price in found.prices}
        if found.offer != place.offer:
            raise InputError(f"{url}: the list of {found.offer[:60] or 'no one offer'}, not of {place.offer}")
        if place.region not in where and place.offer != "AWSDataTransfer":
            raise InputError(f"{url}: a list of {', '.join(sorted(where))[:80]}, not of {place.region}")
    except InputError as error:
        if mine:
            _part(folder, url, place).forget()
        raise InputError(*(fault.replace(str(path), url) for fault in error.faults)) from None
    return found


def _shares(places: Sequence[OfferPlace], known: dict[OfferPlace, SizedOffer]) -> list[tuple[float, float]]:
    """Return from which share of the work to which each list takes; of unknown size all are alike. [1]"""
    stated = [known[place].size_bytes if place in known else None for place in places]
    usual = max((size for size in stated if size), default=1)
    weights = [size or usual for size in stated]
    whole, ends = sum(weights), [0]
    for weight in weights:
        ends.append(ends[-1] + weight)
    share = [0.05 + 0.94 * end / whole for end in ends]
    return list(pairwise(share))


def _within(watch: Watch, place: OfferPlace, begin: float, end: float) -> Callable[[int, int | None], None]:
    def told(got: int, total: int | None) -> None:
        share = 0.0 if total is None else got / total
        of = "" if total is None else f" of {total / 1e6:,.1f}"
        watch(begin + (end - begin) * share, f"{place}, {got / 1e6:,.1f}{of} MB")

    return told


def _part(folder: Path, url: str, place: OfferPlace) -> Partial:
    return Partial(folder, f"{place.offer}-{place.region}-{sha256(url.encode()).hexdigest()[:16]}")


@contextmanager
def _downloads(origin: Origin, places: Sequence[OfferPlace]) -> Iterator[Path]:
    """Give the folder that lists are fetched into, held against other updates; parts of other lists are taken away."""
    base = data_folder()
    if base is None:
        raise OutputError(f"prices: no folder for data is known here, name one in {VARIABLE}")
    folder = base / "downloads"
    if not origin.is_web:
        yield folder
        return
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o644)
    except OSError as error:
        raise unwritable(folder, error) from None
    try:
        wait_for(handle)
        own = {_part(folder, origin.address(place), place).path.stem for place in places}
        for path in folder.iterdir():
            if path.suffix in (".part", ".tag") and path.stem not in own:
                with suppress(OSError):
                    path.unlink()
        yield folder
    finally:
        os.close(handle)
