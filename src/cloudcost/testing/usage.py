"""Strategies for metered usage: months, quantities, rows that a book can price."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from hypothesis import strategies as st

from cloudcost.catalog.books.book import PriceBook
from cloudcost.domain.prices import Price
from cloudcost.domain.usage import Usage
from cloudcost.units import BillingMonth

_BASE_UNITS = {"GB-Mo": "byte-hours", "GB": "bytes", "Hrs": "seconds", "kWh": "joules", "Requests": "requests"}
_BASE_LIMITS = {
    "byte-hours": 2**40 * 744 * 1000,
    "bytes": 2**40 * 1000,
    "seconds": 744 * 3600 * 100,
    "joules": 10**13,
    "requests": 10**10,
}


def billing_months(*, min_year: int = 2022, max_year: int = 2030) -> st.SearchStrategy[BillingMonth]:
    """Return a strategy for calendar months; leap years are among them by default."""
    return st.builds(BillingMonth, st.integers(min_year, max_year), st.integers(1, 12))


def quantities(*, max_units: int = 2_000_000) -> st.SearchStrategy[Fraction]:
    """Return a strategy for exact quantities: whole, decimal, or a fraction such as byte-hours give. [priced unit]

    Parameters
    ----------
    max_units : int
        [priced unit]
    """
    whole = st.integers(0, max_units).map(Fraction)
    decimal = st.integers(0, max_units * 10**6).map(lambda value: Fraction(value, 10**6))
    fraction = st.fractions(0, max_units, max_denominator=2**30 * 744)
    return whole | decimal | fraction


def usages(
    book: PriceBook,
    *,
    min_size: int = 0,
    max_size: int = 8,
    month: st.SearchStrategy[BillingMonth | None] | None = None,
) -> st.SearchStrategy[tuple[Usage, ...]]:
    """Return a strategy for rows of usage that a book can price.

    Parameters
    ----------
    book : PriceBook
        Rows are of its usage types; transfer is of one of several services.
    min_size, max_size : int
        Rows. [count]
    month : strategy, optional
        Of months or None; by default two months, or none.
    """
    rows = tuple(book.prices())
    months = st.sampled_from((None, BillingMonth(2026, 10), BillingMonth(2026, 11))) if month is None else month
    row = st.tuples(
        st.sampled_from(rows),
        months,
        st.sampled_from(("AWSDataTransfer", "AmazonEC2", "AmazonS3")),
        st.integers(0, 10**15),
        st.integers(-1, 9),
    ).map(_usage)
    return st.lists(row, min_size=min_size, max_size=max_size).map(tuple)


def _usage(drawn: tuple[Price, BillingMonth | None, str, int, int]) -> Usage:
    """Return one row: an integer in the base unit where `places` is -1, else a decimal in the priced unit."""
    price, month, sender, value, places = drawn
    quantity: int | Decimal
    if places < 0:
        unit = _BASE_UNITS.get(price.unit, price.unit)
        quantity = value * _BASE_LIMITS.get(unit, 10**6) // 10**15
    else:
        unit = price.unit
        quantity = Decimal(f"{value // 10 ** (9 - places)}E-{places}")
    return Usage(
        service=sender if price.service == "AWSDataTransfer" else price.service,
        region=price.region,
        usage_type=price.usage_type,
        operation=price.operation,
        purchase=price.purchase,
        month=month,
        quantity=quantity,
        unit=unit,
        why="drawn",
    )
