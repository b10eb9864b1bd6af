"""Files as they are downloaded -> plain CSV or Parquet on the disk: gzip and zip unpacked whole, stdin kept.

What is packed is unpacked into a temporary file before it is read, so that a cut or damaged archive is told of before
a number of it is used, and memory holds no more than a piece of it.
"""

from __future__ import annotations

import gzip
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Literal, Protocol

from cloudcost.errors import InputError
from cloudcost.frozen import dataclass

STDIN = Path("-")
LARGEST = 64 * 2**30
"""Bytes of a file, unpacked: a billion rows. A device without end, or a packed one, goes no further. [bytes]"""
_PIECE = 1 << 20
_GZIP, _ZIP, _PARQUET = b"\x1f\x8b", b"PK\x03\x04", b"PAR1"
_REMEDY = "download it again"


class _Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainFile:
    """A file of rows on the disk.

    Parameters
    ----------
    name : str
        For messages: as the user named it, with its place in an archive.
    path : Path
    form : "csv" or "parquet"
    """

    name: str
    path: Path
    form: Literal["csv", "parquet"]

    @property
    def size_bytes(self) -> int:
        """[bytes]."""
        return self.path.stat().st_size


@contextmanager
def plain_files(path: Path) -> Iterator[Iterator[PlainFile]]:
    """Give the plain files that a file holds, one after the other; each is gone when the next is asked for.

    Raises
    ------
    InputError
        When it cannot be read, or is damaged or cut.
    """
    name = "stdin" if path == STDIN else str(path)
    try:
        with tempfile.TemporaryDirectory(prefix="cloudcost-bill-") as folder:
            yield _plain(path, name, Path(folder))
    except (EOFError, zlib.error, gzip.BadGzipFile, zipfile.BadZipFile) as error:
        raise InputError(f"{name}: damaged or cut, {error}, {_REMEDY}") from None
    except OSError as error:
        raise InputError(f"{name}: cannot be read, {error.strerror or error}, name a bill as CSV") from None


def beginning_of(path: Path) -> bytes | None:
    """Return how a file begins, unpacked where gzip packed it, or None for an archive or Parquet.

    Raises
    ------
    OSError, ValueError, EOFError, zlib.error
        When it cannot be read.
    """
    with path.open("rb") as file:
        start = file.read(4)
    if start in (_ZIP, _PARQUET):
        return None
    with gzip.open(path) if start.startswith(_GZIP) else path.open("rb") as file:
        return file.read(_PIECE)


def _plain(path: Path, name: str, folder: Path) -> Iterator[PlainFile]:
    if path == STDIN:
        path = folder / "stdin"
        _keep(sys.stdin.buffer, path, name)
    try:
        with path.open("rb") as file:
            start = file.read(4)
    except ValueError:
        raise InputError(f"{name!r}: cannot be read, no valid path, name a bill as CSV") from None
    if not path.is_file():  # a pipe or a device: what was read of it is gone
        with path.open("rb") as file:
            _keep(file, folder / "piped", name, start)
        path = folder / "piped"
    if start == _PARQUET:
        yield PlainFile(name=name, path=_without_stars(path, folder), form="parquet")
    elif start.startswith(_GZIP):
        with gzip.open(path) as packed:
            yield from _unpacked(packed, name, folder)
    elif start == _ZIP:
        yield from _members(path, name, folder)
    else:
        yield PlainFile(name=name, path=_without_stars(path, folder), form="csv")


def _members(path: Path, name: str, folder: Path) -> Iterator[PlainFile]:
    with zipfile.ZipFile(path) as archive:
        members = [each for each in archive.infolist() if _is_table(each.filename)]
        if not members:
            raise InputError(f"{name}: no CSV or Parquet file in the archive, name a bill as it was downloaded")
        for member in members:
            inner = f"{name}!{member.filename}"
            if member.flag_bits & 1:
                raise InputError(f"{inner}: under a password, unpack it first")
            try:
                with archive.open(member) as packed:
                    yield from _unpacked(packed, inner, folder)
            except NotImplementedError as error:
                raise InputError(f"{inner}: packed in a way that is not known, {error}, unpack it first") from None


def _is_table(name: str) -> bool:
    path = PurePosixPath(name)
    hidden = any(part.startswith((".", "__MACOSX")) for part in path.parts)
    return not hidden and path.name.lower().endswith((".csv", ".csv.gz", ".parquet"))


def _unpacked(packed: _Readable, name: str, folder: Path) -> Iterator[PlainFile]:
    """Yield what an archive's member is, unpacked once more where it is packed itself."""
    path = folder / "unpacked"
    _keep(packed, path, name)
    with path.open("rb") as file:
        start = file.read(4)
    if start.startswith(_GZIP):
        again = folder / "unpacked-again"
        with gzip.open(path) as inner:
            _keep(inner, again, name)
        path = again
    yield PlainFile(name=name, path=path, form="parquet" if start == _PARQUET else "csv")
    path.unlink(missing_ok=True)


def _keep(source: _Readable, target: Path, name: str, start: bytes = b"") -> None:
    left = LARGEST - len(start)
    with target.open("wb") as file:
        file.write(start)
        while piece := source.read(_PIECE):
            left -= len(piece)
            if left < 0:
                raise InputError(f"{name}: too large, over {LARGEST >> 30} GiB, read it in parts")
            file.write(piece)


def _without_stars(path: Path, folder: Path) -> Path:
    """Return a path that no program takes for a pattern."""
    if not set(str(path)) & set("*?[]{}'"):
        return path
    link = folder / "linked"
    link.unlink(missing_ok=True)
    link.symlink_to(path.absolute())
    return link
