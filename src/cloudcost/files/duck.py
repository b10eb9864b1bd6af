"""A connection to DuckDB for files larger than memory; what is asked of them is for their own readers to say."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from cloudcost.errors import MissingExtraError

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


@contextmanager
def duckdb_connection(memory: str, purpose: str) -> Iterator[DuckDBPyConnection]:
    """Give a connection that holds its memory within bounds, writes what is over into a folder that goes with it, and
    loads nothing from the network.

    Parameters
    ----------
    memory : str
        At most, as DuckDB writes it.
    purpose : str
        What it is for, where it is not installed.

    Raises
    ------
    MissingExtraError
        When DuckDB is not installed.
    """
    try:
        import duckdb
    except ImportError:
        raise MissingExtraError("data", purpose) from None
    with tempfile.TemporaryDirectory(prefix="cloudcost-duckdb-") as folder:
        config: dict[str, str | bool | int | float | list[str]] = {
            "memory_limit": memory,
            "temp_directory": folder,
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
        }
        with duckdb.connect(config=config) as connection:
            connection.execute("SET preserve_insertion_order = false")
            connection.execute("SET enable_progress_bar = false")  # it would be on stdout, which is for data
            yield connection


def quoted_path(path: Path) -> str:
    """Return a path as a text of SQL.

    Examples
    --------
    >>> quoted_path(Path("it's.csv"))
    "'it''s.csv'"
    """
    return "'" + str(path).replace("'", "''") + "'"
