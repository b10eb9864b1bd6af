"""What a source of prices can be asked, for whoever derives prices or says why there is none.

The answers come from `cloudcost.catalog.books.book.PriceBook`, which
uses those who ask: this file knows no table.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Protocol

from cloudcost.domain.prices import Price, PriceKey

if TYPE_CHECKING:
    from cloudcost.catalog.tables import Shelf


class PriceSource(Protocol):
    """Rows of prices by service and region."""

    @property
    def name(self) -> str:
        """For messages."""
        ...

    def services(self) -> tuple[str, ...]:
        """Return the services that have prices."""
        ...

    def regions(self, service: str) -> tuple[str, ...]:
        """Return the regions in which a service has prices."""
        ...

    def keys(self, service: str, region: str) -> tuple[tuple[str, str], ...]:
        """Return usage type and purchase of each price of a service in a region."""
        ...

    def rows(self, key: PriceKey) -> tuple[Price, ...]:
        """Return the rows of a key, whatever their days."""
        ...


class Library(Protocol):
    """Where a book's rows come from."""

    def services(self) -> tuple[str, ...]:
        """Return the services that have prices."""
        ...

    def regions(self, service: str) -> tuple[str, ...]:
        """Return the regions in which a service has prices; ``global`` among them where it applies."""
        ...

    def shelf(self, service: str, region: str) -> Shelf:
        """Return the rows of a service in a region; an empty shelf where there are none."""
        ...

    def derive(self, book: PriceSource, key: PriceKey, on: date) -> tuple[Price, ...]:
        """Return prices that follow from others by a stated rule; empty where no rule applies."""
        ...

    def digest(self) -> str:
        """Return the SHA-256 sum of all that the rows come from, in hexadecimal."""
        ...
