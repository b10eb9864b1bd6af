"""Cells of a bill as text -> amounts, instants, names: tolerant of the quirks of real reports, exact in money."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from cloudcost.catalog.books.usage_types import place_usage
from cloudcost.frozen import dataclass

_NOTHING = frozenset({"", "NULL", "null", "None", "nan", "NaN"})
"""What reports write where there is nothing."""
_INSTANT = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2})?)(?:\.\d+)?)?(?:Z| ?UTC|\+00(?::?00)?)?")
_LONGEST = 60
"""Characters of an amount. [count]"""
_DIGITS = 15
_LARGEST = Decimal(10) ** _DIGITS
"""Of an amount or a quantity of one line: more is no bill."""

TAG = "tag:"
"""What the name of a cell begins with that holds the value of one tag."""

Row = Mapping[str, str]
"""A row of a bill: column to cell, blanks taken off, what stands for nothing as an empty text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LineCosts:
    """The numbers of a line, as in `BillLine`."""

    billed_usd: Decimal
    amortized_usd: Decimal | None = None
    net_usd: Decimal | None = None
    list_usd: Decimal | None = None
    quantity: Decimal | None = None


Numbers = Mapping[str, Decimal | None]
"""Numbers of a row or a sum of rows: column to number, None where the cell is empty."""


def cell(text: str) -> str:
    """Return a cell without blanks around it; what reports write for nothing is empty.

    Examples
    --------
    >>> cell(" NULL "), cell("AmazonS3 ")
    ('', 'AmazonS3')
    """
    plain = text.strip()
    return "" if plain in _NOTHING else plain


def first(row: Row, *columns: str) -> str:
    """Return the first cell of these columns that has something in it."""
    return next((row[column] for column in columns if row.get(column)), "")


def amount(text: str) -> Decimal | None:
    """Return an exact decimal, E-notation too, or None for an empty cell.

    Raises
    ------
    ValueError
        For what is no finite number, or none of a bill.

    Examples
    --------
    >>> amount("1.81E-8"), amount("-50"), amount("")
    (Decimal('1.81E-8'), Decimal('-50'), None)
    """
    if not text:
        return None
    try:
        value = Decimal(text) if len(text) <= _LONGEST and text.isascii() else Decimal("NaN")
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or (value and not -40 <= value.adjusted() <= _DIGITS) or value.copy_abs() > _LARGEST:
        raise ValueError(f"not an amount, {text[:40]!r}")
    return value if value else Decimal(0)  # 0E+999999 would be written with all its zeros


def first_number(numbers: Numbers, *columns: str) -> Decimal | None:
    """Return the first number of these columns that is there."""
    return next((found for column in columns if (found := numbers.get(column)) is not None), None)


@lru_cache(maxsize=4096)
def instant(text: str) -> datetime | None:
    """Return an instant, UTC, or None for what is none.

    Examples
    --------
    >>> instant("2024-09-19 10:00:00").isoformat(), instant("2023-12-01T00:00:00Z").day, instant("soon")
    ('2024-09-19T10:00:00+00:00', 1, None)
    """
    found = _INSTANT.fullmatch(text)
    if found is None:
        return None
    try:
        return datetime.fromisoformat(f"{found[1]}T{found[2] or '00:00'}").replace(tzinfo=UTC)
    except ValueError:
        return None


def usage_and_region(usage_type: str, region: str) -> tuple[str, str]:
    """Return a usage type without its region's code, and the region, which the code tells where nothing else does.

    Examples
    --------
    >>> usage_and_region("USW2-BoxUsage:p3.2xlarge", "")
    ('BoxUsage:p3.2xlarge', 'us-west-2')
    """
    try:
        place, plain = place_usage(region, usage_type)
        return plain, place
    except ValueError:  # the code of another region than the line's: both stay
        return usage_type, region


def tags_of(row: Row, column: str) -> tuple[tuple[str, str], ...]:
    """Return the tags of a row: of a column that holds them all as JSON, and of columns that hold one each.

    Examples
    --------
    >>> tags_of({"resource_tags": "{}", "tag:user:team": "a", "tag:user:name": ""}, "resource_tags")
    (('user:team', 'a'),)
    """
    single = [(name.removeprefix(TAG), text) for name, text in row.items() if text and name.startswith(TAG)]
    return tuple(sorted([*tags(row.get(column, "")), *single]))


def tags(text: str) -> tuple[tuple[str, str], ...]:
    """Return the tags of a cell that holds them as a JSON object; nothing for any other text."""
    if not text.startswith("{"):
        return ()
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return ()
    return tuple(sorted((str(name), str(value)) for name, value in found.items())) if isinstance(found, dict) else ()
