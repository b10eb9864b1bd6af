"""Counting a folder of images: endings, links, what cannot be read."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cloudcost.errors import InputError
from cloudcost.scan.folder import FolderContent, scan_folder


def write(path: Path, size: int) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x" * size)
    return path


def test_images_of_all_folders_are_counted_and_other_files_are_not(tmp_path: Path) -> None:
    write(tmp_path / "cats/1.jpg", 10)
    write(tmp_path / "cats/2.JPEG", 20)
    write(tmp_path / "dogs/black/3.png", 30)
    write(tmp_path / "labels.csv", 1000)
    assert scan_folder(tmp_path) == FolderContent(images=3, size_bytes=60, others=1)


def test_links_are_followed_and_a_folder_is_counted_once(tmp_path: Path) -> None:
    write(tmp_path / "far/1.png", 10)
    root = tmp_path / "root"
    root.mkdir()
    (root / "near").symlink_to(tmp_path / "far")
    (root / "again").symlink_to(tmp_path / "far")
    (root / "up").symlink_to(root)
    (root / "one.png").symlink_to(tmp_path / "far/1.png")
    assert scan_folder(root) == FolderContent(images=2, size_bytes=20, others=0)


def test_a_link_that_leads_nowhere_is_told(tmp_path: Path) -> None:
    (tmp_path / "1.png").symlink_to(tmp_path / "gone.png")
    with pytest.raises(InputError, match=r"^p.toml:dataset.folder: a link that leads nowhere, '.*1.png', correct"):
        scan_folder(tmp_path, place="p.toml:dataset.folder")


@pytest.mark.parametrize(
    ("name", "what"),
    [("missing", "no such folder"), ("file.txt", "not a folder"), ("empty", "a folder with no image but nothing")],
)
def test_what_is_no_folder_of_images_is_one_clear_line(tmp_path: Path, name: str, what: str) -> None:
    write(tmp_path / "file.txt", 1)
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError) as caught:
        scan_folder(tmp_path / name)
    assert str(caught.value).startswith(f"folder: {what}, ")
    assert "\n" not in str(caught.value)


def test_a_folder_of_other_files_names_how_many(tmp_path: Path) -> None:
    write(tmp_path / "a.txt", 1)
    with pytest.raises(InputError, match="no image but 1 other files"):
        scan_folder(tmp_path)


def test_a_path_with_a_zero_byte_is_no_path() -> None:
    with pytest.raises(InputError, match="no valid path"):
        scan_folder(Path("a\0b"))


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root reads everything")
def test_a_folder_without_the_right_to_read_is_told(tmp_path: Path) -> None:
    inner = tmp_path / "inner"
    write(inner / "1.png", 1)
    inner.chmod(0)
    try:
        with pytest.raises(InputError, match="cannot be read"):
            scan_folder(tmp_path)
    finally:
        inner.chmod(0o700)
