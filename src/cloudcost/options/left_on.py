"""What a project leaves on, metered in the units of its prices: the one question that metering has to ask the book."""

from __future__ import annotations

from cloudcost.catalog.books.validity import launch_fault
from cloudcost.domain.kinds import facts_of
from cloudcost.domain.prices import PriceKey
from cloudcost.domain.project import Option, Project
from cloudcost.domain.usage import RunUsage
from cloudcost.errors import PriceNotFoundError
from cloudcost.pricing.lookup import find_price, price_day
from cloudcost.pricing.market import Market
from cloudcost.units import BillingMonth
from cloudcost.usage.left_on import left_on_at, left_on_usage, left_on_window
from cloudcost.usage.machines.machine import Machine


def provider_service(option: Option, machine: Machine) -> str:
    """Return the service of the provider that an option outside AWS runs at; empty in AWS and at home."""
    return machine.service or ("" if facts_of(option).in_aws else facts_of(option).service)


def left_on_usages(project: Project, option: Option, machine: Machine, market: Market) -> list[RunUsage]:
    """Return what an option is billed for of what is left on.

    Raises
    ------
    CatalogError
        When there is no price of it, or it had not begun yet: then there was nothing to leave on.
    """
    usages: list[RunUsage] = []
    for row in left_on_at(project, option, service=provider_service(option, machine)):
        month = BillingMonth.of(left_on_window(project, row).start.date())
        region = row.region or project.region
        day = market.pinned or price_day(month, project.start)
        found = find_price(market, PriceKey(row.service, region, row.usage_type, row.operation), day)
        fault = launch_fault(found.price, day)
        if fault:
            raise PriceNotFoundError(f"left on: {fault}")
        usages += left_on_usage(project, row, found.price.unit)
    return usages
