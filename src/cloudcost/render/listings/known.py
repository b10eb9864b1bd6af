"""What the product knows of a sort of thing, a row each: in every format, from the same columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cloudcost.frozen import dataclass
from cloudcost.json_text import json_text
from cloudcost.render.tables.writer import Cell, csv_table, markdown_table, text_table

__all__ = ["Cell", "KnownOutput"]


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
    """

    schema: str
    key: str
    heads: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    shown: Mapping[str, str]
    right: frozenset[str] = frozenset()
    note: str = ""

    def text(self) -> str:
        """Return a table."""
        return self._noted(text_table(list(self.shown.values()), self._cells(), right=self._right()))

    def json(self) -> str:
        """Return the rows as objects."""
        rows = [dict(zip(self.heads, row, strict=True)) for row in self.rows]
        return json_text({"schema": self.schema, self.key: rows})

    def csv(self) -> str:
        """Return the rows."""
        return csv_table(self.heads, self.rows)

    def markdown(self) -> str:
        """Return a table."""
        return self._noted(markdown_table(list(self.shown.values()), self._cells(), right=self._right()))

    def _noted(self, table: str) -> str:
        return f"{table}\n{self.note}\n" if self.note else table

    def _right(self) -> set[int]:
        return {at for at, head in enumerate(self.shown) if head in self.right}

    def _cells(self) -> list[list[str]]:
        places = [self.heads.index(head) for head in self.shown]
        return [["" if row[at] is None else f"{row[at]}" for at in places] for row in self.rows]
