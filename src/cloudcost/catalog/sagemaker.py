"""SageMaker prices that no source states, derived from EC2's and EBS's by the multiple that all known ones keep."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from cloudcost.domain.prices import Price

if TYPE_CHECKING:
    from cloudcost.catalog.book import PriceBook


def derive_price(book: PriceBook, *, region: str, usage_type: str, purchase: str, on: date) -> tuple[Price, ...]:
    """Return the derived price of a SageMaker usage type; empty where no rule applies."""
    raise NotImplementedError
