"""SageMaker: training jobs on a machine of one of AWS's types."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from cloudcost.catalog.books.book import PriceBook
from cloudcost.catalog.instances import instances
from cloudcost.domain.kinds import KINDS
from cloudcost.domain.prices import Price, PriceKey
from cloudcost.domain.project import Option, Project
from cloudcost.options.book_row import BookRow
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

    def book_rows(self, book: PriceBook, day: date) -> Iterator[BookRow]:
        """Yield machines of training jobs; those with a GPU stand wherever EC2's do, priced by them."""
        facts, ec2 = KINDS["sagemaker"], KINDS["ec2"]
        hours = f"{(facts.hour_types or ('',))[0]}:"
        of_ec2 = f"{(ec2.hour_types or ('',))[0]}:"
        for region in book.regions(ec2.service):
            names = {name for name, _ in book.keys(facts.service, region) if name.startswith(hours + facts.type_prefix)}
            for usage_type, purchase in book.keys(ec2.service, region):
                known = instances().get(usage_type.removeprefix(of_ec2))
                if purchase == "on-demand" and known is not None and known.device is not None:
                    names.add(f"{hours}{facts.type_prefix}{known.name}")
            for usage_type in sorted(names):
                key = PriceKey(facts.service, region, usage_type)
                name = usage_type.removeprefix(hours)
                yield BookRow(
                    kind="sagemaker", provider="aws", instance=name, region=region, purchase="on-demand", key=key
                )
