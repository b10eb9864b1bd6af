"""Objects summed by class, size and age, however many there are: what is held of them does not grow with their number.

Sizes are cut where something changes: at 128 KiB, below which classes and rules treat objects otherwise, at 8 MiB,
above which objects are moved in parts, and at the sizes that a bucket's own rules name. Ages are cut at midnight UTC,
where lifecycle rules look: objects of one cell then fall under any rule on the same day.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from cloudcost.domain.objects import ObjectClass

KIB = 1024
"""[bytes]"""
EDGES = tuple(KIB * each for each in (1, 4, 16, 64, 128, 1024, 8 * 1024, 64 * 1024, 512 * 1024))
"""Sizes at which a class begins. [bytes]"""
MOST_CELLS = 20_000
"""Held at most; beyond, ages are put together. [count]"""
WIDTHS = (1, 7, 30, 90, 365, 36_500)
"""Days of age that are put together, one after the other. [days]"""
MOST_NEWER = 100
"""Newer versions that are told apart: no rule keeps more. [count]"""
_DAY = timedelta(days=1)


def next_midnight(moment: datetime) -> date:
    """Return the day at whose begin, UTC, a moment is past; one at midnight is its own.

    Examples
    --------
    >>> next_midnight(datetime(2026, 11, 22, 10, 30, tzinfo=UTC)), next_midnight(datetime(2026, 11, 22, tzinfo=UTC))
    (datetime.date(2026, 11, 23), datetime.date(2026, 11, 22))
    """
    moment = moment.astimezone(UTC)
    return moment.date() if moment.time() == moment.min.time() else moment.date() + _DAY


class Cell(NamedTuple):
    """What objects of one cell have in common.

    Parameters
    ----------
    storage_class : str
    size_class : int
        How many of the edges it reaches. [count]
    age_days : int or None
    noncurrent_days : int or None
    newer_versions : int
    """

    storage_class: str
    size_class: int
    age_days: int | None
    noncurrent_days: int | None
    newer_versions: int


class Cells:
    """Sums of objects by cell (mutable).

    Parameters
    ----------
    edges : iterable of int
        Further sizes at which a class begins. [bytes]
    most : int
        Cells that are held. [count]
    """

    def __init__(self, edges: Iterable[int] = (), *, most: int = MOST_CELLS) -> None:
        self.edges = tuple(sorted({*EDGES, *edges}))
        self.most = most
        self.width = 1
        """Days of age that are put together. [days]"""
        self._sums: dict[Cell, list[int]] = {}

    def add(
        self, storage_class: str, size: int, *, age_days: int | None = None, noncurrent_days: int | None = None,
        newer_versions: int = 0, count: int = 1, size_class: int | None = None,
    ) -> None:  # fmt: skip
        """Add objects: one of this size, or as many of this size together in a size class that is known. [bytes]"""
        at = bisect_right(self.edges, size) if size_class is None else size_class
        cell = Cell(
            storage_class, at, self._rounded(age_days), self._rounded(noncurrent_days), min(newer_versions, MOST_NEWER)
        )
        self.put(cell, count, size)

    def put(self, cell: Cell, count: int, size: int) -> None:
        """Add objects of a cell. [count, bytes]"""
        found = self._sums.get(cell)
        if found is None:
            self._sums[cell] = [count, size]
            if len(self._sums) > self.most:
                self.hold_at_most(self.most)
        else:
            found[0] += count
            found[1] += size

    def hold_at_most(self, most: int) -> None:
        """Put ages together until there are no more cells than these."""
        while len(self._sums) > most and self.width < WIDTHS[-1]:
            self.width = WIDTHS[WIDTHS.index(self.width) + 1]
            before, self._sums = self._sums, {}
            for cell, (count, size) in before.items():
                wide = cell._replace(
                    age_days=self._rounded(cell.age_days), noncurrent_days=self._rounded(cell.noncurrent_days)
                )
                held = self._sums.setdefault(wide, [0, 0])
                held[0] += count
                held[1] += size

    def _rounded(self, days: int | None) -> int | None:
        return None if days is None else max(days, 0) // self.width * self.width

    def __iter__(self) -> Iterator[tuple[Cell, int, int]]:
        """Yield each cell with its objects and their bytes."""
        return ((cell, count, size) for cell, (count, size) in self._sums.items())

    def classes(self) -> tuple[ObjectClass, ...]:
        """Return the classes of objects: current ones first, then by class, size and age."""
        ordered = sorted(self._sums.items(), key=lambda each: _order(each[0]))
        return tuple(
            ObjectClass(
                count=count, size_bytes=size, storage_class=cell.storage_class or None, age_days=cell.age_days,
                noncurrent_days=cell.noncurrent_days, newer_versions=cell.newer_versions,
            )
            for cell, (count, size) in ordered
        )  # fmt: skip

    def state(self) -> dict[str, object]:
        """Return all that the same cells can be made of, as JSON has it."""
        return {
            "edges": list(self.edges), "width": self.width, "most": self.most,
            "cells": [[*cell, *sums] for cell, sums in self._sums.items()],
        }  # fmt: skip


def _order(cell: Cell) -> tuple[bool, str, int, int, int, int]:
    old = cell.noncurrent_days
    return (
        old is not None, cell.storage_class, cell.size_class, -1 if cell.age_days is None else cell.age_days,
        -1 if old is None else old, cell.newer_versions,
    )  # fmt: skip
