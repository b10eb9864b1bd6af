"""EC2: an instance of one of AWS's types."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date

from cloudcost.catalog.aws.regions import may_be_zone
from cloudcost.catalog.books.book import PriceBook
from cloudcost.catalog.instances import types_with_device
from cloudcost.domain.kinds import KINDS
from cloudcost.domain.prices import PriceKey
from cloudcost.domain.project import Option
from cloudcost.options.book_row import BookRow
from cloudcost.options.kinds.base import Kind
from cloudcost.options.kinds.rented import rented
from cloudcost.usage.machines.machine import Machine


class Ec2(Kind):
    """An option on EC2."""

    def machine(self, option: Option, on: date) -> Machine:
        """Return the instance."""
        return rented(option.instance or "")

    def book_rows(self, book: PriceBook, day: date) -> Iterator[BookRow]:
        """Yield instances on demand, on spot and reserved."""
        facts = KINDS["ec2"]
        hour_types = frozenset(facts.hour_types or ())
        with_gpu = types_with_device()
        for region in book.regions(facts.service):
            if may_be_zone(region):  # S3 and all else of a training is in the region
                continue
            without: Counter[str] = Counter()
            for usage_type, purchase in book.keys(facts.service, region):
                hours, _, name = usage_type.partition(":")
                if hours not in hour_types:
                    continue
                if name not in with_gpu:
                    without[purchase] += 1
                    continue
                key = PriceKey(facts.service, region, usage_type, purchase=purchase)
                yield BookRow(kind="ec2", provider="aws", instance=name, region=region, purchase=purchase, key=key)
            for purchase, count in without.items():
                yield BookRow(kind="ec2", provider="aws", instance="", region=region, purchase=purchase, count=count)
