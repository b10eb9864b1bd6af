"""Metered usage from a CSV: rows of service, region, usage type, quantity and unit -> `Usage` values.

Every fault of the file is gathered, as ``file:line: what, value, remedy``, and raised at once. Quantities are exact
decimals. Names are AWS's, with or without the region's code in front, which must agree with the region. What a row
costs, and whether its price is known at all, is not this module's business but for the unit, which must fit.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from cloudcost.bills.quantities import canonical_unit, known_unit, parse_quantity
from cloudcost.catalog.books.usage_types import canonical_key, place_usage
from cloudcost.catalog.books.validity import carry_fault, too_early
from cloudcost.domain.usage import UnpricedUsage, Usage
from cloudcost.errors import MOST_LISTED, CatalogError, PriceNotFoundError, UsageFileError
from cloudcost.files.reading import TooLargeError, read_bounded
from cloudcost.frozen import dataclass
from cloudcost.pricing.lookup import find_price, price_day
from cloudcost.units import BillingMonth, to_priced_unit

if TYPE_CHECKING:
    from cloudcost.catalog.books.book import PriceBook

REQUIRED = ("service", "region", "usage_type", "quantity", "unit")
OPTIONAL = ("operation", "month", "purchase")
LONGEST_FILE = 1 << 26
"""What never ends, such as /dev/zero, is not read on. [bytes]"""
MOST_ROWS = 500_000
"""Priced in 20 s and 600 MiB. [count]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageRow:
    """A row of the file.

    Parameters
    ----------
    place : str
        ``file:line``, for messages.
    usage : Usage
    """

    place: str
    usage: Usage


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageFile:
    """What a usage CSV holds.

    Parameters
    ----------
    rows : tuple of UsageRow
        In the file's order.
    ignored : tuple of str
        Columns that are not read.
    """

    rows: tuple[UsageRow, ...]
    ignored: tuple[str, ...] = ()

    @property
    def usages(self) -> tuple[Usage, ...]:
        """The usage alone, in the file's order."""
        return tuple(row.usage for row in self.rows)


def read_usage_csv(path: Path) -> UsageFile:
    """Return the usage of a CSV file.

    Raises
    ------
    UsageFileError
        When the file cannot be read or has faults; all of them are listed.
    """
    try:
        content = read_bounded(path, LONGEST_FILE)
    except TooLargeError:
        raise UsageFileError(f"{path}: over {LONGEST_FILE >> 20} MiB, too long for usage, price it in parts") from None
    except (OSError, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else "no valid path") or type(error).__name__
        raise UsageFileError(f"{path}: cannot be read, {reason}, name a CSV file of usage") from None
    return parse_usage_csv(_decoded(content, str(path)), str(path))


def parse_usage_csv(text: str, name: str = "usage.csv") -> UsageFile:
    r"""Return the usage of a CSV text.

    Parameters
    ----------
    text : str
    name : str
        Of the file, for messages.

    Raises
    ------
    UsageFileError
        With every fault of the text.

    Examples
    --------
    >>> text = "service,region,usage_type,quantity,unit\nAmazonS3,us-east-1,Requests-Tier1,1000,requests\n"
    >>> parse_usage_csv(text).usages[0].unit
    'Requests'
    """
    if not text.strip():
        raise UsageFileError(f"{name}:1: the file is empty, no header, begin with {','.join(REQUIRED)}")
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    faults = _Faults()
    rows: list[UsageRow] = []
    header: list[str] | None = None
    try:
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            place = f"{name}:{reader.line_num}"
            if header is None:
                header = [cell.strip() for cell in cells]
                faults.extend(_header_faults(header, place))
                if faults.count:
                    break
            elif reader.line_num > MOST_ROWS + 1:
                raise UsageFileError(f"{name}: over {MOST_ROWS:,} rows, too long for usage, price it in parts")
            elif len(cells) != len(header):
                faults.extend(
                    [
                        f"{place}: {len(cells)} cells under {len(header)} columns, {','.join(cells)[:60]!r}, "
                        "quote cells that hold a comma and write numbers without thousands separators"
                    ]
                )
            else:
                cell_of = {column: cell.strip() for column, cell in zip(header, cells, strict=True)}
                usage, wrong = _usage_of(cell_of)
                faults.extend([f"{place}: {fault}" for fault in wrong])
                if usage is not None:
                    rows.append(UsageRow(place=place, usage=usage))
    except csv.Error as error:
        faults.extend([f"{name}:{reader.line_num}: not a CSV row, {error}, close its quotes"])
    if faults.count:
        raise UsageFileError(*faults.kept, more=faults.count - len(faults.kept))
    if not rows or header is None:
        raise UsageFileError(f"{name}: no row of usage under the header, write one row per usage type")
    return UsageFile(rows=tuple(rows), ignored=tuple(name for name in header if name not in (*REQUIRED, *OPTIONAL)))


class _Faults:
    """The first faults of a file, and how many there are: a file of a million wrong rows has a short message."""

    def __init__(self) -> None:
        self.kept: list[str] = []
        self.count = 0

    def extend(self, faults: Sequence[str]) -> None:
        self.count += len(faults)
        self.kept += faults[: MOST_LISTED - len(self.kept)]


def check_against_book(rows: Sequence[UsageRow], book: PriceBook, *, on: date, allow_assumed: bool = True) -> None:
    """Check that each row has a price and that its unit fits that price.

    Parameters
    ----------
    rows : sequence of UsageRow
    book : PriceBook
    on : date
        As in `price_usage`.
    allow_assumed : bool
        Whether a price may be taken for a month before the first one that it is known for, 12 months at most and
        never past a launch or a change of price.

    Raises
    ------
    UsageFileError
        When a unit does not fit; missing prices are listed with it.
    PriceNotFoundError
        When prices are missing, each with its line, and everything else is well. A price that is only assumed
        counts as missing: nobody stated it.
    """
    faults: list[str] = []
    missing: list[str] = []
    for number, row in enumerate(rows):
        if len(missing) + len(faults) >= MOST_LISTED - 1:  # looking for what comes near is slow
            missing.append(f"{row.place}: this row and the others after it, {len(rows) - number:,}, were not looked at")
            break
        usage = row.usage
        try:
            found = find_price(book, usage.key, price_day(usage.month, on))
        except CatalogError as error:
            missing.append(f"{row.place}: {error}")
            if not known_unit(usage.unit):
                faults.append(f"{row.place}: unknown unit, {usage.unit!r}, write the unit of the price list")
            continue
        price = found.price
        day = price_day(usage.month, on)
        if price.carried_from is not None:
            fault = carry_fault(price, day) if allow_assumed else too_early(price, day)
            if fault:
                missing.append(f"{row.place}: {fault}")
        elif price.grade == "assumed":
            missing.append(f"{row.place}: the price of {usage.service}/{usage.usage_type} in {usage.region} is assumed")
        try:
            to_priced_unit(1, usage.unit, price.unit, usage.month)
        except ValueError:
            faults.append(
                f"{row.place}: wrong unit for {usage.usage_type}, {usage.unit!r}, it is priced per {price.unit}"
            )
    if faults:
        raise UsageFileError(*faults, *missing)
    if missing:
        raise PriceNotFoundError("\n".join(missing))


def part_by_book(
    rows: Sequence[UsageRow], book: PriceBook, *, on: date, allow_assumed: bool = True
) -> tuple[tuple[UsageRow, ...], tuple[UnpricedUsage, ...]]:
    """Return the rows that have a price, and the others with what was not found.

    Raises
    ------
    UsageFileError
        When a unit does not fit, as `check_against_book` does.
    """
    priced: list[UsageRow] = []
    unpriced: list[UnpricedUsage] = []
    for row in rows:
        try:
            check_against_book([row], book, on=on, allow_assumed=allow_assumed)
        except PriceNotFoundError as error:
            unpriced.append(UnpricedUsage(row.usage, str(error).removeprefix(f"{row.place}: ")))
        else:
            priced.append(row)
    return tuple(priced), tuple(unpriced)


def _decoded(content: bytes, name: str) -> str:
    """Return the text of UTF-8 bytes, with or without a byte order mark."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise UsageFileError(f"{name}:1: not UTF-8 but UTF-16, {content[:2]!r}, save it as CSV UTF-8")
    if b"\0" in content:
        raise UsageFileError(f"{name}: a binary file, byte 0 at {content.index(0)}, name a CSV file of usage")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise UsageFileError(
            f"{name}:{line}: not UTF-8, byte {content[error.start]:#04x}, save it as CSV UTF-8"
        ) from None


def _header_faults(header: list[str], place: str) -> list[str]:
    """Return what is wrong with the header, the likely misspelling of each missing column named."""
    faults = [
        f"{place}: column twice, {column!r}, keep one" for column in dict.fromkeys(header) if header.count(column) > 1
    ]
    spare = [column for column in header if column not in (*REQUIRED, *OPTIONAL)]
    if len(header) == 1 and any(mark in header[0] for mark in ";\t"):
        return [f"{place}: one column only, {header[0][:60]!r}, separate columns by commas"]
    for column in (*REQUIRED, *OPTIONAL):
        if column in header:
            continue
        near = _nearest(column, spare)
        if near is not None:
            faults.append(f"{place}: no column {column!r}, there is {near!r}, rename it to {column}")
        elif column in REQUIRED:
            faults.append(f"{place}: no column {column!r}, there are {', '.join(header)[:200]}, add it")
    return faults


def _nearest(column: str, spare: list[str]) -> str | None:
    """Return the column that was probably meant, or None."""
    plain = {_plain(name): name for name in spare}
    near = get_close_matches(_plain(column), plain, 1, 0.75)
    return plain[near[0]] if near else None


def _plain(name: str) -> str:
    return name.lower().replace("_", "").replace("-", "").replace(" ", "").split("/")[-1]


def _usage_of(cells: Mapping[str, str]) -> tuple[Usage | None, list[str]]:
    """Return the usage of a row, or None and what is wrong with it."""
    faults = [f"{column} is empty, '', fill it in" for column in REQUIRED if not cells[column]]
    faults += [
        f"{column} has a character that is not printed, {text[:60]!r}, remove it"
        for column, text in cells.items()
        if column in (*REQUIRED, *OPTIONAL) and not text.isprintable()
    ]
    unit = canonical_unit(cells["unit"])
    quantity = Decimal(0)
    if cells["quantity"]:
        try:
            quantity = parse_quantity(cells["quantity"], unit)
        except ValueError as error:
            faults.append(f"quantity {error}")
    month: BillingMonth | None = None
    if cells.get("month"):
        try:
            month = BillingMonth.parse(cells["month"])
        except ValueError:
            faults.append(f"month is not a month, {cells['month']!r}, write it as YYYY-MM")
    region, usage_type = cells["region"], cells["usage_type"]
    try:
        region, usage_type = place_usage(cells["region"], usage_type)
    except ValueError as error:
        faults.append(str(error))
    if faults:
        return None, faults
    usage = Usage(
        service=cells["service"],
        region=region,
        usage_type=usage_type,
        operation=cells.get("operation", ""),
        purchase=cells.get("purchase") or "on-demand",
        month=month,
        quantity=quantity,
        unit=unit,
    )
    return replace(usage, purchase=canonical_key(usage_type, usage.purchase)[1]), []
