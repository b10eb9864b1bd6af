"""An inventory summed up by DuckDB, out of core: one pass over all rows, and a second over keys that have old versions.

The pass over all rows reads no keys: grouped by class, size, day and what sort of row it is, ten million become some
thousand. Since when a version is noncurrent stands in the row of its successor; only keys with such rows are sorted.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from cloudcost.errors import InputError
from cloudcost.files.duck import duckdb_connection, quoted_path
from cloudcost.scan.content import Scan
from cloudcost.scan.inventory.manifest import Inventory, read_manifest, require_columns
from cloudcost.scan.inventory.result import result_scan, sum_up
from cloudcost.scan.inventory.statement import day_of, moment_of, prefix_filter, size_class, statement

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MEMORY = "1GB"
"""Within which DuckDB stays; beyond, it writes into a folder that goes with it."""


def scan_inventory(path: Path, *, prefix: str = "", most: int) -> Scan:
    """Return what an inventory lists.

    Parameters
    ----------
    path : Path
        Its manifest, or the folder of it.
    prefix : str
        Only keys that begin so count.
    most : int
        Classes of objects in the result. [count]

    Raises
    ------
    InputError
        When it is none, is of ORC files, lacks a field, or a file is not whole.
    MissingExtraError
        When DuckDB is not installed.
    """
    inventory = read_manifest(path)
    with connected() as connection:
        import duckdb

        try:
            rows = _rows(connection, inventory, path, prefix)
        except duckdb.Error as error:
            words = " ".join(str(error).split())[:300]
            raise InputError(f"{path}: an inventory that cannot be read, {words}, copy it again") from None
    cells, markers = sum_up(rows, inventory.on, place=str(path))
    return result_scan(f"{path}, inventory of {inventory.bucket}", inventory.on, cells, markers, most)


def _rows(connection: DuckDBPyConnection, inventory: Inventory, path: Path, prefix: str) -> list[Sequence[object]]:
    """Return the rows of the statement's answer."""
    names = _define(connection, inventory)
    require_columns(path, names)
    if prefix and inventory.form == "CSV":
        prefix = _encoded(prefix)
    versions = "is_latest" in names
    found = _fetched(connection, _first_pass(inventory.form, prefix=prefix, versions=versions))
    if all(_is_true(row[3]) or _is_true(row[5]) for row in found):
        return [(*row[:3], None, *row[4:]) for row in found]
    # the keys that have old versions, once more, each with what came on top of it
    connection.execute(
        "CREATE TEMP VIEW followed AS SELECT * FROM inventory SEMI JOIN "
        "(SELECT DISTINCT key FROM inventory WHERE NOT CAST(is_latest AS BOOLEAN)) AS old USING (key)"
    )
    old = _fetched(connection, statement("duckdb", table="followed", prefix=prefix))
    current = [(*row[:3], None, *row[4:]) for row in found if _is_true(row[3]) or _is_true(row[5])]
    return [*current, *(row for row in old if row[3] is not None)]


def _is_true(cell: object) -> bool:
    return str(cell).lower() == "true"


def _fetched(connection: DuckDBPyConnection, sql: str) -> list[Sequence[object]]:
    return list(connection.execute(sql).fetchall())


def _first_pass(form: Literal["CSV", "Parquet"], *, prefix: str, versions: bool) -> str:
    """Return the SQL of the pass over all rows: the statement's columns, with whether it is the latest for the fourth.

    Columns are grouped as they are, numbers and times of Parquet above all: what is made of each row costs more than
    reading it.
    """
    size, moment = "size", "last_modified_date"
    if form == "CSV":
        size, moment = "CAST(NULLIF(size, '') AS BIGINT)", moment_of(moment, "VARCHAR")
    sort = "is_latest, 0, is_delete_marker" if versions else "TRUE, 0, FALSE"
    where = f" WHERE {prefix_filter(prefix)}" if prefix else ""
    return (
        f"SELECT COALESCE(NULLIF(storage_class, ''), 'STANDARD'), {size_class('bytes')}, {day_of('made')}, {sort}, "
        f"COUNT(*), SUM(bytes) FROM (SELECT *, COALESCE({size}, 0) AS bytes, {moment} AS made FROM inventory{where}) "
        "GROUP BY ALL"
    )


def _encoded(prefix: str) -> str:
    """Return a prefix as keys in CSV files have it."""
    from urllib.parse import quote_plus

    return quote_plus(prefix, safe="/-_.*")


def _define(connection: DuckDBPyConnection, inventory: Inventory) -> tuple[str, ...]:
    """Make the view ``inventory`` of the files; return its columns."""
    files = "[" + ", ".join(quoted_path(path) for path in inventory.files) + "]"
    if inventory.form == "CSV":
        columns = ", ".join(f"'{name}': 'VARCHAR'" for name in inventory.columns)
        source = (
            f"read_csv({files}, columns = {{{columns}}}, auto_detect = false, header = false, delim = ',', "
            "quote = '\"', escape = '\"')"
        )
    else:
        source = f"read_parquet({files})"
        kinds = dict(connection.execute(f"SELECT column_name, column_type FROM (DESCRIBE FROM {source})").fetchall())
        if kinds.get("last_modified_date") == "TIMESTAMP WITH TIME ZONE":  # UTC, whatever zone this machine is in
            moment = "make_timestamp(epoch_us(last_modified_date)) AS last_modified_date"
            source = f"(SELECT * REPLACE ({moment}) FROM {source})"
    connection.execute(f"CREATE VIEW inventory AS SELECT * FROM {source}")
    return tuple(str(row[0]) for row in connection.execute("DESCRIBE inventory").fetchall())


def connected() -> AbstractContextManager[DuckDBPyConnection]:
    """Return a connection to DuckDB, as `duckdb_connection` does."""
    return duckdb_connection(MEMORY, "reading an inventory")
