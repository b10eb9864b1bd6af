"""A bill, compiled once; its four questions are methods."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import field
from decimal import Decimal
from typing import TYPE_CHECKING

from cloudcost.catalog.providers import is_aws
from cloudcost.domain.lines import LineItem
from cloudcost.domain.usage import RunUsage
from cloudcost.frozen import dataclass
from cloudcost.money import LINE_PLACES, scaled_decimal, scaled_integer
from cloudcost.pricing.bill.closing import Closing
from cloudcost.pricing.bill.curve import Curves, Range, curves_of, spread_of
from cloudcost.pricing.bill.lines import lines_of
from cloudcost.pricing.bill.pieces import Curve, combine
from cloudcost.pricing.bill.prices import Payee, Prices
from cloudcost.pricing.bill.rows import Line, Rows, compile_rows
from cloudcost.pricing.bill.support import is_supported
from cloudcost.pricing.bill.total import Sums, Totals
from cloudcost.units import BillingMonth

if TYPE_CHECKING:
    from fractions import Fraction

    from cloudcost.pricing.bill.samples import SampledBill, Slope

_KEPT = 4
"""Curves that a part remembers. [count]"""


class Part:
    """Some of a bill's rows, which share nothing with the rest; bills of options that meter them alike share it.

    It remembers its last answers (mutable in that alone).
    """

    __slots__ = ("_curves", "_sums", "_totals", "rows")

    def __init__(self, rows: Rows) -> None:
        self.rows = rows
        self._totals: Totals | None = None
        self._sums: tuple[tuple[int, ...], Sums] | None = None
        self._curves: dict[Range, Curves] = {}

    def sums(self, runs: tuple[int, ...]) -> Sums:
        """Return what the lines come to at so many runs of each training."""
        if self._sums is not None and self._sums[0] == runs:
            return self._sums[1]
        self._totals = self._totals or Totals(self.rows)
        self._sums = runs, self._totals.at(runs)
        return self._sums[1]

    def curves(self, over: Range) -> Curves:
        """Return what the lines come to over the number of runs, exactly."""
        if over not in self._curves:
            if len(self._curves) >= _KEPT:
                self._curves.clear()
            self._curves[over] = curves_of(self.rows, over)
        return self._curves[over]


def compile_part(rows: Iterable[RunUsage], prices: Prices) -> Part:
    """Return rows of usage with their prices, ready for any question.

    Raises
    ------
    PriceNotFoundError, UnknownRegionError
        When prices are missing; the message has a line for each.
    ValueError
        For a unit that does not fit the price.
    """
    return Part(compile_rows(rows, prices))


@dataclass(frozen=True, slots=True)
class Bill:
    """What an option costs as a function of the numbers of runs.

    Parameters
    ----------
    parts : tuple of Part
        That have no key in common.
    closing : Closing

    Examples
    --------
    Runs of 100 h on a 0.526 USD machine, twice:

    >>> from datetime import date
    >>> from cloudcost.catalog.books.book import load_book
    >>> from cloudcost.pricing.bill.prices import prices_of
    >>> from cloudcost.units import BillingMonth
    >>> usage = RunUsage(
    ...     service="AmazonEC2", region="us-east-1", usage_type="BoxUsage:g4dn.xlarge", month=BillingMonth(2026, 11),
    ...     unit="seconds", per_run=(360_000,),
    ... )
    >>> bill = Bill((compile_part([usage], prices_of(load_book(), date(2026, 11, 22))),), Closing())
    >>> bill.total([2]), bill.lines([2])[0].amount_usd, bill.curve(1, 10).at(2)
    (1052000000000, Decimal('105.2000000000'), Fraction(526, 5))
    """

    parts: tuple[Part, ...]
    closing: Closing
    _months: dict[BillingMonth, Bill] = field(default_factory=dict, repr=False, compare=False)

    @property
    def supported(self) -> dict[BillingMonth, Bill]:
        """The months that a support plan is charged on, AWS's lines alone and not closed; none without a plan."""
        if self.closing.support is not None and not self._months:
            lines = [line for part in self.parts for line in part.rows.lines if is_supported(line)]
            for month in dict.fromkeys([line.row.month for line in lines if line.row.month is not None]):
                own = self.only(lambda line, month=month: is_supported(line) and line.row.month == month)  # type: ignore[misc]
                self._months[month] = own.closed(Closing())
        return self._months

    def lines(self, runs: Sequence[int]) -> tuple[LineItem, ...]:
        """Return the printed lines at so many runs of each training.

        Services stand in order of first appearance, months within; what closes the bill stands at its end.

        Raises
        ------
        PriceNotFoundError
            When a quantity goes beyond the last tier that is known.
        ValueError
            When a count is negative, or a usage has another number of trainings.
        """
        if any(count < 0 for count in runs):
            raise ValueError(f"runs are not negative: {list(runs)}")
        services = dict.fromkeys(line.row.service for part in self.parts for line in part.rows.lines)
        rank = {service: index for index, service in enumerate(services)}
        items: list[LineItem] = []
        sums = [0, 0, 0]
        for part in self.parts:
            for line, item in lines_of(part.rows, runs):
                items.append(item)
                sums[line.place.payee] += scaled_integer(item.amount_usd, LINE_PLACES)
        items.sort(key=lambda item: (rank[item.service], str(item.month or "")))
        support = self.closing.support
        if support is not None:
            charges = [support.line(month, own.total(runs)) for month, own in self.supported.items()]
            items += charges
            sums[Payee.PROVIDER] += sum([scaled_integer(item.amount_usd, LINE_PLACES) for item in charges])
        return (*items, *self.closing.lines(Sums(*sums), self.parts[0].rows.prices.on))

    def total(self, runs: Sequence[int]) -> int:
        """Return what the printed lines come to at so many runs of each training. [10**-10 USD]

        Raises
        ------
        PriceNotFoundError
            When a quantity goes beyond the last tier that is known.
        """
        runs = tuple(runs)
        own = provider = credited = 0
        for part in self.parts:
            sums = part.sums(runs)
            own += sums[0]
            provider += sums[1]
            credited += sums[2]
        support = self.closing.support
        if support is not None:
            provider += sum([support.amount(month.total(runs)) for month in self.supported.values()])
        return self.closing.total(own, provider, credited)

    def total_usd(self, runs: Sequence[int]) -> Decimal:
        """Return the same as an exact decimal. [USD]"""
        return scaled_decimal(self.total(runs), LINE_PLACES)

    def curve(self, first: int, last: int, weights: Sequence[Fraction | int] | None = None) -> Curve:
        """Return the exact, unrounded total over n in ``[first, last]``. [USD]

        Parameters
        ----------
        weights : sequence of Fraction or int, optional
            Runs of each training that one n stands for, which need not be whole; one each by default. [count]
        """
        over = Range(first, last, None if weights is None else tuple(weights))
        parts = [part.curves(over) for part in self.parts]
        own, provider, credited = (
            curves[0] if len(curves) == 1 else combine([(1, curve) for curve in curves], first=first, last=last)
            for curves in zip(*parts, strict=True)
        )
        support = self.closing.support
        if support is not None:
            charges = [support.curve(month.curve(first, last, weights)) for month in self.supported.values()]
            provider = combine([(1, provider), *((1, curve) for curve in charges)], first=first, last=last)
        return self.closing.curve(Curves(own, provider, credited))

    def quantity(self, first: int, last: int, weights: Sequence[Fraction | int] | None = None) -> Curve:
        """Return the sum of the quantities of all lines, which must be of one unit, without whole runs in months.

        Parameters
        ----------
        weights : sequence of Fraction or int, optional
            As of `curve`.
        """
        over = Range(first, last, None if weights is None else tuple(weights))
        spread = spread_of([line for part in self.parts for line in part.rows.lines], over)
        if spread.begun:
            raise ValueError("a quantity of whole runs in months is no straight line")
        return Curve.straight(first, last, spread.fixed, spread.per_n)

    def samples(self, slopes: Iterable[Slope] = ()) -> SampledBill:
        """Return the bill in float64, for scenarios.

        Parameters
        ----------
        slopes : iterable of Slope, optional
            What quantities grow with beside the runs themselves.
        """
        from cloudcost.pricing.bill.samples import SampledBill

        slopes = list(slopes)
        rows = [part.rows for part in self.parts]
        months = [
            month_bill.samples(slope for slope in slopes if slope[0].month == month and is_aws(slope[0].service))
            for month, month_bill in self.supported.items()
        ]
        return SampledBill(rows, slopes, rows[0].prices, self.closing, months)

    @property
    def has_lines(self) -> bool:
        """Whether there is anything to pay for."""
        return any(part.rows.lines for part in self.parts)

    def of(self, rows: Iterable[RunUsage]) -> Bill:
        """Return the bill of other rows at the same prices, closed alike."""
        return Bill((compile_part(rows, self.parts[0].rows.prices),), self.closing)

    def only(self, keep: Callable[[Line], bool]) -> Bill:
        """Return the bill of some of its lines, closed alike."""
        kept = []
        for part in self.parts:
            lines = [line for line in part.rows.lines if keep(line)]
            kept.append(part if len(lines) == len(part.rows.lines) else Part(Rows(lines, part.rows.prices)))
        return Bill(tuple(kept), self.closing)

    def closed(self, closing: Closing) -> Bill:
        """Return the bill with other closing terms."""
        return Bill(self.parts, closing)
