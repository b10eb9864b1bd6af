"""Rows that are alike but for their quantity are one quantity: nothing of what is priced, said or refused changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloudcost.catalog.books.book import load_book
from cloudcost.domain.lines import LineItem
from cloudcost.domain.usage import Usage
from cloudcost.pricing.bill.lines import price_usage
from cloudcost.units import BillingMonth

TODAY = date(2026, 11, 22)
KINDS = (
    ("AmazonEC2", "BoxUsage:g4dn.xlarge", "seconds", 3_600),
    ("AmazonEC2", "BoxUsage:g4dn.xlarge", "Hrs", 1),
    ("AmazonS3", "TimedStorage-ByteHrs", "GB-Mo", 40_000),
    ("AmazonS3", "Requests-Tier1", "requests", 1_000),
)
MONTHS = (None, BillingMonth(2026, 9), BillingMonth(2026, 10))


@st.composite
def rows(draw: st.DrawFn) -> Usage:
    service, usage_type, unit, size = draw(st.sampled_from(KINDS))
    return Usage(
        service=service,
        region="us-east-1",
        usage_type=usage_type,
        quantity=Fraction(draw(st.integers(0, 2 * size)), draw(st.integers(1, 3))),
        unit=unit,
        month=draw(st.sampled_from(MONTHS)),
        why=draw(st.sampled_from(("", "training", "storage"))),
    )


def _priced(usages: Sequence[Usage]) -> tuple[LineItem, ...]:
    return price_usage(usages, load_book(), on=TODAY)


@given(st.lists(rows(), min_size=1, max_size=8))
def test_halves_of_rows_of_a_month_cost_what_the_rows_do(usages: list[Usage]) -> None:
    whole = [usage for usage in usages if usage.month is not None]
    halves = [replace(usage, quantity=Fraction(usage.quantity) / 2) for usage in whole for _ in range(2)]
    assert _priced(whole) == _priced(halves)


@given(st.lists(rows(), min_size=1, max_size=8))
def test_rows_without_a_month_share_no_tiers(usages: list[Usage]) -> None:
    alone = [usage for usage in usages if usage.month is None]
    assert sum(line.exact_usd for line in _priced(alone)) == sum(
        line.exact_usd for usage in alone for line in _priced([usage])
    )


@given(st.lists(rows(), min_size=1, max_size=8))
def test_each_reason_is_said_once_in_the_order_of_the_rows(usages: list[Usage]) -> None:
    for line in _priced(usages):
        own = [usage.why for usage in usages if (usage.usage_type, usage.month) == (line.usage_type, line.month)]
        assert list(dict.fromkeys(why for why in own if why)) == [
            why for why in line.why.split("; ") if why in ("training", "storage")
        ]


def test_a_negative_row_is_refused_among_others_like_it() -> None:
    service, usage_type, unit, _ = KINDS[0]
    like = [
        Usage(service=service, region="us-east-1", usage_type=usage_type, quantity=quantity, unit=unit)
        for quantity in (7_200, -3_600)
    ]
    with pytest.raises(ValueError, match="a quantity is not negative"):
        _priced(like)
