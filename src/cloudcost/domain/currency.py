"""A currency that totals are shown in beside US dollars, at a stated rate."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

from cloudcost.frozen import dataclass
from cloudcost.money import round_half_even


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownCurrency:
    """A second currency. Everything is computed in US dollars; this one is for reading alone.

    Parameters
    ----------
    code : str
        ISO 4217.
    rate : Decimal
        Of one US dollar. [units per USD]
    date : date or None
        Day of the rate; None where it is not told.
    digits : int
        Decimals of the currency's minor unit. [count]
    """

    code: str
    rate: Decimal
    date: date | None = None
    digits: int = 2

    def amount(self, usd: Decimal) -> Decimal:
        """Return an amount of US dollars in this currency, rounded once, half to even, to its minor unit.

        Examples
        --------
        >>> ShownCurrency(code="MXN", rate=Decimal("18.4")).amount(Decimal("2.82"))
        Decimal('51.89')
        >>> ShownCurrency(code="JPY", rate=Decimal("155.5"), digits=0).amount(Decimal(1))
        Decimal('156')
        """
        return round_half_even(Fraction(usd) * Fraction(self.rate), self.digits)

    def text(self, usd: Decimal) -> str:
        """Return an amount of US dollars as people read it in this currency; a small one is never nothing.

        Examples
        --------
        >>> ShownCurrency(code="EUR", rate=Decimal("0.9")).text(Decimal(1200))
        '1,080.00'
        >>> ShownCurrency(code="EUR", rate=Decimal("0.9")).text(Decimal("0.001"))
        '< 0.01'
        """
        amount = self.amount(usd)
        return f"< {Decimal(1).scaleb(-self.digits)}" if not amount and usd > 0 else f"{amount:,f}"

    @property
    def sentence(self) -> str:
        """The rate in words."""
        day = "" if self.date is None else f", as of {self.date}"
        return f"{self.code}: 1 USD taken as {self.rate:f} {self.code}{day}; all is computed in USD"
