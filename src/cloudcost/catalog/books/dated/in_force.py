"""Which book answers: the one that is named, else the newest of the user's up to a day that is whole, else the shipped.

A book that is not as its manifest says is refused and said so in the warnings of the one that answers in its place.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from cloudcost.catalog.books.dated.folder import books_folder, parse_book_name, user_books
from cloudcost.catalog.books.dated.manifest import MANIFEST
from cloudcost.catalog.books.dated.stored import StoredBook, read_stored
from cloudcost.errors import InputError

_Stamp = tuple[int, int, int]
_opened: dict[Path, tuple[_Stamp, StoredBook]] = {}
"""Books that were read and found whole, by folder, with what tells that their manifest is still the same."""


def stored_in_force(on: date) -> tuple[StoredBook | None, tuple[str, ...]]:
    """Return the book of the user's that answers on a day, and why newer ones do not.

    Parameters
    ----------
    on : date

    Returns
    -------
    StoredBook or None
        None where the user has none that is whole of that day or before.
    tuple of str
        A line for each book that is refused.
    """
    refused: list[str] = []
    for name in reversed(user_books()):
        if name.day > on:
            continue
        try:
            return open_stored(str(name)), tuple(refused)
        except InputError as error:
            refused.append(f"price book {name} is refused, {error}")
    return None, tuple(refused)


def open_stored(name: str) -> StoredBook:
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
    stored = read_stored(path)
    if stamp is not None:
        _opened[path] = (stamp, stored)
    return stored


def _stamp(path: Path) -> _Stamp | None:
    try:
        found = (path / MANIFEST).stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
