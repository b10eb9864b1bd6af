"""A bill from its files: which kind it is by its header, its lines, and what of it could not be read.

Rows that say the same are one line; a row whose numbers cannot be read is counted and named with its cost, never a
stop; a file that is no bill is. Small files are read by plain Python, hour by hour; large ones by DuckDB, where it is
installed, with hours summed to UTC days: memory holds the kinds of lines and no more.
"""

from __future__ import annotations

import csv
import gc
import io
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from decimal import localcontext
from importlib.util import find_spec
from pathlib import Path

from cloudcost.bills import cost_explorer
from cloudcost.bills.cells import cell
from cloudcost.bills.groups import MOST_GROUPS, Grouper, LeftOut, LineMaker, RowGroup, TooManyError
from cloudcost.bills.kinds import CURRENCIES, DETAILS, ReadPlan, kind_of, plan_of, snake, without_details
from cloudcost.bills.sources.containers import STDIN, PlainFile, beginning_of, plain_files
from cloudcost.bills.sources.deliveries import delivered, is_many
from cloudcost.domain.bills import BillLine, Granularity, ReadBill, Unread
from cloudcost.errors import InputError

LARGE = 32 << 20
"""From this size on hours are summed to days, and DuckDB reads: 30,000 rows of a report. [bytes]"""
_LARGEST_CELL = 1 << 20
"""Characters of a cell: tags of a resource have thousands. [count]"""
_DIGITS = 100
"""Of a sum, so that none is rounded. [count]"""


def read_bill(paths: Sequence[Path], *, large: int = LARGE) -> ReadBill:
    """Return the bill of files: plain, packed, in a folder, or from stdin.

    Parameters
    ----------
    paths : sequence of Path
        Files, folders, patterns; ``-`` is stdin.
    large : int
        From which size on a file is large. [bytes]

    Raises
    ------
    InputError
        When a file cannot be read, is no bill, or two of them are in different currencies.
    MissingExtraError
        For a Parquet file without DuckDB.
    """
    chosen = delivered(list(dict.fromkeys(paths)))
    gathered = _Gathered()
    with localcontext() as context:
        context.prec = _DIGITS
        for path in chosen.files:
            with plain_files(path) as files:
                for file in files:
                    _read_file(file, gathered, large)
        bill = gathered.bill(tuple(map(str, chosen.files)))
    return replace(bill, notes=(*chosen.notes, *bill.notes))


def is_bill(path: Path) -> bool:
    """Return whether a file is a bill, by its header alone; a usage file has no costs, and is none.

    What cannot be read is none, either: whoever reads it then says why. What comes on stdin, a folder, a pattern and an
    archive of several files is a bill.
    """
    if path == STDIN or is_many(path):
        return True
    try:
        start = beginning_of(path)
        if start is None:
            return True
        rows = csv.reader(io.StringIO(start.decode("utf-8-sig", errors="replace"), newline=""))
        header = [each.strip() for each in next((cells for cells in rows if any(map(str.strip, cells))), [])]
    except (OSError, ValueError, EOFError, zlib.error, csv.Error):
        return False
    if {"amount_usd", "grade", "as_of"} <= set(map(snake, header)):  # what `price` wrote, to be priced again
        return False
    return cost_explorer.is_header(header) or kind_of(header) is not None


def _read_file(file: PlainFile, gathered: _Gathered, large: int) -> None:
    """Read a file, with as much of each row as memory has room for."""
    by_day = file.size_bytes >= large
    for levels in range(len(DETAILS) + 1):
        try:
            if file.form == "parquet":
                _read_parquet(file, gathered, by_day=by_day, levels=levels)
            else:
                _read_csv(file, gathered, by_day=by_day, levels=levels)
        except TooManyError:
            continue
        if levels:
            left = ", ".join(name for name, _ in DETAILS[:levels])
            gathered.notes.append(f"{file.name}: over {MOST_GROUPS:,} different lines; read without {left}")
        return
    raise InputError(f"{file.name}: over {MOST_GROUPS:,} different lines, read it in parts")


def _read_csv(file: PlainFile, gathered: _Gathered, *, by_day: bool, levels: int) -> None:
    csv.field_size_limit(_LARGEST_CELL)
    name = file.name
    try:
        with file.path.open(encoding="utf-8-sig", newline="") as text:
            rows = csv.reader(text, strict=False)
            header = next((cells for cells in rows if any(map(str.strip, cells))), None)
            if header is None:
                raise InputError(f"{name}: the file is empty, no header, name a bill as it was downloaded")
            header = [each.strip() for each in header]
            numbered = ((rows.line_num, cells) for cells in rows)
            if cost_explorer.is_header(header):
                _read_cost_explorer(numbered, header, name, gathered)
                return
            plan = without_details(plan_of(header, by_day=by_day, place=f"{name}:1"), levels)
            gathered.kinds.append(plan.kind.name)
            if by_day and find_spec("duckdb") is not None and _read_by_engine(file, plan, gathered):
                return
            gathered.take(plan, name, numbered)
    except UnicodeDecodeError as error:
        raise InputError(f"{name}: not UTF-8, byte {error.object[error.start]:#04x}, name a bill as CSV") from None
    except csv.Error as error:
        raise InputError(f"{name}: not a CSV file, {error}, name a bill as CSV") from None


def _read_by_engine(file: PlainFile, plan: ReadPlan, gathered: _Gathered) -> bool:
    """Read a large CSV; return whether all of it was plain."""
    from cloudcost.bills.engine import NotPlainError, connected, groups_of_csv

    with connected() as connection, _without_collector():
        try:
            groups = groups_of_csv(connection, file.path, plan)
        except NotPlainError:
            return False
        gathered.add_groups(groups, plan, file.name)
    return True


@contextmanager
def _without_collector() -> Iterator[None]:
    """Keep Python from looking for circles among a million values that have none: it takes a fifth of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _read_parquet(file: PlainFile, gathered: _Gathered, *, by_day: bool, levels: int) -> None:
    from cloudcost.bills.engine import (
        NotPlainError,
        connected,
        groups_of_parquet,
        parquet_header,
        parquet_source,
        rows_of,
    )

    with connected() as connection, _without_collector():
        header = parquet_header(connection, file.path, file.name)
        plan = without_details(plan_of([name for name, _ in header], by_day=by_day, place=file.name), levels)
        gathered.kinds.append(plan.kind.name)
        try:
            groups = groups_of_parquet(connection, file.path, header, plan)
        except NotPlainError:
            source = parquet_source(file.path, header)
            gathered.take(plan, file.name, enumerate(rows_of(connection, source, plan.width, file.name), start=2))
        else:
            gathered.add_groups(groups, plan, file.name)


def _read_cost_explorer(
    rows: Iterator[tuple[int, list[str]]], header: list[str], name: str, gathered: _Gathered
) -> None:
    gathered.kinds.append("Cost Explorer")
    for found in cost_explorer.lines_of_table(header, rows, name):
        if isinstance(found, BillLine):
            gathered.lines.append(found)
        else:
            gathered.left_out.add(f"{name}:{found.line}: {found.reason}", None)


class _Gathered:
    """What was read so far."""

    def __init__(self) -> None:
        self.kinds: list[str] = []
        self.lines: list[BillLine] = []
        self.notes: list[str] = []
        self.left_out = LeftOut()
        self._currency = ""

    def take(self, plan: ReadPlan, name: str, rows: Iterator[tuple[int, list[str]]]) -> None:
        """Take a file's rows, one by one."""
        left_out = LeftOut()
        grouper = Grouper(plan, name, left_out)
        grouper.take(rows)
        self.left_out.join(left_out)
        self.add_groups(grouper.groups(), plan, name)

    def add_groups(self, groups: Iterable[RowGroup], plan: ReadPlan, name: str) -> None:
        """Make lines of groups of rows."""
        columns = [place for place, (each, _) in enumerate(plan.texts) if each in CURRENCIES]
        maker = LineMaker(plan, name)
        for group in groups:
            currency = next((found for each in columns if (found := cell(group.texts[each]))), "")
            self._see_currency(currency, f"{name}:{group.first}" if group.first else name)
            try:
                self.lines.append(maker.line_of(group))
            except ValueError as error:
                cost = next((group.sums[each] for each in plan.cost if group.sums[each] is not None), None)
                self.left_out.add(f"{name}:{group.first}: {error}", cost)

    def _see_currency(self, currency: str, place: str) -> None:
        """Raise InputError for a second currency."""
        if currency and not self._currency:
            self._currency = currency
        if currency and currency != self._currency:
            raise InputError(
                f"{place}:currency: a second one, {currency!r} after {self._currency!r}, explain one at a time"
            )

    def bill(self, files: tuple[str, ...]) -> ReadBill:
        """Return the bill."""
        lines = tuple(self.lines)
        begins = [line.begin for line in lines if line.begin is not None]
        ends = [line.end for line in lines if line.end is not None]
        left = self.left_out
        lines, notes = _with_the_only_region(lines)
        return ReadBill(
            lines=lines,
            currency=self._currency or "USD",
            granularity=_granularity(lines),
            kind=", ".join(dict.fromkeys(self.kinds)),
            unread=Unread(count=left.count, usd=left.costs, without_cost=left.without_cost, places=tuple(left.places)),
            files=files,
            period=(min(begins, default=None), max(ends, default=None)),
            notes=(*self.notes, *notes),
        )


def _with_the_only_region(lines: tuple[BillLine, ...]) -> tuple[tuple[BillLine, ...], tuple[str, ...]]:
    """Return lines that name no region with the only one that the others of a bill without times name."""
    named = {line.region for line in lines if line.region}
    without = [line for line in lines if not line.region and line.usage_type and line.service]
    if len(named) != 1 or not without or any(line.begin is not None for line in lines):
        return lines, ()
    [region] = named
    chosen = set(map(id, without))
    lines = tuple(replace(line, region=region) if id(line) in chosen else line for line in lines)
    said = "1 line names" if len(without) == 1 else f"{len(without)} lines name"
    return lines, (f"{said} no region: {region} is taken, the only one that the others name",)


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
