"""What a user asks of machines: filters of rows, and limits of what an option may cost and take."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from cloudcost.catalog.near import bare_name, did_you_mean
from cloudcost.errors import InputError
from cloudcost.frozen import dataclass
from cloudcost.options.book_row import BookRow

if TYPE_CHECKING:
    from cloudcost.catalog.books.book import PriceBook

PURCHASES = ("on-demand", "spot", "reserved", "savings-plan")
"""Ways to buy; the last two stand for all of their terms."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Filters and limits; what is not given filters and limits nothing.

    Parameters
    ----------
    providers, regions, purchases : tuple of str
        One of these.
    gpus : tuple of str
        The device's name has one of these in it.
    budget_usd : Decimal or None
        [USD]
    max_hours : float or None
        From the start until the last run ends. [h]
    """

    providers: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    purchases: tuple[str, ...] = ()
    gpus: tuple[str, ...] = ()
    budget_usd: Decimal | None = None
    max_hours: float | None = None

    def takes(self, row: BookRow) -> bool:
        """Return whether a row is of those asked for."""
        return (
            (not self.providers or row.provider in self.providers or row.kind in self.providers)
            and (not self.regions or row.region in self.regions)
            and (not self.purchases or is_bought(row.purchase, self.purchases))
            and (not self.gpus or is_named(row.device, self.gpus))
        )


def is_bought(purchase: str, asked: tuple[str, ...]) -> bool:
    """Return whether a purchase is one of those asked; ``reserved`` and ``savings-plan`` stand for all kinds."""
    return any(f"-{each}-" in f"-{purchase}-" for each in asked)


def is_named(device: str | None, asked: tuple[str, ...]) -> bool:
    """Return whether a device's name has one of these in it; what holds no letter or digit is in none."""
    names = [plain for each in asked if (plain := bare_name(each))]
    return device is not None and any(each in bare_name(device) for each in names)


def wanted_of(
    book: PriceBook,
    *,
    providers: Sequence[str] = (),
    regions: Sequence[str] = (),
    gpus: Sequence[str] = (),
    purchases: Sequence[str] = (),
    budget_usd: Decimal | None = None,
    max_hours: float | None = None,
    flag: str = "",
) -> Wanted:
    """Return what is asked of machines, every name known.

    Parameters
    ----------
    flag : str
        What stands before the names of arguments in messages.

    Raises
    ------
    InputError
        With every name that is not known, and the nearest that there is.
    """
    faults = [*_unknown_regions(regions, book, flag), *_unknown_gpus(gpus, flag)]
    faults += _unknown("provider", providers, _providers(), flag)
    faults += _unknown("purchase", purchases, PURCHASES, flag)
    if faults:
        raise InputError(*faults)
    return Wanted(
        providers=tuple(providers),
        regions=tuple(regions),
        gpus=tuple(gpus),
        purchases=tuple(purchases),
        budget_usd=budget_usd,
        max_hours=max_hours,
    )


def _unknown_regions(names: Sequence[str], book: PriceBook, flag: str) -> list[str]:
    """Return a fault for each region in which neither AWS nor another cloud has a price."""
    from cloudcost.catalog.aws.regions import regions
    from cloudcost.catalog.providers import providers

    if not names:
        return []
    known = {*regions(), *(place for each in providers() for place in book.regions(each.service))}
    otherwise = "cloudcost regions lists them"
    return [
        f"choose:{flag}region: no such region, {name!r}, {did_you_mean(name, known, otherwise=otherwise)}"
        for name in names
        if name not in known
    ]


def _unknown_gpus(names: Sequence[str], flag: str) -> list[str]:
    """Return a fault for each name that no known device has in its own."""
    from cloudcost.catalog.devices import devices, near_devices

    known = devices() if names else ()
    return [
        f"choose:{flag}gpu: no GPU with this name, {name!r}, {near_devices(name) or 'cloudcost devices lists them'}"
        for name in names
        if not any(is_named(each, (name,)) for each in known)
    ]


def _unknown(what: str, names: Sequence[str], known: Sequence[str], flag: str) -> list[str]:
    return [
        f"{flag}{what}: not known, {name!r}, {_near(name, known)}it is one of {', '.join(known)}"
        for name in names
        if name not in known
    ]


def _near(name: str, known: Sequence[str]) -> str:
    near = did_you_mean(name, known)
    return f"{near} " if near else ""


def _providers() -> tuple[str, ...]:
    from cloudcost.catalog.providers import providers
    from cloudcost.domain.kinds import KINDS

    rented = [kind for kind, facts in KINDS.items() if not (facts.at_home or facts.is_listed)]
    return ("aws", *rented, *(each.name for each in providers()))
