"""Every row of the book answered for a project, exactly, and the best of them estimated in full.

One model of each machine answers for all places and purchases (`cloudcost.analysis.choose.elsewhere`). Where it knows
only the least that a row can come to, a bound spares the whole model: a row is of no account that even so costs more
than all of the best, and than one that is as fast. What the bound spares has its prices and its time, and is counted.
"""

from __future__ import annotations

from bisect import insort
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from functools import partial
from math import ceil

from cloudcost.analysis.choose.elsewhere import Answer, Elsewhere, Hourly
from cloudcost.analysis.choose.places import Places
from cloudcost.analysis.choose.rows import book_rows
from cloudcost.analysis.choose.wanted import Wanted
from cloudcost.analysis.compare import compare
from cloudcost.analysis.matters.what_if import settled
from cloudcost.domain.prices import PriceKey
from cloudcost.domain.project import Option, Project
from cloudcost.errors import CatalogError, TimingError
from cloudcost.frozen import dataclass
from cloudcost.options.book_row import BookRow
from cloudcost.options.model import Context, build_model
from cloudcost.results.comparison import BookChoice
from cloudcost.results.matters import FrontPoint
from cloudcost.usage.calendar import project_window
from cloudcost.usage.chosen import is_away, with_bucket_placed

OTHER = "other than asked for"
NO_PRICE = "no price"
NO_TIME = "no time"
LATE = "cannot be done in time, or at all"
DEARER = "over the budget"
LONGER = "over the hours"
NO_HOURS = Hourly(Decimal(0), stands=False)
"""Of what is paid in units."""
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
    project = with_bucket_placed(project)  # before rows of the book are options, else these would place it
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
        first.setdefault(each.row.group, each)
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


class _Book:
    """Goes through the rows, those of one machine together (mutable, internal)."""

    def __init__(self, project: Project, context: Context, wanted: Wanted, top: int, *, pruned: bool) -> None:
        self.project, self.wanted, self.top, self.pruned = project, wanted, top, pruned
        self.context = replace(context, explain=False)
        self.counts = [training.runs.expected for training in project.trainings]
        self.considered = self.priced = 0
        self.left_out: Counter[str] = Counter()
        self.found: list[Ranked] = []
        self._places = Places(project, self.context)
        self._days = context.day(project), context.as_of or project_window(project).end.date()
        self._totals: list[Decimal] = []
        self._alike: dict[tuple[str, str | None], Decimal] = {}
        self._front: list[Ranked] = []

    def go(self, rows: Iterable[BookRow]) -> None:
        """Consider every row."""
        machines: dict[tuple[str, str, str, str], list[tuple[Hourly, BookRow]]] = {}
        for row in rows:
            self.considered += row.count
            if not self.wanted.takes(row):
                self.left_out[OTHER] += row.count
            elif row.device is None:
                self.left_out["no GPU that is known"] += row.count
            elif row.is_part:
                self.left_out["a part of a GPU, whose time is not known"] += 1
            else:
                hourly = NO_HOURS if row.key is None else self._hourly(row.key)
                if hourly is None:
                    self.left_out[NO_PRICE] += 1
                else:
                    machines.setdefault((row.kind, row.provider, row.instance, row.plan), []).append((hourly, row))
        for same in machines.values():
            self._machine(sorted(same, key=lambda each: each[0]))

    def _hourly(self, key: PriceKey) -> Hourly | None:
        """Return what an hour costs, by prices of the book's own or by a rule; None where it has none."""
        book, day = self.context.book, self.context.day(self.project)
        prices = book.rows(key) or book.library.derive(book, key, day)
        if not prices:
            return None
        least = min(tier.unit_price_usd for price in prices for tier in price.tiers)
        first, last = self._days
        stands = any(
            price.first_day <= first and (price.valid_until is None or price.valid_until > last) for price in prices
        )
        return Hourly(least, stands)

    def _machine(self, rows: Iterable[tuple[Hourly, BookRow]]) -> None:
        """Consider one machine wherever it stands and however it is bought, the cheapest hour first."""
        known: dict[bool, Elsewhere | str] = {}
        for hourly, row in rows:
            option = row.option()
            answer = self._answer(option, known, hourly, row) if self.pruned else None
            if isinstance(answer, str):
                self.left_out[answer] += 1
            elif answer is None or not self._settled(row, option, answer):
                self._estimate(row, option)

    def _answer(
        self, option: Option, known: dict[bool, Elsewhere | str], hourly: Hourly, row: BookRow
    ) -> Answer | str | None:
        """Return what the model of the same machine answers, or why there is none; None where it cannot tell.

        Parameters
        ----------
        known : dict
            The machine's model, or why it has none, by whether the data are read from afar.
        """
        away = is_away(self.project, option)
        try:
            if away not in known:
                model = build_model(self.project, replace(option, purchase="on-demand"), self.context)
                known[away] = Elsewhere(model, self._places)
            same = known[away]
            if isinstance(same, str):
                return same
            spared = None if self.wanted.budget_usd is not None else partial(self._is_of_no_account, row)
            return same.answer(option, hourly, spared)
        except TimingError:
            known[away] = NO_TIME
            return NO_TIME
        except CatalogError:
            return NO_PRICE

    def _settled(self, row: BookRow, option: Option, answer: Answer) -> bool:
        """Return whether an answer is all that is to be known of a row; then it is counted."""
        total = answer.total_usd
        if answer.late or total is None:
            self.left_out[LATE if answer.late else NO_PRICE] += 1
            return True
        if not answer.is_least:
            self._count(row, option, total, answer.hours, guaranteed=True)
            return True
        wanted = self.wanted
        if wanted.budget_usd is not None:
            if total > wanted.budget_usd:
                self.left_out[DEARER] += 1
            return total > wanted.budget_usd
        if wanted.max_hours is not None and answer.hours > wanted.max_hours:
            self.left_out[LONGER] += 1
            return True
        if self._is_of_no_account(row, total, answer.hours):
            self.priced += 1
            return True
        return False

    def _is_of_no_account(self, row: BookRow, least_usd: Decimal, hours: float) -> bool:
        """Return whether what costs no less than this is neither among the best nor on the front."""
        if len(self._totals) < self.top or least_usd <= self._totals[-1]:
            return False
        alike = self._alike.get(row.group)
        if alike is None or least_usd <= alike:
            return False
        return any(each.total_usd < least_usd and each.calendar_hours <= hours for each in self._front)

    def _estimate(self, row: BookRow, option: Option) -> None:
        """Build a row's whole model and count it."""
        try:
            model = build_model(self.project, option, self.context)
            if model.reason(self.counts):
                self.left_out[LATE] += 1
                return
            total = model.bill.total_usd(self.counts)
        except TimingError:
            self.left_out[NO_TIME] += 1
        except CatalogError:
            self.left_out[NO_PRICE] += 1
        else:
            hours = model.calendar_hours(self.counts)
            self._count(row, option, total, hours, guaranteed=model.machine.guaranteed)

    def _count(self, row: BookRow, option: Option, total: Decimal, hours: float, *, guaranteed: bool) -> None:
        """Count a row that can be done: among those that qualify, or by why it does not."""
        if self.wanted.budget_usd is not None and total > self.wanted.budget_usd:
            self.left_out[DEARER] += 1
        elif self.wanted.max_hours is not None and hours > self.wanted.max_hours:
            self.left_out[LONGER] += 1
        else:
            self.priced += 1
            found = Ranked(row=row, option=option, total_usd=total, calendar_hours=hours, guaranteed=guaranteed)
            self.found.append(found)
            insort(self._totals, total)
            del self._totals[self.top :]
            self._alike[row.group] = min(total, self._alike.get(row.group, total))
            if guaranteed and not any(_beats(each, found) for each in self._front):
                self._front = [each for each in self._front if not _beats(found, each)] + [found]


def _beats(one: Ranked, other: Ranked) -> bool:
    """Return whether one is neither dearer nor slower than the other."""
    return one.total_usd <= other.total_usd and one.calendar_hours <= other.calendar_hours
