"""A priced line of a bill: the only place where usage and price meet."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

from cloudcost.domain.prices import Grade, PriceKey
from cloudcost.frozen import dataclass
from cloudcost.units import BillingMonth


@dataclass(frozen=True, slots=True, kw_only=True)
class TierSlice:
    """The part of a line that falls into one tier.

    Parameters
    ----------
    from_quantity, up_to : Decimal or None
        The tier's bounds. [priced unit]
    quantity : Fraction
        What of the line lies in it. [priced unit]
    unit_price_usd : Decimal
        [USD per priced unit]
    """

    from_quantity: Decimal
    up_to: Decimal | None
    quantity: Fraction
    unit_price_usd: Decimal

    @property
    def exact_usd(self) -> Fraction:
        """Quantity x unit price, unrounded. [USD]"""
        return self.quantity * Fraction(self.unit_price_usd)


@dataclass(frozen=True, slots=True, kw_only=True)
class LineItem:
    """One line per service, region, usage type, operation, month and purchase.

    Parameters
    ----------
    quantity : Fraction
        [unit]
    tiers : tuple of TierSlice
        Their quantities sum to the line's, their exact amounts to `exact_usd`.
    exact_usd : Fraction
        The unrounded amount. [USD]
    amount_usd : Decimal
        Rounded once, half to even, to 1e-10. [USD]
    grade : Grade
        Of the price used.
    source : str
        Key of the price's source.
    as_of : date or None
        Day on which the price was seen; None for lines without a price of the book (credits, tax).
    why : str
        What this is, in words.
    confirmed_on : date or None
        The latest day on which another source saw the price, where one did.
    carried_from : date or None
        The first day for which the price is known, where the line is of an earlier one.
    """

    service: str
    usage_type: str
    operation: str
    region: str
    month: BillingMonth | None
    purchase: str
    quantity: Fraction
    unit: str
    tiers: tuple[TierSlice, ...]
    exact_usd: Fraction
    amount_usd: Decimal
    grade: Grade
    source: str
    as_of: date | None
    why: str
    confirmed_on: date | None = None
    carried_from: date | None = None

    @property
    def key(self) -> PriceKey:
        """What is billed, of all months."""
        return PriceKey(self.service, self.region, self.usage_type, self.operation, self.purchase)

    @property
    def last_seen(self) -> date | None:
        """The latest day on which somebody saw the price; None for lines without a price of the book."""
        return self.confirmed_on or self.as_of

    @property
    def unit_price_usd(self) -> Decimal | None:
        """The price per unit, or None where several tiers apply. [USD per unit]"""
        return self.tiers[0].unit_price_usd if len(self.tiers) == 1 else None
