"""An option's bill as a function of the numbers of runs: the one model behind estimate, break-even and simulation.

Building it asks the catalog and the timing model; pricing it at given runs is then only arithmetic.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field, replace
from datetime import date
from decimal import Decimal
from functools import lru_cache

from cloudcost.catalog.books.book import PriceBook
from cloudcost.domain.kinds import facts_of
from cloudcost.domain.lines import LineItem
from cloudcost.domain.prices import Price
from cloudcost.domain.project import Dataset, Option, Project, Training
from cloudcost.domain.spot import SpotModel
from cloudcost.domain.usage import RunUsage
from cloudcost.errors import CatalogError, TimingError
from cloudcost.frozen import dataclass
from cloudcost.options.availability import availability, before_launch_obstacles
from cloudcost.options.billed import bill_or_reason, closing_of, discount_notes, quota_notes, support_notes
from cloudcost.options.dataset import with_counted_folder
from cloudcost.options.device_file import machine_with_file
from cloudcost.options.kinds import kind_of
from cloudcost.options.left_on import left_on_usages, provider_service
from cloudcost.options.obstacles import memory_obstacles, session_plans, together
from cloudcost.options.prices.account_age import free_at, free_tier_assumptions
from cloudcost.options.prices.commitment import with_commitment
from cloudcost.options.prices.own import own_prices, rate_notes
from cloudcost.options.times.calendar import fits, makespan
from cloudcost.options.times.context import TimingContext
from cloudcost.options.times.on_spot import capacity_of, on_spot
from cloudcost.options.times.trainings import Timed, time_training
from cloudcost.pricing.bill.bill import Bill, Part, compile_part
from cloudcost.pricing.bill.prices import Prices, prices_of
from cloudcost.pricing.free_tiers import FreeAt
from cloudcost.pricing.market import Market
from cloudcost.usage.assumptions import usage_assumptions
from cloudcost.usage.chosen import caches, has_copy, in_aws, machines_of, reader_of, trains_beside, uses_s3
from cloudcost.usage.left_on import left_on_assumptions
from cloudcost.usage.machines.compute import BilledRun, billed_run, rule_of
from cloudcost.usage.machines.machine import Machine
from cloudcost.usage.machines.runs import RunPlan
from cloudcost.usage.option import data_obstacles, data_usage, machine_usage
from cloudcost.usage.s3.restores import restore_seconds


@dataclass(slots=True)
class Context:
    """What a comparison holds fixed over its options.

    Parameters
    ----------
    book : PriceBook
    today : date
    as_of : date or None
        Take prices, rates and machines as they were on this day, whatever the project's.
    allow_assumed : bool
    timing : TimingContext
    explain : bool
        Whether models carry their assumptions; a sweep, which prints none, does without.
    times : dict, optional
        With one, a training that was timed on an option is not timed again; only for who uses the same objects for
        the same values over and over, as a sweep does.
    """

    book: PriceBook
    today: date
    as_of: date | None = None
    allow_assumed: bool = True
    timing: TimingContext = field(default_factory=lambda: TimingContext(today=date.min))
    explain: bool = True
    times: dict[tuple[int, int, int], tuple[Dataset, Training, Option, Timed]] | None = None
    _project: Project | None = None
    _data: dict[tuple[object, ...], tuple[RunUsage, ...]] = field(default_factory=dict)
    _parts: dict[tuple[int, int], Part] = field(default_factory=dict)

    def day(self, project: Project) -> date:
        """Return the day that every dated fact of a project is judged by: `as_of`, else the project's first."""
        return self.as_of or project.start

    def data_usage(self, project: Project, option: Option, plans: Sequence[RunPlan]) -> tuple[RunUsage, ...]:
        """Return what an option's data set meters; options that store and read it alike share one answer."""
        if project is not self._project:
            self._project = project
            self._data.clear()
            self._parts.clear()
        beside = trains_beside(project, option)
        place = (in_aws(option), facts_of(option).at_home, beside, option.region if in_aws(option) or beside else None)
        read = (
            has_copy(project, option), reader_of(project, option), machines_of(project, option),
            caches(project, option), option.input_mode,
        )  # fmt: skip
        key = (*place, *read, *(plan.starts for plan in plans))
        if key not in self._data:
            self._data[key] = tuple(data_usage(project, option, plans))
        return self._data[key]

    def parts(self, data: tuple[RunUsage, ...], own: Sequence[RunUsage], prices: Prices) -> tuple[Part, ...]:
        """Return an option's usage with its prices, compiled; options that share `data` and prices share its part.

        Raises
        ------
        PriceNotFoundError
            When prices are missing.
        """
        key = (id(data), id(prices))  # what is held below is alive, so no other object has its id
        shared = self._parts.get(key)
        if shared is None:
            shared = self._parts[key] = compile_part(data, prices)
        rest = compile_part(own, prices)
        if shared.rows.keys.isdisjoint(rest.rows.keys):
            return shared, rest
        return (compile_part((*data, *own), prices),)

    def timed(self, project: Project, option: Option, training: Training, machine: Machine) -> Timed:
        """Return how long a training takes on an option's machine."""
        if self.times is None:
            return time_training(project, option, training, machine, self.timing, explain=self.explain)
        key = (id(project.dataset), id(training), id(option))
        known = self.times.get(key)  # what it holds is alive, so no other object has its id
        if known is None:
            timed = time_training(project, option, training, machine, self.timing, explain=self.explain)
            known = self.times[key] = project.dataset, training, option, timed
        return known[3]


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionModel:
    """An option with its times and meters.

    Parameters
    ----------
    project, option, machine
    timed : tuple of Timed
        One per training.
    plans : tuple of RunPlan
        Cut into sessions where sessions end; with the starts that are expected where runs are interrupted.
    runs : tuple of BilledRun
        With interruptions counted in.
    usages : tuple of RunUsage
    priced : Bill or CatalogError
        What its usage costs, or why that is not known.
    today : date
        The day that stands for its month in prices, as the first does for other months: the project's own first.
    obstacle : str
        Why it cannot be done, apart from the calendar, every reason; empty otherwise.
    endless : bool
        Whether runs never end in sessions or on spot capacity, so that their times are only the least they take.
    until : date or None
        The day within the project from which its machines can no longer be started.
    why_until : str
    assumptions : tuple of str
    capacity : SpotModel or None
        What is known of its spot capacity; None on capacity that nobody takes back.
    """

    project: Project
    option: Option
    machine: Machine
    timed: tuple[Timed, ...]
    plans: tuple[RunPlan, ...]
    runs: tuple[BilledRun, ...]
    usages: tuple[RunUsage, ...]
    priced: Bill | CatalogError
    today: date
    obstacle: str = ""
    endless: bool = False
    until: date | None = None
    why_until: str = ""
    assumptions: tuple[str, ...] = ()
    capacity: SpotModel | None = None

    @property
    def bill(self) -> Bill:
        """What the usage costs; raises PriceNotFoundError where prices are missing."""
        if isinstance(self.priced, CatalogError):
            raise self.priced
        return self.priced

    def lines(self, runs: Sequence[int]) -> tuple[LineItem, ...]:
        """Return the bill's lines at so many runs of each training."""
        return self.bill.lines(runs)

    def under(self, project: Project, option: Option) -> OptionModel:
        """Return the model of a project and an option that differ in nothing that is metered or timed."""
        return replace(self, project=project, option=option, priced=self.bill.closed(closing_of(project, option)))

    def reason(self, runs: Sequence[int]) -> str:
        """Return every reason why so many runs of each training cannot be done; empty when they can."""
        return together([self.obstacle, self.calendar_obstacle(runs)])

    def calendar_hours(self, runs: Sequence[int]) -> float:
        """Return the time from the start until the last of so many runs of each training ends, on all machines. [h]"""
        return makespan(self._loads(runs), self.machines_at_once) / 3600

    def _loads(self, runs: Sequence[int]) -> list[tuple[float, int]]:
        """Return the wall time of a run of each training, with how many there are. [s], [count]"""
        return [(run.wall_seconds, count) for run, count in zip(self.runs, runs, strict=True)]

    def fits(self, runs: Sequence[int]) -> bool:
        """Return whether so many runs of each training fit into the project's time."""
        return fits(self._loads(runs), machines=self.machines_at_once, available_seconds=self.machine_seconds)

    def calendar_obstacle(self, runs: Sequence[int]) -> str:
        """Return why so many runs do not fit into the project's time; empty when they do."""
        loads = self._loads(runs)
        machines, available = self.machines_at_once, self.machine_seconds
        if fits(loads, machines=machines, available_seconds=available):
            return ""
        needed = sum([seconds * count for seconds, count in loads]) / 3600
        waits = sum([run.wait_seconds * count for run, count in zip(self.runs, runs, strict=True)]) / 3600
        waiting = f", {waits:,.0f} h of them waiting for capacity," if waits >= 0.5 else ""
        with_machines = f"{machines:,} machines have" if machines > 1 else "1 machine has"
        within = "in this time" if self.until is None else f"before {self.until}; {self.why_until}"
        has = f"{with_machines} {machines * available / 3600:,.0f} h {within}"
        least = "at least " if self.endless else ""
        return f"the runs take {least}{needed:,.0f} h{waiting} and {has}"

    @property
    def machine_seconds(self) -> float:
        """Time of each machine within the project's. [s]"""
        return self.available_seconds * self.share_of_day

    @property
    def share_of_day(self) -> float:
        """Part of each day in which a machine trains. [1]"""
        return min(self.project.hours_per_day, self.hours_per_day) / 24

    def ends_within(self, runs: Sequence[int], calendar_seconds: float) -> bool:
        """Return whether so many runs of each training end within so much time from the start. [s]"""
        return makespan(self._loads(runs), self.machines_at_once) <= calendar_seconds * self.share_of_day

    @property
    def available_seconds(self) -> int:
        """Calendar time in which runs can be: the project's, or until machines are retired, less restores. [s]"""
        had = self.project.duration_seconds
        if self.until is not None:
            had = min((self.until - self.project.start).days * 86_400, had)
        return max(had - restore_seconds(self.project), 0) if uses_s3(self.project, self.option) else had

    @property
    def machines(self) -> int:
        """Machines of the option. [count]"""
        return machines_of(self.project, self.option)

    @property
    def machines_at_once(self) -> int:
        """Machines that train at the same time: of what nothing guarantees, one is counted on. [count]"""
        return self.machines if self.machine.guaranteed else 1

    @property
    def hours_per_day(self) -> float:
        """Hours a day that the machine can be had. [h/day]"""
        return 24.0 if self.machine.guaranteed else min(self.machine.hours_per_day, 24.0)


def build_model(project: Project, option: Option, context: Context) -> OptionModel:
    """Return an option's model.

    Raises
    ------
    CatalogError
        When a machine or an electricity price is not known.
    TimingError
        When no model can time a training on the machine.
    InputError
        When a CNN cannot be read or built, or the data set's folder cannot be counted.
    """
    project = with_counted_folder(project, context.timing)
    day = context.day(project)
    machine = machine_with_file(option, context.timing, lambda named: kind_of(named).machine(named, day))
    service = provider_service(option, machine)
    had = availability(project, option, machine.instance, day=day, as_of=context.as_of, service=service)
    room = data_obstacles(project, option, machine)
    timed = _timed(project, option, machine, context, others=[machine.obstacle, *had.obstacles, *room])
    plans, endless = session_plans(project.trainings, timed, machine.session_seconds)
    rule = rule_of(option)
    runs = tuple(billed_run(plan, rule) for plan in plans)
    notes: list[str] = []
    capacity = None
    if option.purchase == "spot":
        capacity = capacity_of(project, option, machine, day)
        runs, notes, never = on_spot(project, plans, capacity)
        endless += never
        plans = as_started(plans, runs)
    data = context.data_usage(project, option, plans)
    machine = with_commitment(project, option, machine, book=context.book, day=day)
    metered = machine_usage(project, option, plans, runs, machine)
    metered += kind_of(option).subscription(project, option, machine)
    own, own_notes = own_prices(
        project, option, machine, book=context.book, today=context.today, day=day, allow_assumed=context.allow_assumed
    )
    market = market_of(
        context.book, own, free_at(project, option), context.as_of, context.allow_assumed, project.discounts or ()
    )
    early = before_launch_obstacles(project, (*data, *metered), context.as_of, told=had.obstacles)
    metered += left_on_usages(project, option, machine, market)
    closing = closing_of(project, option)
    prices = prices_of(
        market, project.start, context.as_of, free_tier=True, quotas=True, credits_end=closing.credits_end
    )
    priced = bill_or_reason(lambda: context.parts(data, metered, prices), closing)
    if context.explain:
        said = left_on_assumptions(project, option, service=service)
        said += free_tier_assumptions(project, option, (*data, *metered)) + quota_notes(priced)
        notes = [*usage_assumptions(project, option, plans, machine), *said, *machine.notes, *own_notes, *notes]
        notes += [*had.notes, *rate_notes(project, machine, day, context.as_of)]
        notes += [*(note for each in timed for note in each.notes), *support_notes(priced), *discount_notes(priced)]
    return OptionModel(
        project=project,
        option=option,
        machine=machine,
        timed=timed,
        plans=tuple(plans),
        runs=runs,
        usages=(*data, *metered),
        priced=priced,
        today=project.start,
        obstacle=together(
            [machine.obstacle, *had.obstacles, *memory_obstacles(project.trainings, timed), *room, *endless, *early]
        ),
        endless=bool(endless),
        until=had.until,
        why_until=had.why_until,
        assumptions=tuple(dict.fromkeys(notes)),
        capacity=capacity,
    )


def _timed(
    project: Project, option: Option, machine: Machine, context: Context, *, others: Sequence[str]
) -> tuple[Timed, ...]:
    """Return how long each training takes.

    Parameters
    ----------
    others : sequence of str
        What stands in the way besides, told along with what cannot be timed.

    Raises
    ------
    TimingError
        When no model can time a training; with each of those.
    """
    timed: list[Timed] = []
    errors: list[TimingError] = []
    for training in project.trainings:
        try:
            timed.append(context.timed(project, option, training, machine))
        except TimingError as error:
            errors.append(error)
    if errors:
        raise TimingError(together([*(str(error) for error in errors), *others])) from errors[0]
    return tuple(timed)


def as_started(plans: Sequence[RunPlan], runs: Sequence[BilledRun]) -> list[RunPlan]:
    """Return the plans with as many starts as runs have: an interrupted one copies the data set anew."""
    return [
        plan if plan.starts >= run.starts else replace(plan, starts=run.starts)
        for plan, run in zip(plans, runs, strict=True)
    ]


@lru_cache(maxsize=512)
def market_of(
    book: PriceBook,
    own: tuple[Price, ...],
    free: tuple[FreeAt, ...],
    pinned: date | None,
    allow_assumed: bool,
    discounts: tuple[tuple[str, Decimal], ...] = (),
) -> Market:
    """Return one market per set of own prices and free quantities, so that look-ups are shared between options."""
    return Market(book, own, free=free, pinned=pinned, allow_assumed=allow_assumed, discounts=discounts)
