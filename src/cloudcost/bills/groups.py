"""Rows of a bill that differ in amounts alone, summed exactly: by plain Python, a row at a time.

`engine` does the same for large files; both give `RowGroup`, and one function makes lines of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache

from cloudcost.bills.cells import Numbers, amount, cell, instant
from cloudcost.bills.kinds import ReadPlan
from cloudcost.domain.bills import BillLine
from cloudcost.errors import MOST_LISTED
from cloudcost.frozen import dataclass
from cloudcost.units import BillingMonth


@dataclass(frozen=True, slots=True, kw_only=True)
class RowGroup:
    """Rows that agree in all that is read but the amounts.

    Parameters
    ----------
    texts : tuple of str
        As in the file, in the plan's order, then begin and end.
    sums : tuple of Decimal or None
        As the plan orders the amounts; None where these rows have none.
    count : int
        [count]
    first : int
        Number of the first row, the header being 1; 0 where it is not known.
    """

    texts: tuple[str, ...]
    sums: tuple[Decimal | None, ...]
    count: int
    first: int


MOST_GROUPS = 300_000
"""Lines of a file: with 2 kB for each they take 600 MB. [count]"""


class TooManyError(Exception):
    """The rows of a file differ too much for their groups to be held in memory."""


class LeftOut:
    """Rows that could not be read: how many, what they cost, and the first of them."""

    def __init__(self) -> None:
        self.count = 0
        self.without_cost = 0
        self.costs = Decimal(0)
        self.places: list[str] = []

    def join(self, other: LeftOut) -> None:
        """Take the rows of another file."""
        self.count += other.count
        self.without_cost += other.without_cost
        self.costs += other.costs
        self.places = [*self.places, *other.places][: MOST_LISTED - 1]

    def add(self, place: str, cost: Decimal | None) -> None:
        """Count a row; its cost may be known although the rest of it is not."""
        self.count += 1
        if cost is None:
            self.without_cost += 1
        else:
            self.costs += cost
        if len(self.places) < MOST_LISTED - 1:
            said = "not read" if cost is None else f"not read: its cost of {cost} is left out"
            self.places.append(f"{place}, {said}")


@lru_cache(maxsize=4096)
def day_of(begin: str, end: str) -> tuple[str, str]:
    """Return the UTC day in which a short time lies, or a longer time as it is.

    Examples
    --------
    >>> day_of("2024-09-19T10:00:00Z", "2024-09-19T11:00:00Z")
    ('2024-09-19', '2024-09-20')
    >>> day_of("2024-09-01", "2024-10-01")
    ('2024-09-01', '2024-10-01')
    """
    try:
        day, last = date.fromisoformat(begin[:10]), date.fromisoformat(end[:10])
    except ValueError:
        return begin, end
    if not 0 <= (last - day).days <= 1:
        return begin, end
    return day.isoformat(), (day + timedelta(days=1)).isoformat()


_Key = tuple[tuple[str, ...], tuple[bool, ...]]


class Grouper:
    """Sums rows as they come."""

    def __init__(self, plan: ReadPlan, name: str, left_out: LeftOut) -> None:
        self._plan, self._name, self._left_out = plan, name, left_out
        self._sums: dict[_Key, list[Decimal]] = {}
        self._counts: dict[_Key, list[int]] = {}
        self._texts = [number for _, number in plan.texts]
        self._amounts = [number for _, number in plan.amounts]

    def take(self, rows: Iterable[tuple[int, Sequence[str]]]) -> None:
        """Take rows of text with their numbers."""
        width = self._plan.width
        for number, cells in rows:
            if len(cells) == width:
                self._add(number, cells)
            elif any(map(str.strip, cells)):
                self._left_out.add(f"{self._name}:{number}: {len(cells)} cells under {width} columns", None)

    def _add(self, number: int, cells: Sequence[str]) -> None:
        plan = self._plan
        try:
            amounts = [amount(cell(cells[each])) for each in self._amounts]
        except ValueError as error:
            if any(map(str.strip, cells)):
                self._left_out.add(f"{self._name}:{number}: {error}", self._cost(cells))
            return
        if all(amounts[each] is None for each in plan.cost):
            if any(map(str.strip, cells)):
                self._left_out.add(f"{self._name}:{number}: no cost", None)
            return
        begin = "" if plan.begin is None else cells[plan.begin]
        end = "" if plan.end is None else cells[plan.end]
        if plan.by_day:
            begin, end = day_of(begin, end)
        texts = (*[cells[each] for each in self._texts], begin, end)
        key = texts, tuple([each is not None for each in amounts])
        known = self._sums.get(key)
        if known is None:
            if len(self._sums) == MOST_GROUPS:
                raise TooManyError
            self._sums[key] = [each or _ZERO for each in amounts]
            self._counts[key] = [1, number]
        else:
            for place, each in enumerate(amounts):
                if each:
                    known[place] += each
            self._counts[key][0] += 1

    def _cost(self, cells: Sequence[str]) -> Decimal | None:
        for place in self._plan.cost:
            try:
                found = amount(cell(cells[self._amounts[place]]))
            except ValueError:
                return None
            if found is not None:
                return found
        return None

    def groups(self) -> Iterator[RowGroup]:
        """Yield the groups in the order of their first rows."""
        for key, sums in self._sums.items():
            texts, present = key
            count, first = self._counts[key]
            yield RowGroup(
                texts=texts,
                sums=tuple([each if there else None for each, there in zip(sums, present, strict=True)]),
                count=count,
                first=first,
            )


_ZERO = Decimal(0)


_Template = tuple[tuple[str, ...], tuple[bool, ...], bool]


class LineMaker:
    """Makes lines of groups of rows: what the texts tell is worked out once for all days of a resource."""

    def __init__(self, plan: ReadPlan, name: str) -> None:
        self._plan, self._name = plan, name
        self._names = [name for name, _ in plan.texts]
        self._amounts = [name for name, _ in plan.amounts]
        self._known: dict[_Template, tuple[BillLine, bool]] = {}

    def line_of(self, group: RowGroup) -> BillLine:
        """Return the line that a group of rows is.

        Raises
        ------
        ValueError
            When its texts are none of a bill.
        """
        numbers = dict(zip(self._amounts, group.sums, strict=True))
        billed = next((each for place in self._plan.cost if (each := group.sums[place]) is not None), _ZERO)
        key = group.texts[:-2], tuple([each is None for each in group.sums]), billed < 0
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = self._template(group, numbers)
        line, month_of_begin = known
        begin, end = instant(cell(group.texts[-2])), instant(cell(group.texts[-1]))
        costs = self._plan.kind.costs_of(line.charge, numbers)
        return BillLine(
            service=line.service,
            region=line.region,
            usage_type=line.usage_type,
            operation=line.operation,
            purchase=line.purchase,
            charge=line.charge,
            begin=begin,
            end=end,
            month=BillingMonth.of(begin.date()) if month_of_begin and begin is not None else line.month,
            quantity=costs.quantity,
            unit=line.unit,
            billed_usd=costs.billed_usd,
            amortized_usd=costs.amortized_usd,
            net_usd=costs.net_usd,
            list_usd=costs.list_usd,
            account=line.account,
            resource=line.resource,
            description=line.description,
            tags=line.tags,
            count=group.count,
            line=group.first,
            file=self._name,
        )

    def _template(self, group: RowGroup, numbers: Numbers) -> tuple[BillLine, bool]:
        """Return a line of these texts, and whether its month is that of its beginning."""
        kind = self._plan.kind
        row = {each: cell(text) for each, text in zip(self._names, group.texts, strict=False)}
        return kind.line_of(row, numbers), bool(kind.begin) and instant(row.get(kind.period, "")) is None
