"""List the machine types that are known, or one: processors, memory, GPUs, and what an hour costs in a region.

cloudcost instances --gpu L4
cloudcost instances --provider gcp
cloudcost instances g5.xlarge --region eu-west-1
"""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from cloudcost.catalog.near import bare_name
from cloudcost.cli.common import (
    add_date_arguments,
    add_format_argument,
    format_of,
    parse_filter,
    require_region,
    screen_of,
    tell_warnings,
    today_of,
)
from cloudcost.errors import InputError
from cloudcost.render.listings.known import KnownOutput
from cloudcost.render.outputs import written

if TYPE_CHECKING:
    from datetime import date

    from cloudcost.catalog.books.book import PriceBook
    from cloudcost.domain.devices import Instance
    from cloudcost.render.listings.known import Cell

HEADS = ("name", "provider", "vcpu", "memory_gib", "device", "gpus", "usd_per_hour", "region", "status")
SHOWN = {
    "name": "type", "provider": "by", "vcpu": "vCPU", "memory_gib": "GiB", "gpus": "GPUs", "device": "of",
    "usd_per_hour": "USD/h", "region": "in", "status": "status",
}  # fmt: skip
REGION = "us-east-1"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verb's arguments."""
    parser.add_argument("name", metavar="NAME", nargs="?", help="one type, as AWS or another provider names it")
    parser.add_argument("--gpu", type=parse_filter, metavar="TEXT", help="only types with this in their GPU's name")
    parser.add_argument(
        "--provider", type=parse_filter, metavar="NAME", help="only what this provider rents out: aws, gcp, lambda ..."
    )
    parser.add_argument("--region", metavar="NAME", help="only what has a price there, and that price")
    parser.add_argument("--contains", type=parse_filter, metavar="TEXT", help="only types with this in their name")
    add_format_argument(parser)
    add_date_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Print the types; return the exit code."""
    from cloudcost.catalog.books.book import load_book
    from cloudcost.catalog.instances import instance, instances
    from cloudcost.errors import UnknownInstanceError

    on = args.as_of or today_of(args)
    book = load_book(on=on)
    tell_warnings(book.warnings, output=args.format)
    if args.region is not None:
        require_region("instances", args.region, book)
    try:
        found = [instance(args.name)] if args.name is not None else list(instances().values())
    except UnknownInstanceError as error:
        raise InputError(f"instances:NAME: {error}") from None
    rows = []
    for each in found:
        if _is_asked(each, args):
            usd, region = _price(book, each, args.region, on)
            if args.region is None or usd is not None:
                rows.append(_row(each, usd, region))
    if not rows:
        raise InputError("instances: no machine type is left by these filters, ask for less")
    note = "USD/h on demand; without --region in us-east-1, of other providers the least"
    output = KnownOutput(
        schema="cloudcost.known_instances/1",
        key="instances",
        heads=HEADS,
        rows=rows,
        shown=SHOWN,
        right=frozenset({"vcpu", "memory_gib", "gpus", "usd_per_hour"}),
        note=note,
        screen=screen_of(args),
        book=book.name,
    )
    sys.stdout.write(written(output, format_of(args)))
    return 0


def _is_asked(each: Instance, args: argparse.Namespace) -> bool:
    return (
        (args.gpu is None or bare_name(args.gpu) in bare_name(each.device or ""))
        and (args.provider is None or each.provider == args.provider.casefold())
        and (args.contains is None or args.contains.casefold() in each.name.casefold())
    )


def _price(book: PriceBook, each: Instance, region: str | None, on: date) -> tuple[Cell, str | None]:
    """Return an hour's price on demand on a day, and where that is; None where none is known."""
    from cloudcost.catalog.books.validity import known_on, latest
    from cloudcost.catalog.providers import find_provider
    from cloudcost.domain.prices import PriceKey
    from cloudcost.money import decimal_string

    if each.provider == "aws":
        service, usage_type = "AmazonEC2", f"BoxUsage:{each.name}"
        places: tuple[str, ...] = (region or REGION,)
    else:
        provider = find_provider(each.provider)
        if provider is None:
            return None, None
        service, usage_type = provider.service, each.name
        places = tuple(place for place in book.regions(service) if region in (None, place))
    found = []
    for place in places:
        current = known_on(book.rows(PriceKey(service, place, usage_type)), on)
        if current:
            found.append((latest(current, on).tiers[0].unit_price_usd, place))
    if not found:
        return None, None
    usd, place = min(found)
    return decimal_string(usd), place


def _row(each: Instance, usd: Cell, region: str | None) -> list[Cell]:
    gpus: Cell = int(each.gpu_count) if each.gpu_count.denominator == 1 else str(each.gpu_count)
    return [
        each.name, each.provider, each.vcpu, each.memory_gib, each.device, gpus, usd, region, each.status,
    ]  # fmt: skip
