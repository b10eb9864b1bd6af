"""What an image file is by its first bytes: its format, and how many pixels it has; nothing is decoded.

References
----------
.. [1] ITU-T T.81, table B.1: markers of a JPEG stream; a frame header holds height and width.
.. [2] W3C, "Portable Network Graphics": the first chunk, IHDR, holds width and height.
.. [3] Adobe, "TIFF Revision 6.0": a directory of tags, of which 256 and 257 are width and length.
.. [4] Google, "WebP Container Specification": VP8, VP8L and VP8X chunks.
.. [5] NEMA PS3.10: 128 bytes, ``DICM``, then tags of which (0028,0010) and (0028,0011) are rows and columns.
.. [6] ISO/IEC 23008-12: an item's ``ispe`` box holds width and height.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import BinaryIO, NamedTuple

HEAD_BYTES = 64 * 1024
"""Read of each file at once: nearly every header lies in it; a JPEG's may lie behind a long comment. [bytes]"""
_FRAMES = frozenset({0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF})
"""Second bytes of the markers that begin a frame [1]."""
_ALONE = frozenset({0x01, *range(0xD0, 0xD9)})
"""Those of markers that have no length."""
_LONG_VALUES = frozenset({b"OB", b"OD", b"OF", b"OL", b"OW", b"SQ", b"UC", b"UN", b"UR", b"UT"})
"""Sorts of DICOM values whose length has four bytes."""
_MOST_TAGS = 1000
"""Tags or markers that are gone through: more make no header. [count]"""


class Picture(NamedTuple):
    """What a header says.

    Parameters
    ----------
    format : str
        ``JPEG``, ``PNG`` ...
    width, height : int
        [pixels]
    """

    format: str
    width: int
    height: int


def picture_of(file: BinaryIO) -> Picture | None:
    """Return what an open file's header says; None for what is no image, or none that is known.

    Examples
    --------
    >>> import io
    >>> header = b"GIF89a" + (640).to_bytes(2, "little") + (480).to_bytes(2, "little")
    >>> picture_of(io.BytesIO(header))
    Picture(format='GIF', width=640, height=480)
    """
    head = file.read(HEAD_BYTES)
    for matches, read in _READERS:
        if matches(head):
            try:
                found = read(head, file)
            except (struct.error, IndexError, ValueError, OverflowError):
                return None
            return found if found is not None and found.width > 0 and found.height > 0 else None
    return None


def _jpeg(head: bytes, file: BinaryIO) -> Picture | None:
    """Go from marker to marker; what is not needed is skipped, not read."""
    place = 2
    for _ in range(_MOST_TAGS):
        part = head[place : place + 9] if place + 9 <= len(head) else _at(file, place, 9)
        if part[0] != 0xFF:
            return None
        kind = part[1]
        if kind in _FRAMES:
            height, width = struct.unpack_from(">HH", part, 5)
            return Picture("JPEG", width, height)
        place += 1 if kind == 0xFF else 2 if kind in _ALONE else 2 + int(struct.unpack_from(">H", part, 2)[0])
    return None


def _at(file: BinaryIO, place: int, count: int) -> bytes:
    file.seek(place)
    return file.read(count)


def _png(head: bytes, _: BinaryIO) -> Picture:
    width, height = struct.unpack_from(">II", head, 16)
    return Picture("PNG", width, height)


def _gif(head: bytes, _: BinaryIO) -> Picture:
    width, height = struct.unpack_from("<HH", head, 6)
    return Picture("GIF", width, height)


def _bmp(head: bytes, _: BinaryIO) -> Picture:
    if struct.unpack_from("<I", head, 14)[0] == 12:  # the header of OS/2
        width, height = struct.unpack_from("<HH", head, 18)
        return Picture("BMP", width, height)
    width, height = struct.unpack_from("<ii", head, 18)
    return Picture("BMP", width, abs(height))


def _webp(head: bytes, _: BinaryIO) -> Picture | None:
    kind = head[12:16]
    if kind == b"VP8 ":
        width, height = struct.unpack_from("<HH", head, 26)
        return Picture("WebP", width & 0x3FFF, height & 0x3FFF)
    if kind == b"VP8L":
        bits = struct.unpack_from("<I", head, 21)[0]
        return Picture("WebP", (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
    if kind == b"VP8X":
        sides = [int.from_bytes(side, "little") + 1 for side in struct.unpack_from("<3s3s", head, 24)]
        return Picture("WebP", *sides)
    return None


def _netpbm(head: bytes, _: BinaryIO) -> Picture | None:
    """Read the two numbers after the kind; comments stand behind a hash."""
    words = b" ".join(line.split(b"#", 1)[0] for line in head[:4096].split(b"\n")).split()
    name = {b"P1": "PBM", b"P4": "PBM", b"P2": "PGM", b"P5": "PGM", b"P3": "PPM", b"P6": "PPM"}[words[0]]
    return Picture(name, int(words[1]), int(words[2]))


def _tiff(head: bytes, file: BinaryIO) -> Picture | None:
    order = "<" if head[:2] == b"II" else ">"
    place = struct.unpack_from(f"{order}I", head, 4)[0]
    count = struct.unpack_from(f"{order}H", _at(file, place, 2))[0]
    directory = _at(file, place + 2, 12 * min(count, _MOST_TAGS))
    sides: dict[int, int] = {}
    for start in range(0, len(directory) - 11, 12):
        tag, kind = struct.unpack_from(f"{order}HH", directory, start)
        if tag in (256, 257):
            sides[tag] = struct.unpack_from(f"{order}{'H' if kind == 3 else 'I'}", directory, start + 8)[0]
    return Picture("TIFF", sides.get(256, 0), sides.get(257, 0))


def _heif(head: bytes, _: BinaryIO) -> Picture | None:
    """Take the largest of the images that a container describes: a thumbnail may stand first [6]."""
    sides, place = (0, 0), head.find(b"ispe")
    while place >= 0:
        width, height = struct.unpack_from(">II", head, place + 8)
        sides = max(sides, (width, height), key=lambda each: each[0] * each[1])
        place = head.find(b"ispe", place + 4)
    return Picture("AVIF" if head[8:12] in (b"avif", b"avis") else "HEIC", *sides)


def _dicom(head: bytes, _: BinaryIO) -> Picture | None:
    place, sides = 132, {}
    for _tag in range(_MOST_TAGS):
        group, element = struct.unpack_from("<HH", head, place)
        sort = head[place + 4 : place + 6]
        if not (sort.isalpha() and sort.isupper()):  # no sort of value is written: the length follows at once
            start, length = place + 8, struct.unpack_from("<I", head, place + 4)[0]
        elif sort in _LONG_VALUES:
            start, length = place + 12, struct.unpack_from("<I", head, place + 8)[0]
        else:
            start, length = place + 8, struct.unpack_from("<H", head, place + 6)[0]
        if group == 0x28 and element in (0x10, 0x11):
            sides[element] = struct.unpack_from("<H", head, start)[0]
        if len(sides) == 2:
            return Picture("DICOM", sides[0x11], sides[0x10])
        place = start + length
    return None


_READERS: tuple[tuple[Callable[[bytes], bool], Callable[[bytes, BinaryIO], Picture | None]], ...] = (
    (lambda head: head[:3] == b"\xff\xd8\xff", _jpeg),
    (lambda head: head[:8] == b"\x89PNG\r\n\x1a\n", _png),
    (lambda head: head[:6] in (b"GIF87a", b"GIF89a"), _gif),
    (lambda head: head[:2] == b"BM", _bmp),
    (lambda head: head[:4] == b"RIFF" and head[8:12] == b"WEBP", _webp),
    (lambda head: head[:4] in (b"II*\0", b"MM\0*"), _tiff),
    (lambda head: head[4:8] == b"ftyp", _heif),
    (lambda head: head[128:132] == b"DICM", _dicom),
    (lambda head: head[:1] == b"P" and head[1:2] in b"123456" and head[2:3].isspace(), _netpbm),
)
"""How each format begins, and what reads the rest of its header."""
