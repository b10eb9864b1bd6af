"""Look into the price book, and keep dated books of one's own from the provider's files.

  cloudcost prices list --service AmazonS3 --region us-east-1
  cloudcost prices show AmazonEC2/us-east-1/BoxUsage:g4dn.xlarge
  cloudcost prices show p4d.24xlarge --region eu-west-1 --as-of 2025-05-01
  cloudcost prices update --regions eu-west-1 --dry-run
  cloudcost prices update project.toml --services AmazonEC2,AmazonS3
  cloudcost prices import AmazonS3.csv AmazonEC2-eu-west-1.csv.gz
  cloudcost prices books
  cloudcost prices diff aws-2026-11 aws-2026-11-29 --service AmazonEC2
  cloudcost prices check

list prints the rows of the tables that hold on the day; show prints a key's whole history with its sources, prices
that are derived for the day, and the machine when the key is a machine type. A key is SERVICE/REGION/USAGE-TYPE, a
usage type or a machine type (with ml. for SageMaker's prices). import reads AWS's price lists (offer files as CSV,
what `aws pricing get-products` prints, the feed of spot prices; plain or gzip) into a new book of your own, which
counts from the day they were published on; update fetches those lists itself, from AWS over HTTPS or from where
--from says, and is the only verb that asks the network for prices: what breaks off is tried again and gone on with.
books lists the shipped book and those in your folder of data (CLOUDCOST_DATA, else the system's); on a day the newest
up to it that is whole answers, in every verb. diff holds two books against each other, check tests them.
"""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from cloudcost.cli.common import add_date_arguments, add_format_argument, format_of, tell_warnings, today_of

if TYPE_CHECKING:
    from datetime import date

    from cloudcost.catalog.books.book import PriceBook
    from cloudcost.render.outputs import Output


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verb's arguments."""
    from cloudcost.cli import prices_books, prices_import, prices_update

    verbs = parser.add_subparsers(dest="prices_verb", metavar="list|show|import|update|books|diff|check", required=True)
    listing = verbs.add_parser("list", help="rows of the tables", allow_abbrev=False)
    listing.add_argument("--service", metavar="NAME", help="only this service: AmazonS3, AmazonEC2 ...")
    listing.add_argument("--region", metavar="NAME", help="only this region: us-east-1, global ...")
    listing.add_argument("--contains", metavar="TEXT", help="only usage types with this in them")
    listing.add_argument("--history", action="store_true", help="also rows that do not hold on the day")
    showing = verbs.add_parser("show", help="all that is known of a price or a machine type", allow_abbrev=False)
    showing.add_argument("key", metavar="KEY", help="SERVICE/REGION/USAGE-TYPE, a usage type or a machine type")
    showing.add_argument("--region", metavar="NAME", default=None, help="where KEY names none (default: us-east-1)")
    for child in (listing, showing):
        child.add_argument(
            "--book", metavar="NAME", default=None, help="price book (default: the one in force on the day)"
        )
        add_format_argument(child)
        add_date_arguments(child)
    prices_import.add_verbs(verbs)
    prices_update.add_verbs(verbs)
    prices_books.add_verbs(verbs)


def run(args: argparse.Namespace) -> int:
    """Print what is asked for; return the exit code."""
    if args.prices_verb in ("list", "show"):
        return _run_look(args)
    from cloudcost.cli import prices_books, prices_import, prices_update

    runs = {"import": prices_import.run, "update": prices_update.run}
    return runs.get(args.prices_verb, prices_books.run)(args)


def _run_look(args: argparse.Namespace) -> int:
    from cloudcost.catalog.books.book import load_book
    from cloudcost.render.outputs import written

    on = args.as_of if args.as_of is not None else today_of(args)
    book = load_book(args.book, on=on)
    tell_warnings(book.warnings, output=args.format)
    output = _list(book, args, on) if args.prices_verb == "list" else _show(book, args, on)
    sys.stdout.write(written(output, format_of(args)))
    return 0


def _list(book: PriceBook, args: argparse.Namespace, on: date) -> Output:
    from cloudcost.catalog.books.query import list_prices
    from cloudcost.render.listings.outputs import PriceListOutput

    day = None if args.history else on
    prices = list_prices(book, service=args.service, region=args.region, contains=args.contains, on=day)
    keys = dict.fromkeys(price.source for price in prices)
    return PriceListOutput(prices, tuple(book.source(key) for key in keys), book.name)


def _show(book: PriceBook, args: argparse.Namespace, on: date) -> Output:
    from cloudcost.catalog.books.query import DEFAULT_REGION, show
    from cloudcost.render.listings.outputs import PriceHistoryOutput

    found = show(book, args.key, on=on, region=args.region or DEFAULT_REGION)
    return PriceHistoryOutput(found.prices, found.sources, book.name, on, found.machine, found.startable)
