"""A book of the user's as it lies in its folder: read whole and checked, then asked like the shipped one.

The rows of a book stand above the shipped ones: where both know a price, `joined` makes one history of the two; where
it knows none, the shipped tables answer.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from cloudcost.catalog.books.dated.joined import JoinedShelf
from cloudcost.catalog.books.dated.manifest import MANIFEST, REMEDY, Manifest, parse_manifest, read_checked
from cloudcost.catalog.tables import COLUMNS, Row, Shelf, sources
from cloudcost.domain.prices import Price, PriceKey, Source
from cloudcost.errors import InputError
from cloudcost.files.reading import TooLargeError, read_bounded
from cloudcost.frozen import dataclass

if TYPE_CHECKING:
    from cloudcost.catalog.books.price_source import Library, PriceSource

SOURCES = "sources.csv"
SOURCE_COLUMNS = ("key", "title", "url", "read_on")
LARGEST_MANIFEST = 4 * 2**20
"""[bytes]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredBook:
    """A book that was read and is as its manifest says.

    Parameters
    ----------
    folder : Path
    manifest : Manifest
    sha256 : str
        Of the manifest, which holds the sums of all else.
    places : mapping of (str, str) to list of Row
        Its rows, by service and region.
    sources : mapping of str to Source
        Those that its rows name and the shipped tables do not have.
    """

    folder: Path
    manifest: Manifest
    sha256: str
    places: Mapping[tuple[str, str], list[Row]]
    sources: Mapping[str, Source]


def read_stored(folder: Path) -> StoredBook:
    """Return a book, whole and checked.

    Raises
    ------
    InputError
        When anything of it is not as its manifest says.
    """
    path = folder / MANIFEST
    try:
        data = read_bounded(path, LARGEST_MANIFEST)
        text = data.decode()
    except TooLargeError:
        raise InputError(f"{path}: too large for a manifest, {REMEDY}") from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "no UTF-8 text"
        raise InputError(f"{path}: cannot be read, {reason}, {REMEDY}") from None
    manifest = parse_manifest(text, str(path))
    if manifest.name != folder.name:
        raise InputError(f"{path}:name: another name than its folder's, {manifest.name!r}, {REMEDY}")
    places: dict[tuple[str, str], list[Row]] = {}
    known: dict[str, Source] = {}
    for file in manifest.files:
        where = folder / file.path
        try:
            rows = list(csv.reader(read_checked(folder, file).decode().splitlines(), strict=True))
        except (csv.Error, UnicodeDecodeError) as error:
            raise InputError(f"{where}: no table, {error}, {REMEDY}") from None
        columns = SOURCE_COLUMNS if file.path == SOURCES else COLUMNS
        if not rows or tuple(rows[0]) != columns or any(len(row) != len(columns) for row in rows):
            raise InputError(f"{where}: its columns are not {','.join(columns)}, {REMEDY}")
        if columns is SOURCE_COLUMNS:
            known = _sources(rows[1:], where)
            continue
        for row in rows[1:]:
            places.setdefault((row[0], row[1]), []).append(row)
    return StoredBook(
        folder=folder,
        manifest=manifest,
        sha256=hashlib.sha256(data).hexdigest(),
        places=places,
        sources=known,
    )


def _sources(rows: list[Row], where: Path) -> dict[str, Source]:
    try:
        return {
            key: Source(key=key, title=title, url=url, read_on=date.fromisoformat(read_on))
            for key, title, url, read_on in rows
        }
    except ValueError as error:
        raise InputError(f"{where}: no source, {error}, {REMEDY}") from None


class JoinedLibrary:
    """A book of the user's above the shipped one.

    Parameters
    ----------
    stored : StoredBook
    below : Library
        The shipped tables.
    """

    def __init__(self, stored: StoredBook, below: Library) -> None:
        self.stored = stored
        self._below = below
        self._shelves: dict[tuple[str, str], Shelf] = {}

    @property
    def sources(self) -> Mapping[str, Source]:
        """The sources of both."""
        return {**sources(), **self.stored.sources}

    def services(self) -> tuple[str, ...]:
        """Return the services that have prices."""
        return tuple(sorted({*self._below.services(), *(service for service, _ in self.stored.places)}))

    def regions(self, service: str) -> tuple[str, ...]:
        """Return the regions in which a service has prices."""
        own = {place for owner, place in self.stored.places if owner == service}
        return tuple(sorted({*self._below.regions(service), *own}))

    def shelf(self, service: str, region: str) -> Shelf:
        """Return the rows of a service in a region; empty where there are none."""
        key = (service, region)
        if key not in self._shelves:
            own, below = self.stored.places.get(key), self._below.shelf(service, region)
            self._shelves[key] = below if own is None else JoinedShelf(below, Shelf(own))
        return self._shelves[key]

    def derive(self, book: PriceSource, key: PriceKey, on: date) -> tuple[Price, ...]:
        """Return what follows by the rules of the shipped tables."""
        return self._below.derive(book, key, on)

    def digest(self) -> str:
        """Return the sum over both."""
        return hashlib.sha256(f"{self.stored.sha256} {self._below.digest()}".encode()).hexdigest()
