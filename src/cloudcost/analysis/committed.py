"""What a commitment costs in two other views than the total's: by when it is paid, and by the time that is used of it.

The total counts every hour of the whole term, since nothing else is known to use the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from cloudcost.catalog.aws.commitments.reservations import reservations
from cloudcost.catalog.aws.commitments.savings_plans import savings_plans
from cloudcost.domain.lines import LineItem
from cloudcost.figures import figure
from cloudcost.money import format_usd, round_half_even

_YEAR_SECONDS = 8760 * 3600
_AT_ONCE = {"no": Fraction(0), "partial": Fraction(1, 2), "all": Fraction(1)}
"""Share of a Savings Plan's commitment that is paid at once; "partial" is at least half. [1]"""


def committed_views(lines: Sequence[LineItem], window_seconds: int) -> tuple[str, ...]:
    """Return the cash and the amortised view of each commitment on a bill.

    Parameters
    ----------
    lines : sequence of LineItem
        Of one option.
    window_seconds : int
        How long the project lasts. [s]

    Notes
    -----
    What a partly paid reservation takes at once is not known apart from its effective hourly price.
    """
    said: list[str] = []
    for line in lines:
        plan, way = savings_plans().get(line.purchase), reservations().get(line.purchase)
        term = plan or way
        if term is None or not line.amount_usd:
            continue
        each = term.years * _YEAR_SECONDS
        used = Fraction(window_seconds, -(-window_seconds // each) * each)
        whole, days = Fraction(line.amount_usd), figure(window_seconds / 86_400, 4)
        amortised = format_usd(round_half_even(whole * used))
        said.append(
            f"amortised view: the project's {days} days are {amortised} USD of the {format_usd(line.amount_usd)} USD "
            f"that {line.usage_type} commits to; the total counts all of it"
        )
        if plan is None and term.upfront == "partial":
            continue
        first = _AT_ONCE[term.upfront]
        at_once, hourly = (format_usd(round_half_even(each)) for each in (whole * first, whole * (1 - first) * used))
        after = format_usd(round_half_even(whole * (1 - first) * (1 - used)))
        said.append(
            f"cash view: {at_once} USD at the beginning, {hourly} USD by the hour while the project lasts, {after} USD "
            "after it"
        )
    return tuple(said)
