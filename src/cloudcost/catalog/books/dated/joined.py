"""Rows of one price from two lists joined to one history: what was seen later ends what it contradicts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

from cloudcost.catalog.tables import Shelf
from cloudcost.domain.prices import Price


def joined(known: Sequence[Price], added: Sequence[Price]) -> tuple[Price, ...]:
    """Return the rows of one usage type and purchase with others joined to them.

    Parameters
    ----------
    known, added : sequence of Price
        Neither is empty of meaning for the other: a row that was seen later ends an earlier one where they differ, and
        is one with it where they are the same; a row that was seen earlier holds until the later one begins.

    Notes
    -----
    A price of one operation says nothing of another's. Spot prices change from hour to hour: two equal ones are two.
    """
    rows = list(known)
    for price in sorted(added, key=lambda each: (each.first_day, each.as_of)):
        rows = list(_with(rows, price))
    return tuple(rows)


def _with(rows: Sequence[Price], new: Price) -> Iterator[Price]:
    begins = new.first_day
    later = [
        row
        for row in rows
        if row.operation == new.operation
        and row.as_of > new.as_of
        and (row.valid_until is None or row.valid_until > begins)
    ]
    if any(_same(row, new) and row.first_day <= begins for row in later):
        yield from rows
        return
    for row in later:  # a later sighting stands; this one holds until then
        end = row.first_day if row.first_day > begins else new.as_of + timedelta(days=1)
        new = replace(new, valid_until=end if new.valid_until is None else min(end, new.valid_until))
    for row in rows:
        if row.operation != new.operation or row in later or (row.valid_until or date.max) <= begins:
            yield row
        elif _same(row, new) and new.purchase != "spot" and row.first_day <= begins:
            new = replace(new, valid_from=row.valid_from or new.valid_from, seen_from=_before(row.first_day, new))
        elif row.first_day < begins:
            yield replace(row, valid_until=begins)
    yield new


def _before(day: date, new: Price) -> date | None:
    return day if day < new.as_of else new.seen_from


def _same(row: Price, other: Price) -> bool:
    return (row.tiers, row.unit, row.low_usd, row.pack) == (other.tiers, other.unit, other.low_usd, other.pack)


class JoinedShelf(Shelf):
    """The rows of a service in a region of two books, joined when a price is asked for.

    Parameters
    ----------
    known, added : Shelf
        The one below and the one above.
    """

    __slots__ = ("_added", "_known")

    def __init__(self, known: Shelf, added: Shelf) -> None:
        super().__init__()
        self._known = known
        self._added = added

    def get(self, usage_type: str, purchase: str) -> tuple[Price, ...]:
        """Return the prices of that key, of all operations and periods; empty where there is none."""
        key = (usage_type, purchase)
        if key not in self._prices:
            added, known = self._added.get(*key), self._known.get(*key)
            self._prices[key] = joined(known, added) if added and known else added or known
        return self._prices[key]

    def __iter__(self) -> Iterator[tuple[str, str]]:
        """Iterate over (usage type, purchase), those of the lower one first."""
        return iter(dict.fromkeys((*self._known, *self._added)))

    def __bool__(self) -> bool:
        return bool(self._known) or bool(self._added)
