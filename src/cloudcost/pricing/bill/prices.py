"""Where the rows of a bill find their prices: a price book, a day, and what is free; each look-up is made once."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import IntEnum
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from cloudcost.catalog.aws.allowances import quotas, transfer_out_allowance
from cloudcost.catalog.providers import PaidTo, paid_to
from cloudcost.domain.prices import PriceKey
from cloudcost.frozen import dataclass
from cloudcost.money import LINE_PLACES
from cloudcost.pricing.lookup import INTERNET_OUT, FoundPrice, find_price, price_day
from cloudcost.units import BY_MONTH, BillingMonth, to_priced_unit

if TYPE_CHECKING:
    from cloudcost.catalog.books.book import PriceBook

UNIT: int = 10**LINE_PLACES
"""Amounts of a total are whole multiples of 1e-10 USD."""


class Payee(IntEnum):
    """Who a line is paid to, which decides whether tax is laid on it and credits pay it."""

    OWN = 0
    """Nobody that sells machine time."""
    PROVIDER = 1
    """A provider that takes no credits."""
    CREDITED = 2
    """AWS, in a month in which its credits pay for it."""


_PAYEES: dict[PaidTo, Payee] = {"own": Payee.OWN, "provider": Payee.PROVIDER, "aws": Payee.CREDITED}


def payee_of(service: str, month: BillingMonth | None = None, credits_end: BillingMonth | None = None) -> Payee:
    """Return who usage of a service in a month is paid to, as the table of providers says.

    Parameters
    ----------
    month : BillingMonth or None
        Of the usage; what has none comes at once.
    credits_end : BillingMonth or None
        The first month in which credits do not count; None where they outlast the bill.

    Notes
    -----
    Credits are used on AWS's charges as they come. So what they are worth is the least of their amount and of what AWS
    charges in the months before they expire: on a bill by the month neither the order of the lines nor what is charged
    later matters.

    Examples
    --------
    >>> payee_of("AmazonS3").name, payee_of("GoogleColab").name, payee_of("Local").name
    ('CREDITED', 'PROVIDER', 'OWN')
    >>> march = BillingMonth(2027, 3)
    >>> payee_of("AmazonS3", march, march).name, payee_of("AmazonS3", march, march.next).name
    ('PROVIDER', 'CREDITED')
    """
    payee = _PAYEES[paid_to(service)]
    if payee is Payee.CREDITED and credits_end is not None and month is not None and month >= credits_end:
        return Payee.PROVIDER
    return payee


class Free(NamedTuple):
    """What of a pool is free each month, and whose it is.

    Parameters
    ----------
    account : str
        Pools with the same one share what is free, dearest region first.
    up_to : Decimal
        All of it. [priced unit]
    ratio : (int, int)
        The same as a ratio. [priced unit]
    reason : str
        What a line says of it.
    """

    account: str
    up_to: Decimal
    ratio: tuple[int, int]
    reason: str

    @property
    def quantity(self) -> Fraction:
        """The same as a fraction. [priced unit]"""
        return Fraction(*self.ratio)


class Place(NamedTuple):
    """Where usage of one kind and month goes in a bill, and at what price.

    Parameters
    ----------
    key : str
        Of the line: a text, whose hash Python computes once.
    found : FoundPrice
    units : int
        Of the usage, that make one of the price's. [1]
    rate, divisor : int
        Of a flat price: one unit of the usage costs ``rate / divisor``. [10**-10 USD]
    flat : bool
        Neither tiers nor packs nor anything free: pools and order do not matter.
    free : Free or None
    pool : str
        Of the pool that it shares tiers with.
    payee : Payee
    """

    key: str
    found: FoundPrice
    units: int
    rate: int
    divisor: int
    flat: bool
    free: Free | None
    pool: str
    payee: Payee


@dataclass(frozen=True, slots=True, eq=False)
class Prices:
    """A price source as one kind of bill sees it; from `prices_of`, which returns the same for the same.

    Parameters
    ----------
    book : PriceBook
    on : date
        The day whose prices hold for rows without a month and for the month of that day; other months are priced by
        what held on their first day.
    pinned : date or None
        The day whose allowances hold for every month, where one is asked for.
    free_tier : bool
        Whether the monthly allowance of traffic to the internet is taken off, once per account and month.
    quotas : bool
        Whether the other permanent quotas of an account are taken off as well (20,000 KMS requests a month ...).
    credits_end : BillingMonth or None
        The first month in which credits do not count; None where they outlast the bill.
    """

    book: PriceBook
    on: date
    pinned: date | None
    free_tier: bool
    quotas: bool
    credits_end: BillingMonth | None


@lru_cache(maxsize=1024)
def prices_of(
    book: PriceBook,
    on: date,
    pinned: date | None = None,
    *,
    free_tier: bool = False,
    quotas: bool = False,
    credits_end: BillingMonth | None = None,
) -> Prices:
    """Return a price source."""
    return Prices(book, on, pinned, free_tier, quotas, credits_end)


@lru_cache(maxsize=16_384)
def place_of(prices: Prices, key: PriceKey, unit: str, year: int, month_of_year: int) -> Place:
    """Return where usage goes and what it costs; year 0 for usage without a month.

    Raises
    ------
    PriceNotFoundError, UnknownRegionError
        When there is no price.
    ValueError
        For a unit that does not fit the price.
    """
    month = BillingMonth(year, month_of_year) if year else None
    found = find_price(prices.book, key, price_day(month, prices.on))
    schedule = found.schedule
    units = to_priced_unit(1, unit, found.price.unit, month if unit in BY_MONTH else None).denominator
    free = _free(prices, key.region, key.usage_type, month, found)
    return Place(
        key="|".join((*key[:4], str(month), found.price.purchase)),
        found=found,
        units=units,
        rate=schedule.rates[0] * UNIT,
        divisor=units * schedule.rate_scale,
        flat=schedule.flat and free is None,
        free=free,
        pool="|".join((key.region, str(month), *found.key)),
        payee=payee_of(key.service, month, prices.credits_end),
    )


def _free(prices: Prices, region: str, usage_type: str, month: BillingMonth | None, found: FoundPrice) -> Free | None:
    """Return what is free of a row; nothing where it is not to be taken off.

    Which gigabytes are the free ones is not published; here they are taken, the same for every order of the rows, from
    the region whose first tier is dearest, then by the region's name, and within a region by the service's name. Tiers
    count what lies beyond. Quotas are shared in the same way by all regions, each by its own usage type.
    """
    if usage_type == INTERNET_OUT:
        if not prices.free_tier:
            return None
        allowance = transfer_out_allowance(prices.pinned or price_day(month, prices.on))
        if region.startswith(allowance.not_in):
            return None
        alone = allowance.scope == "account"
        return Free(
            f"out|{month}" if alone else f"out|{month}|{region}",
            allowance.gigabytes,
            allowance.gigabytes.as_integer_ratio(),
            f"the first {allowance.gigabytes} GB a month out to the internet are free, "
            f"once per account{'' if alone else ' and region'}",
        )
    service, priced_type = found.price.service, found.price.usage_type
    quota = quotas().get((service, priced_type)) if prices.quotas else None
    if quota is None:
        return None
    words = f"the first {quota.quantity:,} {quota.unit} a month are free for good, once per account"
    return Free(f"{service}|{priced_type}|{month}", quota.quantity, quota.quantity.as_integer_ratio(), words)
