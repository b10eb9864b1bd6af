"""Every row of the book estimated for a project, exactly, but for those that a bound shows to be of no account.

An option costs at least the hours of its runs at the price of an hour, less all credits: no other line of a bill is
negative. On one type of machine runs take the same time wherever it stands, as long as the way of reading is the same.
So a row whose hours alone cost more than all of the best, and no less than the same machine elsewhere, need not be
estimated: it is neither among the best nor on the front of cost and time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from math import ceil

from cloudcost.analysis.choose.rows import book_rows
from cloudcost.analysis.choose.wanted import Wanted
from cloudcost.analysis.compare import compare
from cloudcost.analysis.matters.what_if import settled
from cloudcost.domain.project import Option, Project
from cloudcost.errors import CatalogError, TimingError
from cloudcost.frozen import dataclass
from cloudcost.options.book_row import BookRow
from cloudcost.options.model import Context, OptionModel, build_model
from cloudcost.results.comparison import BookChoice
from cloudcost.results.matters import FrontPoint
from cloudcost.usage.chosen import is_away

OTHER = "other than asked for"
LATE = "cannot be done in time, or at all"
TOP = 10
"""Rows of the book that are shown. [count]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """A row that qualifies, estimated.

    Parameters
    ----------
    row : BookRow
    option : Option
    total_usd : Decimal
    calendar_hours : float
    guaranteed : bool
    """

    row: BookRow
    option: Option
    total_usd: Decimal
    calendar_hours: float
    guaranteed: bool = True

    @property
    def place(self) -> tuple[Decimal, float, str]:
        """What rows are ranked by: cost, then time, then the name."""
        return self.total_usd, self.calendar_hours, self.option.name


def choose(
    project: Project,
    context: Context,
    wanted: Wanted | None = None,
    *,
    top: int = TOP,
    draws: int = 0,
    seed: int = 1,
    pruned: bool = True,
    one_of_each: bool = False,
) -> BookChoice:
    """Return the best of the whole book for a project, beside its own options.

    Parameters
    ----------
    project : Project
    context : Context
    wanted : Wanted, optional
        What is asked of machines.
    top : int
        Rows that are shown. [count]
    draws, seed : int
        Of the scenarios of the comparison.
    pruned : bool
        Whether rows are left alone that a bound shows to be of no account; the answer is the same without, slower.
    one_of_each : bool
        Whether only the best row of each GPU of each provider is shown.

    Raises
    ------
    InputError
        When the project names a CNN or a folder that cannot be read.
    """
    wanted = wanted or Wanted()
    search = _Book(settled(project, context), context, wanted, top, pruned=pruned)
    search.go(book_rows(context.book, context.day(project)))
    best = sorted(search.found, key=lambda each: each.place)
    listed = _one_of_each(best) if one_of_each else best
    shown = [each.option for each in listed[:top]]
    names = {option.name for option in shown}
    own = tuple(each for each in project.options if each.name not in names)
    comparison = compare(
        replace(project, options=(*own, *shown)),
        today=context.today,
        as_of=context.as_of,
        allow_assumed=context.allow_assumed,
        draws=draws,
        seed=seed,
        budget_usd=wanted.budget_usd,
        deadline_seconds=None if wanted.max_hours is None else ceil(wanted.max_hours * 3600),
    )
    return BookChoice(
        comparison=comparison,
        considered=search.considered,
        priced=search.priced,
        left_out=dict(search.left_out.most_common()),
        front=_front(best),
    )


def _one_of_each(best: Iterable[Ranked]) -> list[Ranked]:
    """Return the first of each GPU of each provider."""
    first: dict[tuple[str, str | None], Ranked] = {}
    for each in best:
        first.setdefault((each.row.kind + each.row.provider, each.row.device), each)
    return list(first.values())


def _front(best: Iterable[Ranked]) -> tuple[FrontPoint, ...]:
    """Return those that no other beats in both cost and time, of what can be counted on."""
    front: list[FrontPoint] = []
    for each in best:
        if each.guaranteed and (not front or each.calendar_hours < front[-1].calendar_hours):
            front.append(
                FrontPoint(name=each.option.name, total_usd=each.total_usd, calendar_hours=each.calendar_hours)
            )
    return tuple(front)


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    """What one row tells of the same machine elsewhere, read in the same way.

    Parameters
    ----------
    hours : Fraction
        Billed of all runs. [h]
    late : bool
        Whether they do not fit into the project's time.
    total_usd : Decimal or None
        The least of any place yet; None where none qualifies. [USD]
    """

    hours: Fraction
    late: bool
    total_usd: Decimal | None


class _Book:
    """Goes through the rows, those of one machine together, the cheapest hour first (mutable, internal)."""

    def __init__(self, project: Project, context: Context, wanted: Wanted, top: int, *, pruned: bool) -> None:
        self.project, self.wanted, self.top, self.pruned = project, wanted, top, pruned
        self.context = replace(context, explain=False)
        self.counts = [training.runs.expected for training in project.trainings]
        self.considered = self.priced = 0
        self.left_out: Counter[str] = Counter()
        self.found: list[Ranked] = []
        self._totals: list[Decimal] = []
        self._known: dict[tuple[int, bool], Elsewhere] = {}

    def go(self, rows: Iterable[BookRow]) -> None:
        """Consider every row."""
        machines: dict[tuple[str, str, str, str], list[BookRow]] = {}
        for row in rows:
            self.considered += 1
            if not self.wanted.takes(row):
                self.left_out[OTHER] += 1
            elif row.device is None:
                self.left_out["no GPU that is known"] += 1
            elif row.is_part:
                self.left_out["a part of a GPU, whose time is not known"] += 1
            else:
                machines.setdefault((row.kind, row.provider, row.instance, row.plan), []).append(row)
        for same in machines.values():
            self._machine(same)

    def _machine(self, rows: list[BookRow]) -> None:
        """Consider one machine wherever it stands and however it is bought."""
        priced = [(self._hourly(row), row) for row in rows]
        for hourly, row in sorted(priced, key=lambda pair: (pair[1].purchase != "on-demand", pair[0] or 0)):
            if hourly is None and row.key is not None:
                self.left_out["no price"] += 1
                continue
            option = row.option()
            place = id(rows), is_away(self.project, option)
            known = self._known.get(place) if row.purchase != "spot" else None
            if self.pruned and known is not None:
                if known.late:
                    self.left_out[LATE] += 1
                    continue
                if known.total_usd is not None and hourly is not None:
                    bound = known.hours * Fraction(hourly) - Fraction(self.project.credits_usd)
                    if bound >= known.total_usd and bound > self._bar():
                        self.priced += 1
                        continue
            self._ask(row, option, place)

    def _ask(self, row: BookRow, option: Option, place: tuple[int, bool]) -> None:
        """Estimate a row, and remember what it tells of the same machine elsewhere."""
        modelled = self._model(option)
        if modelled is None:
            return
        model, total = modelled
        found = self._estimated(row, option, model, total)
        if row.purchase == "spot":
            return
        known = self._known.get(place)
        seconds = sum(run.billed_seconds * count for run, count in zip(model.runs, self.counts, strict=True))
        late = bool(model.calendar_obstacle(self.counts)) and model.until is None
        both = (None if each is None else each.total_usd for each in (known, found))
        totals = [total for total in both if total is not None]
        self._known[place] = Elsewhere(
            hours=Fraction(seconds) / 3600, late=late, total_usd=min(totals) if totals else None
        )

    def _bar(self) -> Decimal:
        """Return what the last of the best so far costs; infinite while there are not enough."""
        if len(self._totals) < self.top:
            return Decimal("Infinity")
        return self._totals[self.top - 1]

    def _hourly(self, row: BookRow) -> Decimal | None:
        """Return the least price of an hour that the book has; None where it has none, or units are paid."""
        if row.key is None:
            return None
        book, day = self.context.book, self.context.day(self.project)
        prices = book.rows(row.key) or book.library.derive(book, row.key, day)
        return min((tier.unit_price_usd for price in prices for tier in price.tiers), default=None)

    def _model(self, option: Option) -> tuple[OptionModel, Decimal] | None:
        """Return an option's model and its total; nothing where it has no time or no price, which is counted."""
        try:
            model = build_model(self.project, option, self.context)
            total = model.bill.total_usd(self.counts)
        except TimingError:
            self.left_out["no time"] += 1
            return None
        except CatalogError:
            self.left_out["no price"] += 1
            return None
        return model, total

    def _estimated(self, row: BookRow, option: Option, model: OptionModel, total: Decimal) -> Ranked | None:
        """Return a row as estimated where it qualifies; else it is counted by why not."""
        if model.reason(self.counts):
            self.left_out[LATE] += 1
            return None
        hours = model.calendar_hours(self.counts)
        if self.wanted.budget_usd is not None and total > self.wanted.budget_usd:
            self.left_out["over the budget"] += 1
            return None
        if self.wanted.max_hours is not None and hours > self.wanted.max_hours:
            self.left_out["over the hours"] += 1
            return None
        self.priced += 1
        guaranteed = model.machine.guaranteed
        found = Ranked(row=row, option=option, total_usd=total, calendar_hours=hours, guaranteed=guaranteed)
        self.found.append(found)
        self._totals = sorted([*self._totals, total])[: self.top]
        return found
