"""Files of the provider into a dated book: read, joined to the user's book of before, written whole."""

from __future__ import annotations

import gc
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from cloudcost.catalog.books.dated.folder import user_books
from cloudcost.catalog.books.dated.in_force import open_stored
from cloudcost.catalog.books.dated.joined import joined
from cloudcost.catalog.books.dated.rules import OLDEST, UNITS
from cloudcost.catalog.books.dated.store import books_to_write, write_book
from cloudcost.catalog.books.dated.stored import StoredBook
from cloudcost.catalog.books.importing.assembled import assemble
from cloudcost.catalog.books.importing.offer_csv import kept_rows
from cloudcost.catalog.books.importing.offer_json import offer_rows_of
from cloudcost.catalog.books.importing.offer_table import table_of
from cloudcost.catalog.books.importing.offers import PLANS, OfferRow, offer_rules
from cloudcost.catalog.books.importing.packed import REMEDY, first_bytes
from cloudcost.catalog.books.importing.spot_feed import spot_prices
from cloudcost.catalog.tables import Row, parse_price, row_of
from cloudcost.domain.prices import Price, Source
from cloudcost.errors import InputError
from cloudcost.files.documents import document_text, read_document
from cloudcost.frozen import dataclass

JSON_REMEDY = "take the list as index.csv, which has the same rows"
UNDATED = "not stated, say with --seen-on DATE on which day it was fetched"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedFile:
    """What came of a file.

    Parameters
    ----------
    path : str
    offer, version : str
    published : date
    prices : tuple of Price
    source : Source
    left_out : mapping of str to int
        Why something was left out, and how much. [count]
    """

    path: str
    offer: str
    version: str
    published: date
    prices: tuple[Price, ...]
    source: Source
    left_out: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """What came of an import.

    Parameters
    ----------
    book : str
        Its name.
    is_new : bool
        False where the book before it holds all of this already.
    files : tuple of ImportedFile
    """

    book: str
    is_new: bool
    files: tuple[ImportedFile, ...]


def read_file(path: Path, *, seen_on: date | None = None) -> ImportedFile:
    """Return the prices of a file that the library prices.

    Parameters
    ----------
    path : Path
    seen_on : date, optional
        The day of a file that states none.

    Raises
    ------
    InputError
        When it is no price list, is damaged, is not in USD or holds nothing that is priced.
    """
    begin = first_bytes(path)
    if begin.startswith((b"callback", b"/*")):
        return _read_feed(path, seen_on)
    if begin[:1] in (b"{", b"["):
        head, found = offer_rows_of(read_document(path, remedy=JSON_REMEDY), str(path))
        rows: Iterable[OfferRow] = found
    else:
        table = table_of(path)
        head, rows = table.head, kept_rows(path, table)
    published = head.published or seen_on
    if published is None:
        raise InputError(f"{path}:Publication Date: {UNDATED}")
    if published < OLDEST:
        raise InputError(f"{path}:Publication Date: before there were prices, {published}, {REMEDY}")
    if head.offer and head.offer not in (PLANS, *offer_rules()):
        known = ", ".join(offer_rules())
        raise InputError(f"{path}:OfferCode: cloudcost prices nothing of {head.offer[:60]!r}, of {known}")
    source = _source(head.offer or "products", head.version, published)
    made = assemble(rows, where=str(path), published=published, source=source.key)
    return _imported(path, head.offer, head.version, published, made.prices, source, made.left_out)


def _imported(
    path: Path,
    offer: str,
    version: str,
    published: date,
    prices: tuple[Price, ...],
    source: Source,
    left_out: Mapping[str, int],
) -> ImportedFile:
    """Return what came of a file.

    Raises
    ------
    InputError
        When that is nothing.
    """
    if not prices:
        why = "; ".join(f"{count:,} x {reason}" for reason, count in left_out.items())
        raise InputError(
            f"{path}: nothing in it that cloudcost prices{f' ({why})' if why else ''}, choose another file"
        )
    return ImportedFile(
        path=str(path),
        offer=offer,
        version=version,
        published=published,
        prices=prices,
        source=source,
        left_out=left_out,
    )


def _read_feed(path: Path, seen_on: date | None) -> ImportedFile:
    if seen_on is None:
        raise InputError(f"{path}: a feed of spot prices, its day {UNDATED}")
    source = Source(
        key=f"spot-feed-{seen_on}",
        title=f"AWS's feed of spot prices, fetched on {seen_on}",
        url="https://spot-price.s3.amazonaws.com/spot.js",
        read_on=seen_on,
    )
    text = document_text(path, remedy=REMEDY)
    prices, left_out = spot_prices(text, where=str(path), seen_on=seen_on, source=source.key)
    return _imported(path, "spot feed", "", seen_on, prices, source, left_out)


def _source(offer: str, version: str, published: date) -> Source:
    stated = "".join(letter for letter in version if letter.isalnum())[:40] or published.isoformat()
    known = bool(version) and offer != PLANS  # lists of plans do not say of which region they are
    url = f"https://pricing.us-east-1.amazonaws.com/offers/v1.0/aws/{offer}/{stated}/index.csv" if known else ""
    return Source(
        key=f"list-{offer}-{stated}",
        title=f"AWS's price list of {offer}, version {stated}, published on {published}",
        url=url,
        read_on=published,
    )


def import_files(paths: Sequence[Path], *, seen_on: date | None = None) -> Import:
    """Read files and write a book of them; nothing is written where one of them is refused.

    Parameters
    ----------
    paths : sequence of Path
    seen_on : date, optional
        The day of files that state none.

    Returns
    -------
    Import
        Its book counts from the newest day that the files were published on, and holds what the user's book of before
        that day held.

    Raises
    ------
    InputError
        When a file is refused.
    OutputError
        When the book cannot be written; the books that are there stay.
    """
    with without_collector():
        return write_imported([read_file(path, seen_on=seen_on) for path in paths])


@contextmanager
def without_collector() -> Iterator[None]:
    """Let the collector rest: hundreds of thousands of values are made that are kept, and none is in a circle."""
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def write_imported(files: Sequence[ImportedFile]) -> Import:
    """Write a book of files that were read.

    Raises
    ------
    InputError
        When a price has a unit that no quantity has.
    OutputError
        When the book cannot be written; the books that are there stay.
    """
    _require_units(price for each in files for price in each.prices)
    day = max(each.published for each in files)
    with books_to_write() as folder:
        base = _base(day)
        before = {} if base is None else _prices(base.places)
        after = _merged(before, [price for each in files for price in each.prices])
        if base is not None and base.manifest.day == day and after == before:
            return Import(book=base.manifest.name, is_new=False, files=tuple(files))
        known = {**({} if base is None else base.sources), **{each.source.key: each.source for each in files}}
        rows = {place: [row_of(price) for price in prices] for place, prices in after.items()}
        used = {price.source for prices in after.values() for price in prices}
        kept = [source for key, source in sorted(known.items()) if key in used]
        return Import(book=write_book(folder, day, rows, kept), is_new=True, files=tuple(files))


def _base(day: date) -> StoredBook | None:
    """Return the user's book to add to: the newest up to the day that is whole."""
    for name in reversed(user_books()):
        if name.day <= day:
            try:
                return open_stored(str(name))
            except InputError:  # refused, and said by every verb
                continue
    return None


Places = dict[tuple[str, str], list[Price]]


def _prices(places: Mapping[tuple[str, str], Sequence[Row]]) -> Places:
    return {place: sorted(map(parse_price, rows), key=_order) for place, rows in places.items()}


def _merged(before: Places, added: Iterable[Price]) -> Places:
    keyed: dict[tuple[str, str, str, str], list[Price]] = defaultdict(list)
    for price in added:
        keyed[price.service, price.region, price.usage_type, price.purchase].append(price)
    found: dict[tuple[str, str, str, str], list[Price]] = defaultdict(list)
    for prices in before.values():
        for price in prices:
            found[price.service, price.region, price.usage_type, price.purchase].append(price)
    for key, prices in keyed.items():
        found[key] = list(joined(found[key], prices)) if found[key] or len(prices) > 1 else prices
    after: Places = defaultdict(list)
    for (service, region, *_), prices in found.items():
        after[service, region] += prices
    return {place: sorted(prices, key=_order) for place, prices in sorted(after.items())}


def _order(price: Price) -> tuple[str, str, str, date, date]:
    return price.usage_type, price.purchase, price.operation, price.first_day, price.as_of


def _require_units(prices: Iterable[Price]) -> None:
    """Refuse units that no quantity has; all else that the rules of a book ask holds by how prices are put together.

    Raises
    ------
    InputError
        With each unit that is not known.
    """
    strange = {price.unit: price for price in prices if price.unit not in UNITS}
    if strange:
        faults = (f"price list:{each.key}: no unit that cloudcost knows, {unit!r}" for unit, each in strange.items())
        raise InputError(*(f"{fault}, not imported" for fault in faults))
