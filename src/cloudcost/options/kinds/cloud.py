"""Another provider than AWS: a machine that its price list names, or that the project file states."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from cloudcost.catalog.books.book import PriceBook, load_book
from cloudcost.catalog.instances import instance, instances, provider_of
from cloudcost.catalog.near import did_you_mean
from cloudcost.catalog.tables import GLOBAL
from cloudcost.domain.devices import Instance
from cloudcost.domain.prices import Price, PriceKey
from cloudcost.domain.project import Option, Project
from cloudcost.errors import CatalogError, UnknownInstanceError
from cloudcost.options.book_row import BookRow
from cloudcost.options.kinds.base import Kind
from cloudcost.options.machine import cores_of, device_name
from cloudcost.units import GB
from cloudcost.usage.machines.machine import Machine


class Cloud(Kind):
    """An option at another provider than AWS."""

    def machine(self, option: Option, on: date) -> Machine:
        """Return the machine, by its type or as the project file states it."""
        return _machine(option)

    def prices(
        self, project: Project, option: Option, machine: Machine, *, book: PriceBook, today: date, day: date
    ) -> tuple[tuple[Price, ...], list[str]]:
        """Return the stated price, which is that of every region; without one, the book needs a region."""
        if option.usd_per_hour is None and option.region is None:
            sold_in = book.regions(machine.service)
            if sold_in and "global" not in sold_in:
                raise CatalogError(f"option {option.name!r} needs a region of {machine.service}: {', '.join(sold_in)}")
        prices, notes = super().prices(project, option, machine, book=book, today=today, day=day)
        if option.region is not None:
            where = f" and wherever it stands, so that region = {option.region!r} changes nothing"
            notes = [note + where for note in notes]
        return prices, notes

    def book_rows(self, book: PriceBook, day: date) -> Iterator[BookRow]:
        """Yield the machines of other clouds that the price lists name."""
        from cloudcost.catalog.providers import providers

        for provider in providers():
            for region in book.regions(provider.service):
                for usage_type, purchase in book.keys(provider.service, region):
                    if usage_type in instances():
                        yield BookRow(
                            kind="cloud", provider=provider.name, instance=usage_type,
                            region="" if region == GLOBAL else region, purchase=purchase,
                            key=PriceKey(provider.service, region, usage_type, purchase=purchase),
                        )  # fmt: skip


def _machine(option: Option) -> Machine:
    from cloudcost.catalog.providers import Provider, find_provider, providers, sellers

    known: Instance | None = None
    sold_by: tuple[Provider, ...] = ()
    if option.instance is not None:
        known = instance(option.instance) if provider_of(option.instance) else None
        sold_by = sellers(option.instance, load_book())
    if option.instance is not None and known is None and not sold_by:
        stated = (option.device, option.hours_per_run, option.seconds_per_step)
        if option.usd_per_hour is None or all(value is None for value in stated):
            near = did_you_mean(option.instance, instances(), 2, otherwise="correct the name")
            raise UnknownInstanceError(
                f"option {option.name!r}: no machine of type {option.instance!r} is known; {near} or state "
                "usd_per_hour and one of device, hours_per_run and seconds_per_step"
            )
    provider = option.provider or (known.provider if known else sold_by[0].name if len(sold_by) == 1 else "")
    if provider == "aws" and option.usd_per_hour is None:
        raise CatalogError(f'option {option.name!r}: {option.instance} is a machine of AWS; use kind = "ec2"')
    listed = find_provider(provider)
    if listed is None and option.usd_per_hour is None:
        raise CatalogError(
            f"option {option.name!r}: no provider {provider!r} of {option.instance!r} is known; state provider "
            f"({', '.join(each.name for each in providers())}), or usd_per_hour"
        )
    service = listed.service if listed else provider or "cloud"
    name = device_name(option) if option.device else (known.device if known else None)
    gpus = option.gpus or (max(int(known.gpu_count), 1) if known else 1)
    cores = cores_of(known.vcpu if known else None, gpus)
    disk = int(known.local_storage_gb * GB) if known is not None and known.local_storage_gb else None
    return Machine(device=name, gpus=gpus, instance=known, **cores, service=service, own_disk_bytes=disk)
