"""How fresh an answer is: the prices that decide it, each with its day and grade; as a sentence, JSON and warnings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from cloudcost.catalog.providers import paid_to
from cloudcost.domain.prices import Grade, PriceKey
from cloudcost.figures import counted, figure
from cloudcost.money import decimal_string, known_decimal

if TYPE_CHECKING:
    from cloudcost.results.comparison import Comparison
    from cloudcost.results.matters import DecidingPrice

OLD_DAYS = 548
"""Age from which a price that decides is called old: 18 months. [days]"""
MOST_NAMED = 3
"""Prices that a sentence names. [count]"""
TIMES = 3.0
"""From so many times a price on its change is told as times, below it in per cent. [1]"""
_PLACELESS = frozenset(["", "global", "local"])
_MACHINES = ("BoxUsage:", "SpotUsage:")


def deciding_sentence(comparison: Comparison) -> str:
    """Return which prices the answer hangs on, and how old the oldest is; empty where nothing is feasible.

    Notes
    -----
    "prices that decide: EC2 g4dn.xlarge in us-east-1 of 2026-09-29 (published elsewhere; 12 % less and EC2 wins); it is
    2 months old"
    """
    prices = comparison.deciding_prices
    if not prices:
        return ""
    told = "; ".join(_told(each) for each in prices[:MOST_NAMED])
    more = f"; and {len(prices) - MOST_NAMED} more" if len(prices) > MOST_NAMED else ""
    return f"{_lead(comparison)}: {told}{more}{_oldest(comparison)}"


def price_age(comparison: Comparison, *, cell: Callable[[str], str] = str, flags: bool = True) -> str:
    """Return which prices decide and how old they are; where nothing is feasible, how old the oldest price used is.

    An age is that on the day that a price is used: that asked for, else the project's first.

    Parameters
    ----------
    comparison : Comparison
    cell : callable
        What is done with the user's names.
    flags : bool
        Whether who reads it can give flags to the command.
    """
    lines = "`--explain` shows" if flags else "`to_frame(bills=True)` has"
    shown = f"{lines} every line with its source and day"
    if comparison.deciding_prices:
        return f"price book {comparison.price_book}; {cell(deciding_sentence(comparison))}; {shown}"
    if comparison.oldest_price is None:
        return f"price book {comparison.price_book}"
    used = comparison.as_of or comparison.project.start
    months = (used - comparison.oldest_price).days / 30.44
    then = " then" if used != comparison.today else ""
    age = f" ({counted(round(months), 'month')} old{then})" if months >= 0 else ""
    return f"price book {comparison.price_book}; the oldest price used is of {comparison.oldest_price}{age}; {shown}"


def deciding_words(comparison: Comparison) -> str:
    """Return the same in a row of a screen: how old at most, and the weakest grade; empty where nothing is feasible."""
    prices = comparison.deciding_prices
    if not prices:
        return ""
    lead = "Prices that decide" if any(each.decides for each in prices) else "Prices that weigh most"
    dated = [each for each in prices if each.age_days is not None]
    if not dated:
        return f"{lead}: your own"
    weakest = max((each.grade for each in dated), key=list(_WORDS).index)
    age = max(each.age_days or 0 for each in dated)
    several = len({each.grade for each in dated}) > 1
    then = "" if comparison.as_of is None else f" on {comparison.as_of}"
    old = f"{_age(age) if age else '0 days'} old at most{then}"
    return f"{lead}: {grade_words(weakest)}{' or better' if several else ''}, {old}"


def _lead(comparison: Comparison) -> str:
    prices = comparison.deciding_prices
    if any(each.decides for each in prices):
        return "prices that decide" if len(prices) > 1 else "the price that decides"
    if _rivals(comparison):
        return "no price decides alone (half or twice of any leaves the answer); what weighs most"
    return "prices that weigh most" if len(prices) > 1 else "the price that weighs most"


def _rivals(comparison: Comparison) -> bool:
    return sum(each.feasible and each.guaranteed for each in comparison.options) > 1


def _told(price: DecidingPrice) -> str:
    """Return a price with its day and grade, and the change of it that flips the answer."""
    if price.age_days is None:
        said = f"{price_name(price.key)} ({grade_words(price.grade)}"
    else:
        again = f", confirmed {price.confirmed_on}" if price.confirmed_on else ""
        said = f"{price_name(price.key)} of {price.as_of}{again} ({grade_words(price.grade)}"
    change = "" if price.flips_at is None else f"; {_change(price.flips_at)} and {price.becomes} wins"
    return f"{said}{change})"


def _change(times: float) -> str:
    """Return a change as people say it.

    Examples
    --------
    >>> _change(0.88), _change(1.3), _change(13.5), _change(0.9999), _change(1.0)
    ('12 % less', '30 % more', '13.5 times as much', '0.01 % less', 'any less or more')
    """
    if times == 1:
        return "any less or more"
    if times >= TIMES:
        return f"{figure(times)} times as much"
    return f"{figure(100 * abs(times - 1), 2)} % {'more' if times > 1 else 'less'}"


def _oldest(comparison: Comparison) -> str:
    """Return how old the oldest is on the day that it stands for; nothing of prices that the user states."""
    ages = [each.age_days for each in comparison.deciding_prices if each.age_days is not None]
    if not ages:
        return ""
    alone = len(comparison.deciding_prices) == 1
    if not max(ages):
        return f"; {'it was' if alone else 'all were'} seen on the day asked for, or later"
    day = comparison.as_of or comparison.project.start
    then = " then" if day != comparison.today else ""
    return f"; {'it' if alone else 'the oldest'} is {_age(max(ages))} old{then}"


def _age(days: int) -> str:
    """Return an age in the unit that people count it in.

    Examples
    --------
    >>> _age(1), _age(21), _age(150), _age(1500)
    ('1 day', '3 weeks', '5 months', '4 years')
    """
    for most, length, unit in ((14, 1.0, "day"), (70, 7.0, "week"), (730, 30.44, "month")):
        if days < most:
            return counted(round(days / length), unit)
    return counted(round(days / 365.25), "year")


def price_name(key: PriceKey) -> str:
    """Return what is priced as people call it.

    Examples
    --------
    >>> price_name(PriceKey("AmazonEC2", "us-east-1", "SpotUsage:g4dn.xlarge", "RunInstances", "spot"))
    'EC2 g4dn.xlarge spot in us-east-1'
    >>> price_name(PriceKey("Local", "local", "Electricity"))
    'electricity'
    """
    if paid_to(key.service) == "own":
        return "".join(f" {each.lower()}" if each.isupper() else each for each in key.usage_type).strip()
    what = key.usage_type
    for prefix in _MACHINES:
        what = what.removeprefix(prefix)
    service = key.service.removeprefix("Amazon").removeprefix("AWS")
    bought = "" if key.purchase in ("", "on-demand") else f" {key.purchase}"
    return f"{service} {what}{bought}" + ("" if key.region in _PLACELESS else f" in {key.region}")


_WORDS: dict[Grade, str] = {
    "stated": "stated in the project",
    "official": "the provider's list",
    "real-bill": "a real bill",
    "third-party": "published elsewhere",
    "derived": "derived by a rule",
    "assumed": "assumed",
}
"""What a reader calls each grade, the best first."""


def grade_words(grade: Grade) -> str:
    """Return where a price comes from, in words."""
    return _WORDS[grade]


def deciding_records(prices: Sequence[DecidingPrice]) -> list[dict[str, object]]:
    """Return the prices as JSON has them: amounts are decimal strings, ratios numbers."""
    return [
        {
            "key": str(each.key),
            "service": each.key.service,
            "region": each.key.region or None,
            "usage_type": each.key.usage_type,
            "operation": each.key.operation or None,
            "purchase": each.key.purchase or None,
            "unit": each.unit,
            "unit_price_usd": known_decimal(each.unit_price_usd),
            "grade": each.grade,
            "source": each.source,
            "as_of": each.as_of.isoformat(),
            "confirmed_on": None if each.confirmed_on is None else each.confirmed_on.isoformat(),
            "age_days": each.age_days,
            "options": list(each.options),
            "flips_at": each.flips_at,
            "flips_at_usd": _flips_at_usd(each),
            "becomes": each.becomes or None,
            "decides": each.decides,
        }
        for each in prices
    ]


def _flips_at_usd(price: DecidingPrice) -> str | None:
    """Return the price at which the answer changes, to six figures; null where it is not one price. [USD per unit]"""
    if price.flips_at is None or price.unit_price_usd is None:
        return None
    return decimal_string(Decimal(f"{float(price.unit_price_usd) * price.flips_at:.6g}"))


def deciding_warnings(prices: Sequence[DecidingPrice]) -> tuple[str, ...]:
    """Return what is to be said of prices that decide, or weigh most, and are old; and of those that are assumed."""
    old = [each for each in prices if each.age_days is not None and each.age_days > OLD_DAYS]
    assumed = [each for each in prices if each.grade == "assumed"]
    said = []
    if old:
        first = min(each.last_seen for each in old)
        said.append(f"{_of(old)} over 18 months old, the oldest of {first}: {_names(old)}")
    if assumed:
        said.append(f"{_of(assumed)} assumed: {_names(assumed)}")
    return tuple(said)


def _of(prices: Sequence[DecidingPrice]) -> str:
    which = "deciding" if any(each.decides for each in prices) else "largest"
    return f"{len(prices)} of the {which} prices {'is' if len(prices) == 1 else 'are'}"


def _names(prices: Sequence[DecidingPrice]) -> str:
    names = [price_name(each.key) for each in prices]
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return ", ".join(names[:MOST_NAMED]) + more
