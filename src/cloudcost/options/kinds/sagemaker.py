"""SageMaker: training jobs on a machine of one of AWS's types."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from cloudcost.catalog.books.book import PriceBook
from cloudcost.domain.prices import Price
from cloudcost.domain.project import Option, Project
from cloudcost.options.kinds.base import Kind
from cloudcost.options.kinds.rented import rented
from cloudcost.usage.machines.machine import Machine


class SageMaker(Kind):
    """An option on SageMaker."""

    def machine(self, option: Option, on: date) -> Machine:
        """Return the machine of the training jobs."""
        return rented(option.instance or "")

    def prices(
        self, project: Project, option: Option, machine: Machine, *, book: PriceBook, today: date, day: date
    ) -> tuple[tuple[Price, ...], list[str]]:
        """Return the stated price, which holds for instances that are kept warm too."""
        prices, notes = super().prices(project, option, machine, book=book, today=today, day=day)
        warm = (replace(each, usage_type=f"TrainWarmPool:{option.instance}", purchase="on-demand") for each in prices)
        return (*prices, *warm), notes
