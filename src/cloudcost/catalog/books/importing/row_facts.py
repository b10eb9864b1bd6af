"""What one row of a price list says, read: what is priced, how it is bought, of which part of the quantity.

Many rows have each of these alike, so that the caller asks once for all of them.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from functools import cache, lru_cache
from typing import NamedTuple

from cloudcost.catalog.aws.commitments.reservations import reservations
from cloudcost.catalog.aws.commitments.savings_plans import savings_plans
from cloudcost.catalog.aws.regions import regions, regions_by_code
from cloudcost.catalog.books.importing.offers import PLANNED, OfferRow, bare_type, rule_for, split_operations
from cloudcost.catalog.books.usage_types import strip_region_prefix
from cloudcost.domain.prices import TRANSFER_SERVICE

UNITS = {
    "hrs": "Hrs", "hours": "Hrs", "hour": "Hrs", "gb-mo": "GB-Mo", "gb-month": "GB-Mo", "gigabytes": "GB",
    "gb": "GB", "gigabyte": "GB", "requests": "Requests", "request": "Requests", "api requests": "Requests",
    "objects": "Objects", "keys": "Keys-Mo", "key": "Keys-Mo",
}  # fmt: skip
"""Units by the spellings that price lists have for them, in small letters; others stand as they are."""
_NUMBER = re.compile(r"[0-9]+(\.[0-9]*)?([eE][+-]?[0-9]{1,3})?")
"""As AWS writes prices and bounds of tiers."""
_DAY = re.compile(r"(\d{4}-\d{2}-\d{2})(?:T.*)?|(\d{2})/(\d{2})/(\d{4})")


class RatePart(NamedTuple):
    """Of which part of the quantity a rate is, in which unit, from which day on."""

    begin: Decimal
    end: Decimal | None
    unit: str
    day: date


def step_of(row: OfferRow) -> RatePart:
    """Return what rows of the same part, unit and day have alike.

    Raises
    ------
    ValueError
        When it cannot be read, or is not in USD.
    """
    if row.currency != "USD":
        raise ValueError(f"a price in {row.currency[:20]!r}, cloudcost reads USD")
    return RatePart(
        begin=number(row.begin or "0"),
        end=None if row.end in ("", "Inf") else number(row.end),
        unit=UNITS.get(row.unit.casefold(), row.unit),
        day=_day(row.effective),
    )


Named = tuple[str, str, str, str] | str
"""Service, region, usage type and operation; or why there are none, empty where that is not worth saying."""


def named_by(row: OfferRow) -> Named:
    """Return what a row's price is of, whatever the purchase."""
    rule = rule_for(row.offer, bare_type(row.usage_type))
    if rule is None:
        return ""
    if rule.refused:
        return "managed spot training, which is billed for fewer seconds at the listed rate (spot_savings)"
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


def _region(row: OfferRow) -> str | None:
    """Return the region that a row is of; None where it is not known."""
    if row.term == PLANNED:  # rates have no place but their usage type's
        code, _, rest = row.usage_type.partition("-")
        return regions_by_code().get(code) if rest and ":" not in code else "us-east-1"
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


@cache
def bought(term: str, lease: str, upfront: str, offering: str) -> str:
    """Return how a row is bought; empty where that is not known."""
    if term == "OnDemand":
        return "on-demand"
    if term == PLANNED:
        return _plan(lease, upfront, offering)
    years = {"1yr": 1, "3yr": 3}.get(lease.replace(" ", ""))
    paid = upfront.casefold().removesuffix(" upfront")
    kind = offering.casefold() or "standard"
    for purchase, way in reservations().items():
        if (way.years, way.upfront, "convertible" if way.convertible else "standard") == (years, paid, kind):
            return purchase
    return ""


def _plan(lease: str, upfront: str, family: str) -> str:
    """Return which Savings Plan a rate is of; empty where that is not known."""
    paid = upfront.casefold().removesuffix(" upfront")
    for purchase, plan in savings_plans().items():
        if (plan.product_family, f"{plan.years}yr", plan.upfront) == (family, lease, paid):
            return purchase
    return ""


@lru_cache(maxsize=100_000)
def number(text: str) -> Decimal:
    """Return a price or a bound of a tier.

    Raises
    ------
    ValueError
        When it is none.
    """
    value = Decimal(text) if len(text) <= 40 and _NUMBER.fullmatch(text) else Decimal("NaN")
    if not value.is_finite() or (value and not -20 <= value.adjusted() <= 20):
        raise ValueError(f"no price or bound of a tier, {text[:40]!r}")
    return value if value else Decimal(0)


@cache
def _day(text: str) -> date:
    found = _DAY.fullmatch(text)
    if found is None:
        raise ValueError(f"no effective day, {text[:40]!r}")
    iso, day, month, year = found.groups()
    return date.fromisoformat(iso or f"{year}-{month}-{day}")
