"""A folder of images in full: sizes, formats, pixels, and files that are equal."""

from __future__ import annotations

import os
import struct
from datetime import date
from pathlib import Path

import pytest

from cloudcost.errors import InputError
from cloudcost.scan.content import Duplicates, counts
from cloudcost.scan.folder_content import scan_images

DAY = date(2026, 11, 22)


def gif(path: Path, width: int, height: int, *, size: int = 100) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes((b"GIF89a" + struct.pack("<HH", width, height)).ljust(size, b"\0"))
    return path


def test_formats_pixels_and_sizes_are_told(tmp_path: Path) -> None:
    for number in range(3):
        gif(tmp_path / f"a/{number}.gif", 64, 48)
    gif(tmp_path / "b/large.jpg", 640, 480, size=200_000)  # what it is called is not what it is
    (tmp_path / "broken.png").write_bytes(b"no header")
    (tmp_path / "labels.csv").write_text("a")
    scan = scan_images(tmp_path, on=DAY)
    assert counts(scan.objects, current=True) == (5, 300 + 200_000 + 9)
    assert [(each.count, each.size_bytes) for each in scan.objects] == [(4, 309), (1, 200_000)]
    assert scan.pictures is not None
    assert scan.pictures.formats == {"GIF": 4}
    assert scan.pictures.sizes == {(64, 48): 3, (640, 480): 1}
    assert (scan.pictures.unread, scan.pictures.shorter_side_px, scan.others) == (1, 48, 1)
    assert scan.duplicates is None


def test_equal_files_are_found_by_their_bytes(tmp_path: Path) -> None:
    paths = [gif(tmp_path / f"{name}.gif", 9, 9) for name in "abc"]
    gif(tmp_path / "other.gif", 9, 8)
    gif(tmp_path / "longer.gif", 9, 9, size=101)
    found = scan_images(tmp_path, on=DAY, duplicates=True).duplicates
    assert found == Duplicates(files=2, size_bytes=200, examples=(tuple(str(path) for path in paths),))


def test_many_sizes_are_summed(tmp_path: Path) -> None:
    for side in range(1, 104):
        gif(tmp_path / f"{side}.gif", side, 200)
    pictures = scan_images(tmp_path, on=DAY).pictures
    assert pictures is not None
    assert (len(pictures.sizes), pictures.others, pictures.shorter_side_px) == (100, 3, 52)


def test_a_folder_without_images_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="a folder with no image but nothing"):
        scan_images(tmp_path, on=DAY)


@pytest.mark.skipif(os.geteuid() == 0, reason="everything can be read by root")
def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    gif(tmp_path / "a.gif", 1, 1).chmod(0)
    with pytest.raises(InputError, match="a file that cannot be read"):
        scan_images(tmp_path, on=DAY)
