"""One cause alone: what it takes to make the amount, and whether that is possible."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from cloudcost.analysis.explain.amounts.bounds import Bound, bound_of
from cloudcost.analysis.explain.amounts.pricing import Metered, metered
from cloudcost.catalog.amount_causes import RAREST
from cloudcost.catalog.aws.regions import regions_by_code
from cloudcost.figures import figure
from cloudcost.frozen import dataclass
from cloudcost.results.candidates import Candidate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cloudcost.analysis.explain.amounts.question import Question
    from cloudcost.catalog.amount_causes import AmountCause


NAMED = 0
"""The prior of what the facts name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Single:
    """A candidate with what pairs are made from.

    Parameters
    ----------
    cause : AmountCause
    candidate : Candidate
    metered : Metered
    bound : Bound
        Of the quantity that the whole amount takes.
    """

    cause: AmountCause
    candidate: Candidate
    metered: Metered
    bound: Bound


def variants_of(question: Question, cause: AmountCause) -> Iterator[tuple[str, str]]:
    """Yield the variants of a cause, each with its usage type: machine types, regions that are copied to."""
    if "*" not in cause.usage_type:
        yield "", cause.usage_type
        return
    types = cause.types
    if cause.name == "notebook-left-on" and question.facts.notebook:
        types = tuple(dict.fromkeys((question.facts.notebook, *types)))
    for name in types:
        place = regions_by_code().get(name)
        if place is None:
            yield name, cause.usage_type.replace("*", name)
        elif place != question.facts.region:
            yield f"to {place}", cause.usage_type.replace("*", name)


def single(question: Question, cause: AmountCause, variant: str, usage_type: str) -> Single | None:
    """Return what a cause takes alone; None where no quantity costs so much.

    Raises
    ------
    PriceNotFoundError
        When the book has no price for it.
    """
    priced = metered(question, cause.service, usage_type, cause.operation)
    quantity = priced.taking(question.before_tax)
    if quantity is None:
        return None
    row = priced.row(quantity)
    free = priced.free(quantity)
    bound = bound_of(question, cause, priced.unit, quantity + free, variant)
    prior, why = prior_of(question, cause, variant)
    means = bound.means
    if free:
        means += f", {figure(float(free))} of them free"
    price = priced.found.price
    candidate = Candidate(
        cause=cause.name,
        title=cause.title,
        variant=variant,
        rows=(row,),
        quantity=row.quantity,
        unit=row.unit,
        step=priced.decimal(priced.step),
        unit_price_usd=price.tiers[0].unit_price_usd if row.arithmetic.count(" x ") == 1 else None,
        free_quantity=priced.decimal(priced.rounded_up(free)),
        amount_usd=row.amount_usd,
        means=means,
        bound=bound.words,
        possible=bound.possible(quantity + free),
        share=bound.share(quantity + free),
        prior=prior,
        why=why,
        confirm=cause.confirm,
        stop=cause.stop,
        console=cause.console,
        label_fits=fits(question, cause),
        ended=bound.ended,
        grade=price.grade,
        source=price.source,
        as_of=price.as_of,
    )
    return Single(cause=cause, candidate=candidate, metered=priced, bound=bound)


def prior_of(question: Question, cause: AmountCause, variant: str) -> tuple[int, str]:
    """Return how likely a cause is held to be, by the table and the facts, and why."""
    named = question.facts.notebook
    if cause.name == "notebook-left-on" and named:
        if variant == named:
            return NAMED, f"the type that you named; {cause.reason}"
        return RAREST, f"you named another type, {named}"
    return cause.prior, cause.reason


def fits(question: Question, cause: AmountCause) -> bool | None:
    """Return whether a cause is shown under the label that was named; None where none was."""
    label = question.facts.label
    return None if not label else label in cause.console


def order(each: Candidate) -> tuple[bool, bool, int, float, str, Fraction]:
    """Return where a candidate stands: possible first, under the label first, by prior, then by the least share."""
    share = 1.0 if each.share is None else each.share
    return each.possible is False, each.label_fits is False, each.prior, share, each.title, Fraction(each.quantity)
