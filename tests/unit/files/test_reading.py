"""Files are read up to a limit, packed ones unpacked up to it; what has no end or no writer is given up."""

from __future__ import annotations

import gzip
import os
import threading
from pathlib import Path

import pytest

from cloudcost.files import reading
from cloudcost.files.reading import TooLargeError, read_bounded, unpacked


def test_a_file_of_just_the_limit_is_read_and_one_byte_more_is_not(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"x" * 10)
    assert read_bounded(path, 10) == b"x" * 10
    with pytest.raises(TooLargeError):
        read_bounded(path, 9)


def test_a_device_without_end_is_too_large() -> None:
    with pytest.raises(TooLargeError):
        read_bounded("/dev/zero", 2**20)


def test_a_folder_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError):
        read_bounded(tmp_path)


def test_a_pipe_is_read_to_its_end_however_late_its_writer_comes(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Timer(0.05, lambda: pipe.write_bytes(b"late"))
    writer.start()
    assert read_bounded(pipe) == b"late"
    writer.join()


def test_a_pipe_without_a_writer_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "PATIENCE_SECONDS", 0.01)
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(TimeoutError, match="nobody writes"):
        read_bounded(pipe)


def test_several_packed_parts_are_one_text() -> None:
    assert unpacked(gzip.compress(b"one, ") + gzip.compress(b"two")) == b"one, two"


def test_a_packed_file_unpacks_to_the_limit_and_no_further() -> None:
    assert unpacked(gzip.compress(b" " * 1000), 1000) == b" " * 1000
    with pytest.raises(TooLargeError):
        unpacked(gzip.compress(b" " * 1001), 1000)
    with pytest.raises(TooLargeError):  # 1000 parts of a byte each are a thousand bytes as well
        unpacked(gzip.compress(b" ") * 1000, 999)


@pytest.mark.parametrize("cut", [3, 12, 25])
def test_a_packed_file_that_ends_too_early_is_told(cut: int) -> None:
    with pytest.raises(EOFError, match="ends too early"):
        unpacked(gzip.compress(b"abc" * 100)[:cut])
