"""Rows of a bill that differ in amounts alone, summed exactly: by DuckDB, out of core, for files that are large.

What it gives is what `groups` gives. It reads only what is plain: a file in which any row or number is not as it
should be is left to `groups`, which counts and names such rows.

Notes
-----
DuckDB rounds what has more decimals than a type without a word, and sums doubles inexactly. So a cell is summed as a
decimal only where its text shows that all its digits fit; other cells come back as they are and are summed here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from cloudcost.bills.groups import MOST_GROUPS, RowGroup, TooManyError, day_of
from cloudcost.bills.kinds import ReadPlan
from cloudcost.errors import InputError
from cloudcost.files.duck import duckdb_connection, quoted_path

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_PLACES = 24
"""Decimals of a number that is summed at once; 14 digits stand before the point. [count]"""
_LONGEST = 19
"""Characters of such a number: with an exponent of one digit it has no more than `_PLACES` decimals. [count]"""
_LONGEST_CELL, _SMALLEST, _LARGEST = 60, 40, 15
"""Characters of a number that is none of a bill, and powers of ten, a little within `cells.amount`'s. [count]"""
_SAME_DAY = "+"
"""Stands for an end in the day of the beginning, or at its end."""
_MEMORY = "500MB"
_LARGEST_LINE = 4 << 20
"""[bytes]"""
_NOTHING = "('', 'NULL', 'null', 'None', 'nan', 'NaN')"


class NotPlainError(Exception):
    """The file has something that only the row by row reader can tell of."""


def connected() -> AbstractContextManager[DuckDBPyConnection]:
    """Return a connection to DuckDB, as `duckdb_connection` does."""
    return duckdb_connection(_MEMORY, "reading Parquet")


def csv_source(path: Path, width: int) -> str:
    """Return the SQL of a CSV file's rows as texts, columns c0, c1 ..."""
    columns = ", ".join(f"'c{number}': 'VARCHAR'" for number in range(width))
    return (
        f"read_csv({quoted_path(path)}, columns = {{{columns}}}, auto_detect = false, header = true, delim = ',', "
        f"quote = '\"', escape = '\"', strict_mode = true, null_padding = false, compression = 'none', "
        f"max_line_size = {_LARGEST_LINE})"
    )


def parquet_header(connection: DuckDBPyConnection, path: Path, name: str) -> list[tuple[str, str]]:
    """Return name and type of a Parquet file's columns.

    Raises
    ------
    InputError
        When it is no Parquet file.
    """
    import duckdb

    try:
        found = connection.execute(f"DESCRIBE SELECT * FROM read_parquet({quoted_path(path)})").fetchall()
    except duckdb.Error as error:
        raise InputError(f"{name}: damaged or no Parquet, {_reason(error)}, download it again") from None
    return [(str(each[0]), str(each[1])) for each in found]


def parquet_source(path: Path, header: Sequence[tuple[str, str]], doubles: Collection[int] = ()) -> str:
    """Return the SQL of a Parquet file's rows as texts, columns c0, c1 ...: maps as JSON, doubles at their shortest.

    The columns with the numbers of `doubles` stay as they are.
    """
    texts = ", ".join(
        f"{_column(name) if number in doubles else _as_text(name, kind)} AS c{number}"
        for number, (name, kind) in enumerate(header)
    )
    return f"(SELECT {texts} FROM read_parquet({quoted_path(path)}))"


def _column(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _as_text(name: str, kind: str) -> str:
    column = _column(name)
    if kind == "TIMESTAMP WITH TIME ZONE":
        column = f"make_timestamp(epoch_us({column}))"  # UTC, whatever zone this machine is in
    if kind.startswith(("MAP", "STRUCT")) or kind.endswith("[]"):
        return f"CAST(to_json({column}) AS VARCHAR)"
    return column if kind == "VARCHAR" else f"CAST({column} AS VARCHAR)"


def groups_of_csv(connection: DuckDBPyConnection, path: Path, plan: ReadPlan) -> list[RowGroup]:
    """Return the groups of a CSV file's rows, by time.

    Raises
    ------
    NotPlainError
        When a row or a number is not as it should be.
    """
    source = csv_source(path, plan.width)
    return _first_that_can(connection, plan, _query(source, plan), _query(source, plan, every_cell=True))


def groups_of_parquet(
    connection: DuckDBPyConnection, path: Path, header: Sequence[tuple[str, str]], plan: ReadPlan
) -> list[RowGroup]:
    """Return the groups of a Parquet file's rows, by time.

    Raises
    ------
    NotPlainError
        When a row or a number is not as it should be.
    """
    doubles = frozenset(number for _, number in plan.amounts if header[number][1] == "DOUBLE")
    typed = _query(parquet_source(path, header, doubles), plan, doubles=doubles)
    return _first_that_can(connection, plan, typed, _query(parquet_source(path, header), plan, every_cell=True))


def _first_that_can(connection: DuckDBPyConnection, plan: ReadPlan, quick: str, thorough: str) -> list[RowGroup]:
    try:
        return _groups(connection, quick, plan)
    except NotPlainError:  # cells without a number among others, or what stands for nothing written out
        return _groups(connection, thorough, plan)


def _groups(connection: DuckDBPyConnection, query: str, plan: ReadPlan) -> list[RowGroup]:
    import duckdb

    groups = []
    amounts, texts = 3 * len(plan.amounts), len(plan.texts)
    try:
        rows = connection.execute(query).fetchmany(MOST_GROUPS + 1)
        if len(rows) > MOST_GROUPS:
            raise TooManyError
        for row in rows:
            count, sums = row[-amounts - 1], row[-amounts:]
            totals = tuple([_sum(sums[at], sums[at + 1], sums[at + 2], count) for at in range(0, amounts, 3)])
            if all(totals[each] is None for each in plan.cost):
                raise NotPlainError
            keys = tuple(["" if each is None else each for each in row[: -amounts - 5]])
            told = (*keys[:texts], *_time(keys[texts:], row[-amounts - 5 : -amounts - 1]))
            groups.append(RowGroup(texts=told, sums=totals, count=count, first=0))
    except duckdb.Error:
        raise NotPlainError from None
    return groups


def _time(keys: tuple[str, ...], spans: Sequence[str | None]) -> tuple[str, str]:
    """Return begin and end of a group, as `groups.day_of` tells them of each of its rows.

    Raises
    ------
    NotPlainError
        When hours of a day and longer times are in one group.
    """
    if len(keys) == 2:
        begin, end = keys
        return (begin, _next_day(begin)) if end == _SAME_DAY else (begin, end)
    first, last, soonest, latest = ["" if each is None else each for each in spans]
    [day] = keys
    if len(day) == len(soonest[:10]) == 10 and day <= soonest[:10] and latest[:10] <= _next_day(day):
        return day, _next_day(day)
    if first == last and soonest == latest:
        return day_of(first, latest)
    raise NotPlainError


@cache
def _next_day(day: str) -> str:
    try:
        return (date.fromisoformat(day) + timedelta(days=1)).isoformat()
    except (ValueError, OverflowError):
        raise NotPlainError from None


def _sum(summed: Decimal | None, there: int, left: list[str] | list[float] | None, count: int) -> Decimal | None:
    """Return the sum of what was summed and of the texts that were left, or None where there was nothing."""
    if not there:
        return None
    if there != count:
        raise NotPlainError
    total = Decimal(0) if summed is None else summed
    if not left:
        return total
    texts = [each if isinstance(each, str) else repr(each) for each in left]
    try:
        values = list(map(Decimal, texts))
    except InvalidOperation:
        raise NotPlainError from None
    if not all(map(_is_plain, values)) or not "".join(texts).isascii() or max(map(len, texts)) > _LONGEST_CELL:
        raise NotPlainError
    return sum(values, total)


def _is_plain(value: Decimal) -> bool:
    """Return whether `cells.amount` would take a number for one of a bill."""
    return value.is_finite() and (not value or -_SMALLEST <= value.adjusted() < _LARGEST)


def _query(source: str, plan: ReadPlan, *, every_cell: bool = False, doubles: Collection[int] = ()) -> str:
    """Return the SQL: texts, begin, end, count, and of each number its sum, its cells, the rest.

    With `every_cell` what stands for nothing is taken for it, and rows are apart that have other numbers.
    """
    numbers = range(len(plan.amounts))
    cells = [f"c{number}" for _, number in plan.amounts]
    if every_cell:
        cells = [f"CASE WHEN trim({each}) NOT IN {_NOTHING} THEN {each} END" for each in cells]
    begin = "''" if plan.begin is None else f"c{plan.begin}"
    end = "''" if plan.end is None else f"c{plan.end}"
    keys = [f"c{number}" for _, number in plan.texts]
    if not plan.by_day:
        keys += [begin, end]
    elif every_cell:
        keys += _by_day(begin, end)
    else:
        keys.append(f"substr({begin}, 1, 10)")
    there = " + ".join(f"CAST(t{each} IS NOT NULL AS INTEGER) * {1 << each}" for each in numbers) or "0"
    names = ", ".join([f"k{number}" for number in range(len(keys))])
    named = [f"{each} AS k{number}" for number, each in enumerate(keys)]
    taken = ", ".join(
        [*named, f"{begin} AS b", f"{end} AS e", *(f"{each} AS t{number}" for number, each in enumerate(cells))]
    )
    exactly = [_exact_double if number in doubles else _exact for _, number in plan.amounts]
    summed = ", ".join(f"{exactly[each](f't{each}')} AS p{each}" for each in numbers)
    exact = f"SELECT *, {summed} FROM (SELECT {taken} FROM {source})"
    sums = [
        f"sum(p{each}), count(t{each}), list(t{each}) FILTER (WHERE t{each} IS NOT NULL AND p{each} IS NULL)"
        for each in numbers
    ]
    apart = f", {there}" if every_cell else ""
    asked = ", ".join([names, "min(b)", "max(b)", "min(e)", "max(e)", "count(*)", *sums])
    time = [f"k{number}" for number in range(len(plan.texts), len(keys))]
    order = ", ".join([*time, names, *(f"count(t{each})" for each in numbers)])
    return f"SELECT {asked} FROM ({exact}) GROUP BY {names}{apart} ORDER BY {order}"


def _by_day(begin: str, end: str) -> tuple[str, str]:
    """Return the SQL of the day of short times, as `groups.day_of` tells it, and of longer ones as they are."""
    day, last = f"substr({begin}, 1, 10)", f"substr({end}, 1, 10)"
    next_day = f"COALESCE(TRY_CAST({last} AS DATE) - TRY_CAST({day} AS DATE) BETWEEN 0 AND 1, false)"
    short = f"CASE WHEN {day} = {last} AND substr({day}, 5, 1) = '-' THEN true ELSE {next_day} END"
    return f"CASE WHEN {short} THEN {day} ELSE {begin} END", f"CASE WHEN {short} THEN '{_SAME_DAY}' ELSE {end} END"


def _exact(text: str) -> str:
    """Return the SQL of a number all digits of which fit, by what its text shows; NULL for any other text."""
    number = f"TRY_CAST({text} AS DECIMAL(38, {_PLACES}))"
    one_digit = f"substr({text}, -2, 1) = '-' OR substr({text}, -3, 2) = '-0'"
    return (
        f"CASE WHEN strlen({text}) > {_LONGEST} THEN NULL WHEN NOT contains({text}, '-') THEN {number} "
        f"WHEN {one_digit} OR NOT contains(substr({text}, 2), '-') THEN {number} END"
    )


def _exact_double(number: str) -> str:
    """Return the SQL of a double's shortest decimal, where it has 15 digits at most and 12 of them decimals; else NULL.

    A decimal of 15 digits that becomes the double is its shortest one: no two of that length become the same double.
    """
    rounded = f"CAST({number} AS DECIMAL(18, 12))"
    return f"CASE WHEN abs({number}) < 1000 AND CAST({rounded} AS DOUBLE) = {number} THEN {rounded} END"


def rows_of(connection: DuckDBPyConnection, source: str, width: int, name: str) -> Iterator[list[str]]:
    """Yield all rows as texts, for what only the row by row reader can tell of.

    Raises
    ------
    InputError
        When the file is damaged.
    """
    import duckdb

    connection.execute("SET preserve_insertion_order = true")
    try:
        reader = connection.execute(f"SELECT {', '.join(f'c{number}' for number in range(width))} FROM {source}")
        while batch := reader.fetchmany(2000):
            for row in batch:
                yield [each or "" for each in row]
    except duckdb.Error as error:
        raise InputError(f"{name}: damaged, {_reason(error)}, download it again") from None


def _reason(error: Exception) -> str:
    return " ".join(str(error).split())[:120]
