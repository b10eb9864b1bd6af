"""Where in an offer file of AWS, as CSV, what stands: some rows on the file itself, then a header.

Columns are found by their names, since each service has its own.
"""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

from cloudcost.catalog.books.importing.offers import LINUX, OfferHead, column_name
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


def row_places(table: OfferTable) -> tuple[int, ...]:
    """Return where the fields of an `OfferRow` stand in a row; after its columns stand the file's offer and nothing."""
    names = (
        "ratecode", "servicecode", "locationtype", "platoinstancetype", "regioncode", "location", "usagetype",
        "operation", "termtype", "leasecontractlength", "purchaseoption", "offeringclass", "unit", "startingrange",
        "endingrange", "effectivedate", "currency", "sku", "priceperunit", "pricedescription",
    )  # fmt: skip
    places = {**table.columns}
    if "ratecode" not in places:
        places["ratecode"] = places["sku"]
    if table.head.offer:
        places["servicecode"] = table.width
    return tuple(places.get(name, table.width + 1) for name in names)
