"""The price of a rented machine's hour as a project file states it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from cloudcost.domain.kinds import facts_of
from cloudcost.domain.prices import STATED, STATED_IN, Price, PriceKey, Tier
from cloudcost.domain.project import Option, Project
from cloudcost.money import decimal_string
from cloudcost.usage.machines.compute import machine_usage_type
from cloudcost.usage.machines.machine import Machine


def stated_price(key: PriceKey, usd: Decimal, today: date, *, note: str = "") -> Price:
    """Return the user's own price of an hour. [USD/h]"""
    return Price(
        service=key.service, region=key.region, usage_type=key.usage_type, operation=key.operation,
        purchase=key.purchase, unit="Hrs", tiers=flat(usd), as_of=today, grade=STATED, source=STATED_IN, note=note,
    )  # fmt: skip


def flat(usd: Decimal) -> tuple[Tier, ...]:
    """Return the one tier of a price that is the same for any quantity. [USD]"""
    return (Tier(from_quantity=Decimal(0), up_to=None, unit_price_usd=usd),)


def stated_prices(
    project: Project, option: Option, machine: Machine, today: date
) -> tuple[tuple[Price, ...], list[str]]:
    """Return the price of a rented machine's hour as the project file states it, and that it does."""
    assert option.usd_per_hour is not None
    usd, region = option.usd_per_hour, option.region or ""
    facts = facts_of(option)
    if facts.in_aws:
        region = option.region or project.region
    service = facts.service if facts.in_aws else machine.service
    price = stated_price(PriceKey(service, region, machine_usage_type(option), purchase=option.purchase), usd, today)
    said = f"{decimal_string(usd)} USD an hour of {option.instance or option.device or 'the machine'}, "
    return (price,), [said + "as the project file states; it holds for the whole project"]
