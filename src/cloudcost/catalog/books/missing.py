"""Says why a price is not found: which part of the question is unknown, and what the book has instead."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from cloudcost.catalog.aws.commitments.savings_plans import savings_plans
from cloudcost.catalog.aws.regions import Zone, find_zone
from cloudcost.catalog.aws.regions import regions as aws_regions
from cloudcost.catalog.near import near_and_all
from cloudcost.catalog.providers import other_clouds
from cloudcost.catalog.tables import GLOBAL
from cloudcost.domain.prices import Price, PriceKey
from cloudcost.errors import CatalogError, PriceNotFoundError, UnknownRegionError

if TYPE_CHECKING:
    from cloudcost.catalog.books.price_source import PriceSource


def missing_price(book: PriceSource, key: PriceKey, on: date) -> CatalogError:
    """Return the error for a key that the book has no price for on a day.

    Parameters
    ----------
    book : PriceSource
    key : PriceKey
    on : date
    """
    service, region, usage_type, operation, purchase = key
    head = f"no price for {key} (book {book.name})"
    list_it = f"cloudcost prices list --service {service}"
    places = set(book.regions(service))
    if not places:
        remedy = near_and_all(service, book.services(), 1, where="cloudcost prices list")
        return PriceNotFoundError(f"{head}; unknown service, {remedy}")
    known = places - {GLOBAL}
    everywhere = known if service in other_clouds() else known | set(aws_regions())
    if known and region not in everywhere:
        zone = find_zone(region)
        if zone is not None:
            return UnknownRegionError(f"{head}; {_of_parent(zone)}")
        return UnknownRegionError(f"{head}; {near_and_all(region, sorted(everywhere), 1, where=list_it)}")
    rows = book.rows(key)
    if rows:
        return PriceNotFoundError(f"{head} on {on}; {_periods(rows)}")
    here = {*book.keys(service, region), *book.keys(service, GLOBAL)}
    purchases = sorted({bought for name, bought in here if _same_machine(name, usage_type)})
    if operation and purchase in purchases:
        found = book.rows(key._replace(operation=""))
        names = sorted({price.operation for price in found})
        return PriceNotFoundError(f"{head}; operations known: {', '.join(names)}")
    if purchase == "spot":
        return PriceNotFoundError(f"{head}; {_spot_elsewhere(book, service, usage_type, known, purchases)}")
    if purchase in savings_plans():
        return PriceNotFoundError(f"{head}; {_import_rates(key, purchases)}")
    if purchases:
        return PriceNotFoundError(f"{head}; purchases known for it: {', '.join(purchases)}")
    sold = sorted(place for place in known if any(name == usage_type for name, _ in book.keys(service, place)))
    zone = find_zone(region)
    if zone is not None and zone.parent in sold:
        return PriceNotFoundError(f"{head}; {_of_parent(zone)}")
    if sold:
        return PriceNotFoundError(f"{head}; it has a price in {_some(sold)}")
    types = {name for name, _ in here} or {name for place in known for name, _ in book.keys(service, place)}
    return PriceNotFoundError(f"{head}; {near_and_all(usage_type, sorted(types), where=list_it)}")


def _of_parent(zone: Zone) -> str:
    """Return what to do about a price that a zone does not have."""
    return f"{zone.name} is {zone.title} of {zone.parent}; of what is billed there the region is {zone.parent}"


def _import_rates(key: PriceKey, purchases: list[str]) -> str:
    """Return how the rates of a Savings Plan come into a book, and how else the machine is sold."""
    plan = savings_plans()[key.purchase]
    listed = "AWSMachineLearningSavingsPlans" if plan.service.startswith("Machine") else "AWSComputeSavingsPlan"
    said = (
        f"no rate of this {plan.title} is known, bring it with cloudcost prices import FILE (the region's index.json "
        f"of {listed}), or state it as usd_per_hour"
    )
    return said + (f"; purchases known for it: {', '.join(purchases)}" if purchases else "")


def _spot_elsewhere(book: PriceSource, service: str, usage_type: str, places: set[str], purchases: list[str]) -> str:
    """Return where the spot price of a machine is known, and how else it is sold here."""
    sold = sorted(
        place
        for place in places
        if any(bought == "spot" and _same_machine(usage_type, name) for name, bought in book.keys(service, place))
    )
    said = f"its spot price is known in {_some(sold)}" if sold else "its spot price is known in no region"
    return said + (f"; purchases known for it: {', '.join(purchases)}" if purchases else "")


def _some(places: list[str]) -> str:
    return ", ".join(places[:6]) + (f" and {len(places) - 6} more" if len(places) > 6 else "")


def _same_machine(name: str, usage_type: str) -> bool:
    """Return whether two usage types are one, or one machine bought otherwise (``SpotUsage:x``, ``BoxUsage:x``)."""
    return name.replace("SpotUsage:", "BoxUsage:") == usage_type.replace("SpotUsage:", "BoxUsage:")


def _periods(rows: tuple[Price, ...]) -> str:
    ends = [row.valid_until for row in rows if row.valid_until is not None]
    return f"its last price known ended on {max(ends)}, price an earlier day"
