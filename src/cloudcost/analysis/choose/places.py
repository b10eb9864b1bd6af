"""What rows of the book share, each asked once: prices of usage by place, the data set's bill by place, what began."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from cloudcost.domain.kinds import KINDS
from cloudcost.domain.prices import PriceKey
from cloudcost.domain.project import Option, Project
from cloudcost.domain.spot import SpotModel
from cloudcost.domain.usage import RunUsage
from cloudcost.errors import CatalogError
from cloudcost.options.availability import before_launch_obstacles, too_early_for
from cloudcost.options.billed import closing_of
from cloudcost.options.model import Context, market_of
from cloudcost.options.prices.account_age import free_at
from cloudcost.options.times.on_spot import first_wait_seconds
from cloudcost.pricing.bill.bill import Part
from cloudcost.pricing.bill.prices import Place, Prices, place_of, prices_of
from cloudcost.units import BillingMonth
from cloudcost.usage.machines.runs import RunPlan


class OfMonth(NamedTuple):
    """What machines meter in one month, wherever they stand.

    Parameters
    ----------
    key : PriceKey
        Without a region.
    unit : str
    month : BillingMonth
    quantity : int
        At the numbers of runs asked for. [unit]
    """

    key: PriceKey
    unit: str
    month: BillingMonth
    quantity: int


class DataBill(NamedTuple):
    """What the data set's usage in one place comes to.

    Parameters
    ----------
    usages : tuple of RunUsage
    part : Part or None
        None where a price is missing.
    early : bool
        Whether some of it had not begun yet.
    """

    usages: tuple[RunUsage, ...]
    part: Part | None
    early: bool


class Places:
    """Answers for a project in any place (mutable: it remembers).

    Parameters
    ----------
    project : Project
    context : Context
    """

    def __init__(self, project: Project, context: Context) -> None:
        self.project, self.context = project, context
        self.counts = tuple(training.runs.expected for training in project.trainings)
        self.closing = closing_of(project, _ANY)
        self.are_plain = not project.left_on and self.closing.support is None
        """Whether nothing asks for all of a bill's rows together: neither a support plan nor what is left on."""
        self._prices: dict[str, Prices] = {}
        self._places: dict[tuple[int, str, PriceKey, str, BillingMonth], tuple[Place | None, bool]] = {}
        self._data: dict[tuple[int, int], DataBill] = {}
        self._waits: dict[int, float] = {}

    def prices(self, option: Option) -> Prices:
        """Return where an option finds its prices; none are its own."""
        aged = self.project.account_opened is not None
        place = f"{option.kind} {option.region}" if aged else ""  # what is free is free in one region
        if place not in self._prices:
            context, free = self.context, free_at(self.project, option)
            market = market_of(
                context.book, (), free, context.as_of, context.allow_assumed, self.project.discounts or ()
            )
            self._prices[place] = prices_of(
                market, self.project.start, context.as_of, free_tier=True, quotas=True,
                credits_end=self.closing.credits_end,
            )  # fmt: skip
        return self._prices[place]

    def place(self, prices: Prices, metered: OfMonth, region: str) -> tuple[Place | None, bool]:
        """Return the price of usage in a region, None where it is missing; and whether it had not begun yet."""
        key, unit, month, _ = metered
        asked = (id(prices), region, key, unit, month)  # `_prices` holds it, so no other object has its id
        known = self._places.get(asked)
        if known is None:
            early = too_early_for(self.project, key.service, region, key.usage_type, month, self.context.as_of)
            try:
                place = place_of(prices, key._replace(region=region), unit, month.year, month.month)
            except CatalogError:
                place = None
            known = self._places[asked] = place, early is not None
        return known

    def first_wait(self, capacity: SpotModel) -> float:
        """Return the least that a run waits on spot capacity. [s]"""
        key = id(capacity.zones)  # the tables of capacity hold them, so no other object has their id
        if key not in self._waits:
            self._waits[key] = first_wait_seconds(capacity)
        return self._waits[key]

    def data(self, option: Option, plans: Sequence[RunPlan], prices: Prices) -> DataBill:
        """Return what the data set costs that an option's runs read."""
        usages = self.context.data_usage(self.project, option, plans)
        asked = (id(usages), id(prices))  # what is held below is alive, so no other object has its id
        known = self._data.get(asked)
        if known is None:
            early = bool(before_launch_obstacles(self.project, usages, self.context.as_of, told=()))
            try:
                part, *_ = self.context.parts(usages, (), prices)
            except CatalogError:
                part = None
            known = self._data[asked] = DataBill(usages=usages, part=part, early=early)
        return known


_ANY = Option(name="any", kind=next(kind for kind, facts in KINDS.items() if not facts.at_home))
"""What closes a bill depends on the project alone where no machine is bought."""
