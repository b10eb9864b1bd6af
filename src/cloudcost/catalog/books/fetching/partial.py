"""A file that is being fetched, as it lies on disk: what came of it, and what tells that the rest is of the same file.

Both outlast the process, so that a fetch that was interrupted or killed goes on where it was.
"""

from __future__ import annotations

import errno
from contextlib import suppress
from pathlib import Path

from cloudcost.catalog.books.dated.folder import VARIABLE
from cloudcost.errors import OutputError
from cloudcost.files.reading import read_bounded

LONGEST_TAG = 1000
"""Of a validator that a server sends. [bytes]"""


class Partial:
    """What came of a file.

    Parameters
    ----------
    folder : Path
    name : str
        Of the file, without an ending.
    """

    __slots__ = ("_tag_path", "path")

    def __init__(self, folder: Path, name: str) -> None:
        self.path = folder / f"{name}.part"
        self._tag_path = folder / f"{name}.tag"

    @property
    def size_bytes(self) -> int:
        """How much there is. [bytes]"""
        try:
            return self.path.stat().st_size
        except OSError:
            return 0

    @property
    def tag(self) -> str:
        """The validator of the file that the bytes are of; empty where none is known, so that they are of no use."""
        try:
            return read_bounded(self._tag_path, LONGEST_TAG).decode("ascii")
        except (OSError, ValueError):
            return ""

    def begin(self, tag: str) -> None:
        """Begin anew, with what the validator is of; an empty one where the server sends none.

        Raises
        ------
        OutputError
            When it cannot be written.
        """
        try:
            self._tag_path.unlink(missing_ok=True)  # never a validator beside bytes of another file
            self.path.write_bytes(b"")
            if tag:
                self._tag_path.write_text(tag, "ascii")
        except OSError as error:
            raise unwritable(self.path, error) from None

    def forget(self) -> None:
        """Take away what there is."""
        for path in (self._tag_path, self.path):
            with suppress(OSError):
                path.unlink(missing_ok=True)


def unwritable(path: Path, error: OSError) -> OutputError:
    """Return what it means that a part of a file could not be written."""
    remedy = "free some space" if error.errno in (errno.ENOSPC, errno.EDQUOT) else f"mend it or set {VARIABLE}"
    said = error.strerror or type(error).__name__
    return OutputError(f"{path}: cannot be written, {said}, {remedy}; the books that are there stay")
