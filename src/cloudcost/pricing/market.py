"""Where an estimate finds its prices: the user's own first, then the book, then an assumed one by an explicit rule.

A price that the book lacks in a region is another region's, scaled by the ratio that the two have in something else, by
the rule of its family (`cloudcost.catalog.books.derived.assumed_rules`). It is marked on the line, in the assumptions
and in the total, and `allow_assumed` forbids it. A price that ended is not assumed to go on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fnmatch import fnmatchcase
from fractions import Fraction

from cloudcost.catalog.aws.regions import regions, regions_by_code
from cloudcost.catalog.books.book import PriceBook
from cloudcost.catalog.books.derived.assumed_rules import AssumptionRule, assumption_rule
from cloudcost.catalog.books.validity import too_early
from cloudcost.domain.prices import Price, PriceKey
from cloudcost.errors import PriceNotFoundError
from cloudcost.money import round_half_even
from cloudcost.pricing.discounts import Discounts, discounted
from cloudcost.pricing.free_tiers import FreeAt, with_free_tier


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
            if price.grade == "assumed" and not self.allow_assumed:
                raise PriceNotFoundError(f"the price of {key} is assumed ({price.note or price.source})")
            return price
        except PriceNotFoundError as unknown:
            rule = assumption_rule(key.service, key.usage_type, key.purchase) if self.allow_assumed else None
            if rule is None or key.region not in regions() or self.book.rows(key):
                raise
            assumed = self._assume(rule, key, day) if rule.references else self._dearest(rule, key, day)
            if assumed is None:  # the rule has nothing to go by: what was asked for is what is missing
                raise unknown from None
            return assumed

    def _assume(self, rule: AssumptionRule, key: PriceKey, day: date) -> Price | None:
        """Return another region's price in the ratio of the rule; None where nothing is known to go by."""
        for place in rule.references:
            if place == key.region:
                continue
            try:
                reference = self.book.price(key._replace(region=place), day)
                ratio, told, limit = self._ratio(rule, key, place, day)
            except PriceNotFoundError:
                continue
            note = f"not known in {key.region}: {place}'s price{told}"
            found = _assumed(reference, key.region, ratio, note)
            return _widened(found, Fraction(rule.within), limit) if key.purchase == "spot" and rule.within else found
        return None

    def _ratio(
        self, rule: AssumptionRule, key: PriceKey, place: str, day: date
    ) -> tuple[Fraction, str, Decimal | None]:
        """Return a region's price over the reference's of what the rule goes by, a note of it, and the former."""
        by = rule.ratio_key(key)
        if by is None:
            return Fraction(1), " as it is", None
        at_home = self._priced(by, day) if rule.is_of_machine else self.book.price(by, day)
        here, there = (
            price.tiers[0].unit_price_usd for price in (at_home, self.book.price(by._replace(region=place), day))
        )
        if not there:
            raise PriceNotFoundError(f"no ratio: {by.usage_type} is free in {place}")
        return Fraction(here) / Fraction(there), f" x {here}/{there}, the ratio of {rule.means}", here

    def _dearest(self, rule: AssumptionRule, key: PriceKey, day: date) -> Price | None:
        """Return the dearest rate to another region that is known from here, else from the same continent."""
        known = regions()
        if regions_by_code().get(key.usage_type.partition("-")[0], key.region) == key.region:
            return None  # no code of another region
        alike = [name for name, each in known.items() if each.area == known[key.region].area and name != key.region]
        for places in ([key.region], alike):
            rates = [rate for place in places for rate in self._rates(rule, place, day)]
            if rates:
                dearest = max(rates, key=lambda price: price.tiers[0].unit_price_usd)
                note = f"not known from {key.region}: the dearest rate known from {dearest.region}"
                found = _assumed(dearest, key.region, Fraction(1), note)
                return replace(found, usage_type=key.usage_type)
        return None

    def _rates(self, rule: AssumptionRule, place: str, day: date) -> Iterator[Price]:
        for usage_type, purchase in self.book.keys(rule.service, place):
            if fnmatchcase(usage_type, rule.usage_type):
                try:
                    yield self.book.price(PriceKey(rule.service, place, usage_type, purchase=purchase), day)
                except PriceNotFoundError:  # not yet known on that day
                    continue


def _assumed(reference: Price, region: str, ratio: Fraction, note: str) -> Price:
    tiers = tuple(
        replace(tier, unit_price_usd=round_half_even(Fraction(tier.unit_price_usd) * ratio, 12))
        for tier in reference.tiers
    )
    low = None if reference.low_usd is None else round_half_even(Fraction(reference.low_usd) * ratio, 12)
    return replace(reference, region=region, tiers=tiers, low_usd=low, grade="assumed", note=note)


def _widened(price: Price, within: Fraction, limit: Decimal | None) -> Price:
    """Return a price that varies as the highest and the lowest it may be, at most the hour on demand."""
    guess = Fraction(price.tiers[0].unit_price_usd)
    high = round_half_even(guess * within, 6)
    high = high if limit is None else min(high, limit)
    (tier,) = price.tiers
    low = min(round_half_even(guess / within, 6), high)
    return replace(price, tiers=(replace(tier, unit_price_usd=high),), low_usd=low)
