"""What the bill tells of one cause: sentences of evidence and the figures that follow from it."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from cloudcost.frozen import dataclass

if TYPE_CHECKING:
    from cloudcost.results.explanation import Running, SharedCost


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a bill tells of a cause.

    Parameters
    ----------
    sentences : tuple of str
    running : Running or None
    saved_usd : Decimal or None
        What the way out of the cause would have saved, where it can be computed.
    saved_by : str
        The arithmetic of it.
    split : tuple of SharedCost
    """

    sentences: tuple[str, ...] = ()
    running: Running | None = None
    saved_usd: Decimal | None = None
    saved_by: str = ""
    split: tuple[SharedCost, ...] = ()


MOST_NAMED = 5
"""Things of a kind that are named, the others counted. [count]"""


def few(sentences: Sequence[str], noun: str) -> tuple[str, ...]:
    """Return the first sentences, and how many things there are more."""
    if len(sentences) <= MOST_NAMED + 1:
        return tuple(sentences)
    return (*sentences[:MOST_NAMED], f"and {len(sentences) - MOST_NAMED:,} more {noun}")


def hours_words(hours: Decimal | int) -> str:
    """Return hours for people: whole ones plainly, others with at most three decimals.

    Examples
    --------
    >>> hours_words(Decimal("96.000")), hours_words(Decimal("1116.74")), hours_words(Decimal("0.0004"))
    ('96', '1,116.74', '0.0004')
    """
    exact = Decimal(hours)
    rounded = round(exact, 3)
    text = f"{rounded:,f}" if rounded or not exact else f"{exact:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
