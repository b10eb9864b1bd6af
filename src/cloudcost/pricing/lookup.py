"""Which row of a price book prices a row of usage: services that share a price, and a cache per book.

Bills name one thing under several services: a NAT gateway is AmazonEC2 on a bill and AmazonVPC on a price list, traffic
to the internet is listed once for all services as AWSDataTransfer. The usage keeps its own service's name; only the
price is looked up elsewhere.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

from cloudcost.catalog.aws.services import service_aliases
from cloudcost.catalog.books.operations import other_price, refusal
from cloudcost.domain.prices import TRANSFER_SERVICE, Price, PriceKey
from cloudcost.errors import PriceNotFoundError
from cloudcost.frozen import dataclass
from cloudcost.pricing.tiers import Schedule, compile_price

if TYPE_CHECKING:
    from cloudcost.catalog.books.book import PriceBook
    from cloudcost.units import BillingMonth

INTERNET_OUT = "DataTransfer-Out-Bytes"
"""Traffic to the internet: one pool over all services per source region and month."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundPrice:
    """A row of the book with its tiers compiled.

    Parameters
    ----------
    price : Price
    schedule : Schedule
    key : tuple of str
        What identifies the row within a region: rows of usage with one key share their tiers.
    """

    price: Price
    schedule: Schedule
    key: tuple[str, str, str, str]


@lru_cache(maxsize=8192)
def find_price(book: PriceBook, key: PriceKey, on: date) -> FoundPrice:
    """Return the row that prices a usage type on a day, under its own service or one that shares its prices.

    Parameters
    ----------
    book : PriceBook
    key : PriceKey
    on : date

    Raises
    ------
    PriceNotFoundError, UnknownRegionError
        As the book says of the service that was asked for; when the operation is another price than the row's.
    """
    first: PriceNotFoundError | None = None
    carried: Price | None = None
    for name in services_of(key.service, key.usage_type):
        try:
            price = book.price(key._replace(service=name), on)
        except PriceNotFoundError as error:
            first = error if first is None or name == key.service else first
            continue
        refused = "" if price.operation else refusal(key.service, price.service, key.usage_type, key.operation)
        if refused:
            raise PriceNotFoundError(f"no price for {key} (book {book.name}); {refused}")
        if price.carried_from is None and price.grade != "assumed":
            return _found(price)
        carried = carried or price
    if carried is not None:
        return _found(carried)
    assert first is not None
    other = other_price(key.service, key.usage_type)
    if other:
        raise PriceNotFoundError(f"no price for {key} (book {book.name}); it is {other}, of which no price is known")
    raise first


def _found(price: Price) -> FoundPrice:
    key = (price.service, price.usage_type, price.operation, price.purchase)
    return FoundPrice(price=price, schedule=compile_price(price), key=key)


def services_of(service: str, usage_type: str) -> tuple[str, ...]:
    """Return the services to look under, in order.

    Examples
    --------
    >>> services_of("AmazonVPC", "NatGateway-Hours")
    ('AmazonVPC', 'AmazonEC2')
    >>> services_of("AmazonS3", "DataTransfer-Out-Bytes")
    ('AWSDataTransfer', 'AmazonS3')
    >>> services_of("AmazonS3", "CloudFront-Out-Bytes")
    ('AmazonS3', 'AWSDataTransfer')
    """
    if service == TRANSFER_SERVICE:
        return (service,)
    if usage_type == INTERNET_OUT:
        return (TRANSFER_SERVICE, service)
    if usage_type.endswith(("AWS-Out-Bytes", "AWS-In-Bytes")) or usage_type.startswith(
        ("DataTransfer-", "CloudFront-")
    ):
        return (service, TRANSFER_SERVICE)
    return (service, *service_aliases().get(service, ()))


def price_day(month: BillingMonth | None, on: date) -> date:
    """Return the day whose prices apply to a month: its first; `on` for the month of `on` and without a month.

    Examples
    --------
    >>> from cloudcost.units import BillingMonth
    >>> str(price_day(BillingMonth(2023, 12), date(2026, 11, 22))), str(price_day(None, date(2026, 11, 22)))
    ('2023-12-01', '2026-11-22')
    """
    if month is None or (month.year == on.year and month.month == on.month):
        return on
    return month.first_day
