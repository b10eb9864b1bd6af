"""Hypothesis strategies for your own tests: tiers, prices, books, usage and whole projects.

Needs the extra ``strategies``. What they draw is valid, and of a size that real bills have; narrow it by arguments::

    from hypothesis import given
    from cloudcost.testing import price_books, usages

    @given(price_books().flatmap(lambda book: usages(book)))
    def test_my_report(rows): ...

========================  ===========================================================
strategy                  draws
========================  ===========================================================
`unit_prices`             a unit price, exact decimals. [USD]
`tiers`                   a tier list from 0 without gaps
`prices`                  a row of a price book
`price_books`             a `PriceBook` of several rows
`billing_months`          a calendar month
`quantities`              an exact quantity in a price's unit
`usages`                  rows of metered usage that a book can price
`projects`                a whole `Project`, each option with its own hours per run
========================  ===========================================================
"""

from __future__ import annotations

from cloudcost.errors import MissingExtraError

try:
    import hypothesis as _hypothesis
except ModuleNotFoundError as _error:
    raise MissingExtraError("strategies", "cloudcost.testing") from _error

from cloudcost.testing.prices import price_books, prices, tiers, unit_prices
from cloudcost.testing.projects import projects
from cloudcost.testing.usage import billing_months, quantities, usages

__all__ = [
    "billing_months",
    "price_books",
    "prices",
    "projects",
    "quantities",
    "tiers",
    "unit_prices",
    "usages",
]

del _hypothesis
