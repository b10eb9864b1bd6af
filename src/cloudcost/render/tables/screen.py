"""The terminal that a text is written for: how wide it is, whether it shows blocks, whether small print is wanted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cloudcost.frozen import dataclass

if TYPE_CHECKING:
    from cloudcost.results.estimate import Estimate

WIDTH = 80
"""What is no terminal. [columns]"""
MOST_PROSE = 100
"""Width of sentences. [columns]"""
MARGIN = 2
"""Between a table and its bars. [columns]"""
LEAST_BAR, MOST_BAR = 12, 50
"""Beside a table; with less room there is none. [columns]"""
FULL, MAYBE, BEYOND = "█", "░", "»"
"""A bar's certain part, its band, and the mark of one that goes on past the scale's end."""
_PLAIN = str.maketrans({FULL: "#", MAYBE: "-", BEYOND: ">"})


@dataclass(frozen=True, slots=True)
class Screen:
    """What a text is written for.

    Parameters
    ----------
    width : int
        No row is wider. [columns]
    blocks : bool
        Whether block elements can be shown; else bars are of number signs.
    assumptions : bool
        Whether the small print is shown; else it is counted.
    flags : bool
        Whether who reads it can give flags to the command; else what to ask in Python is told in their place.
    """

    width: int = WIDTH
    blocks: bool = True
    assumptions: bool = False
    flags: bool = False

    @property
    def prose(self) -> int:
        """Width of sentences: longer rows are hard to follow. [columns]"""
        return min(self.width, MOST_PROSE)

    def table_width(self, wanted: int) -> int:
        """Return how much of the width a table gets that would take `wanted` columns, bars beside it left their room.

        Examples
        --------
        >>> [Screen(width=width).table_width(90) for width in (60, 80, 94, 120)]
        [60, 80, 80, 90]
        """
        return self.width if self.width < WIDTH + MARGIN + LEAST_BAR else self._beside_bars(wanted)

    def _beside_bars(self, wanted: int) -> int:
        return min(max(wanted, WIDTH), self.width - MARGIN - LEAST_BAR)

    def bar_room(self, table: int) -> int:
        """Return the columns for bars beside a table of that width; 0 where there is no room for any."""
        room = self.width - table - MARGIN
        return min(room, MOST_BAR) if room >= LEAST_BAR else 0

    def small_print(self, title: str, said: Sequence[str]) -> list[str]:
        """Return sentences as bullets where they are wanted, else how many there are and how they are seen."""
        from cloudcost.figures import counted
        from cloudcost.render.tables.columns import wrap
        from cloudcost.render.tables.writer import section

        if self.assumptions or not said:
            return section(title, said, self.prose)
        how = f"--assumptions shows {_them(said)}" if self.flags else "`assumptions` of each option"
        return ["", *wrap(f"{counted(len(said), 'assumption')}: {how}", self.prose)]

    def bar(self, room: int, low: float, high: float, end: float) -> str:
        """Return a bar up to `low`, with its band up to `high`, on a scale of `room` columns that ends at `end`.

        Examples
        --------
        >>> Screen(blocks=False).bar(10, 5, 10, 20), Screen(blocks=False).bar(10, 5, 99, 20)
        ('##---', '##------->')
        """
        if room <= 0 or end <= 0 or high <= 0:
            return ""
        beyond = high > end
        first = min(round(room * max(low, 0) / end), room - beyond)
        last = room - 1 if beyond else round(room * high / end)
        text = FULL * first + MAYBE * (last - first) + (BEYOND if beyond else "")
        text = text or FULL  # what costs something has a bar
        return text if self.blocks else text.translate(_PLAIN)


def bars_of(options: Sequence[Estimate], screen: Screen, table: int) -> list[str]:
    """Return a bar of cost for each option, beside a table of that width; empty ones where there is no room."""
    room = screen.bar_room(table)
    if not room:
        return [""] * len(options)
    from cloudcost.render.figures.axes import bar_end

    ends = [tuple(map(float, each.interval_usd or (each.total_usd or 0,) * 2)) for each in options]
    end = bar_end([high for _, high in ends])
    return [screen.bar(room, low, high, end) for low, high in ends]


def beside_bar(rows: Sequence[str], bar: str, table: int) -> list[str]:
    """Return the rows of an option with its bar beside the first; as they are without one.

    Examples
    --------
    >>> beside_bar(["a  1.00", "  b"], "##", 8), beside_bar(["a"], "", 8)
    (['a  1.00   ##', '  b'], ['a'])
    """
    if not bar:
        return list(rows)
    from cloudcost.render.tables.columns import pad

    first, *others = rows
    return [f"{pad(first, table + MARGIN)}{bar}", *others]


USUAL = Screen()
"""What is no terminal: 80 columns, for who asks from Python."""


def _them(said: Sequence[str]) -> str:
    return "them" if len(said) > 1 else "it"
