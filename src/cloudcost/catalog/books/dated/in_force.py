"""Which book answers: the one that is named, else the newest of the user's up to a day that is whole, else the shipped.

A book that is not as its manifest says is refused and said so in the warnings of the one that answers in its place.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from cloudcost.catalog.books.dated.folder import books_folder, parse_book_name, user_books
from cloudcost.catalog.books.dated.manifest import MANIFEST
from cloudcost.catalog.books.dated.stored import JoinedLibrary, read_stored
from cloudcost.errors import InputError

if TYPE_CHECKING:
    from cloudcost.catalog.books.book import PriceBook

_Stamp = tuple[int, int, int]
_opened: dict[Path, tuple[_Stamp, PriceBook]] = {}
"""Books that were read and found whole, by folder, with what tells that their manifest is still the same."""


def book_in_force(on: date | None, shipped: PriceBook) -> PriceBook:
    """Return the book that answers on a day.

    Parameters
    ----------
    on : date or None
        None for the newest.
    shipped : PriceBook
        Where the user has none of that day or before.
    """
    refused: list[str] = []
    for name in reversed(user_books()):
        if on is not None and name.day > on:
            continue
        try:
            return _warning(open_user_book(str(name), shipped), refused)
        except InputError as error:
            refused.append(f"price book {name} is refused, {error}")
    return _warning(shipped, refused)


def _warning(book: PriceBook, refused: list[str]) -> PriceBook:
    if not refused:
        return book
    from cloudcost.catalog.books.book import PriceBook

    told = tuple(f"{each}; {book.name} answers" for each in refused)
    return PriceBook(name=book.name, as_of=book.as_of, library=book.library, warnings=told)


def open_user_book(name: str, shipped: PriceBook) -> PriceBook:
    """Return a book of the user's; one that was read before is not read again while its manifest is the same.

    Raises
    ------
    InputError
        When it is not there or not as its manifest says.
    """
    folder = books_folder()
    if folder is None or parse_book_name(name) is None:
        raise InputError(f"price book {name!r}: no such book, cloudcost prices books lists them")
    path = folder / name
    stamp = _stamp(path)
    known = _opened.get(path)
    if known is not None and known[0] == stamp:
        return known[1]
    from cloudcost.catalog.books.book import PriceBook

    stored = read_stored(path)
    library = JoinedLibrary(stored, shipped.library)
    book = PriceBook(name=stored.manifest.name, as_of=max(stored.manifest.day, shipped.as_of), library=library)
    if stamp is not None:
        _opened[path] = (stamp, book)
    return book


def _stamp(path: Path) -> _Stamp | None:
    try:
        found = (path / MANIFEST).stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
