"""Colab: an accelerator of a plan, paid in compute units."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import lru_cache

from cloudcost.catalog.books.book import PriceBook
from cloudcost.catalog.colab import ColabPlan, colab_plans, colab_vcpu, disk_seen_on, free_disk_bytes, offered, plan
from cloudcost.catalog.colab_rates import UnitRate, accelerator_of, units_per_hour
from cloudcost.catalog.devices import not_launched
from cloudcost.catalog.tables import GLOBAL
from cloudcost.domain.prices import COLAB_SERVICE, Price, PriceKey
from cloudcost.domain.project import Option, Project
from cloudcost.domain.usage import RunUsage
from cloudcost.errors import PriceNotFoundError
from cloudcost.figures import figure
from cloudcost.options.book_row import BookRow
from cloudcost.options.kinds.base import Kind
from cloudcost.options.machine import cores_of
from cloudcost.units import HOURS_PER_MONTH
from cloudcost.usage.machines.compute import MICRO
from cloudcost.usage.machines.machine import Machine
from cloudcost.usage.meter import Meter


class Colab(Kind):
    """An option on Colab."""

    def machine(self, option: Option, on: date) -> Machine:
        """Return the machine with the accelerator."""
        return _machine(option.plan, option.accelerator or "T4", on, high_memory=option.high_memory)

    def prices(
        self, project: Project, option: Option, machine: Machine, *, book: PriceBook, today: date, day: date
    ) -> tuple[tuple[Price, ...], list[str]]:
        """Return the stated price, else that of compute units where the book's is not the whole of it."""
        if option.usd_per_hour is not None:
            return super().prices(project, option, machine, book=book, today=today, day=day)
        return _unit_prices(project, option, machine, book, day)

    def subscription(self, project: Project, option: Option, machine: Machine) -> list[RunUsage]:
        """Return the months of the plan: each started month of the project."""
        if not machine.monthly_usd:
            return []
        meter = Meter(project, GLOBAL, COLAB_SERVICE)
        months, why = _started_months(project), f"plan {option.plan}"
        return [meter.once(f"Subscription:{option.plan}", "Months", fixed=months, why=why)]

    def book_rows(self, book: PriceBook, day: date) -> Iterator[BookRow]:
        """Yield the accelerators of each plan of Colab, and of other free quotas."""
        for name in colab_plans():
            provider = "colab" if plan(name).is_colab else name
            for accelerator in offered(name, day):
                yield BookRow(
                    kind="colab", provider=provider, instance=accelerator, region="", purchase="on-demand", plan=name
                )


def _started_months(project: Project) -> int:
    """Return the started months of 730 h that the project lasts. [count]"""
    return -(-project.duration_seconds // (HOURS_PER_MONTH * 3600))


def _unit_prices(
    project: Project, option: Option, machine: Machine, book: PriceBook, day: date
) -> tuple[tuple[Price, ...], list[str]]:
    """Return the price of compute units: with those that a plan includes, and as sure as the rate of their use.

    What an hour costs is units times their price, so a rate that is carried back makes an assumed price.
    """
    carried = machine.rate is not None and machine.rate.carried
    if not machine.paid:
        return (), []
    bought = book.price(PriceKey(COLAB_SERVICE, GLOBAL, "ComputeUnits"), day)
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


@lru_cache(maxsize=4096)
def _machine(plan_name: str, accelerator: str, on: date, *, high_memory: bool) -> Machine:
    subscription = plan(plan_name)
    name, device_name = accelerator_of(accelerator)
    rate = _unit_rate(subscription, accelerator, on, high_memory=high_memory)
    obstacle = not_launched(device_name, on)
    if subscription.accelerators and accelerator not in subscription.accelerators:
        obstacle = f"plan {subscription.name} offers {', '.join(subscription.accelerators)}, not {accelerator}"
    return Machine(
        device=device_name,
        **cores_of(colab_vcpu(name) if subscription.vcpu is None else subscription.vcpu, 1),
        units_per_hour_micro=0 if rate is None else int(rate.units_per_hour * MICRO),
        session_seconds=None if subscription.session_hours is None else subscription.session_hours * 3600,
        hours_per_day=subscription.hours_per_day,
        paid=subscription.paid,
        guaranteed=subscription.guaranteed or subscription.paid,
        monthly_usd=subscription.usd_per_month,
        included_units=subscription.included_units,
        own_disk_bytes=free_disk_bytes(accelerator) if subscription.is_colab else None,
        offered=offered(plan_name, on, high_memory=high_memory),
        rate=rate,
        seen_on=_seen_on(subscription, accelerator),
        obstacle=obstacle,
        notes=(_rate_note(accelerator, rate) if subscription.is_colab else _quota_note(subscription),),
    )


def _seen_on(subscription: ColabPlan, accelerator: str) -> tuple[tuple[str, date], ...]:
    """Return the days on which a plan's terms and an accelerator's disk were seen; one row of each is known."""
    disk = disk_seen_on(accelerator)
    plans = (f"sessions and terms of plan {subscription.name}", subscription.as_of)
    return (plans,) if disk is None else (plans, (f"the disk beside {accelerator}", disk))


def _unit_rate(subscription: ColabPlan, accelerator: str, on: date, *, high_memory: bool) -> UnitRate | None:
    """Return the rate of an accelerator; where nothing is paid for, an unknown one is none."""
    try:
        return units_per_hour(accelerator, on, high_memory=high_memory)
    except PriceNotFoundError:
        if subscription.paid:
            raise
        return None


def _quota_note(quota: ColabPlan) -> str:
    """Return what is known of a free quota, and what is counted on."""
    day = f"counted on: {figure(quota.hours_per_day)} h a day, one session of at most {quota.session_hours:g} h"
    week = "" if quota.weekly_gpu_hours is None else f", {quota.weekly_gpu_hours:g} h a week"
    return f"{quota.title}: {quota.note} ({quota.source}, {quota.as_of}); {day}{week}"


def _rate_note(accelerator: str, rate: UnitRate | None) -> str:
    given = "accelerators are given as available"
    if rate is None:
        return f"{accelerator}: {given}"
    memory = " with high memory" if rate.memory == "high" else ""
    carried = ", the first one known, carried back" if rate.carried else ""
    said = f"{rate.units_per_hour} compute units an hour{memory} ({rate.source}, {rate.as_of}{carried})"
    return f"{accelerator}: {said}; {given}"
