"""Looking into a price book: which prices it has, and all that is known of one.

`list_prices` gives rows of the tables. `show` gives, for a key, its rows over the whole history with their sources,
prices that are derived for the day asked, and the machine when the key is a machine type.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from cloudcost.catalog.aws.regions import find_region, find_zone, regions
from cloudcost.catalog.books.book import PriceBook
from cloudcost.catalog.books.usage_types import place_usage
from cloudcost.catalog.books.validity import holds
from cloudcost.catalog.instances import instance, instances, is_startable
from cloudcost.catalog.near import did_you_mean, near_and_all
from cloudcost.catalog.providers import providers
from cloudcost.catalog.tables import GLOBAL
from cloudcost.domain.devices import Instance
from cloudcost.domain.prices import Price, PriceKey, Source
from cloudcost.errors import CatalogError, InputError, PriceNotFoundError, UnknownRegionError
from cloudcost.frozen import dataclass

DEFAULT_REGION = "us-east-1"
SAGEMAKER_PARTS = ("Notebk:", "Studio:", "Train:", "TrSpt:", "Processing:", "Tsform:", "Host:", "TrainWarmPool:")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What the book has on a key.

    Parameters
    ----------
    key : str
        As asked.
    prices : tuple of Price
        By service, region, usage type, purchase and time; may be empty for a machine that has no price there.
    sources : tuple of Source
        That the prices name, each once.
    machine : Instance or None
        When the key is a machine type.
    startable : bool or None
        Whether the machine can be started on the day asked.
    """

    key: str
    prices: tuple[Price, ...]
    sources: tuple[Source, ...]
    machine: Instance | None
    startable: bool | None


def list_prices(
    book: PriceBook,
    *,
    service: str | None = None,
    region: str | None = None,
    contains: str | None = None,
    on: date | None = None,
) -> tuple[Price, ...]:
    """Return the book's rows, narrowed; derived prices are not rows.

    Parameters
    ----------
    book : PriceBook
    service, region : str, optional
        Only these; ``global`` is a region.
    contains : str, optional
        Only usage types with this in them, in whatever case.
    on : date, optional
        Only rows that hold on this day.

    Raises
    ------
    PriceNotFoundError
        When there is no such service.
    UnknownRegionError
        When there is no such region.
    """
    asked = require_place(book, service=service, region=region)
    needle = (contains or "").lower()
    return tuple(
        price
        for name in asked
        for price in book.prices(service=name, region=region)
        if needle in price.usage_type.lower() and (on is None or holds(price, on))
    )


def require_place(book: PriceBook, *, service: str | None, region: str | None) -> tuple[str, ...]:
    """Return the services that are asked for: the one that is named, else all.

    Raises
    ------
    PriceNotFoundError
        When there is no such service.
    UnknownRegionError
        When there is no such region.
    """
    services = tuple(book.services())
    if service is not None and service not in services:
        remedy = near_and_all(service, services, 1, where="cloudcost prices list")
        raise PriceNotFoundError(f"no prices of service {service!r} (book {book.name}); {remedy}")
    asked = services if service is None else (service,)
    if region is not None:
        _require_region(book, region, asked)
    return asked


def _require_region(book: PriceBook, region: str, services: Iterable[str]) -> None:
    """Refuse a region that neither AWS nor any of the services has."""
    if find_region(region) is not None:
        return
    places = {place for name in services for place in book.regions(name)}
    zone = find_zone(region)
    if region not in places and zone is not None:
        told = f"it is {zone.title} of {zone.parent}, ask for {zone.parent}"
        raise UnknownRegionError(f"no prices in region {region!r} (book {book.name}); {told}")
    if region not in places:
        near = did_you_mean(region, {*places, *regions()})
        remedy = f"{near} leave --region out to see all".strip()
        raise UnknownRegionError(f"no prices in region {region!r} (book {book.name}); {remedy}")


def show(book: PriceBook, key: str, *, on: date, region: str = DEFAULT_REGION) -> Found:
    """Return all that the book has on a key.

    Parameters
    ----------
    book : PriceBook
    key : str
        ``AmazonEC2/us-east-1/BoxUsage:g4dn.xlarge`` (a purchase may follow), a usage type, or a machine type
        (``g4dn.xlarge``; ``ml.g4dn.xlarge`` for SageMaker's prices).
    on : date
        For derived prices and for whether a machine can be started.
    region : str
        Meant where the key names none.

    Raises
    ------
    InputError
        When the key has neither one part nor three or four.
    PriceNotFoundError, UnknownRegionError
        When the book has nothing of the sort; the message names what comes near.
    """
    parts = key.split("/")
    if len(parts) in (3, 4):
        service, place, usage_type = parts[:3]
        try:
            place, usage_type = place_usage(place, usage_type)
        except ValueError as error:
            raise InputError(f"key:{key}: {error}") from None
        prices = _rows(book, service, place, usage_type)
        if len(parts) == 4:
            prices = tuple(price for price in prices if price.purchase == parts[3])
        if not prices:
            purchase = parts[3] if len(parts) == 4 else "on-demand"
            prices = (book.price(PriceKey(service, place, usage_type, purchase=purchase), on),)
        return _found(book, key, prices, on)
    if len(parts) != 1:
        raise InputError(f"key:{key}: neither SERVICE/REGION/USAGE-TYPE, a usage type nor a machine type")
    _require_region(book, region, book.services())
    if key.removeprefix("ml.") in instances():
        return _found(book, key, _machine_prices(book, key, region, on), on)
    try:
        region, usage_type = place_usage(region, key)
    except ValueError as error:
        raise InputError(f"key:{key}: {error}") from None
    prices = tuple(price for service in book.services() for price in _rows(book, service, region, usage_type))
    if not prices:
        prices = _derived(book, region, (usage_type,), on)
    if not prices:
        places = ((service, place) for service in book.services() for place in (region, GLOBAL))
        types = {name for service, place in places for name, _ in book.keys(service, place)}
        remedy = near_and_all(key, sorted({*types, *instances()}), where="cloudcost prices list")
        raise PriceNotFoundError(f"no price for {key} in {region} (book {book.name}); {remedy}")
    return _found(book, key, prices, on)


def _machine_prices(book: PriceBook, key: str, region: str, on: date) -> tuple[Price, ...]:
    bare = key.removeprefix("ml.")
    if key != bare:
        suffix = f"ml.{bare}"
        own = {name for name, _ in book.keys("AmazonSageMaker", region) if name.endswith(suffix)}
        stated = tuple(price for name in sorted(own) for price in _rows(book, "AmazonSageMaker", region, name))
        others = tuple(f"{part}{suffix}" for part in SAGEMAKER_PARTS if f"{part}{suffix}" not in own)
        return (*stated, *_derived(book, region, others, on))
    if instance(bare).provider == "aws":
        kinds = ("BoxUsage", "SpotUsage")
        return tuple(price for kind in kinds for price in _rows(book, "AmazonEC2", region, f"{kind}:{bare}"))
    return tuple(
        price
        for service in sorted(provider.service for provider in providers())
        for place in book.regions(service)
        for price in _rows(book, service, place, bare)
    )


def _rows(book: PriceBook, service: str, region: str, usage_type: str) -> tuple[Price, ...]:
    """Return all rows of a usage type in a region, of all purchases and periods; the global ones where it has none."""
    for place in (region, GLOBAL):
        purchases = [bought for name, bought in book.keys(service, place) if name == usage_type]
        if purchases:
            return tuple(
                price
                for purchase in purchases
                for price in sorted(
                    book.rows(PriceKey(service, place, usage_type, purchase=purchase)),
                    key=lambda price: (price.operation, price.valid_from or date.min, price.as_of),
                )
            )
    return ()


def _derived(book: PriceBook, region: str, usage_types: tuple[str, ...], on: date) -> tuple[Price, ...]:
    """Return the prices of SageMaker that are derived for a day, where a rule applies."""
    prices = []
    for usage_type in usage_types:
        try:
            prices.append(book.price(PriceKey("AmazonSageMaker", region, usage_type), on))
        except CatalogError:  # no rule for it, which is what was asked
            continue
    return tuple(prices)


def _found(book: PriceBook, key: str, prices: tuple[Price, ...], on: date) -> Found:
    name = key.rpartition("/")[2] if key.count("/") != 3 else key.split("/")[2]
    bare = name.rpartition(":")[2].rpartition("-ml.")[2].removeprefix("ml.")
    machine = instance(bare) if bare in instances() else None
    return Found(
        key=key,
        prices=prices,
        sources=tuple(book.source(source) for source in dict.fromkeys(price.source for price in prices)),
        machine=machine,
        startable=None if machine is None else is_startable(machine, on),
    )
