"""Explain a bill by cause, or, with no bill at hand, what could have made an amount.

BILL is a cost and usage report of AWS (legacy or 2.0), an export in FOCUS columns, Cost Explorer's CSV, or a CSV with
usage_type and cost, as it was downloaded. Each line has one cause; what no rule knows is called "other" and keeps its
cost, so that the causes are the bill to the last digit.

  cloudcost explain bill.csv
  cloudcost explain october.csv november.csv --cost amortized --format json
  cloudcost explain bill.csv --live 48GiB --html bill.html
  cloudcost explain bill.csv --project project.toml --option SageMaker
  cloudcost explain bill.csv --project project.toml --save-measured -o measured.toml
  cloudcost explain --amount 75 --days 4
  cloudcost explain --amount 75 --days 4 --facts dataset=48GiB,images=60000,users=5,label=S3

A bill of hours or days tells what was left on; one of months cannot, and says so. Live objects, old versions and
unfinished uploads share one usage type: they are a range, unless --live states what `cloudcost scan`, an inventory or
Storage Lens counts as live, or the data set of a --project with versioning does.

With --project each cause stands beside what the option's estimate has of it: as planned, more, less, not planned, not
billed, with the hours that a run took by the bill. Without --option it is the one that has most of the bill in its own
lines. --save-measured sets the option's hours_per_run, and the size of the data set, to what the bill has; nothing else
of the file changes.

With --amount each candidate is the exact inverse of a dated price: put into `price`, it gives the amount. What is
possible is told by the facts that you name. Nothing here is a verdict.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from cloudcost.cli.common import (
    add_cost_argument,
    add_date_arguments,
    add_format_argument,
    format_of,
    screen_of,
    tell,
    tell_wrapped,
    today_of,
)
from cloudcost.cli.explain_amount import add_amount_arguments, run_amount
from cloudcost.cli.explain_plan import add_plan_arguments, held_against_plan, live_objects, plan_options
from cloudcost.errors import InputError
from cloudcost.files.writing import require_writable, write_whole

if TYPE_CHECKING:
    from cloudcost.results.explanation import CostBasis


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verb's arguments."""
    parser.add_argument("bills", metavar="BILL", nargs="*", type=Path, help="a bill, or several that are one together")
    add_cost_argument(parser)
    parser.add_argument(
        "--live", type=_size, metavar="SIZE", help='size of the live objects in the buckets: "48GiB" parts old versions'
    )
    add_plan_arguments(parser)
    parser.add_argument("--html", metavar="FILE", help="write a self-contained page too: bars, days, the rows")
    add_amount_arguments(parser)
    add_format_argument(parser)
    add_date_arguments(parser)


def _size(text: str) -> int:
    """Return a size in bytes (for argparse)."""
    from cloudcost.units import parse_size

    try:
        return parse_size(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def run(args: argparse.Namespace) -> int:
    """Explain and print; return the exit code."""
    if not args.bills:
        asked = {"--cost": args.cost, "--live": args.live, "--html": args.html, "--project": args.project}
        _refuse(asked | plan_options(args), "without a bill", "name the bill")
        return run_amount(args)
    if args.project is None:
        _refuse(plan_options(args), "without a project", "name it by --project")
    asked = {"--amount": args.amount, "--days": args.days, "--facts": args.facts, "--as-of": args.as_of}
    _refuse(asked, "beside a bill", "leave it out, the bill states what was charged and when")
    return _run_bill(args)


def _refuse(options: dict[str, object], where: str, remedy: str) -> None:
    """Raise InputError for options that are stated where they mean nothing."""
    faults = [
        f"{name}: stated {where}, {value!s:.60}, {remedy}" for name, value in options.items() if value is not None
    ]
    if faults:
        raise InputError(*faults)


def _run_bill(args: argparse.Namespace) -> int:
    from cloudcost.analysis.explain.bill import explain_bill
    from cloudcost.bills.read import read_bill
    from cloudcost.render.outputs import ExplanationOutput, written

    if args.html is not None:
        read = [] if args.project is None else [args.project]
        require_writable(args.html, inputs=[*args.bills, *read], flag="--html")
    bill = read_bill(args.bills)
    tell_wrapped([*bill.notes, *bill.unread.places], output=args.format)
    basis: CostBasis = args.cost or "unblended"
    live, said = (args.live, ()) if args.project is None else live_objects(args)
    explanation = explain_bill(bill, today=today_of(args), basis=basis, live_bytes=live)
    if args.project is not None:
        explanation = replace(explanation, notes=(*explanation.notes, *said))
        explanation = replace(explanation, plan=held_against_plan(args, bill, explanation))
    if args.html is not None:
        from cloudcost._version import __version__
        from cloudcost.render.explanation.page import explanation_page

        write_whole(args.html, explanation_page(explanation, made_by=f"Made by cloudcost {__version__}."))
        tell(f"wrote {args.html}")
    sys.stdout.write(written(ExplanationOutput(explanation, screen=screen_of(args)), format_of(args)))
    return 0
