"""A charge on charges: what a support plan takes of each month of AWS's lines, before credits.

``max(minimum, share of the month's charges over tiers)`` in every month in which AWS bills something, as if the account
had nothing else; not paid by credits. One rule, read by each of a bill's questions: of an amount, of a curve, of an
array.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from math import lcm
from typing import TYPE_CHECKING

from cloudcost.catalog.aws.support import SupportPlan
from cloudcost.catalog.providers import is_aws
from cloudcost.domain.lines import LineItem, TierSlice
from cloudcost.domain.prices import Grade
from cloudcost.money import half_even
from cloudcost.pricing.bill.lines import unmetered_line
from cloudcost.pricing.bill.pieces import Curve
from cloudcost.pricing.bill.prices import UNIT
from cloudcost.pricing.bill.rows import Line
from cloudcost.pricing.tiers import compile_tiers, cost_ratio, exact_cost, tier_slices
from cloudcost.units import BillingMonth

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt


_GRADE: Grade = "third-party"


def is_supported(line: Line) -> bool:
    """Return whether support is charged on a line: AWS's own, with or without credits."""
    return is_aws(line.row.service)


class Support:
    """A plan's rule, its tiers compiled."""

    __slots__ = ("_schedule", "plan")

    def __init__(self, plan: SupportPlan) -> None:
        self.plan = plan
        self._schedule = compile_tiers(plan.tiers, key=plan.title)

    def exact(self, charges: Fraction) -> Fraction:
        """Return what the plan takes of a month's charges, unrounded. [USD]"""
        return max(exact_cost(self._schedule, charges), Fraction(self.plan.minimum_usd))

    def amount(self, charges: int) -> int:
        """Return the same of charges as they are printed, as its line prints it. [10**-10 USD]"""
        numerator, denominator = cost_ratio(self._schedule, charges, UNIT)
        least, scale = self.plan.minimum_usd.as_integer_ratio()
        if numerator * scale < least * denominator:
            numerator, denominator = least, scale
        return half_even(numerator * UNIT, denominator)

    def line(self, month: BillingMonth, charges: int) -> LineItem:
        """Return the line of a month whose charges are printed as so much. [10**-10 USD]"""
        plan = self.plan
        slices = tier_slices(self._schedule, Fraction(0), Fraction(charges, UNIT))
        why = f"{plan.title}: a share of what AWS charges in {month}, before credits"
        if sum((piece.exact_usd for piece in slices), Fraction(0)) < plan.minimum_usd:
            why = f"{plan.title}: at least {plan.minimum_usd} USD a month"
            one, least = Fraction(1), plan.minimum_usd
            slices = (TierSlice(from_quantity=Decimal(0), up_to=None, quantity=one, unit_price_usd=least),)
        source = _GRADE, plan.source, plan.as_of
        return unmetered_line(plan.service, "Dollar", slices, "Dollar", why, source=source, month=month)

    def curve(self, charges: Curve) -> Curve:
        """Return what the plan takes of a month's charges over n: exact pieces again. [USD]"""
        scale = lcm(charges.scale, *(bound.denominator for bound in self._schedule.exact_starts))
        times = scale // charges.scale
        bounds = [int(bound * scale) for bound in self._schedule.exact_starts[1:]]
        bounds.append(int(self._reaches_minimum() * scale))  # cut below it, where the minimum still holds
        pieces = []
        ends = [start - 1 for start in charges.starts[1:]] + [charges.last]
        for start, end, constant, slope in zip(charges.starts, ends, charges.constants, charges.slopes, strict=True):
            level, rise = constant * times, slope * times
            cuts = {start}
            for bound in bounds if rise else ():
                after = (bound - level) // rise + 1
                if start < after <= end:
                    cuts.add(after)
            for cut, until in zip(sorted(cuts), [each - 1 for each in sorted(cuts)[1:]] + [end], strict=True):
                first, last = (self.exact(Fraction(level + rise * n, scale)) for n in (cut, until))
                turn = (last - first) / (until - cut) if until > cut else Fraction(0)
                pieces.append((cut, first - turn * cut, turn))
        return Curve.of(pieces, charges.last)

    def _reaches_minimum(self) -> Fraction:
        """Return the charges of which the tiers take the minimum. [USD]"""
        schedule, least = self._schedule, Fraction(self.plan.minimum_usd)
        below = [start for start in schedule.exact_starts if exact_cost(schedule, start) <= least]
        index = len(below) - 1
        return below[index] + (least - exact_cost(schedule, below[index])) / schedule.exact_rates[index]

    def samples(self, charges: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Return what the plan takes of a month's charges by scenario. [USD, float64]"""
        from cloudcost.pricing.vectorised import cost, tier_table

        return cost(charges, tier_table(self._schedule)).clip(float(self.plan.minimum_usd))
