"""Price lists as bytes: plain or packed by gzip, from beginning to end, within bounds.

A packed file that is cut, damaged, or unpacks to far more than any price list does is refused in one line.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator
from pathlib import Path

from cloudcost.errors import InputError

GZIP = b"\x1f\x8b"
CHUNK = 2**20
"""[bytes]"""
FREELY = 64 * 2**20
"""Up to here a packed file may unpack to whatever it does. [bytes]"""
MOST_RATIO = 250
"""Unpacked over packed bytes; price lists pack 20 to 60 times. [1]"""
LONGEST_LINE = 2**20
"""Of a row of a price list, which has up to 2,000. [bytes]"""
REMEDY = "download it again"


class Unpacked(io.RawIOBase):
    """The bytes of a file, unpacked where it is packed.

    Parameters
    ----------
    path : Path

    Raises
    ------
    InputError
        On reading, when the file cannot be read, is cut or damaged, or unpacks to too much.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._file = path.open("rb")
            begin = self._file.read(2)
            self._file.seek(0)
        except OSError as error:
            raise InputError(f"{path}: cannot be read, {error.strerror}, name a file") from None
        except ValueError:
            raise InputError(f"{str(path)!r}: cannot be read, no valid path, name a file") from None
        self.is_packed = begin == GZIP
        self._worker = zlib.decompressobj(wbits=31)
        self._held = b""
        self._packed_bytes = 0
        self.unpacked_bytes = 0

    def readable(self) -> bool:
        """Return True."""
        return True

    def close(self) -> None:
        """Close the file."""
        self._file.close()
        super().close()

    def readinto(self, buffer: object) -> int:
        """Fill a buffer; 0 at the end."""
        view = memoryview(buffer)  # type: ignore[arg-type]
        if not self._held:
            try:
                self._held = self._more()
            except OSError as error:
                raise InputError(f"{self._path}: cannot be read, {error.strerror}, name a file") from None
            except (zlib.error, EOFError) as error:
                raise InputError(f"{self._path}: the packed file is damaged, {error}, {REMEDY}") from None
        part, self._held = self._held[: len(view)], self._held[len(view) :]
        view[: len(part)] = part
        return len(part)

    def _more(self) -> bytes:
        if not self.is_packed:
            return self._file.read(CHUNK)
        while True:
            packed = self._worker.unconsumed_tail
            if not packed:
                packed = self._worker.unused_data.lstrip(b"\0") if self._worker.eof else b""
                read = b"" if packed else self._file.read(CHUNK // 8)
                self._packed_bytes += len(read)
                packed = packed or (read.lstrip(b"\0") if self._worker.eof else read)
                if self._worker.eof:
                    if not packed:
                        return b""
                    self._worker = zlib.decompressobj(wbits=31)  # several packed parts, one after the other
                elif not packed:
                    raise EOFError("it ends too early")
            part = self._worker.decompress(packed, CHUNK)
            self.unpacked_bytes += len(part)
            if self.unpacked_bytes > max(FREELY, MOST_RATIO * self._packed_bytes):
                raise InputError(
                    f"{self._path}: unpacks to over {MOST_RATIO} times its size, which no price list does, {REMEDY}"
                )
            if part:
                return part


def text_lines(path: Path) -> Iterator[str]:
    """Yield the lines of a price list, each with its end.

    Raises
    ------
    InputError
        When it cannot be read, is no UTF-8 text, or has a line that no price list has.
    """
    with Unpacked(path) as raw, io.BufferedReader(raw, CHUNK) as file:
        number = 0
        while line := file.readline(LONGEST_LINE):
            number += 1
            if len(line) == LONGEST_LINE:
                raise InputError(f"{path}:{number}: a line of over {LONGEST_LINE:,} bytes, no price list, {REMEDY}")
            try:
                yield line.decode("utf-8-sig" if number == 1 else "utf-8")
            except UnicodeDecodeError:
                raise InputError(f"{path}:{number}: no UTF-8 text, {REMEDY}") from None


def first_bytes(path: Path) -> bytes:
    """Return what a price list begins with, without spaces."""
    with Unpacked(path) as raw:
        return (raw.read(256) or b"").removeprefix(b"\xef\xbb\xbf").lstrip()


def require_whole(path: Path) -> None:
    """Refuse a packed file that is cut, damaged or too large before another reads it."""
    with Unpacked(path) as raw:
        while raw.is_packed and raw.read(CHUNK):
            pass
