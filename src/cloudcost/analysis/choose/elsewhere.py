"""One machine wherever it stands and however it is bought, from one model of it: prices are looked up, times are kept.

Machines of one type take the same time in every region from which the data are read in the same way, and meter the
same there. So a row of the book needs no model of its own: whether the machine can be had there, and what is metered
costs there, are asked anew; all else is asked once. Totals are those of a whole model, to the last digit. Where that is
not sure (tiers that rows share, support plans, what is left on), nothing is answered, and a whole model is built.

On spot capacity only a run's time is asked anew, of each band of interruptions once. What copies that are read anew
after an interruption cost is left to the whole model: without them a total is the least that it can be.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import floor
from operator import mul
from typing import NamedTuple

from cloudcost.analysis.choose.places import OfMonth, Places
from cloudcost.domain.prices import PriceKey
from cloudcost.domain.project import Option
from cloudcost.domain.usage import RunUsage
from cloudcost.frozen import dataclass
from cloudcost.money import LINE_PLACES, half_even, scaled_decimal
from cloudcost.options.availability import availability
from cloudcost.options.left_on import provider_service
from cloudcost.options.model import OptionModel, as_started
from cloudcost.options.obstacles import memory_obstacles
from cloudcost.options.prices.own import own_prices
from cloudcost.options.times.calendar import too_long
from cloudcost.options.times.on_spot import capacity_of, on_spot
from cloudcost.units import BillingMonth
from cloudcost.usage.machines.compute import machine_usage_type
from cloudcost.usage.option import data_obstacles, machine_usage


class Hourly(NamedTuple):
    """What is known of the price of a row's hours before a bill is made.

    Parameters
    ----------
    usd : Decimal
        The least that an hour costs. [USD]
    stands : bool
        Whether one price is known to hold from the project's first day to its last.
    """

    usd: Decimal
    stands: bool


class Answer(NamedTuple):
    """What a row of the book comes to.

    Parameters
    ----------
    late : bool
        Whether it cannot be done in the project's time, or at all; then the rest is not asked for.
    total_usd : Decimal or None
        None where a price is missing. [USD]
    hours : float
        From the start until the last run ends. [h]
    is_least : bool
        Whether the total is only the least that it can be.
    """

    late: bool = False
    total_usd: Decimal | None = None
    hours: float = 0.0
    is_least: bool = False


LATE = Answer(late=True)
SURE = 1 - 1e-9
"""Room for the rounding of floats in a bound. [1]"""
LINES = 1000
"""Room for the rounding of lines in a bound: so many, each of less than the last digit. [10**-10 USD]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stay:
    """Runs on one kind of capacity.

    Parameters
    ----------
    model : OptionModel
        With these runs.
    again : bool
        Whether interrupted runs read the data more often than its plans say.
    """

    model: OptionModel
    again: bool = False


class Elsewhere:
    """Answers for the rows of one machine (mutable: it remembers).

    Parameters
    ----------
    model : OptionModel
        Of the machine on demand in one place.
    places : Places
    """

    def __init__(self, model: OptionModel, places: Places) -> None:
        self._places = places
        self._model = model
        self._service = provider_service(model.option, model.machine)
        room = data_obstacles(model.project, model.option, model.machine)
        memory = memory_obstacles(model.project.trainings, model.timed)
        self._never = bool(model.machine.obstacle or model.endless or room or any(memory))
        self._late: dict[tuple[int, date | None], bool] = {}
        self._on_demand = _Stay(model=model)
        self._spot: dict[int, _Stay | None] = {}
        self._metered: dict[tuple[int, str], tuple[OfMonth, ...] | None] = {}

    def answer(
        self, option: Option, hourly: Hourly, spared: Callable[[Decimal, float], bool] | None = None
    ) -> Answer | None:
        """Return what the machine comes to as an option in another place; None where a whole model has to say.

        Parameters
        ----------
        option : Option
        hourly : Hourly
        spared : callable, optional
            Whether an option of at least that total and of these hours is of no account: then the least is answered,
            where all of its prices are known.

        Raises
        ------
        CatalogError
            When a price of the option's own is not known.
        """
        places, model = self._places, self._model
        if option.region is None or not places.are_plain:
            return None
        context, project = places.context, places.project
        day = context.day(project)
        had = availability(project, option, model.machine.instance, day=day, as_of=context.as_of, service=self._service)
        if self._never or had.obstacles:
            return LATE
        stay = self._stay(option, had.until, day)
        if stay is None or self._is_late(stay, had.until):
            return LATE
        if spared is not None and hourly.stands:
            least, hours = self._least(stay, hourly.usd), stay.model.calendar_hours(places.counts)
            if spared(least, hours) and self._has_prices(option, stay):
                return Answer(total_usd=least, hours=hours, is_least=True)
        own, _ = own_prices(
            project, option, model.machine, book=context.book, today=context.today, day=day,
            allow_assumed=context.allow_assumed,
        )  # fmt: skip
        return None if own else self._priced(option, stay)

    def _stay(self, option: Option, until: date | None, day: date) -> _Stay | None:
        """Return the runs on the capacity that is bought; None where they cannot be done in time."""
        if option.purchase != "spot":
            return self._on_demand
        capacity = capacity_of(self._places.project, option, self._model.machine, day)
        if self._is_too_long(self._places.first_wait(capacity), until):
            return None
        key = id(capacity.zones)  # the tables of capacity hold them, so no other object has their id
        if key not in self._spot:
            runs, _, endless = on_spot(self._places.project, self._model.plans, capacity)
            again = as_started(self._model.plans, runs) != list(self._model.plans)
            self._spot[key] = None if endless else _Stay(model=replace(self._model, runs=runs), again=again)
        return self._spot[key]

    def _least(self, stay: _Stay, hourly: Decimal) -> Decimal:
        """Return the least that runs come to: their hours, less all credits, since no other line is negative. [USD]"""
        counts, project = self._places.counts, self._places.project
        seconds = sum(run.billed_seconds * count for run, count in zip(stay.model.runs, counts, strict=True))
        least = Fraction(hourly) * seconds / 3600 - Fraction(project.credits_usd)
        return scaled_decimal(floor(least * 10**LINE_PLACES) - LINES, LINE_PLACES)

    def _has_prices(self, option: Option, stay: _Stay) -> bool:
        """Return whether all but the machine's own hours, of which it is known, has a price and had begun."""
        places, prices, hours = self._places, self._places.prices(option), machine_usage_type(option)
        for each in self._metered_by(option, stay) or ():
            if each.key.usage_type != hours:
                place, early = places.place(prices, each, option.region or "")
                if place is None or early:
                    return False
        data = places.data(option, self._model.plans, prices)
        return data.part is not None and not data.early

    def _is_too_long(self, wait_seconds: float, until: date | None) -> bool:
        """Return whether runs are too long even if nothing interrupts them, once each has waited for capacity."""
        model = self._model if until is None else replace(self._model, until=until)
        least = [
            (plan.overhead_seconds + plan.training_seconds + plan.validation_seconds + wait_seconds) * SURE
            for plan in model.plans
        ]
        loads = list(zip(least, self._places.counts, strict=True))
        return too_long(loads, machines=model.machines_at_once, available_seconds=model.machine_seconds)

    def _is_late(self, stay: _Stay, until: date | None) -> bool:
        key = (id(stay), until)
        if key not in self._late:
            model = stay.model if until is None else replace(stay.model, until=until)
            self._late[key] = not model.fits(self._places.counts)
        return self._late[key]

    def _priced(self, option: Option, stay: _Stay) -> Answer | None:
        """Return the total of what is metered in the option's place."""
        places, region = self._places, option.region or ""
        metered = self._metered_by(option, stay)
        if metered is None:
            return None
        prices = places.prices(option)
        sums = [0, 0, 0]
        missing = False
        keys: set[str] = set()
        for each in metered:
            place, early = places.place(prices, each, region)
            if early:
                return LATE
            if place is None:
                missing = True
                continue
            if not place.flat or place.key in keys:
                return None
            keys.add(place.key)
            sums[place.payee] += half_even(each.quantity * place.rate, place.divisor)
        data = places.data(option, self._model.plans, prices)
        if data.early:
            return LATE
        hours = stay.model.calendar_hours(places.counts)
        if missing or data.part is None:
            return Answer(hours=hours)
        if not data.part.rows.keys.isdisjoint(keys):
            return None
        of_data = data.part.sums(places.counts)
        total = places.closing.total(*(own + shared for own, shared in zip(sums, of_data, strict=True)))
        return Answer(total_usd=scaled_decimal(total, LINE_PLACES), hours=hours, is_least=stay.again)

    def _metered_by(self, option: Option, stay: _Stay) -> tuple[OfMonth, ...] | None:
        """Return what the machines meter, month by month; None where some of it stands in another place."""
        key = (id(stay), option.purchase)
        if key not in self._metered:
            model = stay.model
            rows = machine_usage(model.project, option, model.plans, model.runs, model.machine)
            here = all(row.region == option.region and row.span is None and row.month is not None for row in rows)
            self._metered[key] = tuple(self._summed(rows)) if here else None
        return self._metered[key]

    def _summed(self, rows: Iterable[RunUsage]) -> Iterator[OfMonth]:
        """Yield the rows at the numbers of runs asked for, those of one line together."""
        quantities: dict[tuple[PriceKey, str, BillingMonth], int] = {}
        for row in rows:
            assert row.month is not None
            like = row.key._replace(region=""), row.unit, row.month
            of_runs = sum(map(mul, row.per_run, self._places.counts))
            quantities[like] = quantities.get(like, 0) + row.fixed + of_runs
        for (key, unit, month), quantity in quantities.items():
            yield OfMonth(key=key, unit=unit, month=month, quantity=quantity)
