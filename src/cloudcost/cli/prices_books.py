"""The verbs of `prices` on whole books: list them, hold two against each other, test them."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from cloudcost.cli.common import add_date_arguments, add_format_argument, format_of, screen_of, tell, today_of
from cloudcost.render.outputs import written

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cloudcost.catalog.books.book import PriceBook
    from cloudcost.catalog.books.dated.difference import PriceChange
    from cloudcost.domain.prices import Price
    from cloudcost.render.listings.known import Cell, KnownOutput
    from cloudcost.render.tables.screen import Screen

BOOK_HEADS = ("name", "day", "kind", "in_force", "whole", "rows", "sha256")
CHANGE_HEADS = (
    "change", "service", "region", "usage_type", "operation", "purchase", "unit", "before_usd", "after_usd", "ratio",
    "before_seen", "after_seen",
)  # fmt: skip
CHECK_HEADS = ("name", "rows", "fault")


def add_verbs(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verbs and their arguments."""
    books = verbs.add_parser("books", help="the price books that there are", allow_abbrev=False)
    add_format_argument(books)
    add_date_arguments(books)
    differing = verbs.add_parser("diff", help="what is other in one book than in another", allow_abbrev=False)
    differing.add_argument("old", metavar="OLD", help="name of a book")
    differing.add_argument("new", metavar="NEW", help="name of another")
    differing.add_argument("--service", metavar="NAME", help="only this service: AmazonS3, AmazonEC2 ...")
    differing.add_argument("--region", metavar="NAME", help="only this region: us-east-1, global ...")
    differing.add_argument("--contains", metavar="TEXT", help="only usage types with this in them")
    add_format_argument(differing)
    checking = verbs.add_parser("check", help="test books: sums, rows, units, days, sources", allow_abbrev=False)
    checking.add_argument("books", metavar="BOOK", nargs="*", help="names of books (default: all of them)")
    add_format_argument(checking)


def run(args: argparse.Namespace) -> int:
    """Run one of the verbs; return the exit code."""
    runs = {"books": _run_books, "diff": _run_diff, "check": _run_check}
    return runs[args.prices_verb](args)


def _run_books(args: argparse.Namespace) -> int:
    from cloudcost.catalog.books.book import book_names, load_book
    from cloudcost.catalog.books.dated.difference import day_of
    from cloudcost.catalog.books.dated.folder import books_folder
    from cloudcost.catalog.books.dated.stored import JoinedLibrary
    from cloudcost.errors import InputError
    from cloudcost.render.listings.known import KnownOutput

    on = args.as_of if args.as_of is not None else today_of(args)
    force = load_book(on=on).name
    rows: list[list[Cell]] = []
    for name in book_names():
        try:
            book = load_book(name)
        except InputError as error:
            tell(f"warning: price book {name} is refused, {error}")
            rows.append([name, None, "own", "no", "no", None, None])
            continue
        own = isinstance(book.library, JoinedLibrary)
        used = "yes" if name == force else "no"
        rows.append(
            [name, day_of(book).isoformat(), "own" if own else "shipped", used, "yes", _size(book), book.sha256]
        )
    shown = dict(zip(BOOK_HEADS[:-1], ("book", "day", "kind", "in force", "whole", "rows"), strict=True))
    folder = books_folder()
    output = KnownOutput(
        schema="cloudcost.price_books/1",
        key="books",
        heads=BOOK_HEADS,
        rows=rows,
        shown=shown,
        right=frozenset({"rows"}),
        note=f"in force on {on}; your books lie in {folder}" if folder is not None else f"in force on {on}",
    )
    sys.stdout.write(written(output, format_of(args)))
    return 0


def _size(book: PriceBook) -> int:
    """Return how many rows of its own a book has. [count]"""
    from cloudcost.catalog.books.dated.stored import JoinedLibrary

    if isinstance(book.library, JoinedLibrary):
        return sum(map(len, book.library.stored.places.values()))
    return sum(1 for _ in book.prices())


def _run_diff(args: argparse.Namespace) -> int:
    from cloudcost.catalog.books.book import load_book
    from cloudcost.catalog.books.dated.difference import book_changes
    from cloudcost.catalog.books.query import require_place

    old, new = load_book(args.old), load_book(args.new)
    require_place(new if args.service in new.services() else old, service=args.service, region=args.region)
    needle = (args.contains or "").casefold()
    found = [
        each
        for each in book_changes(old, new)
        if args.service in (None, each.key.service)
        and args.region in (None, each.key.region)
        and needle in each.key.usage_type.casefold()
    ]
    sys.stdout.write(written(_difference(found, old, new, screen_of(args)), format_of(args)))
    return 0


def _difference(found: list[PriceChange], old: PriceBook, new: PriceBook, screen: Screen) -> KnownOutput:
    from cloudcost.render.listings.known import KnownOutput

    rows: list[list[Cell]] = [
        [
            each.change, each.key.service, each.key.region, each.key.usage_type, each.key.operation, each.key.purchase,
            _unit(each), _usd(each.before), _usd(each.after),
            None if each.ratio is None else round(each.ratio, 6), _seen(each.before), _seen(each.after),
        ]
        for each in found
    ]  # fmt: skip
    counts = ", ".join(
        f"{sum(each.change == change for each in found)} {change}" for change in ("added", "removed", "changed")
    )
    heads = ("change", "service", "region", "usage_type", "purchase", "before_usd", "after_usd")
    shown = {head: head.removesuffix("_usd").replace("_", " ") for head in heads}
    return KnownOutput(
        schema="cloudcost.price_changes/1",
        key="changes",
        heads=CHANGE_HEADS,
        rows=rows,
        shown=shown,
        right=frozenset({"before_usd", "after_usd"}),
        note=f"{old.name} to {new.name}: {counts}; USD per unit",
        above=("service", "region"),
        screen=screen,
    )


def _unit(change: PriceChange) -> str | None:
    return next((price.unit for price in (change.after, change.before) if price is not None), None)


def _usd(price: Price | None) -> str | None:
    from cloudcost.catalog.tables import tiers_text

    return None if price is None else tiers_text(price)


def _seen(price: Price | None) -> str | None:
    return None if price is None else price.as_of.isoformat()


def _run_check(args: argparse.Namespace) -> int:
    from cloudcost.catalog.books.book import book_names
    from cloudcost.render.listings.known import KnownOutput

    rows: list[list[Cell]] = []
    faults = 0
    for name in args.books or book_names():
        count, found = _checked(name)
        faults += len(found)
        rows += [[name, count, fault] for fault in found] or [[name, count, None]]
    shown = {"name": "book", "rows": "rows", "fault": "fault"}
    output = KnownOutput(
        schema="cloudcost.price_checks/1",
        key="checks",
        heads=CHECK_HEADS,
        rows=rows,
        shown=shown,
        right=frozenset({"rows"}),
        note="all is well" if not faults else f"{faults:,} faults",
        screen=screen_of(args),
    )
    sys.stdout.write(written(output, format_of(args)))
    return 2 if faults else 0


def _checked(name: str) -> tuple[int | None, list[str]]:
    """Return how many rows a book has of its own, and what is wrong with it."""
    from cloudcost.catalog.books.book import load_book
    from cloudcost.catalog.books.dated.rules import row_faults
    from cloudcost.catalog.books.dated.stored import JoinedLibrary
    from cloudcost.catalog.tables import sources
    from cloudcost.errors import CatalogError, InputError

    try:
        book = load_book(name)
    except InputError as error:
        return None, [str(error)]
    library = book.library
    known = library.sources if isinstance(library, JoinedLibrary) else sources()
    try:
        prices = list(_own_prices(book))
    except CatalogError as error:
        return None, [str(error)]
    return len(prices), list(row_faults(prices, sources=known, newest=book.as_of))


def _own_prices(book: PriceBook) -> Iterator[Price]:
    """Yield the rows of a book: of the user's only those that it holds itself."""
    from cloudcost.catalog.books.dated.stored import JoinedLibrary
    from cloudcost.catalog.tables import parse_price

    if isinstance(book.library, JoinedLibrary):
        yield from (parse_price(row) for rows in book.library.stored.places.values() for row in rows)
    else:
        yield from book.prices()
