"""What an hour of SageMaker's managed spot training comes to where a project states what it saves.

AWS bills `BillableTimeInSeconds`, which are fewer than the job's `TrainingTimeInSeconds`, at the rate on demand, and
calls ``1 - billable / training`` the savings (SageMaker Developer Guide, "Managed Spot Training", read 2026-11-29). All
seconds at the rate less the savings come to the same.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from cloudcost.catalog.books.book import PriceBook
from cloudcost.domain.kinds import facts_of
from cloudcost.domain.prices import Price, PriceKey
from cloudcost.domain.project import Option, Project
from cloudcost.money import decimal_string
from cloudcost.pricing.discounts import discounted, less, percent_words
from cloudcost.usage.machines.compute import machine_usage_type


def managed_spot_prices(
    project: Project, option: Option, book: PriceBook, day: date
) -> tuple[tuple[Price, ...], list[str]]:
    """Return the price of a training hour on spot capacity, its savings taken off, and a sentence on it.

    Parameters
    ----------
    project : Project
    option : Option
        Of SageMaker, with ``spot_savings``.
    book : PriceBook
    day : date
        Whose price counts.

    Raises
    ------
    PriceNotFoundError, UnknownRegionError
        When the rate on demand is not known.
    """
    assert option.spot_savings is not None
    region, service = option.region or project.region, facts_of(option).service
    listed = book.price(PriceKey(service, region, machine_usage_type(replace(option, purchase="on-demand"))), day)
    saved = percent_words(option.spot_savings)
    rate = decimal_string(listed.tiers[0].unit_price_usd)
    said = f"managed spot saves {saved}, as the project states: billed are so many fewer seconds at {rate} USD an hour"
    price = replace(
        less(listed, option.spot_savings), usage_type=machine_usage_type(option), purchase="spot", note=said
    )
    return (discounted(price, service, project.discounts or ()),), [said]
