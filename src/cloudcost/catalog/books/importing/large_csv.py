"""Large offer files through DuckDB: it parts the file among the processors and hands on the rows that may be kept."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, partial
from importlib.util import find_spec
from pathlib import Path

from cloudcost.catalog.books.importing.offer_table import OfferTable, row_places
from cloudcost.catalog.books.importing.offers import (
    LINUX,
    PREFIX,
    OfferRow,
    bare_type,
    known_types,
    offer_rules,
    rule_for,
)
from cloudcost.catalog.books.importing.packed import REMEDY, require_whole
from cloudcost.errors import InputError
from cloudcost.files.duck import duckdb_connection, quoted_path

MEMORY = "600MB"
"""For DuckDB; the rows that are kept take the rest of what an import may. """
AHEAD = "64MB"
"""Of rows that DuckDB may find while those before are made prices; it would stop at 1 MB. """
BATCH = 10_000
"""Rows at a time. [count]"""
_MAKE = partial(tuple.__new__, OfferRow)
"""What `OfferRow._make` does, in half the time."""


def has_duckdb() -> bool:
    """Return whether DuckDB is installed."""
    return find_spec("duckdb") is not None


def duckdb_rows(path: Path, table: OfferTable) -> Iterator[OfferRow]:
    """Yield the rows that may be kept, in no order.

    Raises
    ------
    InputError
        When the file is damaged or a row has too many or too few fields.
    """
    import duckdb

    require_whole(path)
    names = [f"c{at}" for at in range(table.width)]
    columns = "{" + ", ".join(f"'{name}': 'VARCHAR'" for name in names) + "}"
    packed = ", compression = 'gzip'" if _is_packed(path) else ""
    beside = {table.width: "'" + table.head.offer.replace("'", "''") + "'", table.width + 1: "''"}
    fields = ", ".join(beside.get(at) or f"coalesce(c{at}, '')" for at in row_places(table))
    query = (
        f"SELECT {fields} FROM read_csv({quoted_path(path)}, columns = {columns}, "
        f"skip = {table.skipped}, header = false, auto_detect = false, delim = ',', quote = '\"', escape = '\"', "
        f"strict_mode = true, null_padding = false{packed}) WHERE {_condition(table)}"
    )
    with duckdb_connection(MEMORY, "reading a large price list") as connection:
        connection.execute(f"SET streaming_buffer_size = '{AHEAD}'")
        try:
            found = connection.execute(query)
            while batch := found.fetchmany(BATCH):
                yield from (row for row in map(_MAKE, batch) if _is_kept(row.offer, row.usage_type))
        except duckdb.Error as error:
            said = re.sub(r"\s+", " ", str(error)).strip()
            line = re.search(r"[Ll]ine: (\d+)", said)
            place = f"{path}:{line[1]}" if line else f"{path}"
            raise InputError(f"{place}: not the rows of a price list, {_short(said)}, {REMEDY}") from None


def _short(said: str) -> str:
    return said.partition(" Possible")[0][:160].rstrip()


def _is_packed(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(2) == b"\x1f\x8b"


def _condition(table: OfferTable) -> str:
    """Return as SQL what the reader in Python asks of a row; the last word is its own.

    Notes
    -----
    Which machines are known is left to `_is_kept`: DuckDB makes a join of a long ``IN``, for which every row of the
    file is gone through, and nearly all machines of a list are known. `list_contains` is asked of few rows alone.
    """
    term, usage = (f"c{table.columns[name]}" for name in ("termtype", "usagetype"))
    linux = " AND ".join(
        f"c{table.columns[name]} = '{value}'" for name, value in LINUX.items() if name in table.columns
    )
    bare = f"regexp_replace({usage}, '{PREFIX}', '')"
    offers = [table.head.offer] if table.head.offer else list(offer_rules())
    kinds = [f"{linux} AND {usage} LIKE '%BoxUsage:%'"] if linux else []
    others = [f"{term} = 'OnDemand' AND ({_others(offer, usage, bare)})" for offer in offers]
    return f"{term} IN ('OnDemand', 'Reserved') AND ({' OR '.join(f'({each})' for each in [*kinds, *others])})"


@cache
def _is_kept(offer: str, usage_type: str) -> bool:
    return rule_for(offer, bare_type(usage_type)) is not None


def _others(offer: str, usage: str, bare: str) -> str:
    rules = offer_rules().get(offer, ())
    if any(rule.whole for rule in rules):
        return "true"
    parts = {name for rule in rules for name in known_types(rule.service) if not name.startswith("BoxUsage:")}
    listed = "[" + ", ".join("'" + name.replace("'", "''") + "'" for name in sorted(parts)) + "]::VARCHAR[]"
    said = f"list_contains({listed}, {bare}) OR list_contains({listed}, {usage})"
    if offer == "AWSDataTransfer":
        said += f" OR {usage} LIKE '%-AWS-%-Bytes'"
    if offer == "AmazonSageMaker":
        said += f" OR {usage} LIKE '%ml.%'"
    return f"{usage} NOT LIKE '%BoxUsage:%' AND ({said})"
