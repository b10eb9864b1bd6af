"""A dated price book: the one place where a price is looked up, by what is metered, where, how bought and on which day.

A book reads a service's tables in a region when they are first asked for. What it does not hold is an error that
says which part of the question is unknown and what comes near; nothing is ever priced at zero for want of a row.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import cache
from typing import TYPE_CHECKING

from cloudcost.catalog.books.price_source import Library, PriceSource
from cloudcost.catalog.books.usage_types import canonical_key
from cloudcost.catalog.books.validity import before_launch, known_on, latest, with_carried
from cloudcost.catalog.near import did_you_mean
from cloudcost.catalog.tables import DATA, GLOBAL, Shelf, read_table, sources
from cloudcost.domain.prices import Price, PriceKey, Source
from cloudcost.errors import CatalogError, InputError, PriceNotFoundError, repeated

if TYPE_CHECKING:
    from cloudcost.catalog.books.dated.stored import StoredBook

DEFAULT_BOOK = "aws-2026-11"


class PriceBook:
    """Prices by service, region, usage type, operation, purchase and day.

    Parameters
    ----------
    name : str
        ``aws-2026-11``.
    as_of : date
        Day of the newest row.
    library : Library
        Where the rows come from.
    warnings : tuple of str
        Newer books of the user's that were refused, and why.
    """

    __slots__ = ("_found", "as_of", "library", "name", "warnings")

    def __init__(self, *, name: str, as_of: date, library: Library, warnings: tuple[str, ...] = ()) -> None:
        self.name = name
        self.as_of = as_of
        self.library = library
        self.warnings = warnings
        self._found: dict[tuple[PriceKey, date], Price] = {}

    def __repr__(self) -> str:
        return f"<PriceBook {self.name} as of {self.as_of}>"

    @classmethod
    def of(cls, prices: Iterable[Price], name: str = "own", sources: Iterable[Source] = ()) -> PriceBook:
        """Return a book of these prices alone.

        Raises
        ------
        ValueError
            When there is no price.
        """
        rows = tuple(prices)
        if not rows:
            raise ValueError("a price book needs at least one price")
        library = _InMemory(rows, {source.key: source for source in sources})
        return cls(name=name, as_of=max(price.as_of for price in rows), library=library)

    @property
    def sha256(self) -> str:
        """The sum of all that its rows come from: the same sum, the same prices. [hexadecimal]"""
        return self.library.digest()

    def find(
        self,
        *,
        service: str,
        region: str,
        usage_type: str,
        operation: str = "",
        purchase: str = "on-demand",
        on: date,
    ) -> Price:
        """Return the price that held on a day; before the first day that one is known for, the first one, so marked.

        Parameters
        ----------
        service, region, usage_type, operation, purchase : str
            As in `PriceKey`; the usage type without the region's prefix. Without an operation there must be only one.
        on : date
            The day.

        Raises
        ------
        UnknownRegionError
            When there is no such region.
        PriceNotFoundError
            When the book has no such price, none that lasted to that day, or several that differ by operation.

        Notes
        -----
        A row holds from its first day, known or seen, to the day before its last, ``first_day <= on < valid_until``; of
        several (spot) the one seen last up to that day counts. Where the region has no row, one of the region
        ``global`` does. A price that is carried back to a day before its first is ``assumed`` and carries the first
        day it is known for (see `cloudcost.catalog.books.validity`).

        Examples
        --------
        >>> book = load_book()
        >>> key = {"service": "AmazonEC2", "region": "us-east-1", "usage_type": "BoxUsage:g4dn.xlarge"}
        >>> str(book.find(**key, on=date(2026, 11, 22)).tiers[0].unit_price_usd)
        '0.526'
        """
        return self.price(PriceKey(service, region, usage_type, operation, purchase), on)

    def price(self, key: PriceKey, on: date) -> Price:
        """Return what `find` does, for a key in one piece.

        Raises
        ------
        UnknownRegionError, PriceNotFoundError
            As `find`.
        """
        found = self._found.get((key, on))
        if found is None:
            found = self._found[key, on] = self._search(key, on)
        return found

    def _search(self, key: PriceKey, on: date) -> Price:
        usage_type, purchase = canonical_key(key.usage_type, key.purchase)
        key = key._replace(usage_type=usage_type, purchase=purchase)
        candidates = self.rows(key)
        current = known_on(candidates, on)
        derived: tuple[Price, ...] = ()
        if not current:
            derived = self.library.derive(self, key, on)
            current = tuple(price for price in derived if price.carried_from is None)
        if not current or len(candidates) > 1:
            current = with_carried(current, candidates, on, otherwise=derived)
        if not current:
            from cloudcost.catalog.books.missing import missing_price

            raise missing_price(self, key, on)
        operations = {price.operation for price in current}
        if len(operations) > 1 and "" in operations:  # the row that states none holds for all operations not named
            current = tuple(price for price in current if not price.operation)
        elif len(operations) > 1:
            raise PriceNotFoundError(
                f"several prices for {key} (book {self.name}); "
                f"name the operation: {', '.join(sorted(name or '(none)' for name in operations))}"
            )
        return before_launch(latest(current, on), on)

    def candidates(
        self, *, service: str, region: str, usage_type: str, operation: str = "", purchase: str
    ) -> tuple[Price, ...]:
        """Return the rows of a key over all days: of its region, else the global ones; not the derived ones."""
        return self.rows(PriceKey(service, region, usage_type, operation, purchase))

    def rows(self, key: PriceKey) -> tuple[Price, ...]:
        """Return the same as `candidates`, for a key in one piece."""
        for place in (key.region, GLOBAL):
            prices = self.library.shelf(key.service, place).get(key.usage_type, key.purchase)
            if key.operation:
                exact = tuple(price for price in prices if price.operation == key.operation)
                prices = exact or tuple(price for price in prices if not price.operation)
            if prices:
                return prices
        return ()

    def keys(self, service: str, region: str) -> tuple[tuple[str, str], ...]:
        """Return the (usage type, purchase) pairs that a service has in a region, the global ones not among them."""
        return tuple(self.library.shelf(service, region))

    def services(self) -> tuple[str, ...]:
        """Return the services that the book has prices of."""
        return self.library.services()

    def regions(self, service: str) -> tuple[str, ...]:
        """Return the regions in which the book has prices of a service."""
        return self.library.regions(service)

    def prices(self, *, service: str | None = None, region: str | None = None) -> Iterator[Price]:
        """Iterate over all rows of the book, the derived ones not among them.

        Parameters
        ----------
        service, region : str, optional
            Only these.
        """
        for name in self.services() if service is None else (service,):
            for place in self.regions(name) if region is None else (region,):
                shelf = self.library.shelf(name, place)
                for key in shelf:
                    yield from shelf.get(*key)

    def source(self, key: str) -> Source:
        """Return the source that a row names.

        Raises
        ------
        CatalogError
            When there is no such source.
        """
        known: Mapping[str, Source] = getattr(self.library, "sources", None) or sources()
        if key not in known:
            raise CatalogError(f"no source {key!r} (book {self.name}); {did_you_mean(key, known)}")
        return known[key]


class _InMemory:
    """The prices that a caller gave."""

    def __init__(self, prices: tuple[Price, ...], known: Mapping[str, Source]) -> None:
        self.sources = known
        places: dict[tuple[str, str], list[Price]] = {}
        for price in prices:
            places.setdefault((price.service, price.region), []).append(price)
        self._shelves = {place: Shelf.of(rows) for place, rows in places.items()}

    def services(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(service for service, _ in self._shelves))

    def regions(self, service: str) -> tuple[str, ...]:
        return tuple(place for owner, place in self._shelves if owner == service)

    def shelf(self, service: str, region: str) -> Shelf:
        return self._shelves.get((service, region), _EMPTY)

    def derive(self, book: PriceSource, key: PriceKey, on: date) -> tuple[Price, ...]:
        del book, key, on
        return ()

    def digest(self) -> str:
        from hashlib import sha256

        rows = [str(price) for shelf in self._shelves.values() for key in shelf for price in shelf.get(*key)]
        return sha256("\n".join(rows).encode()).hexdigest()


_EMPTY = Shelf()


def book_names() -> tuple[str, ...]:
    """Return the names of all books: the shipped ones, then the user's, the oldest first."""
    from cloudcost.catalog.books.dated.folder import user_books

    return (*_shipped(), *map(str, user_books()))


def load_book(name: str | None = None, *, on: date | None = None) -> PriceBook:
    """Return a price book.

    Parameters
    ----------
    name : str, optional
        A shipped one, whose tables are read when they are asked for, or one of the user's, which is read whole and
        checked. Without a name it is the one in force.
    on : date, optional
        The day on which it is in force: the newest of the user's books up to then, else the shipped one. Without a
        day it is today, of SOURCE_DATE_EPOCH or the clock: a list of a day to come counts from then on.

    Raises
    ------
    CatalogError
        When there is no book of that name.
    InputError
        When the name is no text or the day no date, CLOUDCOST_DATA is no folder, or the named book of the user's is
        not as it was written; where none is named, the one before it is in force, whose `warnings` say so.

    Examples
    --------
    >>> load_book("aws-2026-11").name
    'aws-2026-11'
    """
    from cloudcost.catalog.books.dated.folder import parse_book_name, user_books

    if name is not None and not isinstance(name, str):
        raise InputError(f"book: no name of a price book, {repeated(name)}, give one of cloudcost.book_names() or None")
    if on is not None and not isinstance(on, date):
        raise InputError(f"on: no day, {repeated(on)}, give a date")
    shipped = _load(DEFAULT_BOOK)
    if name is None:
        if not user_books():
            return shipped
        from cloudcost.catalog.books.dated.in_force import stored_in_force
        from cloudcost.files.clock import clock_day

        stored, refused = stored_in_force(clock_day() if on is None else on)
        book = shipped if stored is None else _own(stored)
        if not refused:
            return book
        told = tuple(f"{each}; {book.name} answers" for each in refused)
        return PriceBook(name=book.name, as_of=book.as_of, library=book.library, warnings=told)
    if name in _shipped():
        return _load(name)
    own = parse_book_name(name)
    if own is None or own not in user_books():
        near = did_you_mean(name, book_names(), otherwise="there is " + ", ".join(book_names()))
        raise CatalogError(f"no price book {name!r}; {near}")
    from cloudcost.catalog.books.dated.in_force import open_stored

    return _own(open_stored(name))


_made: dict[str, PriceBook] = {}
"""Books of the user's by the sum of their manifests."""


def _own(stored: StoredBook) -> PriceBook:
    """Return a book of the user's above the shipped one."""
    if stored.sha256 not in _made:
        from cloudcost.catalog.books.dated.stored import JoinedLibrary

        shipped = _load(DEFAULT_BOOK)
        library = JoinedLibrary(stored, shipped.library)
        day = max(stored.manifest.day, shipped.as_of)
        _made[stored.sha256] = PriceBook(name=stored.manifest.name, as_of=day, library=library)
    return _made[stored.sha256]


@cache
def _shipped() -> dict[str, date]:
    """Return the shipped books by name, with the day of the newest row."""
    rows = read_table(DATA / "books.csv", ("name", "title", "as_of"))
    return {name: date.fromisoformat(as_of) for name, _, as_of in rows}


@cache
def _load(name: str) -> PriceBook:
    from cloudcost.catalog.books.library import ShippedLibrary

    return PriceBook(name=name, as_of=_shipped()[name], library=ShippedLibrary())
