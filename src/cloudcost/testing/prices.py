"""Strategies for prices: tier lists, rows, books."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Literal

from hypothesis import strategies as st

from cloudcost.catalog.books.book import PriceBook
from cloudcost.domain.prices import GRADES, Price, Tier

Rates = Literal["any", "falling", "rising"]

UNITS = ("GB-Mo", "GB", "Hrs", "Requests", "kWh")
"""Units that have a base unit to convert from."""


def unit_prices(*, max_usd: int = 10) -> st.SearchStrategy[Decimal]:
    """Return a strategy for unit prices: exact, not negative, at most ten decimals. [USD per priced unit]

    Parameters
    ----------
    max_usd : int
        The dearest. [USD per priced unit]
    """
    return st.integers(0, 11 * max_usd * 10**10 + 10).map(_unit_price)


def _unit_price(value: int) -> Decimal:
    """Return a price of 0 to 10 decimals, short prices as often as long ones."""
    rest, places = divmod(value, 11)
    return Decimal(f"{rest // 10 ** (10 - places)}E-{places}")


def tiers(
    *,
    min_tiers: int = 1,
    max_tiers: int = 5,
    rates: Rates = "any",
    max_bound: int = 1_000_000,
) -> st.SearchStrategy[tuple[Tier, ...]]:
    """Return a strategy for tier lists: from 0, without gaps, the last one open.

    Parameters
    ----------
    min_tiers, max_tiers : int
        [count]
    rates : {"any", "falling", "rising"}
        Whether unit prices never rise, never fall, or go as they like.
    max_bound : int
        The highest bound between tiers; bounds are whole. [priced unit]
    """
    steps = st.lists(
        st.tuples(st.integers(1, max_bound), unit_prices()),
        min_size=min_tiers,
        max_size=max_tiers,
        unique_by=lambda step: step[0],
    )
    return steps.map(lambda drawn: _tier_list(drawn, rates))


def _tier_list(steps: Sequence[tuple[int, Decimal]], rates: Rates) -> tuple[Tier, ...]:
    """Return tiers from drawn bounds (the lowest stands for 0) and unit prices."""
    prices_usd = [price for _, price in steps]
    if rates != "any":
        prices_usd.sort(reverse=rates == "falling")
    edges = [Decimal(0), *(Decimal(bound) for bound in sorted(bound for bound, _ in steps)[1:])]
    return tuple(
        Tier(from_quantity=lower, up_to=upper, unit_price_usd=price)
        for lower, upper, price in zip(edges, [*edges[1:], None], prices_usd, strict=True)
    )


def prices(
    *,
    service: str = "AmazonEC2",
    region: str = "us-east-1",
    usage_type: str = "BoxUsage:g4dn.xlarge",
    unit: str | None = None,
    rates: Rates = "any",
    max_tiers: int = 4,
) -> st.SearchStrategy[Price]:
    """Return a strategy for rows of a price book, valid on every day.

    Parameters
    ----------
    service, region, usage_type : str
        The key.
    unit : str, optional
        One of GB-Mo, GB, Hrs, Requests, kWh; drawn without it.
    rates, max_tiers
        As in `tiers`.
    """
    units = st.sampled_from(UNITS if unit is None else (unit,))
    return st.tuples(tiers(max_tiers=max_tiers, rates=rates), units, st.sampled_from(GRADES)).map(
        lambda drawn: Price(
            service=service,
            region=region,
            usage_type=usage_type,
            unit=drawn[1],
            tiers=drawn[0],
            as_of=date(2026, 11, 22),
            grade=drawn[2],
            source="drawn",
            note="drawn by cloudcost.testing",
        )
    )


def price_books(
    *,
    regions: Sequence[str] = ("us-east-1", "eu-west-1"),
    rates: Rates = "any",
    types: int = 2,
    max_tiers: int = 4,
) -> st.SearchStrategy[PriceBook]:
    """Return a strategy for price books: some usage types, and transfer to the internet, in each region.

    Parameters
    ----------
    regions : sequence of str
    rates
        As in `tiers`.
    types : int
        Usage types per region beside the transfer. [count]
    max_tiers : int
        Of each price. [count]
    """
    rows = [
        prices(region=region, usage_type=f"BoxUsage:type{index}", rates=rates, max_tiers=max_tiers)
        for region in regions
        for index in range(types)
    ]
    rows += [
        prices(service="AWSDataTransfer", region=region, usage_type="DataTransfer-Out-Bytes", unit="GB", rates=rates)
        for region in regions
    ]
    return st.tuples(*rows).map(lambda drawn: PriceBook.of(drawn, name="drawn"))
