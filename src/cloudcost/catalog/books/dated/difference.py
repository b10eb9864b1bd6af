"""What is other in one book than in another: prices as each has them on its own day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Literal

from cloudcost.catalog.books.book import PriceBook
from cloudcost.catalog.books.dated.stored import JoinedLibrary
from cloudcost.catalog.books.validity import holds, latest
from cloudcost.domain.prices import Price, PriceKey
from cloudcost.frozen import dataclass

Change = Literal["added", "removed", "changed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceChange:
    """A price that is other in the new book.

    Parameters
    ----------
    key : PriceKey
    before, after : Price or None
        None where the book has none that holds on its day.
    """

    key: PriceKey
    before: Price | None
    after: Price | None

    @property
    def change(self) -> Change:
        """What happened to it."""
        if self.before is None:
            return "added"
        return "removed" if self.after is None else "changed"

    @property
    def ratio(self) -> float | None:
        """The new price over the old one, of the first tier; None where either is not known or the old one zero."""
        if self.before is None or self.after is None or not self.before.tiers[0].unit_price_usd:
            return None
        return float(self.after.tiers[0].unit_price_usd / self.before.tiers[0].unit_price_usd)


def book_changes(old: PriceBook, new: PriceBook) -> tuple[PriceChange, ...]:
    """Return what is other, by service, region, usage type, operation and purchase.

    Notes
    -----
    A book is asked for what it holds on its own day. Services and regions that neither book has rows of its own for are
    the shipped ones in both and are not gone through.
    """
    found = []
    for service, region in sorted(_own_places(old) | _own_places(new)):
        before, after = _held(old, service, region), _held(new, service, region)
        for key in sorted({*before, *after}):
            one, other = before.get(key), after.get(key)
            if one is None or other is None or (one.tiers, one.unit) != (other.tiers, other.unit):
                found.append(PriceChange(key=key, before=one, after=other))
    return tuple(found)


def _own_places(book: PriceBook) -> set[tuple[str, str]]:
    library = book.library
    if isinstance(library, JoinedLibrary):
        return set(library.stored.places)
    return set()


def day_of(book: PriceBook) -> date:
    """Return the day from which on a book counts."""
    library = book.library
    return library.stored.manifest.day if isinstance(library, JoinedLibrary) else book.as_of


def _held(book: PriceBook, service: str, region: str) -> dict[PriceKey, Price]:
    on = day_of(book)
    rows: dict[PriceKey, list[Price]] = {}
    for price in _rows(book, service, region):
        if holds(price, on):
            rows.setdefault(price.key, []).append(price)
    return {key: latest(prices, on) for key, prices in rows.items()}


def _rows(book: PriceBook, service: str, region: str) -> Iterator[Price]:
    if region in book.regions(service):
        yield from book.prices(service=service, region=region)
