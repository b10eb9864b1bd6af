"""AWS's feed of spot prices (``spot.js``): a region, a type, the price of an hour of Linux; it states no day."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cache

from cloudcost.catalog.aws.regions import regions
from cloudcost.catalog.books.importing.offers import known_machines
from cloudcost.catalog.books.importing.packed import REMEDY
from cloudcost.catalog.tables import DATA, read_table
from cloudcost.domain.prices import Price, Tier
from cloudcost.errors import InputError
from cloudcost.files.documents import JsonObject, JsonValue, parse_document

_WRAPPED = re.compile(r"\s*(?:/\*.*?\*/\s*)?callback\s*\((?P<json>.*)\)\s*;?\s*", re.DOTALL)


@cache
def feed_regions() -> dict[str, str]:
    """Return the regions that the feed has other names of."""
    return {
        name: region
        for name, region, *_ in read_table(DATA / "spot_feed_regions.csv", ("name", "region", "as_of", "source"))
    }


def spot_prices(text: str, *, where: str, seen_on: date, source: str) -> tuple[tuple[Price, ...], dict[str, int]]:
    """Return the prices of a feed for the machine types that the library knows, and what was left out.

    Raises
    ------
    InputError
        When it is no feed, or a price is none.
    """
    found = _WRAPPED.fullmatch(text)
    document = parse_document(found["json"] if found else text, where=where, remedy=REMEDY)
    config = _object(_object(document).get("config"))
    if not isinstance(config.get("regions"), list):
        raise InputError(f"{where}: no feed of spot prices, config.regions is no list, {REMEDY}")
    prices: dict[tuple[str, str], Price] = {}
    left_out: dict[str, int] = {}
    for name, machine, usd in _hours(config):
        region = feed_regions().get(name, name)
        if region not in regions() or machine not in known_machines():
            why = (
                f"a region that is not known, {name[:40]}" if region not in regions() else "a machine that is not known"
            )
            left_out[why] = left_out.get(why, 0) + 1
            continue
        if not usd[:1].isdigit():  # "N/A*": not sold there
            continue
        try:
            amount = Decimal(usd)
        except InvalidOperation:
            amount = Decimal(0)
        if not amount.is_finite() or not 0 < amount < 100_000:
            raise InputError(f"{where}:{name}:{machine}: no price of an hour, {usd[:40]!r}, {REMEDY}")
        prices[region, machine] = Price(
            service="AmazonEC2", region=region, usage_type=f"SpotUsage:{machine}", purchase="spot", unit="Hrs",
            tiers=(Tier(from_quantity=Decimal(0), up_to=None, unit_price_usd=amount),), as_of=seen_on,
            grade="official", source=source,
        )  # fmt: skip
    return tuple(price for _, price in sorted(prices.items())), left_out


def _hours(config: JsonObject) -> Iterator[tuple[str, str, str]]:
    """Yield region, machine and price as the feed has them."""
    for region in _objects(config.get("regions")):
        for kind in _objects(region.get("instanceTypes")):
            for size in _objects(kind.get("sizes")):
                for column in _objects(size.get("valueColumns")):
                    usd = _object(column.get("prices")).get("USD")
                    name, machine = region.get("region"), size.get("size")
                    if column.get("name") == "linux" and isinstance(usd, str):
                        yield str(name), str(machine), usd


def _object(value: JsonValue) -> JsonObject:
    return value if isinstance(value, dict) else {}


def _objects(value: JsonValue) -> Iterator[JsonObject]:
    yield from (each for each in value if isinstance(each, dict)) if isinstance(value, list) else ()
