"""What a source of prices can be asked, for whoever derives prices or says why there is none.

The answers come from `cloudcost.catalog.books.book.PriceBook`, which
uses those who ask: this file knows no table.
"""

from __future__ import annotations

from typing import Protocol

from cloudcost.domain.prices import Price, PriceKey


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
