"""The bytes of a file that a user names, up to a limit: a device without end, or a packed file, cannot fill the memory.

A pipe is read like a file; one that nobody writes into is given up after `PATIENCE_SECONDS`.
"""

from __future__ import annotations

import errno
import os
import stat
import zlib
from pathlib import Path

LARGEST = 64 * 2**20
"""Bytes that a document may have, packed and unpacked: the largest real profile has 4 MiB. [bytes]"""
PATIENCE_SECONDS = 5.0
"""How long a pipe may be without anybody who writes into it. [s]"""

_GZIP = b"\x1f\x8b"
"""What a file packed by gzip begins with."""


class TooLargeError(Exception):
    """A file goes on past the limit."""


def read_bounded(path: Path | str, most: int = LARGEST) -> bytes:
    """Return a file's bytes.

    Parameters
    ----------
    path : Path or str
    most : int
        [bytes]

    Raises
    ------
    TooLargeError
        When it has more than `most` bytes; no more than that were read.
    OSError
        When it cannot be read.
    ValueError
        When the path is none: it has a byte of zero.
    """
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0))
    with open(handle, "rb", buffering=0) as file:  # noqa: PTH123 (a number, not a path)
        mode = os.fstat(handle).st_mode
        if stat.S_ISDIR(mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        if stat.S_ISFIFO(mode):
            _await_writer(handle)
        if hasattr(os, "set_blocking"):
            os.set_blocking(handle, True)
        parts: list[bytes] = []
        left = most + 1
        while left and (part := file.read(min(left, 2**20))):
            parts.append(part)
            left -= len(part)
    if not left:
        raise TooLargeError
    return b"".join(parts)


def _await_writer(handle: int) -> None:
    """Return once a pipe has a writer or bytes; opening it without waiting for one does not tell."""
    from select import POLLIN, poll

    poller = poll()
    poller.register(handle, POLLIN)
    if not poller.poll(PATIENCE_SECONDS * 1000):
        try:
            empty = not os.read(handle, 0) and not os.read(handle, 1)
        except BlockingIOError:
            return  # somebody holds it open and takes their time
        if empty:
            raise TimeoutError(errno.ETIMEDOUT, "nobody writes into this pipe")


def unpacked(data: bytes, most: int = LARGEST) -> bytes:
    """Return the bytes of a file packed by gzip; others as they are.

    Raises
    ------
    TooLargeError
        When they unpack to more than `most` bytes; no more than that were unpacked.
    zlib.error, EOFError
        When the packed bytes are damaged or cut.

    Examples
    --------
    >>> unpacked(b"plain")
    b'plain'
    """
    if not data.startswith(_GZIP):
        return data
    parts: list[bytes] = []
    room = most
    while data.startswith(_GZIP):  # a file may hold several packed parts, one after the other
        worker = zlib.decompressobj(wbits=31)
        part = worker.decompress(data, room + 1)
        room -= len(part)
        if room < 0:
            raise TooLargeError
        if not worker.eof:
            raise EOFError("the packed file ends too early")
        parts.append(part)
        data = worker.unused_data.lstrip(b"\0")
    if data:
        raise zlib.error("bytes that are not packed follow the packed ones")
    return b"".join(parts)
