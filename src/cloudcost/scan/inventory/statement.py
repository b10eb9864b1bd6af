"""The one statement that sums up an inventory by class, size and age, for DuckDB, Athena and Trino, or Spark.

It asks for each class of objects that are alike: how many, and their bytes. The day of an object is that of the next
midnight, UTC, as lifecycle rules look; S3 dates objects to the second, so a second less than a day is added. A version
is noncurrent from the moment on at which the next newer one of its key was made.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal, assert_never, get_args

from cloudcost.errors import InputError
from cloudcost.scan.cells import EDGES, MOST_NEWER

Dialect = Literal["duckdb", "athena", "trino", "spark"]
DIALECTS: tuple[Dialect, ...] = get_args(Dialect)
COLUMNS = ("storage_class", "size_class", "day", "noncurrent_day", "newer_versions", "delete_marker", "count",
           "size_bytes")  # fmt: skip
"""Of the answer."""
_TABLE = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*){0,2}")


def statement(dialect: Dialect, *, table: str, prefix: str = "", versions: bool = True) -> str:
    """Return the statement, with a line feed at its end.

    Parameters
    ----------
    dialect : {"duckdb", "athena", "trino", "spark"}
    table : str
        With the columns of an inventory, named as AWS names them for Athena: ``last_modified_date``, ``is_latest`` ...
    prefix : str
        Only keys that begin so count.
    versions : bool
        Whether the inventory lists all versions; with current ones alone it has no columns of versions.

    Raises
    ------
    InputError
        When the table's name is none.
    """
    if not _TABLE.fullmatch(table):
        raise InputError(f"--table: no name of a table, {table!r}, write database.table")
    text = _text_type(dialect)
    rows = [
        "key",
        f"COALESCE(NULLIF(CAST(storage_class AS {text}), ''), 'STANDARD') AS storage_class",
        f"COALESCE(CAST(NULLIF(CAST(size AS {text}), '') AS BIGINT), 0) AS size",
        f"{moment_of('last_modified_date', text)} AS made",
        *(
            ["CAST(is_latest AS BOOLEAN) AS latest", "CAST(is_delete_marker AS BOOLEAN) AS marker"]
            if versions
            else ["TRUE AS latest", "FALSE AS marker"]
        ),
    ]
    where = f"\n  WHERE {prefix_filter(prefix)}" if prefix else ""
    listed = "SELECT\n    " + ",\n    ".join(rows) + f"\n  FROM {table}{where}"
    return _summed(listed, text, versions=versions) + "\n"


def _summed(listed: str, text: str, *, versions: bool) -> str:
    order = "PARTITION BY key ORDER BY latest DESC, made DESC"
    newer = "SUM(CASE WHEN latest OR marker THEN 0 ELSE 1 END) OVER"
    since = f"LAG(made) OVER ({order})" if versions else "made"
    above = (
        f"COALESCE({newer} (\n      {order} ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING\n    ), 0)"
        if versions
        else "0"
    )
    return f"""WITH listed AS (
  {listed}
), followed AS (
  SELECT
    storage_class, size, made, latest, marker,
    {since} AS since,
    {above} AS above
  FROM listed
), classed AS (
  SELECT
    storage_class,
    {size_class("size")} AS size_class,
    CAST({day_of("made")} AS {text}) AS day,
    CASE WHEN latest OR marker THEN NULL ELSE CAST({day_of("COALESCE(since, made)")} AS {text}) END AS noncurrent_day,
    CASE WHEN latest OR marker THEN 0 WHEN above > {MOST_NEWER} THEN {MOST_NEWER} ELSE above END AS newer_versions,
    marker AS delete_marker,
    size
  FROM followed
)
SELECT
  storage_class, size_class, day, noncurrent_day, newer_versions, delete_marker,
  COUNT(*) AS count, SUM(size) AS size_bytes
FROM classed
GROUP BY storage_class, size_class, day, noncurrent_day, newer_versions, delete_marker
ORDER BY storage_class, size_class, day, noncurrent_day, newer_versions, delete_marker"""


def _text_type(dialect: Dialect) -> str:
    match dialect:
        case "duckdb" | "athena" | "trino":
            return "VARCHAR"
        case "spark":
            return "STRING"
        case _:
            assert_never(dialect)


def moment_of(column: str, text: str) -> str:
    """Return the SQL of a moment to the second, of a column of texts such as 2026-11-22T10:30:00.000Z, or of times.

    A time is written out and read again: engines have sorts of times that do not add up with each other.
    """
    return f"CAST(REPLACE(SUBSTR(CAST({column} AS {text}), 1, 19), 'T', ' ') AS TIMESTAMP)"


def day_of(moment: str) -> str:
    """Return the SQL of the day at whose begin a moment is past."""
    return f"CAST({moment} + INTERVAL '86399' SECOND AS DATE)"


def size_class(size: str, edges: Sequence[int] = EDGES) -> str:
    """Return the SQL of the size class of a size."""
    steps = " ".join(f"WHEN {size} < {edge} THEN {number}" for number, edge in enumerate(edges))
    return f"CASE {steps} ELSE {len(edges)} END"


def prefix_filter(prefix: str) -> str:
    """Return the SQL of a key's beginning."""
    quoted = prefix.replace("'", "''")
    return f"SUBSTR(key, 1, {len(prefix)}) = '{quoted}'"
