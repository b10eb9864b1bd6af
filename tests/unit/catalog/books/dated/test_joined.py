from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st
from tests.books import own_price

from cloudcost.catalog.books.dated.joined import joined
from cloudcost.catalog.books.validity import holds, latest
from cloudcost.domain.prices import Price

DAYS = st.dates(date(2024, 1, 1), date(2024, 3, 31))
USD = st.sampled_from(["1", "2", "3"])
SEEN = st.tuples(DAYS, USD, st.integers(0, 20)).map(
    lambda each: own_price(each[1], as_of=each[0], seen_from=each[0] - timedelta(days=each[2]))
)


def usd_on(prices: tuple[Price, ...], on: date) -> Decimal | None:
    held = [price for price in prices if holds(price, on)]
    return latest(held, on).tiers[0].unit_price_usd if held else None


@given(st.lists(SEEN, max_size=4, unique_by=lambda price: price.as_of), SEEN)
def test_a_list_is_right_on_its_own_day_unless_a_later_one_holds_since_before(known: list[Price], new: Price) -> None:
    rows: tuple[Price, ...] = ()
    for price in known:
        rows = joined(rows, [price])
    if all(row.as_of < new.as_of or row.first_day > new.as_of for row in rows):
        assert usd_on(joined(rows, [new]), new.as_of) == new.tiers[0].unit_price_usd


@given(st.lists(SEEN, min_size=1, max_size=4, unique_by=lambda price: price.as_of), DAYS)
def test_the_newest_list_decides_from_its_day_on(known: list[Price], day: date) -> None:
    rows: tuple[Price, ...] = ()
    for price in known:
        rows = joined(rows, [price])
    newest = max(known, key=lambda price: price.as_of)
    if day >= newest.as_of:
        assert usd_on(rows, day) == newest.tiers[0].unit_price_usd


@given(st.lists(SEEN, min_size=1, max_size=4, unique_by=lambda price: price.as_of))
def test_joining_the_same_list_again_changes_nothing(known: list[Price]) -> None:
    rows: tuple[Price, ...] = ()
    for price in sorted(known, key=lambda price: price.as_of):
        rows = joined(rows, [price])
    newest = max(known, key=lambda price: price.as_of)
    assert set(joined(rows, [newest])) == set(rows)


def test_an_equal_price_is_one_row_that_was_seen_twice() -> None:
    old = own_price("1", as_of=date(2024, 1, 5))
    [row] = joined([old], [own_price("1", as_of=date(2024, 3, 1))])
    assert (row.first_day, row.as_of) == (date(2024, 1, 5), date(2024, 3, 1))


def test_a_change_ends_the_row_before_it_and_other_operations_stay() -> None:
    old = own_price("1", as_of=date(2024, 1, 5))
    other = own_price("9", as_of=date(2024, 1, 5), operation="RunInstances:0002")
    new = own_price("2", as_of=date(2024, 3, 1), seen_from=date(2024, 2, 1))
    rows = joined([old, other], [new])
    assert [(row.operation, row.first_day, row.valid_until) for row in rows] == [
        ("", date(2024, 1, 5), date(2024, 2, 1)),
        ("RunInstances:0002", date(2024, 1, 5), None),
        ("", date(2024, 2, 1), None),
    ]


def test_spot_prices_that_are_equal_are_two_sightings() -> None:
    old, new = (own_price("1", as_of=day, purchase="spot") for day in (date(2024, 1, 5), date(2024, 3, 1)))
    assert len(joined([old], [new])) == 2
