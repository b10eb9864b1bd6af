"""Files that appear whole or not at all: under a name of their own beside the target, brought to disk, then renamed.

Links are written through and a file keeps its mode; folders that are not there are made. A file with more names (hard
links) takes its content in place, so that all keep it: the room is taken first, and where writing fails all the same,
the whole content stays beside it. A pipe or a device (``/dev/stdout``, ``/dev/null``) is written to as it is: renaming
would put a file in its place.
"""

from __future__ import annotations

import errno
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from cloudcost.errors import OutputError

PREFIX = ".cloudcost-"
"""How the name of a file begins that is not whole yet; a random part follows, so two writers never share one."""


def require_writable(
    path: Path | str, *, inputs: Sequence[Path | str] = (), overwrite: bool = True, flag: str = "-o"
) -> None:
    """Refuse a path that cannot be written, before the work whose result it is to take.

    Parameters
    ----------
    path : Path or str
    inputs : sequence of Path or str
        Files that are read; none of them is written over.
    overwrite : bool
        Whether a file that is there may be replaced.
    flag : str
        The argument that names it, for messages.

    Raises
    ------
    OutputError
        When there is no such path, it cannot be written, it is an input, or a file is there that must not be replaced.
    """
    text = os.fspath(path)
    if not text or "\0" in text:
        raise OutputError(f"{flag}: no path, {text!r}, name a file")
    target = Path(os.path.realpath(text))
    for each in inputs:
        if _same_file(target, Path(each)):
            raise OutputError(f"{flag}:{path}: is what is read, {each}, choose another path")
    try:
        mode = target.stat().st_mode
    except FileNotFoundError:
        mode = None
    except OSError as error:
        raise _unwritable(path, error) from None
    if mode is not None and stat.S_ISDIR(mode):
        raise OutputError(f"{path}: cannot be written, it is a folder, name a file in it")
    if mode is not None and not stat.S_ISREG(mode):
        return
    if mode is not None and not overwrite:
        raise OutputError(f"{path}: there is a file already, {path}, choose another path or use --force")
    if text.endswith(os.sep):
        raise OutputError(f"{path}: cannot be written, it is a folder, name a file in it")
    try:
        _try_folder(target, exists=mode is not None)
    except OSError as error:
        raise _unwritable(path, error) from None


def require_folder(path: Path | str, *, flag: str) -> Path:
    """Return a folder that files can be written into, made where it is not there.

    Raises
    ------
    OutputError
        When it cannot be made or written into.
    """
    text = os.fspath(path)
    if not text or "\0" in text:
        raise OutputError(f"{flag}: no folder, {text!r}, name one")
    try:
        os.makedirs(text, exist_ok=True)  # noqa: PTH103 (a path without its ".")
        _touch_in(text)
    except OSError as error:
        reason = "it is no folder" if isinstance(error, FileExistsError) else error.strerror or type(error).__name__
        raise OutputError(f"{text}: cannot be written, {reason}, choose another folder") from None
    return Path(text)


def write_whole(path: Path | str, content: str | bytes) -> None:
    """Write a file whole or not at all.

    Raises
    ------
    OutputError
        When the path cannot be written; what was begun is taken away.
    """
    with open_whole(path) as file:
        file.write(content.encode() if isinstance(content, str) else content)


@contextmanager
def open_whole(path: Path | str, *, keep: Path | None = None) -> Iterator[IO[bytes]]:
    """Open a file that takes its name when the block ends well.

    Parameters
    ----------
    path : Path or str
    keep : Path, optional
        Where to put what was written when the user interrupts the block; without it nothing stays.

    Raises
    ------
    OutputError
        When the path cannot be written; what was begun is taken away.
    """
    target = Path(os.path.realpath(path))
    temporary: Path | None = None
    try:
        if target.exists() and not target.is_file() and not target.is_dir():
            with target.open("wb") as file:
                yield file
            return
        if target.is_dir():
            raise IsADirectoryError(errno.EISDIR, "it is a folder")
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=PREFIX, dir=target.parent)
        temporary = Path(name)
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        _put(temporary, target)
        temporary = None
    except BrokenPipeError:
        raise
    except _HalfWrittenError as half:
        kept, temporary = temporary, None
        raise OutputError(
            f"{path}: written in part, {half.error.strerror}, what was to stand there is whole in {kept}, copy it"
        ) from None
    except OSError as error:
        raise _unwritable(path, error) from None
    except KeyboardInterrupt:
        if temporary is not None and keep is not None:
            with suppress(OSError):
                _put(temporary, keep)
                temporary = None
        raise
    finally:
        if temporary is not None:
            with suppress(OSError):
                temporary.unlink()


def _put(temporary: Path, target: Path) -> None:
    """Give a whole file its name, and the mode of the one that it replaces; hard links stay joined."""
    try:
        there = target.stat()
    except FileNotFoundError:
        there = None
    if there is not None and there.st_nlink > 1:
        with target.open("r+b") as file:
            _take_room(file, there.st_size, temporary.stat().st_size)
            try:
                _copy_into(file, temporary)
            except OSError as error:
                raise _HalfWrittenError(error) from None
            except BaseException:  # an interruption waits: what has begun is brought to its end
                _copy_into(file, temporary)
                raise
        temporary.unlink()
        return
    temporary.chmod(_new_mode() if there is None else stat.S_IMODE(there.st_mode))
    temporary.replace(target)
    with suppress(OSError):  # a file system that cannot bring a folder to disk
        folder = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


class _HalfWrittenError(Exception):
    """What a file holds could not be replaced in place, and some of it was."""

    def __init__(self, error: OSError) -> None:
        self.error = error


def _take_room(file: IO[bytes], old: int, new: int) -> None:
    """Make a file as long as its next content where that is longer, so that a full disk is told before any is written.

    Raises
    ------
    OSError
        When there is no room; the file is as it was.
    """
    if new <= old or not hasattr(os, "posix_fallocate"):
        return
    try:
        os.posix_fallocate(file.fileno(), old, new - old)
    except OSError as error:
        file.truncate(old)
        if error.errno not in (errno.EINVAL, errno.EOPNOTSUPP):  # a file system that takes no room beforehand
            raise


def _copy_into(file: IO[bytes], temporary: Path) -> None:
    file.seek(0)
    with temporary.open("rb") as source:
        shutil.copyfileobj(source, file)
    file.truncate()
    file.flush()
    os.fsync(file.fileno())


def _new_mode() -> int:
    umask = os.umask(0)
    os.umask(umask)
    return 0o666 & ~umask


def _same_file(target: Path, other: Path) -> bool:
    try:
        return target == Path(os.path.realpath(other)) or target.samefile(other)
    except (OSError, ValueError):
        return False


def _try_folder(target: Path, *, exists: bool) -> None:
    """Write an empty file beside the target, or in the nearest folder above that is there, and take it away."""
    if exists and not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    folder = target.parent
    while not folder.exists():
        folder = folder.parent
    if not folder.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
    longest = os.pathconf(folder, "PC_NAME_MAX") if hasattr(os, "pathconf") else 255
    if any(len(os.fsencode(part)) > longest for part in target.parts):
        raise OSError(errno.ENAMETOOLONG, os.strerror(errno.ENAMETOOLONG))
    _touch_in(folder)


def _touch_in(folder: Path | str) -> None:
    handle, name = tempfile.mkstemp(prefix=PREFIX, dir=folder)
    os.close(handle)
    os.unlink(name)  # noqa: PTH108 (a name, not a path)


def _unwritable(path: Path | str, error: OSError) -> OutputError:
    reason = error.strerror or type(error).__name__
    remedy = "free some space; nothing of it was left" if error.errno == errno.ENOSPC else "choose another path"
    return OutputError(f"{path}: cannot be written, {reason}, {remedy}")
