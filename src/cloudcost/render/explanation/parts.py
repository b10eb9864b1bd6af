"""What text and records of a bill by cause share: which causes are shown at length, which to stop, the arithmetic."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

from cloudcost.figures import counted, figure
from cloudcost.money import decimal_string, format_usd

if TYPE_CHECKING:
    from cloudcost.results.explanation import CauseItem, ExplainedCause, Explanation

_SHOWN = 0.01
"""Share of a bill from which on a cause is shown at length. [1]"""
MOST_ITEMS = 5
"""Lines of arithmetic under a cause, the others counted. [count]"""


_AMOUNT = re.compile(r"(?<=\d) USD\b")


def in_currency(said: str, currency: str) -> str:
    """Return text with its amounts in the bill's own currency.

    Examples
    --------
    >>> in_currency("of it 3.72 USD", "EUR")
    'of it 3.72 EUR'
    """
    return said if currency == "USD" else _AMOUNT.sub(lambda _: f" {currency}", said)


def is_shown(cause: ExplainedCause) -> bool:
    """Return whether a cause is shown at length."""
    return cause.share is None or abs(cause.share) >= _SHOWN


def to_stop(explanation: Explanation) -> list[ExplainedCause]:
    """Return the causes of which something is to be stopped."""
    return [each for each in explanation.causes if each.stop and is_shown(each)]


def arithmetic(item: CauseItem, *, with_usd: bool = True) -> str:
    """Return quantity x price = amount; without a price, what there is."""
    where = f" ({item.region})" if item.region else ""
    name = f"{item.usage_type or item.service or 'line'}{where}"
    usd = f" = {format_usd(item.usd)} USD" if with_usd else ""
    if item.quantity is None:
        return f"{name}: {counted(item.lines, 'line')}{usd}"
    price = "" if item.unit_price_usd is None else f" x {decimal_string(item.unit_price_usd)}"
    if not price and item.quantity:
        price = f" x about {figure(item.usd / item.quantity)}"
    return f"{name}: {f'{quantity_words(item.quantity)} {item.unit}'.strip()}{price}{usd}"


def quantity_words(quantity: Decimal) -> str:
    """Return a quantity for people, a small one with the figures that count."""
    text = f"{quantity:,.3f}" if abs(quantity) >= Decimal("0.001") else figure(quantity)
    return text.rstrip("0").rstrip(".") if "." in text else text
