"""The prices that the answer hangs on: by how much each would have to change, alone, for another option to win.

A total is straight in each price, so no search is needed: what a price comes to on two bills tells where they cross.
Tax is laid on what providers charge. Where credits or a support plan bend the totals, the prices are chosen by the
lines before them, and nothing is said of where they cross.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from math import log

from cloudcost.catalog.providers import paid_to
from cloudcost.domain.lines import LineItem
from cloudcost.domain.prices import OWN_SERVICE, STATED_IN, PriceKey
from cloudcost.domain.project import Project
from cloudcost.frozen import dataclass
from cloudcost.pricing.lookup import price_day
from cloudcost.results.estimate import Estimate
from cloudcost.results.matters import DecidingPrice

REACH = 2.0
"""A price decides where at most so many times it, or so many times less, changes the answer: prices of machines that
were cut have about halved. [1]"""

LEAST = 1e-6
"""Times a price below which it is nothing, and the rest is the last digits of a difference. [1]"""
_Fact = tuple[PriceKey, str]
"""A price that can change alone: a row of the book; of a machine of one's own and of what the user states, that of one
option, or of one price of electricity."""

_UNPRICED = frozenset(["Credits", "Tax"])
"""Services of closing lines, whose amounts follow from others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Share:
    """What a price comes to on one option's bill, with tax, and the line that comes to most. [USD]"""

    usd: float
    line: LineItem


def deciding_prices(
    project: Project, options: Sequence[Estimate], *, on: date, pinned: bool = False
) -> tuple[DecidingPrice, ...]:
    """Return the prices that decide, the price first whose least change flips the answer.

    Where none does within `REACH`, that which weighs most in the best option, and that in the next.

    Parameters
    ----------
    project : Project
    options : sequence of Estimate
        The cheapest feasible first.
    on : date
        The day whose prices are asked for; a line of another month stands for the first day of that.
    pinned : bool
        Every line takes the prices of `on`, whatever its month.
    """
    sure = [each for each in options if each.feasible and each.guaranteed and each.total_usd is not None]
    if not sure:
        return ()
    bills = [_shares(project, each) for each in sure]
    bent = bool(project.credits_usd or project.support_plan)
    facts = dict.fromkeys(fact for bill in bills for fact in bill)
    flips = {fact: _nearest_flip(fact, sure, bills) for fact in facts}
    deciding = sorted((fact for fact in facts if _decides(flips[fact])), key=lambda fact: _distance(flips[fact]))
    largest = dict.fromkeys(max(bill, key=lambda fact: bill[fact].usd) for bill in bills[:2] if bill)
    return tuple(
        _price(fact, sure, bills, flips[fact], bent=bent, on=on, pinned=pinned) for fact in deciding or largest
    )


def _shares(project: Project, estimate: Estimate) -> dict[_Fact, _Share]:
    """Return what each price comes to on an option's bill; a sale is a share of the purchase, and counts with it."""
    taxed = 1 + float(project.tax_rate)
    shares: dict[_Fact, _Share] = {}
    sold = 0.0
    for line in estimate.lines:
        if line.service in _UNPRICED or line.service.startswith("AWSSupport"):
            continue
        if line.service == OWN_SERVICE and line.usage_type == "Resale":
            sold += float(line.exact_usd)
            continue
        usd = float(line.exact_usd) * (1.0 if paid_to(line.service) == "own" else taxed)
        fact = line.key, _whose(line, estimate.name)
        before = shares.get(fact)
        if before is None:
            shares[fact] = _Share(usd=usd, line=line)
        else:
            larger = line if line.exact_usd > before.line.exact_usd else before.line
            shares[fact] = _Share(usd=before.usd + usd, line=larger)
    for fact, share in shares.items():
        if sold and fact[0].service == OWN_SERVICE and fact[0].usage_type == "Purchase":
            shares[fact] = _Share(usd=share.usd + sold, line=share.line)
    return shares


def _whose(line: LineItem, option: str) -> str:
    """Return what tells two prices of one key apart; empty where the key does."""
    if line.source == STATED_IN:
        return option
    return str(line.unit_price_usd) if line.service == OWN_SERVICE else ""


def _nearest_flip(
    fact: _Fact, sure: Sequence[Estimate], bills: Sequence[dict[_Fact, _Share]]
) -> tuple[float, str] | None:
    """Return what times a price another option is the cheapest, and which; None where none is at any."""
    nothing = 0.0
    own = bills[0][fact].usd if fact in bills[0] else nothing
    found: tuple[float, str] | None = None
    for rival, bill in zip(sure[1:], bills[1:], strict=True):
        at = _flips_at(_lead(sure[0], rival), (bill[fact].usd if fact in bill else nothing) - own)
        if at is not None and (found is None or abs(log(at)) < _distance(found)):
            found = at, rival.name
    return found


def _distance(flip: tuple[float, str] | None) -> float:
    return 0.0 if flip is None else abs(log(flip[0]))


def _decides(flip: tuple[float, str] | None) -> bool:
    return flip is not None and 1 / REACH <= flip[0] <= REACH


def _price(
    fact: _Fact,
    sure: Sequence[Estimate],
    bills: Sequence[dict[_Fact, _Share]],
    flip: tuple[float, str] | None,
    *,
    bent: bool,
    on: date,
    pinned: bool,
) -> DecidingPrice:
    """Return a price with its freshness; where totals are bent, nothing is known of the flip."""
    line = next(bill[fact].line for bill in bills if fact in bill)
    as_of = line.as_of or on
    day = on if pinned else price_day(line.month, on)
    return DecidingPrice(
        key=fact[0],
        unit=line.unit,
        unit_price_usd=line.unit_price_usd,
        grade=line.grade,
        source=line.source,
        as_of=as_of,
        confirmed_on=line.confirmed_on,
        age_days=None if line.source == STATED_IN else max((day - (line.confirmed_on or as_of)).days, 0),
        options=tuple(each.name for each, bill in zip(sure, bills, strict=True) if fact in bill),
        flips_at=None if flip is None or bent else flip[0],
        becomes="" if flip is None or bent else flip[1],
        decides=_decides(flip),
    )


def _lead(first: Estimate, rival: Estimate) -> float:
    """Return by how much a rival costs more than the best. [USD]"""
    assert first.total_usd is not None
    assert rival.total_usd is not None
    return float(rival.total_usd - first.total_usd)


def _flips_at(lead: float, more: float) -> float | None:
    """Return what times a price two totals cross; None where they do not at any above nothing.

    Parameters
    ----------
    lead : float
        By how much the rival costs more. [USD]
    more : float
        By how much more of that price is on the rival's bill. [USD]

    Examples
    --------
    A rival that costs 10 USD more and is billed 40 USD more for a machine, which would have to cost a quarter less:

    >>> _flips_at(10.0, 40.0), _flips_at(10.0, -5.0), _flips_at(10.0, 8.0), _flips_at(10.0, 0.0)
    (0.75, 3.0, None, None)
    """
    if not more:
        return None
    at = 1 - lead / more
    return at if at > LEAST else None
