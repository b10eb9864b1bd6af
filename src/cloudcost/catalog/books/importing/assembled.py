"""Rows of price lists made prices: tiers put together, reservations by the hour, names as the library has them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from datetime import date
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from functools import cache, lru_cache
from typing import NamedTuple

from cloudcost.catalog.aws.regions import regions, regions_by_code
from cloudcost.catalog.aws.reservations import reservations
from cloudcost.catalog.books.importing.offers import OfferRow, bare_type, rule_for, split_operations
from cloudcost.catalog.books.usage_types import canonical_key, strip_region_prefix
from cloudcost.domain.prices import TRANSFER_SERVICE, Price, PriceKey, Tier
from cloudcost.errors import MOST_LISTED, InputError
from cloudcost.frozen import dataclass
from cloudcost.money import decimal_string, round_half_even

UNITS = {
    "hrs": "Hrs", "hours": "Hrs", "hour": "Hrs", "gb-mo": "GB-Mo", "gb-month": "GB-Mo", "gigabytes": "GB",
    "gb": "GB", "gigabyte": "GB", "requests": "Requests", "request": "Requests", "api requests": "Requests",
    "objects": "Objects", "keys": "Keys-Mo", "key": "Keys-Mo",
}  # fmt: skip
"""Units by the spellings that price lists have for them, in small letters; others stand as they are."""
HOURS_A_YEAR = 8760
"""Of a reservation, as AWS counts its effective hourly price. [h]"""
LONGEST_NOTE = 200
"""Of a description that is kept. [characters]"""
_DAY = re.compile(r"(\d{4}-\d{2}-\d{2})(?:T.*)?|(\d{2})/(\d{2})/(\d{4})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Assembled:
    """What was made of the rows.

    Parameters
    ----------
    prices : tuple of Price
    left_out : mapping of str to int
        Why rows, prices or places were left out, and how many. [count]
    """

    prices: tuple[Price, ...]
    left_out: dict[str, int]


def assemble(rows: Iterable[OfferRow], *, where: str, published: date, source: str) -> Assembled:
    """Return the prices that rows of a price list state.

    Parameters
    ----------
    rows : iterable of OfferRow
    where : str
        What messages call the list.
    published : date
        On which it was seen.
    source : str
        Key of its `Source`.

    Raises
    ------
    InputError
        When a row that is kept cannot be read, or is not in USD; all of them are named.
    """
    maker = _Maker(where, published, source)
    for row in rows:
        maker.add(row)
    return maker.done()


class _Maker:
    """Rows by key, then by SKU and day, until all are read."""

    def __init__(self, where: str, published: date, source: str) -> None:
        self.where = where
        self.published = published
        self.source = source
        self.faults: list[str] = []
        self.more = 0
        self.left_out: Counter[str] = Counter()
        self.names: dict[tuple[str, ...], _Named] = {}
        self.rates: dict[PriceKey, dict[tuple[str, date], list[_Rate]]] = {}

    def add(self, row: OfferRow) -> None:
        """Take a row."""
        if row.currency == "CNY":
            raise InputError(
                f"{self.where}:{row.where}: prices in CNY, of China's own price list, cloudcost prices in USD, take a "
                "file of pricing.us-east-1.amazonaws.com"
            )
        try:
            key = self._key(row)
            if key is None:
                return
            if row.currency != "USD":
                raise ValueError(f"a price in {row.currency[:20]!r}, cloudcost reads USD")
            rate = _Rate(
                begin=_number(row.begin or "0"),
                end=None if row.end in ("", "Inf") else _number(row.end),
                usd=_number(row.usd),
                unit=UNITS.get(row.unit.casefold(), row.unit),
                description=row.description,
            )
            day = _day(row.effective)
        except ValueError as error:
            if len(self.faults) < MOST_LISTED:
                self.faults.append(f"{self.where}:{row.where}: {error}, download it again")
            else:
                self.more += 1
            return
        self.rates.setdefault(key, {}).setdefault((row.sku, day), []).append(rate)

    def _key(self, row: OfferRow) -> PriceKey | None:
        """Return what a row prices; None where it is left out."""
        listed = (row.offer, row.place, row.plan, row.region, row.location, row.usage_type, row.operation)
        named = self.names.get(listed)
        if named is None:
            named = self.names[listed] = _named(row)
        if isinstance(named, str):
            if named:
                self.left_out[named] += 1
            return None
        purchase = _purchase(row.term, row.lease, row.upfront, row.offering)
        if not purchase:
            self.left_out["a reservation of another term"] += 1
            return None
        service, region, usage_type, operation = named
        return PriceKey(service, region, *_canonical(usage_type, purchase, operation))

    def done(self) -> Assembled:
        """Return the prices.

        Raises
        ------
        InputError
            With the rows that could not be read.
        """
        if self.faults:
            raise InputError(*self.faults, more=self.more)
        found: list[Price] = []
        for key, listed in sorted(self.rates.items()):
            made: dict[date, set[tuple[tuple[Tier, ...], str, str]]] = {}
            for (_, day), rates in listed.items():
                price = self._price(key, rates)
                if price is not None:
                    made.setdefault(day, set()).add(price)
            for day, prices in sorted(made.items()):
                if len({tiers for tiers, *_ in prices}) > 1:
                    self.left_out[f"two prices of one name, {key.service} {key.usage_type}"] += 1
                    continue
                tiers, unit, note = min(prices, key=lambda each: each[2])
                later = day > self.published
                found.append(
                    Price(
                        service=key.service, region=key.region, usage_type=key.usage_type, operation=key.operation,
                        purchase=key.purchase, unit=unit, tiers=tiers, as_of=self.published,
                        valid_from=day if later else None,
                        seen_from=None if later or day == self.published else day,
                        grade="official", source=self.source, note=note,
                    )
                )  # fmt: skip
        return Assembled(prices=tuple(found), left_out=dict(self.left_out))

    def _price(self, key: PriceKey, rates: list[_Rate]) -> tuple[tuple[Tier, ...], str, str] | None:
        if key.purchase.startswith("reserved"):
            return self._reserved(key, rates)
        steps = sorted({(rate.begin, rate.end, rate.usd) for rate in rates}, key=lambda step: step[0])
        ends = [end for _, end, _ in steps]
        if steps[0][0] != 0 or ends[-1] is not None or ends[:-1] != [begin for begin, *_ in steps[1:]]:
            self.left_out[f"tiers with a gap, {key.service} {key.usage_type}"] += 1
            return None
        if len(steps) > 1 and steps[0][2] == 0:
            steps = [(steps[0][0], steps[1][1], steps[1][2]), *steps[2:]]  # an allowance of the account, counted apart
        tiers = tuple(Tier(from_quantity=begin, up_to=end, unit_price_usd=usd) for begin, end, usd in steps)
        free = next((rate.description for rate in rates if rate.usd == 0), "")
        note = _note(free) or "listed at 0 USD" if any(tier.unit_price_usd == 0 for tier in tiers) else ""
        return tiers, rates[0].unit, note

    def _reserved(self, key: PriceKey, rates: list[_Rate]) -> tuple[tuple[Tier, ...], str, str] | None:
        hours = {rate.usd for rate in rates if rate.unit == "Hrs"}
        upfront = {rate.usd for rate in rates if rate.unit == "Quantity"}
        way = reservations()[key.purchase]
        if len(hours) > 1 or len(upfront) > 1 or bool(upfront) != (way.upfront != "no"):
            self.left_out[f"a reservation without its hours or fee, {key.usage_type}"] += 1
            return None
        if not hours and way.upfront != "all":
            self.left_out[f"a reservation without its hours or fee, {key.usage_type}"] += 1
            return None
        hourly, once = next(iter(hours), Decimal(0)), next(iter(upfront), Decimal(0))
        usd = hourly if not once else _hourly(hourly, once, HOURS_A_YEAR * way.years)
        term = f"{HOURS_A_YEAR * way.years:,} hours and {decimal_string(hourly)} an hour"
        note = f"{decimal_string(once)} USD at once over {term}" if once else ""
        return (Tier(from_quantity=Decimal(0), up_to=None, unit_price_usd=usd),), "Hrs", note


_Named = tuple[str, str, str, str] | str
"""Service, region, usage type and operation; or why there are none, empty where that is not worth saying."""


def _named(row: OfferRow) -> _Named:
    """Return what a row's price is of, whatever the purchase."""
    rule = rule_for(row.offer, bare_type(row.usage_type))
    if rule is None:
        return ""
    if row.place not in ("", "AWS Region"):
        return f"{row.place[:40]}, which is no region"
    if row.plan.startswith("Free"):
        return "a free quota, which the account's age brings"
    region = _region(row)
    if region is None:
        return f"a place that is not known, {(row.region or row.location)[:40]}"
    try:
        usage_type = strip_region_prefix(region, row.usage_type)
    except ValueError:
        return "a usage type of another region than its row"
    usage_type = rule.usage_type or usage_type
    operation = rule.operation or row.operation
    if not rule.operation and (usage_type, operation) not in split_operations(rule.service):
        operation = ""
    return rule.service, region, usage_type, operation


@cache
def _canonical(usage_type: str, purchase: str, operation: str) -> tuple[str, str, str]:
    usage_type, purchase = canonical_key(usage_type, purchase)
    return usage_type, operation, purchase


class _Rate(NamedTuple):
    """A price of one tier."""

    begin: Decimal
    end: Decimal | None
    usd: Decimal
    unit: str
    description: str


def _region(row: OfferRow) -> str | None:
    """Return the region that a row is of; None where it is not known."""
    if row.offer == TRANSFER_SERVICE:  # its places are where traffic comes from and goes to
        code, _, rest = row.usage_type.partition("-")
        return "us-east-1" if rest.startswith("AWS-") else regions_by_code().get(code, "us-east-1")
    if row.region:
        return row.region if row.region in regions() else None
    return _by_location().get(row.location)


@cache
def _by_location() -> dict[str, str]:
    found = {each.location: each.code for each in regions().values()}
    return found | {
        name.replace("EU (", "Europe (", 1): code for name, code in found.items() if name.startswith("EU (")
    }


def _hourly(hourly: Decimal, once: Decimal, hours: int) -> Decimal:
    """Return the effective price of an hour. [USD]"""
    numerator, denominator = (hourly * hours + once).as_integer_ratio()  # exact: both have a dozen digits
    return round_half_even(Fraction(numerator, denominator * hours), 10)


@cache
def _purchase(term: str, lease: str, upfront: str, offering: str) -> str:
    """Return how a row is bought; empty where that is not known."""
    if term == "OnDemand":
        return "on-demand"
    years = {"1yr": 1, "3yr": 3}.get(lease.replace(" ", ""))
    paid = upfront.casefold().removesuffix(" upfront")
    kind = offering.casefold() or "standard"
    for purchase, way in reservations().items():
        if (way.years, way.upfront, "convertible" if way.convertible else "standard") == (years, paid, kind):
            return purchase
    return ""


@lru_cache(maxsize=100_000)
def _number(text: str) -> Decimal:
    try:
        value = Decimal(text)
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or value < 0 or len(text) > 40 or (value and not -20 <= value.adjusted() <= 20):
        raise ValueError(f"no price or bound of a tier, {text[:40]!r}")
    return value if value else Decimal(0)


@cache
def _day(text: str) -> date:
    found = _DAY.fullmatch(text)
    if found is None:
        raise ValueError(f"no effective day, {text[:40]!r}")
    iso, day, month, year = found.groups()
    return date.fromisoformat(iso or f"{year}-{month}-{day}")


def _note(text: str) -> str:
    plain = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    return plain[:LONGEST_NOTE]
