"""Every cause that could have made an amount, with what it takes: the answer where there is no bill to read."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, assert_never

from cloudcost.analysis.explain.amounts.pairs import pairs_of
from cloudcost.analysis.explain.amounts.question import DEFAULT_LINK, Question
from cloudcost.analysis.explain.amounts.single import Single, order, single, variants_of
from cloudcost.analysis.explain.amounts.uploads import uploads
from cloudcost.catalog.amount_causes import AmountCause, amount_causes
from cloudcost.catalog.aws.free_tier import sign_up_credit
from cloudcost.catalog.books.book import load_book
from cloudcost.errors import PriceNotFoundError
from cloudcost.figures import figure
from cloudcost.money import round_half_even
from cloudcost.results.candidates import Candidate, Candidates, Unmetered
from cloudcost.units import month_hours

if TYPE_CHECKING:
    from cloudcost.catalog.books.book import PriceBook
    from cloudcost.results.candidates import Facts

NEEDS_SIZE = "what it takes depends on the data set, whose size is not stated"


def explain_amount(amount_usd: Decimal, days: Decimal, facts: Facts, book: PriceBook | None = None) -> Candidates:
    """Return what could have made an amount.

    Parameters
    ----------
    amount_usd : Decimal
        As it was billed, over 0. [USD]
    days : Decimal
        In which it was made, over 0. [days]
    facts : Facts
    book : PriceBook, optional
        The newest shipped one if left out.

    Raises
    ------
    ValueError
        When the amount or the days are not over 0.

    Examples
    --------
    >>> from datetime import date
    >>> from cloudcost.results.candidates import Facts
    >>> facts = Facts(region="us-east-1", date=date(2026, 11, 22))
    >>> found = explain_amount(Decimal(75), Decimal(4), facts).candidates
    >>> [str(each.quantity) for each in found if each.cause == "put-requests"]
    ['15000000']
    """
    if not (amount_usd.is_finite() and days.is_finite() and amount_usd > 0 and days > 0):
        raise ValueError(f"amount and days are over 0, not {amount_usd} and {days}")
    question = Question(
        before_tax=Fraction(amount_usd) / (1 + facts.tax),
        days=days,
        facts=facts,
        book=load_book() if book is None else book,
    )
    singles: list[Single] = []
    others: list[Candidate] = []
    unmetered: list[Unmetered] = []
    unpriced: list[Unmetered] = []
    for cause in amount_causes():
        match cause.limit:
            case "none":
                unmetered.append(_unmetered(cause, cause.reason))
            case "uploads":
                _add_uploads(question, cause, others, unpriced)
            case "machines" | "standing" | "stored" | "sent" | "pace" | "network" | "link" | "passes" | "objects":
                _add_singles(question, cause, singles, unpriced)
            case _:
                assert_never(cause.limit)
    pairs, pairs_found = pairs_of(question, singles)
    return Candidates(
        amount_usd=amount_usd,
        before_tax_usd=round_half_even(question.before_tax),
        days=days,
        facts=facts,
        month_hours=month_hours(question.month),
        candidates=tuple(sorted([*others, *(each.candidate for each in singles)], key=order)),
        pairs=pairs,
        pairs_found=pairs_found,
        unmetered=tuple(unmetered),
        unpriced=tuple(unpriced),
        assumptions=tuple(_assumptions(question)),
    )


def _add_uploads(question: Question, cause: AmountCause, found: list[Candidate], missing: list[Unmetered]) -> None:
    try:
        candidate = uploads(question, cause)
    except PriceNotFoundError as error:
        missing.append(_unmetered(cause, str(error).split("\n")[0]))
        return
    if candidate is None:
        missing.append(_unmetered(cause, f"{NEEDS_SIZE} (--facts dataset=48GiB,images=60000)"))
    else:
        found.append(candidate)


def _add_singles(question: Question, cause: AmountCause, found: list[Single], missing: list[Unmetered]) -> None:
    without = []
    for variant, usage_type in variants_of(question, cause):
        try:
            each = single(question, cause, variant, usage_type)
        except PriceNotFoundError:
            without.append(variant)
            continue
        if each is not None:
            found.append(each)
    if without:
        why = f"no price is known in {question.facts.region} on {question.facts.date}"
        missing.append(_unmetered(cause, why, tuple(name for name in without if name)))


def _unmetered(cause: AmountCause, why: str, variants: tuple[str, ...] = ()) -> Unmetered:
    return Unmetered(
        cause=cause.name,
        title=cause.title,
        why=why,
        confirm=cause.confirm,
        stop=cause.stop,
        console=cause.console,
        variants=variants,
    )


def _assumptions(question: Question) -> list[str]:
    """Return what was taken where nothing was said."""
    facts = question.facts
    stated = dict(facts.stated)
    said = [
        f"list prices of {facts.date} in {facts.region}" + ("" if "region" in stated else " (region= if elsewhere)")
    ]
    if question.hours > month_hours(question.month):
        said.append("more days than the month has: tiers and free quotas are counted as if all fell into one month")
    month = f"the month of {question.month} has {month_hours(question.month)} h"
    said.append(f"a GB on a bill is 2^30 bytes, a TB here 1,000 of them; {month}")
    if "tax" not in stated:
        said.append("the amount is before tax (tax=0.16 if 16 % are in it)")
    if "users" not in stated:
        said.append("how many could start machines is not stated (users=)")
    if "link" not in stated:
        said.append(f"the users' link is taken as {figure(DEFAULT_LINK / 10**9)} Gbit/s (link=)")
    if facts.account_opened is None:
        said.append("an account without a new account's free months or credits (account_opened=)")
    else:
        credit = sign_up_credit(facts.account_opened)
        if credit is not None and facts.date < credit.expires:
            said.append(
                f"credits of {credit.usd} USD from the sign-up are not taken off: where they were left, more was used"
            )
    said.append("what is free each month for every account counts as not used up by anything else")
    return said
