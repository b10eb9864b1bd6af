"""A bill from its files: which kind it is by its header, its lines, and what of it could not be read.

Lines that say the same are one. A row whose cost cannot be read is counted and named, never a stop; a file that is no
bill is. Files are read as they stream, packed by gzip or not, so that memory holds the kinds of lines and no more.
"""

from __future__ import annotations

import csv
import gzip
import re
import sys
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from decimal import Decimal, localcontext
from io import TextIOWrapper
from pathlib import Path
from typing import IO

from cloudcost.bills import cost_and_usage, cost_explorer, focus, plain_csv
from cloudcost.bills.cells import Row, cell, first
from cloudcost.domain.bills import BillLine, Granularity, ReadBill, Unread
from cloudcost.errors import MOST_LISTED, InputError
from cloudcost.frozen import dataclass

STDIN = Path("-")
_LARGEST_CELL = 1 << 20
"""Characters of a cell: tags of a resource have thousands. [count]"""
_DIGITS = 100
"""Of a sum, so that none is rounded. [count]"""
_GZIP = b"\x1f\x8b"
_SNAKE = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[/: ]+")

_Parse = Callable[..., BillLine]


def snake(column: str) -> str:
    """Return a column's name in small letters and underscores, whichever spelling it has.

    Examples
    --------
    >>> snake("lineItem/UsageType"), snake("line_item_usage_type"), snake("BilledCost"), snake("x_UsageType")
    ('line_item_usage_type', 'line_item_usage_type', 'billed_cost', 'x_usage_type')
    """
    return _SNAKE.sub("_", column.strip()).lower().replace("__", "_")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kind:
    """A kind of bill: its name, whether a header is of it, and what makes a line of a row."""

    name: str
    has: Callable[[Sequence[str]], bool]
    parse: _Parse


_KINDS = (
    _Kind(
        name="cost and usage report",
        has=lambda columns: set(cost_and_usage.REQUIRED) <= set(columns),
        parse=cost_and_usage.line_of,
    ),
    _Kind(name="FOCUS", has=lambda columns: set(focus.REQUIRED) <= set(columns), parse=focus.line_of),
    _Kind(
        name="plain CSV",
        has=lambda columns: bool({*plain_csv.USAGE_TYPES} & set(columns) and {*plain_csv.COSTS} & set(columns)),
        parse=plain_csv.line_of,
    ),
)


def read_bill(paths: Sequence[Path]) -> ReadBill:
    """Return the bill of one file or of several together.

    Parameters
    ----------
    paths : sequence of Path
        ``-`` is stdin.

    Raises
    ------
    InputError
        When a file cannot be read, is no bill, or two of them are in different currencies.
    """
    gathered = _Gathered()
    with localcontext() as context:
        context.prec = _DIGITS
        for path in dict.fromkeys(paths):
            _read_file(path, gathered)
    return gathered.bill(tuple(str(path) for path in dict.fromkeys(paths)))


def is_bill(path: Path) -> bool:
    """Return whether a file is a bill, by its header alone; a usage file has no costs, and is none.

    What cannot be read is none, either: whoever reads it then says why. What comes on stdin, and a folder, is a bill.
    """
    if path == STDIN or path.is_dir():
        return True
    try:
        with _opened(path) as file:
            header = next((cells for cells in csv.reader(file) if any(map(str.strip, cells))), [])
    except (OSError, ValueError, EOFError, zlib.error, csv.Error):
        return False
    columns = [snake(each) for each in header]
    if {"amount_usd", "grade", "as_of"} <= set(columns):  # what `price` wrote, to be priced again
        return False
    return cost_explorer.is_header([each.strip() for each in header]) or any(kind.has(columns) for kind in _KINDS)


def _read_file(path: Path, gathered: _Gathered) -> None:
    name = str(path) if path != STDIN else "stdin"
    try:
        with _opened(path) as file:
            reader = csv.reader(file, strict=False)
            header = next((cells for cells in reader if any(map(str.strip, cells))), None)
            if header is None:
                raise InputError(f"{name}: the file is empty, no header, name a bill as it was downloaded")
            _read_rows(reader, [each.strip() for each in header], name, gathered)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise InputError(f"{name}: damaged or cut, {error}, download it again") from None
    except UnicodeDecodeError as error:
        raise InputError(f"{name}: not UTF-8, byte {error.object[error.start]:#04x}, name a bill as CSV") from None
    except csv.Error as error:
        raise InputError(f"{name}: not a CSV file, {error}, name a bill as CSV") from None
    except (OSError, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else "no valid path") or type(error).__name__
        raise InputError(f"{name}: cannot be read, {reason}, name a bill as CSV") from None


@contextmanager
def _opened(path: Path) -> Iterator[IO[str]]:
    """Open a file as text, unpacked where it is packed."""
    csv.field_size_limit(_LARGEST_CELL)
    if path == STDIN:
        yield TextIOWrapper(sys.stdin.buffer, encoding="utf-8-sig", newline="")
        return
    with path.open("rb") as raw:
        packed = raw.peek(2)[:2] == _GZIP
        with TextIOWrapper(gzip.open(raw) if packed else raw, encoding="utf-8-sig", newline="") as text:
            yield text


def _read_rows(reader: Iterator[list[str]], header: list[str], name: str, gathered: _Gathered) -> None:
    if cost_explorer.is_header(header):
        _read_cost_explorer(list(reader), header, name, gathered)
        return
    columns = [snake(each) for each in header]
    kind = next((kind for kind in _KINDS if kind.has(columns)), None)
    if kind is None:
        raise InputError(
            f"{name}:1: no bill that is known, {','.join(header)[:120]!r}, name a cost and usage report, an export in "
            "FOCUS columns, Cost Explorer's CSV, or a CSV with usage_type and cost"
        )
    gathered.kinds.append(kind.name)
    line = 1
    for cells in reader:
        line = getattr(reader, "line_num", line + 1)
        if not any(cells):
            continue
        if len(cells) != len(columns):
            gathered.leave_out(f"{name}:{line}: {len(cells)} cells under {len(columns)} columns, not read")
            continue
        row = dict(zip(columns, map(cell, cells), strict=True))
        gathered.see_currency(first(row, "billing_currency", "line_item_currency_code", "currency"), f"{name}:{line}")
        try:
            gathered.add(kind.parse(row, line=line, file=name))
        except ValueError as error:
            gathered.leave_out(f"{name}:{line}: {error}, not read")


def _read_cost_explorer(rows: list[list[str]], header: list[str], name: str, gathered: _Gathered) -> None:
    gathered.kinds.append("Cost Explorer")
    days = [cells[0] for cells in rows if cells]
    daily = any(not text.strip().endswith("-01") for text in days if text[:4].isdecimal())
    for line, cells in enumerate(rows, start=2):
        if not any(cells):
            continue
        if len(cells) != len(header):
            gathered.leave_out(f"{name}:{line}: {len(cells)} cells under {len(header)} columns, not read")
            continue
        row: Row = dict(zip(header, map(cell, cells), strict=True))
        try:
            for each in cost_explorer.lines_of(row, header[0], line=line, file=name, daily=daily):
                gathered.add(each)
        except ValueError as error:
            gathered.leave_out(f"{name}:{line}: {error}, not read")


class _Gathered:
    """What was read so far."""

    def __init__(self) -> None:
        self.kinds: list[str] = []
        self._lines: dict[BillLine, list[BillLine]] = {}
        self._currency = ""
        self._unread = 0
        self._places: list[str] = []

    def see_currency(self, currency: str, place: str) -> None:
        """Raise InputError for a second currency."""
        if currency and not self._currency:
            self._currency = currency
        if currency and currency != self._currency:
            raise InputError(
                f"{place}:currency: a second one, {currency!r} after {self._currency!r}, explain one at a time"
            )

    def leave_out(self, fault: str) -> None:
        """Count a row that cannot be read, and keep the first of them."""
        self._unread += 1
        if len(self._places) < MOST_LISTED - 1:
            self._places.append(fault)

    def add(self, line: BillLine) -> None:
        """Take a line; one that says what another said is added to it."""
        key = replace(
            line, quantity=None, billed_usd=_ZERO, amortized_usd=None, net_usd=None, list_usd=None, line=0, count=1
        )
        known = self._lines.setdefault(key, [])
        same = next((number for number, each in enumerate(known) if _alike(each, line)), None)
        if same is None:
            known.append(line)
        else:
            known[same] = _together(known[same], line)

    def bill(self, files: tuple[str, ...]) -> ReadBill:
        """Return the bill."""
        lines = tuple(
            sorted((line for same in self._lines.values() for line in same), key=lambda each: (each.file, each.line))
        )
        begins = [line.begin for line in lines if line.begin is not None]
        ends = [line.end for line in lines if line.end is not None]
        return ReadBill(
            lines=lines,
            currency=self._currency or "USD",
            granularity=_granularity(lines),
            kind=", ".join(dict.fromkeys(self.kinds)),
            unread=Unread(count=self._unread, usd=None if self._unread else _ZERO, places=tuple(self._places)),
            files=files,
            period=(min(begins, default=None), max(ends, default=None)),
        )


_ZERO = Decimal(0)


def _alike(one: BillLine, other: BillLine) -> bool:
    """Return whether two lines have the same numbers known."""
    return all(
        (getattr(one, name) is None) == (getattr(other, name) is None)
        for name in ("quantity", "amortized_usd", "net_usd", "list_usd")
    )


def _together(one: BillLine, other: BillLine) -> BillLine:
    return replace(
        one,
        quantity=_sum(one.quantity, other.quantity),
        billed_usd=one.billed_usd + other.billed_usd,
        amortized_usd=_sum(one.amortized_usd, other.amortized_usd),
        net_usd=_sum(one.net_usd, other.net_usd),
        list_usd=_sum(one.list_usd, other.list_usd),
        count=one.count + other.count,
    )


def _sum(one: Decimal | None, other: Decimal | None) -> Decimal | None:
    return None if one is None or other is None else one + other


def _granularity(lines: Sequence[BillLine]) -> Granularity:
    """Return the time that most lines of use cover."""
    spans = [_span(line.begin, line.end) for line in lines if line.charge == "usage"]
    known: list[Granularity] = [span for span in spans if span != "unknown"]
    return max(sorted(set(known)), key=known.count) if known else "unknown"


def _span(begin: datetime | None, end: datetime | None) -> Granularity:
    if begin is None or end is None:
        return "unknown"
    hours = (end - begin).total_seconds() / 3600
    return "hour" if hours <= 1 else "day" if hours <= 24 else "month"
