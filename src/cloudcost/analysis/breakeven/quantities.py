"""Where the cheaper of two options changes over other quantities than runs: every crossing up to a stated horizon.

Hours a month, the price of electricity and utilisation enter a total through straight pieces, in the last case of its
inverse: their crossings are exact. Months and sizes move tiers, calendar months and whole packs; totals never fall
with them, which bounds a whole stretch by its two ends, and only stretches that the bounds leave open are walked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from itertools import combinations
from typing import Literal, TypeAlias, assert_never

from cloudcost.analysis.breakeven.roots import (
    Pair,
    Stretch,
    electricity_stretches,
    hours_stretches,
    machine_hours,
    option_of,
    project_months,
    utilisation_stretches,
)
from cloudcost.analysis.matters.changes import with_images_times
from cloudcost.analysis.matters.what_if import settled
from cloudcost.domain.kinds import facts_of
from cloudcost.domain.project import LocalMachine, Option, Project
from cloudcost.errors import CatalogError, TimingError
from cloudcost.options.machine import electricity_of
from cloudcost.options.model import Context, build_model
from cloudcost.results.crossings import CrossingsOver, Quantity
from cloudcost.units import HOURS_PER_MONTH
from cloudcost.usage.chosen import machines_of

QUANTITIES: tuple[Quantity, ...] = ("hours", "months", "dataset", "electricity", "utilisation")
Walked: TypeAlias = Literal["months", "dataset"]
"""Quantities of which whole numbers are looked at one after another."""
Solved: TypeAlias = Literal["hours", "electricity", "utilisation"]
"""Quantities of which the total is a line, stretch by stretch."""
UNITS: dict[Quantity, str] = {
    "hours": "h/month", "months": "months", "dataset": "GB", "electricity": "USD/kWh", "utilisation": "x",
}  # fmt: skip
MOST_MONTHS = 60
"""Months kept up to which crossings are looked for. [months]"""
MOST_PERCENT = 500
"""Size of the data set up to which crossings are looked for, in steps of one. [% of the present size]"""
MOST_USD_PER_KWH = 10
"""[USD/kWh]"""


def crossings_over(
    quantity: Quantity, project: Project, a: str, b: str, context: Context, *, reference: str | None = None
) -> CrossingsOver:
    """Return every change of the cheaper of two options over a quantity, all else as the project says.

    Parameters
    ----------
    quantity : {"hours", "months", "dataset", "electricity", "utilisation"}
        ``hours``: of training a month on the machine of `reference`, in the project's mix of CNNs, through the
        project's duration. ``months``: kept after the end. ``dataset``: its size, images in proportion.
        ``electricity``: what every machine of one's own pays. ``utilisation``: of every machine charged by its life.
    a, b : str
        Names of two options.
    reference : str, optional
        `a` unless given.

    Raises
    ------
    KeyError
        When there is no option of that name.
    CatalogError, TimingError
        When one of the two cannot be priced or timed.
    ValueError
        When a project without runs is asked about hours.
    """
    project = settled(project, context)
    pair = Pair(project, option_of(project, a).name, option_of(project, b).name, context)
    match quantity:
        case "months" | "dataset":
            return _walked(quantity, pair, *(_totals(quantity, project, name, context) for name in (a, b)))
        case "hours" | "electricity" | "utilisation":
            return _solved(quantity, pair, option_of(project, reference or a))
        case _:
            assert_never(quantity)


def all_crossings_over(quantity: Quantity, project: Project, context: Context) -> tuple[CrossingsOver, ...]:
    """Return the crossings of every pair of options that can be priced and timed, and that the quantity enters.

    Electricity and utilisation enter the total of a machine of one's own alone: of pairs without one there is nothing
    to say. A pair that can no longer be priced or timed within the range that is searched is left out.

    Raises
    ------
    ValueError
        When a project without runs is asked about hours.
    """
    project = settled(project, context)
    known: dict[str, _Totals] = {}
    for option in project.options:
        try:
            known[option.name] = totals = _totals(quantity, project, option.name, context)
            totals.at(totals.first)
        except (CatalogError, TimingError):
            known.pop(option.name, None)
    own = {option.name for option in project.options if _own_machine(option) is not None}
    found: list[CrossingsOver] = []
    totals_of_all: dict[tuple[str, int], Fraction] = {}
    for a, b in combinations(known, 2):
        if quantity in ("electricity", "utilisation") and not own & {a, b}:
            continue
        pair = Pair(project, a, b, context, totals_of_all)
        try:
            match quantity:
                case "months" | "dataset":
                    found.append(_walked(quantity, pair, known[a], known[b]))
                case "hours" | "electricity" | "utilisation":
                    found.append(_solved(quantity, pair, option_of(project, a)))
                case _:
                    assert_never(quantity)
        except (CatalogError, TimingError):
            continue
    return tuple(found)


def _own_machine(option: Option) -> LocalMachine | None:
    """Return the machine of one's own that an option runs on; None for what is rented."""
    return option.local if facts_of(option).at_home else None


def _solved(quantity: Solved, pair: Pair, reference: Option) -> CrossingsOver:
    project, low = pair.project, Fraction(0)
    machines = [_own_machine(option_of(project, name)) for name in (pair.a, pair.b)]
    local = [machine for machine in machines if machine is not None]
    match quantity:
        case "hours":
            high = Fraction(HOURS_PER_MONTH * machines_of(project, reference))
            hours = machine_hours(build_model(project, reference, pair.context)) / project_months(project)
            found = _crossings(quantity, pair, hours_stretches(pair, reference), Fraction(1), high, [hours])
            return replace(found, step=Fraction(1), reference=reference.name)
        case "electricity":
            high = Fraction(MOST_USD_PER_KWH)
            paid = [Fraction(electricity_of(machine, pair.context.today).usd_per_kwh) for machine in local]
            return _crossings(quantity, pair, electricity_stretches(pair, low, high), low, high, paid)
        case "utilisation":
            low, high = Fraction(1, 1000), Fraction(1)
            used = [Fraction(str(machine.utilisation)) for machine in local if machine.charge == "share"]
            return _crossings(quantity, pair, utilisation_stretches(pair, low, high), low, high, used)
        case _:
            assert_never(quantity)


def _walked(quantity: Walked, pair: Pair, a: _Totals, b: _Totals) -> CrossingsOver:
    match quantity:
        case "dataset":
            assumed = Fraction(pair.project.dataset.size_bytes, 10**9)
            scale = assumed / 100
        case "months":
            assumed, scale = Fraction(pair.project.keep_months), Fraction(1)
        case _:
            assert_never(quantity)
    stretches = [(n * scale, sign) for n, sign in _walk(a, b)]
    found = _crossings(quantity, pair, stretches, a.first * scale, a.last * scale, [assumed])
    return replace(found, step=scale)


def _crossings(
    quantity: Quantity,
    pair: Pair,
    stretches: Iterable[Stretch],
    low: Fraction,
    high: Fraction,
    assumed: Sequence[Fraction],
) -> CrossingsOver:
    """Return the changes among stretches; `assumed` counts where all that it names agree."""
    at: list[Fraction] = []
    leader = first = 0
    for value, sign in stretches:
        if sign and sign != leader:
            if leader:
                at.append(value)
            else:
                first = sign
            leader = sign
    names = {-1: pair.a, 0: "", 1: pair.b}
    return CrossingsOver(
        quantity=quantity,
        unit=UNITS[quantity],
        a=pair.a,
        b=pair.b,
        at=tuple(at),
        first_leader=names[first],
        last_leader=names[leader],
        low=low,
        high=high,
        assumed=assumed[0] if len(set(assumed)) == 1 else None,
    )


def _keep(project: Project, months: int) -> Project:
    return replace(project, keep_months=months)


def _resize(project: Project, percent: int) -> Project:
    return with_images_times(project, Fraction(percent, 100))


def _totals(quantity: Quantity, project: Project, name: str, context: Context) -> _Totals:
    match quantity:
        case "dataset":
            return _Totals(project, name, context, _resize, 1, MOST_PERCENT)
        case "months" | "hours" | "electricity" | "utilisation":  # of those that are solved, whether they are known
            return _Totals(project, name, context, _keep, 0, MOST_MONTHS)
        case _:
            assert_never(quantity)


class _Totals:
    """One option's printed totals by a whole number, remembered.

    Sessions that end make the time of a run, and so the total, uneven; otherwise no total falls.
    """

    def __init__(
        self,
        project: Project,
        name: str,
        context: Context,
        change: Callable[[Project, int], Project],
        first: int,
        last: int,
    ) -> None:
        self.first, self.last = first, last
        self._project, self._name, self._context, self._change = project, name, context, change
        self._known: dict[int, Decimal] = {}
        model = build_model(project, option_of(project, name), context)
        self._even = model.machine.session_seconds is None

    def at(self, n: int) -> Decimal:
        """Return the total as an estimate prints it. [USD]"""
        if n not in self._known:
            project = self._change(self._project, n)
            model = build_model(project, option_of(project, self._name), self._context)
            counts = [training.runs.expected for training in project.trainings]
            self._known[n] = model.bill.total_usd(counts)
        return self._known[n]

    def between(self, start: int, end: int) -> tuple[Decimal, Decimal]:
        """Return the least and the greatest total of a stretch. [USD]"""
        if self._even:
            return self.at(start), self.at(end)
        totals = [self.at(n) for n in range(start, end + 1)]
        return min(totals), max(totals)


def _walk(a: _Totals, b: _Totals) -> Iterator[tuple[int, int]]:
    """Yield stretches by the sign of a's total less b's: settled where the two ranges of totals do not touch."""
    left = [(a.first, a.last)]
    while left:
        start, end = left.pop()
        (least_a, most_a), (least_b, most_b) = a.between(start, end), b.between(start, end)
        if most_a < least_b:
            yield start, -1
        elif least_a > most_b:
            yield start, 1
        elif least_a == most_a and least_b == most_b:
            yield start, 0
        else:
            middle = (start + end) // 2
            left += [(middle + 1, end), (start, middle)]
