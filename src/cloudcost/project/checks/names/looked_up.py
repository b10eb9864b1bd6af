"""Names that a project file uses, each looked up in the table that it comes from: a name not known is a fault.

Only what is known by its name is looked up. A machine of which everything that counts is stated is a stated machine,
and its names are labels: `stated` says which. What is known but has no price or no time there is no fault; the
analysis says so. Tables are read only for the names that a file uses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

from cloudcost.catalog.near import FEW, NAMES, near_and_all, nearest
from cloudcost.domain.kinds import aws_kind_of
from cloudcost.project.checks.names.accounts import discount_faults, quota_faults
from cloudcost.project.checks.raw import facts_of, has_time, kind_of, states, tables_of
from cloudcost.project.fault import Fault, Place, Raw, missing, shown
from cloudcost.project.keys.facts import kinds_with

if TYPE_CHECKING:
    from cloudcost.catalog.books.book import PriceBook
    from cloudcost.catalog.providers import Provider

LIKE_A_PROVIDER = 0.65
"""How alike a provider's name must be to one of the few known to be taken for a misspelling of it. [1]"""


def name_faults(raw: Raw) -> list[Fault]:
    """Return the faults of names that are not known.

    Parameters
    ----------
    raw : mapping
        The file as TOML has it; values of the wrong type are left to the models.
    """
    faults: list[Fault] = []
    frame = raw.get("project")
    if isinstance(frame, Mapping):
        faults += _looked_up(("project",), frame, "region", _region)
        faults += _looked_up(("project",), frame, "price_book", _price_book)
        faults += _looked_up(("project",), frame, "support_plan", _support_plan)
        faults += [*quota_faults(frame), *_discounts(frame)]
    dataset = raw.get("dataset")
    if isinstance(dataset, Mapping):
        faults += _bucket_region(dataset)
    options = list(tables_of(raw, "option"))
    modelled = not options or any(not has_time(option) for _, option in options)
    for place, training in tables_of(raw, "training"):
        faults += _looked_up(place, training, "hours_per_run_on", _device)
        if modelled:
            faults += _looked_up(place, training, "network", _network)
    for place, option in options:
        faults += _option(place, option, frame)
    return faults


Lookup = Callable[[str], tuple[str, str] | None]
"""Returns None for a name that is known, else what it is not and what to do about it."""


def _looked_up(place: Place, table: Raw, key: str, lookup: Lookup) -> Iterator[Fault]:
    name = table.get(key)
    if isinstance(name, str) and name:
        found = lookup(name)
        if found is not None:
            yield Fault(place=(*place, key), what=found[0], value=shown(name), remedy=found[1])


def _listed(near: str, where: str) -> str:
    return f"{near} {where} lists all" if near else f"{where} lists them"


def _region(name: str) -> tuple[str, str] | None:
    from cloudcost.catalog.aws.regions import find_zone, regions, regions_of

    if name in regions():
        return None
    zone = find_zone(name)
    if zone is not None:
        where = f"S3 and SageMaker are in its region, write {zone.parent}"
        return f"{zone.title} of {zone.parent}", where
    places = regions_of(name)
    if places:
        return "no code of a region", f"{name.strip()[:40]} has {', '.join(places)}"
    return "unknown region", near_and_all(name, regions(), where=NAMES)


def _bucket_region(dataset: Raw) -> Iterator[Fault]:
    """Yield the fault of a bucket's region that its store is not known to have; on one's own disk there is none."""
    location = dataset.get("location", "s3")
    if location == "s3":
        yield from _looked_up(("dataset",), dataset, "region", _region)
        return
    from cloudcost.catalog.stores.object_stores import cloud_regions, object_stores

    store = object_stores().get(location) if isinstance(location, str) else None
    region = dataset.get("region")
    if store is not None and isinstance(region, str) and region not in cloud_regions(store.provider):
        known = cloud_regions(store.provider)
        yield Fault(
            place=("dataset", "region"), what=f"no region of {store.title} in the price book", value=shown(region),
            remedy=near_and_all(region, known, where=NAMES),
        )  # fmt: skip


def _price_book(name: str) -> tuple[str, str] | None:
    from cloudcost.catalog.books.book import book_names

    names = book_names()
    return None if name in names else ("unknown price book", f"there is {', '.join(names)}")


def _support_plan(name: str) -> tuple[str, str] | None:
    from cloudcost.catalog.aws.support import support_plans

    names = support_plans()
    return None if name in names else ("unknown support plan", f"there is {', '.join(names)}")


def _network(name: str) -> tuple[str, str] | None:
    from cloudcost.errors import NetworkError
    from cloudcost.networks.registry import canonical_name, is_factory, is_network_name

    if name.endswith(".json") or is_factory(name) or is_network_name(name):
        return None
    try:
        canonical_name(name)
    except NetworkError as error:
        return "unknown network", str(error).partition("; ")[2]
    return None


def _host(name: str) -> tuple[str, str] | None:
    from cloudcost.catalog.training.hosts import host
    from cloudcost.errors import CatalogError

    try:
        host(name)
    except CatalogError as error:
        return "unknown host", str(error).partition("; ")[2]
    return None


def _device(name: str) -> tuple[str, str] | None:
    from cloudcost.catalog.devices import find_device, unknown_device

    if find_device(name):
        return None
    what, remedy = unknown_device(name)
    return what.replace("no device", "unknown device"), remedy


def _machine_device(name: str) -> tuple[str, str] | None:
    """Return the fault of a machine's device; one that is not known is used with a stated time.

    A device may be the file of its model, which is read where it is asked for its times.
    """
    from cloudcost.catalog.devices import WAY_ON, is_device_file

    if is_device_file(name):
        return None
    fault = _device(name)
    return None if fault is None else (fault[0], f"{fault[1]}; {WAY_ON.partition(', a profile')[0]}")


def _country(name: str) -> tuple[str, str] | None:
    from cloudcost.catalog.own.electricity import country_spellings, find_country

    return None if find_country(name) else ("unknown country", near_and_all(name, country_spellings(), where=NAMES))


def _accelerator(name: str) -> tuple[str, str] | None:
    from cloudcost.catalog.colab_rates import accelerators, is_accelerator

    if is_accelerator(name):
        return None
    return "not an accelerator of Colab", near_and_all(name, accelerators(), 1, where=NAMES)


def _aws_type(name: str) -> tuple[str, str] | None:
    from cloudcost.catalog.instances import provider_of, type_names
    from cloudcost.catalog.providers import providers

    provider = provider_of(name)
    if provider == "aws":
        return None
    if provider is not None:
        title = next((each.title for each in providers() if each.name == provider), provider)
        return f"a machine type of {title}", 'use kind = "cloud"'
    prefix = "ml." if name.startswith("ml.") else ""
    listed = f"cloudcost prices list --service Amazon{'SageMaker' if prefix else 'EC2'}"
    known = [f"{prefix}{known}" for known in type_names("aws")]
    return "unknown machine type", near_and_all(name, known, where=listed)


def _option(place: Place, option: Raw, frame: object) -> Iterator[Fault]:
    kind, facts = kind_of(option), facts_of(option)
    if facts is None:
        return
    if facts.in_aws:
        yield from _looked_up(place, option, "region", _region)
        yield from _looked_up(place, option, "instance", _aws_type)
        yield from _looked_up(place, option, "notebook_instance", _aws_type)
    if facts.names_device and not states(option, facts.device_by):
        yield from _looked_up(place, option, "device", _machine_device)
    for key, lookup in _OF_ANY_KIND:
        if kind in kinds_with(key):
            yield from _looked_up(place, option, key, lookup)
    if facts.is_listed:
        yield from _other_cloud(place, option, _book(frame))


_OF_ANY_KIND: tuple[tuple[str, Lookup], ...] = (
    ("accelerator", _accelerator),
    ("country", _country),
    ("host", _host),
)
"""Keys that mean the same at every kind that has them."""


def stated(option: Raw) -> bool:
    """Return whether the machine of an option is stated in all that counts, so that its names are labels."""
    facts = facts_of(option)
    return facts is not None and states(option, facts.machine_by)


def _book(frame: object) -> PriceBook:
    """Return the price book that the file names; the newest one where it names none that is known."""
    from cloudcost.catalog.books.book import book_names, load_book

    name = frame.get("price_book") if isinstance(frame, Mapping) else None
    return load_book(name if isinstance(name, str) and name in book_names() else None)


def _discounts(frame: Raw) -> Iterator[Fault]:
    if isinstance(frame.get("discounts"), Mapping):
        yield from discount_faults(frame, _book(frame))


def _other_cloud(place: Place, option: Raw, book: PriceBook) -> Iterator[Fault]:
    """Yield the faults of who sells a machine of another cloud, which one, and where."""
    from cloudcost.catalog.providers import find_provider, sellers

    named, machine = option.get("provider"), option.get("instance")
    provider = find_provider(named) if isinstance(named, str) else None
    if isinstance(named, str) and named and provider is None:
        yield from _provider(place, option, named)
    sold_by: tuple[Provider, ...] = ()
    if isinstance(machine, str) and machine:
        sold_by = sellers(machine, book)
        yield from _cloud_type(place, option, machine, provider, sold_by, book)
    seller = provider or (sold_by[0] if len(sold_by) == 1 else None)
    if seller is not None and "usd_per_hour" not in option:
        yield from _cloud_region(place, option, seller, book)


def _provider(place: Place, option: Raw, named: str) -> Iterator[Fault]:
    from cloudcost.catalog.providers import providers
    from cloudcost.project.checks.machines import AWS_NAMES

    if named.lower().strip() in AWS_NAMES:  # told by `machines`, with what to write instead
        return
    priced = "usd_per_hour" in option
    known = [each.name for each in providers()]
    near = nearest(named, known, cutoff=LIKE_A_PROVIDER)
    if near or not priced:
        listed = ", ".join(known)
        remedy = f"did you mean {near[0]}? it is one of {listed}" if near else f"use one of {listed}"
        remedy += "" if priced else ", or give usd_per_hour"
        yield Fault(place=(*place, "provider"), what="unknown provider", value=shown(named), remedy=remedy)


def _cloud_type(
    place: Place, option: Raw, machine: str, provider: Provider | None, sold_by: tuple[Provider, ...], book: PriceBook
) -> Iterator[Fault]:
    """Yield the fault of a type that the provider does not sell, or that several sell; a stated machine has none."""
    from cloudcost.catalog.instances import provider_of
    from cloudcost.catalog.providers import providers, types_of

    priced = "usd_per_hour" in option
    if stated(option) or (priced and (provider_of(machine) or sold_by)):
        return
    what = remedy = ""
    if not sold_by and provider_of(machine) == "aws":
        what, remedy = "a machine type of AWS", f'use kind = "{aws_kind_of(machine)}"'
    elif not sold_by:
        among = (provider,) if provider else providers()
        known = [name for each in among for name in types_of(each, book)]
        services = ", ".join(each.service for each in among)
        listed = "cloudcost prices list --service " + (services if provider else f"NAME, NAME one of {services},")
        what = "unknown machine type"
        remedy = near_and_all(machine, known, where=listed)
        remedy += f", or state {'device, hours_per_run or seconds_per_step' if priced else 'usd_per_hour and device'}"
    elif provider is not None and provider not in sold_by:
        what = f"not a machine type of {provider.title}"
        remedy = " or ".join(f'write provider = "{each.name}"' for each in sold_by)
    elif provider is None and "provider" not in option and len(sold_by) > 1:
        names = " or ".join(f'provider = "{each.name}"' for each in sold_by)
        yield missing((*place, "provider"), names)
    if what:
        yield Fault(place=(*place, "instance"), what=what, value=shown(machine), remedy=remedy)


def _usual_regions(seller: Provider) -> Iterator[str]:
    """Yield where a provider's buckets are taken to lie where nothing is said."""
    from cloudcost.catalog.stores.object_stores import object_stores

    return (store.default_region for store in object_stores().values() if store.provider == seller.name)


def _cloud_region(place: Place, option: Raw, seller: Provider, book: PriceBook) -> Iterator[Fault]:
    """Yield the fault of a region that the provider is not known to have, or of none where prices need one."""
    from cloudcost.catalog.providers import needs_region, regions_of

    region = option.get("region")
    known = regions_of(seller, book)
    if "region" not in option:
        if needs_region(seller, book):
            machine = option.get("instance")
            places = regions_of(seller, book, machine if isinstance(machine, str) else None) or known
            usual = next((each for each in _usual_regions(seller) if each in places), places[0])
            others = f"of {', '.join(places)}" if len(places) <= FEW else f"of {len(places)}: {NAMES} lists them"
            yield missing((*place, "region"), f'region = "{usual}", or another {others}')
    elif isinstance(region, str) and region and not known:
        yield Fault(
            place=(*place, "region"), value=shown(region),
            what=f"{seller.title} has one price for all its regions in the price book, so that none is looked up",
            remedy="remove region, or give usd_per_hour of that region",
        )  # fmt: skip
    elif isinstance(region, str) and region and region not in known:
        yield Fault(
            place=(*place, "region"), what=f"no region of {seller.title} in the price book", value=shown(region),
            remedy=near_and_all(region, known, where=NAMES),
        )  # fmt: skip
