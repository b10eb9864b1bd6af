"""A machine of one's own: what it draws, and the user's prices of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import lru_cache

from cloudcost.catalog.books.book import PriceBook
from cloudcost.catalog.books.validity import carried_back
from cloudcost.catalog.devices import device, training_watts
from cloudcost.domain.prices import Price
from cloudcost.domain.project import LocalMachine, Option, Project
from cloudcost.errors import CatalogError
from cloudcost.figures import figure
from cloudcost.options.kinds.base import Kind
from cloudcost.options.machine import HOST_WATTS, Machine, cores_of, device_name, electricity_of
from cloudcost.usage.machines.local import local_prices


class Local(Kind):
    """An option on a machine of one's own."""

    def machine(self, option: Option, on: date) -> Machine:
        """Return the machine as the project file states it."""
        return _machine(option)

    def prices(
        self, project: Project, option: Option, machine: Machine, *, book: PriceBook, today: date, day: date
    ) -> tuple[tuple[Price, ...], list[str]]:
        """Return the prices of the machine's life and of its electricity."""
        if option.local is None:
            return super().prices(project, option, machine, book=book, today=today, day=day)
        prices, note = _prices(option.local, today, day)
        return prices, [note] if note else []


def _machine(option: Option) -> Machine:
    assert option.local is not None
    notes: tuple[str, ...] = ()
    if option.local.watts is not None:
        watts = option.local.watts
    else:
        if option.device is None:
            raise CatalogError(f"option {option.name!r}: neither watts nor a device is given; state one")
        watts, note = _usual_watts(option.device, option.gpus or 1)
        notes = (note,)
    count = option.gpus or 1
    return Machine(
        device=device_name(option), gpus=count, **cores_of(option.local.vcpu, count), watts=watts, notes=notes
    )


@lru_cache(maxsize=4096)
def _usual_watts(name: str, gpus: int) -> tuple[float, str]:
    """Return what a machine with so many GPUs draws at the wall under training, and how that is known. [W]"""
    known = device(name)
    watts = training_watts(known).typical * gpus + HOST_WATTS
    return watts, (
        f"{watts:.0f} W at the wall under training: {gpus} x {known.name} at its usual share of "
        f"{figure(known.tdp_watts, 6)} W, and {figure(HOST_WATTS, 6)} W for the rest (assumed)"
    )


@lru_cache(maxsize=1024)
def _prices(machine: LocalMachine, today: date, day: date) -> tuple[tuple[Price, ...], str]:
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
