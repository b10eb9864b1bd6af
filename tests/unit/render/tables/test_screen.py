"""Text is as wide as its screen, bars stand where there is room, and small print is counted where it is not wanted."""

from __future__ import annotations

import os
import pty
import struct
import subprocess
import sys
from argparse import Namespace
from datetime import date
from fcntl import ioctl
from termios import TIOCSWINSZ

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloudcost.analysis.compare import compare
from cloudcost.cli.common import screen_of
from cloudcost.project.bundled import bundled_project_text
from cloudcost.project.file import parse_project
from cloudcost.render.comparison import comparison_text
from cloudcost.render.tables.columns import display_width
from cloudcost.render.tables.screen import BEYOND, FULL, LEAST_BAR, MAYBE, MOST_BAR, Screen
from cloudcost.results.comparison import Comparison

TODAY = date(2026, 11, 22)


@pytest.fixture(scope="module")
def reto() -> Comparison:
    return compare(parse_project(bundled_project_text("reto"), name="reto.toml", today=TODAY), today=TODAY, draws=50)


@given(width=st.integers(60, 200), blocks=st.booleans())
def test_no_row_is_wider_than_the_screen(reto: Comparison, width: int, blocks: bool) -> None:
    text = comparison_text(reto, screen=Screen(width=width, blocks=blocks))
    assert max(map(display_width, text.splitlines())) <= width
    assert blocks or not {FULL, MAYBE, BEYOND} & set(text)


@given(
    room=st.integers(LEAST_BAR, MOST_BAR),
    ends=st.tuples(st.floats(0, 1e6), st.floats(0, 1e6)),
    end=st.floats(0.01, 1e6),
)
def test_a_bar_keeps_its_room_and_is_there_where_there_is_a_cost(
    room: int, ends: tuple[float, float], end: float
) -> None:
    low, high = sorted(ends)
    bar = Screen().bar(room, low, high, end)
    assert len(bar) <= room
    assert bool(bar) == (high > 0)
    assert (BEYOND in bar) == (high > end)
    assert bar == FULL * bar.count(FULL) + MAYBE * bar.count(MAYBE) + BEYOND * bar.count(BEYOND)


@given(st.lists(st.floats(0, 100), min_size=2, max_size=2).map(sorted))
def test_what_costs_more_has_no_shorter_bar(costs: list[float]) -> None:
    less, more = (Screen().bar(40, cost, cost, 100) for cost in costs)
    assert len(less) <= len(more)


@pytest.mark.parametrize(("width", "bars"), [(80, False), (93, False), (94, True), (200, True)])
def test_bars_stand_where_there_is_room(reto: Comparison, width: int, bars: bool) -> None:
    assert (FULL in comparison_text(reto, screen=Screen(width=width))) == bars


def test_small_print_is_counted_where_it_is_not_wanted(reto: Comparison) -> None:
    short, whole = (comparison_text(reto, screen=Screen(assumptions=wanted, flags=True)) for wanted in (False, True))
    [told] = [row for row in short.splitlines() if "--assumptions" in row]
    count = int(told.split()[0])
    rows = whole.splitlines()
    begin = rows.index("assumed") + 1
    assert sum(row.startswith("- ") for row in rows[begin : rows.index("", begin)]) == count
    assert "\nassumed\n" not in short


@pytest.mark.parametrize(("stated", "width"), [("60", 60), ("20", 60), ("120", 120), ("999", 200), ("wide", 80)])
def test_columns_tells_the_width(stated: str, width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", stated)
    assert screen_of(Namespace(assumptions=True)) == Screen(width=width, assumptions=True, flags=True)


def test_a_terminal_has_its_own_width() -> None:
    master, slave = pty.openpty()
    ioctl(slave, TIOCSWINSZ, struct.pack("HHHH", 50, 132, 0, 0))
    command = [sys.executable, "-m", "cloudcost", "compare", "--draws", "0", "--today", "2026-11-22"]
    env = {name: value for name, value in os.environ.items() if name != "COLUMNS"} | {"PYTHONIOENCODING": "ascii"}
    child = subprocess.Popen(command, stdout=slave, stderr=subprocess.DEVNULL, env=env)
    os.close(slave)
    text = b""
    while True:
        try:
            part = os.read(master, 65536)
        except OSError:  # the end of a terminal
            break
        if not part:
            break
        text += part
    os.close(master)
    assert child.wait() == 0
    rows = text.decode().splitlines()
    assert 120 <= max(map(len, rows)) <= 132
    assert any(row.rstrip().endswith("#") for row in rows)  # ASCII: no blocks
