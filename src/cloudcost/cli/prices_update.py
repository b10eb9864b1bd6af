"""`prices update`: AWS's price lists from where AWS publishes them into a dated book of the user's."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from cloudcost.cli.common import (
    add_format_argument,
    format_of,
    parse_date,
    project_path,
    tell,
    tell_all,
    tell_wrapped,
    today_of,
)  # fmt: skip
from cloudcost.cli.prices_import import tell_to_come
from cloudcost.cli.progress import ProgressBar
from cloudcost.errors import repeated
from cloudcost.render.outputs import written

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from cloudcost.catalog.books.fetching.download import FetchLimits
    from cloudcost.catalog.books.fetching.origin import OfferPlace, Origin
    from cloudcost.catalog.books.fetching.update import SizedOffer, Update
    from cloudcost.domain.project import Project
    from cloudcost.render.listings.known import Cell, KnownOutput

HEADS = ("service", "region", "address", "size_bytes", "version", "published", "prices", "book")
MOST_TRIES = 20
"""[count]"""


def add_verbs(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verb and its arguments."""
    updating = verbs.add_parser(
        "update", help="fetch AWS's price lists of today into a dated book of your own", allow_abbrev=False
    )
    updating.add_argument(
        "project", metavar="PROJECT.toml", nargs="?",
        help="take the regions of this project (default: ./project.toml, else us-east-1)",
    )  # fmt: skip
    updating.add_argument(
        "--from", dest="origin", metavar="URL|DIR", default=None,
        help="where offers/v1.0/aws lies: an https address, or a folder (default: AWS's own)",
    )  # fmt: skip
    updating.add_argument(
        "--services",
        type=_names,
        metavar="A,B",
        default=(),
        help="AmazonEC2,AmazonS3 ... (default: all that is priced)",
    )
    updating.add_argument(
        "--regions",
        type=_names,
        metavar="A,B",
        default=(),
        help="us-east-1,eu-west-1 ... or all (default: the project's)",
    )
    updating.add_argument("--dry-run", action="store_true", help="list what would be fetched and how large it is")
    updating.add_argument("--skip-missing", action="store_true", help="go on without lists that are not there")
    updating.add_argument(
        "--max-size",
        type=_size,
        metavar="SIZE",
        default=2 * 2**30,
        help="refuse a list larger than this (default: 2 GiB)",
    )
    updating.add_argument(
        "--timeout", type=_seconds, metavar="SECONDS", default=30.0,
        help="give a try up when nothing comes for so long (default: 30)",
    )  # fmt: skip
    updating.add_argument(
        "--tries", type=_tries, metavar="N", default=4, help="give a list up after so many tries (default: 4)"
    )
    updating.add_argument("--today", type=parse_date, metavar="DATE", help="take this day for today (YYYY-MM-DD)")
    add_format_argument(updating)


def _names(text: str) -> tuple[str, ...]:
    names = tuple(each.strip() for each in text.split(","))
    if not all(names):
        raise argparse.ArgumentTypeError(f"names with commas between them, not {repeated(text)}")
    return names


def _size(text: str) -> int:
    from cloudcost.units import parse_size

    try:
        size = parse_size(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    if not size:
        raise argparse.ArgumentTypeError(f"a size that a list may have is over 0, not {repeated(text)}")
    return size


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0.01 <= seconds <= 3600:
        raise argparse.ArgumentTypeError(f"a number of seconds up to 3600, not {repeated(text)}")
    return seconds


def _tries(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:3]) <= MOST_TRIES and len(text) <= 2):
        raise argparse.ArgumentTypeError(f"a number from 1 to {MOST_TRIES}, not {repeated(text)}")
    return int(text)


def run(args: argparse.Namespace) -> int:
    """Fetch, or say what would be fetched; return the exit code."""
    from cloudcost.catalog.books.fetching.download import FetchLimits
    from cloudcost.catalog.books.fetching.origin import AWS, origin_of, places
    from cloudcost.catalog.books.fetching.update import update_book

    today = today_of(args)
    origin = origin_of(AWS if args.origin is None else args.origin)
    wanted = places(args.services, args.regions or _regions(args, today))
    limits = FetchLimits(tries=args.tries, timeout_seconds=args.timeout, largest_bytes=args.max_size)
    bar = ProgressBar()
    try:
        if args.dry_run:
            return _listed(origin, wanted, limits, bar, args)
        update = update_book(origin, wanted, today=today, limits=limits, watch=bar.show, skip_missing=args.skip_missing)
    finally:
        bar.clear()
    tell_all([f"{address}: left out, there is no such list" for address in update.missing])
    tell_to_come(update.done, today)
    for each, offer in zip(update.done.files, update.fetched, strict=True):
        tell_all([f"{offer.place}: left out, {count:,} x {why}" for why, count in sorted(each.left_out.items())])
    sys.stdout.write(written(_updated(update), format_of(args)))
    if update.done.is_new:
        from cloudcost.catalog.books.book import DEFAULT_BOOK

        tell(f"cloudcost prices diff {DEFAULT_BOOK} {update.done.book} shows what is other")
    return 0


def _regions(args: argparse.Namespace, today: date) -> Sequence[str]:
    """Return the regions of the project that is named or lies here, else the one that is asked for without any."""
    from cloudcost.catalog.books.query import DEFAULT_REGION

    path = project_path(args.project)
    found: Sequence[str] = (DEFAULT_REGION,)
    if path is not None:
        from pathlib import Path

        from cloudcost.project.file import read_project

        found = _aws_regions(read_project(Path(path), today=today)) or found
    where = f"of {path}" if path is not None else "since no project is named"
    tell_wrapped([f"regions {', '.join(found)}, {where}; --regions names others"], output=args.format)
    return found


def _aws_regions(project: Project) -> list[str]:
    """Return the regions of AWS that a project uses, its own first."""
    from cloudcost.catalog.aws.regions import regions

    named = [project.region, project.dataset.region, *(each.region for each in project.options)]
    named += [each.region for each in project.left_on]
    return list(dict.fromkeys(each for each in named if each is not None and each in regions()))


def _listed(
    origin: Origin, wanted: Sequence[OfferPlace], limits: FetchLimits, bar: ProgressBar, args: argparse.Namespace
) -> int:
    """Say what would be fetched.

    Raises
    ------
    InputError
        With each list that cannot be had.
    """
    from cloudcost.catalog.books.fetching.update import is_missing, sizes
    from cloudcost.errors import InputError

    asked = sizes(origin, wanted, limits=limits, watch=bar.show)
    bar.clear()
    missing = [each for each in asked if is_missing(each)]
    left_out = missing if args.skip_missing and len(missing) < len(wanted) else []
    faults = [each.fault for each in asked if each.fault is not None and each not in left_out]
    if faults:
        raise InputError(*(line for fault in faults for line in fault.faults))
    tell_all([f"{each.address}: left out, there is no such list" for each in left_out])
    sys.stdout.write(written(_planned(origin, [each for each in asked if each not in left_out]), format_of(args)))
    return 0


def _planned(origin: Origin, offers: Sequence[SizedOffer]) -> KnownOutput:
    known = [each.size_bytes for each in offers if each.size_bytes is not None]
    unknown = len(offers) - len(known)
    said = f"{len(offers):,} {'list' if len(offers) == 1 else 'lists'}, {sum(known) / 1e6:,.1f} MB"
    said += f" and {unknown:,} of a size that the server does not say" if unknown else ""
    rows: list[list[Cell]] = [
        [each.place.offer, each.place.region, each.address, each.size_bytes, None, None, None, None] for each in offers
    ]
    shown = {"service": "service", "region": "region", "size_bytes": "bytes"}
    return _output(rows, shown, f"{said}; nothing was fetched\nfrom {origin.stated}")


def _updated(update: Update) -> KnownOutput:
    done = update.done
    rows: list[list[Cell]] = [
        [
            offer.place.offer, offer.place.region, offer.address, offer.size_bytes, each.version or None,
            each.published.isoformat(), len(each.prices), done.book,
        ]
        for offer, each in zip(update.fetched, done.files, strict=True)
    ]  # fmt: skip
    note = f"wrote the price book {done.book}" if done.is_new else f"nothing new: {done.book} holds all of it"
    shown = {"service": "service", "region": "region", "published": "published", "size_bytes": "bytes"}
    return _output(rows, shown | {"prices": "prices"}, note)


def _output(rows: list[list[Cell]], shown: dict[str, str], note: str) -> KnownOutput:
    from cloudcost.render.listings.known import KnownOutput

    return KnownOutput(
        schema="cloudcost.price_update/1",
        key="lists",
        heads=HEADS,
        rows=rows,
        shown=shown,
        right=frozenset({"size_bytes", "prices"}),
        note=note,
    )
