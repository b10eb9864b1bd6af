"""The hours of machines under a Savings Plan: its commitment for the whole term, and what runs above it.

References
----------
.. [1] AWS, "What are Savings Plans?": so many dollars an hour for one or three years, paid whether used or not; usage
   counts against it at the plan's rates, and beyond it at those on demand. Read 2026-11-29.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from cloudcost.catalog.tables import GLOBAL
from cloudcost.domain.usage import RunUsage
from cloudcost.frozen import dataclass
from cloudcost.usage.meter import Meter

SECONDS_PER_YEAR = 8760 * 3600
MICRO = 1_000_000
"""Microseconds in a second: above the commitment runs a share of a second. [1/s]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Commitment:
    """A Savings Plan as an option's machines use it.

    Parameters
    ----------
    service, usage_type : str
        Under which it is billed.
    years : int
        Its term. [years]
    usd_per_hour : Decimal
        What is paid for each hour of the term. [USD/h]
    rate_usd : Decimal
        The plan's rate of the machine. [USD/h]
    above : Fraction
        Of the machines, while all of them run, the share that the commitment does not cover. [1]
    """

    service: str
    usage_type: str
    years: int
    usd_per_hour: Decimal
    rate_usd: Decimal
    above: Fraction

    def term_seconds(self, window_seconds: int) -> int:
        """Return the whole terms that a time of so many seconds takes. [s]"""
        each = self.years * SECONDS_PER_YEAR
        return -(-window_seconds // each) * each


def machine_hours(
    meter: Meter,
    usage_type: str,
    *,
    fixed: int = 0,
    per_run: Sequence[int] = (),
    purchase: str,
    commitment: Commitment | None,
    why: str,
) -> list[RunUsage]:
    """Return the hours of machines, evenly over the project; with a commitment that one, and what runs above it [1].

    Parameters
    ----------
    fixed : int
        Idle, of all machines. [s]
    per_run : sequence of int
        Per run of each training. [s]
    commitment : Commitment or None
        None where there is no plan, and where no rate of it is known.
    """
    if commitment is None:
        return meter.evenly(usage_type, "seconds", fixed=fixed, per_run=per_run, purchase=purchase, why=why)
    paid = Meter(meter.project, GLOBAL, commitment.service).once(
        commitment.usage_type,
        "seconds",
        fixed=commitment.term_seconds(meter.window.seconds),
        purchase=purchase,
        why="the commitment for each hour of the plan's whole term, which is paid whether it is used or not",
    )
    above = commitment.above
    beyond = meter.evenly(
        usage_type,
        "microseconds",
        fixed=round(fixed * MICRO * above),
        per_run=[round(seconds * MICRO * above) for seconds in per_run],
        why=f"{why}, beyond the commitment",
    )
    return [paid, *beyond]
