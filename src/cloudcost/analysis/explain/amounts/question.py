"""The question: an amount in some days by some facts, priced by a book."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from cloudcost.figures import figure
from cloudcost.frozen import dataclass
from cloudcost.units import BillingMonth, month_hours

if TYPE_CHECKING:
    from cloudcost.catalog.books.book import PriceBook
    from cloudcost.results.candidates import Facts

DEFAULT_LINK = 10**9
"""Of the users' link where none is stated: what a university or a fibre line has. [bit/s]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked.

    Parameters
    ----------
    before_tax : Fraction
        What the charges come to. [USD]
    days : Decimal
        [days]
    facts : Facts
    book : PriceBook
    """

    before_tax: Fraction
    days: Decimal
    facts: Facts
    book: PriceBook

    @property
    def hours(self) -> Fraction:
        """Of the period. [h]"""
        return Fraction(self.days) * 24

    @property
    def seconds(self) -> Fraction:
        """Of the period. [s]"""
        return self.hours * 3600

    @property
    def month(self) -> BillingMonth:
        """The month whose bill it is."""
        return BillingMonth.of(self.facts.date)

    @property
    def share_of_month(self) -> Fraction:
        """Of a month, that the period is: what one unit held all the time adds to what is priced by the month. [1]"""
        return self.hours / month_hours(self.month)

    @property
    def link(self) -> int:
        """Of the users, stated or taken. [bit/s]"""
        return self.facts.link_bits_per_second or DEFAULT_LINK

    @property
    def all_days(self) -> str:
        """The period in words."""
        return "all day" if self.days == 1 else f"all the {figure(self.days)} days"
