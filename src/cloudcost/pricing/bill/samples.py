"""A bill's fourth question: its total in float64 over scenarios, for quantiles that never become exact money again.

A quantity is affine in *terms*, sums over the runs of each training that differ between scenarios: how many runs, and,
where who simulates says by how much usage grows with them, what they are billed, how often they start ... Flat prices
add up to one linear function; the others go pool by pool through `cloudcost.pricing.vectorised`.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import field

import numpy as np
import numpy.typing as npt

from cloudcost.domain.usage import RunUsage, Span
from cloudcost.frozen import dataclass
from cloudcost.pricing.bill.closing import Closing
from cloudcost.pricing.bill.prices import Free, Payee, Place, Prices, place_of
from cloudcost.pricing.bill.rows import Quantity, Rows
from cloudcost.pricing.tiers import Schedule
from cloudcost.pricing.vectorised import cost, tier_table

Floats = npt.NDArray[np.float64]
Term = tuple[str, int] | tuple[str, int, Span]
"""What quantities are affine in, and the training's position: ``runs`` and others of who simulates. With a span: of the
runs that begin in it."""
FIXED: Term = ("fixed", 0)
"""The term that is 1."""
Slope = tuple[RunUsage, Mapping[Term, float]]
"""A row of usage, whose amounts do not count, and by how much it grows with each term. [usage.unit per unit of term]"""


@dataclass(slots=True)
class Affine:
    """``sum of coefficient x term`` (mutable)."""

    terms: dict[Term, float] = field(default_factory=dict)

    def add(self, terms: Mapping[Term, float], weight: float = 1.0) -> None:
        """Add a multiple of another one."""
        for term, coefficient in terms.items():
            if coefficient:
                self.terms[term] = self.terms.get(term, 0.0) + weight * coefficient

    def add_quantity(self, quantity: Quantity, rate: int, divisor: int) -> None:
        """Add an exact quantity, each number of it times ``rate / divisor``, rounded once."""
        terms: dict[Term, float] = {FIXED: quantity.fixed * rate / divisor}
        for index, each in enumerate(quantity.per_run):
            terms["runs", index] = each * rate / divisor
        for span, per_run in quantity.spans.items():
            for index, each in enumerate(per_run):
                terms["runs", index, span] = each * rate / divisor
        self.add(terms)

    def at(self, terms: Mapping[Term, Floats], count: int) -> Floats:
        """Return the values by scenario; a term that is not there is 0."""
        out = np.full(count, self.terms.get(FIXED, 0.0))
        spare = np.empty(count)
        for term, coefficient in self.terms.items():
            values = terms.get(term)
            if values is not None:
                np.multiply(values, coefficient, out=spare)
                out += spare
        return out


@dataclass(slots=True, kw_only=True)
class _Pool:
    """Usage that shares tiers, packs or what is free (mutable while it is gathered)."""

    schedule: Schedule
    free: Free | None
    payee: Payee
    quantity: Affine = field(default_factory=Affine)


class SampledBill:
    """A bill's total by scenario.

    Parameters
    ----------
    rows : iterable of Rows
        As the bill has them.
    slopes : iterable of Slope
        What else quantities grow with.
    prices : Prices
        Of rows that the bill does not have.
    closing : Closing
    months : sequence of SampledBill
        That a support plan is charged on.
    """

    __slots__ = ("_closing", "_linear", "_months", "_pools", "spot_low", "used")

    def __init__(
        self,
        rows: Iterable[Rows],
        slopes: Iterable[Slope],
        prices: Prices,
        closing: Closing,
        months: Sequence[SampledBill] = (),
    ) -> None:
        self._closing = closing
        self._months = months
        self._linear: dict[tuple[Payee, str], Affine] = {}
        pools: dict[Hashable, _Pool] = {}
        self.spot_low = 1.0
        """The lowest spot price seen over the highest; 1 where it is not known. [1]"""
        for each in rows:
            for line in each.lines:
                place = line.place
                if place.flat:
                    divisor = line.denominator * place.found.schedule.rate_scale
                    self._flat(place).add_quantity(line, place.found.schedule.rates[0], divisor)
            for pool in each.pools:
                place = pool.members[0][0].place
                gathered = _Pool(schedule=pool.schedule, free=pool.free, payee=place.payee)
                pools[pool if pool.members[0][0].parts else place.pool] = gathered
                for _, quantity in pool.members:
                    gathered.quantity.add_quantity(quantity, 1, quantity.denominator)
        for row, terms in slopes:
            place = _place(prices, row)
            if place.flat:
                rate = place.found.schedule.rates[0] / (place.units * place.found.schedule.rate_scale)
                self._flat(place).add(terms, rate)
            else:
                new = _Pool(schedule=place.found.schedule, free=place.free, payee=place.payee)
                pools.setdefault(place.pool, new).quantity.add(terms, 1 / place.units)
        self._pools = tuple((pool, tier_table(pool.schedule)) for pool in pools.values())
        every = [*self._linear.values(), *(pool.quantity for pool, _ in self._pools)]
        self.used: frozenset[Term] = frozenset(
            term for each in every for term, coefficient in each.terms.items() if coefficient
        )
        """Terms that the total depends on."""

    def _flat(self, place: Place) -> Affine:
        factor = _factor(place)
        if factor == "spot":
            self.spot_low = _lowest(place)
        return self._linear.setdefault((place.payee, factor), Affine())

    def totals(self, terms: Mapping[Term, Floats], factors: Mapping[str, Floats], count: int) -> Floats:
        """Return the totals. [USD, float64, shape (count,)]

        Parameters
        ----------
        terms : mapping
            Sums over runs by scenario.
        factors : mapping
            Multiples of prices by name: ``electricity``, ``spot``, ``purchase``, ``share`` and ``resale``; one that is
            not there is 1. [1]
        count : int
            Scenarios. [count]
        """
        sums = [np.zeros(count) for _ in Payee]
        for (payee, factor), affine in self._linear.items():
            amount = affine.at(terms, count)
            if factor in factors:
                amount *= factors[factor]
            sums[payee] += amount
        left: dict[Hashable, Floats] = {}
        for pool, table in self._pools:
            quantity = pool.quantity.at(terms, count)
            if pool.free is not None:
                account = pool.free.account
                quantity -= left.get(account, float(pool.free.quantity))
                left[account] = -np.minimum(quantity, 0.0)
            np.maximum(quantity, 0.0, out=quantity)
            sums[pool.payee] += cost(quantity, table, out=quantity)
        own, provider, credited = sums
        if self._closing.support is not None:
            for month in self._months:
                provider += self._closing.support.samples(month.totals(terms, factors, count))
        return self._closing.samples(own, provider, credited, factors.get("resale", 1.0))


def _place(prices: Prices, row: RunUsage) -> Place:
    month = row.month
    return place_of(prices, row.key, row.unit, 0 if month is None else month.year, 0 if month is None else month.month)


def _factor(place: Place) -> str:
    """Return the name of what the price is drawn as a multiple of; empty where it is certain."""
    price = place.found.price
    if place.payee is Payee.OWN:
        return {"Electricity": "electricity", "Purchase": "purchase", "ShareOfLife": "share"}.get(price.usage_type, "")
    return "spot" if price.purchase == "spot" else ""


def _lowest(place: Place) -> float:
    low, high = place.found.price.low_usd, place.found.price.tiers[0].unit_price_usd
    return 1.0 if low is None or not high else min(float(low / high), 1.0)
