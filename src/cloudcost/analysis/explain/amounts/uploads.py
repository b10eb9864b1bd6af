"""The data set uploaded again and again while versioning keeps every copy: PUTs and storage together.

How much storage adds depends on when it happened: all uploads at the start are kept for all the time, uploads spread
evenly over it for half of it on average. The candidate states both numbers of uploads.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from cloudcost.analysis.explain.amounts.pricing import Metered, metered
from cloudcost.analysis.explain.amounts.single import fits, prior_of
from cloudcost.figures import figure
from cloudcost.money import exact_sum
from cloudcost.results.candidates import Candidate, MeteredRow
from cloudcost.units import GIB

if TYPE_CHECKING:
    from cloudcost.analysis.explain.amounts.question import Question
    from cloudcost.catalog.amount_causes import AmountCause

PUT = "Requests-Tier1"


def uploads(question: Question, cause: AmountCause) -> Candidate | None:
    """Return how many uploads make the amount; None where the size of the data set is not stated.

    Raises
    ------
    PriceNotFoundError
        When storage or PUTs have no price.
    """
    size = question.facts.dataset_bytes
    if size is None:
        return None
    storage, puts = metered(question, cause.service, cause.usage_type), metered(question, cause.service, PUT)
    held = Fraction(size, GIB) * question.share_of_month
    images = question.facts.images or 0

    def rows(copies: Fraction, count: int) -> tuple[MeteredRow, ...]:
        kept = storage.row(storage.rounded_up(held * copies))
        return (kept, puts.row(Fraction(images * count))) if images else (kept,)

    def cost(copies: Fraction, count: int) -> Fraction:
        kept = storage.rounded_up(held * copies)
        return storage.cost(kept) + puts.cost(Fraction(images * count))

    least = _least(lambda count: cost(Fraction(count), count) >= question.before_tax)
    spread = _least(lambda count: cost(Fraction(count + 1, 2), count) >= question.before_tax)
    return _candidate(question, cause, rows(Fraction(least), least), (least, spread), storage)


def _candidate(
    question: Question, cause: AmountCause, rows: tuple[MeteredRow, ...], counts: tuple[int, int], storage: Metered
) -> Candidate:
    least, spread = counts
    reach = Fraction(question.link) / 8 * question.seconds / (question.facts.dataset_bytes or 1)
    off = question.facts.versioning is False
    size = dict(question.facts.stated).get("dataset", "the data set")
    prior, why = prior_of(question, cause, "")
    bound = f"{figure(float(reach), 4)} uploads over a link of {figure(question.link / 10**6)} Mbit/s"
    if not question.facts.images:
        bound += "; the PUTs are left out, the number of images is not stated"
    return Candidate(
        cause=cause.name,
        title=cause.title,
        variant="",
        rows=rows,
        quantity=Decimal(least),
        most_quantity=Decimal(spread),
        unit="uploads",
        step=Decimal(1),
        unit_price_usd=None,
        free_quantity=Decimal(0),
        amount_usd=exact_sum([row.amount_usd for row in rows]),
        means=f"{size} uploaded {least:,} to {spread:,} times: all at the start, or spread evenly",
        bound="none: versioning is off" if off else bound,
        possible=not off and least <= reach,
        share=None if off else float(least / reach),
        prior=prior,
        why=why,
        confirm=cause.confirm,
        stop=cause.stop,
        console=cause.console,
        label_fits=fits(question, cause),
        grade=storage.found.price.grade,
        source=storage.found.price.source,
        as_of=storage.found.price.as_of,
    )


def _least(reaches: Callable[[int], bool]) -> int:
    """Return the least whole number from 1 on for which something that stays true is true."""
    high = 1
    while not reaches(high):
        high *= 2
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if reaches(middle) else (middle, high)
    return high
