"""Other clouds than AWS: what project files call them, their service in the price book, which types they sell.

What they sell and where is what the price book and the machine table have; nothing else is known here.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from cloudcost.catalog.instances import provider_of
from cloudcost.catalog.tables import DATA, GLOBAL, read_table
from cloudcost.frozen import dataclass

if TYPE_CHECKING:
    from cloudcost.catalog.books.price_source import PriceSource


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """A cloud other than AWS.

    Parameters
    ----------
    name : str
        As project files have it: ``gcp``.
    service : str
        In the price book: ``GCP``.
    title : str
        As people read it: ``Google Cloud``.
    aliases : tuple of str
        What else it is called.
    """

    name: str
    service: str
    title: str
    aliases: tuple[str, ...] = ()


@cache
def providers() -> tuple[Provider, ...]:
    """Return every other cloud that has prices.

    Examples
    --------
    >>> [provider.name for provider in providers()]
    ['azure', 'gcp', 'lambda', 'paperspace', 'runpod']
    """
    rows = read_table(DATA / "providers.csv", ("name", "service", "aliases", "title"))
    return tuple(
        Provider(name=name, service=service, title=title, aliases=tuple(alias for alias in aliases.split("|") if alias))
        for name, service, aliases, title in rows
    )


@cache
def other_clouds() -> frozenset[str]:
    """Return the services that are other providers, with regions of their own."""
    return frozenset(provider.service for provider in providers())


def find_provider(name: str) -> Provider | None:
    """Return the provider of that name, or None; case, blanks and hyphens do not count.

    Examples
    --------
    >>> found = find_provider("Google Cloud")
    >>> found.name if found else None
    'gcp'
    """
    return _by_name().get(_plain(name))


def sells(provider: Provider, machine: str, book: PriceSource) -> bool:
    """Return whether a provider is known to rent out machines of a type."""
    return provider_of(machine) == provider.name or any(
        machine == usage_type
        for region in book.regions(provider.service)
        for usage_type, _ in book.keys(provider.service, region)
    )


def sellers(machine: str, book: PriceSource) -> tuple[Provider, ...]:
    """Return the providers that are known to rent out machines of a type.

    Examples
    --------
    >>> from cloudcost.catalog.books.book import load_book
    >>> [provider.name for provider in sellers("g2-standard-4", load_book())]
    ['gcp']
    """
    return tuple(provider for provider in providers() if sells(provider, machine, book))


def types_of(provider: Provider, book: PriceSource) -> tuple[str, ...]:
    """Return the machine types that a provider has a price for anywhere."""
    names = (name for region in book.regions(provider.service) for name, _ in book.keys(provider.service, region))
    return tuple(sorted(set(names)))


def regions_of(provider: Provider, book: PriceSource, machine: str | None = None) -> tuple[str, ...]:
    """Return the regions in which a provider has prices, or a price of one type; empty where prices have no region."""
    places = [place for place in book.regions(provider.service) if place != GLOBAL]
    if machine is None:
        return tuple(places)
    return tuple(place for place in places if any(name == machine for name, _ in book.keys(provider.service, place)))


def needs_region(provider: Provider, book: PriceSource) -> bool:
    """Return whether a price of a provider is one of a region."""
    places = book.regions(provider.service)
    return bool(places) and GLOBAL not in places


@cache
def _by_name() -> dict[str, Provider]:
    return {
        _plain(name): provider
        for provider in providers()
        for name in (provider.name, provider.service, provider.title, *provider.aliases)
    }


def _plain(name: str) -> str:
    return "".join(letter for letter in name.casefold() if letter.isalnum())
