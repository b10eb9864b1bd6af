"""Price metered usage, or hold a bill against list prices: what the header says the file is.

A usage file has the columns service, region, usage_type, quantity, unit; optional: operation, month (YYYY-MM), purchase
(on-demand, spot, reserved-1y-no-upfront ...). Names as AWS bills have them, with or without the region's code in front.
Tiers pool over the rows of one usage type, region and month, traffic to the internet over all services; a row without
month is a pool of its own, and its GB-month has 730 hours.

  cloudcost price usage.csv
  cloudcost price usage.csv --free-tier --explain
  cloudcost price usage.csv --format json --as-of 2024-03-01

A bill has costs: a cost and usage report of AWS, an export in FOCUS columns, Cost Explorer's CSV, or a CSV with
usage_type and cost. Each line stands beside its list price, the bill's own where it has one, the largest difference
first; what no price is known for keeps its cost and is counted.

  cloudcost price bill.csv
  cloudcost price october.csv november.csv --by month
  cloudcost price bill.csv.gz --cost amortized --by tag:team --fail-over 500

A month takes the price of its time. Where none is known for it, the first later one is carried back, 12 months at most
and never past a launch or a change of price, marked on the line and said on stderr; --no-assumed refuses that too.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from cloudcost.cli.common import (
    COST_BASES,
    add_cost_argument,
    add_date_arguments,
    add_format_argument,
    format_of,
    parse_usd,
    screen_of,
    tell,
    tell_warnings,
    tell_wrapped,
    today_of,
)
from cloudcost.errors import InputError
from cloudcost.figures import counted
from cloudcost.render.outputs import FORMATS
from cloudcost.units import BillingMonth

if TYPE_CHECKING:
    from cloudcost.domain.usage import UnpricedUsage
    from cloudcost.results.explanation import CostBasis


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verb's arguments."""
    parser.add_argument(
        "files", metavar="FILE", nargs="+", type=Path, help="metered usage, or a bill (several are one)"
    )
    parser.add_argument("--explain", action="store_true", help="show quantity x tier x price of each line")
    parser.add_argument(
        "--book", metavar="NAME", default=None, help="price book (default: the one in force on the day)"
    )
    usage = parser.add_argument_group("a usage file")
    usage.add_argument(
        "--free-tier",
        action="store_true",
        help="take off what is free each month: transfer out, 20,000 KMS requests ... (once per account)",
    )
    usage.add_argument("--no-assumed", action="store_true", help="never take a later price for an earlier month")
    usage.add_argument("--partial", action="store_true", help="price what has a price and list the rest as unknown")
    bill = parser.add_argument_group("a bill")
    add_cost_argument(bill)
    bill.add_argument("--by", type=_group, metavar="WHAT", help="month, service, usage-type, account, tag:NAME")
    bill.add_argument("--strict", action="store_true", help="exit 3 where no list price of a use is known")
    bill.add_argument("--fail-over", type=parse_usd, metavar="USD", help="exit 1 if more than this was billed")
    add_format_argument(parser, (*FORMATS, "focus"))
    add_date_arguments(parser)


def _group(text: str) -> str:
    """Return what lines are grouped by (for argparse)."""
    from cloudcost.analysis.priced_bill import GROUPS

    if text in GROUPS or (text.startswith("tag:") and len(text) > len("tag:")):
        return text
    raise argparse.ArgumentTypeError(f"nothing to group by, {text!r}, use one of {', '.join(GROUPS)} or tag:NAME")


def run(args: argparse.Namespace) -> int:
    """Price the file and print it; return the exit code."""
    from cloudcost.bills.read import is_bill

    if len(args.files) > 1 or is_bill(args.files[0]):
        return _run_bill(args)
    return _run_usage(args, args.files[0])


def _run_bill(args: argparse.Namespace) -> int:
    from cloudcost.analysis.priced_bill import price_bill
    from cloudcost.bills.read import read_bill
    from cloudcost.catalog.books.book import load_book
    from cloudcost.render.outputs import PricedBillOutput, written

    _refuse(args, {"--free-tier": args.free_tier, "--no-assumed": args.no_assumed, "--partial": args.partial}, "a bill")
    if args.format == "focus":
        raise InputError("price:--format: a bill is read, not written, in FOCUS columns, 'focus', use json or csv")
    bill = read_bill(args.files)
    tell_wrapped([*bill.notes, *bill.unread.places], output=args.format)
    on = args.as_of if args.as_of is not None else today_of(args)
    book = load_book(args.book, on=on)
    tell_warnings(book.warnings, output=args.format)
    basis: CostBasis = args.cost or "unblended"
    priced = price_bill(bill, book, on=on, cost_basis=basis, by=args.by or "")
    sys.stdout.write(written(PricedBillOutput(priced, args.explain, book.name, screen_of(args)), format_of(args)))
    if args.strict and (priced.unlisted or priced.unread.count):
        tell(f"{counted(len(priced.unlisted) + priced.unread.count, 'line')} without a known list price")
        return 3
    if args.fail_over is not None and priced.billed_usd > args.fail_over:
        tell(f"billed {priced.billed_usd:.2f} {priced.currency}, over {args.fail_over} USD")
        return 1
    return 0


def _refuse(args: argparse.Namespace, given: dict[str, bool], what: str) -> None:
    """Refuse flags that do nothing for the file at hand."""
    for flag, value in given.items():
        if value:
            raise InputError(f"{args.files[0]}: {flag} does nothing for {what}, {flag}, leave it out")


def _run_usage(args: argparse.Namespace, path: Path) -> int:
    from cloudcost.bills.usage_csv import check_against_book, part_by_book, read_usage_csv
    from cloudcost.catalog.books.book import load_book
    from cloudcost.pricing.bill.lines import price_usage
    from cloudcost.pricing.dating import dating_warnings
    from cloudcost.render.outputs import BillOutput, written

    stated = {"--cost": args.cost not in (None, COST_BASES[0]), "--by": bool(args.by), "--strict": args.strict}
    _refuse(args, stated | {"--fail-over": args.fail_over is not None}, "a usage file without costs")
    on = args.as_of if args.as_of is not None else today_of(args)
    file = read_usage_csv(path)
    book = load_book(args.book, on=on)
    tell_warnings(book.warnings, output=args.format)
    rows = file.rows
    unknown: tuple[UnpricedUsage, ...] = ()
    if args.partial:
        rows, unknown = part_by_book(file.rows, book, on=on, allow_assumed=not args.no_assumed)
    check_against_book(rows, book, on=on, allow_assumed=not args.no_assumed)
    if file.ignored:
        tell(f"{path}: columns not read: {', '.join(file.ignored)}")
    usages = [row.usage for row in rows]
    lines = price_usage(usages, book, on=on, free_tier=args.free_tier, quotas=args.free_tier)
    tell_warnings(dating_warnings(lines, on=on), output=args.format)
    if args.format == "focus":
        from cloudcost.render.focus import focus_csv

        sys.stdout.write(focus_csv(lines, month=BillingMonth.of(on)))
    else:
        sys.stdout.write(written(BillOutput(lines, args.explain, unknown, book.name, screen_of(args)), format_of(args)))
    return 0
