"""A folder of images, file by file: sizes, formats and pixels by their headers, and, on request, duplicates."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from cloudcost.errors import InputError
from cloudcost.scan.cells import Cells
from cloudcost.scan.content import Duplicates, PictureSizes, Scan
from cloudcost.scan.folder import file_size, files_in, is_image, no_image
from cloudcost.scan.pictures import picture_of

MOST_SIZES = 100
"""Pixel sizes that are told apart in the result. [count]"""
MOST_EXAMPLES = 20
"""Groups of equal files that are named. [count]"""
_CHUNK = 1 << 20
"""[bytes]"""


def scan_images(path: Path, *, on: date, duplicates: bool = False, place: str = "scan") -> Scan:
    """Return what a folder and the folders in it hold.

    Parameters
    ----------
    path : Path
    on : date
        Today.
    duplicates : bool
        Whether files are held against each other, which reads all that are of one size.
    place : str
        Where the folder is named, for messages.

    Raises
    ------
    InputError
        When a folder or a file cannot be read, or there is no image.
    """
    cells, others, unread = Cells(), 0, 0
    formats: Counter[str] = Counter()
    sizes: Counter[tuple[int, int]] = Counter()
    by_size: dict[int, list[str]] = {}
    for entry in files_in(path, place=place):
        if not is_image(entry.name):
            others += 1
            continue
        size = file_size(entry, place)
        cells.add("", size)
        if duplicates:
            by_size.setdefault(size, []).append(entry.path)
        try:
            with open(entry.path, "rb") as file:  # noqa: PTH123 - a million paths
                found = picture_of(file)
        except OSError as error:
            raise _unreadable(place, entry.path, error) from None
        if found is None:
            unread += 1
        else:
            formats[found.format] += 1
            sizes[found.width, found.height] += 1
    objects = cells.classes()
    if not objects:
        raise no_image(path, others, place)
    return Scan(
        source=str(path),
        kind="folder",
        on=on,
        objects=objects,
        others=others,
        pictures=_pictures(formats, sizes, unread),
        duplicates=_duplicates(by_size, place) if duplicates else None,
    )


def _unreadable(place: str, path: str, error: OSError) -> InputError:
    return InputError(f"{place}: a file that cannot be read ({error.strerror}), {path!r}, correct it or its rights")


def _pictures(formats: Counter[str], sizes: Counter[tuple[int, int]], unread: int) -> PictureSizes:
    ordered = sorted(sizes.items(), key=lambda each: (-each[1], each[0]))
    return PictureSizes(
        formats=dict(sorted(formats.items(), key=lambda each: (-each[1], each[0]))),
        sizes=dict(ordered[:MOST_SIZES]),
        others=sum(count for _, count in ordered[MOST_SIZES:]),
        unread=unread,
        shorter_side_px=_middle(sizes),
    )


def _middle(sizes: Counter[tuple[int, int]]) -> int:
    """Return the shorter side of the middle file. [pixels]"""
    sides: Counter[int] = Counter()
    for (width, height), count in sizes.items():
        sides[min(width, height)] += count
    left = (sum(sides.values()) + 1) // 2
    for side in sorted(sides):
        left -= sides[side]
        if left <= 0:
            return side
    return 0


def _duplicates(by_size: dict[int, list[str]], place: str) -> Duplicates:
    """Return the files that are equal: only those of one size are read."""
    files = size_bytes = 0
    groups: list[tuple[int, tuple[str, ...]]] = []
    for size, paths in by_size.items():
        if len(paths) < 2:
            continue
        by_digest: dict[bytes, list[str]] = {}
        for path in paths:
            by_digest.setdefault(_digest(path, place), []).append(path)
        for equal in by_digest.values():
            if len(equal) > 1:
                files += len(equal) - 1
                size_bytes += size * (len(equal) - 1)
                groups.append((size, tuple(sorted(equal))))
    return Duplicates(files=files, size_bytes=size_bytes, examples=_examples(groups))


def _examples(groups: Iterable[tuple[int, tuple[str, ...]]]) -> tuple[tuple[str, ...], ...]:
    ordered = sorted(groups, key=lambda each: (-each[0] * (len(each[1]) - 1), each[1]))
    return tuple(paths for _, paths in ordered[:MOST_EXAMPLES])


def _digest(path: str, place: str) -> bytes:
    digest = hashlib.sha256()
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - as above
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
    except OSError as error:
        raise _unreadable(place, path, error) from None
    return digest.digest()
