"""What an option's model asks of every kind."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from datetime import date

from cloudcost.catalog.books.book import PriceBook
from cloudcost.domain.prices import Price
from cloudcost.domain.project import Option, Project
from cloudcost.domain.usage import RunUsage
from cloudcost.options.book_row import BookRow
from cloudcost.options.prices.stated import stated_prices
from cloudcost.usage.machines.machine import Machine


class Kind(ABC):
    """A kind of option: its machine and the prices that no book has for it."""

    @abstractmethod
    def machine(self, option: Option, on: date) -> Machine:
        """Return the machine as it is on a day; whether it can be had then, `availability` says.

        Raises
        ------
        CatalogError
            When an instance, a device, an accelerator or a plan is not known.
        PriceNotFoundError
            When a paid accelerator has no compute-unit rate on that day.
        """

    def prices(
        self, project: Project, option: Option, machine: Machine, *, book: PriceBook, today: date, day: date
    ) -> tuple[tuple[Price, ...], list[str]]:
        """Return the prices that come before the book's, with what they assume.

        Parameters
        ----------
        today, day : date
            The day of the user's own prices, and the day whose prices of the book count.

        Raises
        ------
        CatalogError
            When one is not known.
        """
        if option.usd_per_hour is None:
            return (), []
        return stated_prices(project, option, machine, today)

    def book_rows(self, book: PriceBook, day: date) -> Iterator[BookRow]:
        """Yield what a price book sells of it: each machine in each region, however bought; none of one's own."""
        yield from ()

    def subscription(self, project: Project, option: Option, machine: Machine) -> list[RunUsage]:
        """Return the months of a subscription that the option needs."""
        return []
