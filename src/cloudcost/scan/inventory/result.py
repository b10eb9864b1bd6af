"""What the statement of `statement` gave: rows of classes of objects, from DuckDB at once or as a CSV of elsewhere."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path

from cloudcost.errors import InputError
from cloudcost.files.reading import TooLargeError, read_bounded
from cloudcost.scan.cells import EDGES, Cells
from cloudcost.scan.content import Scan
from cloudcost.scan.inventory.statement import COLUMNS

_LARGEST = 1 << 28
"""Of a result: some million classes. [bytes]"""


def scan_result(path: Path, *, on: date, most: int) -> Scan:
    """Return what a statement's result says.

    Parameters
    ----------
    path : Path
        A CSV with `COLUMNS` under their names, in any order.
    on : date
        Day at whose begin, UTC, ages count.
    most : int
        Classes of objects in the result. [count]

    Raises
    ------
    InputError
        When the file is none of the statement.
    """
    try:
        text = read_bounded(path, _LARGEST).decode("utf-8-sig", errors="replace")
    except TooLargeError:
        raise InputError(f"{path}: too large, over {_LARGEST >> 20} MiB, sum it up by the statement of --sql") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError(f"{path}: cannot be read, {reason}, name the CSV that the statement of --sql gave") from None
    reader = csv.reader(text.splitlines())
    header = [name.strip().lower() for name in next(reader, [])]
    missing = [name for name in COLUMNS if name not in header]
    if missing:
        raise InputError(
            f"{path}: no result of --sql, it has no column {missing[0]!r}, save what the statement gave as CSV with "
            "its header"
        )
    order = [header.index(name) for name in COLUMNS]
    rows = ([row[place] for place in order] for row in _whole(reader, path, len(header)))
    cells, markers = sum_up(rows, on, place=str(path))
    return result_scan(f"{path}, result of --sql", on, cells, markers, most)


def _whole(rows: Iterable[list[str]], path: Path, width: int) -> Iterator[list[str]]:
    for number, row in enumerate(rows, start=2):
        if len(row) != width:
            raise InputError(f"{path}:{number}: {len(row)} cells where the header has {width}, save the result again")
        yield row


def sum_up(rows: Iterable[Sequence[object]], on: date, *, place: str) -> tuple[Cells, int]:
    """Return the classes of rows with `COLUMNS`, and how many delete markers there are.

    Raises
    ------
    InputError
        When a row holds something else.
    """
    cells, markers = Cells(), 0
    for number, row in enumerate(rows, start=2):
        try:
            storage_class, size_class, day, noncurrent, newer, marker, count, size = row
            if str(marker).lower() in ("true", "1"):
                markers += int(str(count))
                continue
            at = int(str(size_class))
            if not 0 <= at <= len(EDGES):
                raise ValueError(f"no size class, {at}")
            cells.add(
                str(storage_class),
                int(str(size)),
                age_days=(on - date.fromisoformat(str(day))).days,
                noncurrent_days=(on - date.fromisoformat(str(noncurrent))).days if noncurrent else None,
                newer_versions=int(str(newer)),
                count=int(str(count)),
                size_class=at,
            )
        except ValueError as error:
            raise InputError(f"{place}:{number}: no row of --sql, {error}, save the result again") from None
    return cells, markers


def result_scan(source: str, on: date, cells: Cells, markers: int, most: int) -> Scan:
    """Return the scan of classes that were summed elsewhere, at most so many of them."""
    cells.hold_at_most(most)
    objects = cells.classes()
    notes = ["an inventory lists no unfinished uploads, no rules, and nothing that came after it was taken"]
    if cells.width > 1:
        notes.append(f"ages are put together by {cells.width} days, each the youngest of its time")
    old = any(not each.is_current for each in objects)
    return Scan(
        source=source,
        kind="inventory",
        on=on,
        objects=objects,
        versioning=True if old or markers else None,
        delete_markers=markers,
        notes=tuple(notes),
    )
