"""S3 prices of December 2021 and later that no list of the time states, by the prices of today.

AWS lowered Glacier storage everywhere, and infrequent access in nine regions, in December 2021; the rows of those
begin then. Of the storage, request and retrieval prices that were also seen between then and today (us-east-1 on
infracost's lists, us-west-2 and ca-central-1 on a bill of November 2023, EU (Ireland) on the list of 2018) not one has
another value today. A price that is first seen later is therefore taken to have held since then: grade ``derived``,
and its note says so. Tags, batch jobs and Express One Zone did change and are left out.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from cloudcost.catalog.books.launches import launch_of
from cloudcost.domain.prices import Price, PriceKey

if TYPE_CHECKING:
    from cloudcost.catalog.books.price_source import PriceSource

SERVICE = "AmazonS3"
SINCE = date(2021, 12, 1)
"""The last day on which AWS changed prices of these kinds."""
KINDS = (
    "TimedStorage-", "Requests-", "Retrieval-", "EarlyDelete-", "Monitoring-", "Standard-Retrieval-",
    "Bulk-Retrieval-", "Expedited-Retrieval-",
)  # fmt: skip


def unchanged_price(book: PriceSource, key: PriceKey, on: date) -> tuple[Price, ...]:
    """Return the rows of a key that are first seen after a day but held on it by the rule; empty where it has none."""
    if on < SINCE or not key.usage_type.startswith(KINDS):
        return ()
    launch = launch_of(key.service, key.region, key.usage_type)
    since = SINCE if launch is None else max(SINCE, launch.day)
    return tuple(
        _held(price, since)
        for price in book.rows(key)
        if price.first_day > on >= since.replace(day=1) and price.valid_from is None
    )


def _held(price: Price, since: date) -> Price:
    note = f"first seen on {price.first_day}; S3's prices have held since {SINCE:%B %Y}"
    return replace(price, grade="derived", seen_from=since, note=f"{note}; {price.note}" if price.note else note)
