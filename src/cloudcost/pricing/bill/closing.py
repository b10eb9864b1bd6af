"""What closes a bill, once each for lines, totals, curves and samples: the sale of a machine, credits and tax.

Credits are AWS's and pay AWS's lines only, in the months before they expire; tax is laid on what providers charge
after credits, not on prices of the user's own, which are taken as they are paid.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from cloudcost.domain.lines import LineItem, TierSlice
from cloudcost.domain.prices import OWN_SERVICE, STATED, STATED_IN
from cloudcost.frozen import dataclass
from cloudcost.money import half_even, round_half_even
from cloudcost.pricing.bill.curve import Curves
from cloudcost.pricing.bill.lines import unmetered_line
from cloudcost.pricing.bill.pieces import Curve, at_most, combine
from cloudcost.pricing.bill.prices import UNIT
from cloudcost.pricing.bill.support import Support
from cloudcost.pricing.bill.total import Sums
from cloudcost.units import BillingMonth

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt


@dataclass(frozen=True, slots=True, kw_only=True)
class Sale:
    """Machines that are sold at the end.

    Parameters
    ----------
    machines : int
        [count]
    each_usd : Fraction
        What each brings, unrounded. [USD]
    amount : int
        What the line of it comes to, negative. [10**-10 USD]
    share : float
        What that is of its purchase, for words. [1]
    """

    machines: int
    each_usd: Fraction
    amount: int
    share: float

    @classmethod
    def of(cls, machines: int, purchase_usd: Decimal, resale: float) -> Sale:
        """Return the sale of machines for a share of what each was bought for. [count], [USD], [1]

        Examples
        --------
        >>> Sale.of(2, Decimal(1000), 0.6).amount
        -12000000000000
        """
        each = Fraction(purchase_usd) * Fraction(str(resale))
        amount = machines * half_even(-each.numerator * UNIT, each.denominator)
        return cls(machines=machines, each_usd=each, amount=amount, share=resale)


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """The terms that close a bill.

    Parameters
    ----------
    sale : Sale or None
    credits_usd : Decimal
        What AWS's credits pay at most. [USD]
    credits_end : BillingMonth or None
        The first month in which they do not count; None where they outlast the bill.
    tax_rate : Decimal
        [1]
    support : Support or None
        Charged on each month of AWS's lines (see `Bill`), and as little paid by credits as other providers are.
    """

    sale: Sale | None = None
    credits_usd: Decimal = Decimal(0)
    credits_end: BillingMonth | None = None
    tax_rate: Decimal = Decimal(0)
    support: Support | None = None

    def used(self, credited: int) -> tuple[int, int]:
        """Return what credits pay of the lines that they may pay, as a ratio of integers. [10**-10 USD]"""
        most, denominator = self.credits_usd.as_integer_ratio()
        most *= UNIT
        return (credited, 1) if credited * denominator <= most else (most, denominator)

    def lines(self, sums: Sums, today: date) -> list[LineItem]:
        """Return the lines that close a bill whose own come to these sums."""
        closing: list[LineItem] = []
        sale = self.sale
        if sale is not None:
            why = f"sold at the end of the project for {sale.share:.0%} of the purchase"
            back = round_half_even(-sale.each_usd)
            closing.append(_stated(OWN_SERVICE, "Resale", Fraction(sale.machines), "Machines", back, why, today))
        used = Fraction(*self.used(sums.credited)) / UNIT
        if used:
            before = f", in the months before {self.credits_end}" if self.credits_end else ""
            why = f"of {self.credits_usd} USD of credits{before}"
            closing.append(_stated("Credits", "Credits", used, "USD", Decimal(-1), why, today))
        if self.tax_rate:
            taxed = Fraction(sums.provider + sums.credited, UNIT) - used
            why = "tax on what providers charge, after credits"
            closing.append(_stated("Tax", "Tax", taxed, "USD", self.tax_rate, why, today))
        return closing

    def total(self, own: int, provider: int, credited: int) -> int:
        """Return what a bill comes to whose lines come to these sums, by who is paid. [10**-10 USD]

        Examples
        --------
        20 USD of credits on a bill of 100 USD, and 16 % of tax on the other 80:

        >>> Closing(credits_usd=Decimal(20), tax_rate=Decimal("0.16")).total(0, 0, 100 * UNIT) / UNIT
        92.8
        """
        total = own + provider + credited
        used, parts = self.used(credited) if self.credits_usd else (0, 1)
        if self.sale is not None:
            total += self.sale.amount
        if used:
            total += half_even(-used, parts)
        if self.tax_rate:
            rate, scale = self.tax_rate.as_integer_ratio()
            total += half_even(((provider + credited) * parts - used) * rate, parts * scale)
        return total

    def curve(self, curves: Curves) -> Curve:
        """Return the exact total over the number of runs. [USD]"""
        own, provider, credited = curves
        first, last = own.first, own.last
        taxed = 1 + Fraction(self.tax_rate)
        parts: list[tuple[Fraction | int, Curve]] = [(1, own), (taxed, provider), (taxed, credited)]
        if self.sale is not None:
            parts.append((-self.sale.machines, Curve.straight(first, last, self.sale.each_usd)))
        if self.credits_usd:
            parts.append((-taxed, at_most(credited, Fraction(self.credits_usd))))
        return combine(parts, first=first, last=last)

    def samples(
        self,
        own: npt.NDArray[np.float64],
        provider: npt.NDArray[np.float64],
        credited: npt.NDArray[np.float64],
        resale: npt.NDArray[np.float64] | float,
    ) -> npt.NDArray[np.float64]:
        """Return the totals of scenarios; the first array is changed. [USD, float64]

        Parameters
        ----------
        own, provider, credited : ndarray
            Sums by who is paid. [USD]
        resale : ndarray or float
            What the sale is a multiple of. [1]
        """
        if self.sale is not None:
            own -= resale * (self.sale.machines * float(self.sale.each_usd))
        charged = provider + credited
        if self.credits_usd:
            charged -= credited.clip(0, float(self.credits_usd))
        if self.tax_rate:
            charged *= 1 + float(self.tax_rate)
        charged += own
        return charged


def _stated(
    service: str, usage_type: str, quantity: Fraction, unit: str, unit_price_usd: Decimal, why: str, today: date
) -> LineItem:
    """Return a line of one slice whose price the user states."""
    piece = TierSlice(from_quantity=Decimal(0), up_to=None, quantity=quantity, unit_price_usd=unit_price_usd)
    return unmetered_line(service, usage_type, (piece,), unit, why, source=(STATED, STATED_IN, today))
