"""What a header says of an image: each format by bytes written after its specification, and files that are none."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloudcost.scan.pictures import HEAD_BYTES, Picture, picture_of

sides = st.tuples(st.integers(1, 16_383), st.integers(1, 16_383))


def segment(kind: int, body: bytes) -> bytes:
    return bytes([0xFF, kind]) + struct.pack(">H", len(body) + 2) + body


def jpeg(width: int, height: int, *, before: int = 10, frame: int = 0xC2) -> bytes:
    comments, left = b"", before
    while left > 0:
        comments += segment(0xFE, b"c" * min(left, 60_000))
        left -= 60_000
    header = struct.pack(">BHHB", 8, height, width, 3) + b"\0" * 9
    return b"\xff\xd8" + segment(0xE0, b"JFIF\0" + b"\0" * 9) + comments + b"\xff" + segment(frame, header)


def png(width: int, height: int) -> bytes:
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + b"IHDR" + struct.pack(">II", width, height) + b"\x08\2\0\0\0"


def bmp(width: int, height: int) -> bytes:
    return b"BM" + b"\0" * 12 + struct.pack("<Iii", 40, width, -height)


def old_bmp(width: int, height: int) -> bytes:
    return b"BM" + b"\0" * 12 + struct.pack("<IHH", 12, width, height)


def webp(kind: bytes, body: bytes) -> bytes:
    return b"RIFF\0\0\0\0WEBP" + kind + struct.pack("<I", len(body)) + body


def lossy(width: int, height: int) -> bytes:
    return webp(b"VP8 ", b"\0\0\0\x9d\x01\x2a" + struct.pack("<HH", width, height))


def lossless(width: int, height: int) -> bytes:
    return webp(b"VP8L", b"\x2f" + struct.pack("<I", (width - 1) | (height - 1) << 14))


def extended(width: int, height: int) -> bytes:
    return webp(b"VP8X", b"\0" * 4 + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little"))


def tiff(width: int, height: int, *, order: str = "<", place: int = 100_000) -> bytes:
    head = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(f"{order}I", place)
    tags = struct.pack(f"{order}HHI", 256, 3, 1) + struct.pack(f"{order}HH", width, 0)
    tags += struct.pack(f"{order}HHII", 257, 4, 1, height)
    return head.ljust(place, b"\0") + struct.pack(f"{order}H", 2) + tags


def heif(width: int, height: int, brand: bytes = b"heic") -> bytes:
    boxes = b"".join(struct.pack(">I", 20) + b"ispe\0\0\0\0" + struct.pack(">II", *each)
                     for each in ((1, 1), (width, height)))  # fmt: skip
    return struct.pack(">I", 16) + b"ftyp" + brand + b"\0\0\0\0" + boxes


def dicom(width: int, height: int, *, explicit: bool = True) -> bytes:
    def tag(element: int, sort: bytes, value: bytes, group: int = 0x28) -> bytes:
        place = struct.pack("<HH", group, element)
        if not explicit:
            return place + struct.pack("<I", len(value)) + value
        if sort in (b"OB", b"SQ"):
            return place + sort + b"\0\0" + struct.pack("<I", len(value)) + value
        return place + sort + struct.pack("<H", len(value)) + value

    parts = tag(0x10, b"PN", b"A^B ", 0x10) + tag(0x11, b"OB", b"\0" * 6, 0x11)
    return b"\0" * 128 + b"DICM" + parts + tag(0x10, b"US", struct.pack("<H", height)) + tag(
        0x11, b"US", struct.pack("<H", width)
    )  # fmt: skip


FORMATS: dict[str, Callable[[int, int], bytes]] = {
    "JPEG": jpeg, "PNG": png, "BMP": bmp, "old BMP": old_bmp, "lossy WebP": lossy, "lossless WebP": lossless,
    "extended WebP": extended, "TIFF": tiff, "HEIC": heif, "DICOM": dicom,
    "big-endian TIFF": lambda width, height: tiff(width, height, order=">"),
    "implicit DICOM": lambda width, height: dicom(width, height, explicit=False),
    "late JPEG": lambda width, height: jpeg(width, height, before=200_000, frame=0xC0),
    "AVIF": lambda width, height: heif(width, height, b"avif"),
    "GIF": lambda width, height: b"GIF87a" + struct.pack("<HH", width, height),
    "PPM": lambda width, height: f"P6 # a comment\n# another\n{width}\n{height} 255\n".encode(),
    "PGM": lambda width, height: f"P5\n{width} {height}\n255\n".encode(),
}  # fmt: skip


@pytest.mark.parametrize("name", FORMATS)
@given(size=sides)
def test_a_header_gives_format_and_pixels(name: str, size: tuple[int, int]) -> None:
    assert picture_of(io.BytesIO(FORMATS[name](*size))) == Picture(name.split()[-1], *size)


@pytest.mark.parametrize("name", FORMATS)
@given(data=st.data())
def test_a_file_that_ends_too_soon_is_none_and_no_error(name: str, data: st.DataObject) -> None:
    whole = FORMATS[name](640, 480)
    end = data.draw(st.integers(0, len(whole) - 1))
    assert picture_of(io.BytesIO(whole[:end])) in (None, Picture(name.split()[-1], 640, 480), *_digits(name))


def _digits(name: str) -> list[Picture]:
    """Return what texts say that end within a number, and containers within what follows a thumbnail."""
    if name in ("HEIC", "AVIF"):
        return [Picture(name, 1, 1)]
    return [Picture(name, 640, height) for height in (4, 48)] if name in ("PPM", "PGM") else []


@given(st.sampled_from([b"\xff\xd8\xff", b"BM", b"RIFF0000WEBPVP8X", b"II*\0", b"0000ftyp", b"P6\n", b"GIF89a"]),
       st.binary(max_size=300))  # fmt: skip
def test_whatever_follows_a_beginning_is_no_error(begin: bytes, rest: bytes) -> None:
    found = picture_of(io.BytesIO(begin + rest))
    assert found is None or (found.width > 0 and found.height > 0)


def test_text_is_no_image() -> None:
    assert picture_of(io.BytesIO(b"label,file\n" * HEAD_BYTES)) is None
    assert picture_of(io.BytesIO(b"")) is None
