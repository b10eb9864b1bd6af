"""Writes the tables that a report's sliders read: exact curves at every position, each from the one model.

Nothing is sampled between positions: each slider stands only where the library has priced the project.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from itertools import combinations, pairwise

from cloudcost.analysis.breakeven.runs import most_runs
from cloudcost.analysis.report.limits import AskedLimits, budgets_of, deadlines_of
from cloudcost.catalog.aws.support import support_plan
from cloudcost.domain.kinds import facts_of
from cloudcost.domain.project import Option, Project
from cloudcost.errors import CatalogError, TimingError
from cloudcost.figures import time_words
from cloudcost.money import round_half_even
from cloudcost.options.machine import electricity_of
from cloudcost.options.model import Context, OptionModel, build_model
from cloudcost.pricing.bill.bill import Bill
from cloudcost.pricing.bill.closing import Closing
from cloudcost.pricing.bill.pieces import Curve, at_most, combine
from cloudcost.pricing.bill.prices import Payee, payee_of
from cloudcost.pricing.bill.rows import Line
from cloudcost.render.page import tables as page
from cloudcost.units import BillingMonth
from cloudcost.usage.calendar import kept_window
from cloudcost.usage.credits import credits_end

FACTORS = tuple(Fraction(tenths, 10) for tenths in range(5, 21))
"""What the hours of a run are multiplied by. [1]"""
MONTHS = (*range(13), 18, 24)
"""Months kept. [count]"""
LASTS = page.REACHES
"""How far the slider of runs may reach. [count]"""
MOST_PIECES = 4_500
"""Pieces that a page may hold, about 150 kB of the 300 that one may have: packs of Colab units make many. [count]"""

_ZERO = Fraction(0)


@dataclass(slots=True)
class _Shelf:
    """Curves and texts, each held once."""

    curves: dict[page.Curve, int] = field(default_factory=dict)
    texts: dict[str, int] = field(default_factory=dict)

    def put(self, curve: Curve, planned: Fraction | None) -> int:
        """Return the index of a curve, the project's own runs at 0 where they differ between CNNs."""
        pieces = [] if planned is None else [(page.PLANNED, _float(planned, 9), 0.0)]
        pieces += [(start, _float(constant, 9), _float(slope, 12)) for start, constant, slope in curve.pieces]
        return self.curves.setdefault(tuple(pieces), len(self.curves))

    def say(self, text: str) -> int:
        """Return the index of a text; -1 for none."""
        return self.texts.setdefault(text, len(self.texts)) if text else -1


def _float(value: Fraction, places: int) -> float:
    return float(round_half_even(value, places))


def page_tables(
    project: Project,
    options: Sequence[Option],
    context: Context,
    *,
    marks: Sequence[str],
    last: int | None = None,
    limits: AskedLimits | None = None,
) -> page.Tables:
    """Return the tables of a project's options.

    Parameters
    ----------
    options : sequence of Option
        In the page's order; one that cannot be priced or timed is left out.
    marks : sequence of str
        A letter for each.
    last : int, optional
        The most runs of each CNN; by default enough to show where options change places. [count]
    limits : AskedLimits, optional
        What was asked for beside the project, which the sliders can stand at too.

    Raises
    ------
    InputError
        When the project names a CNN that cannot be read or built.
    """
    priced = [
        (option, mark, model)
        for option, mark in zip(options, marks, strict=True)
        if (model := _model(project, option, context)) is not None
    ]
    candidates = [last] if last is not None else _lasts(project, [model for _, _, model in priced])
    for most in candidates:
        shelf = _Shelf()
        rows = [_table(model, mark, context, most, shelf) for _, mark, model in priced]
        if sum(len(curve) for curve in shelf.curves) <= MOST_PIECES:
            break
    counts = _counts(project)
    return page.Tables(
        options=tuple(rows),
        curves=tuple(shelf.curves),
        texts=tuple(shelf.texts),
        planned=page.PLANNED if _differ(project) else counts[0],
        planned_words=", ".join(f"{n:,} x {each.name}" for n, each in zip(counts, project.trainings, strict=True)),
        last=most,
        factors=page.Ticks(values=tuple(map(float, FACTORS)), at=FACTORS.index(Fraction(1))),
        months=page.Ticks(values=_months(project), at=_months(project).index(project.keep_months)),
        electricity=_electricity(rows),
        duration_words=time_words(project.duration_seconds),
        counts=tuple(counts),
        deadlines=deadlines_of(project, limits),
        budgets=budgets_of([model.bill.total_usd(counts) for _, _, model in priced], limits),
        reach=_planned_reach(project, most),
        currency=project.show_currency,
    )


def _planned_reach(project: Project, last: int) -> int:
    """Return how many runs the page shows at first: the planned ones, and about as many more. [count]"""
    planned = max(max(each.runs.expected, each.runs.high) for each in project.trainings)
    return next((reach for reach in LASTS if 2 * planned <= reach < last), last)


def _counts(project: Project) -> list[int]:
    return [training.runs.expected for training in project.trainings]


def _differ(project: Project) -> bool:
    """Return whether no number of the slider is the own one: it differs between CNNs, or is out of reach."""
    counts = set(_counts(project))
    return len(counts) > 1 or not 1 <= counts.pop() <= LASTS[-1]


def _lasts(project: Project, models: Sequence[OptionModel]) -> list[int]:
    """Return how far the slider may reach, the farthest first; never below the project's own number. [count]"""
    own = 0 if _differ(project) else _counts(project)[0]
    reach = reach_of(project, models)
    return [last for last in reversed(LASTS) if own <= last <= reach]


def _months(project: Project) -> tuple[int, ...]:
    every = sorted({*MONTHS, project.keep_months})
    if project.support_plan is None:
        return tuple(every)
    plan = support_plan(project.support_plan)
    ends = {months: kept_window(replace(project, keep_months=months)).end for months in every}
    return tuple(
        months for months, end in ends.items() if months <= project.keep_months or plan.is_sold(BillingMonth.of(end))
    )


def _model(project: Project, option: Option, context: Context) -> OptionModel | None:
    """Return the model of an option; None where it cannot be priced or timed."""
    try:
        model = build_model(project, option, context)
    except (CatalogError, TimingError):
        return None
    return None if isinstance(model.priced, CatalogError) else model


def reach_of(project: Project, models: Sequence[OptionModel]) -> int:
    """Return how many runs a figure should reach: four times the project's, and past the changes of leaders. [count]"""
    curves = [model.bill.curve(1, LASTS[-1]) for model in models if not model.obstacle]
    reach = 4 * max(max(training.runs.expected, training.runs.high) for training in project.trainings)
    grid = [n for n in range(1, 801) if n < 100 or n % 10 == 0]
    for a, b in combinations(curves, 2):
        leads = [a.at(n) < b.at(n) for n in grid]
        changes = [n for n, (before, after) in zip(grid[1:], pairwise(leads), strict=True) if before != after]
        reach = max([reach, *(n * 5 // 4 for n in changes)])
    return LASTS[min(bisect_left(LASTS, reach), len(LASTS) - 1)]


def _table(model: OptionModel, mark: str, context: Context, last: int, shelf: _Shelf) -> page.OptionCurves:
    project, option = model.project, model.option
    by_factor = [_at_factor(model, factor, context) for factor in FACTORS]
    by_months = [_at_months(model, months, context) for months in _months(project)]
    plain = _plain(model.bill)
    own, own_planned = plain.curve(1, last), _planned(plain, project)
    months = [
        shelf.put(_less(bill.curve(1, last), own), _if_differ(project, _planned(bill, project) - own_planned))
        for bill in (_plain(each.bill) for each in by_months)
    ]
    paid: tuple[tuple[int, ...], ...] = ()
    if (project.credits_usd and _paid_part(model.bill, None).has_lines) or model.bill.supported:
        paid = _tied(model, by_months, by_factor, last, shelf)
    has_energy = _energy_of(model.bill).has_lines
    return page.OptionCurves(
        name=option.name,
        mark=mark,
        local=facts_of(option).at_home,
        guaranteed=model.machine.guaranteed,
        obstacles=tuple(shelf.say(each.obstacle) for each in by_factor),
        most_runs=tuple(most_runs(each, last) for each in by_factor),
        planned_fits=tuple(each.fits(_counts(project)) for each in by_factor),
        wall=tuple(tuple(run.wall_seconds for run in each.runs) for each in by_factor),
        machines=model.machines_at_once,
        share_of_day=model.share_of_day,
        within=f"the project's {time_words(project.duration_seconds)}"
        if model.until is None
        else f"what is left before {model.until}",
        time=tuple(
            shelf.put(bill.curve(1, last), _if_differ(project, _planned(bill, project)))
            for bill in (_plain(each.bill) for each in by_factor)
        ),
        months=tuple(months),
        energy=tuple(_energy(each, last, shelf) for each in by_factor) if has_energy else (),
        usd_per_kwh=_own_price(option, context) if has_energy else 0.0,
        credits=paid,
    )


def _at_factor(model: OptionModel, factor: Fraction, context: Context) -> OptionModel:
    if factor == 1:
        return model
    option = replace(model.option, time_factor=model.option.time_factor * float(factor))
    return build_model(model.project, option, context)


def _at_months(model: OptionModel, months: int, context: Context) -> OptionModel:
    if months == model.project.keep_months:
        return model
    return build_model(replace(model.project, keep_months=months), model.option, context)


def _is_energy(line: Line) -> bool:
    return line.place.payee is Payee.OWN and line.row.usage_type == "Electricity"


def _plain(bill: Bill) -> Bill:
    """Return a bill without electricity and before credits."""
    closing = replace(bill.closing, credits_usd=Decimal(0), support=None)
    return bill.only(lambda line: not _is_energy(line)).closed(closing)


def _energy_of(bill: Bill) -> Bill:
    return bill.only(_is_energy).closed(Closing())


def _paid_part(bill: Bill, end: BillingMonth | None) -> Bill:
    """Return the part of a bill that credits pay, before credits and tax."""
    return bill.only(lambda line: payee_of(line.row.service, line.row.month, end) is Payee.CREDITED).closed(Closing())


def _less(a: Curve, b: Curve) -> Curve:
    return combine([(1, a), (-1, b)], first=1, last=a.last)


def _planned(bill: Bill, project: Project) -> Fraction:
    """Return a bill's exact total at the project's own runs. [USD]"""
    return bill.curve(1, 1, _counts(project)).at(1)


def _if_differ(project: Project, planned: Fraction) -> Fraction | None:
    return planned if _differ(project) else None


_Known = tuple[Curve, Fraction]
"""An amount over the runs of each CNN, and at the project's own. [USD]"""


def _tied(
    model: OptionModel,
    by_months: Sequence[OptionModel],
    by_factor: Sequence[OptionModel],
    last: int,
    shelf: _Shelf,
) -> tuple[tuple[int, ...], ...]:
    """Return what credits pay less what a support plan takes, with the tax on both, by months and factor."""
    project = model.project
    limit, after_tax = Fraction(project.credits_usd), 1 + Fraction(project.tax_rate)
    support = model.bill.closing.support
    ends = [credits_end(each.project) for each in by_months]  # None, or the month of the expiry
    paid = {end: [_paid(each, end, last) for each in (model, *by_factor)] for end in dict.fromkeys(ends)}
    charged = {id(each): _supported(each, last) for each in (model, *by_months, *by_factor)}

    def billed(month: _Known, factor: _Known, own: _Known) -> _Known:
        """Return what is billed where both sliders stand off the project's own place."""
        curve = combine([(1, month[0]), (1, factor[0]), (-1, own[0])], first=1, last=last)
        return curve, month[1] + factor[1] - own[1]

    def pair(months: OptionModel, end: BillingMonth | None, at: int) -> int:
        own, factor = paid[end][0], paid[end][at + 1]
        curve, planned = billed(_paid(months, end, last), factor, own)
        parts, sum_planned = [(after_tax, at_most(curve, limit))], min(planned, limit)
        if support is not None:
            three = [charged[id(each)] for each in (months, by_factor[at], model)]
            for when in three[0]:  # hours a run bill no month that the project does not
                nothing = Curve.straight(1, last, _ZERO), _ZERO
                curve, planned = billed(*[each.get(when, nothing) for each in three])
                parts.append((-after_tax, support.curve(curve)))
                sum_planned -= support.exact(planned)
        return shelf.put(combine(parts, first=1, last=last), _if_differ(project, after_tax * sum_planned))

    return tuple(
        tuple(pair(each, end, at) for at in range(len(by_factor))) for each, end in zip(by_months, ends, strict=True)
    )


def _supported(model: OptionModel, last: int) -> dict[BillingMonth, _Known]:
    """Return what a support plan is charged on, by month."""
    months = model.bill.supported.items()
    return {month: (bill.curve(1, last), _planned(bill, model.project)) for month, bill in months}


def _paid(model: OptionModel, end: BillingMonth | None, last: int) -> _Known:
    """Return what credits could pay of a model: over the runs, and at the project's own. [USD]"""
    part = _paid_part(model.bill, end)
    return part.curve(1, last), _planned(part, model.project)


def _energy(model: OptionModel, last: int, shelf: _Shelf) -> int:
    """Return the curve of the energy that is paid for. [kWh]"""
    bill = _energy_of(model.bill)
    return shelf.put(
        bill.quantity(1, last), _if_differ(model.project, bill.quantity(1, 1, _counts(model.project)).at(1))
    )


def _own_price(option: Option, context: Context) -> float:
    assert option.local is not None
    return float(electricity_of(option.local, context.today).usd_per_kwh)


def _electricity(rows: Sequence[page.OptionCurves]) -> page.Ticks | None:
    """Return the positions of the price of electricity: whole cents, and the project's own price among them."""
    own = {row.usd_per_kwh for row in rows if row.energy}
    if not own:
        return None
    top = max(60, round(200 * max(own)))
    cents = {cent / 100 for cent in range(0, top + 1, max(1, top // 200))} | {round(2 * each, 6) for each in own}
    if len(own) > 1:
        return page.Ticks(values=(-1.0, *sorted(cents)), at=0)
    values = tuple(sorted(cents | own))
    return page.Ticks(values=values, at=values.index(own.pop()))
