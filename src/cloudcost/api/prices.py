"""The price book as a table from Python."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import TYPE_CHECKING

from cloudcost.analysis.choose.wanted import is_bought, is_named
from cloudcost.api.asked import names_of
from cloudcost.api.days import today_or
from cloudcost.catalog.aws.regions import regions
from cloudcost.catalog.books.book import PriceBook, load_book
from cloudcost.catalog.books.validity import holds
from cloudcost.catalog.devices import devices, near_devices
from cloudcost.catalog.instances import instances
from cloudcost.catalog.near import did_you_mean
from cloudcost.domain.prices import Price, PriceKey
from cloudcost.errors import InputError

if TYPE_CHECKING:
    import pandas as pd


def prices(
    book: PriceBook | None = None,
    *,
    service: str | Iterable[str] = (),
    region: str | Iterable[str] = (),
    family: str | Iterable[str] = (),
    gpu: str | Iterable[str] = (),
    purchase: str | Iterable[str] = (),
    on: date | str | None = None,
    history: bool = False,
) -> pd.DataFrame:
    """Return the rows of a price book as a tidy DataFrame, narrowed, with the machine that an hour is of.

    Parameters
    ----------
    book : PriceBook, optional
        The newest unless given.
    service, region : str or iterable of str
        Only these: ``AmazonEC2``, ``us-east-1``; ``global`` is a region.
    family : str or iterable of str
        Only hours of machines of these families: ``g5``.
    gpu : str or iterable of str
        Only hours of machines whose GPU has one of these names in its own: ``A100``.
    purchase : str or iterable of str
        Only these: ``on-demand``, ``spot``; ``reserved`` stands for all of its kinds.
    on : date or str, optional
        Only rows that hold on this day; the clock's day unless given.
    history : bool
        All rows of all days, those that hold no longer as well; ``on`` is not looked at.

    Returns
    -------
    pandas.DataFrame
        A row per price and tier: exact prices, the machine, its GPUs, one's TFLOP/s, first and last day, source.
        Prices that follow from others by a rule (most of SageMaker's) are no rows of a book.

    Raises
    ------
    InputError
        When a service, region, family or GPU is not known, all faults at once.

    Examples
    --------
    >>> found = prices(service="AmazonEC2", region="us-east-1", gpu="A10G", purchase="on-demand", on="2026-11-22")
    >>> cheapest = found.loc[found["usd_per_gpu_hour"].idxmin()]
    >>> print(cheapest["instance"], cheapest["usd"])
    g5.xlarge 1.006
    """
    day = today_or(on, name="on")
    source = load_book(on=day) if book is None else book
    services, places = names_of(service, "service"), names_of(region, "region")
    families, gpus = names_of(family, "family"), names_of(gpu, "gpu")
    purchases = names_of(purchase, "purchase")
    faults = [*_unknown_places(source, services, places), *_unknown_machines(families, gpus)]
    if faults:
        raise InputError("\n".join(faults))
    from cloudcost.render.notebook.price_frame import machine_of, prices_frame

    def wanted(usage_type: str, bought: str) -> bool:
        if purchases and not is_bought(bought, purchases):
            return False
        if not families and not gpus:
            return True
        machine = machine_of(usage_type)
        if machine is None or (families and machine.name.partition(".")[0] not in families):
            return False
        return not gpus or is_named(machine.device, gpus)

    def found() -> Iterator[Price]:
        for name in services or source.services():
            known = source.regions(name)
            for place in [each for each in places if each in known] if places else known:
                for usage_type, bought in source.keys(name, place):
                    if wanted(usage_type, bought):
                        yield from source.rows(PriceKey(name, place, usage_type, purchase=bought))

    return prices_frame(price for price in found() if history or holds(price, day))


def _unknown_places(book: PriceBook, services: tuple[str, ...], places: tuple[str, ...]) -> list[str]:
    """Return a fault for each service without prices and each region that no service has."""
    known = book.services()
    faults = [
        f"service: no prices of it, {name!r}, {did_you_mean(name, known, otherwise='cloudcost prices list has them')}"
        for name in services
        if name not in known
    ]
    regional = {*regions(), *(place for name in known for place in book.regions(name))} if places else set()
    return faults + [
        f"region: no such region, {place!r}, {did_you_mean(place, regional, otherwise='cloudcost regions lists them')}"
        for place in places
        if place not in regional
    ]


def _unknown_machines(families: tuple[str, ...], gpus: tuple[str, ...]) -> list[str]:
    """Return a fault for each family without machines and each name that no GPU has in its own."""
    known = {name.partition(".")[0] for name in instances()} if families else set()
    faults = [
        f"family: no machines of it, {name!r}, {did_you_mean(name, known, otherwise='cloudcost instances lists them')}"
        for name in families
        if name not in known
    ]
    return faults + [
        f"gpu: no GPU with this name, {name!r}, {near_devices(name) or 'cloudcost devices lists them'}"
        for name in gpus
        if not any(is_named(each, (name,)) for each in devices())
    ]
