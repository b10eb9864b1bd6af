"""Two causes together, where one alone cannot be: what is known to be kept, or a cause at its bound, and the rest."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from cloudcost.analysis.explain.amounts.bounds import bound_of
from cloudcost.analysis.explain.amounts.pricing import metered
from cloudcost.analysis.explain.amounts.single import order
from cloudcost.analysis.explain.amounts.uploads import PUT
from cloudcost.errors import PriceNotFoundError
from cloudcost.money import exact_sum
from cloudcost.results.candidates import KNOWN, CausePair, PairPart
from cloudcost.units import GIB

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cloudcost.analysis.explain.amounts.question import Question
    from cloudcost.analysis.explain.amounts.single import Single

MOST_SHOWN = 100
"""Pairs that are kept; the others are counted. [count]"""
LEAST_SHARE = Fraction(1, 20)
"""Of the amount, that the smaller cause of a pair makes, unless it is known to be there. [1]"""
STORAGE = "TimedStorage-ByteHrs"


def pairs_of(question: Question, singles: Sequence[Single]) -> tuple[tuple[CausePair, ...], int]:
    """Return the first pairs, those with what is known to be there in the order of the candidates, and how many."""
    ordered = sorted(singles, key=lambda each: order(each.candidate))
    known = _kept(question)
    found = list(_with_known(question, known, ordered)) if known is not None else []
    found += _of_impossible(question, ordered)
    return tuple(found[:MOST_SHOWN]), len(found)


def _kept(question: Question) -> PairPart | None:
    """Return the data set that is known to lie in the bucket, uploaded once: a part that is there anyway."""
    size, images = question.facts.dataset_bytes, question.facts.images
    if size is None:
        return None
    try:
        storage, puts = metered(question, "AmazonS3", STORAGE), metered(question, "AmazonS3", PUT)
    except PriceNotFoundError:
        return None
    rows = [storage.row(storage.rounded_up(Fraction(size, GIB) * question.share_of_month))]
    if images:
        rows.append(puts.row(Fraction(images)))
    return PairPart(
        cause=KNOWN,
        title="The data set, uploaded once and kept",
        variant="",
        means=f"for {question.all_days}",
        rows=tuple(rows),
        amount_usd=exact_sum([row.amount_usd for row in rows]),
    )


def _with_known(question: Question, known: PairPart, singles: Sequence[Single]) -> Iterator[CausePair]:
    """Yield the known part with each cause that can make the rest, by its first variant."""
    if known.amount_usd >= question.before_tax:
        return
    seen = set()
    for each in singles:
        if each.cause.name in seen or each.candidate.possible is False:
            continue
        rest = _rest(question, each, known.amount_usd)
        if rest is not None:
            seen.add(each.cause.name)
            yield _pair(known, rest, each.candidate.prior)


def _of_impossible(question: Question, singles: Sequence[Single]) -> list[CausePair]:
    """Return the pairs of causes neither of which can be alone: the first at its bound, the second for the rest."""
    limited = [each for each in singles if each.candidate.possible is False and each.bound.most]
    capped = [(each, cap) for each in limited if (cap := _at_bound(question, each)) is not None]
    pairs = {}
    for first, cap in sorted(capped, key=lambda pair: (pair[0].candidate.prior, -pair[1].amount_usd)):
        for second in limited:
            names = frozenset([first.cause.name, second.cause.name])
            if len(names) < 2 or names in pairs:
                continue
            rest = _rest(question, second, cap.amount_usd)
            if rest is not None:
                pairs[names] = _pair(cap, rest, max(first.candidate.prior, second.candidate.prior))
    return list(pairs.values())


def _at_bound(question: Question, each: Single) -> PairPart | None:
    """Return a cause at its bound; None where that makes less than `LEAST_SHARE`."""
    quantity = (each.bound.most or Fraction(0)) // each.metered.step * each.metered.step
    part = _part(question, each, quantity)
    return part if LEAST_SHARE * question.before_tax <= part.amount_usd < question.before_tax else None


def _rest(question: Question, each: Single, made: Decimal) -> PairPart | None:
    """Return a cause for what is left of the amount; None where that is beyond its bound or next to nothing."""
    left = question.before_tax - Fraction(made)
    if left < LEAST_SHARE * question.before_tax:
        return None
    quantity = each.metered.taking(left)
    if quantity is None or (each.bound.most is not None and each.bound.strict and quantity > each.bound.most):
        return None
    return _part(question, each, quantity)


def _part(question: Question, each: Single, quantity: Fraction) -> PairPart:
    candidate = each.candidate
    row = each.metered.row(quantity)
    return PairPart(
        cause=candidate.cause,
        title=candidate.title,
        variant=candidate.variant,
        means=bound_of(question, each.cause, row.unit, quantity, candidate.variant).means,
        rows=(row,),
        amount_usd=row.amount_usd,
    )


def _pair(first: PairPart, second: PairPart, prior: int) -> CausePair:
    return CausePair(
        first=first, second=second, amount_usd=exact_sum([first.amount_usd, second.amount_usd]), prior=prior
    )
