"""Metered usage: what a provider's meters would count, by billing month, before any price is known."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from cloudcost.domain.prices import PriceKey
from cloudcost.frozen import dataclass
from cloudcost.units import BillingMonth


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """A quantity of one usage type.

    Parameters
    ----------
    service, region, usage_type, operation, purchase : str
        As in `PriceKey`.
    month : BillingMonth or None
        The month whose tiers and hours apply; without one the row is a pool of its own and a month is 730 h.
    quantity : int, Decimal or Fraction
        Exact. From a project: an integer in a base unit; from a file: a decimal in the priced unit. [unit]
    unit : str
        A base unit (byte-hours, bytes, seconds, requests, joules) or a priced unit (GB-Mo, GB, Hrs, ...).
    why : str
        What this is, for the reader of a bill: "48 GB kept for 4 days".
    """

    service: str
    region: str
    usage_type: str
    operation: str = ""
    purchase: str = "on-demand"
    month: BillingMonth | None = None
    quantity: int | Decimal | Fraction
    unit: str
    why: str = ""

    @property
    def key(self) -> PriceKey:
        """What its price is asked by."""
        return PriceKey(self.service, self.region, self.usage_type, self.operation, self.purchase)


class UnpricedUsage(NamedTuple):
    """Usage of which no price is known.

    Parameters
    ----------
    usage : Usage
    why : str
        What was looked for and not found.
    """

    usage: Usage
    why: str


class Span(NamedTuple):
    """A stretch of a project's time, for what happens as whole events: event k of n happens at k/n of the project.

    Parameters
    ----------
    begin, end : int
        From the project's start; the end is not in it. [s]
    whole : int
        The project's duration. [s]
    """

    begin: int
    end: int
    whole: int

    def count(self, events: int) -> int:
        """Return how many of so many events, spread evenly from the project's start on, happen in it. [count]

        Examples
        --------
        Two days of four: of three events at 0, 1 1/3 and 2 2/3 days two happen in the first two days.

        >>> Span(0, 2, 4).count(3), Span(2, 4, 4).count(3)
        (2, 1)
        """
        return -(-events * self.end // self.whole) + (-events * self.begin // self.whole)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunUsage:
    """Usage of a project before its run counts are put in: ``fixed + sum(per_run[t] * runs[t])``.

    It is affine in the runs, which makes break-even exact and simulation a matrix product; with a `span` it is affine
    in the runs that begin in that part of the project.

    Parameters
    ----------
    service, region, usage_type, operation, purchase, month, unit, why
        As in `Usage`.
    fixed : int
        What does not depend on the number of runs. [unit]
    per_run : tuple of int
        One entry per training of the project, in order: what one run of it adds. [unit]
    span : Span or None
        Only runs that begin in it add to this usage, each of them whole; None where all do.
    """

    service: str
    region: str
    usage_type: str
    operation: str = ""
    purchase: str = "on-demand"
    month: BillingMonth | None = None
    unit: str
    fixed: int = 0
    per_run: tuple[int, ...] = ()
    span: Span | None = None
    why: str = ""

    @property
    def key(self) -> PriceKey:
        """What its price is asked by."""
        return PriceKey(self.service, self.region, self.usage_type, self.operation, self.purchase)
