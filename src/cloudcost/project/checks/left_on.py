"""Whether what is left on has names that bills know, times in order, and an option that is billed for it.

A name that the price book does not have anywhere is a fault of the file. One that it has, but not in the region or on
the day, is left to pricing, which says so of the options that need it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from cloudcost.catalog.aws.regions import regions
from cloudcost.catalog.aws.services import service_aliases
from cloudcost.catalog.books.book import load_book
from cloudcost.catalog.books.operations import other_price, refusal
from cloudcost.catalog.books.usage_types import strip_region_prefix
from cloudcost.catalog.instances import instances, provider_of
from cloudcost.catalog.near import near_and_all
from cloudcost.catalog.providers import find_provider, is_aws, provider_of_service
from cloudcost.catalog.tables import GLOBAL
from cloudcost.domain.prices import COLAB_SERVICE, PriceKey
from cloudcost.errors import CatalogError, InputError
from cloudcost.pricing.lookup import INTERNET_OUT, find_price, services_of
from cloudcost.project.checks.raw import facts_of
from cloudcost.project.fault import Fault, Place, Raw, shown

if TYPE_CHECKING:
    from cloudcost.catalog.books.book import PriceBook

DEFAULT_REGION = "us-east-1"
"""Of a project whose file names none; a test keeps it equal to the table's default."""
_MACHINE = re.compile(r"(?P<component>[A-Za-z0-9:-]+?[:-])(?P<ml>ml\.)?(?P<name>[a-z0-9-]+\.[a-z0-9-]+)")
"""A usage type of a machine's hours: ``Host:ml.g5.2xlarge``, ``BoxUsage:g4dn.xlarge``."""
_LISTS = "cloudcost prices list"


def left_on_faults(rows: list[tuple[Place, Raw]], project: Raw, options: list[Raw]) -> Iterator[Fault]:
    """Yield the faults of what is left on.

    Parameters
    ----------
    rows : list
        Each table's place and the table, as TOML has it.
    project, options : mapping, list of mapping
        The file's other tables.
    """
    if not rows:
        return
    name = project.get("price_book")
    try:
        book = load_book(name) if isinstance(name, str) else load_book()
    except (CatalogError, InputError):
        book = load_book()  # the unknown one is told of price_book
    region = project.get("region", DEFAULT_REGION)
    for place, row in rows:
        yield from _names(row, place, str(region), book)
        yield from _times(row, place, project)
        yield from _option(row, place, options)


def _text(row: Raw, key: str) -> str:
    value = row.get(key)
    return value if isinstance(value, str) else ""


def _names(row: Raw, place: Place, home: str, book: PriceBook) -> Iterator[Fault]:
    """Yield the names that the book does not know."""
    service, stated, usage_type = _text(row, "service"), _text(row, "region"), _text(row, "usage_type")
    known = {*book.services(), *service_aliases()}
    if service and service not in known:
        yield _unknown(place, "service", service, near_and_all(service, sorted(known), where=_LISTS))
        return
    if not service:
        return
    sold_in = {name for each in services_of(service, usage_type) for name in book.regions(each)}
    places = set(regions()) if is_aws(service) else sold_in - {GLOBAL}
    if stated and stated not in places and (stated != GLOBAL or GLOBAL not in sold_in):
        yield _unknown(place, "region", stated, near_and_all(stated, sorted(places), where=_list_of(service)))
        return
    region = stated or home
    if region not in places and GLOBAL not in sold_in:
        if not stated and not is_aws(service):
            remedy = f"add region, one of {', '.join(sorted(places)[:9])}"
            yield Fault(place=(*place, "region"), what="missing", value="no value", remedy=remedy)
        return  # an unknown region of the project is told of the project
    if usage_type:
        yield from _usage_type(row, place, service, region, home, book)


def _usage_type(row: Raw, place: Place, service: str, region: str, home: str, book: PriceBook) -> Iterator[Fault]:
    stated, operation = _text(row, "usage_type"), _text(row, "operation")
    try:
        usage_type = strip_region_prefix(region, stated)
    except ValueError:
        code = stated.partition("-")[0]
        yield Fault(
            place=(*place, "usage_type"), what=f"{code} is the prefix of another region than {region}",
            value=shown(stated), remedy="make the two agree, or leave the prefix out",
        )  # fmt: skip
        return
    if usage_type == INTERNET_OUT and region != home:
        yield Fault(
            place=(*place, "region"), what="traffic to the internet is counted out of the project's region alone",
            value=shown(region), remedy=f"write region = {shown(home)}, or leave it out",
        )  # fmt: skip
        return
    several = _operations(book, service, region, usage_type)
    if several and not operation:
        names = " or ".join(f'operation = "{name}"' for name in several)
        yield Fault(place=(*place, "operation"), what="missing", value="no value", remedy=f"add {names}")
        return
    if _priced(book, service, region, usage_type, operation):
        return
    if operation and (several or _priced(book, service, region, usage_type, "")):
        why = "" if several else refusal(service, service, usage_type, operation)
        remedy = near_and_all(operation, several, where=_list_of(service)) if several else "leave it out"
        if why:
            remedy = "name one that the price holds, or leave out the whole row"
        yield Fault(
            place=(*place, "operation"), what=why or f"no price of {usage_type} under it", value=shown(operation),
            remedy=remedy,
        )  # fmt: skip
    elif not _known(book, service, usage_type):
        near = near_and_all(usage_type, sorted(_like(book, service, region, usage_type)), where=_list_of(service))
        yield _unknown(place, "usage_type", stated, near)


def _priced(book: PriceBook, service: str, region: str, usage_type: str, operation: str) -> bool:
    try:
        find_price(book, PriceKey(service, region, usage_type, operation), book.as_of)
    except CatalogError:
        return False
    return True


def _operations(book: PriceBook, service: str, region: str, usage_type: str) -> tuple[str, ...]:
    """Return the operations among which one has to be chosen; none where a price holds without."""
    for name in services_of(service, usage_type):
        rows = book.rows(PriceKey(name, region, usage_type))
        operations = {row.operation for row in rows}
        if operations:
            return tuple(sorted(operations)) if len(operations) > 1 and "" not in operations else ()
    return ()


def _known(book: PriceBook, service: str, usage_type: str) -> bool:
    """Return whether bills have such a usage type at all, wherever and whenever it has a price."""
    if other_price(service, usage_type):
        return True
    machine = _MACHINE.fullmatch(usage_type)
    if machine is not None and machine["name"] in instances():
        kinds = _components(book, service)
        return f"{machine['component']}{machine['ml'] or ''}" in kinds
    return any(
        usage_type == name
        for each in services_of(service, usage_type)
        for place in book.regions(each)
        for name, _ in book.keys(each, place)
    )


def _components(book: PriceBook, service: str) -> set[str]:
    """Return what stands before a machine's name in the usage types of a service: ``Host:ml.``, ``BoxUsage:``."""
    names = {name for name, _ in book.keys(service, DEFAULT_REGION)}
    found = (_MACHINE.fullmatch(name) for name in names)
    return {f"{each['component']}{each['ml'] or ''}" for each in found if each is not None}


def _like(book: PriceBook, service: str, region: str, usage_type: str) -> set[str]:
    """Return the usage types that may have been meant: those of the region, and those of every machine."""
    names: set[str] = set()
    for each in services_of(service, usage_type):
        for place in (region, DEFAULT_REGION, GLOBAL):
            names.update(name for name, _ in book.keys(each, place))
    if ":" in usage_type:
        ml = "ml." if ":ml." in usage_type else ""
        component = usage_type.partition(":")[0]
        names.update(f"{component}:{ml}{machine}" for machine in instances())
    return names


def _list_of(service: str) -> str:
    return f"cloudcost prices list --service {service}"


def _unknown(place: Place, key: str, value: str, remedy: str) -> Fault:
    return Fault(place=(*place, key), what=f"unknown {key.replace('_', ' ')}", value=shown(value), remedy=remedy)


def _times(row: Raw, place: Place, project: Raw) -> Iterator[Fault]:
    """Yield an end before its beginning, which is the project's where the row has none."""
    begin, end = _moment(row.get("from", project.get("start"))), _moment(row.get("until"))
    if begin is not None and end is not None and end <= begin:
        yield Fault(
            place=(*place, "until"), what="not after from" if "from" in row else "not after the project's start",
            value=shown(row["until"]), remedy="write a later moment, or an earlier from",
        )  # fmt: skip


def _moment(value: object) -> datetime | None:
    """Return a moment of UTC; None for what is none, which the models tell."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return None
    if isinstance(value, date) and not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day, tzinfo=UTC)
    if not isinstance(value, datetime):
        return None
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value


def _option(row: Raw, place: Place, options: list[Raw]) -> Iterator[Fault]:
    """Yield an option that there is none of, and what no option would be billed for."""
    names = option_names(options)
    stated, service = _text(row, "option"), _text(row, "service")
    if stated:
        if stated not in names:
            yield _unknown(place, "option", stated, near_and_all(stated, names, where="the file"))
    elif _is_known(service) and options and not any(_runs_at(service, option) for option in options):
        where = "AWS" if is_aws(service) else service
        yield Fault(
            place=(*place, "option"), what=f"no option runs at {where}, so none would be billed for it",
            value="no value", remedy=f"name the option that is, option = {shown(names[0])}",
        )  # fmt: skip


def _is_known(service: str) -> bool:
    found = provider_of_service(service)
    return found is not None and found.payee != "own"


def _runs_at(service: str, option: Raw) -> bool:
    """Return whether an option runs at the provider of a service; where it names none, whether it may."""
    facts, provider, machine = facts_of(option), option.get("provider"), option.get("instance")
    if facts is None:
        return False
    if is_aws(service):
        return facts.in_aws
    if not facts.is_listed:
        return facts.service == service
    name = provider if isinstance(provider, str) else provider_of(machine) if isinstance(machine, str) else None
    found = None if name is None else find_provider(name)
    return service != COLAB_SERVICE and (found is None or service in found.services)


def option_names(options: list[Raw]) -> list[str]:
    """Return the options' names, those that are made where none is given among them, as reading makes them."""
    from cloudcost.project.labels import made_name, unique_names

    given = [option.get("name") for option in options]
    return unique_names([name if isinstance(name, str) else None for name in given], [made_name(o) for o in options])
