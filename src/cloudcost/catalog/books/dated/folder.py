"""The user's data folder, and the books in it by name and day.

``CLOUDCOST_DATA`` in the environment names the folder; without it, it is the one that the system keeps for data of
programs (``~/.local/share/cloudcost`` on Linux). A book is a folder in ``books`` named after its day:
``aws-2026-11-29``, and ``aws-2026-11-29-2`` for the second of a day. Names that begin with a dot are of books that are
not whole yet.
"""

from __future__ import annotations

import os
import re
import sys
from datetime import date
from pathlib import Path

from cloudcost.errors import InputError
from cloudcost.frozen import dataclass

VARIABLE = "CLOUDCOST_DATA"
"""Names the folder in the environment."""
_NAME = re.compile(r"aws-(?P<day>\d{4}-\d{2}-\d{2})(?:-(?P<number>[2-9]|[1-9]\d{1,3}))?")


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class BookName:
    """The name of a user's book.

    Parameters
    ----------
    day : date
        From which on it counts: the newest publication day of what was imported.
    number : int
        Of the books of that day, from 1 on. [count]

    Examples
    --------
    >>> str(BookName(day=date(2026, 11, 29))), str(BookName(day=date(2026, 11, 29), number=2))
    ('aws-2026-11-29', 'aws-2026-11-29-2')
    """

    day: date
    number: int = 1

    def __str__(self) -> str:
        return f"aws-{self.day}" + (f"-{self.number}" if self.number > 1 else "")


def parse_book_name(text: str) -> BookName | None:
    """Return what a book's name says; None for what is none.

    Examples
    --------
    >>> parse_book_name("aws-2026-11-29-2").number
    2
    >>> parse_book_name("aws-2026-11") is parse_book_name("aws-2026-13-01") is None
    True
    """
    found = _NAME.fullmatch(text)
    if found is None:
        return None
    try:
        return BookName(day=date.fromisoformat(found["day"]), number=int(found["number"] or 1))
    except ValueError:
        return None


def data_folder() -> Path | None:
    """Return the user's data folder, which need not be there; None where the system knows none.

    Raises
    ------
    InputError
        When the environment names no path.
    """
    stated = os.environ.get(VARIABLE)
    if stated is not None:
        if not stated or "\0" in stated:
            raise InputError(f"environment:{VARIABLE}: no folder, {stated!r}, name one or unset it")
        return Path(stated)
    system = str(sys.platform)
    if system == "linux":  # what platformdirs says there, without its modules: each comparison asks
        stated = os.environ.get("XDG_DATA_HOME", "")
        base = Path(stated) if stated.startswith("/") else Path("~/.local/share").expanduser()
        return base / "cloudcost"
    try:
        from platformdirs import user_data_path
    except ImportError:  # installed without what it needs: there are no books of the user's then
        return None
    return Path(user_data_path("cloudcost", appauthor=False))


def books_folder() -> Path | None:
    """Return the folder of the user's books, which need not be there."""
    folder = data_folder()
    return None if folder is None else folder / "books"


def user_books() -> tuple[BookName, ...]:
    """Return the names of the user's books, the oldest first; none where the folder is not there.

    Raises
    ------
    InputError
        When the folder cannot be read, or what is named as one is none.
    """
    folder = books_folder()
    if folder is None:
        return ()
    try:
        names = [path.name for path in folder.iterdir()]
    except FileNotFoundError:
        return ()
    except NotADirectoryError:
        if VARIABLE not in os.environ:  # a home that is none, as programs without a user have it
            return ()
        raise InputError(
            f"environment:{VARIABLE}: no folder, {os.environ[VARIABLE][:200]!r} is a file or lies in one, name a folder"
        ) from None
    except OSError as error:
        raise InputError(
            f"{folder}: the folder of price books cannot be read, {error.strerror}, mend it or set {VARIABLE}"
        ) from None
    return tuple(sorted(name for name in map(parse_book_name, names) if name is not None))
