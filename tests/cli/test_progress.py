"""The one progress bar: drawn on a terminal, taken away whole, silent elsewhere."""

from __future__ import annotations

import io
import sys

import pytest

from cloudcost.cli.progress import WIDTH, ProgressBar


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_bar_grows_on_one_line_and_is_taken_away(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    bar = ProgressBar()
    for share in (0.0, 0.5, 1.0, 7.0):
        bar.show(share, f"{share}")
    drawn = terminal.getvalue().split("\r")[1:]
    assert [line.count("#") for line in drawn] == [0, WIDTH // 2, WIDTH, WIDTH]
    assert {line.index("]") for line in drawn} == {WIDTH + 1}
    assert "\n" not in terminal.getvalue()
    bar.clear()
    bar.clear()
    assert terminal.getvalue().endswith("\r\x1b[K")
    assert terminal.getvalue().count("\r\x1b[K") == 1


def test_nothing_is_drawn_where_stderr_is_no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    bar = ProgressBar()
    bar.show(0.5, "half")
    bar.clear()
    assert stream.getvalue() == ""
