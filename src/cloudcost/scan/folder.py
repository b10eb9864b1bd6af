"""What really lies in a folder: how many images, and how many bytes they have together.

Images are known by their endings, as torchvision's image folders know them; labels and other files beside them are
not counted. Links are followed, each folder once, so a link to a folder above ends nowhere.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from cloudcost.errors import InputError
from cloudcost.frozen import dataclass

IMAGE_SUFFIXES = frozenset(
    {".jpg", ".jpeg", ".png", ".ppm", ".bmp", ".pgm", ".tif", ".tiff", ".webp", ".gif", ".heic", ".dcm"}
)
"""Endings of image files, in lower case: torchvision's `IMG_EXTENSIONS`, and GIF, HEIC and DICOM."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderContent:
    """What a folder holds.

    Parameters
    ----------
    images : int
        [count]
    size_bytes : int
        Of the images together. [bytes]
    others : int
        Files that are no images. [count]
    """

    images: int
    size_bytes: int
    others: int


def scan_folder(path: Path, *, place: str = "folder") -> FolderContent:
    """Return what a folder and the folders in it hold.

    Parameters
    ----------
    path : Path
    place : str
        Where the folder is named, for messages: ``project.toml:dataset.folder``.

    Raises
    ------
    InputError
        When the folder is missing, is no folder, cannot be read, or holds no image; the first of these, in one line.
    """
    images = size_bytes = others = 0
    for entry in files_in(path, place=place):
        if is_image(entry.name):
            size_bytes += file_size(entry, place)
            images += 1
        else:
            others += 1
    if not images:
        raise no_image(path, others, place)
    return FolderContent(images=images, size_bytes=size_bytes, others=others)


def files_in(path: Path, *, place: str = "folder") -> Iterator[os.DirEntry[str]]:
    """Yield every file of a folder and of the folders in it; links are followed, each folder once.

    Raises
    ------
    InputError
        When a folder is missing, is no folder, or cannot be read.
    """
    seen: set[tuple[int, int]] = set()
    waiting = [path]
    while waiting:
        folder = waiting.pop()
        try:
            status = folder.stat()
            if (status.st_dev, status.st_ino) in seen:
                continue
            seen.add((status.st_dev, status.st_ino))
            with os.scandir(folder) as entries:
                for entry in entries:
                    if entry.is_dir():
                        waiting.append(Path(entry.path))
                    else:
                        yield entry
        except (OSError, ValueError) as error:
            raise InputError(f"{place}: {_reason(error)}, {str(folder)!r}, {_remedy(error)}") from None


def is_image(name: str) -> bool:
    """Return whether a file is an image by its ending."""
    return Path(name).suffix.lower() in IMAGE_SUFFIXES


def no_image(path: Path, others: int, place: str) -> InputError:
    """Return the error of a folder without an image."""
    held = f"{others} other files" if others else "nothing"
    return InputError(f"{place}: a folder with no image but {held}, {str(path)!r}, name the folder of the images")


def file_size(entry: os.DirEntry[str], place: str) -> int:
    """Return a file's size. [bytes]

    Raises
    ------
    InputError
        When the file cannot be read, or a link leads nowhere.
    """
    try:
        return entry.stat().st_size
    except OSError as error:
        what = "a link that leads nowhere" if entry.is_symlink() else "a file that cannot be read"
        raise InputError(f"{place}: {what}, {entry.path!r}, {_remedy(error)}") from None


def _reason(error: OSError | ValueError) -> str:
    match error:
        case FileNotFoundError():
            return "no such folder"
        case NotADirectoryError():
            return "not a folder"
        case PermissionError():
            return "a folder that cannot be read"
        case OSError():
            return f"cannot be read ({os.strerror(error.errno) if error.errno else 'unknown reason'})"
        case _:
            return "no valid path"


def _remedy(error: OSError | ValueError) -> str:
    if isinstance(error, PermissionError):
        return "give yourself the right to read it"
    return "correct the path, or give images and size"
