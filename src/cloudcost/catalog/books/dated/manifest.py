"""What a book of the user's says of itself: its name, its day and the SHA-256 sum of each of its files."""

from __future__ import annotations

import hashlib
import re
from datetime import date
from pathlib import Path

from cloudcost.catalog.books.dated.folder import parse_book_name
from cloudcost.errors import InputError
from cloudcost.files.documents import JsonObject, JsonValue, parse_document
from cloudcost.files.reading import TooLargeError, read_bounded
from cloudcost.frozen import dataclass
from cloudcost.json_text import json_text

SCHEMA = "cloudcost.book/1"
"""History: 1 is the first."""
MANIFEST = "manifest.json"
REMEDY = "delete the folder and import again"
LARGEST_FILE = 256 * 2**20
"""Of one service in one region; the largest real one has 1 MiB. [bytes]"""
MOST_FILES = 4000
"""Some 10 services in some 40 regions. [count]"""
_PATH = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(?:/[A-Za-z0-9][A-Za-z0-9._-]*)?")
_SUM = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class BookFile:
    """A file of a book.

    Parameters
    ----------
    path : str
        Within the book's folder, parted by slashes.
    size_bytes : int
        [bytes]
    sha256 : str
        Of its content, in hexadecimal.
    """

    path: str
    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a book says of itself.

    Parameters
    ----------
    name : str
    day : date
        From which on it counts.
    files : tuple of BookFile
    """

    name: str
    day: date
    files: tuple[BookFile, ...]

    def text(self) -> str:
        """Return it as it is written."""
        files = [{"path": each.path, "size_bytes": each.size_bytes, "sha256": each.sha256} for each in self.files]
        return json_text({"schema": SCHEMA, "name": self.name, "day": self.day.isoformat(), "files": files})


def parse_manifest(text: str, where: str) -> Manifest:
    """Return the manifest of a text.

    Raises
    ------
    InputError
        When it is none, or names a path that could leave the book's folder.
    """
    content = parse_document(text, where=where, remedy=REMEDY)
    if not isinstance(content, dict) or content.get("schema") != SCHEMA:
        raise InputError(f"{where}: no manifest of a price book, {SCHEMA} is not stated, {REMEDY}")
    name, day, files = content.get("name"), content.get("day"), content.get("files")
    parsed = parse_book_name(name) if isinstance(name, str) else None
    if parsed is None or day != parsed.day.isoformat():
        raise InputError(f"{where}:name: not the name and day of a book, {str(name)[:60]!r}, {REMEDY}")
    if not isinstance(files, list) or not files or len(files) > MOST_FILES:
        raise InputError(f"{where}:files: no list of up to {MOST_FILES:,} files, {REMEDY}")
    found = tuple(_file(each, where) for each in files)
    if len({each.path for each in found}) < len(found):
        raise InputError(f"{where}:files: a path stands twice, {REMEDY}")
    return Manifest(name=str(parsed), day=parsed.day, files=found)


def _file(entry: JsonValue, where: str) -> BookFile:
    values: JsonObject = entry if isinstance(entry, dict) else {}
    path, size, digest = values.get("path"), values.get("size_bytes"), values.get("sha256")
    if not isinstance(path, str) or not _PATH.fullmatch(path):
        raise InputError(f"{where}:files: a path that is none within the book, {str(path)[:80]!r}, {REMEDY}")
    if isinstance(size, bool) or not isinstance(size, int) or not 0 <= size <= LARGEST_FILE:
        raise InputError(f"{where}:files:{path}: no size of a file, {str(size)[:30]}, {REMEDY}")
    if not isinstance(digest, str) or not _SUM.fullmatch(digest):
        raise InputError(f"{where}:files:{path}: no SHA-256 sum, {str(digest)[:70]!r}, {REMEDY}")
    return BookFile(path=path, size_bytes=size, sha256=digest)


def read_checked(folder: Path, file: BookFile) -> bytes:
    """Return the content of a book's file, which is what the manifest says.

    Raises
    ------
    InputError
        When it is not there, is a link, or is another.
    """
    path = folder / file.path
    try:
        if path.is_symlink() or path.parent.is_symlink():
            raise InputError(f"{path}: is a link, a book's files lie in its folder, {REMEDY}")
        data = read_bounded(path, file.size_bytes)
    except TooLargeError:
        raise InputError(
            f"{path}: longer than the {file.size_bytes} bytes that the manifest states, {REMEDY}"
        ) from None
    except OSError as error:
        raise InputError(f"{path}: cannot be read, {error.strerror}, {REMEDY}") from None
    if len(data) < file.size_bytes or hashlib.sha256(data).hexdigest() != file.sha256:
        raise InputError(f"{path}: not what was imported, its SHA-256 sum is another, {REMEDY}")
    return data
