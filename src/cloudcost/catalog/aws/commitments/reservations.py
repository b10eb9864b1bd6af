"""Ways of reserving machines of EC2: for how long, and what is paid at once."""

from __future__ import annotations

from datetime import date
from functools import cache

from cloudcost.catalog.tables import DATA, read_table
from cloudcost.errors import CatalogError
from cloudcost.frozen import dataclass

_COLUMNS = ("purchase", "years", "upfront", "convertible", "table_column", "as_of", "source")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reservation:
    """A way of reserving.

    Parameters
    ----------
    purchase : str
        As project files and prices have it.
    years : int
        Its term. [years]
    upfront : str
        How much is paid at once: ``no``, ``partial``, ``all``.
    convertible : bool
    column : int or None
        Its place among the prices of ``data/ec2/reserved``; None where no price is known.
    as_of : date
    source : str
        Key of a `Source`.
    """

    purchase: str
    years: int
    upfront: str
    convertible: bool
    column: int | None
    as_of: date
    source: str


@cache
def reservations() -> dict[str, Reservation]:
    """Return the ways of reserving by what they are called."""
    rows = read_table(DATA / "reservations.csv", _COLUMNS)
    return {
        purchase: Reservation(
            purchase=purchase,
            years=int(years),
            upfront=upfront,
            convertible=convertible == "yes",
            column=int(column) if column else None,
            as_of=date.fromisoformat(as_of),
            source=source,
        )
        for purchase, years, upfront, convertible, column, as_of, source in rows
    }


def reservation(purchase: str) -> Reservation:
    """Return a way of reserving.

    Raises
    ------
    CatalogError
        Where there is none of that name.

    Examples
    --------
    >>> reservation("reserved-3y-all-upfront").years
    3
    """
    found = reservations().get(purchase)
    if found is None:
        raise CatalogError(f"reservations.csv:{purchase}: no such way of reserving, one of {', '.join(reservations())}")
    return found


@cache
def priced_reservations() -> tuple[str, ...]:
    """Return those that have prices, in the order of the columns of ``data/ec2/reserved``; the effective hourly ones.

    Examples
    --------
    >>> priced_reservations()[-1]
    'reserved-1y-all-upfront'
    """
    columns = {each.column: each.purchase for each in reservations().values() if each.column is not None}
    return tuple(columns[number] for number in sorted(columns))
