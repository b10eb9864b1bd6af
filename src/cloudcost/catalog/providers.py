"""Whom a bill is paid to, by service; and the other clouds than AWS: what they are called, which types they sell.

What they sell and where is what the price book and the machine table have; nothing else is known here.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Literal, get_args

from cloudcost.catalog.instances import provider_of
from cloudcost.catalog.near import bare_name
from cloudcost.catalog.tables import DATA, GLOBAL, Row, read_table
from cloudcost.domain.project import OptionKind
from cloudcost.errors import CatalogError
from cloudcost.frozen import dataclass

if TYPE_CHECKING:
    from cloudcost.catalog.books.price_source import PriceSource

PaidTo = Literal["own", "provider", "aws"]
"""Nobody that sells machine time (electricity, a machine, upkeep, wages, as the user states them); a provider, whose
charges are taxed; AWS, whose charges are taxed, paid by its credits, and what its support is a share of."""

_PAYEES: tuple[PaidTo, ...] = get_args(PaidTo)
_COLUMNS = ("name", "service", "aliases", "title", "options", "payee")


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """Somebody who is paid for what options use.

    Parameters
    ----------
    name : str
        As project files have it: ``gcp``.
    services : tuple of str
        On bills and in the price book, the one of its machines first: ``GCP``; ``*`` is any end of a name.
    title : str
        As people read it: ``Google Cloud``.
    aliases : tuple of str
        What else it is called.
    options : tuple of str
        The kinds of option whose machines it bills.
    payee : {"own", "provider", "aws"}
    """

    name: str
    services: tuple[str, ...]
    title: str
    aliases: tuple[str, ...] = ()
    options: tuple[str, ...] = ("cloud",)
    payee: PaidTo = "provider"

    @property
    def service(self) -> str:
        """The service of its machines."""
        return self.services[0]


def read_providers(rows: Sequence[Row]) -> tuple[Provider, ...]:
    """Return the rows of the table as providers.

    Raises
    ------
    CatalogError
        Where a row does not say who is paid, or bills no kind of option.
    """
    return tuple(_provider(*row) for row in rows)


def _provider(name: str, service: str, aliases: str, title: str, options: str, payee: str) -> Provider:
    kinds = tuple(options.split("|"))
    for kind in kinds:
        if kind not in get_args(OptionKind):
            raise CatalogError(f"providers.csv:{name}: options, {kind!r}, one of {', '.join(get_args(OptionKind))}")
    paid = next((each for each in _PAYEES if each == payee), None)
    if paid is None:
        raise CatalogError(f"providers.csv:{name}: payee, {payee!r}, one of {', '.join(_PAYEES)}")
    return Provider(
        name=name,
        services=tuple(service.split("|")),
        title=title,
        aliases=tuple(alias for alias in aliases.split("|") if alias),
        options=kinds,
        payee=paid,
    )


@cache
def _all() -> tuple[Provider, ...]:
    return read_providers(read_table(DATA / "providers.csv", _COLUMNS))


@cache
def providers() -> tuple[Provider, ...]:
    """Return every other cloud that has prices.

    Examples
    --------
    >>> [provider.name for provider in providers()]
    ['azure', 'gcp', 'lambda', 'paperspace', 'runpod']
    """
    return tuple(provider for provider in _all() if provider.options == ("cloud",))


@cache
def other_clouds() -> frozenset[str]:
    """Return the services of other providers, which have regions of their own."""
    return frozenset(service for provider in providers() for service in provider.services)


@lru_cache(maxsize=1024)
def provider_of_service(service: str) -> Provider | None:
    """Return who is paid for a service; None where the table does not know it, as where a project file names it.

    Examples
    --------
    >>> [found and found.name for found in map(provider_of_service, ("AmazonS3", "GCP", "Local", "my own cloud"))]
    ['aws', 'gcp', 'own', None]
    """
    for provider in _all():
        for known in provider.services:
            if service == known or (known.endswith("*") and service.startswith(known[:-1])):
                return provider
    return None


def paid_to(service: str) -> PaidTo:
    """Return who usage of a service is paid to; whoever the table does not know is a provider.

    Examples
    --------
    >>> [paid_to(service) for service in ("AmazonS3", "GoogleColab", "Local", "my own cloud")]
    ['aws', 'provider', 'own', 'provider']
    """
    found = provider_of_service(service)
    return "provider" if found is None else found.payee


def is_aws(service: str) -> bool:
    """Return whether a service is AWS's, as its bills and price lists name it."""
    return paid_to(service) == "aws"


def find_provider(name: str) -> Provider | None:
    """Return the provider of that name, or None; case, blanks and hyphens do not count.

    Examples
    --------
    >>> found = find_provider("Google Cloud")
    >>> found.name if found else None
    'gcp'
    """
    return _by_name().get(bare_name(name))


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
        bare_name(name): provider
        for provider in providers()
        for name in (provider.name, provider.service, provider.title, *provider.aliases)
    }
