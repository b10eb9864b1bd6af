"""The Savings Plan that an option buys: the rate it brings, how much is committed, and what that covers."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

from cloudcost.catalog.aws.commitments.savings_plans import savings_plans
from cloudcost.catalog.books.book import PriceBook
from cloudcost.catalog.tables import GLOBAL
from cloudcost.domain.prices import Price, PriceKey
from cloudcost.domain.project import Option, Project
from cloudcost.errors import PriceNotFoundError
from cloudcost.figures import figure
from cloudcost.money import decimal_string
from cloudcost.options.prices.stated import flat, stated_price
from cloudcost.pricing.discounts import discounted
from cloudcost.usage.chosen import machines_of
from cloudcost.usage.machines.commitment import Commitment
from cloudcost.usage.machines.compute import machine_usage_type
from cloudcost.usage.machines.machine import Machine


def with_commitment(project: Project, option: Option, machine: Machine, *, book: PriceBook, day: date) -> Machine:
    """Return the machine with the Savings Plan that it is bought by, if it is and a rate is known.

    Parameters
    ----------
    day : date
        Whose rates count.

    Notes
    -----
    Without a commitment of the user's it is what all machines of the option use in an hour, so that nothing runs above
    it. A stated price of an hour is the plan's rate.
    """
    plan = savings_plans().get(option.purchase)
    found = None if plan is None else _rate(project, option, book=book, day=day, today=day)
    if plan is None or found is None or not found.tiers[0].unit_price_usd:
        return machine
    rate = found.tiers[0].unit_price_usd
    most = rate * machines_of(project, option)
    committed = most if option.commitment_usd_per_hour is None else option.commitment_usd_per_hour
    return replace(
        machine,
        commitment=Commitment(
            service=plan.service,
            usage_type=plan.commitment_type(option.instance or ""),
            years=plan.years,
            usd_per_hour=committed,
            rate_usd=rate,
            above=max(1 - Fraction(committed) / Fraction(most), Fraction(0)),
        ),
    )


def _rate(project: Project, option: Option, *, book: PriceBook, day: date, today: date) -> Price | None:
    """Return the plan's price of a machine's hour; None where none is known."""
    plan, region = savings_plans()[option.purchase], option.region or project.region
    key = PriceKey(plan.covers, region, machine_usage_type(option), purchase=option.purchase)
    if option.usd_per_hour is not None:
        return _stated(key, option.usd_per_hour, today)
    try:
        return discounted(book.price(key, day), plan.covers, project.discounts or ())
    except PriceNotFoundError:  # told when the hours are priced
        return None


def commitment_prices(
    project: Project, option: Option, machine: Machine, *, book: PriceBook, day: date, today: date
) -> tuple[Price, ...]:
    """Return the price of an hour of the commitment: the user's, else the plan's of all machines.

    Parameters
    ----------
    day, today : date
        Whose rates count, and the day of the user's own prices.
    """
    bought = machine.commitment
    assert bought is not None
    key = PriceKey(bought.service, GLOBAL, bought.usage_type, purchase=option.purchase)
    rate = _rate(project, option, book=book, day=day, today=today)
    if option.commitment_usd_per_hour is not None or rate is None:
        return (_stated(key, bought.usd_per_hour, today),)
    count = machines_of(project, option)
    times = f"{count} x " if count > 1 else ""
    note = f"{times}the plan's rate of {option.instance}" + (f"; {rate.note}" if rate.note else "")
    tiers = flat(bought.usd_per_hour)
    return (replace(rate, service=key.service, region=key.region, usage_type=key.usage_type, tiers=tiers, note=note),)


def _stated(key: PriceKey, usd: Decimal, today: date) -> Price:
    return stated_price(key, usd, today, note="" if usd else "0 USD an hour, as the project file states")


def commitment_notes(project: Project, option: Option, machine: Machine) -> list[str]:
    """Return, one sentence each, what the plan commits to, and what of the machines it covers."""
    bought, count = machine.commitment, machines_of(project, option)
    assert bought is not None
    title, per_hour = savings_plans()[option.purchase].title, decimal_string(bought.usd_per_hour)
    years = "1 year" if bought.years == 1 else f"{bought.years} years"
    machines = {1: "the machine", 2: "both machines"}.get(count, f"all {count} machines")
    said = [
        f"{title}: {per_hour} USD are committed for each hour of {years}, used or not; its rate of "
        f"{option.instance} is {decimal_string(bought.rate_usd)} USD an hour"
    ]
    if bought.above:
        share = figure(float(100 * bought.above), 3)
        run = "runs" if count == 1 else "run at once"
        said.append(f"while {machines} {run}, {share} % is above the commitment and is billed on demand")
    elif Fraction(bought.usd_per_hour) > Fraction(bought.rate_usd) * count:
        said.append(f"{machines} cannot use the whole commitment, even in an hour in which nothing stands idle")
    return said
