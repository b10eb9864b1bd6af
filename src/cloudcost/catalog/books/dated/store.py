"""Writing a book into the user's folder: whole or not at all, one writer after the other.

A book is made in a folder of its own whose name begins with a dot, brought to disk, and renamed. Whoever writes holds a
lock from reading the book that it adds to until then, so that two imports at once are two books, the second with what
the first brought. What a writer that was killed left is taken away by the next one.
"""

from __future__ import annotations

import csv
import errno
import hashlib
import io
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path

from cloudcost.catalog.books.dated.folder import VARIABLE, BookName, books_folder, user_books
from cloudcost.catalog.books.dated.manifest import MANIFEST, BookFile, Manifest
from cloudcost.catalog.books.dated.stored import SOURCE_COLUMNS, SOURCES
from cloudcost.catalog.tables import COLUMNS, Row
from cloudcost.domain.prices import Source
from cloudcost.errors import OutputError
from cloudcost.files.writing import PREFIX

LOCK = ".lock"


@contextmanager
def books_to_write() -> Iterator[Path]:
    """Give the folder of the user's books, made where it is not there, and hold it against other writers.

    Raises
    ------
    OutputError
        When it cannot be made or written into, or the system knows none.
    """
    folder = books_folder()
    if folder is None:
        raise OutputError(f"prices: no folder for data is known here, name one in {VARIABLE}")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o644)
    except OSError as error:
        raise _unwritable(folder, error) from None
    try:
        wait_for(handle)
        _take_away_what_was_left(folder)
        yield folder
    except OSError as error:
        raise _unwritable(folder, error) from None
    finally:
        os.close(handle)  # with it goes the lock, as it does where the process is killed


def wait_for(handle: int) -> None:
    """Take the lock of an open file as soon as whoever holds it lets it go."""
    try:
        from fcntl import LOCK_EX, flock
    except ImportError:  # Windows
        import msvcrt

        msvcrt.locking(handle, msvcrt.LK_LOCK, 1)  # type: ignore[attr-defined, unused-ignore]
        return
    flock(handle, LOCK_EX)


def _take_away_what_was_left(folder: Path) -> None:
    for left in folder.glob(f"{PREFIX}*"):
        shutil.rmtree(left, ignore_errors=True)


def write_book(
    folder: Path, day: date, places: Mapping[tuple[str, str], Sequence[Row]], sources: Sequence[Source]
) -> str:
    """Write a book and return its name.

    Parameters
    ----------
    folder : Path
        Of the books, held by `books_to_write`.
    day : date
        From which on it counts.
    places : mapping of (str, str) to sequence of Row
        Its rows, by service and region.
    sources : sequence of Source
        Those that the rows name and the shipped tables do not have.

    Raises
    ------
    OSError
        When it cannot be written; nothing of it is left.
    """
    taken = {each.number for each in user_books() if each.day == day}
    name = str(BookName(day=day, number=next(number for number in range(1, 10_000) if number not in taken)))
    making = Path(tempfile.mkdtemp(prefix=PREFIX, dir=folder))
    try:
        files = [_write_table(making, SOURCES, SOURCE_COLUMNS, [_source_row(each) for each in sources])]
        (making / "prices").mkdir()
        for (service, region), rows in sorted(places.items()):
            files.append(_write_table(making, f"prices/{service}-{region}.csv", COLUMNS, rows))
        manifest = Manifest(name=name, day=day, files=tuple(files))
        _write_through(making / MANIFEST, manifest.text().encode())
        making.chmod(0o755)
        _bring_to_disk(making / "prices")
        _bring_to_disk(making)
        making.rename(folder / name)
    except BaseException:
        shutil.rmtree(making, ignore_errors=True)
        raise
    _bring_to_disk(folder)
    return name


def _source_row(source: Source) -> Row:
    return [source.key, source.title, source.url, source.read_on.isoformat()]


def _write_table(folder: Path, path: str, columns: Sequence[str], rows: Sequence[Row]) -> BookFile:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    data = text.getvalue().encode()
    _write_through(folder / path, data)
    return BookFile(path=path, size_bytes=len(data), sha256=hashlib.sha256(data).hexdigest())


def _write_through(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _bring_to_disk(folder: Path) -> None:
    with suppress(OSError):  # a file system that cannot bring a folder to disk
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _unwritable(folder: Path, error: OSError) -> OutputError:
    reason = error.strerror or type(error).__name__
    remedy = "free some space" if error.errno in (errno.ENOSPC, errno.EDQUOT) else f"mend it or set {VARIABLE}"
    return OutputError(f"{folder}: no price book can be written, {reason}, {remedy}; the books that are there stay")
