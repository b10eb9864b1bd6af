"""Free quantities as the first tier of a price, which costs nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, TypeAlias

from cloudcost.domain.prices import Price, Tier

if TYPE_CHECKING:
    from cloudcost.catalog.aws.free_tier import FreeQuota


FreeAt: TypeAlias = "tuple[str, FreeQuota]"
"""A region, and what is free there."""


def with_free_tier(price: Price, region: str, on: date, free: Iterable[FreeAt]) -> Price:
    """Return a price with what is free on a day as its first tier; the price itself where nothing is.

    Parameters
    ----------
    on : date
        A day of the month of the usage.
    """
    for place, quota in free:
        same = (quota.service, quota.usage_type, place) == (price.service, price.usage_type, region)
        if same and quota.first <= on < quota.until and price.purchase == "on-demand":
            return _with_first_tier(price, quota)
    return price


def _with_first_tier(price: Price, quota: FreeQuota) -> Price:
    free = Tier(from_quantity=Decimal(0), up_to=quota.quantity, unit_price_usd=Decimal(0))
    above = [
        replace(tier, from_quantity=max(tier.from_quantity, quota.quantity))
        for tier in price.tiers
        if tier.up_to is None or tier.up_to > quota.quantity
    ]
    note = f"the first {quota_words(quota)} a month are free through the account's age ({quota.source})"
    return replace(price, tiers=(free, *above), note="; ".join(part for part in (price.note, note) if part))


def quota_words(quota: FreeQuota) -> str:
    """Return a free quantity as people read it: ``750 Hrs``."""
    return f"{quota.quantity:,f} {quota.unit}"
