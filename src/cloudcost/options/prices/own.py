"""Prices that no book has for an option: the user's own, its electricity, what comes with a subscription."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import lru_cache

from cloudcost.catalog.books.book import PriceBook
from cloudcost.catalog.books.validity import carried_back, too_early
from cloudcost.domain.prices import COLAB_SERVICE, STATED, STATED_IN, Price, PriceKey, Tier
from cloudcost.domain.project import LocalMachine, Option, Project
from cloudcost.domain.usage import RunUsage
from cloudcost.errors import CatalogError, PriceNotFoundError
from cloudcost.money import decimal_string
from cloudcost.options.machine import Machine, electricity_of
from cloudcost.units import HOURS_PER_MONTH, BillingMonth
from cloudcost.usage.calendar import project_window
from cloudcost.usage.machines.compute import machine_usage_type
from cloudcost.usage.machines.local import local_prices

SERVICES = {"ec2": "AmazonEC2", "sagemaker": "AmazonSageMaker"}
"""Services under which the hours of AWS's machines are billed, by the option's kind."""


def subscription(project: Project, option: Option, machine: Machine) -> list[RunUsage]:
    """Return the months of a Colab subscription: each started month of the project."""
    if option.kind != "colab" or not machine.monthly_usd:
        return []
    return [
        RunUsage(
            service=COLAB_SERVICE,
            region="global",
            usage_type=f"Subscription:{option.plan}",
            month=BillingMonth.of(project.start),
            unit="Months",
            fixed=_started_months(project),
            why=f"plan {option.plan}",
        )
    ]


def _started_months(project: Project) -> int:
    """Return the started months of 730 h that the project lasts. [count]"""
    return -(-project.duration_seconds // (HOURS_PER_MONTH * 3600))


def own_prices(
    project: Project,
    option: Option,
    machine: Machine,
    *,
    book: PriceBook,
    today: date,
    day: date,
    allow_assumed: bool = True,
) -> tuple[tuple[Price, ...], list[str]]:
    """Return the prices that come before the book's, with what they assume.

    Parameters
    ----------
    today, day : date
        The day of the user's own prices, and the day whose prices of the book count.
    allow_assumed : bool
        Whether one that was first seen later may be carried back to that day.

    Raises
    ------
    CatalogError
        When an electricity price is not known, or another cloud needs a region.
    PriceNotFoundError
        When one would be carried back and may not.
    """
    prices, notes = _own_prices(project, option, machine, book=book, today=today, day=day)
    for price in prices:
        if price.carried_from is not None and not allow_assumed:
            raise PriceNotFoundError(too_early(price, day))
    return prices, notes


def _own_prices(
    project: Project, option: Option, machine: Machine, *, book: PriceBook, today: date, day: date
) -> tuple[tuple[Price, ...], list[str]]:
    if option.kind == "local" and option.local is not None:
        prices, note = _local_prices(option.local, today, day)
        return prices, [note] if note else []
    if option.kind == "cloud" and option.usd_per_hour is None and option.region is None:
        sold_in = book.regions(machine.service)
        if sold_in and "global" not in sold_in:
            raise CatalogError(f"option {option.name!r} needs a region of {machine.service}: {', '.join(sold_in)}")
    if option.usd_per_hour is not None:
        return _stated_prices(project, option, machine, today)
    if option.kind == "colab" and machine.paid:
        return _unit_prices(project, option, machine, book, day)
    return (), []


def _unit_prices(
    project: Project, option: Option, machine: Machine, book: PriceBook, day: date
) -> tuple[tuple[Price, ...], list[str]]:
    """Return the price of compute units: with those that a plan includes, and as sure as the rate of their use.

    What an hour costs is units times their price, so a rate that is carried back makes an assumed price.
    """
    carried = machine.rate is not None and machine.rate.carried
    if not machine.paid:
        return (), []
    bought = book.price(PriceKey(COLAB_SERVICE, "global", "ComputeUnits"), day)
    notes = [] if bought.pack is None else [f"compute units are bought in packs of {bought.pack:,}, each paid whole"]
    if not machine.included_units and not carried:
        return (), notes
    if machine.included_units:
        first = bought.tiers[0]
        included = machine.included_units * _started_months(project)
        free = replace(first, up_to=included, unit_price_usd=Decimal(0))
        paid = replace(first, from_quantity=included)
        given = f"{included} units come with plan {option.plan}, {machine.included_units} a month"
        notes = [given, *(f"beyond them {note}" for note in notes)]
        bought = replace(bought, tiers=(free, paid), note=given)
    if machine.rate is not None and carried:
        seen = machine.rate.as_of
        why = f"no rate of {option.accelerator} is known for {day:%Y-%m}, that of {seen:%Y-%m} is carried back"
        note = f"{why}; {bought.note}" if bought.note else why
        bought = replace(bought, grade="assumed", carried_from=seen, note=note)
    return (bought,), notes


def _stated_prices(
    project: Project, option: Option, machine: Machine, today: date
) -> tuple[tuple[Price, ...], list[str]]:
    """Return the price of a rented machine's hour as the project file states it, and that it does."""
    assert option.usd_per_hour is not None
    usd, region = option.usd_per_hour, option.region or ""
    if option.kind in SERVICES:
        region = option.region or project.region
    price = Price(
        service=SERVICES.get(option.kind, machine.service),
        region=region,
        usage_type=machine_usage_type(option),
        purchase=option.purchase,
        unit="Hrs",
        tiers=(Tier(from_quantity=Decimal(0), up_to=None, unit_price_usd=usd),),
        as_of=today,
        grade=STATED,
        source=STATED_IN,
    )
    prices = [price]
    if option.kind == "sagemaker":
        prices.append(replace(price, usage_type=f"TrainWarmPool:{option.instance}", purchase="on-demand"))
    said = f"{decimal_string(usd)} USD an hour of {option.instance or option.device or 'the machine'}, "
    where = ""
    if option.kind == "cloud" and option.region is not None:
        where = f" and wherever it stands, so that region = {option.region!r} changes nothing"
    return tuple(prices), [said + f"as the project file states; it holds for the whole project{where}"]


def rate_notes(project: Project, machine: Machine, day: date, as_of: date | None) -> list[str]:
    """Return, one sentence each, what of Colab is known of another time than the project's.

    Parameters
    ----------
    day : date
        Of the comparison.
    as_of : date or None
        Where that day was asked for: then nothing changes while the project lasts.
    """
    rate, notes = machine.rate, []
    changes = None if rate is None or as_of is not None else rate.changes_on
    if rate is not None and machine.paid and changes is not None and changes < project_window(project).end.date():
        notes.append(
            f"another rate of {rate.accelerator} was seen on {changes}, within the project; that of {rate.as_of} is "
            "used for all of it"
        )
    later = [f"{what} as seen on {seen}" for what, seen in machine.seen_on if seen > day]
    if later:
        notes.append(f"taken for {day} too: {', '.join(later)}")
    return notes


@lru_cache(maxsize=1024)
def _local_prices(machine: LocalMachine, today: date, day: date) -> tuple[tuple[Price, ...], str]:
    """Return a local machine's own prices, and what its electricity's price rests on."""
    electricity = electricity_of(machine, today)
    prices = local_prices(
        machine,
        usd_per_kwh=electricity.usd_per_kwh,
        electricity_source=electricity.source,
        electricity_grade=electricity.grade,
        as_of=electricity.as_of,
    )
    if day < electricity.first_day:
        prices = tuple(
            carried_back(replace(price, seen_from=electricity.first_day), day)
            if price.source == electricity.source
            else price
            for price in prices
        )
    return prices, electricity.note
