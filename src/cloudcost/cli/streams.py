"""stdout and stderr as callers leave them: closed, or full. Data that goes nowhere is an error, words are not."""

from __future__ import annotations

import io
import os
import sys
from errno import EBADF

TYPE_CHECKING = False  # as in `cloudcost.cli`
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import TextIO

    from _typeshed import ReadableBuffer


class Closed(io.RawIOBase):
    """What the caller closed, as by ``>&-``: nothing can be written, which is told where something would be."""

    def writable(self) -> bool:
        """Return True: that it is not shows as it is written."""
        return True

    def write(self, content: ReadableBuffer) -> int:
        """Refuse what is written.

        Raises
        ------
        OSError
            Always, unless it is nothing.
        """
        if not len(memoryview(content)):
            return 0
        raise OSError(EBADF, "it is closed")


class Words:
    """stderr that says what it can: where its device is full, what is said is lost, and the exit code stays.

    Parameters
    ----------
    stream : TextIO
        Everything else is asked of it.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def __getattr__(self, name: str) -> object:
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        """Write, or lose, a text."""
        try:
            return self._stream.write(text)
        except OSError:
            _discard(self._stream)
            return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        """Write, or lose, texts."""
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        """Write, or lose, what is held back."""
        try:
            self._stream.flush()
        except OSError:
            _discard(self._stream)


def replace_closed() -> None:
    """Put something in place of streams that the caller closed; their numbers are taken, so that no file gets them."""
    if sys.stdout is None:
        os.open(os.devnull, os.O_WRONLY)
        sys.stdout = io.TextIOWrapper(Closed(), encoding="utf-8", write_through=True)
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 (open to the end)


def discard_stdout() -> None:
    """Let what is still to be written go nowhere: the interpreter flushes once more as it ends."""
    _discard(sys.stdout)


def _discard(stream: TextIO) -> None:
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    except (OSError, ValueError):  # closed, or a stream without a number of its own
        if stream is sys.stdout:
            sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 (open to the end)
