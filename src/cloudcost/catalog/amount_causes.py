"""What can make a sum on a bill of AWS: causes with their usage types, limits, where they show and what stops them.

A row says what is metered, what bounds it, and how likely it is held to be before anything is known; the prior is a
judgement with its reason, from 1 (the first to look at) to 5 (rare).
"""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from typing import Literal, TypeAlias, cast

from cloudcost.catalog.tables import DATA, read_table
from cloudcost.frozen import dataclass

Limit: TypeAlias = Literal[
    "machines", "standing", "stored", "sent", "uploads", "pace", "network", "link", "passes", "objects", "none"
]
"""What bounds a quantity. ``machines``: hours of the period times users; ``standing``: so many units at once for all
the time; ``stored``: so many copies of the data set; ``sent``: what the link brings up; ``uploads``: whole uploads of
the data set; ``pace``: so many a second; ``network``: Gbit/s within the provider; ``link``: the user's own link;
``passes``: so many times the data set; ``objects``: so many times the images; ``none``: no price makes it."""

_COLUMNS = (
    "cause", "title", "service", "usage_type", "operation", "types", "limit", "most", "per", "beyond", "console",
    "prior", "reason", "confirm", "stop", "as_of", "source",
)  # fmt: skip
RAREST = 5
"""The last prior."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AmountCause:
    """A cause of a sum.

    Parameters
    ----------
    name, title : str
        For programs, and for people.
    service, usage_type, operation : str
        As in `PriceKey`; a ``*`` in the usage type stands for each of `types`. Without a usage type nothing is priced.
    types : tuple of str
    limit : Limit
    most : Decimal or None
        What the limit counts; None where no figure is known.
    per : {"", "user", "day"}
        Whether `most` counts for each user or day.
    beyond : {"no", "unknown"}
        What more than the limit is: not possible, or not known to be.
    console : tuple of str
        What a bill or Cost Explorer shows it under.
    prior : int
        From 1 (the first to look at) to 5 (rare).
    reason : str
        Of the prior.
    confirm, stop : str
        What to look at, and what ends it.
    """

    name: str
    title: str
    service: str
    usage_type: str
    operation: str
    types: tuple[str, ...]
    limit: Limit
    most: Decimal | None
    per: Literal["", "user", "day"]
    beyond: Literal["no", "unknown"]
    console: tuple[str, ...]
    prior: int
    reason: str
    confirm: str
    stop: str


@cache
def amount_causes() -> tuple[AmountCause, ...]:
    """Return all causes, in the order of the table.

    Examples
    --------
    >>> amount_causes()[0].name, amount_causes()[0].prior
    ('notebook-left-on', 1)
    """
    return tuple(_parse(row) for row in read_table(DATA / "amount_causes.csv", _COLUMNS))


def console_labels() -> tuple[str, ...]:
    """Return the names that a bill or Cost Explorer shows causes under."""
    return tuple(dict.fromkeys(label for cause in amount_causes() for label in cause.console))


def _parse(row: list[str]) -> AmountCause:
    name, title, service, usage_type, operation, types, limit, most, per, beyond, console, prior, *words, _, _ = row
    reason, confirm, stop = words
    return AmountCause(
        name=name,
        title=title,
        service=service,
        usage_type=usage_type,
        operation=operation,
        types=tuple(types.split("|")) if types else (),
        limit=cast(Limit, limit),
        most=Decimal(most) if most else None,
        per=cast(Literal["", "user", "day"], per),
        beyond=cast(Literal["no", "unknown"], beyond),
        console=tuple(console.split("|")),
        prior=int(prior),
        reason=reason,
        confirm=confirm,
        stop=stop,
    )
