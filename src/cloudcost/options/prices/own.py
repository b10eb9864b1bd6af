"""Prices that no book has for an option: the user's own and those that are made of others."""

from __future__ import annotations

from datetime import date

from cloudcost.catalog.books.book import PriceBook
from cloudcost.catalog.books.validity import too_early
from cloudcost.domain.prices import Price
from cloudcost.domain.project import Option, Project
from cloudcost.errors import PriceNotFoundError
from cloudcost.options.kinds import kind_of
from cloudcost.options.prices.commitment import commitment_notes, commitment_prices
from cloudcost.usage.calendar import project_window
from cloudcost.usage.machines.machine import Machine


def own_prices(
    project: Project,
    option: Option,
    machine: Machine,
    *,
    book: PriceBook,
    today: date,
    day: date,
    allow_assumed: bool = True,
) -> tuple[tuple[Price, ...], list[str]]:
    """Return the prices that come before the book's, with what they assume.

    Parameters
    ----------
    today, day : date
        The day of the user's own prices, and the day whose prices of the book count.
    allow_assumed : bool
        Whether one that was first seen later may be carried back to that day.

    Raises
    ------
    CatalogError
        When an electricity price is not known, or another cloud needs a region.
    PriceNotFoundError
        When one would be carried back and may not.
    """
    if machine.commitment is not None:
        prices = commitment_prices(project, option, machine, book=book, day=day, today=today)
        notes = commitment_notes(project, option, machine)
    else:
        prices, notes = kind_of(option).prices(project, option, machine, book=book, today=today, day=day)
    for price in prices:
        if price.carried_from is not None and not allow_assumed:
            raise PriceNotFoundError(too_early(price, day))
    return prices, notes


def rate_notes(project: Project, machine: Machine, day: date, as_of: date | None) -> list[str]:
    """Return, one sentence each, what of Colab is known of another time than the project's.

    Parameters
    ----------
    day : date
        Of the comparison.
    as_of : date or None
        Where that day was asked for: then nothing changes while the project lasts.
    """
    rate, notes = machine.rate, []
    changes = None if rate is None or as_of is not None else rate.changes_on
    if rate is not None and machine.paid and changes is not None and changes < project_window(project).end.date():
        notes.append(
            f"another rate of {rate.accelerator} was seen on {changes}, within the project; that of {rate.as_of} is "
            "used for all of it"
        )
    later = [f"{what} as seen on {seen}" for what, seen in machine.seen_on if seen > day]
    if later:
        notes.append(f"taken for {day} too: {', '.join(later)}")
    return notes
