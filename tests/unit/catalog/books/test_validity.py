"""A row is known from its first day; before that it may be carried back, so marked, and not without limit."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloudcost.catalog.books.book import PriceBook
from cloudcost.catalog.books.launches import launch_of, launches
from cloudcost.catalog.books.validity import MOST_MONTHS_CARRIED, carry_fault, holds
from cloudcost.catalog.tables import sources
from cloudcost.domain.prices import Price, Tier
from cloudcost.errors import PriceNotFoundError

SEEN = date(2024, 7, 15)
DAYS = st.dates(date(2006, 3, 14), date(2100, 1, 1))


def price(
    usd: str = "1",
    *,
    as_of: date = SEEN,
    begin: date | None = None,
    end: date | None = None,
    seen_from: date | None = None,
    operation: str = "",
) -> Price:
    return Price(
        service="AmazonS3",
        region="nowhere-1",
        usage_type="A",
        operation=operation,
        unit="GB",
        tiers=(Tier(from_quantity=Decimal(0), up_to=None, unit_price_usd=Decimal(usd)),),
        as_of=as_of,
        valid_from=begin,
        valid_until=end,
        seen_from=seen_from,
        grade="official",
        source="list",
    )


def find(*rows: Price, on: date, operation: str = "") -> Price:
    return PriceBook.of(rows).find(service="AmazonS3", region="nowhere-1", usage_type="A", operation=operation, on=on)


@given(as_of=DAYS, begin=st.none() | DAYS, seen_from=st.none() | DAYS, on=DAYS)
def test_a_price_is_marked_exactly_on_the_days_before_the_month_it_is_known_from(
    as_of: date, begin: date | None, seen_from: date | None, on: date
) -> None:
    row = price(as_of=as_of, begin=begin, seen_from=seen_from)
    found = find(row, on=on)
    known = (row.first_day.year, row.first_day.month) <= (on.year, on.month)
    assert (found == row) == known == (found.carried_from is None)
    if not known:
        assert (found.grade, found.carried_from, found.tiers) == ("assumed", row.first_day, row.tiers)
        months = (row.first_day.year - on.year) * 12 + row.first_day.month - on.month
        assert bool(carry_fault(found, on)) == (months > MOST_MONTHS_CARRIED or begin is not None)


@given(st.lists(st.tuples(DAYS, DAYS), min_size=1, max_size=4), DAYS)
def test_a_row_that_lasted_never_serves_a_day_after_its_end(spans: list[tuple[date, date]], on: date) -> None:
    rows = [
        price(str(number), begin=min(span), end=max(span) + timedelta(days=1), as_of=min(span))
        for number, span in enumerate(spans, start=1)
    ]
    if all(row.valid_until is not None and row.valid_until <= on for row in rows):
        with pytest.raises(PriceNotFoundError, match="its last price known ended on"):
            find(*rows, on=on)
    else:
        found = find(*rows, on=on)
        assert found.valid_until is not None
        assert found.valid_until > on


def test_the_first_of_several_later_rows_is_the_one_that_is_carried() -> None:
    rows = price("2", begin=date(2025, 1, 1)), price("1", begin=date(2023, 1, 1), end=date(2025, 1, 1))
    found = find(*rows, on=date(2022, 1, 1))
    assert (str(found.tiers[0].unit_price_usd), found.carried_from) == ("1", date(2023, 1, 1))
    assert found.note == (
        "no price is known for 2022-01, that of 2023-01, its price began on 2023-01-01, is carried back"
    )


def test_a_row_that_holds_comes_before_one_that_begins_later_in_the_month() -> None:
    old, new = price("2", begin=date(2023, 1, 1), end=date(2024, 7, 15)), price("1", begin=date(2024, 7, 15))
    assert find(old, new, on=date(2024, 7, 1)) == old
    assert find(new, on=date(2024, 7, 1)) == new


def test_an_operation_that_is_known_does_not_answer_for_one_that_is_known_only_later() -> None:
    rows = price(operation="X", seen_from=date(2020, 1, 1)), price("2", operation="Y")
    with pytest.raises(PriceNotFoundError, match="name the operation: X, Y"):
        find(*rows, on=date(2021, 1, 1))
    assert find(*rows, on=date(2021, 1, 1), operation="Y").carried_from == SEEN


def test_a_row_that_was_told_of_after_its_end_held_on_its_last_day() -> None:
    row = price(as_of=date(2026, 1, 1), end=date(2025, 6, 1))
    assert row.first_day == date(2025, 5, 31)
    assert holds(row, date(2025, 5, 31))
    assert not holds(row, date(2025, 6, 1))


def test_a_fault_names_the_day_and_what_lies_between() -> None:
    row = price(begin=date(2024, 7, 15))
    for on, expected in (
        (date(2024, 6, 1), "on 2024-06-01; its price began on 2024-07-15, price a later day"),
        (date(2024, 7, 1), ""),
    ):
        assert carry_fault(find(row, on=on), on).endswith(expected)
    on = date(2023, 6, 1)
    assert carry_fault(find(price(), on=on), on).endswith("; the first one known is of 2024-07-15, price a later day")


def test_nothing_is_known_of_a_machine_before_its_launch_whatever_its_row_says() -> None:
    row = replace(
        price(seen_from=date(2020, 1, 1)), service="AmazonEC2", region="us-east-1", usage_type="BoxUsage:g6.xlarge"
    )
    book = PriceBook.of([row])
    key = {"service": "AmazonEC2", "region": "us-east-1", "usage_type": "BoxUsage:g6.xlarge"}
    found = book.find(**key, on=date(2024, 3, 1))
    assert carry_fault(found, date(2024, 3, 1)).endswith("g6 began on 2024-04-04, price a later day")
    assert book.find(**key, on=date(2024, 4, 1)) == row


@pytest.mark.parametrize(
    ("service", "region", "usage_type", "name"),
    [
        ("AmazonEC2", "us-east-1", "BoxUsage:p6-b200.48xlarge", "p6-b200"),
        ("AmazonEC2", "us-east-1", "SpotUsage:g5.xlarge", "g5"),
        ("AmazonEC2", "mx-central-1", "BoxUsage:c5.large", "mx-central-1"),
        ("AmazonSageMaker", "us-east-1", "Studio:JupyterLab-ml.g6.xlarge", "g6"),
        ("AmazonSageMaker", "us-east-1", "Train:ml.m4.xlarge", "AmazonSageMaker"),
        ("AmazonS3", "us-east-1", "TimedStorage-GIR-ByteHrs", "TimedStorage-GIR-ByteHrs"),
        ("AmazonS3", "us-east-1", "Requests-Tier1", "us-east-1"),
        ("AmazonEC2", "us-east-1", "EBS:VolumeUsage.gp3", "EBS:VolumeUsage.gp3"),
    ],
)
def test_the_last_of_the_launches_counts(service: str, region: str, usage_type: str, name: str) -> None:
    launch = launch_of(service, region, usage_type)
    assert launch is not None
    assert launch.name == name


def test_what_has_no_launch_in_the_table_is_not_known_to_have_one() -> None:
    assert launch_of("Azure", "eastus", "Standard_NC4as_T4_v3") is None


def test_every_launch_has_a_source_and_a_plausible_day() -> None:
    for launch in launches().values():
        assert launch.source
        assert date(2006, 3, 14) <= launch.day <= max(source.read_on for source in sources().values())
