"""The user's own discounts: shares off a provider's list prices, as a private price agreement states them.

An agreement has one share for all services of a provider and other shares for single ones, which stand in its place.
It is taken off what is left after reserved capacity and savings plans, before tax and credits (IBM Cloudability,
"Configure Enterprise Discount Program for AWS"; ProsperOps, "How are RI and SP savings calculations impacted by an
EDP?", both read on 2026-11-29). Spot capacity takes the share of its service unless ``spot`` has one of its own:
agreements differ.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Context, Decimal
from typing import TYPE_CHECKING

from cloudcost.catalog.providers import provider_of_service
from cloudcost.domain.prices import COLAB_SERVICE, Price

if TYPE_CHECKING:
    from cloudcost.catalog.books.book import PriceBook

SPOT = "spot"
"""The name of the share that is taken off spot prices, whosever they are."""
Discounts = Sequence[tuple[str, Decimal]]
"""Shares by the name of a provider or a service, or `SPOT`. [1]"""
_EXACT = Context(prec=60)
"""Prices have up to 15 digits and shares up to 28: no product is rounded."""


def discount_on(service: str, purchase: str, discounts: Discounts) -> Decimal:
    """Return the share that is taken off a price: that of spot, of its service, of its provider; else 0. [1]

    Parameters
    ----------
    service, purchase : str
        As in `cloudcost.domain.prices.PriceKey`.
    discounts : sequence of (str, Decimal)

    Examples
    --------
    >>> agreed = [("aws", Decimal("0.07")), ("AmazonS3", Decimal("0.12")), ("spot", Decimal(0))]
    >>> [str(discount_on(service, "on-demand", agreed)) for service in ("AmazonEC2", "AmazonS3", "GCP")]
    ['0.07', '0.12', '0']
    >>> discount_on("AmazonEC2", "spot", agreed)
    Decimal('0')
    """
    shares = dict(discounts)
    provider = provider_of_service(service)
    names = (SPOT if purchase == SPOT else "", service, "" if provider is None else provider.name)
    return next((shares[name] for name in names if name in shares), Decimal(0))


def discounted(price: Price, service: str, discounts: Discounts) -> Price:
    """Return a price with a share taken off every tier, exactly; the price itself where nothing is.

    Parameters
    ----------
    price : Price
    service : str
        That the price list has it under.
    discounts : sequence of (str, Decimal)

    Examples
    --------
    >>> from datetime import date
    >>> from cloudcost.domain.prices import PriceKey
    >>> from cloudcost.catalog.books.book import load_book
    >>> key = PriceKey("AmazonEC2", "us-east-1", "BoxUsage:g4dn.xlarge")
    >>> less = discounted(load_book().price(key, date(2026, 11, 22)), "AmazonEC2", [("aws", Decimal("0.07"))])
    >>> str(less.tiers[0].unit_price_usd), less.note  # 0.526 x 0.93
    ('0.48918', 'list price less 7 % (discounts)')
    """
    share = discount_on(service, price.purchase, discounts)
    if not share:
        return price
    said = f"list price less {percent_words(share)} (discounts)"
    note = "; ".join(part for part in (price.note, said) if part)
    return replace(less(price, share), discount=share, note=note)


def less(price: Price, share: Decimal) -> Price:
    """Return a price of which a share is not paid, exactly: that of every tier, and the lowest of spot. [1]"""
    left = _EXACT.subtract(Decimal(1), share)
    tiers = tuple(replace(tier, unit_price_usd=_EXACT.multiply(tier.unit_price_usd, left)) for tier in price.tiers)
    low = None if price.low_usd is None else _EXACT.multiply(price.low_usd, left)
    return replace(price, tiers=tiers, low_usd=low)


def percent_words(share: Decimal) -> str:
    """Return a share as people read it.

    Examples
    --------
    >>> percent_words(Decimal("0.0700")), percent_words(Decimal("0.125"))
    ('7 %', '12.5 %')
    """
    return f"{format((100 * share).normalize(), 'f')} %"


def names_with_lists(book: PriceBook) -> tuple[str, ...]:
    """Return the names that a discount may have: providers with a price list, their services, and `SPOT`.

    Colab has none that agreements are made on.

    Examples
    --------
    >>> from cloudcost.catalog.books.book import load_book
    >>> names = names_with_lists(load_book())
    >>> "aws" in names, "AmazonS3" in names, "spot" in names, "GoogleColab" in names
    (True, True, True, False)
    """
    services = [service for service in book.services() if service != COLAB_SERVICE]
    found = {provider.name for provider in map(provider_of_service, services) if provider is not None}
    return (*sorted(found), *services, SPOT)
