"""``explain --amount``: what could have made an amount, with no bill at hand."""

from __future__ import annotations

import argparse
import re
import sys
from decimal import Decimal

from cloudcost.cli.common import format_of, screen_of, tell_warnings, today_of

MOST_USD = 10**9
MOST_DAYS = 366


def add_amount_arguments(parser: argparse.ArgumentParser) -> None:
    """Add ``--amount``, ``--days`` and ``--facts``."""
    group = parser.add_argument_group("with no bill at hand")
    group.add_argument("--amount", type=parse_amount, metavar="USD", help="what was charged")
    group.add_argument("--days", type=parse_days, metavar="N", help="in how many days")
    group.add_argument(
        "--facts",
        action="append",
        metavar="KEY=VALUE,...",
        help="what is remembered: dataset=48GiB, images=60000, users=5, notebook=ml.p2.xlarge, label=S3 (what the "
        "console shows it under), date=YYYY-MM-DD, region=, tax=0.16, link=100Mbit/s, versioning=on, "
        "account_opened=YYYY-MM-DD",
    )


def parse_amount(text: str) -> Decimal:
    """Return an amount over 0 (for argparse)."""
    if not re.fullmatch(r"(\d{1,12}(\.\d{0,10})?|\.\d{1,10})", text, re.ASCII) or not 0 < Decimal(text) <= MOST_USD:
        raise argparse.ArgumentTypeError(f"an amount of USD is over 0 and at most {MOST_USD:,}, not {text[:60]!r}")
    return Decimal(text)


def parse_days(text: str) -> Decimal:
    """Return a number of days over 0 (for argparse)."""
    plain = text.strip().removesuffix("days").removesuffix("day").strip()
    if not re.fullmatch(r"(\d{1,4}(\.\d{0,6})?|\.\d{1,6})", plain, re.ASCII) or not 0 < Decimal(plain) <= MOST_DAYS:
        raise argparse.ArgumentTypeError(f"days are over 0 and at most {MOST_DAYS}, not {text[:60]!r}")
    return Decimal(plain)


def run_amount(args: argparse.Namespace) -> int:
    """Explain the amount and print it; return the exit code."""
    from cloudcost.analysis.explain.amounts.explain import explain_amount
    from cloudcost.analysis.explain.amounts.facts import parse_facts
    from cloudcost.catalog.books.book import load_book
    from cloudcost.errors import InputError
    from cloudcost.render.candidates.output import CandidatesOutput
    from cloudcost.render.outputs import written

    if args.amount is None:
        raise InputError("--amount: not stated, '', write what was charged, such as --amount 75 --days 4")
    if args.days is None:
        raise InputError("--days: not stated, '', write in how many days it was charged, such as --days 4")
    day = args.as_of if args.as_of is not None else today_of(args)
    facts = parse_facts(",".join(args.facts or ()), today=day)
    book = load_book(on=day)
    tell_warnings(book.warnings, output=args.format)
    found = explain_amount(args.amount, args.days, facts, book)
    sys.stdout.write(written(CandidatesOutput(found, book.name, screen_of(args)), format_of(args)))
    return 0
