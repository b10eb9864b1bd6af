"""The one writer of tables: rows under their heads as text, Markdown and CSV, whatever they are about.

Every text passes here on its way out: nothing that a terminal obeys, no formula in a CSV, no broken row in Markdown.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Collection, Iterable, Sequence
from decimal import Decimal

from cloudcost.render.tables.columns import beginning, csv_cell, display_width, pad, plain, wrap

_ENDS = re.compile(r"(?<=[-_/;, ])")
"""Behind these signs a cell may go on in the next row: a path, a name with dashes, tiers of a price."""
LEAST_COLUMN = 10
"""No column is made narrower. [columns]"""

Cell = str | int | float | Decimal | None
"""What stands in a CSV: None is empty."""


def csv_table(heads: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    r"""Return rows as CSV under their heads.

    Examples
    --------
    >>> csv_table(["name", "usd"], [["=A", 1.5], ["b, c", None]])
    'name,usd\n\'=A,1.5\n"b, c",\n'
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(heads)
    writer.writerows([csv_cell(cell) if isinstance(cell, str) else cell for cell in row] for row in rows)
    return buffer.getvalue()


def markdown_cell(text: str) -> str:
    """Return a text that does not break the row of a Markdown table; marks in it work."""
    return plain(text).replace("|", "\\|")


def escaped(text: str) -> str:
    """Return text that Markdown shows as it is."""
    text = plain(text)
    for mark in "\\`*_[]<>|#":
        text = text.replace(mark, f"\\{mark}")
    return text


def markdown_table(
    heads: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    right: Collection[int] = (),
    spaced: bool = False,
    cell: Callable[[str], str] = markdown_cell,
) -> str:
    r"""Return rows as a Markdown table under their heads.

    Parameters
    ----------
    heads : sequence of str
    rows : iterable of sequence of str
    right : collection of int
        Columns whose cells stand right.
    spaced : bool
        Whether the rule has spaces around its dashes.
    cell : callable
        What becomes of a text: `markdown_cell`, or `escaped` where it may hold marks that are to be seen.

    Examples
    --------
    >>> markdown_table(["name", "USD"], [["a|b", "1.00"]], right={1}).splitlines()
    ['| name | USD |', '|---|---:|', '| a\\|b | 1.00 |']
    """
    dashes = ["---:" if column in right else "---" for column in range(len(heads))]
    rule = f"| {' | '.join(dashes)} |" if spaced else f"|{'|'.join(dashes)}|"
    shown = (f"| {' | '.join(map(cell, row))} |" for row in rows)
    return "\n".join([f"| {' | '.join(heads)} |", rule, *shown]) + "\n"


def text_table(heads: Sequence[str], rows: Iterable[Sequence[str]], *, right: Collection[int] = ()) -> str:
    """Return rows as text under their heads, each column as wide as its widest cell.

    Examples
    --------
    >>> print(text_table(["name", "USD"], [["a", "1.00"], ["long", "12.50"]], right={1}), end="")
    name    USD
    a      1.00
    long  12.50
    """
    table = [heads, *([plain(cell) for cell in row] for row in rows)]
    widths = [max(map(display_width, column)) for column in zip(*table, strict=True)]
    return "".join(
        "  ".join(
            " " * (width - display_width(cell)) + cell if column in right else pad(cell, width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        + "\n"
        for row in table
    )


def fitted_rows(
    heads: Sequence[str], rows: Iterable[Sequence[str]], *, right: Collection[int] = (), width: int
) -> list[str]:
    """Return heads and rows as text, at most so wide: cells that do not fit go on in the line below.

    Examples
    --------
    >>> for row in fitted_rows(["file", "n"], [["a/long/path/index.csv", "12"]], right={1}, width=16):
    ...     print(row)
    file           n
    a/long/path/  12
    index.csv
    """
    table = [heads, *([plain(cell) for cell in row] for row in rows)]
    widths = _fitting(table, right, width)
    found = []
    for row in table:
        columns = [_pieces(cell, each) for cell, each in zip(row, widths, strict=True)]
        lines = []
        for at in range(max(map(len, columns))):
            cells = [pieces[at] if at < len(pieces) else "" for pieces in columns]
            lines.append(
                "  ".join(
                    " " * (each - display_width(cell)) + cell if column in right else pad(cell, each)
                    for column, (cell, each) in enumerate(zip(cells, widths, strict=True))
                ).rstrip()
            )
        found.append("\n".join(lines))
    return found


def _fitting(table: Sequence[Sequence[str]], right: Collection[int], width: int) -> list[int]:
    """Return the widths of columns that fit together, where they can. [columns]"""
    columns = list(zip(*table, strict=True))
    widths = [max(map(display_width, column)) for column in columns]
    room = width - 2 * (len(widths) - 1)
    if sum(widths) <= room:
        return widths
    least = [max(display_width(piece) for cell in column for piece in _ENDS.split(cell)) for column in columns]
    cut = [low if at in right else min(LEAST_COLUMN, low) for at, low in enumerate(least)]  # no figure is cut
    for bound in (least, cut):
        while sum(widths) > room:
            spare = [each - low for each, low in zip(widths, bound, strict=True)]
            widest = max(range(len(widths)), key=spare.__getitem__)
            if spare[widest] <= 0:
                break
            widths[widest] -= 1
    return widths


def _pieces(cell: str, width: int) -> list[str]:
    """Return a cell in rows of a column; a longer piece of it is cut."""
    if display_width(cell) <= width:
        return [cell]
    rows, row = [], ""
    for piece in _ENDS.split(cell):
        if row and display_width(row + piece.rstrip()) > width:
            rows.append(row.rstrip())
            row = ""
        while display_width(piece.rstrip()) > width:
            begin = beginning(piece, width)
            rows.append(begin)
            piece = piece[len(begin) :]
        row += piece
    return [*rows, row.rstrip()] if row.strip() else rows


def right_aligned(cells: Sequence[str], columns: Sequence[int]) -> str:
    """Return cells right-aligned in columns of these widths."""
    return "".join(f"{cell:>{column}}" for cell, column in zip(cells, columns, strict=True))


def table_rows(name: str, figures: str, name_width: int, width: int) -> list[str]:
    """Return a row of a table, a long name going on below its own column; without one, figures below the name."""
    if name_width:
        pieces = wrap(name, name_width - 1) or [""]
        return [f"{pad(pieces[0], name_width)}{figures}", *(f"  {piece}" for piece in pieces[1:])]
    below = [figures] if len(figures) <= width else wrap(figures, width, first="    ", others="    ")
    return [*wrap(name, width), *below]


def section(title: str, said: Sequence[str], width: int) -> list[str]:
    """Return sentences as bullets under a title; nothing where there are none."""
    if not said:
        return []
    return ["", title, *(row for each in said for row in bullet(each, width))]


def bullet(text: str, width: int) -> list[str]:
    """Return a sentence as a bullet."""
    return wrap(text, width, first="- ", others="  ")
