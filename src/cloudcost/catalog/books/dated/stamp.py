"""What a JSON says of the book behind its prices: the name, and the sum that tells whether it is still the same."""

from __future__ import annotations

from cloudcost.catalog.books.book import load_book
from cloudcost.errors import CloudCostError
from cloudcost.frozen import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class BookStamp:
    """A book by name and content.

    Parameters
    ----------
    name : str
    sha256 : str or None
        None where a book was made in Python, or is there no longer.
    """

    name: str
    sha256: str | None

    def keys(self) -> dict[str, str | None]:
        """Return the two keys that every JSON with prices has."""
        return {"price_book": self.name, "price_book_sha256": self.sha256}


def stamp_of(name: str) -> BookStamp:
    """Return the stamp of a book.

    Examples
    --------
    >>> len(stamp_of("aws-2026-11").sha256), stamp_of("own").sha256
    (64, None)
    """
    try:
        return BookStamp(name=name, sha256=load_book(name).sha256)
    except CloudCostError:
        return BookStamp(name=name, sha256=None)
