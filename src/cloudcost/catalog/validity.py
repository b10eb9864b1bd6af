"""Which of several rows of one key counts on a day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from cloudcost.domain.prices import Price


def holds(price: Price, on: date) -> bool:
    """Return whether a row is valid on a day."""
    return (price.valid_from is None or price.valid_from <= on) and (
        price.valid_until is None or on < price.valid_until
    )


def latest(prices: Sequence[Price], on: date) -> Price:
    """Return the price seen last up to a day; where all were seen later (spot), the one seen first."""
    seen = [price for price in prices if price.as_of <= on]
    return max(seen, key=lambda price: price.as_of) if seen else min(prices, key=lambda price: price.as_of)
