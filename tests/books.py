"""Dated books of a user, made for tests."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from cloudcost.catalog.books.dated.store import books_to_write, write_book
from cloudcost.catalog.tables import Row, row_of
from cloudcost.domain.prices import Price, Source

SOURCE = Source(key="own-list", title="a list", url="", read_on=date(2026, 11, 20))


def own_price(usd: str, **facts: object) -> Price:
    """Return a price of g4dn.xlarge in us-east-1 as of 2026-11-20, or what `facts` state."""
    from cloudcost.catalog.tables import parse_tiers

    stated: dict[str, object] = {
        "service": "AmazonEC2",
        "region": "us-east-1",
        "usage_type": "BoxUsage:g4dn.xlarge",
        "unit": "Hrs",
        "as_of": date(2026, 11, 20),
        "grade": "official",
        "source": SOURCE.key,
        **facts,
    }
    return Price(tiers=parse_tiers(usd), **stated)  # type: ignore[arg-type]


def own_book(prices: Iterable[Price], day: date = date(2026, 11, 20)) -> str:
    """Write a book into the user's folder and return its name."""
    places: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for price in prices:
        places[price.service, price.region].append(row_of(price))
    with books_to_write() as folder:
        return write_book(folder, day, places, [SOURCE])
