"""SageMaker: training jobs on a machine of one of AWS's types."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from cloudcost.catalog.aws.commitments.savings_plans import savings_plans
from cloudcost.catalog.aws.regions import may_be_zone
from cloudcost.catalog.books.book import PriceBook
from cloudcost.catalog.instances import types_with_device
from cloudcost.domain.kinds import KINDS
from cloudcost.domain.prices import Price, PriceKey
from cloudcost.domain.project import Option, Project
from cloudcost.options.book_row import BookRow
from cloudcost.options.kinds.base import Kind
from cloudcost.options.kinds.rented import rented
from cloudcost.options.prices.managed_spot import managed_spot_prices
from cloudcost.usage.machines.machine import Machine


class SageMaker(Kind):
    """An option on SageMaker."""

    def machine(self, option: Option, on: date) -> Machine:
        """Return the machine of the training jobs."""
        return rented(option.instance or "")

    def prices(
        self, project: Project, option: Option, machine: Machine, *, book: PriceBook, today: date, day: date
    ) -> tuple[tuple[Price, ...], list[str]]:
        """Return the stated price, which holds for instances that are kept warm too, or what managed spot comes to."""
        if option.spot_savings is not None and option.usd_per_hour is None:
            return managed_spot_prices(project, option, book, day)
        prices, notes = super().prices(project, option, machine, book=book, today=today, day=day)
        warm = (replace(each, usage_type=f"TrainWarmPool:{option.instance}", purchase="on-demand") for each in prices)
        return (*prices, *warm), notes

    def book_rows(self, book: PriceBook, day: date) -> Iterator[BookRow]:
        """Yield machines of training jobs; those with a GPU stand wherever EC2's do, priced by them."""
        facts, ec2 = KINDS["sagemaker"], KINDS["ec2"]
        hours = f"{(facts.hour_types or ('',))[0]}:"
        of_ec2 = f"{(ec2.hour_types or ('',))[0]}:"
        begin = f"{hours}{facts.type_prefix}"
        with_gpu = types_with_device()
        for region in book.regions(ec2.service):
            if may_be_zone(region):
                continue
            yield from _planned(book, region, begin)
            names = {name.removeprefix(begin) for name, _ in book.keys(facts.service, region) if name.startswith(begin)}
            sold = frozenset(book.keys(ec2.service, region))
            names.update(name for name in with_gpu if (f"{of_ec2}{name}", "on-demand") in sold)
            without = 0
            for name in sorted(names):
                if name not in with_gpu:
                    without += 1
                    continue
                key = PriceKey(facts.service, region, f"{begin}{name}")
                yield BookRow(
                    kind="sagemaker", provider="aws", instance=f"{facts.type_prefix}{name}", region=region,
                    purchase="on-demand", key=key,
                )  # fmt: skip
            if without:
                yield BookRow(
                    kind="sagemaker", provider="aws", instance="", region=region, purchase="on-demand", count=without
                )


def _planned(book: PriceBook, region: str, begin: str) -> Iterator[BookRow]:
    """Yield machines of training jobs under Savings Plans whose rates the book has."""
    service, with_gpu = KINDS["sagemaker"].service, types_with_device()
    for usage_type, purchase in book.keys(service, region):
        name = usage_type.removeprefix(begin)
        if purchase in savings_plans() and usage_type.startswith(begin) and name in with_gpu:
            key = PriceKey(service, region, usage_type, purchase=purchase)
            instance = f"{KINDS['sagemaker'].type_prefix}{name}"
            yield BookRow(
                kind="sagemaker", provider="aws", instance=instance, region=region, purchase=purchase, key=key
            )
