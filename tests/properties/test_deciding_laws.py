"""A price that is said to flip the answer flips it there and not before, whatever the project; nothing nearer does."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.laws import examples

from cloudcost.analysis.compare import compare, context_of
from cloudcost.analysis.estimate import model_and_estimate
from cloudcost.catalog.books.book import PriceBook
from cloudcost.domain.prices import OWN_SERVICE, Price, PriceKey
from cloudcost.domain.project import Project
from cloudcost.options.model import Context
from cloudcost.testing import projects

pytestmark = pytest.mark.slow

TODAY = date(2026, 11, 22)


class Dearer(PriceBook):
    """A book with one price changed."""

    __slots__ = ("book", "changed", "times")

    def __init__(self, book: PriceBook, changed: PriceKey, times: float) -> None:
        super().__init__(name=book.name, as_of=book.as_of, library=book.library)
        self.book, self.changed, self.times = book, changed[:3], Decimal(repr(times))

    def price(self, key: PriceKey, on: date) -> Price:
        price = self.book.price(key, on)
        if (price.service, price.region, price.usage_type) != self.changed:
            return price
        tiers = [replace(tier, unit_price_usd=tier.unit_price_usd * self.times) for tier in price.tiers]
        return replace(price, tiers=tuple(tiers))


def _winner(project: Project, context: Context) -> str:
    """Return the cheapest option that can be done, everything priced anew."""
    found = [model_and_estimate(project, option, context)[1] for option in project.options]
    sure = [each for each in found if each.feasible and each.guaranteed and each.total_usd is not None]
    return min(sure, key=lambda each: each.total_usd or 0).name


@settings(max_examples=examples(60), deadline=None)
@given(project=projects(max_trainings=2, max_options=4, max_runs=6), data=st.data())
def test_the_answer_changes_where_a_price_is_said_to_flip_it_and_not_before(
    project: Project, data: st.DataObject
) -> None:
    comparison = compare(project, today=TODAY)
    of_the_book = [
        each
        for each in comparison.deciding_prices
        if each.flips_at is not None
        and abs(each.flips_at - 1) > 1e-4
        and each.age_days is not None
        and each.key.service != OWN_SERVICE
        and each.grade != "assumed"
    ]
    assume(of_the_book)
    price = data.draw(st.sampled_from(of_the_book))
    assert comparison.best is not None
    assert price.flips_at is not None
    context = context_of(project, today=TODAY)
    outward = 1e-6 * (1 if price.flips_at > 1 else -1)
    for off, wins in ((outward, price.becomes), (-outward, comparison.best.name)):
        changed = Dearer(context.book, price.key, price.flips_at * (1 + off))
        assert _winner(project, replace(context, book=changed)) == wins
