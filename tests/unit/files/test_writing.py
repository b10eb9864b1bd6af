"""Files appear whole or not at all, keep their links and modes, and a path that cannot be written is found first."""

# ruff: noqa: PTH208, PTH110, PT012 - folders are compared by their names, and blocks are about how they end

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path
from typing import IO

import pytest

from cloudcost.cli import signals
from cloudcost.errors import OutputError
from cloudcost.files.writing import _take_room, open_whole, require_folder, require_writable, write_whole


def test_a_new_file_has_the_mode_of_the_umask_and_folders_are_made(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "page.html"
    write_whole(path, "page")
    umask = os.umask(0)
    os.umask(umask)
    assert (path.read_text(), path.stat().st_mode & 0o777) == ("page", 0o666 & ~umask)
    assert os.listdir(path.parent) == ["page.html"]


def test_a_file_keeps_its_mode(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text("old")
    path.chmod(0o600)
    write_whole(path, "new")
    assert (path.read_text(), path.stat().st_mode & 0o777) == ("new", 0o600)


@pytest.mark.parametrize("there", [True, False])
def test_a_link_is_written_through(there: bool, tmp_path: Path) -> None:
    target, link = tmp_path / "far" / "page.html", tmp_path / "link.html"
    target.parent.mkdir()
    if there:
        target.write_text("a longer old page")
    link.symlink_to(target)
    write_whole(link, "new")
    assert link.is_symlink()
    assert target.read_text() == "new"


def test_hard_links_stay_joined(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    one.write_text("a longer old page")
    os.link(one, other)
    write_whole(other, "new")
    assert (one.read_text(), one.stat().st_ino) == ("new", other.stat().st_ino)
    assert sorted(os.listdir(tmp_path)) == ["one", "other"]


def test_a_file_with_two_names_is_whole_or_what_was_to_be_written_stays_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    one.write_text("old")
    os.link(one, other)

    def half(source: IO[bytes], file: IO[bytes]) -> None:
        file.write(source.read(2))
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(shutil, "copyfileobj", half)
    with pytest.raises(OutputError, match=r"written in part, Input/output error, .* is whole in ") as caught:
        write_whole(other, "the new page")
    [kept] = set(os.listdir(tmp_path)) - {"one", "other"}
    assert kept in str(caught.value)
    assert (tmp_path / kept).read_text() == "the new page"


@pytest.mark.parametrize("interruption", [KeyboardInterrupt, signals.Terminated])
def test_an_interruption_while_a_file_with_two_names_is_filled_waits(
    interruption: type[BaseException], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    one.write_text("old")
    os.link(one, other)
    whole = shutil.copyfileobj

    def interrupted(source: IO[bytes], file: IO[bytes]) -> None:
        file.write(source.read(2))
        monkeypatch.setattr(shutil, "copyfileobj", whole)
        raise interruption

    monkeypatch.setattr(shutil, "copyfileobj", interrupted)
    with pytest.raises(interruption):
        write_whole(other, "the new page")
    assert one.read_text() == "the new page"


@pytest.mark.skipif(not hasattr(os, "posix_fallocate"), reason="takes no room beforehand here")
def test_a_file_with_two_names_is_as_it_was_where_there_is_no_room(tmp_path: Path) -> None:
    import resource

    path = tmp_path / "one"
    path.write_text("old")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    with path.open("r+b") as file:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, limits[1]))
        try:
            with pytest.raises(OSError, match="File too large"):
                _take_room(file, 3, 5000)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert path.read_text() == "old"


def test_two_writers_of_one_path_do_not_mix(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    with open_whole(path) as first, open_whole(path) as second:
        first.write(b"first")
        second.write(b"second")
        first.write(b" again")
    assert path.read_text() == "first again"
    assert os.listdir(tmp_path) == ["rows.csv"]


def test_a_name_of_the_longest_length_is_written(tmp_path: Path) -> None:
    path = tmp_path / ("n" * 255)
    require_writable(path)
    write_whole(path, "x")
    assert path.read_text() == "x"
    with pytest.raises(OutputError, match="File name too long, choose another path"):
        require_writable(tmp_path / ("n" * 256))


@pytest.mark.parametrize("error", [KeyboardInterrupt, signals.Terminated, ValueError])
def test_what_was_begun_is_taken_away_and_the_old_file_stays(error: type[BaseException], tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text("old")
    with pytest.raises(error), open_whole(path) as file:
        file.write(b"half")
        raise error
    assert (path.read_text(), os.listdir(tmp_path)) == ("old", ["page.html"])


def test_an_interruption_may_keep_what_was_written(tmp_path: Path) -> None:
    path, kept = tmp_path / "rows.csv", tmp_path / "rows.csv.part"
    with pytest.raises(KeyboardInterrupt), open_whole(path, keep=kept) as file:
        file.write(b"row\n")
        raise KeyboardInterrupt
    assert (kept.read_text(), path.exists()) == ("row\n", False)


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
def test_a_full_device_is_told(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="No space left on device, free some space; nothing of it was left"):
        write_whole("/dev/full", "x" * 100_000)
    write_whole("/dev/null", "x")


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("", "-o: no path, '', name a file"),
        ("a\0b", "-o: no path, 'a\\x00b', name a file"),
        (".", "it is a folder, name a file in it"),
        ("new/", "it is a folder, name a file in it"),
        ("file/below", "Not a directory, choose another path"),
        ("/proc/x", "choose another path"),
        ("there", "there is a file already, there, choose another path or use --force"),
        ("input", "-o:input: is what is read, input, choose another path"),
        ("link", "-o:link: is what is read, input, choose another path"),
        ("hard", "-o:hard: is what is read, input, choose another path"),
    ],
)
def test_a_path_that_cannot_be_written_is_refused(
    path: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("file", "there", "input"):
        (tmp_path / name).write_text("x")
    (tmp_path / "link").symlink_to("input")
    os.link("input", "hard")
    with pytest.raises(OutputError) as caught:
        require_writable(path, inputs=["input"], overwrite=False)
    assert said in str(caught.value)
    assert sorted(os.listdir()) == ["file", "hard", "input", "link", "there"]


@pytest.mark.parametrize("path", ["new", "a/b/new", "there", "/dev/null"])
def test_a_path_that_can_be_written_leaves_no_trace_of_the_try(
    path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "there").write_text("x")
    require_writable(path)
    assert os.listdir() == ["there"]


@pytest.mark.parametrize(
    ("path", "said"), [("", "--plot: no folder, ''"), ("file", "it is no folder"), ("/proc/x", "")]
)
def test_a_folder_that_cannot_be_written_is_refused(
    path: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_text("x")
    with pytest.raises(OutputError) as caught:
        require_folder(path, flag="--plot")
    assert said in str(caught.value)
    assert require_folder("a/b", flag="--plot").is_dir()
