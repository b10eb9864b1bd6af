"""`prices import`: the provider's own price lists into a dated book of the user's."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from cloudcost.cli.common import add_format_argument, format_of, parse_date, screen_of, tell, tell_all
from cloudcost.files.clock import clock_day
from cloudcost.render.outputs import written

if TYPE_CHECKING:
    from datetime import date

    from cloudcost.catalog.books.importing.into_book import Import
    from cloudcost.render.listings.known import Cell

HEADS = ("file", "offer", "version", "published", "prices", "regions", "book")


def add_verbs(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verb and its arguments."""
    importing = verbs.add_parser("import", help="AWS's price lists into a dated book of your own", allow_abbrev=False)
    importing.add_argument(
        "files", metavar="FILE", nargs="+", type=_file, help="offer files, get-products, spot.js; plain or gzip"
    )
    importing.add_argument(
        "--seen-on", type=parse_date, metavar="DATE", help="the day of files that state none (YYYY-MM-DD)"
    )
    add_format_argument(importing)


def _file(text: str) -> Path:
    if not text:
        raise argparse.ArgumentTypeError("no path, '', name a file")
    return Path(text)


def tell_to_come(done: Import, today: date) -> None:
    """Say of which lists the day is yet to come: their book is not in force until then."""
    tell_all(
        [
            f"warning: {each.path}: published on {each.published}, to come: {done.book} answers from that day on"
            for each in done.files
            if each.published > today
        ]
    )


def run(args: argparse.Namespace) -> int:
    """Import the files and say what came of them; return the exit code."""
    from cloudcost.catalog.books.importing.into_book import import_files
    from cloudcost.render.listings.known import KnownOutput

    done = import_files(args.files, seen_on=args.seen_on)
    rows: list[list[Cell]] = [
        [
            each.path, each.offer or None, each.version or None, each.published.isoformat(), len(each.prices),
            len({price.region for price in each.prices}), done.book,
        ]
        for each in done.files
    ]  # fmt: skip
    tell_to_come(done, clock_day())
    for each in done.files:
        tell_all([f"{each.path}: left out, {count:,} x {why}" for why, count in sorted(each.left_out.items())])
    output = KnownOutput(
        schema="cloudcost.price_import/1",
        key="files",
        heads=HEADS,
        rows=rows,
        shown={head: head for head in ("file", "offer", "published", "prices", "regions")},
        right=frozenset({"prices", "regions"}),
        note=f"wrote the price book {done.book}" if done.is_new else f"nothing new: {done.book} holds all of it",
        screen=screen_of(args),
    )
    sys.stdout.write(written(output, format_of(args)))
    if done.is_new:
        from cloudcost.catalog.books.book import DEFAULT_BOOK

        tell(f"cloudcost prices diff {DEFAULT_BOOK} {done.book} shows what is other")
    return 0
