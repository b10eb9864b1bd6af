"""Every machine of a price book, in every region, however it is bought."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from cloudcost.catalog.books.book import PriceBook
from cloudcost.domain.kinds import KINDS
from cloudcost.options.book_row import BookRow
from cloudcost.options.kinds import kind_named


def book_rows(book: PriceBook, day: date) -> Iterator[BookRow]:
    """Yield every row, kind by kind."""
    for kind in KINDS:
        yield from kind_named(kind).book_rows(book, day)
