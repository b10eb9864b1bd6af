"""Price a CSV of metered usage: lines and their total.

Columns: service, region, usage_type, quantity, unit; optional: operation, month (YYYY-MM), purchase (on-demand, spot,
reserved-1y-no-upfront ...). Names as AWS bills have them, with or without the region's code in front. Tiers pool over
the rows of one usage type, region and month, traffic to the internet over all services; a row without month is a pool
of its own, and its GB-month has 730 hours.

  cloudcost price usage.csv
  cloudcost price usage.csv --free-tier --explain
  cloudcost price usage.csv --format json --as-of 2024-03-01

A month takes the price of its time. Where none is known for it, the first later one is carried back, 12 months at most
and never past a launch or a change of price, marked on the line and said on stderr; --no-assumed refuses that too.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from cloudcost.cli.common import add_date_arguments, add_format_argument, format_of, tell, tell_warnings, today_of
from cloudcost.render.outputs import FORMATS
from cloudcost.units import BillingMonth


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verb's arguments."""
    parser.add_argument("usage", metavar="USAGE.csv", type=Path, help="metered usage")
    parser.add_argument(
        "--free-tier",
        action="store_true",
        help="take off what is free each month: transfer out, 20,000 KMS requests ... (once per account)",
    )
    parser.add_argument("--explain", action="store_true", help="show quantity x tier x price of each line")
    parser.add_argument("--no-assumed", action="store_true", help="never take a later price for an earlier month")
    parser.add_argument("--book", metavar="NAME", default=None, help="price book (default: the newest shipped one)")
    add_format_argument(parser, (*FORMATS, "focus"))
    add_date_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Price the file and print it; return the exit code."""
    from cloudcost.bills.usage_csv import check_against_book, read_usage_csv
    from cloudcost.catalog.books.book import DEFAULT_BOOK, load_book
    from cloudcost.pricing.bill.lines import price_usage
    from cloudcost.pricing.dating import dating_warnings
    from cloudcost.render.outputs import BillOutput, written

    on = args.as_of if args.as_of is not None else today_of(args)
    file = read_usage_csv(args.usage)
    book = load_book(DEFAULT_BOOK if args.book is None else args.book)
    check_against_book(file.rows, book, on=on, allow_assumed=not args.no_assumed)
    if file.ignored:
        tell(f"{args.usage}: columns not read: {', '.join(file.ignored)}")
    lines = price_usage(file.usages, book, on=on, free_tier=args.free_tier, quotas=args.free_tier)
    tell_warnings(dating_warnings(lines, on=on), output=args.format)
    if args.format == "focus":
        from cloudcost.render.focus import focus_csv

        sys.stdout.write(focus_csv(lines, month=BillingMonth.of(on)))
    else:
        sys.stdout.write(written(BillOutput(lines, args.explain), format_of(args)))
    return 0
