"""The rows of AWS's offer files as CSV: a row for each price, tier and term.

Large files go through DuckDB where that is installed, others, and all where it is not, through Python; both give the
same rows.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from operator import itemgetter
from pathlib import Path

from cloudcost.catalog.books.importing.offer_table import OfferTable, row_places
from cloudcost.catalog.books.importing.offers import LINUX, OfferRow, bare_type, rule_for
from cloudcost.catalog.books.importing.packed import REMEDY, text_lines
from cloudcost.errors import InputError

LARGE = 32 * 2**20
"""From here on DuckDB reads a file. [bytes]"""


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
