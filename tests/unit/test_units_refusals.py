"""What sizes, durations and running times refuse."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction
from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloudcost.units import (
    BillingMonth,
    BillingRule,
    parse_duration,
    parse_size,
    started_seconds,
    units_per_priced,
)


@pytest.mark.parametrize("seconds", [-1.0, math.inf, math.nan])
def test_a_running_time_is_finite_and_not_negative(seconds: float) -> None:
    with pytest.raises(ValueError, match="finite and not negative"):
        BillingRule(minimum_seconds=60).billed_seconds(seconds)


@pytest.mark.parametrize("text", ["48", "GB", "-1 GB", "48 XB", "nan GB"])
def test_a_size_is_a_number_and_a_unit(text: str) -> None:
    with pytest.raises(ValueError, match="a size is a number and one of"):
        parse_size(text)


def test_a_size_is_at_most_an_exbibyte() -> None:
    with pytest.raises(ValueError, match="at most 1 EiB"):
        parse_size("2 EiB")


@pytest.mark.parametrize("text", ["four days", "4 fortnights", "-4 days"])
def test_a_duration_is_a_number_and_a_unit(text: str) -> None:
    with pytest.raises(ValueError, match="a duration is a number and one of"):
        parse_duration(text)


@pytest.mark.parametrize("text", ["0 days", "101 years"])
def test_a_duration_is_over_nothing_and_at_most_a_century(text: str) -> None:
    with pytest.raises(ValueError, match="over 0 and at most 100 years"):
        parse_duration(text)


@given(st.decimals(0, 24, places=4), st.integers(1, 400))
def test_hours_of_a_day_become_the_seconds_that_their_digits_say(hours: Decimal, days: int) -> None:
    """Float products are off in the last digit, which must not start another second."""
    exact = Fraction(hours) * 3600 * days
    assert started_seconds(float(hours) * 3600 * days) == ceil(exact)
    assert BillingRule().billed_seconds(float(hours) * 3600 * days) == ceil(exact)


def test_less_than_a_microsecond_has_not_started() -> None:
    assert BillingRule(minimum_seconds=60).billed_seconds(1e-8) == 0
    assert BillingRule(minimum_seconds=60).billed_seconds(1e-5) == 60


def test_a_base_unit_that_nobody_meters_in_is_refused() -> None:
    with pytest.raises(ValueError, match="'furlongs' is no base unit"):
        units_per_priced("furlongs", BillingMonth(2026, 11))


def test_a_month_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="no such month: 2026-13"):
        BillingMonth(2026, 13)
    with pytest.raises(ValueError, match="a month is written YYYY-MM, not '2026-1'"):
        BillingMonth.parse("2026-1")
