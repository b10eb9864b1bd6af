"""Where an estimate finds its prices: the user's own first, then the book, then an assumed one by an explicit rule.

The rule for a price that the book lacks in a region: us-east-1's, scaled by the ratio of the two regions' S3 Standard
prices. It is marked on the line, in the assumptions and in the total, and `allow_assumed` forbids it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

from cloudcost.catalog.books.book import PriceBook
from cloudcost.catalog.books.validity import too_early
from cloudcost.domain.prices import Price, PriceKey
from cloudcost.errors import PriceNotFoundError
from cloudcost.money import round_half_even
from cloudcost.pricing.discounts import Discounts, discounted
from cloudcost.pricing.free_tiers import FreeAt, with_free_tier

REFERENCE_REGION = "us-east-1"
ASSUMABLE = frozenset({"AmazonS3"})
"""Services whose missing regional prices may be assumed; others are unknown and stay so."""
ASSUMABLE_USAGE = frozenset({"NatGateway-Hours", "NatGateway-Bytes"})


def is_assumable(service: str, usage_type: str) -> bool:
    """Return whether a price that is missing in a region may be assumed by the rule."""
    return service in ASSUMABLE or usage_type in ASSUMABLE_USAGE


class Market(PriceBook):
    """A price book as one estimate sees it.

    Parameters
    ----------
    book : PriceBook
    own : iterable of Price
        Prices of the project file; they come before the book's.
    free : iterable of FreeAt
        What the account has free; it becomes the first tier of a price.
    pinned : date or None
        Take every price as it was on this day, whatever the month of the usage.
    allow_assumed : bool
        Whether a missing regional price may be assumed, and one of a later day taken for an earlier.
    discounts : sequence of (str, Decimal)
        Shares off the book's prices, not off `own` ones. [1]
    """

    __slots__ = ("_discounts", "_free", "_own", "allow_assumed", "book", "pinned")

    def __init__(
        self,
        book: PriceBook,
        own: Iterable[Price] = (),
        *,
        free: Iterable[FreeAt] = (),
        pinned: date | None = None,
        allow_assumed: bool = True,
        discounts: Discounts = (),
    ) -> None:
        super().__init__(name=book.name, as_of=book.as_of, library=book.library)
        self.book = book
        self._own = {(price.service, price.region, price.usage_type): price for price in own}
        self._free = tuple(free)
        self._discounts = tuple(discounts)
        self.pinned = pinned
        self.allow_assumed = allow_assumed

    def price(self, key: PriceKey, on: date) -> Price:
        """Return the price of a usage type, as `PriceBook.price` does.

        Raises
        ------
        PriceNotFoundError
            When it is not known and may not be assumed.
        """
        own = self._own.get(key[:3])
        if own is not None:
            return own
        price = discounted(self._priced(key, self.pinned or on), key.service, self._discounts)
        return with_free_tier(price, key.region, on, self._free) if self._free else price

    def _priced(self, key: PriceKey, day: date) -> Price:
        try:
            price = self.book.price(key, day)
            if price.carried_from is not None and not self.allow_assumed:
                raise PriceNotFoundError(too_early(price, day))
            return price
        except PriceNotFoundError as unknown:
            known = is_assumable(key.service, key.usage_type)
            if not (self.allow_assumed and known and key.region != REFERENCE_REGION):
                raise
            try:
                return self._assume(key, day)
            except PriceNotFoundError:  # the rule has nothing to go by: what was asked for is what is missing
                raise unknown from None

    def _assume(self, key: PriceKey, day: date) -> Price:
        reference = self.book.price(key._replace(region=REFERENCE_REGION), day)
        here, there = (self._standard(place, day) for place in (key.region, REFERENCE_REGION))
        ratio = Fraction(here) / Fraction(there)
        tiers = tuple(
            replace(tier, unit_price_usd=round_half_even(Fraction(tier.unit_price_usd) * ratio, 12))
            for tier in reference.tiers
        )
        note = f"not known in {key.region}: {REFERENCE_REGION}'s price x {here}/{there}, the ratio of S3 Standard"
        return replace(reference, region=key.region, tiers=tiers, grade="assumed", note=note)

    def _standard(self, region: str, day: date) -> Decimal:
        price = self.book.price(PriceKey("AmazonS3", region, "TimedStorage-ByteHrs"), day)
        return price.tiers[0].unit_price_usd
