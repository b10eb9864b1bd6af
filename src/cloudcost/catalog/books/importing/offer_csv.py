"""AWS's offer files as CSV: some rows on the file itself, a header, then a row for each price, tier and term.

Columns are found by their names, since each service has its own. Large files go through DuckDB where that is installed,
others, and all where it is not, through Python; both give the same rows.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from datetime import date
from operator import itemgetter
from pathlib import Path

from cloudcost.catalog.books.importing.offers import LINUX, OfferHead, OfferRow, bare_type, column_name, rule_for
from cloudcost.catalog.books.importing.packed import REMEDY, text_lines
from cloudcost.errors import InputError
from cloudcost.frozen import dataclass

MOST_HEAD = 20
"""Rows before the header: 5, and `sep=,` in older files. [count]"""
NEEDED = (
    "sku", "termtype", "unit", "priceperunit", "currency", "startingrange", "endingrange", "effectivedate",
    "usagetype", "operation",
)  # fmt: skip
OPTIONAL = (
    "ratecode", "servicecode", "location", "locationtype", "regioncode", "leasecontractlength", "purchaseoption",
    "offeringclass", "pricedescription", "platoinstancetype", *LINUX,
)  # fmt: skip
LARGE = 32 * 2**20
"""From here on DuckDB reads a file. [bytes]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferTable:
    """Where in a CSV what stands.

    Parameters
    ----------
    head : OfferHead
    columns : mapping of str to int
        Places by the names of `column_name`.
    width : int
        Columns of each row. [count]
    skipped : int
        Lines before the first row. [count]
    """

    head: OfferHead
    columns: dict[str, int]
    width: int
    skipped: int


def is_offer_csv(first: str) -> bool:
    """Return whether a text begins as an offer file."""
    return any("SKU" in line and "PricePerUnit" in line for line in first.splitlines()[:MOST_HEAD])


def table_of(path: Path) -> OfferTable:
    """Return where what stands in an offer file.

    Raises
    ------
    InputError
        When it has no header or a column is missing.
    """
    said: dict[str, str] = {}
    number = 0
    lines = text_lines(path)
    try:
        for number, row in enumerate(csv.reader(lines, strict=True), start=1):
            names = [column_name(cell) for cell in row]
            if "sku" in names and "termtype" in names:
                return _table(path, said, names, number)
            if len(row) >= 2:
                said[names[0]] = row[1].strip()
            if number > MOST_HEAD:
                break
    except csv.Error as error:
        raise InputError(f"{path}:{number + 1}: no CSV, {error}, {REMEDY}") from None
    finally:
        lines.close()  # type: ignore[attr-defined]
    raise InputError(
        f"{path}: no price list, its first {MOST_HEAD} rows have no header with SKU and TermType, {REMEDY}"
    )


def _table(path: Path, said: dict[str, str], names: list[str], number: int) -> OfferTable:
    missing = [name for name in NEEDED if name not in names]
    if missing:
        raise InputError(
            f"{path}:{number}: no column {', '.join(missing)}, of {len(names)} columns, cloudcost does not know this "
            "form of a price list"
        )
    published = said.get("publicationdate", "")[:10]
    try:
        day = date.fromisoformat(published) if published else None
    except ValueError:
        raise InputError(f"{path}:Publication Date: no day, {published!r}, {REMEDY}") from None
    head = OfferHead(offer=said.get("offercode", ""), version=said.get("version", ""), published=day)
    places = {name: names.index(name) for name in (*NEEDED, *OPTIONAL) if name in names}
    return OfferTable(head=head, columns=places, width=len(names), skipped=number)


def kept_rows(path: Path, table: OfferTable) -> Iterator[OfferRow]:
    """Yield the rows that may be kept, in no order.

    Raises
    ------
    InputError
        When a row has too many or too few fields, or the file cannot be read to its end.
    """
    if path.stat().st_size >= LARGE:
        from cloudcost.catalog.books.importing.large_csv import duckdb_rows, has_duckdb

        if has_duckdb():
            yield from duckdb_rows(path, table)
            return
    fields = itemgetter(*row_places(table))
    wanted = _filter(table)
    lines = text_lines(path)
    number = table.skipped
    reader = csv.reader(lines, strict=True)
    try:
        for number, row in enumerate(reader, start=1):
            if number <= table.skipped or not row:
                continue
            if len(row) != table.width:
                raise InputError(f"{path}:{number}: {len(row)} fields instead of {table.width}, {REMEDY}")
            if wanted(row):
                row.append(table.head.offer)
                row.append("")
                yield OfferRow._make(fields(row))
    except csv.Error as error:
        raise InputError(f"{path}:{number + 1}: no CSV, {error}, {REMEDY}") from None


def _filter(table: OfferTable) -> Callable[[list[str]], bool]:
    """Return what tells which rows are of terms and usage types that are kept."""
    places = table.columns
    term, usage = places["termtype"], places["usagetype"]
    service = places.get("servicecode")
    linux = [(places[name], value) for name, value in LINUX.items() if name in places]
    offer = table.head.offer

    def wanted(row: list[str]) -> bool:
        if row[term] not in ("OnDemand", "Reserved"):
            return False
        bare = bare_type(row[usage])
        if rule_for(offer or (row[service] if service is not None else ""), bare) is None:
            return False
        return not bare.startswith("BoxUsage:") or all(row[at] == value for at, value in linux)

    return wanted


def row_places(table: OfferTable) -> tuple[int, ...]:
    """Return where the fields of an `OfferRow` stand in a row; after its columns stand the file's offer and nothing."""
    names = (
        "ratecode", "servicecode", "sku", "termtype", "unit", "priceperunit", "currency", "startingrange",
        "endingrange", "effectivedate", "usagetype", "operation", "location", "regioncode", "locationtype",
        "leasecontractlength", "purchaseoption", "offeringclass", "pricedescription", "platoinstancetype",
    )  # fmt: skip
    places = {**table.columns}
    if "ratecode" not in places:
        places["ratecode"] = places["sku"]
    if table.head.offer:
        places["servicecode"] = table.width
    return tuple(places.get(name, table.width + 1) for name in names)
