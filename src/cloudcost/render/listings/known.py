"""What the product knows of a sort of thing, a row each: in every format, from the same columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from cloudcost.catalog.books.dated.stamp import stamp_of
from cloudcost.frozen import dataclass
from cloudcost.json_text import json_text
from cloudcost.render.tables.columns import plain
from cloudcost.render.tables.screen import USUAL, Screen
from cloudcost.render.tables.writer import Cell, csv_table, fitted_rows, markdown_table

__all__ = ["Cell", "KnownOutput"]

INDENT = "  "
"""Of rows under what they have alike."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownOutput:
    """Rows of what is known.

    Parameters
    ----------
    schema : str
        Of the JSON.
    key : str
        Of its list.
    heads : sequence of str
        Keys in JSON and columns elsewhere.
    rows : sequence of sequence of Cell
        None is what is not known.
    shown : mapping of str to str
        The heads of the columns that people see, by key; the others are for programs.
    right : frozenset of str
        Keys of columns that stand right.
    note : str
        Below the table; may be empty.
    above : sequence of str
        Keys of columns that in text stand once above the rows that have them alike, in place of a column.
    screen : Screen
        That the text is written for.
    book : str
        The price book that the rows are of, which JSON names with its sum; empty where they are of none.
    """

    schema: str
    key: str
    heads: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    shown: Mapping[str, str]
    right: frozenset[str] = frozenset()
    note: str = ""
    above: Sequence[str] = ()
    screen: Screen = USUAL
    book: str = ""

    def text(self) -> str:
        """Return a table that fits the screen."""
        keys = [key for key in self.shown if key not in self.above]
        right = {at for at, key in enumerate(keys) if key in self.right}
        width = self.screen.width - (len(INDENT) if self.above else 0)
        heads, *rows = fitted_rows([self.shown[key] for key in keys], self._cells(keys), right=right, width=width)
        if self.above:
            heads, *rows = (_indented(row) for row in (heads, *rows))
            rows = list(self._under(rows))
        return self._noted("\n".join([heads, *rows]) + "\n")

    def _under(self, rows: Sequence[str]) -> Iterator[str]:
        """Yield rows under what they have alike."""
        last: list[str] = []
        for names, row in zip(self._cells(self.above), rows, strict=True):
            if names != last:
                yield plain(" ".join(names))
                last = names
            yield row

    def json(self) -> str:
        """Return the rows as objects."""
        rows = [dict(zip(self.heads, row, strict=True)) for row in self.rows]
        book = stamp_of(self.book).keys() if self.book else {}
        return json_text({"schema": self.schema, **book, self.key: rows})

    def csv(self) -> str:
        """Return the rows."""
        return csv_table(self.heads, self.rows)

    def markdown(self) -> str:
        """Return a table."""
        return self._noted(markdown_table(list(self.shown.values()), self._cells(self.shown), right=self._right()))

    def _noted(self, table: str) -> str:
        return f"{table}\n{self.note}\n" if self.note else table

    def _right(self) -> set[int]:
        return {at for at, head in enumerate(self.shown) if head in self.right}

    def _cells(self, keys: Iterable[str]) -> list[list[str]]:
        places = [self.heads.index(key) for key in keys]
        return [["" if row[at] is None else f"{row[at]}" for at in places] for row in self.rows]


def _indented(row: str) -> str:
    return "\n".join(f"{INDENT}{line}".rstrip() for line in row.split("\n"))
