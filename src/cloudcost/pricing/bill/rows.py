"""Rows of metered usage -> lines and pools, their prices looked up once and no number of runs put in yet.

Rows of one service, region, usage type, operation, month and purchase are one *line*, in order of first appearance. A
*pool* is what one price row prices in one region and month: its lines share tiers, packs and what is free, and take
them in order of service, usage type and operation, so that the order of the rows does not matter; traffic to the
internet thus pools over all services. Lines of flat prices need no pool. A row without a month is a pool of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from math import gcd
from types import MappingProxyType
from typing import NamedTuple

from cloudcost.domain.prices import PriceKey
from cloudcost.domain.usage import RunUsage, Span, Usage
from cloudcost.errors import CatalogError, PriceNotFoundError
from cloudcost.pricing.bill.prices import Free, Place, Prices, place_of
from cloudcost.pricing.tiers import Schedule, packed, ratio_of

_NO_SPANS: Mapping[Span, tuple[int, ...]] = MappingProxyType({})


class Quantity:
    """An exact quantity before runs are put in: ``(fixed + sum(per_run * n)) / denominator``. [priced unit]

    Of `spans` only the runs count that begin in them (mutable while rows are gathered).
    """

    __slots__ = ("denominator", "fixed", "per_run", "spans")

    def __init__(self, fixed: int, per_run: tuple[int, ...], span: Span | None, denominator: int) -> None:
        self.fixed = fixed
        self.denominator = denominator
        self.per_run: tuple[int, ...] = ()
        self.spans: Mapping[Span, tuple[int, ...]] = _NO_SPANS
        if any(per_run):
            if span is None:
                self.per_run = per_run
            else:
                self.spans = {span: per_run}

    def add(self, fixed: int, per_run: tuple[int, ...], span: Span | None, denominator: int) -> None:
        """Add another quantity."""
        mine = its = 1
        if denominator != self.denominator:
            common = gcd(denominator, self.denominator)
            mine, its = denominator // common, self.denominator // common
            self.denominator *= mine
            if mine != 1 and (self.per_run or self.spans):
                self.per_run = tuple([each * mine for each in self.per_run])
                self.spans = {key: tuple([each * mine for each in more]) for key, more in self.spans.items()}
        self.fixed = self.fixed * mine + fixed * its
        if not any(per_run):
            return
        if span is None:
            self.per_run = _added(self.per_run, per_run, its)
        else:
            self.spans = {**self.spans, span: _added(self.spans.get(span, ()), per_run, its)}

    def numerator(self, runs: Sequence[int]) -> int:
        """Return the quantity at so many runs of each training, times the denominator.

        Raises
        ------
        ValueError
            When the usage has another number of trainings; one without any does not depend on the runs.
        """
        total = self.fixed
        if self.per_run:
            total += sum([each * count for each, count in zip(self.per_run, runs, strict=True)])
        for span, per_run in self.spans.items():
            total += sum([each * span.count(count) for each, count in zip(per_run, runs, strict=True)])
        return total

    @property
    def depends(self) -> bool:
        """Whether the quantity depends on the runs."""
        return bool(self.per_run or self.spans)


def _added(per_run: tuple[int, ...], more: tuple[int, ...], times: int) -> tuple[int, ...]:
    """Return the sum of two rows' parts per run, the second so many times; one may be empty."""
    if not per_run:
        return more if times == 1 else tuple([each * times for each in more])
    return tuple([a + b * times for a, b in zip(per_run, more, strict=True)])


class Line(Quantity):
    """One line of a bill before runs are put in (mutable while rows are gathered).

    Parameters
    ----------
    row : Usage or RunUsage
        The first of its rows.
    place : Place
    quantity : _Row
        Of that row.
    number : int
        Of that row among those of the bill. [count]
    """

    __slots__ = ("_more", "_number", "parts", "place", "row", "sure")

    def __init__(self, row: Usage | RunUsage, place: Place, quantity: _Row, number: int) -> None:
        Quantity.__init__(self, *quantity)
        self.row = row
        self.place = place
        self._number = number
        self._more: list[tuple[int, Usage | RunUsage]] | None = None
        self.sure = quantity[2] is None
        """Whether it is there at any number of runs: not where all of its rows wait for runs to begin."""
        self.parts: Sequence[Quantity] = [Quantity(*quantity)] if row.month is None and not place.flat else ()
        """Quantities of rows without a month, which share no tiers with each other."""

    def join(self, row: Usage | RunUsage, quantity: _Row, number: int) -> None:
        """Add another row of the same line."""
        self.add(*quantity)
        if self._more is None:
            self._more = []
        self._more.append((number, row))
        self.sure = self.sure or quantity[2] is None
        if isinstance(self.parts, list):
            self.parts.append(Quantity(*quantity))

    def held(self, runs: Sequence[int]) -> list[tuple[int, Usage | RunUsage]]:
        """Return the rows that are there at so many runs: those with a span where some runs begin in it."""
        every = [(self._number, self.row), *(self._more or ())]
        return [(number, row) for number, row in every if _holds(row, runs)]


def _holds(row: Usage | RunUsage, runs: Sequence[int]) -> bool:
    if not isinstance(row, RunUsage) or row.span is None or row.fixed:
        return True
    if not any(row.per_run):
        return False
    return any(each and row.span.count(count) for each, count in zip(row.per_run, runs, strict=True))


_Row = tuple[int, tuple[int, ...], Span | None, int]
"""What a row adds: fixed, per run, span, denominator, as in `Quantity`."""


class Share(NamedTuple):
    """What one line takes of a pool. [priced unit]

    Parameters
    ----------
    free : Fraction
        Of what is free.
    start, paid : Fraction
        Of the tiers: from where, and how much, in whole packs.
    used : Fraction
        As `paid`, before packs.
    """

    free: Fraction
    start: Fraction
    paid: Fraction
    used: Fraction


NONE = Fraction(0)


class Pool:
    """Lines, or parts of them, that share tiers and what is free.

    Parameters
    ----------
    members : tuple of (Line, Quantity)
        In the order in which they take tiers; a line's own quantity, or one of its parts.
    alone : int, optional
        Number of the part of a line without a month, which shares nothing.
    """

    __slots__ = ("depends", "free", "members", "only", "payee", "schedule")

    def __init__(self, members: Iterable[tuple[Line, Quantity]], *, alone: int | None = None) -> None:
        self.members = tuple(members)
        place = self.members[0][0].place
        self.schedule: Schedule = place.found.schedule
        self.free: Free | None = place.free
        if alone is not None and place.free is not None:
            self.free = place.free._replace(account=f"{place.key}|{alone}")
        self.payee = int(place.payee)
        first, quantity = self.members[0]
        self.depends = any(quantity.depends for _, quantity in self.members)
        simple = len(self.members) == 1 and not first.parts and (first.sure or self.schedule.pack is None)
        self.only: Quantity | None = quantity if simple else None
        """The quantity where there is but one line, which takes all."""

    def shares(self, runs: Sequence[int], left: Fraction) -> tuple[list[tuple[Line, Share]], Fraction]:
        """Return what each line that is there takes, and what is left of what is free.

        The free part goes to the first lines; what fills up a whole pack goes to the last one.

        Parameters
        ----------
        left : Fraction
            Of what is free. [priced unit]
        """
        members = [member for member in self.members if member[0].sure or member[0].held(runs)]
        start = NONE
        taken: list[tuple[Line, Share]] = []
        for position, (line, each) in enumerate(members):
            quantity = Fraction(each.numerator(runs), each.denominator)
            given = min(left, quantity)
            left -= given
            used = paid = quantity - given
            if self.schedule.pack is not None and position + 1 == len(members):
                paid = packed(self.schedule, start + used) - start
            taken.append((line, Share(given, start, paid, used)))
            start += paid
        return taken, left


class Rows:
    """Rows of usage compiled.

    Parameters
    ----------
    lines : tuple of Line
        In order of first appearance.
    pools : tuple of Pool
        In the order in which they take what is free.
    keys : set of str
        What two sets of rows must not have in common if they are to be priced apart.
    """

    __slots__ = ("keys", "lines", "pools", "prices")

    def __init__(self, lines: Iterable[Line], prices: Prices) -> None:
        self.lines = tuple(lines)
        self.prices = prices
        self.pools = _pools([line for line in self.lines if not line.place.flat])
        keys = {line.place.key for line in self.lines}
        for pool in self.pools:
            keys.add(pool.members[0][0].place.pool)
            if pool.free is not None:
                keys.add(f"free|{pool.free.account}")
        self.keys = keys

    @property
    def sure(self) -> bool:
        """Whether every line is there at any number of runs."""
        return all(line.sure for line in self.lines)


def compile_rows(rows: Iterable[Usage | RunUsage], prices: Prices) -> Rows:
    """Return rows of usage with their prices.

    Raises
    ------
    PriceNotFoundError, UnknownRegionError
        When prices are missing; the message has a line for each.
    ValueError
        For a negative or not finite quantity, or a unit that does not fit the price.
    """
    lines: dict[str, Line] = {}
    alike: dict[tuple[object, ...], tuple[Line, int]] = {}
    missing: dict[str, CatalogError] = {}
    for number, row in enumerate(rows):
        month = row.month
        when = (0, 0) if month is None else (month.year, month.month)
        like = None
        if not isinstance(row, RunUsage):  # of a bill's own rows most differ in their quantity alone
            numerator, denominator = ratio_of(row.quantity)
            like = (row.service, row.region, row.usage_type, row.operation, row.purchase, row.unit, row.why, when)
            known = alike.get(like)
            if known is not None:
                line, units = known
                line.add(numerator, (), None, denominator * units)
                continue
        try:
            place = place_of(prices, row.key, row.unit, *when)
        except CatalogError as error:
            missing.setdefault(str(error), error)
            continue
        quantity: _Row
        if isinstance(row, RunUsage):
            quantity = row.fixed, row.per_run, row.span, place.units
        else:
            quantity = numerator, (), None, denominator * place.units
        if place.key in lines:
            line = lines[place.key]
            line.join(row, quantity, number)
        else:
            line = lines[place.key] = Line(row, place, quantity, number)
        if like is not None and not line.parts:
            alike[like] = line, place.units
    if missing:
        errors = list(missing.values())
        raise errors[0] if len(errors) == 1 else PriceNotFoundError("\n".join(missing))
    return Rows(lines.values(), prices)


def _pools(lines: Sequence[Line]) -> tuple[Pool, ...]:
    """Return the pools of lines that are not flat, what is free in the order in which it is taken."""
    shared: dict[str, list[Line]] = {}
    alone: list[Pool] = []
    for line in lines:
        if line.parts:
            alone.extend(Pool([(line, part)], alone=number) for number, part in enumerate(line.parts))
        else:
            shared.setdefault(line.place.pool, []).append(line)
    if not shared:
        return tuple(alone)
    pools = [
        Pool([(line, line) for line in (sorted(members, key=_order) if len(members) > 1 else members)])
        for members in shared.values()
    ]
    free = [pool for pool in pools if pool.free is not None]
    if len(free) > 1:
        free.sort(key=_dearest_first)
    return (*alone, *[pool for pool in pools if pool.free is None], *free)


def _order(line: Line) -> PriceKey:
    return line.row.key


def _dearest_first(pool: Pool) -> tuple[Fraction, str]:
    return -pool.schedule.exact_rates[0], pool.members[0][0].row.region
