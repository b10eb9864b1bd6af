"""What a commitment costs in two other views than the total's: by when it is paid, and by the time that is used of it.

The total counts every hour of the whole term, since nothing else is known to use the rest.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from cloudcost.catalog.aws.commitments.reservations import reservations
from cloudcost.catalog.aws.commitments.savings_plans import savings_plans
from cloudcost.domain.lines import LineItem
from cloudcost.figures import figure
from cloudcost.frozen import dataclass
from cloudcost.money import format_usd, round_half_even

_YEAR_SECONDS = 8760 * 3600
_AT_ONCE = {"no": Fraction(0), "partial": Fraction(1, 2), "all": Fraction(1)}
"""Share of a Savings Plan's commitment that is paid at once; "partial" is at least half. [1]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class CommittedCost:
    """A commitment on a bill in its views.

    Parameters
    ----------
    usage_type, purchase : str
        Of its line.
    committed_usd : Decimal
        All of it, which the total counts. [USD]
    amortised_usd : Decimal
        Of the hours of the project. [USD]
    at_once_usd, hourly_usd, after_usd : Decimal or None
        Paid at the beginning, by the hour while the project lasts, and after it; together all of it. None for a partly
        paid reservation, whose fee is not known apart from its effective hourly price. [USD]
    """

    usage_type: str
    purchase: str
    committed_usd: Decimal
    amortised_usd: Decimal
    at_once_usd: Decimal | None = None
    hourly_usd: Decimal | None = None
    after_usd: Decimal | None = None


def committed_costs(lines: Sequence[LineItem], window_seconds: int) -> Iterator[CommittedCost]:
    """Yield the commitments on a bill.

    Parameters
    ----------
    lines : sequence of LineItem
        Of one option.
    window_seconds : int
        How long the project lasts. [s]
    """
    for line in lines:
        plan, way = savings_plans().get(line.purchase), reservations().get(line.purchase)
        term = plan or way
        if term is None or not line.amount_usd:
            continue
        each = term.years * _YEAR_SECONDS
        used = Fraction(window_seconds, -(-window_seconds // each) * each)
        whole = Fraction(line.amount_usd)
        cost = CommittedCost(
            usage_type=line.usage_type, purchase=line.purchase, committed_usd=line.amount_usd,
            amortised_usd=round_half_even(whole * used),
        )  # fmt: skip
        if plan is None and term.upfront == "partial":
            yield cost
            continue
        at_once = round_half_even(whole * _AT_ONCE[term.upfront])
        hourly = round_half_even(whole * (1 - _AT_ONCE[term.upfront]) * used)
        yield replace(cost, at_once_usd=at_once, hourly_usd=hourly, after_usd=line.amount_usd - at_once - hourly)


def commitment_words(cost: CommittedCost, window_seconds: int) -> Iterator[str]:
    """Yield a sentence for the amortised view and, where it is known, one for the cash view.

    Parameters
    ----------
    window_seconds : int
        How long the project lasts. [s]
    """
    days = figure(window_seconds / 86_400, 4)
    yield (
        f"amortised view: the project's {days} days are {format_usd(cost.amortised_usd)} USD of the "
        f"{format_usd(cost.committed_usd)} USD that {cost.usage_type} commits to; the total counts all of it"
    )
    if cost.at_once_usd is not None and cost.hourly_usd is not None and cost.after_usd is not None:
        yield (
            f"cash view: {format_usd(cost.at_once_usd)} USD at the beginning, {format_usd(cost.hourly_usd)} USD by the "
            f"hour while the project lasts, {format_usd(cost.after_usd)} USD after it"
        )
