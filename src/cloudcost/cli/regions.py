"""List the regions that are known: where each is, and for how many machine types and GPUs there is a price.

cloudcost regions
cloudcost regions --contains europe
cloudcost regions --provider gcp
"""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from cloudcost.cli.common import add_format_argument, format_of, parse_filter
from cloudcost.errors import InputError
from cloudcost.render.listings.known import KnownOutput
from cloudcost.render.outputs import written

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cloudcost.catalog.books.book import PriceBook
    from cloudcost.render.listings.known import Cell

HEADS = ("provider", "region", "location", "country", "area", "machines", "with_gpu", "on_spot")

SHOWN = {
    "provider": "by", "region": "region", "location": "where", "machines": "types", "with_gpu": "GPU",
    "on_spot": "spot",
}  # fmt: skip


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verb's arguments."""
    parser.add_argument("name", metavar="NAME", nargs="?", help="one region, by its code")
    parser.add_argument(
        "--provider", type=parse_filter, metavar="NAME", help="only this provider's: aws, gcp, azure ..."
    )
    parser.add_argument("--gpu", type=parse_filter, metavar="TEXT", help="only where there is a price of such a GPU")
    parser.add_argument(
        "--contains", type=parse_filter, metavar="TEXT", help="only regions with this in their name or place"
    )
    add_format_argument(parser)


def run(args: argparse.Namespace) -> int:
    """Print the regions; return the exit code."""
    from cloudcost.catalog.books.book import load_book

    book = load_book()
    rows = [row for row in _rows(book, args.gpu) if _is_asked(row, args)]
    if not rows:
        from cloudcost.catalog.aws.regions import regions
        from cloudcost.catalog.near import did_you_mean

        near = did_you_mean(args.name or args.contains or "", regions(), otherwise="ask for less")
        raise InputError(f"regions: none is left by what is asked, {near}")
    note = "types with a price there on demand, those with a GPU, and on spot"
    output = KnownOutput(
        schema="cloudcost.known_regions/1",
        key="regions",
        heads=HEADS,
        rows=rows,
        shown=SHOWN,
        right=frozenset({"machines", "with_gpu", "on_spot"}),
        note=note,
        book=book.name,
    )
    sys.stdout.write(written(output, format_of(args)))
    return 0


def _is_asked(row: list[Cell], args: argparse.Namespace) -> bool:
    told = " ".join(str(cell or "") for cell in row[1:5]).casefold()
    return (
        (args.name is None or row[1] == args.name)
        and (args.provider is None or row[0] == args.provider.casefold())
        and (args.contains is None or args.contains.casefold() in told)
        and (args.gpu is None or bool(row[6]))
    )


def _rows(book: PriceBook, gpu: str | None) -> Iterator[list[Cell]]:
    from cloudcost.catalog.aws.regions import regions
    from cloudcost.catalog.providers import providers

    for code, region in regions().items():
        keys = [(name.partition(":"), bought) for name, bought in book.keys("AmazonEC2", code)]
        on_demand = [name for (kind, _, name), bought in keys if kind == "BoxUsage" and bought == "on-demand"]
        on_spot = [name for (kind, _, name), _ in keys if kind == "SpotUsage"]
        yield ["aws", code, region.location, region.country, region.area, *_counts(on_demand, on_spot, gpu)]
    for provider in providers():
        for place in book.regions(provider.service):
            sold = book.keys(provider.service, place)
            on_demand = [name for name, bought in sold if bought == "on-demand"]
            on_spot = [name for name, bought in sold if bought == "spot"]
            yield [provider.name, place, None, None, None, *_counts(on_demand, on_spot, gpu)]


def _counts(on_demand: list[str], on_spot: list[str], gpu: str | None) -> list[Cell]:
    from cloudcost.catalog.instances import instances
    from cloudcost.catalog.near import bare_name

    known = [instances()[name] for name in on_demand if name in instances()]
    devices = [each.device for each in known if each.device is not None]
    wanted = [each for each in devices if gpu is None or bare_name(gpu) in bare_name(each)]
    return [len(on_demand), len(wanted), len(on_spot)]
